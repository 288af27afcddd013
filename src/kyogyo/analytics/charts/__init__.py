"""Charts of results: pure functions from a `Result` to a Vega-Lite chart (Altair).

Each chart reads the columns below from `result.table` by name; it ignores other columns, and the
rows are drawn in the order of the table. Types: `str`, `int`, `float`, `bool`; `?` = null means
"unknown" (drawn as such, never as zero); [column] = may be absent. Shares are in [0, 1], times in
seconds, money in minor units, months 'YYYY-MM'. `stage`, `step` ('mql>sql'), `series`, `segment`
and the like hold codes, shown with the words of `labels` where it has them. A column pair `x_en`,
`x_ja` is one column `x` in two languages.

| chart                | one row is             | columns                                                    |
| -------------------- | ---------------------- | ---------------------------------------------------------- |
| cohort_rates         | a cohort               | cohort str, n int, k int?, rate float?, lo float?, hi      |
|                      |                        | float?, mature bool? (null = the target wasn't recorded)   |
| funnel_rates         | a step                 | step str, n int, k int, rate float?, lo float?, hi float?, |
|                      |                        | [median_s float?]                                          |
| segment_rates        | a value of an attribute| segment str, n int, k int, rate float?, lo float?,         |
|                      |                        | hi float?                                                  |
| cumulative_incidence | a time of an outcome   | series str, days float, share float, lo float?, hi float?, |
|                      |                        | at_risk int                                                |
| cohort_grid          | a cell                 | cohort str, n int, age int (periods since the start),      |
|                      |                        | share float? (null = not observed yet); share may exceed 1 |
| step_grid            | a month of a step      | step str, cohort str, n int, rate float? (null = unknown)  |
| time_in_stage        | a stage                | stage str, n int, still_open int, median_s float?,         |
|                      |                        | p90_s float?, [expected_s float?]                          |
| stock_flow           | a month of a stage     | stage str, month str, arrivals int, departures int,        |
|                      |                        | balance int, [complete bool]                               |
| candidates           | a step, dearest first  | step str, kind str (conversion, delay, capacity, volume,   |
|                      |                        | mix, value, churn, expansion), n int, current float?, reference float?, gap    |
|                      |                        | float?, cost_mid float?, cost_lo float?, cost_hi float?    |
|                      |                        | (a month; > 0 = loses), p_top float?, status str (named,   |
|                      |                        | candidate, improved, not_distinguishable,                  |
|                      |                        | not_enough_history,                                        |
|                      |                        | refused), why_en str, why_ja str, [reference_kind str:     |
|                      |                        | target, best_past, baseline]                               |
| transitions          | a pair of stages       | from_stage str, to_stage str, n int, share float? (of      |
|                      |                        | those that left from_stage), [median_s float?], direction  |
|                      |                        | str (forward, skip, back, again, exit)                     |
| concentration        | an account, largest    | rank int (from 1), amount int, account_share float,        |
|                      | first                  | value_share float (both cumulative)                        |
| segment_amounts      | a value of an attribute| segment str, n int, amount int, share float?               |
| monthly              | a month of a series    | series str, month str, value float?, [lo float?, hi        |
|                      |                        | float?, n int, complete bool]                              |
| phases               | a week of a team       | team str, week str, phase str (A1, B1, A2, ...: A without, |
|                      |                        | B with the countermeasure), value float? (null = doesn't   |
|                      |                        | count), level float?, trend float?                         |
| control              | a week                 | week str, value float? (null = nothing came), centre       |
|                      |                        | float?, lower float?, upper float?, outside bool, [n float]|

`current`, `reference` and `gap` of a candidate are shares for the kinds conversion, mix, churn and
expansion, days for delay and capacity, journeys a month for volume, minor units for value. The unit of `value` in
`monthly` and of `share` in `cohort_grid` is that of the result's definition.
`lo` and `hi` are the 95% interval of a rate or share; `cost_lo` and `cost_hi` the 90% interval.
A cohort that isn't mature may have no rate: then `k` of `n` is drawn hollow, as "at least". A rate's
`group` other than 'first' is added to its label. Of segments '(unknown)' and '(3 others)' are said
in the language.
`result.facts` may give `step` or `stage` and `attribute` (codes: they are added to the title),
`interval` (the level of cost_lo .. cost_hi if it isn't 0.9), `unit` = 'wins' (costs are wins a
month, not money), and `age_unit` (cohort_grid: 'day', 'week', 'month' or 'quarter'; 'month' if
absent).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kyogyo.analytics.charts.readings import READINGS
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Result
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    import altair as alt

# The name of a chart, and the module beside this one that draws it.
CHARTS: Mapping[str, str] = {
    "candidates": "rows",
    "cohort_grid": "cohorts",
    "cohort_rates": "cohorts",
    "concentration": "lines",
    "control": "control",
    "cumulative_incidence": "lines",
    "funnel_rates": "rows",
    "monthly": "lines",
    "phases": "phases",
    "segment_amounts": "rows",
    "segment_rates": "rows",
    "step_grid": "step_grids",
    "stock_flow": "flows",
    "time_in_stage": "rows",
    "transitions": "flows",
}


def draw(
    *,
    chart: str,
    result: Result,
    lang: Lang,
    labels: Mapping[str, Text] | None = None,
    currency: str = "JPY",
    width: int = 680,
    titled: bool = True,
) -> alt.TopLevelMixin | None:
    """The chart named `chart` of `result`, `width` pixels wide; None when there is nothing to draw.

    `titled` False leaves out the title, for a page that has a heading of its own. Raises KeyError
    for a chart that isn't in CHARTS.
    """
    module = CHARTS[chart]
    if result.status != "ok" or result.table.num_rows == 0:
        return None
    from importlib import import_module  # noqa: PLC0415 -- slow import

    from kyogyo.analytics.charts.theme import CONFIG, Look  # noqa: PLC0415 -- slow import

    voice = Voice(lang=lang, currency=currency, labels=labels or {})
    look = Look(voice=voice, width=width)
    drawn: Any = getattr(import_module(f"{__name__}.{module}"), chart)(result, look)
    if titled:
        drawn = drawn.properties(title={"text": chart_title(result=result, voice=voice)})
    configured: alt.TopLevelMixin = drawn.configure(**CONFIG)
    return configured


def chart_title(*, result: Result, voice: Voice) -> str:
    """The name of the metric, and of the step, stage and attribute it is about."""
    facts = (result.facts.get(name) for name in ("step", "stage", "attribute"))
    about = " · ".join(voice.word(str(fact)) for fact in facts if fact)
    name = voice.say(result.definition.label)
    return f"{name}: {about}" if about else name


__all__ = ["CHARTS", "READINGS", "chart_title", "draw"]
