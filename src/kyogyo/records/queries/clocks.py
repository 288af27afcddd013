"""The clocks of handoffs, as they stand at a moment. Derived each time they are read, never stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from kyogyo.records.queries.calendar import hours_of
from kyogyo.records.queries.clock_rows import contacted, entered, offers, standing
from kyogyo.records.queries.decisions import grouped_events
from kyogyo.records.queries.meetings import Appointment, appointments_of, meeting_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyogyo.records.models import Handoff, HandoffEvent, Journey
    from kyogyo.revenue_model import Clock, RevenueModel
    from kyogyo.revenue_model import Handoff as Declared
    from kyogyo.words import Text

State = Literal["running", "met", "missed", "overdue", "not_started"]
_STATES = ("offered", "withdrawn", "returned", "accepted", "needs_work")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock of a handoff. `owner` is the department it runs for.

    `seconds_left` is in the clock's own kind of time (`is_business`), below 0 when it is over, None
    unless it runs. `seconds_used` never falls below 0, whatever the machine's clock did.
    """

    code: str
    label: Text
    owner: str
    until: str
    is_business: bool
    starts_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    state: State
    seconds_left: int | None
    seconds_used: int

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in ("running", "overdue")


@dataclass(frozen=True, slots=True)
class _Course:
    """When a clock began, was stopped by what it waits for, or lost its point (`ended_at`)."""

    starts_at: datetime | None
    stopped_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read about one handoff."""

    handoff: Handoff
    declared: Declared
    events: tuple[HandoffEvent, ...]
    entries: tuple[tuple[str, datetime], ...]
    contacted_at: datetime | None
    closed_at: datetime | None
    appointments: tuple[Appointment, ...] = ()

    def last(self, *kinds: str) -> HandoffEvent | None:
        return next((event for event in reversed(self.events) if event.kind in kinds), None)

    @property
    def is_open(self) -> bool:
        """Whether a decision is awaited. The events say so; the row read may be older than they are."""
        last = self.last(*_STATES)
        return last is None or last.kind == "offered"

    def entered(self, stage: str, *, by: datetime | None = None) -> datetime | None:
        """When the stage was last entered, at or before `by` where that is given."""
        times = [at for code, at in self.entries if code == stage and (by is None or at <= by)]
        return max(times, default=None)


def clocks_of(
    handoff: Handoff, *, model: RevenueModel, now: datetime | None = None
) -> tuple[ClockReading, ...]:
    """The clocks of one handoff in the order of the model."""
    return clocks_of_many([handoff], model=model, now=now)[handoff.pk]


def clocks_of_many(
    handoffs: Iterable[Handoff],
    *,
    model: RevenueModel,
    now: datetime | None = None,
    events: Mapping[int, Sequence[HandoffEvent]] | None = None,
) -> dict[int, tuple[ClockReading, ...]]:
    """The clocks of each handoff, by its id, in five queries at most; `events`: those that count, where known.

    A clock that can no longer start, or lost its point before it was due, isn't among them.
    """
    rows, now = list(handoffs), now or timezone.now()
    return {
        facts.handoff.pk: tuple(
            reading
            for clock in facts.declared.clocks
            if (reading := _read(clock, _course(clock, facts), model=model, now=now)) is not None
        )
        for facts in _facts(rows, model, events)
    } | {row.pk: () for row in rows if _declared(row.code, model) is None}


def offer_clocks(
    journeys: Iterable[Journey], *, model: RevenueModel, now: datetime | None = None
) -> dict[int, tuple[ClockReading, ...]]:
    """For journeys that stand where a handoff begins and weren't offered since: the clocks of their givers.

    By the id of the journey; one query. A journey that has none isn't in it.
    """
    now = now or timezone.now()
    waiting = [
        (journey, declared)
        for journey in journeys
        if (declared := handoff_from(journey, model)) is not None and journey.stage_entered_at
    ]
    offered: defaultdict[tuple[int, str], list[datetime]] = defaultdict(list)
    for journey_id, code, at in offers(journeys=[journey.pk for journey, _ in waiting]):
        offered[journey_id, code].append(at)
    found: dict[int, tuple[ClockReading, ...]] = {}
    for journey, declared in waiting:
        since = journey.stage_entered_at
        if any(since is None or at >= since for at in offered[journey.pk, declared.code]):
            continue
        readings = [
            _read(clock, _Course(since), model=model, now=now)
            for clock in declared.clocks
            if clock.until == "offer"
        ]
        if kept := tuple(reading for reading in readings if reading is not None):
            found[journey.pk] = kept
    return found


def handoff_from(journey: Journey, model: RevenueModel) -> Declared | None:
    """The declared handoff by which the journey leaves the stage where it stands, if there is one on its track."""
    if journey.track not in {track.code for track in model.tracks}:
        return None
    path = model.track(journey.track).stages
    for declared in model.handoffs:
        ends = (declared.to_stage, declared.accepted_stage or declared.to_stage)
        if declared.from_stage == journey.stage and all(code in path for code in ends):
            return declared
    return None


def _course(clock: Clock, facts: _Facts) -> _Course | None:
    """None where the clock can't start any more."""
    first = facts.events[0].at if facts.events else facts.handoff.offered_at
    end = facts.last("withdrawn", "returned", "accepted")
    ended_at = facts.closed_at
    if end is not None and end == facts.last(*_STATES) and end.kind != "accepted":
        ended_at = end.at
    if clock.until == "offer":
        return _Course(facts.entered(facts.declared.from_stage, by=first) or first, first)
    if clock.until == "first_contact":
        return _Course(first, facts.contacted_at, ended_at)
    if clock.until == "decision":
        return _decision_course(facts)
    if clock.until == "result":
        accepted, result = facts.last("accepted"), _met_result(facts)
        if accepted is None:
            return None if ended_at else _Course(None)
        # A meeting that is still to come can't have a result yet.
        starts_at = max(accepted.at, meeting_time(facts.appointments, facts.events) or accepted.at)
        if result is not None:
            starts_at = min(starts_at, result.at)
        return _Course(starts_at, result.at if result else None, facts.closed_at)
    return _resubmission_course(facts)


