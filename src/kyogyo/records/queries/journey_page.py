"""All that the page of one journey shows, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import journey_for, seen_among
from kyogyo.records.models import (
    Handoff,
    Journey,
    Person,
    Role,
    StageEntry,
)
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.claims import table_of
from kyogyo.records.queries.clocks import clocks_of_many, handoff_from
from kyogyo.records.queries.desk_facts import local_day
from kyogyo.records.queries.gate import Gate, gate_for, next_gate
from kyogyo.records.queries.journey_rows import read_rows
from kyogyo.records.queries.journey_timeline import timeline
from kyogyo.records.queries.model import current
from kyogyo.records.queries.own_facts import OwnFact, own_facts
from kyogyo.records.queries.route import Route
from kyogyo.records.queries.wording import OUTCOMES, STATES, reason_label
from kyogyo.words import Text, minor_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor
    from kyogyo.records.models import Commitment, CommitmentOutcome, HandoffEvent
    from kyogyo.records.queries.claims import Table
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.records.queries.journey_timeline import Happening
    from kyogyo.revenue_model.schema import Handoff as DeclaredHandoff
    from kyogyo.revenue_model.schema import RevenueModel, Stage

UNDO_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class PathStep:
    """One stage of the track as the journey walked it."""

    stage: Stage
    state: Literal["past", "here", "ahead", "skipped"]
    entered_at: datetime | None


@dataclass(frozen=True)
class PromiseLine:
    """A promise to the buyer and the last word about it, '' while nothing is known."""

    promise: Commitment
    outcome: str
    words: str

    @property
    def says(self) -> Text:
        return OUTCOMES.get(self.outcome, Text(en="", ja=""))

    def is_late(self, today: date) -> bool:
        return (
            self.outcome not in ("met", "missed")
            and self.promise.due_on is not None
            and self.promise.due_on < today
        )


@dataclass(frozen=True)
class HandoffLine:
    """A handoff of the journey, its state, and its clocks."""

    handoff: Handoff
    state: str
    reason: str
    words: str
    clocks: tuple[ClockReading, ...]

    @property
    def says(self) -> Text:
        return STATES[self.state]


@dataclass(frozen=True)
class Attempt:
    """One pass of the chain that this journey belongs to. None: one that may not be seen."""

    journey: Journey
    is_here: bool


@dataclass(frozen=True)
class JourneyView:
    """The page of a journey."""

    journey: Journey
    path: tuple[PathStep, ...]
    gate: Gate | None
    exits: tuple[Stage, ...]
    is_closed: bool
    happenings: tuple[Happening, ...]
    answers: Table
    promises: tuple[PromiseLine, ...]
    handoffs: tuple[HandoffLine, ...]
    offerable: DeclaredHandoff | None
    attempts: tuple[Attempt, ...]
    people: tuple[Person, ...]
    own: tuple[OwnFact, ...]
    undoable: StageEntry | None
    may_move: bool
    may_write: bool
    today: date
    now: datetime
    currency: str

    @property
    def whole_amount(self) -> str:
        """The amount in whole units, as a form shows it; '' for unknown."""
        if self.journey.amount is None:
            return ""
        return f"{self.journey.amount / 10 ** minor_digits(self.currency):,.{minor_digits(self.currency)}f}"

    @property
    def open_handoff(self) -> HandoffLine | None:
        return next((one for one in self.handoffs if one.handoff.open_round is not None), None)

    @property
    def in_stage_since(self) -> datetime | None:
        return self.journey.stage_entered_at


def journey_view(*, actor: Actor, journey_id: int, now: datetime | None = None) -> JourneyView:
    """The page of a journey that `actor` may see. Raises MissingRecordError for another."""
    now = now or timezone.now()
    journey = journey_for(actor, journey_id)
    model = current().model
    route = Route(model=model, track=journey.track)
    rows = read_rows(journey.pk)
    entries = rows.standing_entries
    is_closed = route.is_exit(journey.stage)
    handoffs = handoff_lines(journey, model=model, now=now, events=rows.standing_events)
    is_open = any(one.handoff.open_round is not None for one in handoffs)
    return JourneyView(
        journey=journey,
        path=_path(journey, route=route, entries=entries),
        gate=next_gate(journey=journey, model=model),
        exits=() if is_closed else _exits(journey, route=route),
        is_closed=is_closed,
        happenings=timeline(rows, model=model),
        answers=table_of(journey, model=model, claims=rows.claims, promises=rows.promises),
        promises=promise_lines(rows.promises, rows.outcomes),
        handoffs=handoffs,
        offerable=None if is_open or is_closed else handoff_from(journey, model),
        attempts=_attempts(actor, journey),
        people=tuple(_people_of(account=journey.account_id)),
        own=own_facts("journey", journey.facts),
        undoable=_undoable(actor, entries, now=now),
        may_move=actor.may_write and _holds(actor, journey, handoffs),
        may_write=actor.may_write,
        today=local_day(now, zone=model.time_zone),
        now=now,
        currency=model.currency,
    )


def gate_of(
    *, actor: Actor, journey_id: int, to_stage: str
) -> tuple[Gate, tuple[tuple[str, Text], ...]]:
    """What a step of a journey that `actor` may see would need, and the reasons that an end may have."""
    journey = journey_for(actor, journey_id)
    model = current().model
    gate = gate_for(journey=journey, to_stage=to_stage, model=model)
    return gate, tuple((code, reason_label(model, code)) for code in gate.reasons)


def promise_lines(
    promises: Iterable[Commitment], outcomes: Iterable[CommitmentOutcome]
) -> tuple[PromiseLine, ...]:
    """What was promised with the last word about each: those without a day, then by their days."""
    last = {one.commitment_id: one for one in outcomes}
    lines = []
    for row in sorted(promises, key=lambda one: (one.due_on or date.min, one.pk)):
        said = last.get(row.pk)
        lines.append(PromiseLine(row, said.kind if said else "", said.words if said else ""))
    return tuple(lines)


def handoff_lines(
    journey: Journey, *, model: RevenueModel, now: datetime, events: Iterable[HandoffEvent]
) -> tuple[HandoffLine, ...]:
    """The handoffs of a journey, newest first; `events` are those that count."""
    rows = _handoffs_of(journey=journey.pk)
    by_handoff: dict[int, list[HandoffEvent]] = {row.pk: [] for row in rows}
    for event in events:
        by_handoff[event.handoff_id].append(event)
    clocks = clocks_of_many(rows, model=model, now=now, events=by_handoff) if rows else {}
    lines = []
    for row in rows:
        every = by_handoff[row.pk]
        last = next((one for one in reversed(every) if one.kind != "result"), None)
        lines.append(
            HandoffLine(
                handoff=row,
                state=last.kind if last else "offered",
                reason=last.reason if last else "",
                words=last.words if last else "",
                clocks=clocks.get(row.pk, ()),
            )
        )
    return tuple(lines)


@prepared
def _handoffs_of(*, journey: int) -> QuerySet[Handoff]:
    rows = Handoff.objects.filter(journey=journey).order_by("-id")
    return rows.select_related("offered_by", "receiver_user", "receiver_team")


@prepared
def _people_of(*, account: int) -> QuerySet[Person]:
    return Person.objects.filter(account=account, erased_at=None).order_by("id")


def _path(journey: Journey, *, route: Route, entries: list[StageEntry]) -> tuple[PathStep, ...]:
    entered = {entry.stage: entry.at for entry in entries}
    # After an exit the place on the path is where the journey was before it.
    last = next(
        (entry.stage for entry in reversed(entries) if route.position(entry.stage) >= 0), ""
    )
    here = route.position(last)
    steps = []
    for place, stage in enumerate(route.path):
        state: Literal["past", "here", "ahead", "skipped"] = "ahead"
        if place < here:
            state = "past" if stage.code in entered else "skipped"
        elif place == here:
            state = "past" if route.is_exit(journey.stage) else "here"
        steps.append(PathStep(stage, state, entered.get(stage.code) if place <= here else None))
    return tuple(steps)


def _exits(journey: Journey, *, route: Route) -> tuple[Stage, ...]:
    found = []
    for stage in route.exits:
        try:
            route.require_step(from_stage=journey.stage, to_stage=stage.code)
        except RuleError:
            continue
        found.append(stage)
    return tuple(found)


def _holds(actor: Actor, journey: Journey, handoffs: tuple[HandoffLine, ...]) -> bool:
    """Whether a step of theirs would be let through: `actions.keeping.require_holder` decides, this only foretells."""
    waiting = [one.handoff for one in handoffs if one.handoff.open_round is not None]
    return (
        actor.sees_all
        or (actor.user is not None and journey.owner_id == actor.user.pk)
        or (journey.owner_id is None and journey.team_id in actor.own_teams)
        or journey.team_id in actor.seen_teams
        or any(
            one.receiver_user_id == (actor.user.pk if actor.user else 0)
            or (one.receiver_user_id is None and one.receiver_team_id in actor.own_teams)
            for one in waiting
        )
    )


def _attempts(actor: Actor, journey: Journey) -> tuple[Attempt, ...]:
    """The chain of passes of the account on this track, those that may be seen, oldest first."""
    theirs = Journey.objects.filter(account=journey.account)
    seen = seen_among(theirs, actor).order_by("opened_at", "id")
    by_id = {one.pk: one for one in seen}
    chain, first = {journey.pk}, journey
    while first.previous_id in by_id and first.previous_id not in chain:
        first = by_id[first.previous_id]
        chain.add(first.pk)
    grew = True
    while grew:
        more = {one.pk for one in by_id.values() if one.previous_id in chain} - chain
        chain |= more
        grew = bool(more)
    return tuple(
        Attempt(one, is_here=one.pk == journey.pk) for one in by_id.values() if one.pk in chain
    )


def _undoable(actor: Actor, entries: list[StageEntry], *, now: datetime) -> StageEntry | None:
    """The last entry, where whoever asks may take it back: their own of a day, or a manager's word."""
    if len(entries) < 2 or not actor.may_write or actor.user is None:
        return None
    last = entries[-1]
    is_own = last.by_id == actor.user.pk and now - last.recorded_at <= UNDO_WITHIN
    may = actor.roles & {Role.MANAGER, Role.REVOPS, Role.ADMIN}
    return last if is_own or may else None
