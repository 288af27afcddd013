"""The teams that the stream may be narrowed to, and who belongs to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kyogyo.records.access import Actor, subtree
from kyogyo.records.models import Membership, Team
from kyogyo.words import Text

# The numbers of a team of one are an individual's: only for those who may see them.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class TeamPeople:
    """A team, and who is or ever was in it or in a team below it."""

    code: str
    label: Text
    people: frozenset[int]


def teams_to_narrow_to(actor: Actor) -> tuple[TeamPeople, ...]:
    """Every team with people in the order of the tree; one with a single person only for that person and who manages it."""
    teams = list(Team.objects.order_by("id"))
    people: dict[int, set[int]] = {team.pk: set() for team in teams}
    for team_id, user_id in Membership.objects.values_list("team_id", "user_id"):
        people[team_id].add(user_id)
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id, []).append(team)
    found: list[TeamPeople] = []
    _walk(None, 0, below=below, people=people, actor=actor, found=found)
    return tuple(found)


def people_of_teams(team_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who is or ever was in each team or in one below it, whoever asks: for measuring, not for showing."""
    people: dict[int, set[int]] = {}
    for team_id, user_id in Membership.objects.values_list("team_id", "user_id"):
        people.setdefault(team_id, set()).add(user_id)
    return {
        team_id: frozenset().union(*(people.get(one, set()) for one in subtree({team_id})))
        for team_id in team_ids
    }


def team_of_people() -> dict[int, str]:
    """For everybody the code of the team that they are in now, or were in last: for measuring, not for showing."""
    rows = list(Membership.objects.values_list("user_id", "team__code", "until", "id"))
    ended = sorted((until, user, team) for user, team, until, _ in rows if until is not None)
    # Of several that hold, the first is the main one: later ones win here.
    held = sorted((-number, user, team) for user, team, until, number in rows if until is None)
    return {user: team for _, user, team in (*ended, *held)}


def _walk(
    parent: int | None,
    depth: int,
    *,
    below: dict[int | None, list[Team]],
    people: dict[int, set[int]],
    actor: Actor,
    found: list[TeamPeople],
) -> frozenset[int]:
    """Add the teams below `parent`, each before its own; returns everybody in them."""
    everybody: set[int] = set()
    for team in below.get(parent, []):
        place = len(found)
        inside = people[team.pk] | _walk(
            team.pk, depth + 1, below=below, people=people, actor=actor, found=found
        )
        everybody |= inside
        if len(inside) >= FEWEST or (inside and _may_see(actor, team, inside)):
            indent = "\u3000" * depth
            label = Text(en=f"{indent}{team.label_en}", ja=f"{indent}{team.label_ja}")
            found.insert(place, TeamPeople(team.code, label, frozenset(inside)))
    return frozenset(everybody)


def _may_see(actor: Actor, team: Team, inside: set[int]) -> bool:
    """Whether the numbers of the only one in a team are for `actor`: their own, or of somebody whom they manage."""
    is_own = actor.user is not None and inside == {actor.user.pk}
    return is_own or team.pk in actor.seen_teams
