"""Handoffs as they concern one person: what I must decide, report or complete, and what others owe me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kyogyo.records.queries import desk_rows
from kyogyo.records.queries.clocks import clocks_of_many, is_sent_back
from kyogyo.records.queries.decisions import grouped_events
from kyogyo.records.queries.priority import RunningClock
from kyogyo.records.queries.wording import department_label, reason_label
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff, HandoffEvent
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.revenue_model.schema import RevenueModel

# How far back somebody is told on the desk what became of a handoff that they gave.
RECENT = timedelta(days=60)
HeldAct = Literal["decide", "result", "complete"]
# Which clocks each act stops.
_STOPS: dict[HeldAct, tuple[str, ...]] = {
    "decide": ("decision", "first_contact"),
    "result": ("result", "first_contact"),
    "complete": ("resubmission",),
}


@dataclass(frozen=True)
class Held:
    """A handoff that waits for me: what to do, the clocks that run against me, why it is with me."""

    handoff: Handoff
    act: HeldAct
    clocks: tuple[RunningClock, ...] = ()
    handed: Text | None = None


@dataclass(frozen=True)
class Owed:
    """A clock that runs against a department on one handoff."""

    handoff: Handoff
    label: Text
    department: Text
    department_code: str
    due_at: datetime
    seconds_left: int
    is_business: bool
    is_over: bool


@dataclass(frozen=True)
class DeskHandoffs:
    """The handoffs on a desk, by journey, and what is owed in both ways, the most urgent first."""

    by_journey: dict[int, Held]
    i_owe: tuple[Owed, ...]
    owed_me: tuple[Owed, ...]

    @property
    def to_decide(self) -> int:
        return sum(held.act == "decide" for held in self.by_journey.values())


def desk_handoffs(actor: Actor, *, model: RevenueModel, now: datetime) -> DeskHandoffs:
    """What stands on the desk of whoever asks. Three queries find it; one for the rows, five for their clocks."""
    if actor.user is None or not actor.memberships:
        return DeskHandoffs({}, (), ())
    # Offered to me, by me, or on a journey of mine: with each of these one sees the journey.
    mine, since = actor.user.pk, now - RECENT
    codes = [
        one.code for one in model.handoffs if any(clock.until == "result" for clock in one.clocks)
    ]
    decide = desk_rows.to_decide(user=mine, teams=actor.own_teams)
    report = desk_rows.to_report(user=mine, departments=actor.departments, codes=codes, since=since)
    gave = desk_rows.given(user=mine, since=since)
    rows = {row.pk: row for row in desk_rows.handoffs(ids={*decide, *report, *gave})}
    events = grouped_events(rows.values())
    last = {pk: _last(some) for pk, some in events.items()}
    clocks = clocks_of_many(rows.values(), model=model, now=now, events=events)
    to_decide, given = [rows[pk] for pk in decide], [rows[pk] for pk in gave]
    to_report = [rows[pk] for pk in report if _is(last[pk], "accepted")]
    held: dict[int, Held] = {}
    # A journey can have several: the last of these is what is to be done first about it.
    acts: tuple[tuple[HeldAct, list[Handoff]], ...] = (
        ("result", to_report),
        ("complete", [row for row in given if _is_sent_back(last[row.pk])]),
        ("decide", to_decide),
    )
    for act, some in acts:
        for row in some:
            held[row.journey_id] = _held(row, act, clocks[row.pk], last[row.pk], model)
    departments = set(actor.departments)
    ours = [owed for row in (*to_decide, *to_report) for owed in _owed(row, clocks[row.pk], model)]
    theirs = [owed for row in given for owed in _owed(row, clocks[row.pk], model)]
    ours += [owed for owed in theirs if owed.department_code in departments]
    return DeskHandoffs(
        by_journey=held,
        i_owe=_by_urgency(owed for owed in ours if owed.department_code in departments),
        owed_me=_by_urgency(owed for owed in theirs if owed.department_code not in departments),
    )


def owed_on(rows: Sequence[Handoff], *, model: RevenueModel, now: datetime) -> tuple[Owed, ...]:
    """Every clock that runs on these handoffs, the most urgent first."""
    clocks = clocks_of_many(rows, model=model, now=now)
    return _by_urgency(owed for row in rows for owed in _owed(row, clocks[row.pk], model))


def _last(events: Sequence[HandoffEvent]) -> HandoffEvent | None:
    """The last that is no report: how the handoff stands."""
    return next((one for one in reversed(events) if one.kind != "result"), None)


def _is(last: HandoffEvent | None, kind: str) -> bool:
    return last is not None and last.kind == kind


def _is_sent_back(last: HandoffEvent | None) -> bool:
    """Back with me, to be completed and offered again."""
    return last is not None and is_sent_back(last)


def _held(
    row: Handoff,
    act: HeldAct,
    readings: Iterable[ClockReading],
    last: HandoffEvent | None,
    model: RevenueModel,
) -> Held:
    running = running_clocks(one for one in readings if one.until in _STOPS[act])
    return Held(
        handoff=row,
        act=act,
        clocks=running,
        handed=_why_here(row, act, last, model) if act == "complete" or not running else None,
    )


def running_clocks(readings: Iterable[ClockReading]) -> tuple[RunningClock, ...]:
    """Those of the clocks that somebody still has to do something about, for the order of a desk."""
    return tuple(
        RunningClock(
            label=one.label,
            due_at=one.due_at,
            seconds_left=one.seconds_left,
            is_business=one.is_business,
        )
        for one in readings
        if one.is_open and one.due_at is not None and one.seconds_left is not None
    )


def _why_here(
    row: Handoff, act: HeldAct, last: HandoffEvent | None, model: RevenueModel
) -> Text | None:
    if act == "result" or last is None:
        return None
    if act == "decide":
        who = str(row.offered_by or department_label(model, row.giver).ja)
        return Text(
            en=f"{who} hands it to you; decide after the meeting",
            ja=f"{who}からの引き継ぎ（商談後に判断）",
        )
    department = department_label(model, row.receiver)
    why = reason_label(model, last.reason) if last.reason else Text(en="", ja="")
    said = " / ".join(one for one in (why.en, last.words) if one)
    said_ja = "／".join(one for one in (why.ja, last.words) if one)
    if last.kind == "needs_work":
        return Text(
            en=f"{department.en} asks for more: {said}",
            ja=f"{department.ja}から追加確認の依頼：{said_ja}",
        )
    return Text(
        en=f"{department.en} returned it: {said}", ja=f"{department.ja}から差し戻し：{said_ja}"
    )


def _owed(row: Handoff, readings: Iterable[ClockReading], model: RevenueModel) -> list[Owed]:
    return [
        Owed(
            handoff=row,
            label=one.label,
            department=department_label(model, one.owner),
            department_code=one.owner,
            due_at=one.due_at,
            seconds_left=one.seconds_left,
            is_business=one.is_business,
            is_over=one.state == "overdue",
        )
        for one in readings
        if one.is_open and one.due_at is not None and one.seconds_left is not None
    ]


def _by_urgency(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    # Several clocks of one handoff that one act stops are said once: by the first to run out.
    first: dict[tuple[int, str], Owed] = {}
    for one in sorted(owed, key=lambda one: (one.due_at, one.handoff.pk)):
        first.setdefault((one.handoff.pk, one.department_code), one)
    return tuple(first.values())
