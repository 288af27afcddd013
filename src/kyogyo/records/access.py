"""Who is asking, and what they may see and do. Pages, API keys, exports and actions all start here.

A member sees what is theirs, what they were ever assigned, what was handed to them or by them, and
what their team has not given to anybody yet. A manager sees the whole subtree of their teams, and
what anybody in it handed over. RevOps, admins and viewers see everything. A membership's own `sight` widens or narrows that. What
one may not see is not found (`MissingRecordError`); what one may see but not do is not allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q

from kyogyo.errors import MissingRecordError, NotAllowedError
from kyogyo.records.models import (
    Account,
    ApiKey,
    Journey,
    JourneySight,
    Membership,
    Role,
    Sight,
    Team,
    User,
)
from kyogyo.records.prepared import prepared
from kyogyo.records.sight import Kind, Outcome, key_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

_SIGHT_OF = {
    Role.MEMBER: Sight.OWN,
    Role.MANAGER: Sight.TEAM,
    Role.REVOPS: Sight.ALL,
    Role.ADMIN: Sight.ALL,
    Role.VIEWER: Sight.ALL,
}

_MANY = 5_000
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True)
class Actor:
    """Who asks or acts: a person, perhaps through an API key. `user` None is Kyogyo itself (an import, a rule)."""

    user: User | None
    key: ApiKey | None = None

    @cached_property
    def memberships(self) -> tuple[Membership, ...]:
        """What holds now; none for somebody who isn't active."""
        if self.user is None or not self.user.is_active:
            return ()
        return tuple(_memberships(user=self.user.pk))

    @property
    def is_system(self) -> bool:
        return self.user is None

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(one.role for one in self.memberships)

    @cached_property
    def is_admin(self) -> bool:
        return self.is_system or Role.ADMIN in self.roles

    @cached_property
    def may_write(self) -> bool:
        """Whether they may change records at all: viewers and read-only keys may not."""
        if self.is_system:
            return True
        return bool(self.roles - {Role.VIEWER}) and (self.key is None or self.key.can_write)

    @cached_property
    def may_import(self) -> bool:
        """Whether they may bring history in, which writes on every journey: RevOps and administrators."""
        return self.may_write and (self.is_admin or Role.REVOPS in self.roles)

    @cached_property
    def sees_all(self) -> bool:
        return self.is_system or any(_sight(one) == Sight.ALL for one in self.memberships)

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """Codes of the departments that they work in, the first is their main one."""
        return tuple(
            dict.fromkeys(m.team.department for m in self.memberships if m.team.department)
        )

    @property
    def department(self) -> str:
        """The main department, '' for somebody who is in none."""
        return self.departments[0] if self.departments else ""

    @cached_property
    def own_teams(self) -> frozenset[int]:
        return frozenset(one.team_id for one in self.memberships)

    @cached_property
    def seen_teams(self) -> frozenset[int]:
        """The teams whose whole work they see: the subtrees below their memberships with sight 'team'."""
        roots = {one.team_id for one in self.memberships if _sight(one) == Sight.TEAM}
        return subtree(roots) if roots else frozenset()

    @cached_property
    def sight_keys(self) -> tuple[int, ...]:
        """The keys of all that they may see (`records.sight`), where they don't see everything."""
        if self.user is None or not self.memberships:
            return ()
        keys = [key_of(Kind.PERSON, self.user.pk)]
        # Who sees a team's whole work sees what nobody has in it.
        keys += [key_of(Kind.UNTAKEN, team) for team in sorted(self.own_teams - self.seen_teams)]
        keys += [key_of(Kind.HANDED, team) for team in sorted(self.own_teams)]
        whole = (Kind.TEAM, Kind.OFFERED, Kind.GIVEN)
        return (*keys, *(key_of(kind, team) for team in sorted(self.seen_teams) for kind in whole))

    @property
    def keys_or_all(self) -> tuple[int, ...] | None:
        """Their keys, None where they see everything: for questions that are prepared."""
        return None if self.sees_all else self.sight_keys

    @cached_property
    def sees_many(self) -> bool:
        """Whether so much of theirs is under way that a list had better go by its order and look at each."""
        return self.sees_all or has_many(self.sight_keys, outcome=Outcome.GOES_ON)

    def is_manager_of(self, user: User) -> bool:
        """Whether `user` is in a team below one that they manage: who may see an individual's numbers."""
        roots = {one.team_id for one in self.memberships if one.role == Role.MANAGER}
        below = subtree(roots) if roots else frozenset()
        return Membership.objects.filter(user=user, until=None, team__in=below).exists()


SYSTEM = Actor(user=None)


@prepared
def _memberships(*, user: int) -> QuerySet[Membership]:
    rows = Membership.objects.select_related("team").filter(user=user, until=None)
    return rows.order_by("id")


@prepared
def _parents() -> QuerySet[Team, tuple[int, int | None]]:
    return Team.objects.values_list("id", "parent_id")


@prepared
def _beyond_many(*, keys: Collection[int], outcome: int | None) -> QuerySet[JourneySight, int]:
    rows = sights_by(keys) if outcome is None else sights_by(keys, outcome=outcome)
    return rows.values_list("journey_id", flat=True).order_by()[_MANY : _MANY + 1]


def has_many(keys: Collection[int], *, outcome: int | None) -> bool:
    """Whether the holder of `keys` sees more journeys of an outcome (of any, where None) than are quickly gone through."""
    return bool(_beyond_many(keys=keys, outcome=outcome))


