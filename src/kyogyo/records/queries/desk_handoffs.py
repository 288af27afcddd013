"""Handoffs as they concern one person: what I must decide, report or complete, and what others owe me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django.db.models import Exists, OuterRef, Q, Subquery

from kyogyo.records.models import Handoff, HandoffEvent
from kyogyo.records.queries.clocks import clocks_of_many
from kyogyo.records.queries.priority import RunningClock
from kyogyo.records.queries.wording import department_label, reason_label
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.revenue_model.schema import RevenueModel

PROBE = 60
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
    """What stands on the desk of whoever asks. Four queries for the rows, four for all their clocks."""
    if actor.user is None or not actor.memberships:
        return DeskHandoffs({}, (), ())
    # Offered to me, by me, or on a journey of mine: with each of these one sees the journey.
    seen = _with_state()
    to_decide = list(seen.filter(_mine_to_decide(actor)).order_by("offered_at", "id")[:PROBE])
    to_report = _to_report(seen, actor, model=model, now=now)
    given = list(
        seen.filter(offered_by=actor.user, offered_at__gte=now - RECENT).order_by(
            "-offered_at", "-id"
        )[:PROBE]
    )
    clocks = clocks_of_many(
        {row.pk: row for row in (*to_decide, *to_report, *given)}.values(), model=model, now=now
    )
    held: dict[int, Held] = {}
    # A journey can have several: the last of these is what is to be done first about it.
    for act, rows in (
        ("result", to_report),
        ("complete", [row for row in given if _is_sent_back(row)]),
        ("decide", to_decide),
    ):
        for row in rows:
            held[row.journey_id] = _held(row, act, clocks[row.pk], model)  # type: ignore[arg-type]
    mine = set(actor.departments)
    ours = [owed for row in (*to_decide, *to_report) for owed in _owed(row, clocks[row.pk], model)]
    theirs = [owed for row in given for owed in _owed(row, clocks[row.pk], model)]
    ours += [owed for owed in theirs if owed.department_code in mine]
    return DeskHandoffs(
        by_journey=held,
        i_owe=_by_urgency(owed for owed in ours if owed.department_code in mine),
        owed_me=_by_urgency(owed for owed in theirs if owed.department_code not in mine),
    )


def owed_on(rows: Sequence[Handoff], *, model: RevenueModel, now: datetime) -> tuple[Owed, ...]:
    """Every clock that runs on these handoffs, the most urgent first."""
    clocks = clocks_of_many(rows, model=model, now=now)
    return _by_urgency(owed for row in rows for owed in _owed(row, clocks[row.pk], model))


def last_kind() -> Subquery:
    """The kind of a handoff's last event other than a report: its state."""
    return _last("kind", HandoffEvent.objects.exclude(kind="result"))


def _last(column: str, events: QuerySet[HandoffEvent]) -> Subquery:
    return Subquery(events.filter(handoff=OuterRef("pk")).order_by("-id").values(column)[:1])


def _with_state() -> QuerySet[Handoff]:
    """Every handoff, with what its last decision was: to be narrowed to what is somebody's."""
    decisions = HandoffEvent.objects.exclude(kind="result")
    return Handoff.objects.select_related(
        "journey__account", "offered_by", "receiver_user", "receiver_team"
    ).annotate(
        last_kind=_last("kind", decisions),
        last_reason=_last("reason", decisions),
        last_words=_last("words", decisions),
        last_packet=_last("packet", decisions),
    )


def _mine_to_decide(actor: Actor) -> Q:
    to_me = Q(receiver_user=actor.user) | Q(receiver_user=None, receiver_team__in=actor.own_teams)
    return to_me & Q(open_round__isnull=False)


def _to_report(
    seen: QuerySet[Handoff], actor: Actor, *, model: RevenueModel, now: datetime
) -> list[Handoff]:
    """Accepted by me or now mine, and the giver still waits to be told how it went."""
    codes = [
        one.code for one in model.handoffs if any(clock.until == "result" for clock in one.clocks)
    ]
    told = HandoffEvent.objects.filter(
        Q(packet__met=True) | ~Q(packet__has_key="met"), kind="result", handoff=OuterRef("pk")
    )
    return list(
        seen.filter(
            ~Exists(told),
            Q(("last_kind", "accepted")),
            code__in=codes,
            journey__owner=actor.user,
            receiver__in=actor.departments,
            offered_at__gte=now - RECENT,
        ).order_by("offered_at", "id")[:PROBE]
    )


def _is_sent_back(row: Handoff) -> bool:
    """Back with me, to be completed and offered again."""
    kind, packet = row.last_kind, row.last_packet or {}  # type: ignore[attr-defined]
    return kind == "needs_work" or (kind == "returned" and packet.get("then") == "keep")


def _held(
    row: Handoff, act: HeldAct, readings: Iterable[ClockReading], model: RevenueModel
) -> Held:
    running = running_clocks(one for one in readings if one.until in _STOPS[act])
    return Held(
        handoff=row,
        act=act,
        clocks=running,
        handed=_why_here(row, act, model) if act == "complete" or not running else None,
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


def _why_here(row: Handoff, act: HeldAct, model: RevenueModel) -> Text | None:
    if act == "result":
        return None
    if act == "decide":
        who = str(row.offered_by or department_label(model, row.giver).ja)
        return Text(
            en=f"{who} hands it to you; decide after the meeting",
            ja=f"{who}からの引き継ぎ（商談後に判断）",
        )
    kind: str = row.last_kind  # type: ignore[attr-defined]
    reason: str = row.last_reason  # type: ignore[attr-defined]
    words: str = row.last_words  # type: ignore[attr-defined]
    department = department_label(model, row.receiver)
    why = reason_label(model, reason) if reason else Text(en="", ja="")
    said = " / ".join(one for one in (why.en, words) if one)
    said_ja = "／".join(one for one in (why.ja, words) if one)
    if kind == "needs_work":
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
