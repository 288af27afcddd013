"""How far the weeks after lie apart from those before: indices of overlap, as ABA reads them.

NAP is the one to read out: the chance that a week after is better than one before. PND, PEM, PAND
and IRD are for readers who know them. All take `before` and `after` as `sizes` does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kyogyo.analytics.intervals import FloatArray, normal_quantile
from kyogyo.analytics.single_case.sizes import (
    INDEPENDENT_WEEKS,
    NO_INTERVAL,
    Improvement,
    Size,
    SizeKind,
    oriented,
)
from kyogyo.words import Text

TREND_ONLY = Text(
    en="The trend of the weeks before is taken out by a line (Theil-Sen) that is assumed to have gone on; the interval doesn't know how unsure that line is.",
    ja="開始前の傾向（Theil-Sen の直線）が続くものとして取り除きます。区間には、その直線の不確かさが含まれません。",
)
# Residuals that are equal but for floating point are ties (statistics.md, 5).
_DIGITS = 10


def nap(
    *, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up", level: float = 0.95
) -> Size:
    """Non-overlap of all pairs: the share of pairs in which the week after is better, ties half.

    0.5 is no difference. The standard error is the unbiased one (Sen 1967; Mee 1990), the
    interval Newcombe's score method 5, both ends solved for (SingleCaseES 0.7.4 gives 1 to 1 where
    every pair is better; the lower end is then inside here).

    >>> size = nap(before=[20, 20, 26, 25, 22, 23], after=[28, 25, 24, 27, 30, 30, 29])
    >>> round(size.value, 4), round(size.lo, 4), round(size.hi, 4)
    (0.9167, 0.5973, 0.986)

    Raises ValueError with less than 2 weeks on a side.
    Source: Parker & Vannest (2009) Behav. Therapy 40:357; Newcombe (2006) Stat. Med. 25:559.
    """
    a, b = oriented(before, after, improvement, at_least=2)
    return _nap(a, b, level)


def tau(
    *, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up", level: float = 0.95
) -> Size:
    """2 NAP - 1: better pairs less worse ones, of all pairs. 0 is no difference."""
    return _doubled(nap(before=before, after=after, improvement=improvement, level=level), "tau")


def tau_u(*, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up") -> Size:
    """Tau-U, variant "A vs B - trend A": better pairs less worse ones, less those of the baseline.

    Divided by the pairs of before and after only, so it may pass 1. Other variants of the name
    divide otherwise and don't agree. Source: Parker et al. (2011) Behav. Therapy 42:284.
    """
    a, b = oriented(before, after, improvement, at_least=1)
    across = float(np.sum(_signs(a, b)))
    trend = float(np.sum(np.triu(_signs(a, a), k=1)))
    value = (across - trend) / (a.size * b.size)
    return _plain("tau_u", value, a, b, variant="A vs B - trend A")


def baseline_corrected_tau(
    *,
    before: ArrayLike,
    after: ArrayLike,
    weeks: ArrayLike | None = None,
    improvement: Improvement = "up",
    level: float = 0.95,
) -> Size:
    """Tau of what is left when the line of the baseline is taken out of all weeks.

    `weeks` [n] numbers the weeks of `before` then `after` (1, 2, ... if absent). Residuals are
    rounded to 1e-10 so that ties stay ties. Raises ValueError with less than 2 known weeks a side.
    Source: Tarlow (2017) Behav. Modification 41:427, with pairs instead of Kendall's tau-b.
    """
    a, b = np.asarray(before, float), np.asarray(after, float)
    t = np.arange(1.0, a.size + b.size + 1) if weeks is None else np.asarray(weeks, float)
    slope, intercept = theil_sen(t=t[: a.size], values=a)
    rest = np.round(np.concatenate([a, b]) - intercept - slope * t, _DIGITS)
    x, y = oriented(rest[: a.size], rest[a.size :], improvement, at_least=2)
    return replace(_doubled(_nap(x, y, level), "tau_bc"), assumption=TREND_ONLY)


def theil_sen(*, t: ArrayLike, values: ArrayLike) -> tuple[float, float]:
    """Slope and intercept of a line that few odd weeks don't move: medians (Sen 1968).

    Raises ValueError when there are less than two known weeks.
    """
    x, y = np.asarray(t, float), np.asarray(values, float)
    x, y = x[~np.isnan(y)], y[~np.isnan(y)]
    one, other = np.triu_indices(x.size, k=1)
    apart = x[other] != x[one]
    if not np.any(apart):
        message = "a line needs two weeks with a value"
        raise ValueError(message)
    rises = (y[other] - y[one])[apart] / (x[other] - x[one])[apart]
    slope = float(np.median(rises))
    return slope, float(np.median(y - slope * x))


def pnd(*, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up") -> Size:
    """The share of weeks after that beat the best one before (Scruggs et al. 1987)."""
    a, b = oriented(before, after, improvement, at_least=1)
    return _plain("pnd", float(np.mean(b > a.max())), a, b)


def pem(*, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up") -> Size:
    """The share of weeks after that beat the median before, ties half (Ma 2006)."""
    a, b = oriented(before, after, improvement, at_least=1)
    middle = float(np.median(a))
    return _plain("pem", float(np.mean((b > middle) + 0.5 * (b == middle))), a, b)


def pand(*, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up") -> Size:
    """The share of weeks that stay when as few as possible are removed until nothing overlaps."""
    a, b = oriented(before, after, improvement, at_least=1)
    return _plain("pand", 1 - _overlapping(a, b) / (a.size + b.size), a, b)


def ird(*, before: ArrayLike, after: ArrayLike, improvement: Improvement = "up") -> Size:
    """Robust improvement rate difference: PAND's removals split evenly (Parker et al. 2009)."""
    a, b = oriented(before, after, improvement, at_least=1)
    lost = _overlapping(a, b) * (a.size + b.size) / (2 * a.size * b.size)
    return _plain("ird", 1 - lost, a, b, variant="robust")


