"""What a judgement is made of: the effect, its money, the guard, and each team's own sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.gains import MONTH_DAYS
from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.designs import Bools, Design
from kyogyo.analytics.single_case.overlap import (
    baseline_corrected_tau,
    ird,
    nap,
    pand,
    pem,
    pnd,
    tau,
    tau_u,
)
from kyogyo.analytics.single_case.pooling import Pooled, pool
from kyogyo.analytics.single_case.randomisation import DrawTest, compare_draw
from kyogyo.analytics.single_case.series import Measure, Panel, TeamWeeks, WhyLeftOut, maturity_of
from kyogyo.analytics.single_case.sizes import (
    Improvement,
    Size,
    log_response_ratio,
    standardised_difference,
)
from kyogyo.analytics.single_case.support import Step, step_by_counts

LEAST_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """A relative change with its interval (0.2 = 20 % more); None = no limit on that side."""

    change: float
    lo: float | None
    hi: float | None
    level: float


@dataclass(frozen=True, slots=True)
class Gain:
    """Money a month in minor units: `found` with its limits (None = no limit), and `expected`.

    `per_month` is the number of successes a month that it rests on.
    """

    found: float
    lo: float | None
    hi: float | None
    expected: float | None
    per_month: float


@dataclass(frozen=True, slots=True)
class Guard:
    """The number that must not fall meanwhile. `worse` when its fall (or rise) is hardly chance.

    Not worse isn't "safe": look at the interval of `effect`, None where it couldn't be compared.
    """

    measure: Measure
    effect: Effect | None
    p_worse: float | None
    worse: bool


@dataclass(frozen=True, slots=True)
class TeamSizes:
    """The sizes of one team, before against with it. None where its weeks are too few.

    `step` is the second opinion of a line with a step: log odds for shares, log ratio for counts.
    `for_readers` are the other sizes that behaviour analysts know, named in `sizes.SIZE_LABELS`.
    """

    team: str
    before: int
    after: int
    rate_before: float | None
    rate_after: float | None
    lrr: Size | None
    nap: Size | None
    tau_bc: Size | None
    step: Step | None
    for_readers: tuple[Size, ...]


def merge(panel: Panel) -> Panel:
    """All teams of `panel` as one, named by all: what began in one week can't be told apart."""
    cases = np.stack([np.asarray(team.cases, float) for team in panel.teams])
    mature = np.stack([maturity_of(team) for team in panel.teams])
    total = cases.sum(axis=0)
    one = TeamWeeks(
        team=" + ".join(team.team for team in panel.teams),
        successes=panel.successes.sum(axis=0),
        cases=total,
        maturity=np.where(total > 0, (cases * mature).sum(axis=0) / np.maximum(total, 1e-12), 1.0),
        trigger=tuple(sorted({week for team in panel.teams for week in team.trigger})),
    )
    return Panel(panel.measure, (one,), panel.weeks)


def weights_of(panel: Panel) -> FloatArray:
    """Cases, as parts of their mean: 0 for a week that is left out."""
    e = panel.exposure
    some = e[e > 0]
    return e / some.mean() if some.size else e


def compare_panel(
    panel: Panel, design: Design, pattern: Bools, *, draws: int, seed: int
) -> DrawTest | None:
    return compare_draw(
        design=design, pattern=pattern, logs=panel.logs(), weights=weights_of(panel),
        draws=draws, seed=seed,
    )  # fmt: skip


def effect_of(test: DrawTest) -> Effect:
    lo, hi = (math.expm1(x) if math.isfinite(x) else None for x in (test.lo, test.hi))
    return Effect(math.expm1(test.estimate), lo, hi, test.level)


