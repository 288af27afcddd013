"""Which handoffs lie in whose inbox and outbox: their ids alone, each list by one prepared question.

What was decided lately is found by the events, the newest first, and not by looking at every handoff
that a team ever received.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kyogyo.records.access import seen_rows_by, sights_by
from kyogyo.records.models import Handoff, HandoffEvent, Membership
from kyogyo.records.prepared import prepared
from kyogyo.records.sight import Outcome
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

# To be worked on: more at once is no list but a heap.
MOST_OPEN = 50
MOST_DECIDED = 30
_MOST_LATELY = 100
# An offer, its decision, its result: so many events are looked through for so many handoffs.
_EVENTS_A_HANDOFF = 4
_ENDED = ("lost", "recycled")


@dataclass(frozen=True, slots=True)
class Side:
    """What the questions need to know of somebody. `user` None: Kyogyo itself; `keys` None: sees everything."""

    user: int | None
    own_teams: tuple[int, ...]
    seen_teams: tuple[int, ...]
    keys: tuple[int, ...] | None

    def to_decide(self) -> list[int]:
        """Offered to them or their teams, and open."""
        return _open_to(user=self.user, own=self.own_teams, seen=self.seen_teams, keys=self.keys)

    def to_report(self, *, codes: Collection[str]) -> list[int]:
        """Accepted on their side and never reported, on journeys that go on; of the handoffs `codes`."""
        return _unreported(
            user=self.user, own=self.own_teams, seen=self.seen_teams, keys=self.keys, codes=codes
        )

    def decided(self, *, since: datetime, number: int = MOST_DECIDED) -> list[int]:
        """Received and not open, the last that happened to it first."""
        found = _events_to(
            user=self.user, own=self.own_teams, seen=self.seen_teams, keys=self.keys, since=since
        )
        return list(dict.fromkeys(found))[:number]

    def waiting(self) -> list[int]:
        """Given by them (or below them), and open."""
        return _open_from(user=self.user, seen=self.seen_teams, keys=self.keys)

    def settled(
        self, *, since: datetime, number: int = MOST_DECIDED, sent_back: bool = False
    ) -> list[int]:
        """Given and not open, the last that happened to it first; `sent_back`: only what may be theirs to complete."""
        found = _events_from(
            user=self.user, seen=self.seen_teams, keys=self.keys, since=since, sent_back=sent_back
        )
        return list(dict.fromkeys(found))[:number]


def side_of(actor: Actor) -> Side:
    """What is asked of `actor`."""
    return Side(
        user=None if actor.user is None else actor.user.pk,
        own_teams=tuple(sorted(actor.own_teams)),
        seen_teams=tuple(sorted(actor.seen_teams)),
        keys=None if actor.sees_all else actor.sight_keys,
    )


@prepared
def handoffs_by_id(*, ids: Collection[int]) -> QuerySet[Handoff]:
    """Handoffs with all that a list says of them."""
    rows = Handoff.objects.filter(pk__in=ids)
    return rows.select_related("journey__account", "offered_by", "receiver_user", "receiver_team")


@prepared
def events_of(*, handoffs: Collection[int]) -> QuerySet[HandoffEvent]:
    """All that was done with them and by whom, in order; what was taken back is among it."""
    rows = HandoffEvent.objects.filter(handoff__in=handoffs)
    return rows.select_related("by").order_by("id")


@prepared
def seen_of_journey(*, journey: int, keys: Collection[int] | None) -> QuerySet[Handoff, int]:
    """Every handoff of a journey, for whoever sees it, the newest first."""
    rows = seen_rows_by(Handoff.objects.filter(journey=journey), keys)
    return rows.order_by("-id").values_list("id", flat=True)


@prepared
def seen_handoff(*, handoff: int, keys: Collection[int] | None) -> QuerySet[Handoff, int]:
    """The handoff, for whoever sees its journey."""
    return seen_rows_by(Handoff.objects.filter(pk=handoff), keys).values_list("id", flat=True)


@prepared
def _open_to(
    *, user: int | None, own: Collection[int], seen: Collection[int], keys: Collection[int] | None
) -> QuerySet[Handoff, int]:
    rows = Handoff.objects.filter(_to(user, own, seen), open_round__isnull=False)
    return (
        seen_rows_by(rows, keys)
        .order_by("offered_at", "id")
        .values_list("id", flat=True)[:MOST_OPEN]
    )


@prepared
def _unreported(
    *,
    user: int | None,
    own: Collection[int],
    seen: Collection[int],
    keys: Collection[int] | None,
    codes: Collection[str],
) -> QuerySet[Handoff, int]:
    events = HandoffEvent.objects.filter(handoff=OuterRef("pk"))
    rows = Handoff.objects.filter(_to(user, own, seen), open_round=None, code__in=codes)
    # What is under way of what they see is found first: it is few beside all that was ever handed over.
    if keys is None:
        rows = rows.exclude(journey__stage_type__in=_ENDED)
    else:
        under_way = sights_by(keys, outcome__lt=Outcome.CLOSED)
        rows = rows.filter(journey__in=under_way.values("journey"))
    rows = rows.filter(
        Exists(that_stand(events.filter(kind="accepted"))),
        # Where nobody came, the result is still owed.
        ~Exists(events.filter(Q(packet__met=True) | Q(packet__met__isnull=True), kind="result")),
    )
    return rows.order_by("offered_at", "id").values_list("id", flat=True)[:MOST_OPEN]


@prepared
def _events_to(
    *,
    user: int | None,
    own: Collection[int],
    seen: Collection[int],
    keys: Collection[int] | None,
    since: datetime,
) -> QuerySet[HandoffEvent, int]:
    of = Handoff.objects.filter(_to(user, own, seen), pk=OuterRef("handoff"), open_round=None)
    rows = HandoffEvent.objects.filter(Exists(seen_rows_by(of, keys)), at__gte=since)
    return _newest(rows)


@prepared
def _open_from(
    *, user: int | None, seen: Collection[int], keys: Collection[int] | None
) -> QuerySet[Handoff, int]:
    rows = Handoff.objects.filter(_from(user, seen), open_round__isnull=False)
    return (
        seen_rows_by(rows, keys)
        .order_by("offered_at", "id")
        .values_list("id", flat=True)[:MOST_OPEN]
    )


@prepared
def _events_from(
    *,
    user: int | None,
    seen: Collection[int],
    keys: Collection[int] | None,
    since: datetime,
    sent_back: bool,
) -> QuerySet[HandoffEvent, int]:
    of = Handoff.objects.filter(_from(user, seen), pk=OuterRef("handoff"), open_round=None)
    rows = HandoffEvent.objects.filter(Exists(seen_rows_by(of, keys)), at__gte=since)
    return _newest(rows.filter(kind__in=("needs_work", "returned")) if sent_back else rows)


def _newest(rows: QuerySet[HandoffEvent]) -> QuerySet[HandoffEvent, int]:
    ordered = rows.order_by("-at", "-id").values_list("handoff", flat=True)
    return ordered[: _EVENTS_A_HANDOFF * _MOST_LATELY]


def _to(user: int | None, own: Collection[int], seen: Collection[int]) -> Q:
    if user is None:
        return Q()
    return (
        Q(receiver_user=user)
        | Q(receiver_user=None, receiver_team__in=own)
        | Q(receiver_team__in=seen)
    )


def _from(user: int | None, seen: Collection[int]) -> Q:
    if user is None:
        return Q()
    if not seen:
        return Q(offered_by=user)
    givers = Membership.objects.filter(user=OuterRef("offered_by"), team__in=seen, until=None)
    return Q(offered_by=user) | Q(Exists(givers))
