"""What is watched: a step's conversion by week of entry, and how many enter each stage by week.

Weeks begin on Monday and are always the same ones, so that what was said of a week last time is said of it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.steps import StepCounts, incidence
from kyogyo.analytics.survival import maturity
from kyogyo.analytics.watch.season import SEASON_WEEKS, season_of

What = Literal["conversion", "entries"]

WEEK = 7
# 1970-01-01 was a Thursday: day -3 is a Monday.
_MONDAY = 3
# A week of a conversion counts once this share of what will become of it has had time to.
MATURE = 0.9
# More weeks than this aren't looked at.
_MOST_WEEKS = 260


@dataclass(frozen=True)
class Series:
    """One thing watched, by week, oldest first: all arrays of one length.

    `step` is a step code for a conversion, a stage code for entries. `weeks`: the first day of each.
    `successes` over `exposures`: those who went on among the mature equivalents; or entries, each
    week 1. `season` [weeks] is what share of an average week each month brings, 1 where it can't be told;
    `season_known` whether it was looked for.
    """

    what: What
    step: str
    weeks: NDArray[np.int64]
    successes: FloatArray
    exposures: FloatArray
    season: FloatArray
    season_known: bool

    @property
    def adjusted(self) -> FloatArray:
        """The exposures with the season in them: what an average week's rate is expected over."""
        return np.asarray(self.exposures * self.season)

    def since(self, start: int) -> Series:
        """The weeks from index `start` on."""
        columns = ("weeks", "successes", "exposures", "season")
        return replace(self, **{name: getattr(self, name)[start:] for name in columns})

    @property
    def n(self) -> int:
        total = self.exposures if self.what == "conversion" else self.successes
        return int(total.sum())


def conversion_series(funnel: Funnel, *, step: str) -> Series | None:
    """A step's weeks of entry that are old enough; None without a horizon, or dated by months."""
    counts, horizon = funnel.steps[step].clean(), funnel.horizons[step]
    if horizon is None or counts.period_months or not counts.n:
        return None
    first, size, week = _weeks(counts, until=counts.until)
    grown = np.nan_to_num(
        maturity(
            base_incidence=incidence(counts),
            horizon=horizon,
            ages=np.clip(counts.until - counts.day, 0, horizon),
        )
    )
    entered = _add(week, counts.count, size)
    exposures = _add(week, counts.count * grown, size)
    went = (counts.cause == 1) & (counts.lag <= horizon)
    successes = _add(week[went], counts.count[went], size)
    young = np.flatnonzero((exposures < MATURE * entered) & (entered > 0))
    old = slice(0, int(young[0]) if young.size else size)
    return _series("conversion", step, first, successes[old], exposures[old])


def entries_series(history: History, *, stage: str, counts: StepCounts) -> Series | None:
    """First entries into a stage by week, from the counts of the step that begins there; whole weeks."""
    if not counts.n or history.period_months(history.stage_code(stage)):
        return None
    firsts = counts.keep(counts.recycled == 0)
    if not firsts.n:
        return None
    until = history.observed_until(history.stage_code(stage))
    first, size, week = _weeks(firsts, until=until)
    inside = week < size
    entered = _add(week[inside], firsts.count[inside], size)
    return _series("entries", stage, first, entered, np.ones(size))


def _weeks(counts: StepCounts, *, until: int) -> tuple[int, int, NDArray[np.int64]]:
    """The first whole week, how many whole ones there are up to `until`, and the week of each row (or past them)."""
    oldest = max(int(counts.entered.min()), counts.clean_from)
    first = -(-(oldest + _MONDAY) // WEEK)
    size = max((until + 1 + _MONDAY) // WEEK - first, 0)
    week = (counts.entered + _MONDAY) // WEEK - first
    return first, size, np.where((week < 0) | (week >= size), size, week)


def _add(week: NDArray[np.int64], values: NDArray[np.int64] | FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(week, values, minlength=size + 1)[:size], float)


def _series(
    what: What, step: str, first: int, successes: FloatArray, exposures: FloatArray
) -> Series | None:
    if successes.size == 0:
        return None
    kept = slice(max(successes.size - _MOST_WEEKS, 0), successes.size)
    weeks = (first + np.arange(successes.size)) * WEEK - _MONDAY
    w, k, e = weeks[kept], successes[kept], np.maximum(exposures[kept], 0.0)
    if what == "conversion":
        # The slack of a mature equivalent: more can have gone on than its pace foresaw.
        e = np.maximum(e, k)
    return Series(what, step, w, k, e, season_of(w, k, e), season_known=w.size >= SEASON_WEEKS)
