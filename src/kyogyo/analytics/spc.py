"""Is this week out of the ordinary: control charts of shares and of single values.

A control chart asks of a running process what a test asks of an experiment. The plain p chart is
not here to be used: with thousands of cases a week its limits are so narrow that every week is an
alarm. Laney's p' widens them by how much the weeks differ from each other anyway.

Below 12 points there is no judgement: the limits are shown, the signals aren't ("too early").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray

Numbers = NDArray[Any] | Sequence[float]
Status = Literal["ok", "too_early"]

ENOUGH_POINTS = 12
# The mean moving range of two normal values is 1.128 standard deviations (d2); the tables' digits.
_D2 = 1.128
# A moving range above this many means is a jump, not noise.
_JUMP = 3.267


@dataclass(frozen=True, slots=True)
class Runs:
    """Anhoej's rules on a series: is one side of the centre kept for too long.

    `useful` points don't lie on the centre. A shift: `longest_run` above `longest_run_max`, or
    `crossings` of the centre below `crossings_min`. `signal` is None when it's too early.
    """

    useful: int
    longest_run: int
    longest_run_max: int
    crossings: int
    crossings_min: int
    signal: bool | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart: `values`, `lower` and `upper` [n], nan where a point is empty.

    `outside` [n] marks values beyond their limits (on the limit is inside), all False when
    `status` is too_early. `spread`: the mean moving range (XmR), or sigma_z (p', p), by which
    the limits are wider than chance alone.
    """

    values: FloatArray
    centre: float
    lower: FloatArray
    upper: FloatArray
    spread: float
    outside: NDArray[np.bool_]
    runs: Runs
    status: Status


def xmr_chart(*, values: Numbers) -> Chart:
    """The chart of single values [n], oldest first: mean plus and minus 3 mean moving ranges / 1.128.

    Moving ranges above 3.267 of their mean are left out of it once, so that one jump doesn't widen
    the limits that should show it. nan = no value that week.

    Source: NIST/SEMATECH e-Handbook 6.3.2.2; the screening as in R's qicharts2.
    """
    x = np.asarray(values, float)
    known = x[~np.isnan(x)]
    centre = float(known.mean()) if known.size else math.nan
    spread = _mean_moving_range(known)
    half = 3 * spread / _D2
    shape = np.where(np.isnan(x), np.nan, 1.0)
    return _chart(x, centre=centre, lower=(centre - half) * shape, upper=(centre + half) * shape,
                  spread=spread)  # fmt: skip


def p_prime_chart(*, successes: Numbers, n: Numbers) -> Chart:
    """Laney's p' chart of shares: `successes` of `n`, [points], oldest first.

    Limits: pbar plus and minus 3 sigma_i sigma_z, within [0, 1], sigma_z from the moving ranges
    (screened as in `xmr_chart`) of the standardised shares. A point with n = 0 is empty.

    Raises ValueError when successes exceed n. Source: Laney (2002) Quality Engineering 14:531.
    """
    share, centre, sigma = _shares(successes, n)
    z = (share - centre) / sigma
    spread = _mean_moving_range(z[~np.isnan(z)]) / _D2
    return _share_chart(share, centre=centre, sigma=sigma, spread=spread)


