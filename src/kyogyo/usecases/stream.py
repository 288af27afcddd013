"""The stream as one picture: each stage with what came in, what is in it, what goes on and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.funnel import Funnel, rate_of
from kyogyo.analytics.steps import consecutive_steps, measured_path
from kyogyo.analytics.stock import flows
from kyogyo.analytics.timing import time_in_stage
from kyogyo.reports.contents import StreamStage
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.stock import Flow
    from kyogyo.revenue_model import Stage

_LAST = Text(en="end of the path", ja="経路の終わり")
_NO_HISTORY = Text(en="not enough history", ja="履歴不足")
_UNMEASURED = Text(en="no dates in the data", ja="データに日付なし")


def stream_of(funnel: Funnel, *, marked: str | None, since_day: int) -> tuple[StreamStage, ...]:
    """The path of the funnel's track; flows since `since_day` (inside), balances as of the last observed day."""
    history = funnel.history
    measured = {stage.code for stage in measured_path(history, track=funnel.track)}
    steps = {step.start: step.code for step in consecutive_steps(history, track=funnel.track)}
    found = flows(history, track=funnel.track)
    times = time_in_stage(history, track=funnel.track, since_day=since_day).table
    medians = dict(zip(times["stage"].to_pylist(), times["median_s"].to_pylist(), strict=True))
    return tuple(
        _measured(
            funnel,
            stage,
            steps.get(stage.code),
            found[stage.code],
            medians.get(stage.code),
            marked,
            since_day,
        )
        if stage.code in measured
        else _unmeasured(funnel, stage)
        for stage in history.path(funnel.track)
    )


def _department(funnel: Funnel, stage: Stage) -> Text:
    return funnel.history.model.department(stage.department).label.text


def _unmeasured(funnel: Funnel, stage: Stage) -> StreamStage:
    return StreamStage(
        code=stage.code, label=stage.label.text, department=_department(funnel, stage), entered=0, balance=0,
        rate_note=_UNMEASURED, measured=False, note=_UNMEASURED,
    )  # fmt: skip


def _measured(
    funnel: Funnel,
    stage: Stage,
    step: str | None,
    flow: Flow,
    median: float | None,
    marked: str | None,
    since_day: int,
) -> StreamStage:
    recent = np.arange(flow.arrivals.size) + flow.first >= since_day
    rate = None
    if step is not None:
        counts = funnel.steps[step].clean()
        rate = rate_of(counts.keep(counts.entered >= since_day), horizon=funnel.horizons[step])
    note = (
        _LAST
        if step is None
        else None
        if rate is not None and rate.value is not None
        else _NO_HISTORY
    )
    return StreamStage(
        code=stage.code,
        label=stage.label.text,
        department=_department(funnel, stage),
        entered=int(flow.arrivals[recent].sum()),
        balance=int(flow.balance[-1]),
        rate=rate.value if rate else None,
        rate_lo=rate.lo if rate else None,
        rate_hi=rate.hi if rate else None,
        rate_n=rate.n if rate else 0,
        rate_note=note,
        median_s=median,
        marked=stage.code == marked,
    )
