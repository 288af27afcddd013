"""The whole stream as one picture: departments, their stages, and what went on from each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from kyogyo import words
from kyogyo.analytics.readable import UNKNOWN, Voice
from kyogyo.reports.contents import StreamStage

_LEAST = 1.5  # per cent of the height: what was entered at all can be seen


def stream_view(*, stages: Sequence[StreamStage], voice: Voice) -> list[dict[str, Any]]:
    """Departments in order, each with its stages; heights are per cent of the largest stage."""
    top = max((stage.entered for stage in stages if stage.measured), default=0)
    heights = [_height(stage, top=top) for stage in stages]
    levels = _levels(heights)
    placed = [
        (
            stage,
            _stage_view(stage, voice)
            | {"height": heights[place], "level": levels[place]}
            | {"next": levels[place + 1] if place + 1 < len(levels) else None}
            | {"to": _next_measured(stages, place, voice)},
        )
        for place, stage in enumerate(stages)
    ]
    return [
        {"label": label, "stages": [view for _, view in members]}
        for label, members in groupby(placed, key=lambda pair: voice.say(pair[0].department))
    ]


def _levels(heights: Sequence[float | None]) -> list[float | None]:
    """Heights with the unknown ones on a straight line between their known neighbours.

    It only carries the picture across: what is on that line is drawn as unknown.
    """
    known = [place for place, height in enumerate(heights) if height is not None]
    levels = list(heights)
    for first, last in pairwise(known):
        low, high = heights[first] or 0.0, heights[last] or 0.0
        for place in range(first + 1, last):
            levels[place] = low + (high - low) * (place - first) / (last - first)
    return levels


def _next_measured(stages: Sequence[StreamStage], place: int, voice: Voice) -> str | None:
    """The stage that a rate leads to, where stages without data lie between."""
    for further, stage in enumerate(stages[place + 1 :]):
        if stage.measured:
            return voice.say(stage.label) if further else None
    return None


def _height(stage: StreamStage, *, top: int) -> float | None:
    if not stage.measured or top == 0:
        return None
    return max(stage.entered / top * 100, _LEAST if stage.entered else 0.0)


def _stage_view(stage: StreamStage, voice: Voice) -> dict[str, Any]:
    return {
        "label": voice.say(stage.label),
        "marked": stage.marked,
        "measured": stage.measured,
        "entered": words.count(stage.entered),
        "balance": words.count(stage.balance),
        "rate": _rate(stage, voice),
        "rate_known": stage.rate is not None,
        "interval": _interval(stage),
        "n": words.count(stage.rate_n),
        "median": voice.say(UNKNOWN) if stage.median_s is None else voice.duration(stage.median_s),
        "note": None if stage.note is None else voice.say(stage.note),
    }


def _rate(stage: StreamStage, voice: Voice) -> str:
    if stage.rate is not None:
        return words.percent(stage.rate)
    return voice.say(UNKNOWN if stage.rate_note is None else stage.rate_note)


def _interval(stage: StreamStage) -> str | None:
    if stage.rate is None or stage.rate_lo is None or stage.rate_hi is None:
        return None
    return f"{stage.rate_lo * 100:.1f}–{words.percent(stage.rate_hi)}"
