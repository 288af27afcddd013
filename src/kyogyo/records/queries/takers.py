"""Who can be given a journey: people by team, and teams as a whole. Everybody may know who works here."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo.records.models import Membership, Role
from kyogyo.words import Text


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
    rows = (
        Membership.objects.filter(until=None, user__is_active=True, user__is_placeholder=False)
        .exclude(role=Role.VIEWER)
        .select_related("team", "user")
        .order_by("team_id", "user__name", "id")
    )
    if department:
        rows = rows.filter(team__department=department)
    teams: dict[int, TakingTeam] = {}
    for row in rows:
        held = teams.get(row.team_id)
        known = held.people if held else ()
        teams[row.team_id] = TakingTeam(
            team_id=row.team_id,
            label=Text(en=row.team.label_en, ja=row.team.label_ja),
            department=row.team.department,
            people=(*known, Taker(row.user_id, row.user.name)),
        )
    return tuple(teams.values())
