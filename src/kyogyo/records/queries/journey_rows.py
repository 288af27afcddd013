"""The rows of one journey, each kind read once however many parts of its page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kyogyo.records.models import (
    Activity,
    Assignment,
    AuditEvent,
    Claim,
    Commitment,
    CommitmentOutcome,
    CriterionCheck,
    HandoffEvent,
    NextStep,
    StageEntry,
)
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet


_Undoable = TypeVar("_Undoable", StageEntry, HandoffEvent, CriterionCheck)


@dataclass(frozen=True, slots=True)
class JourneyRows:
    """All that was recorded of a journey, in order; what was taken back is among it."""

    entries: tuple[StageEntry, ...]
    checks: tuple[CriterionCheck, ...]
    activities: tuple[Activity, ...]
    claims: tuple[Claim, ...]
    events: tuple[HandoffEvent, ...]
    promises: tuple[Commitment, ...]
    outcomes: tuple[CommitmentOutcome, ...]
    assignments: tuple[Assignment, ...]
    plans: tuple[NextStep, ...]
    changes: tuple[AuditEvent, ...]

    @property
    def standing_entries(self) -> list[StageEntry]:
        """The entries that count."""
        return that_count(self.entries)

    @property
    def standing_events(self) -> list[HandoffEvent]:
        """What was done with the handoffs and counts."""
        return that_count(self.events)


def read_rows(journey_id: int) -> JourneyRows:
    """The rows of a journey, which whoever asks was found to see: ten queries, two fewer where nothing was promised or handed over."""
    promises = promises_of(journey=journey_id)
    return JourneyRows(
        entries=tuple(_entries(journey=journey_id)),
        checks=tuple(_checks(journey=journey_id)),
        activities=tuple(_activities(journey=journey_id)),
        claims=tuple(claims_of(journey=journey_id)),
        events=tuple(_events(journey=journey_id)),
        promises=tuple(promises),
        outcomes=tuple(_outcomes(promises=[one.pk for one in promises])),
        assignments=tuple(_assignments(journey=journey_id)),
        plans=tuple(_plans(journey=journey_id)),
        changes=tuple(_changes(journey=journey_id)),
    )


def taken_back(rows: Iterable[_Undoable]) -> set[int]:
    """The ids of what another of `rows` takes back."""
    return {row.undoes_id for row in rows if row.undoes_id is not None}


def that_count(rows: Sequence[_Undoable]) -> list[_Undoable]:
    """Those of `rows` that neither take another back nor are taken back by one."""
    gone = taken_back(rows)
    return [row for row in rows if row.undoes_id is None and row.pk not in gone]


@prepared
def _entries(*, journey: int) -> QuerySet[StageEntry]:
    rows = StageEntry.objects.filter(journey=journey)
    return rows.select_related("by").order_by("at", "id")


@prepared
def _checks(*, journey: int) -> QuerySet[CriterionCheck]:
    return CriterionCheck.objects.filter(journey=journey).select_related("by").order_by("id")


@prepared
def _activities(*, journey: int) -> QuerySet[Activity]:
    rows = Activity.objects.filter(journey=journey)
    return rows.select_related("by", "person").order_by("id")


@prepared
def claims_of(*, journey: int) -> QuerySet[Claim]:
    """What was said about the questions, in the order of saying."""
    return Claim.objects.filter(journey=journey).select_related("by").order_by("id")


@prepared
def _events(*, journey: int) -> QuerySet[HandoffEvent]:
    rows = HandoffEvent.objects.filter(handoff__journey=journey)
    return rows.select_related("by", "handoff").order_by("id")


@prepared
def promises_of(*, journey: int) -> QuerySet[Commitment]:
    """What was promised, in the order of promising."""
    return Commitment.objects.filter(journey=journey).select_related("promised_by").order_by("id")


@prepared
def _outcomes(*, promises: Iterable[int]) -> QuerySet[CommitmentOutcome]:
    rows = CommitmentOutcome.objects.filter(commitment__in=promises)
    return rows.select_related("by").order_by("id")


@prepared
def _assignments(*, journey: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(journey=journey)
    return rows.select_related("user", "team", "by").order_by("id")


@prepared
def _plans(*, journey: int) -> QuerySet[NextStep]:
    return NextStep.objects.filter(journey=journey).select_related("by").order_by("at", "id")


@prepared
def _changes(*, journey: int) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(journey_id=journey, noun="journey")
    return rows.select_related("by").order_by("id")