def _decision_course(facts: _Facts) -> _Course:
    """Of the last round: from the offer, or from the entry into the stage where the journey waits."""
    offer = facts.last("offered")
    starts_at: datetime | None = offer.at if offer else facts.handoff.offered_at
    decided = None if facts.is_open else facts.last(*_STATES)
    if facts.declared.accepted_stage and starts_at is not None:
        waits = facts.entered(facts.declared.to_stage)
        if waits is not None:
            starts_at = max(starts_at, waits)
        elif decided is None:
            starts_at = None
    if decided is None:
        return _Course(starts_at, ended_at=facts.closed_at)
    if starts_at is not None:
        starts_at = min(starts_at, decided.at)
    if decided.kind == "withdrawn":
        return _Course(starts_at, ended_at=decided.at)
    return _Course(starts_at, decided.at)


def _resubmission_course(facts: _Facts) -> _Course | None:
    asked = [event for event in facts.events if is_sent_back(event)]
    if not asked:
        return _Course(None) if facts.is_open and not facts.closed_at else None
    again = next(
        (e.at for e in facts.events if e.kind == "offered" and e.round > asked[-1].round), None
    )
    return _Course(asked[-1].at, again, facts.closed_at)


def is_sent_back(event: HandoffEvent) -> bool:
    """Whether the giver is to complete the handoff and offer it again."""
    kept = event.kind == "returned" and event.packet.get("then") == "keep"
    return event.kind == "needs_work" or kept


def _met_result(facts: _Facts) -> HandoffEvent | None:
    """The first result that somebody brought home; a meeting that nobody came to isn't one."""
    results = (event for event in facts.events if event.kind == "result")
    return next((event for event in results if event.packet.get("met", True)), None)


def _read(
    clock: Clock, course: _Course | None, *, model: RevenueModel, now: datetime
) -> ClockReading | None:
    if course is None:
        return None
    starts_at, stopped_at = course.starts_at, course.stopped_at
    due_at = None if starts_at is None else _due(clock, starts_at, model)
    if stopped_at is None and course.ended_at is not None:
        if due_at is None or course.ended_at <= due_at:
            return None
        stopped_at = course.ended_at
    state, left, used = _state(clock, starts_at, due_at, stopped_at, model=model, now=now)
    return ClockReading(
        code=clock.code,
        label=clock.label.text,
        owner=clock.owner,
        until=clock.until,
        is_business=clock.basis == "business",
        starts_at=starts_at,
        due_at=due_at,
        stopped_at=stopped_at if starts_at is not None else None,
        state=state,
        seconds_left=left,
        seconds_used=used,
    )


