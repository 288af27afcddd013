"""Countermeasures: what is being tried and was tried, and what came of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ninja import Router, Schema

from kyogyo.api.identity import asker
from kyogyo.api.journeys import REFUSED
from kyogyo.api.shapes import Said
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import list_countermeasures, read_countermeasure
from kyogyo.usecases.countermeasures.judge import verdict_now

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.queries.countermeasures import Opened

router = Router(tags=["countermeasures"])


class CountermeasureOut(Schema):
    """One line of the list. `expected` is a month's gain in minor units; `decision` is that of its last review."""

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
    state: str
    first_on: date
    review_on: date
    expected: int | None
    decision: str


class StepOut(Schema):
    id: int
    number: int
    text: str
    evidence: str
    rule: str
    is_critical: bool


class StartOut(Schema):
    """`on` is the real day, null while it hasn't started there."""

    id: int
    team_id: int | None
    team: Said
    phase: int
    is_on: bool
    planned_on: date
    on: date | None


class VerdictOut(Schema):
    """What its weeks show now. `verdict` null: nothing to judge yet, `says` why. `is_early`: its review is still to come.

    `change` and `gain` are the middle, the lower and the upper bound (null: without bound); `gain` is a month's, in minor units.
    """

    verdict: str | None
    says: Said
    p: float | None
    change: list[float | None] | None
    gain: list[int | None] | None
    fidelity: float | None
    fidelity_level: str
    is_early: bool
    as_of: datetime | None


class CountermeasureWholeOut(CountermeasureOut):
    hypothesis: str
    guard: str
    improves_up: bool
    expected_low: int | None
    expected_high: int | None
    baseline_from: date
    made_at: datetime
    revision: int
    steps: list[StepOut]
    starts: list[StartOut]
    verdict: VerdictOut


@router.get("/", response={200: list[CountermeasureOut], **REFUSED})
def list_all(
    request: HttpRequest, *, is_open: bool | None = None, track: str = "", node: str = ""
) -> list[dict[str, Any]]:
    """Countermeasures, those that are open first; narrowed by `is_open`, `track`, `node`."""
    rows = list_countermeasures(
        asker(request), today=local_date(), is_open=is_open, track=track, node=node
    )
    return [_plain(row, CountermeasureOut) for row in rows]


@router.get("/{int:countermeasure_id}/", response={200: CountermeasureWholeOut, **REFUSED})
def read_one(request: HttpRequest, countermeasure_id: int) -> dict[str, Any]:
    """One countermeasure with its steps and starts, and the verdict as its weeks show it now."""
    today = local_date()
    opened = read_countermeasure(asker(request), countermeasure_id, today=today)
    return {**_whole(opened), "verdict": _verdict(opened, today)}


def _whole(opened: Opened) -> dict[str, Any]:
    own = set(CountermeasureWholeOut.model_fields) - set(CountermeasureOut.model_fields)
    nested = {"steps": opened.steps, "starts": opened.starts}
    plain = {name: getattr(opened, name) for name in own - {"verdict", *nested}}
    return {**_plain(opened.line, CountermeasureOut), **plain, **nested}


def _verdict(opened: Opened, today: date) -> dict[str, Any]:
    found = verdict_now(opened, today=today)
    as_of = found["as_of"]
    # 0: nothing was copied yet.
    at = datetime.fromtimestamp(as_of / 1e6, tz=UTC) if as_of else None
    return {**found, "as_of": at}


def _plain(row: object, shape: type[Schema]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}
