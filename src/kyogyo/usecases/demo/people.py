"""Who can sign in to the demo company: people of the simulated history, and those who lead them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.analytics.simulate.saas.names import person_name
from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.organisation import give_demo_password
from kyogyo.records.actions.people import add_membership, make_team, make_user
from kyogyo.usecases.demo.seats import PASSWORD, SEATS, TEAMS, email_of

if TYPE_CHECKING:
    from kyogyo.analytics.simulate import Simulation
    from kyogyo.records.models import Team, User
    from kyogyo.words import Lang

_LEADS_FROM = 1_500  # numbers of names that no simulated person has
_RECENT_US = 60 * 86_400_000_000


@dataclass(frozen=True)
class Cast:
    """The people by the code of their seat, and the teams by theirs."""

    users: Mapping[str, User]
    teams: Mapping[str, Team]

    def actor(self, seat: str) -> Actor:
        return Actor(user=self.users[seat])


def seat_people(*, company: Simulation, lang: Lang) -> Cast:
    """Make the teams, and a log-in for each seat. Those who work journeys bear the names of the busiest
    people of the simulated history, so that the import finds them as the owners."""
    teams: dict[str, Team] = {}
    for one in TEAMS:
        teams[one.code] = make_team(
            actor=SYSTEM,
            code=one.code,
            label_en=one.label.en,
            label_ja=one.label.ja,
            department=one.department,
            parent_id=teams[one.parent].pk if one.parent else None,
        )
    busiest = _busiest(company)
    users: dict[str, User] = {}
    for number, seat in enumerate(SEATS):
        found = busiest.get(seat.department, [])
        name = found.pop(0) if found else person_name(_LEADS_FROM + number, lang=lang)
        users[seat.code] = make_user(
            actor=SYSTEM,
            email=email_of(seat.code),
            name=name,
            lang=lang,
        )
        add_membership(
            actor=SYSTEM, user_id=users[seat.code].pk, team_id=teams[seat.team].pk, role=seat.role
        )
    give_demo_password(
        actor=SYSTEM,
        user_ids=[users[seat.code].pk for seat in SEATS if seat.is_first],
        password=PASSWORD,
    )
    return Cast(users=users, teams=teams)


def _busiest(company: Simulation) -> dict[str, list[str]]:
    """By department: who holds most of what entered its stage within two months, the busiest first."""
    last: dict[str, tuple[str, str, str, int]] = {}
    columns = ("journey_id", "department", "owner", "track", "at")
    table = company.stage_entries.select(columns).to_pydict()
    for journey, department, owner, track, at in zip(
        *(table[name] for name in columns), strict=True
    ):
        last[journey] = (department, owner, track, at)
    since = company.as_of - _RECENT_US
    divided = next(iter(company.model.tracks)).code
    held: dict[str, Counter[str]] = {one.code: Counter() for one in company.model.departments}
    for department, owner, track, at in last.values():
        if owner and track == divided and at > since:
            held[department][owner] += 1
    return {
        department: [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
        for department, counts in held.items()
    }
