"""What of a series of weeks comes back every year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray
from kyogyo.period import month_of

SEASON_WEEKS = 104
_YEAR = 52


def season_of(weeks: NDArray[np.int64], successes: FloatArray, exposures: FloatArray) -> FloatArray:
    """By how much each week's month lies above or below an average week; 1 throughout with less than two years.

    The ratio to the centred mean of a year, the median by calendar month over the years, so that
    one odd year doesn't set it; then drawn towards 1 by the part of its spread that chance could have made
    (James & Stein), so that noise isn't taken for a season.
    """
    if weeks.size < SEASON_WEEKS or successes.sum() <= 0:
        return np.ones(weeks.size)
    usual = float(successes.sum() / exposures.sum())
    rate = np.divide(successes, exposures, out=np.full(weeks.size, usual), where=exposures > 0)
    padded = np.pad(rate, (_YEAR // 2, _YEAR // 2 - 1), mode="reflect")
    trend = np.maximum(np.convolve(padded, np.ones(_YEAR) / _YEAR, mode="valid"), 1e-9 * usual)
    ratio = rate / trend
    months = np.array([month_of(int(day) + 3) % 12 for day in weeks])
    index = np.array(
        [np.median(ratio[months == m]) if np.any(months == m) else 1.0 for m in range(12)]
    )
    spread = float(np.var(index))
    # Differences of neighbours know no season; a median of n values varies by pi / 2 / n of them.
    noise = float(np.var(np.diff(ratio))) / 2 * (np.pi / 2) / (weeks.size / 12)
    kept = max(1 - noise / spread, 0.0) if spread > 0 else 0.0
    shrunken = np.clip(1 + kept * (index - 1), 0.2, None)
    return np.asarray((shrunken / shrunken[months].mean())[months])
