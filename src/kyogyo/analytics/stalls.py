"""Journeys that are in a stage for longer than they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kyogyo.analytics.events import DAY, SECOND, History
from kyogyo.analytics.sql import ROWS, Question, case, emit
from kyogyo.analytics.steps import measured_path
from kyogyo.analytics.timing import time_in_stage

_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class StallLimit:
    """Seconds in a stage after which a journey counts as stalled: declared, or half of all leave it sooner."""

    seconds: float
    basis: Literal["declared", "median"]

    def before(self, as_of: int) -> int:
        """The instant before which one must have entered to be stalled at `as_of`."""
        return as_of - int(self.seconds) * SECOND


def stall_limits(history: History, *, track: str) -> dict[str, StallLimit]:
    """By stage: the declared days, else the median of the last year; none where neither is known."""
    path = measured_path(history, track=track)
    limits = {
        s.code: StallLimit(float(s.expected_days * (DAY // SECOND)), "declared")
        for s in path
        if s.expected_days is not None
    }
    if all(s.code in limits for s in path[:-1]):
        return limits
    since = history.as_of_day - _YEAR_DAYS + 1
    times = time_in_stage(history, track=track, since_day=since).table
    for stage, median in zip(
        times["stage"].to_pylist(), times["median_s"].to_pylist(), strict=True
    ):
        if median is not None and stage not in limits:
            limits[stage] = StallLimit(float(median), "median")
    return limits


def stalled(history: History, *, track: str, limits: Mapping[str, StallLimit]) -> dict[str, int]:
    """How many are in each stage that has a limit for longer than it, at the last observed instant."""
    late = [
        (stall_condition(history, stage=code, limit=limit), 1) for code, limit in limits.items()
    ]
    if not late:
        return {}
    columns = history.engine.integers(
        emit(Question(source="visits", keys=(("stage", "stage"), ("late", case(*late, otherwise=0))), measures=(("n", ROWS),),
                      where=(f"track = {history.track_code(track)}", "ended = 0", f"at_us <= {history.as_of}")))
    )  # fmt: skip
    found = dict.fromkeys(limits, 0)
    for stage, is_late, n in zip(columns["stage"], columns["late"], columns["n"], strict=True):
        code = history.model.stages[int(stage) - 1].code
        if is_late and code in found:
            found[code] = int(n)
    return found


def stall_condition(history: History, *, stage: str, limit: StallLimit) -> str:
    """The condition over `visits` (still open ones) that one in `stage` is stalled."""
    return f"stage = {history.stage_code(stage)} AND at_us < {limit.before(history.as_of)}"
