"""The board of a track: a column for each stage of its path, with the cards that need somebody first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import Actor, journey_for, own_journeys, seen_by
from kyogyo.records.models import Journey
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.gate import Gate, gate_for
from kyogyo.records.queries.journey_filter import JourneyFilter
from kyogyo.records.queries.journeys import JourneyRow, matching, rows_of
from kyogyo.records.queries.model import current
from kyogyo.records.queries.shown import required_fields, shown_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from kyogyo.revenue_model import Stage, Track

CARDS = 10


@dataclass(frozen=True)
class BoardColumn:
    """A stage, and who is in it. `amount` sums the known amounts; of `unknown` journeys there is none."""

    stage: Stage
    count: int
    amount: int
    unknown: int
    rows: tuple[JourneyRow, ...]

    @property
    def more(self) -> int:
        """How many are not among the cards."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Board:
    """A track's path, and the stages that end it."""

    track: Track
    columns: tuple[BoardColumn, ...]
    exits: tuple[Stage, ...]

    @property
    def is_empty(self) -> bool:
        return not any(column.count for column in self.columns)


def read_board(
    *, actor: Actor, asked: JourneyFilter, cards: int = CARDS, now: datetime | None = None
) -> Board:
    """The columns of `asked.track` (or the first track), narrowed by the rest of `asked`.

    In each column the longest in the stage stand first: the stalled ones.
    """
    now = now or timezone.now()
    model = current().model
    track = model.track(asked.track) if asked.track else model.tracks[0]
    asked = replace(asked, track=track.code, stage=(), type="all")
    many = actor.sees_many
    # On the path of a track stands nothing that was lost or recycled.
    seen = (
        own_journeys(actor)
        if asked.owner == "me"
        else seen_by(Journey.objects.all(), actor.keys_or_all, many=many)
    )
    found = matching(actor=actor, asked=asked, model=model, now=now, among=seen)
    found = found.filter(stage__in=track.stages)
    journeys, sums = (_stage_by_stage if many else _at_once)(found, cards=cards)
    rows: dict[str, list[JourneyRow]] = {code: [] for code in track.stages}
    for row in rows_of(journeys, model=model, now=now):
        rows[row.journey.stage].append(row)
    return Board(
        track=track,
        columns=tuple(
            BoardColumn(stage, *sums.get(stage.code, (0, 0, 0)), rows=tuple(rows[stage.code]))
            for stage in model.path(track.code)
        ),
        exits=model.exits(track.code),
    )


Sums = dict[str, tuple[int, int, int]]


def _at_once(found: QuerySet[Journey], *, cards: int) -> tuple[list[Journey], Sums]:
    """The first `cards` of each stage, each with the sums of its stage: one question."""
    order = ("stage_entered_at", "pk")
    rows = found.order_by().annotate(
        place=Window(RowNumber(), partition_by="stage", order_by=order),
        n=Window(Count("pk"), partition_by="stage"),
        known=Window(Count("amount"), partition_by="stage"),
        total=Window(Sum("amount"), partition_by="stage"),
    )
    ids, sums = [], {}
    shown = rows.filter(place__lte=cards).values_list("pk", "stage", "n", "known", "total")
    for pk, stage, n, known, total in shown:
        ids.append(pk)
        sums[stage] = (n, total or 0, n - known)
    return _cards(ids=ids), sums


def _stage_by_stage(found: QuerySet[Journey], *, cards: int) -> tuple[list[Journey], Sums]:
    """The same where there are very many: an index has each stage in its order, and only the first are read."""
    counted = (
        found.order_by().values_list("stage").annotate(Count("pk"), Count("amount"), Sum("amount"))
    )
    sums = {stage: (n, total or 0, n - known) for stage, n, known, total in counted}
    shown = Q(pk__in=[])
    for code in sums:
        first = found.filter(stage=code).order_by("stage_entered_at", "pk")
        shown |= Q(pk__in=first.values("pk")[:cards])
    rows = Journey.objects.filter(shown).select_related("account", "owner")
    return list(rows.order_by("stage_entered_at", "pk")), sums


@prepared
def _cards(*, ids: Collection[int]) -> QuerySet[Journey]:
    rows = Journey.objects.filter(pk__in=ids).select_related("account", "owner")
    return rows.order_by("stage_entered_at", "pk")


def gates_from(*, actor: Actor, journey_id: int) -> dict[str, Gate]:
    """The gate to every stage that a journey could go to; those that can't be a step at all are left out."""
    journey, model = journey_for(actor, journey_id), current().model
    shown, fields = shown_of([journey])[journey.pk], required_fields()
    found = {}
    for stage in (*model.path(journey.track), *model.exits(journey.track)):
        try:
            found[stage.code] = gate_for(
                journey=journey, to_stage=stage.code, model=model, shown=shown, fields=fields
            )
        except RuleError:
            continue
    return found
