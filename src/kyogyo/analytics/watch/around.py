"""The chart of a change: the level before it with the limits of chance, carried on over the weeks since."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.alarm_definitions import WATCH
from kyogyo.analytics.results import Result
from kyogyo.analytics.spc import p_prime_chart, xmr_chart
from kyogyo.analytics.tables import table
from kyogyo.period import date_of

if TYPE_CHECKING:
    from kyogyo.analytics.intervals import FloatArray
    from kyogyo.analytics.spc import Chart
    from kyogyo.analytics.watch.alerts import Change
    from kyogyo.analytics.watch.look import Watch, WatchedStep
    from kyogyo.analytics.watch.series import Series
    from kyogyo.words import Text

_NAMES = ("week", "n", "value", "centre", "lower", "upper", "outside")
# The mean moving range of two normal values, in standard deviations (d2).
_D2 = 1.128


def change_result(watch: Watch, step: WatchedStep, change: Change, *, sentence: Text) -> Result:
    """For `charts.draw(chart="control")`: limits of the weeks before `change` alone, so that it doesn't hide itself.

    The weeks before begin where the level before began. Weeks since are marked where they lie beyond those limits.
    """
    series = step.series
    starts = [int(np.searchsorted(series.weeks, one.since)) for one in step.changes]
    at = int(np.searchsorted(series.weeks, change.since))
    begin = max((start for start in starts if start < at), default=0)
    part, before = series.since(begin), at - begin
    chart = _chart_of(part, before)
    whole = series.what == "entries"
    counts = part.successes if whole else part.exposures
    values = part.successes / part.season if whole else _shares(part)
    rows = [
        _row(int(week), float(n), float(value), chart, is_share=not whole)
        for week, n, value in zip(part.weeks, counts, values, strict=True)
    ]
    return Result(
        question=f"watch:{series.what}:{series.step}",
        definition=replace(WATCH, unit="count") if whole else WATCH,
        as_of=watch.as_of,
        n=part.n,
        table=table(rows, _NAMES),
        sentence=sentence,
        caveats=watch.caveats,
        facts={"step" if ">" in series.step else "stage": series.step},
    )


def _chart_of(part: Series, before: int) -> Chart:
    if part.what == "entries":
        return xmr_chart(values=(part.successes / part.season)[:before])
    return p_prime_chart(successes=part.successes[:before], n=part.exposures[:before])


def _shares(part: Series) -> FloatArray:
    some = part.exposures > 0
    shares = np.full(some.size, np.nan)
    np.divide(part.successes, part.exposures, out=shares, where=some)
    return shares


def _row(week: int, n: float, value: float, chart: Chart, *, is_share: bool) -> dict[str, object]:
    centre, spread = chart.centre, chart.spread
    if is_share:
        half = 3 * spread * math.sqrt(centre * (1 - centre) / n) if n > 0 else math.nan
        lower, upper = max(centre - half, 0.0), min(centre + half, 1.0)
    else:
        half = 3 * spread / _D2
        lower, upper = max(centre - half, 0.0), centre + half
    known = not math.isnan(half)
    is_there = not math.isnan(value)
    return {
        "week": date_of(week).isoformat(),
        "n": n,
        "value": value if is_there else None,
        "centre": centre if known else None,
        "lower": lower if known else None,
        "upper": upper if known else None,
        "outside": is_there and known and not lower - 1e-12 <= value <= upper + 1e-12,
    }
