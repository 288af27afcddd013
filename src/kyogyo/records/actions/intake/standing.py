"""How journeys stand after an import: the columns that repeat history, and who held them when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from kyogyo.records.actions.intake.owners import Owners
from kyogyo.records.actions.intake.writing import Intake, chunks, insert_rows, write_columns
from kyogyo.records.models import Assignment, Journey, StageEntry
from kyogyo.records.undone import that_stand

_COLUMNS = (
    "stage", "stage_type", "stage_entered_at", "opened_at", "owner", "team", "amount", "revision",
)  # fmt: skip


_Turn = tuple[datetime, int | None, int | None]  # from when, whose, in which team


@dataclass(frozen=True, slots=True)
class _Entry:
    at: datetime
    stage: str
    department: str
    owner: int | None
    amount: int | None


def restate_many(intake: Intake, *, owners: Owners) -> None:
    """Make the columns of every touched journey anew from its entries, and note changes of owner."""
    types = {one.code: one.type for one in intake.force.model.stages}
    for chunk in chunks(sorted(intake.journeys)):
        entries = dict(_entries(chunk))
        held = _assignments(chunk)
        new, written = [], []
        for journey in Journey.objects.filter(pk__in=chunk).order_by("id"):
            mine = entries.get(journey.pk, [])
            turns = held.get(journey.pk, [])
            known = {(when, who) for when, who, _ in turns}
            added = [one for one in _turns(mine, owners=owners) if one[:2] not in known]
            new += [(journey.pk, user, team, at, intake.now) for at, user, team in added]
            turns = sorted([*turns, *added], key=itemgetter(0))
            last = mine[-1] if mine else None
            row = (
                last.stage if last else "",
                types[last.stage] if last else "",
                last.at if last else None,
                min(journey.opened_at, mine[0].at) if mine else journey.opened_at,
                turns[-1][1] if turns else journey.owner_id,
                turns[-1][2] if turns else journey.team_id,
                _amount(mine, journey.amount),
            )
            if row != _as_it_stands(journey):
                written.append((*row, journey.revision + 1, journey.pk))
        insert_rows(Assignment, ("journey", "user", "team", "at", "recorded_at"), new)
        write_columns(Journey, _COLUMNS, written)


def _entries(journeys: list[int]) -> Iterator[tuple[int, list[_Entry]]]:
    rows = (
        that_stand(StageEntry.objects.filter(journey__in=journeys))
        .order_by("journey", "at", "id")
        .values_list("journey_id", "at", "stage", "department", "owner_id", "amount")
    )
    for journey, group in groupby(rows, key=itemgetter(0)):
        yield journey, [_Entry(*row[1:]) for row in group]


def _assignments(
    journeys: list[int],
) -> dict[int, list[_Turn]]:
    rows = (
        Assignment.objects.filter(journey__in=journeys)
        .order_by("journey", "at", "id")
        .values_list("journey_id", "at", "user_id", "team_id")
    )
    return {
        journey: [(row[1], row[2], row[3]) for row in group]
        for journey, group in groupby(rows, key=itemgetter(0))
    }


def _turns(entries: list[_Entry], *, owners: Owners) -> Iterator[_Turn]:
    """When the owner changed along the entries, and to whom in which team."""
    before = None
    for one in entries:
        if one.owner is not None and one.owner != before:
            before = one.owner
            yield one.at, one.owner, owners.team(one.owner, one.department)


def _amount(entries: list[_Entry], stated: int | None) -> int | None:
    """The amount stated of the journey itself, else the last that an entry knows."""
    if stated is not None:
        return stated
    return next((one.amount for one in reversed(entries) if one.amount is not None), None)


def _as_it_stands(
    journey: Journey,
) -> tuple[str, str, datetime | None, datetime, int | None, int | None, int | None]:
    return (
        journey.stage, journey.stage_type, journey.stage_entered_at, journey.opened_at,
        journey.owner_id, journey.team_id, journey.amount,
    )  # fmt: skip
