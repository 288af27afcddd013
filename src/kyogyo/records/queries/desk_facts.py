"""What is known about many journeys at once, for the order of a desk: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef

from kyogyo.records.models import (
    Activity,
    Claim,
    Commitment,
    CommitmentOutcome,
    Journey,
    NextStep,
    StageEntry,
)
from kyogyo.records.queries.clocks import handoff_from
from kyogyo.records.queries.priority import Facts, RunningClock
from kyogyo.records.queries.wording import reason_label
from kyogyo.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from kyogyo.revenue_model.schema import Question, RevenueModel
    from kyogyo.words import Text

CLOSED = ("lost", "recycled")
# All the others, named: an index finds what a column is, not what it isn't.
NOT_CLOSED = ("open", "ongoing", "on_hold", "won")


@dataclass
class Bulk:
    """What was read for a set of journeys, by journey."""

    answered: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reacted_at: dict[int, datetime] = field(default_factory=dict)
    planned_at: dict[int, datetime] = field(default_factory=dict)
    promises: dict[int, list[Commitment]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[int, StageEntry] = field(default_factory=dict)


def read_bulk(journeys: Collection[Journey], *, since: datetime) -> Bulk:
    """Five queries, however many journeys there are. Reactions are looked for from `since` on."""
    ids = [journey.pk for journey in journeys]
    bulk = Bulk()
    if not ids:
        return bulk
    for journey_id, question in (
        Claim.objects.filter(journey__in=ids).values_list("journey_id", "question").distinct()
    ):
        bulk.answered[journey_id].add(question)
    bulk.reacted_at = dict(
        Activity.objects.filter(journey__in=ids, is_two_way=True, at__gte=since)
        .values_list("journey_id")
        .annotate(last=Max("at"))
        .order_by()
    )
    bulk.planned_at = dict(
        NextStep.objects.filter(journey__in=ids)
        .values_list("journey_id")
        .annotate(last=Max("at"))
        .order_by()
    )
    for promise in open_promises().filter(journey__in=ids).order_by("due_on", "id"):
        bulk.promises[promise.journey_id].append(promise)
    ended = [journey.pk for journey in journeys if journey.stage_type in CLOSED]
    for entry in ends_to_revisit().filter(journey__in=ended).order_by("at", "id"):
        bulk.ends[entry.journey_id] = entry
    return bulk


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


def facts_of(
    journey: Journey,
    *,
    model: RevenueModel,
    bulk: Bulk,
    now: datetime,
    clocks: Iterable[RunningClock] = (),
    handed: Text | None = None,
    is_mine: bool = True,
) -> Facts:
    """The facts of one journey. What isn't mine yet (I am only to decide on it) has only its clocks."""
    if not is_mine:
        return Facts(clocks=tuple(clocks), handed=handed)
    if journey.stage_type in CLOSED:
        return _facts_of_ended(journey, model=model, bulk=bulk, now=now)
    zone = ZoneInfo(model.time_zone)
    today = now.astimezone(zone).date()
    stage = next((one for one in model.stages if one.code == journey.stage), None)
    planned_at = bulk.planned_at.get(journey.pk)
    touched = [one for one in (journey.last_activity_at, planned_at) if one is not None]
    entered = journey.stage_entered_at
    return Facts(
        clocks=tuple(clocks),
        promises=tuple(
            (promise.text, promise.due_on)
            for promise in bulk.promises.get(journey.pk, ())
            if promise.due_on is not None
        ),
        reacted_at=unanswered(
            bulk.reacted_at.get(journey.pk), journey.last_activity_at, planned_at
        ),
        next_step=journey.next_step,
        next_step_on=journey.next_step_on,
        next_step_at=journey.next_step_at,
        handed=handed,
        answers_owed=tuple(
            question.label.text
            for question in owed_questions(journey, model=model)
            if question.code not in bulk.answered.get(journey.pk, ())
        ),
        stage=None if stage is None else stage.label.text,
        days_in_stage=None if entered is None else (now - entered).days,
        expected_days=None if stage is None else stage.expected_days,
        asks_for_a_plan=not is_last(journey, model=model),
        touched_today=any(one.astimezone(zone).date() == today for one in touched),
    )


def _facts_of_ended(journey: Journey, *, model: RevenueModel, bulk: Bulk, now: datetime) -> Facts:
    """What is known about one that has ended: what was planned before its end no longer counts."""
    end, planned_at = bulk.ends.get(journey.pk), bulk.planned_at.get(journey.pk)
    if end is None:
        return Facts()
    was_planned = planned_at is not None and planned_at > end.at
    touched = [one for one in (journey.last_activity_at, planned_at) if one and one > end.at]
    return Facts(
        next_step=journey.next_step if was_planned else "",
        next_step_on=journey.next_step_on if was_planned else None,
        next_step_at=journey.next_step_at if was_planned else None,
        touched_today=any(
            local_day(one, zone=model.time_zone) == local_day(now, zone=model.time_zone)
            for one in touched
        ),
        revisit_on=end.revisit_on,
        ended=reason_label(model, end.reason) if end.reason else None,
    )


def unanswered(
    reacted_at: datetime | None, last_activity_at: datetime | None, planned_at: datetime | None
) -> datetime | None:
    """When the buyer reacted, unless something was done or planned after it."""
    if reacted_at is None:
        return None
    was_followed = last_activity_at is not None and last_activity_at > reacted_at
    # The plan that is made along with a meeting's result has the very time of the meeting.
    was_planned = planned_at is not None and planned_at >= reacted_at
    return None if was_followed or was_planned else reacted_at


def owed_questions(journey: Journey, *, model: RevenueModel) -> tuple[Question, ...]:
    """The questions that the handoff out of the journey's stage needs, at the journey's size."""
    handoff = handoff_from(journey, model)
    if handoff is None:
        return ()
    whole = (journey.amount or 0) // 10 ** minor_digits(model.currency)
    return tuple(
        question
        for code in handoff.questions
        if (question := model.question(code)).required_from_amount is not None
        and question.required_from_amount <= whole
    )


def is_last(journey: Journey, *, model: RevenueModel) -> bool:
    """Whether the journey stands where its track ends well: nothing need be planned there."""
    path = _path(journey.track, model=model)
    return not path or journey.stage == path[-1]


def _path(track: str, *, model: RevenueModel) -> tuple[str, ...]:
    return next((one.stages for one in model.tracks if one.code == track), ())


def local_day(now: datetime, *, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
