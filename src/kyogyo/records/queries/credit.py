"""What somebody handed over and answered, and what became of it: for themselves and their manager alone.

The credit for a handoff is the giver's, and comes from the receiver's act: from the decision that
stands. One that was taken back counts nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from kyogyo.records.access import not_found, on_seen_journeys, subtree
from kyogyo.records.models import Handoff, Membership, Role, User
from kyogyo.records.queries.clocks import clocks_of_many
from kyogyo.records.queries.decisions import standing_events
from kyogyo.records.queries.model import current
from kyogyo.records.queries.wording import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor
    from kyogyo.records.models import HandoffEvent
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.words import Text

DAYS = 90
MOST = 1_000
_DECIDED = ("accepted", "returned", "needs_work")


@dataclass(frozen=True, slots=True)
class Counted:
    """One handoff behind the numbers: how it stands, and whether a clock of this side ran out on it."""

    handoff_id: int
    account: str
    state: str
    state_label: Text
    at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The handoffs of one side, the newest first."""

    handoffs: tuple[Counted, ...]

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.handoffs)

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.handoffs)


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody's handoffs since `since`: those that they gave, and those that they answered or are to answer."""

    user: User
    since: datetime
    given: Side
    answered: Side


def credit_of(*, actor: Actor, user_id: int, now: datetime | None = None) -> Credit:
    """The handoffs of somebody in the last 90 days.

    Raises MissingRecordError for anybody but themselves and a manager of theirs, whatever else they may see.
    """
    user, now = find_seen_person(actor, user_id), now or timezone.now()
    since = now - timedelta(days=DAYS)
    decided = standing_events().filter(by=user, kind__in=_DECIDED, at__gte=since)
    rows = Handoff.objects.select_related("journey__account")
    given = rows.filter(offered_by=user, offered_at__gte=since)
    answered = rows.filter(
        Q(pk__in=decided.order_by().values("handoff"))
        | Q(receiver_user=user, open_round__isnull=False)
    )
    return Credit(
        user=user,
        since=since,
        given=_side(actor, given, side="giver", now=now),
        answered=_side(actor, answered, side="receiver", now=now),
    )


def find_seen_person(actor: Actor, user_id: int) -> User:
    """Somebody whose own numbers `actor` may see.

    Raises MissingRecordError for anybody but themselves and a manager of theirs, whatever else they may see.
    """
    user = User.objects.filter(pk=user_id).first()
    is_own = user is not None and actor.user is not None and user.pk == actor.user.pk
    if user is None or not (is_own or actor.is_manager_of(user)):
        raise not_found(en="colleague", ja="担当者", key=user_id)
    return user


def people_of(actor: Actor) -> tuple[User, ...]:
    """Those whose numbers somebody may see as their manager, by name; not themselves."""
    roots = {one.team_id for one in actor.memberships if one.role == Role.MANAGER}
    if not roots or actor.user is None:
        return ()
    held = Membership.objects.filter(until=None, team__in=subtree(roots), user__is_active=True)
    found = User.objects.filter(pk__in=held.values("user")).exclude(pk=actor.user.pk)
    return tuple(found.order_by("name", "id"))


def _side(actor: Actor, rows: QuerySet[Handoff], *, side: str, now: datetime) -> Side:
    seen = on_seen_journeys(rows, actor)
    handoffs = list(seen.order_by("-offered_at", "-id")[:MOST])
    last: defaultdict[int, list[HandoffEvent]] = defaultdict(list)
    for event in standing_events().filter(handoff__in=[one.pk for one in handoffs]):
        if event.kind != "result":
            last[event.handoff_id].append(event)
    clocks = clocks_of_many(handoffs, model=current().model, now=now)
    return Side(
        tuple(
            _counted(one, last[one.pk][-1], clocks[one.pk], department=getattr(one, side))
            for one in handoffs
        )
    )


def _counted(
    handoff: Handoff, last: HandoffEvent, clocks: Iterable[ClockReading], *, department: str
) -> Counted:
    return Counted(
        handoff_id=handoff.pk,
        account=handoff.journey.account.name,
        state=last.kind,
        state_label=STATES[last.kind],
        at=last.at,
        is_late=any(
            one.owner == department and one.state in ("overdue", "missed") for one in clocks
        ),
    )
