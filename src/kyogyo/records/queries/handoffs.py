"""Handoffs as their two sides see them: what waits for me, what became of mine, one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kyogyo.records.access import Actor, not_found
from kyogyo.records.queries.clocks import ClockReading, clocks_of_many, is_sent_back
from kyogyo.records.queries.handoff_boxes import (
    MOST_DECIDED,
    MOST_OPEN,
    events_of,
    handoffs_by_id,
    seen_handoff,
    seen_of_journey,
    side_of,
)
from kyogyo.records.queries.journey_rows import that_count
from kyogyo.records.queries.model import current
from kyogyo.records.queries.packet import asks_of
from kyogyo.records.queries.wording import (
    DECISIONS,
    STATES,
    department_label,
    gap_label,
    handoff_label,
    reason_label,
    stage_label,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from kyogyo.records.models import Handoff, HandoffEvent
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.words import Text

# How long what was decided stays in the lists. The journey keeps it for ever.
RECENT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """One handoff in a list. `state` is its last decision, `words` and `reason` that one's.

    `credited_to` is who gets the credit: the giver, once the receiver has accepted. `taken_back` is
    the decision that was made and taken back, so that it awaits one again.
    """

    handoff_id: int
    journey_id: int
    account: str
    title: str
    label: Text
    giver: Text
    receiver: Text
    stage: Text
    amount: int | None
    offered_by: str
    offered_to: str
    offered_at: datetime
    round: int
    state: str
    state_label: Text
    decided_by: str
    decided_at: datetime | None
    reason: Text | None
    words: str
    why_now: str
    asks: tuple[Text, ...]
    missing: tuple[Text, ...]
    override_reason: str
    is_with_giver: bool
    credited_to: str
    clocks: tuple[ClockReading, ...]
    taken_back: Text | None = None
    taken_back_by: str = ""
    taken_back_words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it awaits a decision."""
        return self.state == "offered"

    @property
    def running(self) -> ClockReading | None:
        """The clock that runs out first, or has been over for longest."""
        going = [one for one in self.clocks if one.is_open and one.due_at is not None]
        return min(going, key=lambda one: (one.due_at, one.code), default=None)

    @property
    def is_overdue(self) -> bool:
        return any(one.state == "overdue" for one in self.clocks)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What was offered: to decide on, accepted and still to be reported, and decided lately."""

    to_decide: tuple[HandoffRow, ...]
    to_report: tuple[HandoffRow, ...]
    decided: tuple[HandoffRow, ...]


@dataclass(frozen=True, slots=True)
class Outbox:
    """What was given: waiting for the other side, sent back to be completed, and decided lately."""

    waiting: tuple[HandoffRow, ...]
    sent_back: tuple[HandoffRow, ...]
    decided: tuple[HandoffRow, ...]


def inbox(*, actor: Actor, now: datetime | None = None, with_decided: bool = True) -> Inbox:
    """What was offered to `actor` or their teams (a manager's: all teams below), the most urgent first."""
    model, now, side = current().model, now or timezone.now(), side_of(actor)
    owed = side.to_report(codes=_reported_codes(model))
    past = side.decided(since=now - RECENT, number=MOST_DECIDED + len(owed)) if with_decided else []
    rows = _rows([*side.to_decide(), *owed, *past], model=model, now=now)
    reports = {one.handoff_id for one in rows if one.state == "accepted" and _owes_result(one)}
    shown = set(past)
    return Inbox(
        to_decide=_urgent(row for row in rows if row.is_open),
        to_report=_urgent(row for row in rows if row.handoff_id in reports),
        decided=_newest(
            row
            for row in rows
            if row.handoff_id in shown and not row.is_open and row.handoff_id not in reports
        ),
    )


def outbox(*, actor: Actor, now: datetime | None = None, with_decided: bool = True) -> Outbox:
    """What `actor` gave (a manager's: what their teams gave), with what became of each."""
    model, now, side = current().model, now or timezone.now(), side_of(actor)
    since = now - RECENT
    back = side.settled(since=since, number=MOST_OPEN, sent_back=True)
    past = side.settled(since=since, number=MOST_DECIDED + len(back)) if with_decided else []
    rows = _rows([*side.waiting(), *back, *past], model=model, now=now)
    shown = set(past)
    return Outbox(
        waiting=_urgent(row for row in rows if row.is_open),
        sent_back=_urgent(row for row in rows if row.is_with_giver),
        decided=_newest(
            row
            for row in rows
            if row.handoff_id in shown and not row.is_open and not row.is_with_giver
        ),
    )


def handoffs_of(
    *, actor: Actor, journey_id: int, now: datetime | None = None
) -> tuple[HandoffRow, ...]:
    """Every handoff of a journey that `actor` may see, the newest first."""
    found = seen_of_journey(journey=journey_id, keys=side_of(actor).keys)
    return tuple(_rows(found, model=current().model, now=now or timezone.now()))


def handoff_row(*, actor: Actor, handoff_id: int, now: datetime | None = None) -> HandoffRow:
    """One handoff. Raises MissingRecordError where there is none that `actor` may see."""
    found = seen_handoff(handoff=handoff_id, keys=side_of(actor).keys)
    if not found:
        raise not_found(en="handoff", ja="引き継ぎ", key=handoff_id)
    return _rows(found, model=current().model, now=now or timezone.now())[0]


def _reported_codes(model: RevenueModel) -> list[str]:
    """The handoffs after which the receiver owes a result."""
    return [
        one.code for one in model.handoffs if any(clock.until == "result" for clock in one.clocks)
    ]


def _rows(ids: Iterable[int], *, model: RevenueModel, now: datetime) -> list[HandoffRow]:
    """The handoffs, each once, in the order of the first time it is named."""
    wanted = list(dict.fromkeys(ids))
    by_id = {row.pk: row for row in handoffs_by_id(ids=wanted)}
    rows = [by_id[pk] for pk in wanted]
    events: dict[int, list[HandoffEvent]] = {pk: [] for pk in by_id}
    for event in events_of(handoffs=wanted):
        events[event.handoff_id].append(event)
    standing = {pk: that_count(every) for pk, every in events.items()}
    clocks = clocks_of_many(rows, model=model, now=now, events=standing)
    return [_row(row, events[row.pk], clocks[row.pk], model) for row in rows]


def _row(
    handoff: Handoff,
    events: Sequence[HandoffEvent],
    clocks: tuple[ClockReading, ...],
    model: RevenueModel,
) -> HandoffRow:
    undone = {event.undoes_id for event in events if event.undoes_id is not None}
    every = [event for event in events if event.kind != "result"]
    decisions = [event for event in every if event.pk not in undone and event.undoes_id is None]
    last = decisions[-1]
    offer = next(event for event in reversed(decisions) if event.kind == "offered")
    # Told until the next decision: what was taken back is no longer what the giver was shown.
    back = next((event for event in every if event.pk == every[-1].undoes_id), None)
    is_reported = any(e.kind == "result" and e.packet.get("met", True) for e in events)
    state = "result" if last.kind == "accepted" and is_reported else last.kind
    is_decided = last.kind != "offered"
    receiver = handoff.receiver_user or handoff.receiver_team
    giver = str(handoff.offered_by or "")
    return HandoffRow(
        handoff_id=handoff.pk,
        journey_id=handoff.journey_id,
        account=handoff.journey.account.name,
        title=handoff.journey.title,
        label=handoff_label(model, handoff.code),
        giver=department_label(model, handoff.giver),
        receiver=department_label(model, handoff.receiver),
        stage=stage_label(model, handoff.journey.stage),
        amount=handoff.journey.amount,
        offered_by=giver,
        offered_to=str(receiver or ""),
        offered_at=offer.at,
        round=offer.round,
        state=state,
        state_label=STATES[state],
        decided_by=str(last.by or "") if is_decided else "",
        decided_at=last.at if is_decided else None,
        reason=reason_label(model, last.reason) if last.reason else None,
        words=last.words if is_decided else "",
        why_now=offer.packet.get("why_now", ""),
        asks=asks_of(last, model=model),
        missing=tuple(gap_label(model, code) for code in offer.packet.get("missing", ())),
        override_reason=offer.packet.get("override_reason", ""),
        is_with_giver=is_sent_back(last) and handoff.journey.stage_type not in ("lost", "recycled"),
        credited_to=giver if last.kind == "accepted" else "",
        clocks=clocks,
        taken_back=DECISIONS[back.kind] if back else None,
        taken_back_by=str(every[-1].by or "") if back else "",
        taken_back_words=every[-1].words if back else "",
    )


def _owes_result(row: HandoffRow) -> bool:
    return any(one.until == "result" and one.is_open for one in row.clocks)


def _urgent(rows: Iterable[HandoffRow]) -> tuple[HandoffRow, ...]:
    """Whose clock is over for longest first, then by what is due next; without a clock, the oldest."""
    return tuple(sorted(rows, key=_urgency))


def _urgency(row: HandoffRow) -> tuple[int, datetime, int]:
    due = row.running.due_at if row.running else None
    return (0, due, row.handoff_id) if due else (1, row.offered_at, row.handoff_id)


def _newest(rows: Iterable[HandoffRow]) -> tuple[HandoffRow, ...]:
    return tuple(
        sorted(
            rows, key=lambda row: (row.decided_at or row.offered_at, row.handoff_id), reverse=True
        )
    )
