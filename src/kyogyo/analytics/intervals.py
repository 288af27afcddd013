"""How sure a number is: intervals of shares, rates, differences and quantiles.

A share of a small group says little, and a product that shows `1 of 3 = 33%` without its interval
lies by leaving out. Everything here takes counts and gives limits; nothing looks at raw rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Counts = NDArray[Any] | Sequence[float]
Value = TypeVar("Value")

# Above this strength the segments can't be told apart: the fit only says "very large".
STRENGTH_CAP = 1e4


class Interval(NamedTuple, Generic[Value]):
    """An estimate and its limits, both inside. Floats, or arrays of one shape.

    `-inf` or `inf` means that the data gives no limit on that side.
    """

    value: Value
    lo: Value
    hi: Value


def normal_quantile(*, level: float) -> float:
    """The z that leaves (1 - level) / 2 in each tail: 1.96 for a level of 0.95.

    Raises ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1, not {level}"
        raise ValueError(message)
    return NormalDist().inv_cdf(0.5 + level / 2)


@overload
def wilson(*, successes: float, n: float, level: float = 0.95) -> tuple[float, float]: ...
@overload
def wilson(
    *, successes: Counts, n: Counts | float, level: float = 0.95
) -> tuple[FloatArray, FloatArray]: ...
def wilson(*, successes: Counts | float, n: Counts | float, level: float = 0.95) -> tuple[Any, Any]:
    """The score interval of a share, `successes` of `n`; both ends are inside and in [0, 1].

    Counts need not be whole: a cohort that is half mature counts half. With n = 0 nothing is
    known, and the interval is (0, 1).

    >>> lo, hi = wilson(successes=81, n=263)
    >>> round(lo, 4), round(hi, 4)
    (0.2553, 0.3662)

    Raises ValueError when a count is negative or `successes` exceeds `n`.
    Source: Wilson (1927); Newcombe (1998) Stat Med 17:857, method 3.
    """
    z = normal_quantile(level=level)
    x, total = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    _check_successes(x, total)
    safe = np.where(total > 0, total, 1.0)
    p = x / safe
    centre = p + z**2 / (2 * safe)
    half = z * np.sqrt(p * (1 - p) / safe + z**2 / (4 * safe**2))
    scale = 1 + z**2 / safe
    # At 0 and at n the limit is exact; the arithmetic would leave 1e-17 beside it, or just next to them, outside of it.
    lo = np.where((total == 0) | (x <= 0), 0.0, np.maximum((centre - half) / scale, 0.0))
    hi = np.where((total == 0) | (x >= total), 1.0, np.minimum((centre + half) / scale, 1.0))
    return (float(lo), float(hi)) if x.ndim == 0 else (lo, hi)


def newcombe(*, x1: float, n1: float, x2: float, n2: float, level: float = 0.95) -> Interval[float]:
    """The difference of two shares x1/n1 - x2/n2 with the hybrid score interval, ends inside.

    When one of the groups is empty there is no difference (nan) and the limits are -1 and 1.

    Raises ValueError like `wilson`. Source: Newcombe (1998) Stat Med 17:873, method 10.
    """
    lo1, hi1 = wilson(successes=x1, n=n1, level=level)
    lo2, hi2 = wilson(successes=x2, n=n2, level=level)
    if n1 == 0 or n2 == 0:
        return Interval(float("nan"), -1.0, 1.0)
    p1, p2 = x1 / n1, x2 / n2
    difference = p1 - p2
    below = float(np.hypot(p1 - lo1, hi2 - p2))
    above = float(np.hypot(hi1 - p1, p2 - lo2))
    return Interval(difference, difference - below, difference + above)


