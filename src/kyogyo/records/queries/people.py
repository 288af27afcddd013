"""People, teams and keys as the settings show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Lower

from kyogyo.records.access import not_found, require_admin
from kyogyo.records.models import ApiKey, Membership, Role, Sight, Team, User
from kyogyo.records.queries.organisation import is_demo
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

ROLES: dict[str, Text] = {
    Role.MEMBER: Text(en="Member", ja="メンバー"),
    Role.MANAGER: Text(en="Manager", ja="マネージャー"),
    Role.REVOPS: Text(en="RevOps", ja="RevOps"),
    Role.ADMIN: Text(en="Administrator", ja="管理者"),
    Role.VIEWER: Text(en="Viewer", ja="閲覧者"),
}
ROLE_MEANS: dict[str, Text] = {
    Role.MEMBER: Text(
        en="Works their own journeys and what is handed to them.",
        ja="自分の案件と、引き継がれた案件を担当します。",
    ),
    Role.MANAGER: Text(
        en="Sees and works everything of the team and of those below it.",
        ja="チームとその配下すべての案件を閲覧・更新できます。",
    ),
    Role.REVOPS: Text(
        en="Sees and works everything, definitions included.",
        ja="すべての案件を閲覧・更新できます（定義を含む）。",
    ),
    Role.ADMIN: Text(
        en="Everything, and the settings: people, teams, model, keys.",
        ja="すべての操作に加え、担当者・チーム・モデル・キーの設定ができます。",
    ),
    Role.VIEWER: Text(
        en="Sees everything, changes nothing.", ja="すべて閲覧できますが、変更はできません。"
    ),
}
SIGHTS: dict[str, Text] = {
    "": Text(en="As the role", ja="役割に従う"),
    Sight.OWN: Text(en="Own and assigned", ja="自分の担当のみ"),
    Sight.TEAM: Text(en="Team and below", ja="チームと配下"),
    Sight.ALL: Text(en="Everything", ja="すべて"),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody one can be in the demo company."""

    id: int
    name: str
    email: str
    role: str
    department: str
    team: Text


def demo_people() -> tuple[DemoPerson, ...]:
    """One person for each role and department of the demo company; none elsewhere."""
    if not is_demo():
        return ()
    rows = (
        Membership.objects.select_related("user", "team")
        .filter(until=None, user__is_active=True, user__is_placeholder=False)
        .order_by("id")
    )
    chosen: dict[tuple[str, str], DemoPerson] = {}
    for row in rows:
        person = DemoPerson(
            id=row.user_id,
            name=row.user.name,
            email=row.user.email,
            role=row.role,
            department=row.team.department,
            team=Text(en=row.team.label_en, ja=row.team.label_ja),
        )
        chosen.setdefault((row.role, row.team.department), person)
    return tuple(chosen.values())


def demo_person(word: str) -> User:
    """The person of the demo company with this id. Raises MissingRecordError, also outside the demo."""
    ids = {str(person.id) for person in demo_people()}
    found = User.objects.filter(pk=int(word)).first() if word in ids else None
    if found is None:
        raise not_found(en="demo person", ja="デモの担当者", key=word)
    return found


def people_for(actor: Actor, *, words: str = "", kind: str = "active") -> QuerySet[User]:
    """Everybody, for an administrator: `kind` is active, off or placeholder."""
    require_admin(actor)
    found = User.objects.prefetch_related("memberships__team").order_by(Lower("name"), "id")
    if kind == "placeholder":
        found = found.filter(is_placeholder=True)
    else:
        found = found.filter(is_placeholder=False, is_active=kind != "off")
    if words.strip():
        found = found.filter(Q(name__icontains=words.strip()) | Q(email__icontains=words.strip()))
    return found


def person_of_address(email: str) -> User:
    """The person with this e-mail address. Raises MissingRecordError where there is none."""
    found = User.objects.filter(email=email).first()
    if found is None:
        raise not_found(en="person", ja="担当者", key=email)
    return found


def owners_without_team() -> dict[str, int]:
    """The owners whom an import named and who were never in a team: name and id."""
    found = User.objects.filter(is_placeholder=True, memberships=None).order_by("id")
    return dict(found.values_list("name", "id"))


def person_for(actor: Actor, user_id: int) -> User:
    """One person, for an administrator. Raises MissingRecordError."""
    require_admin(actor)
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise not_found(en="person", ja="担当者", key=user_id)
    return found


def memberships_of(user: User) -> tuple[Membership, ...]:
    """Where somebody is and was, the present first."""
    rows = list(Membership.objects.select_related("team").filter(user=user).order_by("-since"))
    return tuple(sorted(rows, key=lambda row: row.until is not None))


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in its place in the tree: `depth` 0 is at the top."""

    team: Team
    depth: int
    people: int


def team_tree() -> tuple[TeamRow, ...]:
    """All teams, each after the one above it."""
    teams = list(Team.objects.order_by("id"))
    counts: dict[int, int] = {}
    for team_id in Membership.objects.filter(until=None).values_list("team_id", flat=True):
        counts[team_id] = counts.get(team_id, 0) + 1
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id, []).append(team)
    rows: list[TeamRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for team in below.get(parent, []):
            rows.append(TeamRow(team=team, depth=depth, people=counts.get(team.pk, 0)))
            walk(team.pk, depth + 1)

    walk(None, 0)
    return tuple(rows)


def team_for(actor: Actor, team_id: int) -> Team:
    """One team, for an administrator. Raises MissingRecordError."""
    require_admin(actor)
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise not_found(en="team", ja="チーム", key=team_id)
    return found


def keys_for(actor: Actor) -> QuerySet[ApiKey]:
    """One's own keys; for an administrator everybody's."""
    found = ApiKey.objects.select_related("user").order_by("revoked_at", "-made_at")
    return found if actor.is_admin else found.filter(user=actor.user)
