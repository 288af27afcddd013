"""A step week by week of entry: who came, who went on after how many days, and how many can have by now.

What a young week will still bring is not guessed: each entry counts by how much of what will happen to it has had
time to happen, at the usual pace or at another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.steps import ADVANCED, StepCounts, incidence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEK = 7
# The pace that later weeks are held against: that of entries at least so long ago, if enough of them went on.
_OLD_DAYS, _ENOUGH_OLD = 140, 60
_LONGEST = 540
# A share of those who go on may take any time: no single slow one makes a pace impossible.
_STRAY = 0.02
_JITTER = 0.12


@dataclass(frozen=True)
class StepWeeks:
    """First passes through one step. Weeks are oldest first and end with the last day of observation.

    `starts` [W] are their first days; `entered` [W]; `advanced` [W, L] by whole days from entry; `weight` [W] is
    what their kinds would bring beside the average of all, 1 without a known difference. `pace` [L + 1] is the share
    of those who go on that has after so many days, at the usual pace; `ages` [W] days of observation of a week's middle.
    """

    starts: Ints
    entered: Floats
    advanced: Floats
    weight: Floats
    pace: Floats
    ages: Floats

    @property
    def weeks(self) -> int:
        return int(self.starts.size)

    @property
    def length(self) -> int:
        return int(self.advanced.shape[1])

    @property
    def usual_days(self) -> float:
        """The mean days to the next stage at the usual pace."""
        return float((1 - self.pace[:-1]).sum())


def step_weeks(counts: StepCounts, *, until: int | None = None) -> StepWeeks | None:
    """The weeks of a step's first passes; None where nobody went on."""
    clean = counts.clean()
    end = clean.until if until is None else until
    clean = clean.keep(clean.day <= end)
    if not clean.n:
        return None
    back = (end - clean.day) // WEEK
    size = int(back.max()) + 1
    week = size - 1 - back
    went = clean.cause == ADVANCED
    if not went.any():
        return None
    lag = np.maximum(clean.lag, 0)
    longest = int(min(_quantile(lag[went], clean.count[went], 0.995), _LONGEST))
    length = max(3 * longest, longest + 60)
    entered, advanced = np.zeros(size), np.zeros((size, length))
    np.add.at(entered, week, clean.count)
    np.add.at(advanced, (week[went], np.minimum(lag[went], length - 1)), clean.count[went])
    starts = end - WEEK * (size - np.arange(size)) + 1
    # The oldest week may be only partly in the data.
    whole = starts >= int(clean.day.min())
    ages = end - (starts + (WEEK - 1) / 2) + 0.5
    return StepWeeks(
        starts=starts[whole],
        entered=entered[whole],
        advanced=advanced[whole],
        weight=np.ones(int(whole.sum())),
        pace=_usual_pace(clean, end=end, length=length),
        ages=np.asarray(ages[whole], float),
    )


def _quantile(values: Ints, counts: Ints, q: float) -> float:
    order = np.argsort(values)
    upto = np.cumsum(counts[order])
    return float(values[order][np.searchsorted(upto, q * upto[-1])])


def _usual_pace(counts: StepCounts, *, end: int, length: int) -> Floats:
    """[length + 1] the share of those who will go on that has by the start of each day after entry."""
    old = counts.keep(counts.day <= end - _OLD_DAYS)
    if int(old.count[old.cause == ADVANCED].sum()) < _ENOUGH_OLD:
        old = counts
    curve = incidence(old)
    shares = np.zeros(length + 1)
    inside = curve.times < length
    steps = np.diff(curve.incidence[:, 0], prepend=0.0)[inside]
    np.add.at(shares, curve.times[inside] + 1, steps)
    upto = np.cumsum(shares)
    if upto[-1] <= 0:
        return np.linspace(0.0, 1.0, length + 1)
    return _smooth(upto / upto[-1])


def _smooth(pace: Floats) -> Floats:
    """The same pace without the accidents of single days: a little faster and slower copies, taken together."""
    copies = np.exp(_JITTER * np.linspace(-2, 2, 9))
    weights = np.exp(-0.5 * np.linspace(-2, 2, 9) ** 2)
    together = sum(w * slowed(pace, times=k) for w, k in zip(weights, copies, strict=True))
    found = np.asarray(together / weights.sum())
    return np.asarray(found / found[-1])


def slowed(pace: Floats, *, times: float) -> Floats:
    """The pace where everything takes `times` as long."""
    days = np.arange(pace.size)
    found = np.interp(days / times, days, pace)
    return np.asarray(found)


def waited(pace: Floats, *, days: float) -> Floats:
    """The pace where everybody waits about so many days first, some less and some more."""
    from scipy.stats import gamma  # noqa: PLC0415 -- slow import

    shape = 1 / 0.35**2
    wait = np.diff(gamma.cdf(np.arange(pace.size + 1), shape, scale=days / shape))
    density = np.diff(pace, prepend=0.0)
    together = np.convolve(density, wait)[: pace.size]
    return np.asarray(np.minimum(np.cumsum(together), 1.0))


def log_density(pace: Floats) -> Floats:
    """[L] log of the share that goes on on each day, no day impossible."""
    density = np.maximum(np.diff(pace), 0.0)
    days = np.arange(density.size)
    stray = np.exp(-days / max(density.size / 4, 1.0))
    stray /= stray.sum()
    return np.asarray(np.log((1 - _STRAY) * density + _STRAY * stray))


def grown(pace: Floats, ages: Floats) -> Floats:
    """The share of what will happen that has by each age, at a pace."""
    return np.asarray(np.interp(ages, np.arange(pace.size), pace))
