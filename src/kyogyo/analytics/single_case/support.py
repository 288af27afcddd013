"""A second opinion on one series: a line through all weeks with a step at the start (ITS).

It rests on more than the test of the draw does (a straight trend, weeks that don't depend on each
other), so it supports a verdict and never makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kyogyo.analytics.intervals import FloatArray
from kyogyo.words import Text

STRAIGHT_TREND = Text(
    en="Assumes that the trend is a straight line that the start doesn't bend, and that weeks don't depend on each other.",
    ja="傾向が直線で開始によって曲がらないこと、週どうしが独立であることを前提とします。",
)


@dataclass(frozen=True, slots=True)
class Step:
    """The step at the start: `value` in the unit of the model, its error and two-sided p.

    `phi` is the surplus variance of counts that errors were widened by (at least 1; 1 for `ols`),
    `trend` the slope a week.
    """

    value: float
    se: float
    p: float
    free: int
    phi: float
    trend: float
    assumption: Text


def step_by_ols(*, values: ArrayLike, on: ArrayLike) -> Step | None:
    """values ~ level + trend + step by least squares. nan weeks are left out.

    None where there are no more weeks than coefficients, or they don't tell step from trend.
    """
    y, x = _design(values, on)
    free = y.size - x.shape[1]
    if free < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    spread = float(np.sum((y - x @ beta) ** 2)) / free
    return _step(beta, inverse * spread, free=free, phi=1.0)


def step_by_counts(
    *,
    successes: ArrayLike,
    exposure: ArrayLike,
    on: ArrayLike,
    family: Literal["binomial", "poisson"] = "binomial",
) -> Step | None:
    """Log odds (or log rate) ~ level + trend + step; errors are widened by phi, at least 1.

    Weeks with exposure 0 are left out; the exposure may be a sum of maturities. None as in
    `step_by_ols`, or where the fit doesn't settle (a side without any success).
    Source: McCullagh & Nelder (1989) 4.5; phi is Pearson's, with the t of the free weeks.
    """
    e = np.asarray(exposure, float)
    share = np.where(e > 0, np.asarray(successes, float) / np.where(e > 0, e, 1.0), np.nan)
    y, x = _design(share, on)
    n = e[~np.isnan(share)]
    free = y.size - x.shape[1]
    if free < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    fit = _settle(x, y, n, family)
    if fit is None:
        return None
    beta, mean, weight = fit
    pearson = float(np.sum(n * (y - mean) ** 2 / np.maximum(_variance(mean, family), 1e-12)))
    phi = max(pearson / free, 1.0)
    inverse = np.linalg.inv(x.T @ (weight[:, None] * x))
    return _step(beta, inverse * phi, free=free, phi=phi)


def _design(values: ArrayLike, on: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The known values, and level, trend and step of their weeks."""
    y, step = np.asarray(values, float), np.asarray(on, float)
    if y.ndim != 1 or y.shape != step.shape:
        message = "values and on must be two series of one length"
        raise ValueError(message)
    x = np.stack([np.ones(y.size), np.arange(y.size, dtype=float), step], axis=1)
    known = ~np.isnan(y)
    return y[known], x[known]


def _settle(
    x: FloatArray, y: FloatArray, n: FloatArray, family: str
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Coefficients, means and weights by iterated least squares; None without convergence."""
    total = float(np.sum(n * y) / np.sum(n))
    mean = (n * y + total) / (n + 1)
    if family == "binomial":
        mean = np.clip(mean, 1e-6, 1 - 1e-6)
    mean = np.maximum(mean, 1e-9)
    beta: FloatArray = np.zeros(x.shape[1])
    for _ in range(50):
        slope = _variance(mean, family)  # the link is the canonical one
        working = _link(mean, family) + (y - mean) / slope
        weight = n * slope
        root = np.sqrt(weight)
        new = np.asarray(np.linalg.lstsq(root[:, None] * x, root * working, rcond=None)[0], float)
        if np.any(np.abs(x @ new) > 25):
            return None
        mean = _unlink(x @ new, family)
        if np.max(np.abs(new - beta)) < 1e-10:
            return new, mean, n * _variance(mean, family)
        beta = new
    return None


def _variance(mean: FloatArray, family: str) -> FloatArray:
    return mean * (1 - mean) if family == "binomial" else mean


def _link(mean: FloatArray, family: str) -> FloatArray:
    return np.asarray(np.log(mean / (1 - mean)) if family == "binomial" else np.log(mean))


def _unlink(eta: FloatArray, family: str) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-eta)) if family == "binomial" else np.exp(eta))


def _step(beta: FloatArray, covariance: FloatArray, *, free: int, phi: float) -> Step:
    from scipy.special import stdtr  # noqa: PLC0415 -- slow import

    value, se = float(beta[2]), float(np.sqrt(max(covariance[2, 2], 0.0)))
    p = 2 * float(stdtr(free, -abs(value) / se)) if se > 0 else float(value == 0)
    return Step(value, se, p, free, phi, float(beta[1]), STRAIGHT_TREND)