def _sight(membership: Membership) -> str:
    return membership.sight or _SIGHT_OF[Role(membership.role)]


def subtree(roots: set[int]) -> frozenset[int]:
    """The teams `roots` and all below them."""
    parents = dict(_parents())
    found = set(roots)
    while more := {team for team, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def journeys_for(actor: Actor) -> QuerySet[Journey]:
    """The journeys that `actor` may see."""
    return seen_among(Journey.objects.all(), actor)


def seen_among(rows: QuerySet[Journey], actor: Actor) -> QuerySet[Journey]:
    """Those of `rows` that `actor` may see."""
    return seen_by(rows, actor.keys_or_all)


def on_seen_journeys(rows: QuerySet[_Row], actor: Actor) -> QuerySet[_Row]:
    """Those of `rows` (each has a `journey`) whose journey `actor` may see."""
    return seen_rows_by(rows, actor.keys_or_all)


def seen_by(
    rows: QuerySet[Journey], keys: Collection[int] | None, *, many: bool = True
) -> QuerySet[Journey]:
    """Those of `rows` that the holder of `keys` sees, all of them where it is None.

    Each of `rows` is looked at; where what they see is not `many`, it is found first.
    """
    if keys is None:
        return rows
    if many:
        return rows.filter(Exists(sights_by(keys, journey=OuterRef("pk"))))
    return rows.filter(pk__in=sights_by(keys, outcome__lt=Outcome.CLOSED).values("journey"))


def found_by(keys: Collection[int], *, outcome: int | None) -> QuerySet[Journey]:
    """The journeys that the holder of `keys` sees, of an outcome or of any: found first, whatever else is asked."""
    rows = sights_by(keys) if outcome is None else sights_by(keys, outcome=outcome)
    return Journey.objects.filter(pk__in=rows.values("journey"))


def seen_rows_by(rows: QuerySet[_Row], keys: Collection[int] | None) -> QuerySet[_Row]:
    """Those of `rows` whose journey the holder of `keys` sees, all of them where it is None."""
    if keys is None:
        return rows
    return rows.filter(Exists(sights_by(keys, journey=OuterRef("journey"))))


def sights_by(keys: Collection[int], **narrowed: Any) -> QuerySet[JourneySight]:
    """The rows of these keys; several for one journey."""
    return JourneySight.objects.filter(key__in=keys, **narrowed)


def own_journeys(actor: Actor) -> QuerySet[Journey]:
    """The journeys that are `actor`'s to move: their own, and those of their teams that nobody has.

    Each is one that they see (`journeys_for`), which need not be asked once more.
    """
    if actor.user is None or not actor.memberships:
        return Journey.objects.none()
    return Journey.objects.filter(Q(owner=actor.user) | Q(owner=None, team__in=actor.own_teams))


def accounts_for(actor: Actor) -> QuerySet[Account]:
    """The accounts that `actor` may see: those with a journey that they may see, or all."""
    every = Account.objects.filter(merged_into=None)
    if actor.sees_all:
        return every
    return every.filter(Exists(sights_by(actor.sight_keys, journey__account=OuterRef("pk"))))


def journey_for(actor: Actor, journey_id: int) -> Journey:
    """One journey. Raises MissingRecordError where there is none that `actor` may see."""
    keys = None if actor.sees_all else actor.sight_keys
    found = _journey(journey=journey_id, keys=keys)
    if not found:
        raise not_found(en="journey", ja="案件", key=journey_id)
    return found[0]


@prepared
def _journey(*, journey: int, keys: Collection[int] | None) -> QuerySet[Journey]:
    rows = Journey.objects.filter(pk=journey)
    rows = rows.select_related("account", "owner", "team", "person")
    if keys is None:
        return rows
    return rows.filter(Exists(JourneySight.objects.filter(key__in=keys, journey=OuterRef("pk"))))


def require_writer(actor: Actor) -> None:
    """Raise NotAllowedError for somebody who may only read."""
    if not actor.may_write:
        raise NotAllowedError(
            en="You may read this, but not change it. Ask an administrator for another role.",
            ja="閲覧のみ可能で、変更はできません。変更が必要な場合は管理者に役割の変更を依頼してください。",
        )


def require_place(actor: Actor) -> None:
    """Raise NotAllowedError for somebody who is in no team: what tells journeys apart is for those who work here."""
    if not (actor.is_system or actor.memberships):
        raise NotAllowedError(
            en="This is for people who are in a team. Ask an administrator to put you into one.",
            ja="チームに所属している人だけが閲覧できます。管理者にチームへの追加を依頼してください。",
        )


def require_admin(actor: Actor) -> None:
    """Raise NotAllowedError for anybody but an administrator."""
    if not actor.is_admin or not actor.may_write:
        raise NotAllowedError(
            en="Only an administrator can do this.", ja="この操作は管理者だけが行えます。"
        )


def require_importer(actor: Actor) -> None:
    """Raise NotAllowedError for anybody but RevOps and administrators: an import writes on every journey."""
    if not actor.may_import:
        raise NotAllowedError(
            en="Imports are for RevOps and administrators. Ask one of them.",
            ja="取り込みは RevOps と管理者だけが行えます。担当者に依頼してください。",
        )


def not_found(*, en: str, ja: str, key: object) -> MissingRecordError:
    """What is said both where there is nothing and where one may not see it."""
    return MissingRecordError(
        en=f"There is no {en} {key} here. It may be gone, or not be yours to see.",
        ja=f"{ja} {key} は見つかりません。存在しないか、閲覧の権限がありません。",
    )
