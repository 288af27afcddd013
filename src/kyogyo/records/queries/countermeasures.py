"""Countermeasures as pages read them: the list, one with its log and scores, and the library of those that ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Min, Q

from kyogyo.records.access import not_found
from kyogyo.records.models import (
    Countermeasure,
    CountermeasureEvent,
    CountermeasureStart,
    Role,
    StepScore,
)
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

State = Literal["planned", "running", "review_due", "ended"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. `first_on` is the first start, as it was or is planned; money is a month, minor units."""

    id: int
    title: str
    track: str
    node: str
    reason: str
    segment: str
    segment_value: str
    department: str
    owner_id: int
    owner: str
    state: State
    first_on: date
    review_on: date
    expected: int | None
    decision: str
    verdict: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepLine:
    id: int
    number: int
    text: str
    evidence: str
    rule: str
    is_critical: bool


@dataclass(frozen=True, slots=True)
class StartLine:
    """`on` is the day that counts: the real one, None while it hasn't started."""

    id: int
    team_id: int | None
    team: Text
    phase: int
    is_on: bool
    planned_on: date
    on: date | None


@dataclass(frozen=True, slots=True)
class Logged:
    kind: str
    at: datetime
    by: str
    decision: str
    words: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """The word of one observer on one step; the last on the same day, team and journey."""

    step_id: int
    team_id: int | None
    journey_id: int | None
    on: date
    score: str
    by_id: int


@dataclass(frozen=True, slots=True)
class Opened:
    """One countermeasure, whole."""

    line: Listed
    hypothesis: str
    guard: str
    improves_up: bool
    expected_low: int | None
    expected_high: int | None
    design: dict[str, Any]
    baseline_from: date
    made_at: datetime
    revision: int
    steps: tuple[StepLine, ...]
    starts: tuple[StartLine, ...]
    log: tuple[Logged, ...]
    scores: tuple[Scored, ...]
    may_change: bool


def list_countermeasures(
    actor: Actor, *, today: date, is_open: bool | None = None, track: str = "", node: str = ""
) -> tuple[Listed, ...]:
    """Those that are open, the next review first, then those that ended, the last first. Nothing for who works nowhere here."""
    if not (actor.is_system or actor.memberships):
        return ()
    found = _with_first_day(Countermeasure.objects.all())
    if is_open is not None:
        found = found.filter(is_open=is_open)
    if track:
        found = found.filter(track=track)
    if node:
        found = found.filter(node=node)
    rows = list(found.order_by("-is_open", "review_on", "-id"))
    ends = _ends([one.pk for one in rows if not one.is_open])
    started = _started([one.pk for one in rows])
    return tuple(_listed(one, today=today, started=started, ends=ends) for one in rows)


def read_countermeasure(actor: Actor, countermeasure_id: int, *, today: date) -> Opened:
    """One, with its steps, starts, log and scores. Raises MissingRecordError as `countermeasure_for`."""
    countermeasure_for(actor, countermeasure_id)
    made = _with_first_day(Countermeasure.objects.filter(pk=countermeasure_id)).get()
    starts = _start_lines(made)
    line = _listed(
        made,
        today=today,
        started={made.pk} if any(one.on for one in starts) else set(),
        ends=_ends([made.pk]),
    )
    return Opened(
        line=line,
        hypothesis=made.hypothesis,
        guard=made.guard,
        improves_up=made.improves_up,
        expected_low=made.expected_low,
        expected_high=made.expected_high,
        design=made.design,
        baseline_from=made.baseline_from,
        made_at=made.made_at,
        revision=made.revision,
        steps=tuple(
            StepLine(one.pk, one.number, one.text, one.evidence, one.rule, one.is_critical)
            for one in made.steps.filter(retired_at=None).order_by("number")
        ),
        starts=starts,
        log=_log_of(made),
        scores=_scores_of(made),
        may_change=actor.may_write
        and (may_start(actor) or (actor.user is not None and actor.user.pk == made.owner_id)),
    )


def countermeasure_for(actor: Actor, countermeasure_id: int) -> Countermeasure:
    """One countermeasure. Raises MissingRecordError where there is none, or the actor works nowhere here."""
    found = Countermeasure.objects.select_related("owner").filter(pk=countermeasure_id).first()
    if found is None or not (actor.is_system or actor.memberships):
        raise not_found(en="countermeasure", ja="打ち手", key=countermeasure_id)
    return found


def may_start(actor: Actor) -> bool:
    """Whether `actor` may register countermeasures: managers, RevOps, administrators."""
    return actor.may_write and (actor.is_admin or bool(actor.roles & {Role.MANAGER, Role.REVOPS}))


def _with_first_day(found: QuerySet[Countermeasure]) -> QuerySet[Countermeasure]:
    return found.select_related("owner").annotate(
        first_planned=Min("starts__planned_on"), first_started=Min("starts__started_on")
    )


def _listed(
    made: Any, *, today: date, started: set[int], ends: dict[int, CountermeasureEvent]
) -> Listed:
    end = None if made.is_open else ends.get(made.pk)
    state: State = "planned"
    if not made.is_open:
        state = "ended"
    elif made.review_on <= today:
        state = "review_due"
    elif made.pk in started:
        state = "running"
    return Listed(
        id=made.pk,
        title=made.title,
        track=made.track,
        node=made.node,
        reason=made.reason,
        segment=made.segment,
        segment_value=made.segment_value,
        department=made.department,
        owner_id=made.owner_id,
        owner=made.owner.name,
        state=state,
        first_on=made.first_started or made.first_planned,
        review_on=made.review_on,
        expected=made.expected,
        decision=end.decision if end else "",
        verdict=end.data if end else {},
    )


def _ends(ids: list[int]) -> dict[int, CountermeasureEvent]:
    """The last end of each."""
    found = CountermeasureEvent.objects.filter(countermeasure__in=ids, kind="ended").order_by("id")
    return {one.countermeasure_id: one for one in found}


def _started(ids: list[int]) -> set[int]:
    begun = CountermeasureStart.objects.filter(
        Q(started_on__isnull=False), countermeasure__in=ids
    ).values_list("countermeasure_id", flat=True)
    return set(begun)


def _start_lines(made: Countermeasure) -> tuple[StartLine, ...]:
    everywhere = Text(en="Everywhere", ja="全体")
    return tuple(
        StartLine(
            id=one.pk,
            team_id=one.team_id,
            team=Text(en=one.team.label_en, ja=one.team.label_ja) if one.team else everywhere,
            phase=one.phase,
            is_on=one.is_on,
            planned_on=one.planned_on,
            on=one.started_on,
        )
        for one in made.starts.select_related("team").order_by("planned_on", "phase", "id")
    )


def _log_of(made: Countermeasure) -> tuple[Logged, ...]:
    return tuple(
        Logged(
            kind=one.kind,
            at=one.at,
            by=one.by.name if one.by else "",
            decision=one.decision,
            words=one.words,
            data=one.data,
        )
        for one in made.events.select_related("by").order_by("-id")
    )


def _scores_of(made: Countermeasure) -> tuple[Scored, ...]:
    found = StepScore.objects.filter(step__countermeasure=made, step__retired_at=None)
    last: dict[tuple[object, ...], Scored] = {}
    for one in found.order_by("id"):
        same = (one.step_id, one.team_id, one.journey_id, one.on, one.by_id)
        last[same] = Scored(
            step_id=one.step_id,
            team_id=one.team_id,
            journey_id=one.journey_id,
            on=one.on,
            score=one.score,
            by_id=one.by_id,
        )
    return tuple(last.values())
