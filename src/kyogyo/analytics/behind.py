"""The journeys that a number of the stream counts, so that they can be looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.sql import case, one_of
from kyogyo.analytics.stalls import StallLimit, stall_condition

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.analytics.steps import StepCounts
    from kyogyo.period import Span

Journeys = npt.NDArray[np.int64]


def in_stages(history: History, *, track: str, stages: Sequence[str]) -> Journeys:
    """Who is in one of the stages now, longest there first."""
    return _visitors(history, track, stages, f"ended = 0 AND at_us <= {history.as_of}")


def entered(history: History, *, track: str, stages: Sequence[str], span: Span) -> Journeys:
    """Who entered one of the stages in a span of days, the first first; who came twice is there once."""
    return _visitors(history, track, stages, f"day >= {span.start} AND day < {span.stop}")


def came_in(history: History, *, track: str, stages: Sequence[str], span: Span) -> Journeys:
    """Who entered one of the stages from outside them in a span of days."""
    inside = one_of("previous", [history.stage_code(stage) for stage in stages])
    outside = case((inside, 0), otherwise=1)
    within = f"day >= {span.start} AND day < {span.stop} AND {outside} = 1"
    return _visitors(history, track, stages, within)


def stalled_in(
    history: History, *, track: str, limits: Mapping[str, StallLimit], stages: Sequence[str]
) -> Journeys:
    """Who is in one of the stages for longer than its limit, longest first."""
    late = [stall_condition(history, stage=s, limit=limits[s]) for s in stages if s in limits]
    either = " OR ".join(f"({condition})" for condition in late) or "1 = 0"
    return _visitors(history, track, stages, f"ended = 0 AND ({either})")


def _visitors(history: History, track: str, stages: Sequence[str], condition: str) -> Journeys:
    codes = [history.stage_code(stage) for stage in stages]
    rows = history.engine.integers(
        "SELECT journey, CAST(MIN(at_us) AS BIGINT) AS first_at FROM visits "
        f"WHERE track = {history.track_code(track)} AND {one_of('stage', codes)} AND {condition} "
        "GROUP BY journey ORDER BY journey"
    )
    return np.asarray(rows["journey"][np.argsort(rows["first_at"], kind="stable")])


def cohort_of(
    history: History, *, counts: StepCounts, span: Span, horizon: int | None
) -> tuple[Journeys, Journeys, Journeys]:
    """Of the first passes that entered a step's first stage in a span: who went on within the horizon, who ended
    elsewhere, and who is still on the way (or went on later). Together they are the `n` of the step's rate.
    """
    i, j = (history.stage_code(s) for s in (counts.step.start, counts.step.stop))
    start = max(span.start, counts.clean_from)
    theirs = "" if history.owners is None else f"AND {one_of(f'o_{i}', sorted(history.owners))} "
    rows = history.engine.integers(
        f"SELECT journey, d_{i} AS entered, d_{j} AS reached, r_{j} AS reached_at, ended_day FROM journeys "
        f"WHERE track = {history.track_code(counts.step.track)} AND r_{i} > 0 AND recycled = 0 "
        f"AND d_{i} >= {start} AND d_{i} < {span.stop} AND (r_{j} > 0 OR d_{i} <= {counts.until}) {theirs}"
        f"ORDER BY d_{i}, journey"
    )
    there = rows["reached_at"] > 0
    if horizon is not None and not counts.period_months:
        there &= rows["reached"] - rows["entered"] <= horizon
    gone = (
        (rows["reached_at"] == 0)
        & (rows["ended_day"] > 0)
        & (rows["ended_day"] >= rows["entered"])
        & (rows["ended_day"] <= counts.until)
    )
    return (
        np.asarray(rows["journey"][there]),
        np.asarray(rows["journey"][~there & gone]),
        np.asarray(rows["journey"][~there & ~gone]),
    )