@overload
def poisson_interval(
    *, count: float, exposure: float, level: float = 0.95
) -> tuple[float, float]: ...
@overload
def poisson_interval(
    *, count: Counts, exposure: Counts | float, level: float = 0.95
) -> tuple[FloatArray, FloatArray]: ...
def poisson_interval(
    *, count: Counts | float, exposure: Counts | float, level: float = 0.95
) -> tuple[Any, Any]:
    """The exact interval of a rate, `count` events in `exposure` (any unit), ends inside.

    The limits are events per unit of exposure. With exposure 0 nothing is known: (0, inf).

    Raises ValueError when an input is negative. Source: Garwood (1936) Biometrika 28:437.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 -- slow import

    tail = (1 - level) / 2
    normal_quantile(level=level)
    x, e = np.broadcast_arrays(np.asarray(count, float), np.asarray(exposure, float))
    if np.any(x < 0) or np.any(e < 0):
        message = "a count and its exposure can't be negative"
        raise ValueError(message)
    safe = np.where(e > 0, e, 1.0)
    lowest = np.where(x > 0, gammaincinv(np.where(x > 0, x, 1.0), tail), 0.0)
    lo = np.where(e > 0, lowest / safe, 0.0)
    hi = np.where(e > 0, gammaincinv(x + 1, 1 - tail) / safe, np.inf)
    return (float(lo), float(hi)) if x.ndim == 0 else (lo, hi)


def quantile_interval(
    *, values: Counts, q: float, counts: Counts | None = None, level: float = 0.95
) -> Interval[float]:
    """The q-quantile of `values` and an interval for it that assumes no distribution, ends inside.

    `counts`, if given, says how often each value occurs (a histogram, in any order). The quantile
    itself is interpolated between order statistics as numpy and Excel's PERCENTILE.INC do; the
    limits are order statistics, so they are values that occurred. A side that so few values can't
    bound is infinite; without any value the quantile is nan.

    Raises ValueError unless 0 < q < 1. Source: Conover, Practical Nonparametric Statistics, 3.2.
    """
    from scipy.special import bdtr  # noqa: PLC0415 -- slow import

    if not 0 < q < 1:
        message = f"q must lie between 0 and 1, not {q}"
        raise ValueError(message)
    normal_quantile(level=level)
    x = np.asarray(values, float)
    order = np.argsort(x, kind="stable")
    weights = np.ones(x.size, np.int64) if counts is None else np.asarray(counts, np.int64)
    upto = np.cumsum(weights[order])
    n = int(upto[-1]) if upto.size else 0
    if n == 0:
        return Interval(float("nan"), -np.inf, np.inf)
    x = x[order]

    def nth(rank: int) -> float:
        """The value of 1-based rank `rank` in the sorted sample."""
        return float(x[np.searchsorted(upto, rank)])

    below, part = divmod(q * (n - 1), 1)
    at = nth(int(below) + 1)
    value = at + part * (nth(min(int(below) + 2, n)) - at)
    tail = (1 - level) / 2
    cumulative = bdtr(np.arange(n + 1, dtype=float), n, q)
    low_rank = int(np.searchsorted(cumulative, tail))
    high_rank = int(np.searchsorted(cumulative, 1 - tail)) + 1
    lo = nth(low_rank) if low_rank >= 1 else -np.inf
    hi = nth(high_rank) if high_rank <= n else np.inf
    return Interval(value, lo, hi)


@dataclass(frozen=True, slots=True)
class EB:
    """How rates spread over segments: a beta distribution of `mean` and `strength` (a + b).

    The strength is the number of cases that the other segments lend to each. `distinguishable` is
    false when the fit ran into the cap: no difference between the segments is visible.
    """

    mean: float
    strength: float
    distinguishable: bool


def beta_binomial_fit(*, successes: Counts, n: Counts) -> EB:
    """The maximum-likelihood beta prior of the rates of many segments, one entry a segment.

    Segments with n = 0 say nothing. When nothing or everything succeeded there is no spread to
    fit: the prior is then the pooled rate with half a success and half a failure added.

    Raises ValueError like `wilson`, and when no segment has a case.
    Source: Skellam (1948); optimised over (logit mean, log strength), strength at most 1e4.
    """
    x, total = np.asarray(successes, float), np.asarray(n, float)
    _check_successes(x, total)
    x, total = x[total > 0], total[total > 0]
    if total.size == 0:
        message = "a beta-binomial needs at least one segment with n > 0"
        raise ValueError(message)
    everyone, succeeded = float(total.sum()), float(x.sum())
    if succeeded in (0.0, everyone):
        return EB(
            (succeeded + 0.5) / (everyone + 1),
            min(everyone + 1, STRENGTH_CAP),
            distinguishable=False,
        )
    return _fit(x, total, pooled=succeeded / everyone)


def _fit(x: FloatArray, n: FloatArray, *, pooled: float) -> EB:
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import
    from scipy.special import gammaln, psi  # noqa: PLC0415 -- slow import

    def loss(at: FloatArray) -> tuple[float, FloatArray]:
        """Minus log likelihood (without the binomial coefficients) and its gradient."""
        m, strength = 1 / (1 + np.exp(-at[0])), np.exp(at[1])
        a, b = m * strength, (1 - m) * strength
        value = (
            gammaln(x + a) + gammaln(n - x + b) - gammaln(n + strength)
            - gammaln(a) - gammaln(b) + gammaln(strength)
        )  # fmt: skip
        by_a = np.sum(psi(x + a) - psi(a))
        by_b = np.sum(psi(n - x + b) - psi(b))
        by_total = np.sum(psi(strength) - psi(n + strength))
        by_m = strength * (by_a - by_b) * m * (1 - m)
        by_strength = (m * by_a + (1 - m) * by_b + by_total) * strength
        return -float(np.sum(value)), -np.array([by_m, by_strength])

    limits = [(-15.0, 15.0), (float(np.log(1e-2)), float(np.log(STRENGTH_CAP)))]
    start = float(np.log(pooled / (1 - pooled)))
    # The likelihood is flat towards a large strength: starts on both sides of the hill.
    fits = [
        minimize(loss, [start, np.log(m)], jac=True, method="L-BFGS-B", bounds=limits,
                 options={"ftol": 1e-14, "gtol": 1e-9})
        for m in (3.0, 100.0, STRENGTH_CAP)
    ]  # fmt: skip
    best = min(fits, key=lambda fit: float(fit.fun))
    strength = float(np.exp(best.x[1]))
    return EB(
        float(1 / (1 + np.exp(-best.x[0]))),
        strength,
        distinguishable=strength < 0.99 * STRENGTH_CAP,
    )


def posterior(
    *, prior: EB, successes: Counts, n: Counts, level: float = 0.95
) -> Interval[FloatArray]:
    """Each segment's rate, drawn towards the mean of all by the prior; limits are beta quantiles.

    One entry a segment, as given to `beta_binomial_fit`. The plain share of a small group swings
    widely; this is what to rank by. Raises ValueError like `wilson`.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 -- slow import

    x, total = np.asarray(successes, float), np.asarray(n, float)
    _check_successes(x, total)
    normal_quantile(level=level)
    a = x + prior.mean * prior.strength
    b = total - x + (1 - prior.mean) * prior.strength
    tail = (1 - level) / 2
    return Interval(a / (a + b), betaincinv(a, b, tail), betaincinv(a, b, 1 - tail))


