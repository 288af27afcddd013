"""What moved: the change of a total between two periods, split among the factors it is made of.

A total is a sum over segments of products, such as leads x mix x rate x rate x price. LMDI splits
its change without a rest, in any order of the factors, and by segment as well as in sum. Where a
factor can be negative (credit notes), Shapley's split is the one to use. The two aren't equal;
they agree to some percent, which is the cross-check.

A split says what moved. What it is worth to put right is another question (`bottleneck`).
Effects of months don't add up to the effect of the quarter; say which of the two is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kyogyo.analytics.intervals import FloatArray

MOST_FACTORS_OF_SHAPLEY = 8


@dataclass(frozen=True, slots=True)
class Decomposition:
    """`by_segment` [segments, factors], in units of the total; its sum is `after` - `before`."""

    before: float
    after: float
    by_segment: FloatArray

    @property
    def effects(self) -> FloatArray:
        """The effect of each factor, [factors]."""
        return np.asarray(self.by_segment.sum(axis=0))

    @property
    def ratios(self) -> FloatArray:
        """The same as factors that multiply to `after` / `before`, [factors].

        Meant for `lmdi`. nan when a total isn't positive. Source: Ang (2005), multiplicative form.
        """
        if self.before <= 0 or self.after <= 0:
            return np.full(self.by_segment.shape[1], np.nan)
        mean = _logarithmic_mean(np.array(self.after), np.array(self.before))
        return np.asarray(np.exp(self.effects / mean))


@dataclass(frozen=True, slots=True)
class RateAndMix:
    """How much of the change of an overall rate is rates, how much mix; each [segments].

    `mix` is against the average: a segment that grew counts as gain only if it is better than
    average. All of both sum to `after` - `before`.
    """

    before: float
    after: float
    rate: FloatArray
    mix: FloatArray


def lmdi(*, before: ArrayLike, after: ArrayLike) -> Decomposition:
    """LMDI-I: `before` and `after` are [segments, factors], none negative.

    A segment that appears or vanishes gives its whole change to the factors that are 0 in one of
    the periods, in equal parts (the limit of Ang & Liu). So leave a rate that can't be known for
    a segment without cases as nan, not as 0; nan is allowed wherever another factor is 0.

    >>> lmdi(before=[[100, 0.2]], after=[[200, 0.1]]).effects.round(4).tolist()
    [13.8629, -13.8629]

    Raises ValueError on a negative factor, nan without a 0 beside it, or shapes that don't fit.
    Source: Ang (2005) Energy Policy 33:867; zeros, Ang & Liu (2007) Energy Policy 35:238.
    """
    x0, x1 = _factors(before, after)
    if np.any(x0 < 0) or np.any(x1 < 0):
        message = "LMDI takes no negative factor; use shapley"
        raise ValueError(message)
    v0, v1 = _products(x0), _products(x1)
    both = (v0 > 0) & (v1 > 0)
    mean = _logarithmic_mean(np.where(both, v1, 1.0), np.where(both, v0, 1.0))
    ratio = np.where(both[:, None], x1, 1.0) / np.where(both[:, None], x0, 1.0)
    effects = mean[:, None] * np.log(ratio)
    # One of the products is 0: the factors that are 0 there made or ended the segment.
    zero = np.where((v0 > 0)[:, None], x1 == 0, x0 == 0)
    one = (v0 > 0) != (v1 > 0)
    shares = zero / np.maximum(zero.sum(axis=1, keepdims=True), 1)
    effects = np.where(both[:, None], effects, 0.0)
    effects = np.where(one[:, None], (v1 - v0)[:, None] * shares, effects)
    return Decomposition(float(v0.sum()), float(v1.sum()), effects)


def shapley(*, before: ArrayLike, after: ArrayLike) -> Decomposition:
    """The mean effect of each factor over all orders in which they could have changed.

    `before` and `after` [segments, factors], any sign, at most 8 factors (2^n products), no nan.
    Equals Das Gupta's split.

    Raises ValueError on more factors, nan, or shapes that don't fit.
    Source: Shapley (1953); Das Gupta (1993) P23-186; Sun (1998).
    """
    x0, x1 = _factors(before, after)
    k = x0.shape[1]
    if k > MOST_FACTORS_OF_SHAPLEY or np.any(np.isnan(x0)) or np.any(np.isnan(x1)):
        message = f"shapley takes at most {MOST_FACTORS_OF_SHAPLEY} factors, and no nan"
        raise ValueError(message)
    subsets = np.arange(2**k)
    changed = (subsets[:, None] >> np.arange(k)) & 1 == 1
    value = np.where(changed[:, None, :], x1, x0).prod(axis=2)
    size = changed.sum(axis=1)
    weight = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)])
    effects = np.empty_like(x0)
    for factor in range(k):
        without = subsets[~changed[:, factor]]
        gain = value[without | (1 << factor)] - value[without]
        effects[:, factor] = weight[size[without]] @ gain
    return Decomposition(float(_products(x0).sum()), float(_products(x1).sum()), effects)


def kitagawa(
    *,
    cases_before: ArrayLike,
    rates_before: ArrayLike,
    cases_after: ArrayLike,
    rates_after: ArrayLike,
) -> RateAndMix:
    """The change of an overall rate, split into rates within segments and the mix of segments.

    All [segments]; `cases` are counts or shares, only their proportion matters. A segment that
    exists in one period only has no change of rate: its rate in the other one (nan) isn't used.

    Raises ValueError when a period has no case, or a rate with cases is nan.
    Source: Kitagawa (1955) JASA 50:1168.
    """
    n0, n1 = np.asarray(cases_before, float), np.asarray(cases_after, float)
    r0, r1 = np.asarray(rates_before, float), np.asarray(rates_after, float)
    if not n0.shape == n1.shape == r0.shape == r1.shape or n0.ndim != 1:
        message = "cases and rates must be of one length"
        raise ValueError(message)
    if not (n0.sum() > 0 and n1.sum() > 0) or np.any(n0 < 0) or np.any(n1 < 0):
        message = "each period needs cases, and none negative"
        raise ValueError(message)
    if np.any(np.isnan(r0) & (n0 > 0)) or np.any(np.isnan(r1) & (n1 > 0)):
        message = "a segment with cases needs a rate"
        raise ValueError(message)
    # Without cases a period takes the rate of the other; without any at all it weighs nothing.
    r0, r1 = (
        np.where(n0 > 0, r0, np.where(n1 > 0, r1, 0.0)),
        np.where(n1 > 0, r1, np.where(n0 > 0, r0, 0.0)),
    )
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    before, after = float(w0 @ r0), float(w1 @ r1)
    average = (before + after) / 2
    return RateAndMix(
        before=before,
        after=after,
        rate=(w0 + w1) / 2 * (r1 - r0),
        mix=(w1 - w0) * ((r0 + r1) / 2 - average),
    )


def _factors(before: ArrayLike, after: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x0, x1 = np.asarray(before, float), np.asarray(after, float)
    if x0.ndim != 2 or x0.shape != x1.shape:
        message = f"both periods must be [segments, factors], not {x0.shape} and {x1.shape}"
        raise ValueError(message)
    return x0, x1


def _products(x: FloatArray) -> FloatArray:
    """The product of each segment, [segments]; 0 wherever a factor is 0, even beside nan."""
    product = np.where(np.any(x == 0, axis=1), 0.0, np.prod(x, axis=1))
    if np.any(np.isnan(product)):
        message = "a factor is nan although no other factor of its segment is 0"
        raise ValueError(message)
    return np.asarray(product)


def _logarithmic_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """L(a, b) = (a - b) / ln(a / b), L(a, a) = a, of positive numbers."""
    x = np.log(a / b)
    # (e^x - 1) / x, which keeps its digits where a and b are close.
    ratio: Any = np.where(x == 0, 1.0, np.expm1(x) / np.where(x == 0, 1.0, x))
    return np.asarray(b * ratio)
