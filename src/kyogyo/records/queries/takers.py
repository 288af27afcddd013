"""Who can be given a journey: people by team, and teams as a whole. Everybody may know who works here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.records.models import Membership, Role
from kyogyo.records.prepared import prepared
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody in a team."""

    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class TakingTeam:
    """A team, and those of it who work (viewers don't)."""

    team_id: int
    label: Text
    department: str
    people: tuple[Taker, ...]


def takers(*, department: str = "") -> tuple[TakingTeam, ...]:
    """The teams with people in them, of one department or of all. One query."""
    teams: dict[int, TakingTeam] = {}
    for team, en, ja, of, user, name in _working(department=department or None):
        held = teams.get(team)
        known = held.people if held else ()
        teams[team] = TakingTeam(
            team_id=team,
            label=Text(en=en, ja=ja),
            department=of,
            people=(*known, Taker(user, name)),
        )
    return tuple(teams.values())


@prepared
def _working(
    *, department: str | None
) -> QuerySet[Membership, tuple[int, str, str, str, int, str]]:
    rows = Membership.objects.filter(until=None, user__is_active=True, user__is_placeholder=False)
    if department is not None:
        rows = rows.filter(team__department=department)
    rows = rows.exclude(role=Role.VIEWER).order_by("team_id", "user__name", "id")
    return rows.values_list(
        "team_id", "team__label_en", "team__label_ja", "team__department", "user_id", "user__name"
    )
