"""Has a rate changed since the baseline: evidence that may be looked at every week.

A test at 5 % looked at weekly for a year raises a false alarm in one series of five. The evidence
here is a ratio of bets: how much better "it changed at some week" foretold the weeks than "it
stayed as it was". While nothing changes, the chance that it *ever* passes 20 is at most 1 in 20,
however often it is looked at (Ville 1939).

The baseline isn't known, it is a number of weeks like the others. Its uncertainty is integrated
out (flat prior), so the 1 in 20 holds on average over rates, not for each; `docs/benchmarks.md`
has what a simulation found for baselines of 12 and 26 weeks and for weeks that differ by more than chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kyogyo.analytics.changepoint import noise
from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.rate_series import CountFamily, Numbers, series_of_counts

Direction = Literal["down", "up"]

# The chance of ever passing it while nothing changes is at most 1 / ENOUGH.
ENOUGH = 20.0
# The sizes of change that are betted on: halves of a normal of this spread, in logs (35 %: strong, 10 %: seen).
_SPREAD = 0.35
_RATES, _SIZES = 24, 12
# A change may come in any week of ten years; the sooner, the more is betted on it.
_MOST_POINTS = 520


@dataclass(frozen=True)
class Evidence:
    """`values` [n]: the evidence after each point, 1 = none, against "as in the baseline".

    `kept`, `moved`: the log likelihoods of each point where nothing changed [n, rates] and where it
    has [n, rates, sizes], from which the start of a change is read.
    """

    values: FloatArray
    kept: FloatArray
    moved: FloatArray

    @property
    def last(self) -> float:
        return float(self.values[-1]) if self.values.size else 1.0

    @property
    def largest(self) -> float:
        return float(self.values.max(initial=1.0))

    @property
    def first_past(self) -> int | None:
        """The first point after which it passed `ENOUGH`, None if it never did."""
        passed = np.flatnonzero(self.values > ENOUGH)
        return int(passed[0]) if passed.size else None

    def start_at(self, point: int) -> int:
        """The most likely first point of the new rate, as seen after `point`, if there is one."""
        return _likely_start(self.kept[: point + 1], self.moved[: point + 1])


def change_evidence(
    *,
    successes: Numbers,
    exposures: Numbers,
    baseline_successes: float,
    baseline_exposure: float,
    direction: Direction,
    family: CountFamily = "binomial",
    phi: float = 1.0,
) -> Evidence:
    """Evidence of a fall (`down`) or rise (`up`) of a rate from an unknown point of the series on.

    `successes` and `exposures` [n], oldest first, the points after the baseline. `binomial`:
    successes of cases (or of mature equivalents); `poisson`: events over any exposure. `phi` >= 1
    is by how much points vary more than chance; all counts weigh 1 / phi.

    Raises ValueError when the inputs don't fit each other, the baseline is empty or phi below 1.
    Sources: mixture over starts, Shin, Ramdas & Rinaldo (2023) arXiv:2203.03532 (e-detectors);
    the wager as a mixture, Robbins (1970). Own: the baseline as a posterior on both sides.
    """
    series = series_of_counts(successes=successes, exposures=exposures, family=family)
    if not baseline_exposure > 0 or phi < 1:
        message = "evidence of a change needs a baseline, and a phi of at least 1"
        raise ValueError(message)
    same, other = _hypotheses(
        baseline_successes / phi, baseline_exposure / phi, family=family, down=direction == "down"
    )
    a, e = series.a / phi, series.e / phi
    # [points, rates] and [points, rates, sizes]: log likelihoods, up to what both share.
    kept = _log_likelihood(a[:, None], e[:, None], same, family)
    moved = _log_likelihood(a[:, None, None], e[:, None, None], other, family)
    return Evidence(_mixed(kept, moved), kept, moved)


def _hypotheses(
    k: float, n: float, *, family: CountFamily, down: bool
) -> tuple[FloatArray, FloatArray]:
    """Rates as in the baseline [rates], and moved ones [rates, sizes]; each equally likely."""
    from scipy.special import betaincinv, gammaincinv, ndtri  # noqa: PLC0415 -- slow import

    middle = (np.arange(_RATES) + 0.5) / _RATES
    sizes = _SPREAD * ndtri(0.5 + (np.arange(_SIZES) + 0.5) / _SIZES / 2) * (-1 if down else 1)
    if family == "poisson":
        same = gammaincinv(k + 0.5, middle) / n
        return same, same[:, None] * np.exp(sizes)
    same = np.clip(betaincinv(k + 0.5, max(n - k, 0.0) + 0.5, middle), 1e-9, 1 - 1e-9)
    odds = (same / (1 - same))[:, None] * np.exp(sizes)
    return same, odds / (1 + odds)


def _log_likelihood(a: Any, e: Any, rate: FloatArray, family: CountFamily) -> FloatArray:
    if family == "poisson":
        return np.asarray(a * np.log(rate) - e * rate)
    return np.asarray(a * np.log(rate) + (e - a) * np.log1p(-rate))


def _bets(n: int) -> FloatArray:
    """How much is betted on a change at each point; the sum over `_MOST_POINTS` is 1."""
    j = np.arange(1, n + 1)
    return np.asarray(np.log1p(1 / j) / math.log(_MOST_POINTS + 1))


def _mixed(kept: FloatArray, moved: FloatArray) -> FloatArray:
    """The evidence after each point, by the recursion of Shiryaev and Roberts in logs."""
    from scipy.special import logsumexp  # noqa: PLC0415 -- slow import

    n = kept.shape[0]
    bets = _bets(n)
    unspent = 1 - np.cumsum(bets)
    before = np.zeros(kept.shape[1])
    alarm = np.full(moved.shape[1:], -np.inf)
    values = np.empty(n)
    for t in range(n):
        alarm = np.logaddexp(alarm, before[:, None] + math.log(bets[t])) + moved[t]
        before = before + kept[t]
        same = logsumexp(before) - math.log(before.size)
        changed = logsumexp(alarm) - math.log(alarm.size)
        values[t] = max(unspent[t], 0.0) + math.exp(min(changed - same, 700.0))
    return values


def _likely_start(kept: FloatArray, moved: FloatArray) -> int:
    """The first point of the new rate to which the data give the most, of all up to the last."""
    from scipy.special import logsumexp  # noqa: PLC0415 -- slow import

    before = np.cumsum(kept, axis=0) - kept
    after = np.cumsum(moved[::-1], axis=0)[::-1]
    likelihood = logsumexp(before[:, :, None] + after, axis=(1, 2))
    return int(np.argmax(likelihood))


def phi_of_baseline(*, successes: Numbers, exposures: Numbers, family: CountFamily) -> float:
    """By how much the points of a baseline vary more than chance, at least 1.

    From differences of neighbours. The middle of what is likely, not the mean: of few points phi
    is as a rule found too small, and then all that follows looks like a change.
    """
    from scipy.special import chdtri  # noqa: PLC0415 -- slow import

    free = max(int(np.sum(np.asarray(exposures, float) > 0)) * 2 / 3, 1.0)
    plain = noise(successes=successes, exposures=exposures, family=family)
    return float(plain * free / chdtri(free, 0.5)) if plain > 1 else 1.0