def _state(
    clock: Clock,
    starts_at: datetime | None,
    due_at: datetime | None,
    stopped_at: datetime | None,
    *,
    model: RevenueModel,
    now: datetime,
) -> tuple[State, int | None, int]:
    if starts_at is None or due_at is None:
        return "not_started", None, 0
    used = _between(clock, starts_at, stopped_at or now, model)
    if stopped_at is not None:
        return "met" if stopped_at <= due_at else "missed", None, used
    if now <= due_at:
        # A machine whose clock went back must not show more time than was ever given.
        return "running", _between(clock, max(now, starts_at), due_at, model), used
    return "overdue", -_between(clock, due_at, now, model), used


def _due(clock: Clock, starts_at: datetime, model: RevenueModel) -> datetime:
    seconds = round(clock.hours * 3_600)
    if clock.basis == "calendar":
        return starts_at + timedelta(seconds=seconds)
    return _EPOCH + hours_of(model).add(_micros(starts_at), seconds) * _US


def _between(clock: Clock, start: datetime, stop: datetime, model: RevenueModel) -> int:
    """Seconds of the clock's kind of time, 0 where `stop` isn't later."""
    if clock.basis == "calendar":
        return max(0, int((stop - start).total_seconds()))
    return hours_of(model).seconds_between(_micros(start), _micros(stop))


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _US


def _declared(code: str, model: RevenueModel) -> Declared | None:
    return next((one for one in model.handoffs if one.code == code), None)


def _facts(
    handoffs: Sequence[Handoff],
    model: RevenueModel,
    given: Mapping[int, Sequence[HandoffEvent]] | None,
) -> list[_Facts]:
    known = [(row, found) for row in handoffs if (found := _declared(row.code, model)) is not None]
    journeys = {row.journey_id for row, _ in known}
    events = grouped_events(row for row, _ in known) if given is None else given
    entries = _entries(known, journeys)
    contacts = _contacts(known)
    closed = _closed(journeys, model)
    appointments = appointments_of(
        row.journey_id
        for row, declared in known
        if any(clock.until == "result" for clock in declared.clocks)
        and any(event.kind == "accepted" for event in events[row.pk])
    )
    return [
        _Facts(
            handoff=row,
            declared=declared,
            events=tuple(events.get(row.pk, ())),
            entries=tuple(entries[row.journey_id]),
            contacted_at=_first(contacts[row.journey_id], row.receiver, row.offered_at),
            closed_at=closed.get(row.journey_id),
            appointments=tuple(appointments[row.journey_id]),
        )
        for row, declared in known
    ]


def _entries(
    known: list[tuple[Handoff, Declared]], journeys: set[int]
) -> defaultdict[int, list[tuple[str, datetime]]]:
    stages = {code for _, one in known for code in (one.from_stage, one.to_stage)}
    found: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for journey_id, stage, at in entered(journeys=journeys, stages=sorted(stages)):
        found[journey_id].append((stage, at))
    return found


def _contacts(
    known: list[tuple[Handoff, Declared]],
) -> defaultdict[int, list[tuple[str, datetime]]]:
    """Calls, mails and meetings of the journeys whose handoffs have a clock that they stop."""
    asked = [
        row.journey_id
        for row, declared in known
        if any(clock.until == "first_contact" for clock in declared.clocks)
    ]
    found: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    if asked:
        for journey_id, department, at in contacted(journeys=set(asked)):
            found[journey_id].append((department, at))
    return found


def _first(
    contacts: list[tuple[str, datetime]], department: str, since: datetime
) -> datetime | None:
    times = (at for of, at in contacts if of == department and at >= since)
    return min(times, default=None)


def _closed(journeys: set[int], model: RevenueModel) -> dict[int, datetime]:
    """When the journeys that came to an exit of their track came there."""
    exits = {(track.code, code) for track in model.tracks for code in track.exits}
    return {
        key: at
        for key, track, stage, at in standing(journeys=journeys)
        if at is not None and (track, stage) in exits
    }
