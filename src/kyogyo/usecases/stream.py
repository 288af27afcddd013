"""The stream of a report: the same measurement as the page of the whole stream shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.period import Span
from kyogyo.reports.contents import StreamStage
from kyogyo.usecases.measure_stream import Period, StageMeasured, measure_stages
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel

_LAST = Text(en="end of the path", ja="経路の終わり")
_NO_HISTORY = Text(en="not enough history", ja="履歴不足")
_UNMEASURED = Text(en="no dates in the data", ja="データに日付なし")
_PERIOD = Text(en="last 12 months", ja="直近 12 か月")


def stream_of(funnel: Funnel, *, marked: str | None, since_day: int) -> tuple[StreamStage, ...]:
    """The path of the funnel's track; flows since `since_day` (inside), balances as of the last observed day."""
    span = Span(since_day, funnel.history.as_of_day + 1)
    stages = measure_stages(funnel, period=Period("report", _PERIOD, span, None))
    return tuple(_shown(funnel, stage, marked) for stage in stages)


def _shown(funnel: Funnel, stage: StageMeasured, marked: str | None) -> StreamStage:
    step = stage.onward
    note = _LAST if step is None else _NO_HISTORY if step.rate is None else None
    return StreamStage(
        code=stage.code,
        label=stage.label,
        department=funnel.history.model.department(stage.department).label.text,
        entered=stage.entered,
        balance=stage.balance,
        rate=step.rate if step else None,
        rate_lo=step.lo if step else None,
        rate_hi=step.hi if step else None,
        rate_n=step.n if step else 0,
        rate_note=note if stage.is_measured else _UNMEASURED,
        median_s=stage.median_s,
        marked=stage.is_measured and stage.code == marked,
        measured=stage.is_measured,
        note=None if stage.is_measured else _UNMEASURED,
    )
