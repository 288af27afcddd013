"""What holds revenue back, as the page says it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ninja import Router, Schema

from kyogyo.api.identity import asker
from kyogyo.api.journeys import REFUSED
from kyogyo.api.problems import counting
from kyogyo.api.shapes import Failure, Said
from kyogyo.usecases.show_bottleneck import show_bottleneck

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.reports.contents import MoneyRange
    from kyogyo.usecases.find_bottleneck import Diagnosis

router = Router(tags=["bottleneck"])
# A program can wait longer than somebody who looks at a page.
WAIT_S = 30
_OWN = frozenset({"gain"})


class GainOut(Schema):
    """A month's gain with its interval; minor units where `unit` is money, else wins."""

    mid: int | float
    lo: int | float
    hi: int | float
    level: float
    unit: str


class NodeOut(Schema):
    """One node. `gain` null: can't be valued, `why` says why. `p_top` is the chance that it is the dearest."""

    key: str
    kind: str
    step: str
    stage: str
    department: str
    label: Said
    verdict: str
    why: Said
    n: int
    now: float | None
    reference: float | None
    now_words: Said
    reference_words: Said
    comparison: Said
    reference_kind: str
    since: date | None
    likely: float
    gain: GainOut | None
    p_top: float | None
    p_gain: float | None


class BottleneckOut(Schema):
    """The answer for a track. `largest`, `surest` and `ties` are keys of `nodes`; `per_month` is what the track brings now."""

    track: str
    as_of: datetime
    copied_at: datetime
    status: str
    basis: str
    unit: str
    currency: str
    per_month: int | float | None
    headline: Said
    paragraph: Said
    reasons: list[Said]
    actions: list[Said]
    largest: str | None
    surest: str | None
    ties: list[str]
    nodes: list[NodeOut]
    caveats: list[Said]


@router.get("/", response={200: BottleneckOut, 503: Failure, **REFUSED})
def read_bottleneck(request: HttpRequest, track: str = "") -> dict[str, Any] | HttpResponse:
    """What holds a track's revenue back, with what each node costs a month; the track with most journeys unless told."""
    shown = show_bottleneck(actor=asker(request), track=track, wait_s=WAIT_S)
    if shown.diagnosis is None:
        return counting()
    return {**_answer(shown.diagnosis), "copied_at": _instant(shown.copied_at)}


def _answer(found: Diagnosis) -> dict[str, Any]:
    return {
        "track": found.track,
        "as_of": _instant(found.as_of),
        "status": found.status,
        "basis": found.basis,
        "unit": found.unit,
        "currency": found.currency,
        "per_month": _amount(found.per_month, found.unit),
        "headline": found.headline,
        "paragraph": found.paragraph,
        "reasons": found.reasons,
        "actions": found.actions,
        "largest": found.largest.key if found.largest else None,
        "surest": found.surest.key if found.surest else None,
        "ties": [one.key for one in found.ties],
        "nodes": [
            {name: getattr(node, name) for name in NodeOut.model_fields if name not in _OWN}
            | {"gain": _gain(node.gain)}
            for node in found.nodes
        ],
        "caveats": [one.says for one in found.caveats],
    }


def _gain(gain: MoneyRange | None) -> dict[str, Any] | None:
    if gain is None:
        return None
    bounds = {name: _amount(getattr(gain, name), gain.unit) for name in ("mid", "lo", "hi")}
    return {**bounds, "level": gain.level, "unit": gain.unit}


def _amount(value: float | None, unit: str) -> float | None:
    """Money in whole minor units, as everywhere; wins with their fraction."""
    return round(value) if value is not None and unit == "money" else value


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1e6, tz=UTC)
