"""Charts of results: pure functions from a `Result` to a Vega-Lite chart (Altair).

Each chart reads the columns below from `result.table` by name; it ignores other columns, and the
rows are drawn in the order of the table. Types: `str`, `int`, `float`, `bool`; `?` = null means
"unknown" (drawn as such, never as zero); [column] = may be absent. Shares are in [0, 1], times in
seconds, money in minor units, months 'YYYY-MM'. `stage`, `step` ('mql>sql'), `series`, `segment`
and the like hold codes, shown with the words of `labels` where it has them. A column pair `x_en`,
`x_ja` is one column `x` in two languages.

| chart                | one row is             | columns                                                    |
| -------------------- | ---------------------- | ---------------------------------------------------------- |
| cohort_rates         | a cohort               | cohort str, n int, k int, rate float?, lo float?, hi       |
|                      |                        | float?, mature bool                                        |
| funnel_rates         | a step                 | step str, n int, k int, rate float?, lo float?, hi float?, |
|                      |                        | [median_s float?]                                          |
| segment_rates        | a value of an attribute| segment str, n int, k int, rate float?, lo float?,         |
|                      |                        | hi float?                                                  |
| cumulative_incidence | a time of an outcome   | series str, days float, share float, lo float?, hi float?, |
|                      |                        | at_risk int                                                |
| cohort_grid          | a cell                 | cohort str, n int, age int (periods since the start),      |
|                      |                        | share float? (null = not observed yet); share may exceed 1 |
| time_in_stage        | a stage                | stage str, n int, still_open int, median_s float?,         |
|                      |                        | p90_s float?, [expected_s float?]                          |
| stock_flow           | a month of a stage     | stage str, month str, arrivals int, departures int,        |
|                      |                        | balance int, [complete bool]                               |
| candidates           | a step, dearest first  | step str, kind str (conversion, delay, volume, value,      |
|                      |                        | capacity), n int, current float?, reference float?, gap    |
|                      |                        | float?, cost_mid float?, cost_lo float?, cost_hi float?    |
|                      |                        | (a month; > 0 = loses), p_top float?, status str (named,   |
|                      |                        | candidate, not_distinguishable, not_enough_history,        |
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

`current`, `reference` and `gap` of a candidate are shares for the kind conversion, seconds for
delay, journeys a month for volume and capacity, minor units for value. The unit of `value` in
`monthly` and of `share` in `cohort_grid` is that of the result's definition.
`result.facts` may give `step` or `stage` (a code: it is added to the title) and `age_unit`
(cohort_grid: 'day', 'week', 'month' or 'quarter'; 'month' if absent).
"""
