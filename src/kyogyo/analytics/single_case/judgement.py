"""Did the countermeasure help: one verdict out of the test, the sizes, the guard and the checks.

Three verdicts. `supported`: chance is unlikely, and no check speaks against it. `not_supported`: it
made things worse, or even the best that the data allows is less than half of what was expected.
`cannot_tell`: everything else, with the reason. The rule is fixed before the first week; nothing
here looks for the test that likes the result best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kyogyo.analytics.single_case.designs import DRAWS, Bools, Design, smallest_p
from kyogyo.analytics.single_case.findings import (
    LEAST_WEEKS,
    Effect,
    Gain,
    Guard,
    TeamSizes,
    compare_panel,
    count_left_out,
    effect_of,
    gain_of,
    look_at_guard,
    mean_nap,
    mean_successes,
    merge,
    pool_ratios,
    team_sizes,
    weights_of,
)
from kyogyo.analytics.single_case.pooling import Pooled
from kyogyo.analytics.single_case.randomisation import DrawTest
from kyogyo.analytics.single_case.robustness import (
    LeftOneOut,
    Placebo,
    leave_one_out,
    try_false_starts,
)
from kyogyo.analytics.single_case.series import Measure, Panel, WhyLeftOut, baseline_trend

Verdict = Literal["supported", "not_supported", "cannot_tell"]
Why = Literal[
    "clear", "worse", "too_small", "design_too_small", "not_drawn", "too_few_weeks",
    "too_noisy", "false_start", "one_team", "no_second_opinion",
]  # fmt: skip

ALPHA = 0.05
_WORTHWHILE = 0.5  # of what was expected


@dataclass(frozen=True, slots=True)
class Plan:
    """What was written down before the first week.

    `design` is the registered one; where nothing was registered, `design_after_the_fact` and
    `drawn` False. `expected` is the relative change hoped for (0.2; below 0 where less is better),
    `value_per_unit` the money of one success more (or one fewer) in minor units.
    """

    design: Design
    drawn: bool
    expected: float | None = None
    value_per_unit: float | None = None
    alpha: float = ALPHA


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and everything it rests on.

    `p` is the one-sided chance of a result as good if it did nothing, None where it couldn't be
    compared. `left_out` counts weeks by reason; `trend` is the relative change a week before the
    start. `pooled` is the plain log ratio over teams; `effect` the one with trend and common weeks
    taken out, which counts. `merged`: teams that began together were taken as one.
    """

    verdict: Verdict
    why: Why
    measure: Measure
    plan: Plan
    p: float | None
    smallest_p: float
    test: DrawTest | None
    effect: Effect | None
    gain: Gain | None
    guard: Guard | None
    teams: tuple[TeamSizes, ...]
    pooled: Pooled | None
    better_weeks: float | None
    placebo: Placebo
    left_one_out: LeftOneOut
    trend: float
    left_out: dict[WhyLeftOut, int]
    merged: bool
    mean_successes: float


