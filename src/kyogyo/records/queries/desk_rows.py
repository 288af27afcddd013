"""What a desk asks the records: which journeys may have to lie on it, and what is known about those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from kyogyo.records.access import seen_by
from kyogyo.records.models import (
    Activity,
    Assignment,
    Claim,
    Commitment,
    CommitmentOutcome,
    Handoff,
    HandoffEvent,
    Journey,
    NextStep,
    StageEntry,
    User,
)
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from django.db.models import QuerySet

# So many are found by each look-up; a desk with more is said to be cut.
PROBE = 60
CLOSED = ("lost", "recycled")
# All the others, named: an index finds what a column is, not what it isn't.
NOT_CLOSED = ("open", "ongoing", "on_hold", "won")


def _mine(user: int, teams: Collection[int], *more: Q) -> QuerySet[Journey]:
    """The open journeys that are somebody's to move: their own, and those of their teams that nobody has."""
    own = Q(owner=user) | Q(holder=0, team__in=teams)
    # `step` is the day of the next step past its index, which SQLite would take: everybody's are in it.
    rows = _with_holder().alias(step=Coalesce("next_step_on", "next_step_on"))
    return rows.filter(own, *more, stage_type__in=NOT_CLOSED)


def _with_holder() -> QuerySet[Journey]:
    """`holder` is the owner, 0 where there is none: SQLite would go through all that nobody has, of every team."""
    return Journey.objects.alias(holder=Coalesce("owner", 0))


