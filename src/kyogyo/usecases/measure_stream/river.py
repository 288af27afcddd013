"""The numbers of one track over a period: everything comes from the measures that the report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics.funnel import Funnel, rate_of
from kyogyo.analytics.stalls import StallLimit, stall_limits, stalled
from kyogyo.analytics.steps import (
    ENOUGH_AT_RISK,
    StepCounts,
    consecutive_steps,
    measured_path,
    within,
)
from kyogyo.analytics.stock import Flow, came_from, flows
from kyogyo.analytics.timing import time_in_stage
from kyogyo.usecases.measure_stream.contents import (
    Period,
    Reach,
    River,
    StageMeasured,
    StepMeasured,
)

if TYPE_CHECKING:
    from kyogyo.period import Span
    from kyogyo.revenue_model import Stage

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Numbers:
    """What was asked of the history, by stage code."""

    flows: Mapping[str, Flow]
    times: Mapping[str, Row]
    times_before: Mapping[str, Row]
    stalled: Mapping[str, int]
    limits: Mapping[str, StallLimit]
    steps: Mapping[str, str]


def measure_river(
    funnel: Funnel, *, period: Period, limits: Mapping[str, StallLimit] | None = None
) -> River:
    """The track of `funnel`; `limits` are those of the whole where the funnel is a part."""
    stages = measure_stages(funnel, period=period, limits=limits)
    history = funnel.history
    return River(
        track=funnel.track,
        label=history.model.track(funnel.track).label.text,
        period=period,
        stages=stages,
        reaches=_reaches(funnel, stages, period),
        end_to_end=_end_to_end(funnel, period),
        journeys=history.journeys,
        as_of=history.as_of,
        as_of_day=history.as_of_day,
    )


def measure_stages(
    funnel: Funnel, *, period: Period, limits: Mapping[str, StallLimit] | None = None
) -> tuple[StageMeasured, ...]:
    """Every stage of the path, in order."""
    history, track = funnel.history, funnel.track
    stalls = stall_limits(history, track=track) if limits is None else limits
    measured = {stage.code for stage in measured_path(history, track=track)}
    numbers = _Numbers(
        flows=flows(history, track=track),
        times=_times(funnel, period.span),
        times_before=_times(funnel, period.before) if period.before else {},
        stalled=stalled(history, track=track, limits=stalls),
        limits=stalls,
        steps={s.start: s.code for s in consecutive_steps(history, track=track)},
    )
    return tuple(
        _stage(funnel, stage, numbers, period)
        if stage.code in measured
        else StageMeasured(
            stage.code, stage.label.text, stage.department, stage.type, is_measured=False
        )
        for stage in history.path(track)
    )


def _times(funnel: Funnel, span: Span) -> dict[str, Row]:
    found = time_in_stage(
        funnel.history, track=funnel.track, since_day=span.start, until_day=span.stop
    )
    return {row["stage"]: row for row in found.table.to_pylist()}


def _stage(funnel: Funnel, stage: Stage, numbers: _Numbers, period: Period) -> StageMeasured:
    flow = numbers.flows.get(stage.code)
    time = numbers.times.get(stage.code, {})
    limit = numbers.limits.get(stage.code)
    before = period.before
    return StageMeasured(
        code=stage.code,
        label=stage.label.text,
        department=stage.department,
        type=stage.type,
        is_measured=True,
        balance=_balance(flow, funnel.history.as_of_day),
        balance_before=_balance(flow, before.stop - 1) if before else None,
        entered=_arrivals(flow, period.span),
        entered_before=_arrivals(flow, before) if before else None,
        median_s=time.get("median_s"),
        median_lo_s=time.get("median_lo_s"),
        median_hi_s=time.get("median_hi_s"),
        median_n=int(time.get("n") or 0),
        median_before_s=numbers.times_before.get(stage.code, {}).get("median_s"),
        can_be_left=stage.code in numbers.steps,
        stalled=numbers.stalled.get(stage.code, 0) if limit else None,
        limit_s=limit.seconds if limit else None,
        limit_basis=limit.basis if limit else None,
        onward=step_of(funnel, numbers.steps[stage.code], period)
        if stage.code in numbers.steps
        else None,
    )


def _balance(flow: Flow | None, day: int) -> int:
    """How many are inside at the end of a day."""
    if flow is None or day < flow.first:
        return 0
    return int(flow.balance[min(day - flow.first, flow.arrivals.size - 1)])


def _arrivals(flow: Flow | None, span: Span) -> int:
    if flow is None:
        return 0
    start, stop = (max(day - flow.first, 0) for day in (span.start, span.stop))
    return int(flow.arrivals[start:stop].sum())


def step_of(funnel: Funnel, code: str, period: Period) -> StepMeasured:
    """A step, or the way from the start to a stage, for those who began it in the period."""
    counts = funnel.steps[code] if code in funnel.steps else funnel.totals[code]
    horizon = funnel.horizons[code]
    clean = counts.clean()
    now = _entered_in(clean, period.span)
    rate = rate_of(now, horizon=horizon)
    before = rate_of(_entered_in(clean, period.before), horizon=horizon) if period.before else None
    to = funnel.history.model.stage(counts.step.stop)
    mature_on = None if horizon is None else _mature_on(now, horizon=horizon)
    is_young = rate.value is None and mature_on is not None and mature_on > now.until
    return StepMeasured(
        code=code,
        to=to.code,
        to_label=to.label.text,
        n=rate.n,
        k=rate.k,
        mature=int(now.count[now.observed_for(horizon)].sum()) if horizon is not None else 0,
        rate=rate.value,
        lo=rate.lo,
        hi=rate.hi,
        horizon_days=horizon,
        horizon=within(counts, horizon=horizon) if horizon is not None else None,
        state="known"
        if rate.value is not None
        else "immature"
        if is_young
        else "not_enough_history",
        mature_on=mature_on if is_young else None,
        rate_before=before.value if before else None,
        n_before=before.n if before else 0,
    )


def _entered_in(counts: StepCounts, span: Span) -> StepCounts:
    return counts.keep((counts.entered >= span.start) & (counts.entered < span.stop))


def _mature_on(counts: StepCounts, *, horizon: int) -> int | None:
    """The first day on which enough journeys will have been observed for the horizon; None with too few of them."""
    order = np.argsort(counts.day, kind="stable")
    enough = np.cumsum(counts.count[order]) >= ENOUGH_AT_RISK
    if not enough.any():
        return None
    return int(counts.day[order][int(np.argmax(enough))]) + horizon


def _end_to_end(funnel: Funnel, period: Period) -> StepMeasured | None:
    """From the first measured stage to the sale, if both are measured."""
    code = total_code(funnel)
    return step_of(funnel, code, period) if code in funnel.totals else None


def total_code(funnel: Funnel) -> str:
    """The code of the way from the first measured stage to the sale; '' where there is none."""
    path = measured_path(funnel.history, track=funnel.track)
    sale = funnel.history.model.value_stage(funnel.track)
    if not path or sale is None or sale.code not in {stage.code for stage in path[1:]}:
        return ""
    return f"{path[0].code}>{sale.code}"


def _reaches(
    funnel: Funnel, stages: tuple[StageMeasured, ...], period: Period
) -> tuple[Reach, ...]:
    now = _moves(funnel, period.span)
    before = _moves(funnel, period.before) if period.before else None
    found = []
    for department, members in groupby(stages, key=lambda stage: stage.department):
        inside = tuple(members)
        codes = {funnel.history.stage_code(stage.code) for stage in inside}
        known = [stage.stalled for stage in inside if stage.stalled is not None]
        found.append(
            Reach(
                department=department,
                label=funnel.history.model.department(department).label.text,
                stages=tuple(stage.code for stage in inside),
                balance=sum(stage.balance for stage in inside),
                stalled=sum(known) if known else None,
                came_in=_from_outside(now, codes),
                came_in_before=None if before is None else _from_outside(before, codes),
            )
        )
    return tuple(found)


def _moves(funnel: Funnel, span: Span) -> dict[tuple[int, int], int]:
    return came_from(funnel.history, track=funnel.track, since_day=span.start, until_day=span.stop)


def _from_outside(moves: Mapping[tuple[int, int], int], inside: set[int]) -> int:
    return sum(n for (stage, was), n in moves.items() if stage in inside and was not in inside)
