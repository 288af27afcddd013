"""Was it chance: the drawn start against every start that could have been drawn.

If the countermeasure does nothing, the numbers would have been the same with any other draw; so the
share of draws that look at least as good is the chance of a result as good as this one. That
holds with trends, seasons, shocks and weeks that depend on each other, because the lot is blind to
them. It doesn't hold where somebody chose the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.contrast import NOTHING, Contrast
from kyogyo.analytics.single_case.designs import (
    DRAWS,
    MOST_EXACT,
    Bools,
    Design,
    all_assignments,
    draw_assignments,
)

# A log ratio beyond this (a factor of 150) is no limit but two outcomes that hardly differ.
_NO_LIMIT = 5.0

StartStatistic = Literal["mean", "median", "nap", "smd_glass", "smd_hedges", "slope"]


@dataclass(frozen=True, slots=True)
class DrawTest:
    """The one-sided test. `estimate` is a log ratio, > 0 a rise; `lo` and `hi` its interval.

    `p_rise` is the chance of a rise as large if nothing was done, `p_fall` that of a fall as
    large; `compared` the outcomes looked at, of which `exact` says that they are all. The
    interval (level 0.9) holds the effects that the test doesn't reject; a side without a limit is
    infinite: the design has too few outcomes. `alike`: how much weeks resemble the one before.
    """

    estimate: float
    lo: float
    hi: float
    p_rise: float
    p_fall: float
    compared: int
    exact: bool
    alike: float
    level: float = 0.9


def compare_draw(
    *,
    design: Design,
    pattern: Bools,
    logs: FloatArray,
    weights: FloatArray,
    draws: int = DRAWS,
    seed: int = 0,
) -> DrawTest | None:
    """Test the drawn `pattern` [teams, weeks] on `logs` [teams, weeks], weeks weighted by `weights`.

    All outcomes up to 200,000, else `draws` of them: p is (1 + as good) / (1 + draws) then.
    None where the weeks that count can't tell the pattern from levels, trend and common weeks.

    Raises ValueError when the design couldn't have given the pattern.
    Source: Edgington & Onghena, Randomization Tests (4th ed.); interval by inversion, Garthwaite
    (1996) Biometrics 52:1387, in closed form since the score is linear in the effect.
    """
    if design.assignment_of(pattern) is None:
        message = "this pattern is none of those the design can draw"
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    outcomes = (
        all_assignments(design) if design.exact else draw_assignments(design, draws=draws, rng=rng)
    )
    contrast = Contrast(design, outcomes, weights)
    return compare_with(contrast, pattern=pattern, logs=logs, exact=design.exact)


def compare_with(
    contrast: Contrast, *, pattern: Bools, logs: FloatArray, exact: bool
) -> DrawTest | None:
    """`compare_draw` with a comparison that was prepared before."""
    alike = contrast.alike(logs)
    score, reach = contrast.one(logs, pattern, alike=alike)
    if reach == 0.0:
        return None
    scores, reaches = contrast.scores(logs, observed=pattern, alike=alike)
    _, norms = contrast.scores(logs, alike=alike)
    told = norms > NOTHING
    ahead, room = (score - scores)[told], (reach - reaches)[told]
    itself = room <= 1e-9 * reach
    # The effect from which on the outcome would look better than the one drawn.
    turning = np.sort(ahead[~itself] / room[~itself])
    same = int(np.sum(itself)) if exact else int(np.sum(itself)) + 1
    total = turning.size + same
    # Equal but for floating point is equal: it counts as at least as good.
    slack = 1e-9 * max(abs(score), float(np.max(np.abs(scores), initial=0.0)), 1e-9)
    estimate = score / reach
    lo, hi = _limits(turning, same=same, total=total, tail=0.05)
    return DrawTest(
        estimate=estimate,
        lo=min(lo, estimate),
        hi=max(hi, estimate),
        p_rise=(same + int(np.sum(ahead[~itself] <= slack))) / total,
        p_fall=(same + int(np.sum(ahead[~itself] >= -slack))) / total,
        compared=total,
        exact=exact,
        alike=alike,
    )


def _limits(turning: FloatArray, *, same: int, total: int, tail: float) -> tuple[float, float]:
    """The effects that neither one-sided test rejects: p > tail on both sides."""
    needed = math.floor(tail * total - same + 1e-9) + 1
    if needed <= 0:
        return -math.inf, math.inf
    lo, hi = float(turning[needed - 1]), float(turning[-needed])
    return lo if lo > -_NO_LIMIT else -math.inf, hi if hi < _NO_LIMIT else math.inf


# ------------------------------------------------------------------------------ starts, one by one


@dataclass(frozen=True, slots=True)
class StartTest:
    """`observed` statistic and its chance `p` among `compared` combinations of starts."""

    observed: float
    p: float
    compared: int
    exact: bool


def compare_starts(
    *,
    series: Sequence[ArrayLike],
    starts: Sequence[int],
    least: int | tuple[int, int] = 5,
    statistic: StartStatistic = "mean",
    draws: int = DRAWS,
    seed: int = 0,
) -> StartTest:
    """Plain comparison of after with before over cases with independent starts, one-sided (rise).

    `series` may have different lengths; `starts` are the first weeks after (from 0); `least` the
    fewest weeks before and after. Statistics are averaged over cases: by the mean, the median for
    `median`, the root mean square for both SMD, as R's scan does. They don't take out trends or
    common shocks (`compare_draw` does): a trend costs power here, but gives no false alarm.

    Raises ValueError when a start lies outside of what `least` allows.
    """
    before, after = (least, least) if isinstance(least, int) else least
    cases = [np.asarray(x, float) for x in series]
    possible = [range(before, x.size - after + 1) for x in cases]
    if any(start not in places for start, places in zip(starts, possible, strict=True)):
        message = f"starts {tuple(starts)} don't leave {before} weeks before and {after} after"
        raise ValueError(message)
    compare, average = _STATISTICS[statistic]
    each = [
        np.array([compare(x[:s], x[s:]) for s in places])
        for x, places in zip(cases, possible, strict=True)
    ]
    seen = [x[start - before] for x, start in zip(each, starts, strict=True)]
    observed = float(average(np.array([seen]))[0])
    count = math.prod(x.size for x in each)
    if count <= MOST_EXACT:
        rows = np.array(list(product(*each)))
    else:
        rng = np.random.default_rng(seed)
        rows = np.stack([rng.choice(x, size=draws) for x in each], axis=1)
    good = int(np.sum(average(rows) >= observed - 1e-9 * max(1.0, abs(observed))))
    exact = count <= MOST_EXACT
    total = count if exact else draws + 1
    return StartTest(observed, (good if exact else good + 1) / total, total, exact)


def _mean_rise(a: FloatArray, b: FloatArray) -> float:
    return float(b.mean() - a.mean())


def _median_rise(a: FloatArray, b: FloatArray) -> float:
    return float(np.median(b) - np.median(a))


def _better_pairs(a: FloatArray, b: FloatArray) -> float:
    return float(np.mean((np.sign(b[:, None] - a[None, :]) + 1) / 2))


def _glass(a: FloatArray, b: FloatArray) -> float:
    spread = float(a.std(ddof=1))
    return _mean_rise(a, b) / spread if spread > 0 else math.nan


def _hedges(a: FloatArray, b: FloatArray) -> float:
    """With Durlak's correction for few weeks, as scan has it."""
    n = a.size + b.size
    within = ((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / (n - 2)
    small = (n - 3) / (n - 2.25) * math.sqrt((n - 2) / n)
    return _mean_rise(a, b) / math.sqrt(within) * small if within > 0 else math.nan


def _slope_rise(a: FloatArray, b: FloatArray) -> float:
    def slope(x: FloatArray) -> float:
        t = np.arange(x.size) - (x.size - 1) / 2
        return float(np.sum(t * x) / np.sum(t**2))

    return slope(b) - slope(a)


def _mean(rows: FloatArray) -> FloatArray:
    return np.asarray(rows.mean(axis=1))


def _median(rows: FloatArray) -> FloatArray:
    return np.asarray(np.median(rows, axis=1))


def _root_mean_square(rows: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.mean(rows**2, axis=1)))


_STATISTICS: dict[
    StartStatistic,
    tuple[Callable[[FloatArray, FloatArray], float], Callable[[FloatArray], FloatArray]],
] = {
    "mean": (_mean_rise, _mean),
    "median": (_median_rise, _median),
    "nap": (_better_pairs, _mean),
    "smd_glass": (_glass, _root_mean_square),
    "smd_hedges": (_hedges, _root_mean_square),
    "slope": (_slope_rise, _mean),
}