@prepared
def due_steps(*, user: int, teams: Collection[int], today: date) -> QuerySet[Journey, int]:
    rows = _mine(user, teams, Q(step__lte=today)).order_by("next_step_on", "id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def lately_touched(*, user: int, teams: Collection[int], since: datetime) -> QuerySet[Journey, int]:
    rows = _mine(user, teams).filter(last_activity_at__gte=since)
    return rows.order_by("-last_activity_at", "id").values_list("pk", flat=True)[:PROBE]


@prepared
def with_due_promises(*, user: int, teams: Collection[int], today: date) -> QuerySet[Journey, int]:
    promises = open_promises().filter(journey=OuterRef("pk"), due_on__lte=today)
    rows = _mine(user, teams).filter(Exists(promises)).order_by("id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def before_handoffs(
    *, user: int, teams: Collection[int], stages: Collection[str]
) -> QuerySet[Journey, int]:
    rows = _mine(user, teams).filter(stage__in=stages).order_by("-stage_entered_at", "id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def stalled(
    *, user: int, teams: Collection[int], stages: Collection[str], latest: Collection[datetime]
) -> QuerySet[Journey, int]:
    rows = _mine(user, teams).filter(entered_by(stages, latest)).order_by("stage_entered_at", "id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def unplanned(
    *, user: int, teams: Collection[int], last_stages: Collection[str]
) -> QuerySet[Journey, int]:
    rows = _mine(user, teams, Q(step__isnull=True)).exclude(stage__in=last_stages)
    rows = rows.order_by(F("last_activity_at").asc(nulls_first=True), "id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def has_any(*, user: int, teams: Collection[int]) -> QuerySet[Journey, int]:
    return _mine(user, teams).values_list("pk", flat=True)[:1]


@prepared
def was_ever_given(*, user: int) -> QuerySet[Assignment, int]:
    return Assignment.objects.filter(user=user).values_list("pk", flat=True)[:1]


@prepared
def who_left() -> QuerySet[User, int]:
    """Found first, as they are few: so not every journey of the teams is looked at for its owner."""
    return User.objects.filter(is_active=False).values_list("pk", flat=True)


@prepared
def to_revisit(
    *, user: int, teams: Collection[int], left: Collection[int], below: Collection[int], today: date
) -> QuerySet[Journey, int]:
    """Those that have ended, to be looked at again by `today`, and that nobody has opened again.

    They are their last owner's; the team's where there is none, and those who see the team's work
    have them where that owner has left. Whoever is one of these sees the journey.
    """
    own = Q(owner=user) | Q(holder=0, team__in=teams) | Q(owner__in=left, team__in=below)
    due = ends_to_revisit().filter(journey=OuterRef("pk"), revisit_on__lte=today)
    later = Journey.objects.filter(previous=OuterRef("pk"))
    rows = _with_holder().filter(own, Exists(due), ~Exists(later), stage_type__in=CLOSED)
    return rows.order_by("stage_entered_at", "id").values_list("pk", flat=True)[:PROBE]


@prepared
def seen_journeys(*, ids: Collection[int], keys: Collection[int] | None) -> QuerySet[Journey]:
    """Those of `ids` that the holder of `keys` sees; all of them where `keys` is None."""
    return seen_by(Journey.objects.filter(pk__in=ids), keys)


@prepared
def names_of(*, ids: Collection[int]) -> QuerySet[Journey]:
    """Journeys with what a line of a desk says about them."""
    return Journey.objects.filter(pk__in=ids).select_related("account", "owner")


@prepared
def answered(*, journeys: Collection[int]) -> QuerySet[Claim, tuple[int, str]]:
    rows = Claim.objects.filter(journey__in=journeys)
    return rows.values_list("journey_id", "question").distinct()


@prepared
def reactions(
    *, journeys: Collection[int], since: datetime
) -> QuerySet[Activity, tuple[int, datetime]]:
    rows = Activity.objects.filter(journey__in=journeys, is_two_way=True, at__gte=since)
    return rows.values_list("journey_id").annotate(last=Max("at")).order_by()


@prepared
def plans(*, journeys: Collection[int]) -> QuerySet[NextStep, tuple[int, datetime]]:
    rows = NextStep.objects.filter(journey__in=journeys)
    return rows.values_list("journey_id").annotate(last=Max("at")).order_by()


@prepared
def promises_open(*, journeys: Collection[int]) -> QuerySet[Commitment]:
    return open_promises().filter(journey__in=journeys).order_by("due_on", "id")


@prepared
def ends(*, journeys: Collection[int]) -> QuerySet[StageEntry]:
    return ends_to_revisit().filter(journey__in=journeys).order_by("at", "id")


@prepared
def to_decide(*, user: int, teams: Collection[int]) -> QuerySet[Handoff, int]:
    """Offered to them, or to their team and nobody in it."""
    to_me = Q(receiver_user=user) | Q(receiver_user=None, receiver_team__in=teams)
    rows = Handoff.objects.filter(to_me, open_round__isnull=False).order_by("offered_at", "id")
    return rows.values_list("pk", flat=True)[:PROBE]


@prepared
def to_report(
    *, user: int, departments: Collection[str], codes: Collection[str], since: datetime
) -> QuerySet[Handoff, int]:
    """Accepted on a journey that is theirs now, and the giver still waits to be told how it went."""
    events = HandoffEvent.objects.filter(handoff=OuterRef("pk"))
    told = events.filter(Q(packet__met=True) | ~Q(packet__has_key="met"), kind="result")
    rows = Handoff.objects.filter(
        Exists(events.filter(kind="accepted", undone_by=None)),
        ~Exists(told),
        code__in=codes,
        journey__owner=user,
        receiver__in=departments,
        offered_at__gte=since,
        open_round=None,
    )
    return rows.order_by("offered_at", "id").values_list("pk", flat=True)[:PROBE]


@prepared
def given(*, user: int, since: datetime) -> QuerySet[Handoff, int]:
    rows = Handoff.objects.filter(offered_by=user, offered_at__gte=since)
    return rows.order_by("-offered_at", "-id").values_list("pk", flat=True)[:PROBE]


@prepared
def handoffs(*, ids: Collection[int]) -> QuerySet[Handoff]:
    return Handoff.objects.filter(pk__in=ids).select_related("journey__account", "offered_by")


def entered_by(stages: Collection[str], latest: Collection[datetime]) -> Q:
    """Entered their stage by the time that stands beside it: one comparison, so that a list goes by its order."""
    whens = [When(stage=stage, then=Value(at)) for stage, at in zip(stages, latest, strict=True)]
    return Q(stage_entered_at__lte=Case(*whens, default=None, output_field=DateTimeField()))


def ends_to_revisit() -> QuerySet[StageEntry]:
    """The standing entries that ended a journey until a day on which it is to be looked at again.

    One that takes another back has no such day. Not asking for that too matters: SQLite would go through
    every entry that takes nothing back, for each journey.
    """
    return StageEntry.objects.filter(revisit_on__isnull=False, undone_by__isnull=True)


def open_promises() -> QuerySet[Commitment]:
    """The promises that nobody has said to be kept or not kept."""
    settled = CommitmentOutcome.objects.filter(
        commitment=OuterRef("pk"),
        kind__in=[CommitmentOutcome.Kind.MET, CommitmentOutcome.Kind.MISSED],
    )
    later = CommitmentOutcome.objects.filter(
        commitment=OuterRef("commitment"), id__gt=OuterRef("id")
    )
    return Commitment.objects.filter(~Exists(settled.filter(~Exists(later))))