def gain_of(
    panel: Panel,
    pattern: Bools,
    test: DrawTest | None,
    expected: float | None,
    value: float | None,
) -> Gain | None:
    """What the change is worth a month at the volume of the weeks with it."""
    on = pattern & panel.usable
    if value is None or test is None or not np.any(on):
        return None
    sign = 1.0 if panel.measure.improvement == "up" else -1.0
    # Weeks not yet mature stand for all their cases, at the rate of the mature part.
    cases = np.stack([np.asarray(team.cases, float) for team in panel.teams])
    weekly = sum(float(c[w].mean()) for c, w in zip(cases, on, strict=True) if np.any(w))
    rate = float(panel.successes[on].sum() / panel.exposure[on].sum())
    monthly = rate * weekly * MONTH_DAYS / 7

    def worth(log_ratio: float) -> float | None:
        """What is there now, less what would be there without the effect."""
        if not math.isfinite(log_ratio):
            return None
        return sign * monthly * (1 - math.exp(-log_ratio)) * value

    found = worth(test.estimate) or 0.0
    without = monthly * math.exp(-test.estimate)
    limits = [worth(test.lo), worth(test.hi)]
    lo, hi = limits if sign > 0 else limits[::-1]
    hoped = None if expected is None else sign * without * expected * value
    return Gain(found, lo, hi, hoped, monthly)


def look_at_guard(
    guard: Panel, design: Design, pattern: Bools, *, alpha: float, draws: int, seed: int
) -> Guard:
    test = compare_panel(guard, design, pattern, draws=draws, seed=seed)
    if test is None:
        return Guard(guard.measure, None, None, worse=False)
    p_worse = test.p_fall if guard.measure.improvement == "up" else test.p_rise
    return Guard(guard.measure, effect_of(test), p_worse, worse=p_worse <= alpha)


def team_sizes(panel: Panel, pattern: Bools, place: int) -> TeamSizes:
    on, e = pattern[place], panel.exposure[place]
    rates, won = panel.rates()[place], panel.successes[place]
    known = e > 0
    before, after = known & ~on, known & on
    improvement = panel.measure.improvement

    def pooled_rate(weeks: Bools) -> float | None:
        return float(won[weeks].sum() / e[weeks].sum()) if np.any(weeks) else None

    def size(of: Callable[[FloatArray, FloatArray], Size]) -> Size | None:
        sides = min(int(before.sum()), int(after.sum()))
        return of(rates[before], rates[after]) if sides >= LEAST_WEEKS else None

    weeks = np.arange(on.size, dtype=float)
    each = float(e[known].mean()) if np.any(known) else 1.0
    order = np.concatenate([weeks[before], weeks[after]])
    return TeamSizes(
        team=panel.teams[place].team,
        before=int(before.sum()),
        after=int(after.sum()),
        rate_before=pooled_rate(before),
        rate_after=pooled_rate(after),
        lrr=size(lambda a, b: log_response_ratio(before=a, after=b, per_unit=each)),
        nap=size(lambda a, b: nap(before=a, after=b, improvement=improvement)),
        tau_bc=size(
            lambda a, b: baseline_corrected_tau(
                before=a, after=b, weeks=order, improvement=improvement
            )
        ),
        step=step_by_counts(
            successes=np.where(known, won, 0.0),
            exposure=e,
            on=on,
            family="binomial" if panel.measure.kind == "share" else "poisson",
        ),
        for_readers=_for_readers(rates[before], rates[after], improvement),
    )


def _for_readers(a: FloatArray, b: FloatArray, improvement: Improvement) -> tuple[Size, ...]:
    """Tau, Tau-U, PND, PEM, PAND, IRD and the standardised difference, where weeks are enough."""
    if min(a.size, b.size) < LEAST_WEEKS:
        return ()
    found = [
        of(before=a, after=b, improvement=improvement) for of in (tau, tau_u, pnd, pem, pand, ird)
    ]
    smd = standardised_difference(before=a, after=b, improvement=improvement)
    return tuple(found) if smd is None else (*found, smd)


def pool_ratios(sizes: tuple[TeamSizes, ...]) -> Pooled | None:
    known = [team.lrr for team in sizes if team.lrr is not None]
    return pool(sizes=known) if known else None


def mean_nap(sizes: tuple[TeamSizes, ...]) -> float | None:
    known = [team.nap.value for team in sizes if team.nap is not None]
    return float(np.mean(known)) if known else None


def count_left_out(panel: Panel) -> dict[WhyLeftOut, int]:
    counts: dict[WhyLeftOut, int] = {}
    for place in range(len(panel.teams)):
        for why in panel.why_left_out(place):
            if why is not None:
                counts[why] = counts.get(why, 0) + 1
    return counts


def mean_successes(panel: Panel) -> float:
    """Successes a team and week that counts."""
    usable = panel.usable
    return float(panel.successes[usable].mean()) if np.any(usable) else 0.0
