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
from kyogyo.records.queries.people import owners_without_team
from kyogyo.usecases.demo.experiment import TEAMS as FIELD_TEAMS
from kyogyo.usecases.demo.seats import PASSWORD, SEATS, TEAMS, email_of

if TYPE_CHECKING:
    from kyogyo.analytics.simulate import Simulation
    from kyogyo.records.models import Team, User
    from kyogyo.words import Lang

_LEADS_FROM = 1_500  # numbers of names that no simulated person has
_FIELD = "field_sales"
_ALONE = "full_cycle"  # the track, and the team of those who work it
_RECENT_US = 60 * 86_400_000_000


@dataclass(frozen=True)
class Cast:
    """The people by the code of their seat, and the teams by theirs."""

    users: Mapping[str, User]
    teams: Mapping[str, Team]

    def actor(self, seat: str) -> Actor:
        return Actor(user=self.users[seat])


def seat_people(*, company: Simulation, lang: Lang) -> Cast:
    """Make the teams, a log-in for each seat, and their colleagues.

    They bear the names of those who hold journeys in the simulated history, the busiest in the seats,
    so that the import finds them as the owners.
    """
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
    # The seats of field sales are in one team, as far as it has people enough.
    busiest = _busiest(company)
    busiest[_FIELD].sort(key=lambda name: company.teams.get(name, 0))
    users: dict[str, User] = {}
    for number, seat in enumerate(SEATS):
        found = busiest.get(seat.department, [])
        name = found.pop(0) if found else person_name(_LEADS_FROM + number, lang=lang)
        team = _team_of(name, company, otherwise=seat.team)
        users[seat.code] = _employ(email_of(seat.code), name, teams[team], seat.role, lang)
    give_demo_password(
        actor=SYSTEM,
        user_ids=[users[seat.code].pk for seat in SEATS if seat.is_first],
        password=PASSWORD,
    )
    for department, names in busiest.items():
        for number, name in enumerate(names, start=1):
            team = _team_of(name, company, otherwise=department)
            _employ(email_of(f"{department}.{number}"), name, teams[team], "member", lang)
    return Cast(users=users, teams=teams)


def seat_former_people(*, company: Simulation, cast: Cast) -> None:
    """Put those whom the import found in the history, and who hold nothing any more, into the teams that they were in.

    They can't sign in; the weeks of their teams are counted with theirs.
    """
    for name, user_id in owners_without_team().items():
        if name in company.teams:
            team = cast.teams[_team_of(name, company, otherwise="")]
            add_membership(actor=SYSTEM, user_id=user_id, team_id=team.pk)


def _team_of(name: str, company: Simulation, *, otherwise: str) -> str:
    return FIELD_TEAMS[company.teams[name]] if name in company.teams else otherwise


def _employ(email: str, name: str, team: Team, role: str, lang: Lang) -> User:
    user = make_user(actor=SYSTEM, email=email, name=name, lang=lang)
    add_membership(actor=SYSTEM, user_id=user.pk, team_id=team.pk, role=role)
    return user


def _busiest(company: Simulation) -> dict[str, list[str]]:
    """By department: who holds what is under way there now, the busiest of the last two months first.

    Everybody is in the one department where they hold most; those who work the track on which one
    person does it all are in no department, but in a team of their own.
    """
    last: dict[str, tuple[str, str, str, str, int]] = {}
    columns = ("journey_id", "stage", "department", "owner", "track", "at")
    table = company.stage_entries.select(columns).to_pydict()
    for journey, *rest in zip(*(table[name] for name in columns), strict=True):
        last[journey] = tuple(rest)
    kinds = {stage.code: stage.type for stage in company.model.stages}
    divided = company.model.tracks[0].code
    held: dict[str, Counter[str]] = {}
    tracks: dict[str, Counter[str]] = {}
    for stage, department, owner, track, at in last.values():
        if owner and kinds[stage] not in ("lost", "recycled"):
            tracks.setdefault(owner, Counter())[track] += 1
            is_recent = track == divided and at > company.as_of - _RECENT_US
            held.setdefault(owner, Counter())[department] += 1_000 if is_recent else 1
    found: dict[str, list[tuple[int, str]]] = {one.code: [] for one in company.model.departments}
    found[_ALONE] = []
    for owner, counts in held.items():
        department, weight = counts.most_common(1)[0]
        if tracks[owner].most_common(1)[0][0] == _ALONE:
            department = _ALONE
        found[department].append((-weight, owner))
    return {department: [name for _, name in sorted(rows)] for department, rows in found.items()}
