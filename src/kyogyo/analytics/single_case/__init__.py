"""Did a countermeasure work: single-case experiments of teams, from the draw of the start to the verdict.

`proposal` says which experiment is possible and draws its weeks; `power` what it can show. After
it, `judgement` gives one verdict from the exact test of the draw (`randomisation`), with the trend
and everything common to all teams taken out, and `wording` says it. `sizes`, `overlap` and
`pooling` are the effect sizes of the literature, `support` and `robustness` the second opinions.
"""

from kyogyo.analytics.single_case.designs import (
    Design,
    design_after_the_fact,
    design_from,
    draw_one,
    independent_design,
    order_design,
    reversal_design,
    smallest_p,
    staggered_design,
    start_design,
)
from kyogyo.analytics.single_case.findings import Effect, Gain, Guard, TeamSizes
from kyogyo.analytics.single_case.judgement import Judgement, Plan, Verdict, judge
from kyogyo.analytics.single_case.picture import phases_result, say_levels
from kyogyo.analytics.single_case.power import Power, Weather, design_power, visible_change
from kyogyo.analytics.single_case.proposal import Proposal, propose_design, say_before
from kyogyo.analytics.single_case.series import Measure, Panel, TeamWeeks
from kyogyo.analytics.single_case.wording import Reading, read

__all__ = [
    "Design",
    "Effect",
    "Gain",
    "Guard",
    "Judgement",
    "Measure",
    "Panel",
    "Plan",
    "Power",
    "Proposal",
    "Reading",
    "TeamSizes",
    "TeamWeeks",
    "Verdict",
    "Weather",
    "design_after_the_fact",
    "design_from",
    "design_power",
    "draw_one",
    "independent_design",
    "judge",
    "order_design",
    "phases_result",
    "propose_design",
    "read",
    "reversal_design",
    "say_before",
    "say_levels",
    "smallest_p",
    "staggered_design",
    "start_design",
    "visible_change",
]
