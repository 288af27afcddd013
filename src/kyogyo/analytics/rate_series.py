"""Series of rates: what they are likely to be, how noisy they are, and how they look without a change.

Poisson counts with an exposure, binomial shares, and means with known variances are one thing
here: each point has a sum of successes `a` over an exposure `e`, each stretch a rate, the sum of
`a` over the sum of `e`, and a log likelihood g(a, e). For means `e` is 1 / variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray

CountFamily = Literal["poisson", "binomial"]
Family = Literal["poisson", "binomial", "normal"]
Numbers = NDArray[Any] | Sequence[float]


@dataclass(frozen=True, slots=True)
class RateSeries:
    """Points [n], oldest first: successes `a` and exposures `e`. An exposure of 0: an empty point."""

    a: FloatArray
    e: FloatArray
    family: Family

    @property
    def size(self) -> int:
        return int(self.a.size)

    @property
    def rate(self) -> float:
        """The rate of all points together, nan without any exposure."""
        exposure = float(self.e.sum())
        return float(self.a.sum()) / exposure if exposure > 0 else float("nan")

    def cut(self, start: int, stop: int) -> RateSeries:
        """The points from `start` up to `stop`, which is outside."""
        return RateSeries(self.a[start:stop], self.e[start:stop], self.family)


def series_of_counts(*, successes: Numbers, exposures: Numbers, family: CountFamily) -> RateSeries:
    """A series of events over exposures, or of successes among cases.

    Raises ValueError when the inputs don't fit each other.
    """
    a, e = np.asarray(successes, float), np.asarray(exposures, float)
    if a.ndim != 1 or a.shape != e.shape:
        message = f"successes {a.shape} and exposures {e.shape} must be two series of one length"
        raise ValueError(message)
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(e))) or np.any(a < 0) or np.any(e < 0):
        message = "successes and exposures must be finite and not negative"
        raise ValueError(message)
    if np.any((e == 0) & (a > 0)) or (family == "binomial" and np.any(a > e)):
        message = "more successes than cases, or successes without any exposure"
        raise ValueError(message)
    return RateSeries(a, e, family)


def series_of_values(*, values: Numbers, variances: Numbers) -> RateSeries:
    """A series of means with known variances; inf = an empty point, whose value may be nan.

    Raises ValueError on a variance that isn't positive.
    """
    x, v = np.asarray(values, float), np.asarray(variances, float)
    if x.ndim != 1 or x.shape != v.shape or np.any(np.isnan(v)) or np.any(v <= 0):
        message = "each value needs a variance above 0 (inf for an empty point)"
        raise ValueError(message)
    e = 1 / v
    some = e > 0
    return RateSeries(np.where(some, np.where(some, x, 0.0) * e, 0.0), e, "normal")


def log_ratios(*, a: FloatArray, series: RateSeries, places: NDArray[np.int64]) -> FloatArray:
    """Twice the log likelihood ratio of a cut before each place: `a` [R, n] -> [R, places].

    The rows of `a` stand for the successes of `series`.
    """
    a_before = np.cumsum(a, axis=1)[:, places - 1]
    e_before = np.cumsum(series.e)[places - 1]
    a_all, e_all = a.sum(axis=1, keepdims=True), series.e.sum()
    parts = (
        _likelihood(a_before, e_before, series.family)
        + _likelihood(a_all - a_before, e_all - e_before, series.family)
        - _likelihood(a_all, e_all, series.family)
    )
    return 2 * parts


def _likelihood(a: FloatArray, e: Any, family: Family) -> FloatArray:
    """The log likelihood of `a` over exposure `e` at its best rate, up to what all cuts share."""
    from scipy.special import xlogy  # noqa: PLC0415 -- slow import

    if family == "normal":
        return np.asarray(a**2 / (2 * e))
    value = xlogy(a, a) - a * np.log(e)
    if family == "binomial":
        rest = np.maximum(e - a, 0.0)
        value = value + xlogy(rest, rest) - rest * np.log(e)
    return np.asarray(value)


def surplus_variance(*, a: FloatArray, series: RateSeries) -> FloatArray:
    """phi of each row of `a` [R, n], from differences of neighbours; at least 1 (= chance alone).

    The largest of the phi of points, of blocks of 4 and of blocks of 8 (where there are 12 blocks
    or more): noise that lasts for some points, as weeks of illness or campaigns do, shows only in
    blocks. So it errs on the high side, by a third for 160 points.
    Source: von Neumann (1941), for counts as in McCullagh & Nelder (1989) 4.5.
    """
    phi = np.ones(a.shape[0])
    for length in (1, 4, 8):
        blocks = series.size // length
        if blocks >= (3 if length == 1 else 12):
            newest = slice(series.size - blocks * length, None)
            joined = a[:, newest].reshape(-1, blocks, length).sum(axis=2)
            exposures = series.e[newest].reshape(blocks, length).sum(axis=1)
            phi = np.maximum(phi, _phi_of_neighbours(joined, exposures, series.family))
    return phi


def _phi_of_neighbours(a: FloatArray, e: FloatArray, family: Family) -> FloatArray:
    a, e = a[:, e > 0], e[e > 0]
    if e.size < 3:
        return np.ones(a.shape[0])
    rate = a.sum(axis=1) / e.sum()
    unit = {"normal": np.ones_like(rate), "poisson": rate, "binomial": rate * (1 - rate)}[family]
    exposure = 1 / (1 / e[:-1] + 1 / e[1:])
    events = unit[:, None] * exposure
    squares = np.diff(a / e, axis=1) ** 2 * exposure
    phi = np.divide(squares, unit[:, None], out=np.ones_like(squares), where=events > 0)
    # The fewer events two points are about, the wilder their phi: weights by its variance.
    weight = np.ones_like(events) if family == "normal" else events / (2 * events + 1)
    # Changes make the largest differences: up to 3 are left out, and the mean is put right for it.
    largest = min(3, phi.shape[1] // 5)
    if largest:
        found = np.argpartition(phi, -largest, axis=1)[:, -largest:]
        np.put_along_axis(weight, found, 0.0, axis=1)
    total = weight.sum(axis=1)
    mean = np.divide((phi * weight).sum(axis=1), total, out=np.ones_like(total), where=total > 0)
    return np.asarray(mean / _mean_square_below(largest / phi.shape[1]))


def _mean_square_below(left_out: float) -> float:
    """The mean of the squares of normal values of variance 1, the largest share of them left out."""
    if left_out == 0:
        return 1.0
    normal = NormalDist()
    z = normal.inv_cdf(1 - left_out / 2)
    return 1 - 2 * z * normal.pdf(z) / (1 - left_out)


def draw_unchanged(
    *, series: RateSeries, phi: float, replicates: int, rng: np.random.Generator
) -> FloatArray:
    """[replicates, n] series without a change, whose variance is phi times that of the family."""
    e = series.e
    shape = (replicates, e.size)
    rate = series.rate
    surplus = phi > 1 + 1e-6
    if series.family == "normal":
        return np.asarray(rate * e + rng.standard_normal(shape) * np.sqrt(phi * e))
    if series.family == "poisson":
        if not surplus:
            return rng.poisson(rate * e, shape).astype(float)
        mean = rng.gamma(np.maximum(rate * e / (phi - 1), 1e-12), phi - 1, shape)
        return rng.poisson(mean).astype(float)
    cases = np.round(e).astype(np.int64)
    if not surplus:
        return rng.binomial(cases, rate, shape).astype(float)
    # A point of n cases can have at most n times the binomial variance.
    strength = np.maximum(cases - phi, 0.05) / (phi - 1)
    share = rng.beta(np.maximum(rate * strength, 1e-9), (1 - rate) * strength + 1e-9, shape)
    return rng.binomial(cases, share).astype(float)