def judge(
    *,
    panel: Panel,
    plan: Plan,
    pattern: Bools,
    guard: Panel | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Judgement:
    """The verdict on `panel`, whose teams did it in the weeks of `pattern` [teams, weeks].

    Meant for once, at the review date: looking every week until it is `supported` finds effects
    that aren't there. `guard` is another number of the same teams and weeks. Teams that never
    began are compared with. A design of one team without controls takes several teams together:
    they began in one week, so they are one case. Later weeks of the design are empty weeks here.

    Raises ValueError when design, pattern and panel don't fit each other.
    """
    panel, guard, pattern, merged = _arranged(panel, guard, pattern, plan.design)
    test = compare_panel(panel, plan.design, pattern, draws=draws, seed=seed)
    placebo, out = _checks(panel, plan.design, pattern, test)
    sizes = tuple(team_sizes(panel, pattern, place) for place in range(plan.design.teams))
    least = smallest_p(plan.design, draws=draws)
    found = _Found(test, panel.measure.improvement == "up", plan, placebo, out, sizes)
    verdict, why = found.verdict(least_p=least)
    return Judgement(
        verdict=verdict,
        why=why,
        measure=panel.measure,
        plan=plan,
        p=found.p,
        smallest_p=least,
        test=test,
        effect=None if test is None else effect_of(test),
        gain=gain_of(panel, pattern, test, plan.expected, plan.value_per_unit),
        guard=None
        if guard is None
        else look_at_guard(guard, plan.design, pattern, alpha=plan.alpha, draws=draws, seed=seed),
        teams=sizes,
        pooled=pool_ratios(sizes),
        better_weeks=mean_nap(sizes),
        placebo=placebo,
        left_one_out=out,
        trend=baseline_trend(panel, pattern),
        left_out=count_left_out(panel),
        merged=merged,
        mean_successes=mean_successes(panel),
    )


def _arranged(
    panel: Panel, guard: Panel | None, pattern: Bools, design: Design
) -> tuple[Panel, Panel | None, Bools, bool]:
    """Teams that never begin come last; what is one case by design becomes one team."""
    rows = np.asarray(pattern, bool)
    if rows.shape != (len(panel.teams), len(panel.weeks)):
        message = f"pattern {rows.shape} isn't {len(panel.teams)} teams by {len(panel.weeks)} weeks"
        raise ValueError(message)
    if design.teams == 1 and design.controls == 0 and len(panel.teams) > 1:
        if np.any(rows != rows[0]):
            message = "a design of one team needs teams that began in the same week"
            raise ValueError(message)
        return merge(panel), None if guard is None else merge(guard), rows[:1], True
    order = np.argsort(~rows.any(axis=1), kind="stable")
    places = [int(place) for place in order]
    moved = None if guard is None else guard.only(places)
    return panel.only(places), moved, rows[order], False


def _checks(
    panel: Panel, design: Design, pattern: Bools, test: DrawTest | None
) -> tuple[Placebo, LeftOneOut]:
    if test is None:
        return Placebo(0, 0, None, None), LeftOneOut({}, (), None)
    logs, weights = panel.logs(), weights_of(panel)
    placebo = try_false_starts(
        logs=logs, weights=weights, pattern=pattern, effect=test.estimate, alike=test.alike
    )
    names = tuple(team.team for team in panel.teams[: design.teams])
    out = leave_one_out(
        logs=logs, weights=weights, pattern=pattern, teams=names, effect=test.estimate,
        alike=test.alike,
    )  # fmt: skip
    return placebo, out


@dataclass(frozen=True, slots=True)
class _Found:
    """What the verdict looks at, turned so that up is better."""

    test: DrawTest | None
    up: bool
    plan: Plan
    placebo: Placebo
    out: LeftOneOut
    sizes: tuple[TeamSizes, ...]

    @property
    def p(self) -> float | None:
        if self.test is None:
            return None
        return self.test.p_rise if self.up else self.test.p_fall

    def verdict(self, *, least_p: float) -> tuple[Verdict, Why]:
        enough = any(min(team.before, team.after) >= LEAST_WEEKS for team in self.sizes)
        if self.test is None or self.p is None or not enough:
            return "cannot_tell", "too_few_weeks"
        if (self.test.p_fall if self.up else self.test.p_rise) <= self.plan.alpha:
            return "not_supported", "worse"
        if self.p <= self.plan.alpha:
            return self._standing()
        if self._best() < self._worthwhile():
            return "not_supported", "too_small"
        return "cannot_tell", "design_too_small" if least_p > self.plan.alpha else "too_noisy"

    def _standing(self) -> tuple[Verdict, Why]:
        """What is left of a result that the test calls unlikely."""
        if not self.plan.drawn and len(self.sizes) < 2:
            return "cannot_tell", "not_drawn"
        if self.out.fails:
            return "cannot_tell", "one_team"
        if self.placebo.fails:
            return "cannot_tell", "false_start"
        if not self.plan.drawn and not self._seconded():
            return "cannot_tell", "no_second_opinion"
        return "supported", "clear"

    def _seconded(self) -> bool:
        """Whether most of the teams' own lines show a step the same way."""
        steps = [(team.step.value > 0) == self.up for team in self.sizes if team.step is not None]
        return bool(steps) and sum(steps) * 2 > len(steps)

    def _best(self) -> float:
        """The best effect that the data allows, a log ratio in the good direction."""
        if self.test is None:
            return math.inf
        return self.test.hi if self.up else -self.test.lo

    def _worthwhile(self) -> float:
        if self.plan.expected is None or self.plan.expected <= -1:
            return 0.0
        return _WORTHWHILE * (1 if self.up else -1) * math.log1p(self.plan.expected)
