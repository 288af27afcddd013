"""What is known about many journeys at once, for the order of a desk: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.records.queries import desk_rows
from kyogyo.records.queries.clocks import handoff_from
from kyogyo.records.queries.desk_rows import CLOSED
from kyogyo.records.queries.priority import Facts, RunningClock
from kyogyo.records.queries.wording import reason_label
from kyogyo.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kyogyo.records.models import Commitment, Journey, StageEntry
    from kyogyo.revenue_model.schema import Question, RevenueModel
    from kyogyo.words import Text


@dataclass
class Bulk:
    """What was read for a set of journeys, by journey."""

    answered: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reacted_at: dict[int, datetime] = field(default_factory=dict)
    planned_at: dict[int, datetime] = field(default_factory=dict)
    promises: dict[int, list[Commitment]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[int, StageEntry] = field(default_factory=dict)


def read_bulk(journeys: Collection[Journey], *, since: datetime) -> Bulk:
    """Five queries at most, however many journeys there are. Reactions are looked for from `since` on."""
    ids = [journey.pk for journey in journeys]
    bulk = Bulk()
    if not ids:
        return bulk
    for journey_id, question in desk_rows.answered(journeys=ids):
        bulk.answered[journey_id].add(question)
    bulk.reacted_at = dict(desk_rows.reactions(journeys=ids, since=since))
    bulk.planned_at = dict(desk_rows.plans(journeys=ids))
    for promise in desk_rows.promises_open(journeys=ids):
        bulk.promises[promise.journey_id].append(promise)
    if ended := [journey.pk for journey in journeys if journey.stage_type in CLOSED]:
        for entry in desk_rows.ends(journeys=ended):
            bulk.ends[entry.journey_id] = entry
    return bulk


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