def p_chart(*, successes: Numbers, n: Numbers) -> Chart:
    """The textbook p chart, `p_prime_chart` with sigma_z = 1: for small n, and to compare with."""
    share, centre, sigma = _shares(successes, n)
    return _share_chart(share, centre=centre, sigma=sigma, spread=1.0)


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums of what lies above (`up`) and below (`down`) a target, [n]; `first` is the first point past the limit."""

    up: FloatArray
    down: FloatArray
    first: int | None


def cusum_chart(
    *, values: Numbers, target: float, sigma: float, slack: float = 0.5, limit: float = 5.0
) -> Cusum:
    """The tabular CUSUM of single values [n] around a known `target`: sees small shifts that last.

    What lies within `slack` (in `sigma`) of the target counts nothing; a sum above `limit` (in
    `sigma`) is a shift. The sums are in the unit of the values; nan = no value, the sums stay.

    Source: Page (1954) Biometrika 41:100; tabular form, Montgomery, Introduction to SQC, 9.1.
    """
    x = np.asarray(values, float)
    up, down = np.zeros(x.size), np.zeros(x.size)
    above = below = 0.0
    for i, value in enumerate(x.tolist()):
        if not math.isnan(value):
            above = max(0.0, value - (target + slack * sigma) + above)
            below = max(0.0, (target - slack * sigma) - value + below)
        up[i], down[i] = above, below
    past = np.flatnonzero(np.maximum(up, down) > limit * sigma)
    return Cusum(up, down, int(past[0]) if past.size else None)


def anhoej_runs(*, values: Numbers, centre: float) -> Runs:
    """The runs rules for `values` [n] around `centre`; points on the centre and nan don't count.

    Source: Anhoej & Olesen (2014) PLoS ONE 9:e113825: longest run > round(log2 n + 3), crossings
    below the 5 % point of a binomial of n - 1 with 1/2.
    """
    from scipy.special import bdtr  # noqa: PLC0415 -- slow import

    x = np.asarray(values, float)
    above = (x > centre)[~np.isnan(x) & (x != centre)]
    useful = int(above.size)
    if useful == 0:
        return Runs(0, 0, 0, 0, 0, None)
    changes = np.flatnonzero(above[1:] != above[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], changes, [useful]]))
    longest, crossings = int(lengths.max()), int(changes.size)
    longest_max = round(math.log2(useful) + 3)
    below = bdtr(np.arange(useful, dtype=float), max(useful - 1, 1), 0.5)
    crossings_min = int(np.searchsorted(below, 0.05)) if useful > 1 else 0
    shift = longest > longest_max or crossings < crossings_min
    signal = shift if useful >= ENOUGH_POINTS else None
    return Runs(useful, longest, longest_max, crossings, crossings_min, signal)


def _shares(successes: Numbers, n: Numbers) -> tuple[FloatArray, float, FloatArray]:
    """Shares [n] (nan = empty), the centre, and the binomial standard deviation of each share."""
    x, total = np.asarray(successes, float), np.asarray(n, float)
    if x.shape != total.shape or np.any(x < 0) or np.any(x > total):
        message = "successes must lie between 0 and n, one for each"
        raise ValueError(message)
    some = np.where(total > 0, total, np.nan)
    everyone = float(total.sum())
    centre = float(x.sum()) / everyone if everyone > 0 else math.nan
    sigma = np.sqrt(centre * (1 - centre) / some)
    # All failed or all succeeded: shares don't differ, and 0 / 0 would say nothing.
    return x / some, centre, np.where(sigma == 0, 1e-12, sigma)


def _share_chart(share: FloatArray, *, centre: float, sigma: FloatArray, spread: float) -> Chart:
    half = 3 * sigma * spread
    lower, upper = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return _chart(share, centre=centre, lower=lower, upper=upper, spread=spread)


def _chart(
    x: FloatArray, *, centre: float, lower: FloatArray, upper: FloatArray, spread: float
) -> Chart:
    enough = int(np.sum(~np.isnan(x))) >= ENOUGH_POINTS
    slack = 1e-12 * max(abs(centre), 1.0)
    outside = ((x < lower - slack) | (x > upper + slack)) & enough
    return Chart(
        values=x,
        centre=centre,
        lower=lower,
        upper=upper,
        spread=spread,
        outside=outside,
        runs=anhoej_runs(values=x, centre=centre),
        status="ok" if enough else "too_early",
    )


def _mean_moving_range(x: FloatArray) -> float:
    """The mean step between neighbours, jumps left out once; nan for fewer than two values."""
    if x.size < 2:
        return math.nan
    ranges = np.abs(np.diff(x))
    calm = ranges[ranges <= _JUMP * ranges.mean()]
    return float(calm.mean()) if calm.size else float(ranges.mean())