def _signs(a: FloatArray, b: FloatArray) -> NDArray[np.int64]:
    """[a, b]: 1 where b is more than a, -1 where less."""
    return np.sign(b[None, :] - a[:, None]).astype(np.int64)


def _overlapping(a: FloatArray, b: FloatArray) -> int:
    """The fewest weeks to remove so that every one after beats every one before."""
    cuts = np.concatenate([b, [np.inf]])
    kept = np.sum(a[None, :] < cuts[:, None], axis=1) + np.sum(b[None, :] >= cuts[:, None], axis=1)
    return a.size + b.size - int(kept.max())


def _nap(a: FloatArray, b: FloatArray, level: float) -> Size:
    m, n = a.size, b.size
    pairs = (_signs(a, b) + 1) / 2
    value = float(pairs.mean())
    by_a = float(np.sum(pairs.sum(axis=1) ** 2)) / (m * n)
    by_b = float(np.sum(pairs.sum(axis=0) ** 2)) / (m * n)
    each = float(np.mean(pairs**2))
    found = value - (m + n - 1) * value**2 + by_a + by_b - 2 * each
    # Where all pairs agree nothing varies; half a pair is then taken to differ (Pustejovsky 2018).
    half = 0.5 / (m * n)
    inside = min(max(value, half), 1 - half)
    least = inside * (1 - inside) if value in (0.0, 1.0) else 0.0
    se = math.sqrt(max(found, least, 0.0) / ((m - 1) * (n - 1)))
    lo, hi = _newcombe_5(value, m, n, level)
    return Size("nap", value, se, lo, hi, level, m, n, INDEPENDENT_WEEKS)


def _newcombe_5(value: float, m: int, n: int, level: float) -> tuple[float, float]:
    from scipy.optimize import brentq  # noqa: PLC0415 -- slow import

    z, h = normal_quantile(level=level), (m + n) / 2 - 1

    def wide(x: float) -> float:
        return z * z * (2 + h + (1 + 2 * h) * x * (1 - x))

    def gap(x: float) -> float:
        """> 0 where x is too far from the value to be the true one."""
        return m * n * (value - x) ** 2 * (2 - x) * (1 + x) - x * (1 - x) * wide(x)

    def all_better(x: float) -> float:
        """`gap` for a value of 1, divided by 1 - x: its root at 1 is no limit."""
        return m * n * (1 - x) * (2 - x) * (1 + x) - x * wide(x)

    def root(f: Callable[[float], float], lo: float, hi: float) -> float:
        return float(brentq(f, lo, hi, xtol=1e-13))

    if value == 1.0:
        return root(all_better, 0.0, 1.0), 1.0
    if value == 0.0:
        return 0.0, 1 - root(all_better, 0.0, 1.0)
    return root(gap, 0.0, value), root(gap, value, 1.0)


def _doubled(size: Size, kind: SizeKind) -> Size:
    """From the scale of chances, 0 to 1, to that of differences, -1 to 1."""
    se, lo, hi = (math.nan if x is None else x for x in (size.se, size.lo, size.hi))
    return replace(
        size, kind=kind, value=2 * size.value - 1, se=2 * se, lo=2 * lo - 1, hi=2 * hi - 1
    )


def _plain(
    kind: SizeKind, value: float, a: FloatArray, b: FloatArray, *, variant: str = ""
) -> Size:
    return Size(kind, value, None, None, None, 0.95, a.size, b.size, NO_INTERVAL, variant)