def benjamini_hochberg(*, p: Counts) -> FloatArray:
    """The adjusted p-values (q) of one family of tests, in the order given.

    Calling those at or below x a finding keeps the expected share of false findings below x. A p
    of nan is a test that was not made: it stays nan and isn't counted.

    Raises ValueError when a p is outside [0, 1]. Source: Benjamini & Hochberg (1995) JRSSB 57:289.
    """
    given = np.asarray(p, float)
    made = ~np.isnan(given)
    tests = given[made]
    if np.any((tests < 0) | (tests > 1)):
        message = "a p-value lies between 0 and 1"
        raise ValueError(message)
    order = np.argsort(tests)
    scaled = tests[order] * tests.size / np.arange(1, tests.size + 1)
    adjusted = np.empty_like(tests)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    q = np.full(given.shape, np.nan)
    q[made] = adjusted
    return q


def overdispersion(
    *, successes: Counts, n: Counts, groups: Counts | None = None, at_least: float = 1.0
) -> float:
    """How much more shares vary than chance alone would make them: Pearson's phi.

    One entry a period or segment; entries with n = 0 are left out. `groups` (codes) gives each
    group a rate of its own, so that a known difference isn't taken for noise. 1 means chance
    alone; variances are to be multiplied by it. Fewer than two entries more than groups: 1.

    Raises ValueError like `wilson`. Source: McCullagh & Nelder (1989) 4.5.
    """
    x, total = np.asarray(successes, float), np.asarray(n, float)
    _check_successes(x, total)
    labels = np.zeros(x.size, np.int64) if groups is None else np.asarray(groups)
    x, total, labels = x[total > 0], total[total > 0], labels[total > 0]
    _, group = np.unique(labels, return_inverse=True)
    rate = (np.bincount(group, x) / np.bincount(group, total))[group] if x.size else x
    variance = total * rate * (1 - rate)
    free = x.size - (int(group.max()) + 1 if x.size else 0)
    if free < 1 or not np.any(variance > 0):
        return max(1.0, at_least)
    some = variance > 0
    chi2 = float(np.sum((x[some] - total[some] * rate[some]) ** 2 / variance[some]))
    return max(chi2 / free, at_least)


def _check_successes(x: NDArray[Any], n: NDArray[Any]) -> None:
    # The slack is for counts that are sums of maturities.
    if np.any(x < 0) or np.any(n < 0) or np.any(x > n * (1 + 1e-12) + 1e-12):
        message = "successes must lie between 0 and n"
        raise ValueError(message)
