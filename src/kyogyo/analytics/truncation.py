"""Was the target stage recorded from the beginning? Left truncation, found by what should be there.

If wins were only recorded from some day on, the leads that came before look as though nobody wanted them.
No date says so; but the later cohorts tell how many wins the earlier leads should have brought, and when. Where
next to none of them exist, recording had not begun, and a rate over those leads is not a fact about them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kyogyo.analytics.steps import ADVANCED, ENOUGH_AT_RISK, StepCounts, incidence
from kyogyo.analytics.survival import CumulativeIncidence

# Fewer than a tenth of what should be there is no slow start: measured against later cohorts of the
# same funnel, real improvement of that size would have to happen overnight.
_RECORDED_SHARE = 0.1
_ENOUGH_EXPECTED = 8.0
_STRONG = 20.0


@dataclass(frozen=True, slots=True)
class Truncation:
    """Entries into the target stage are recorded from the day `recorded_from` on (day number, inside).

    `expected` and `observed` are those before it; `first_entry` is the first day of entry into the
    step's first stage; `left_out` the journeys that began before, of which the rate can't be known.
    """

    recorded_from: int
    first_entry: int
    expected: float
    observed: int
    left_out: int


def find_truncation(counts: StepCounts) -> Truncation | None:
    """Where recording of the step's target began, if it began after the journeys did."""
    arrivals = counts.keep(counts.cause == ADVANCED)
    if arrivals.n < ENOUGH_AT_RISK or counts.n < ENOUGH_AT_RISK:
        return None
    first, last = int(counts.day.min()), int(counts.until)
    if last <= first:
        return None
    curve = _later_pace(counts, arrivals)
    if curve is None:
        return None
    expected = _expected(counts, curve, first=first, last=last)
    observed = np.zeros(last - first + 1)
    # An arrival dated before its journey's first entry has lag 0 by construction, so no day lies before `first`.
    np.add.at(observed, arrivals.day + arrivals.lag - first, arrivals.count)
    before_e, before_o = np.cumsum(expected)[:-1], np.cumsum(observed)[:-1]
    after_e, after_o = expected.sum() - before_e, observed.sum() - before_o
    gain = (
        _log_ratio(before_o, before_e)
        + _log_ratio(after_o, after_e)
        - _log_ratio(observed.sum(), expected.sum())
    )
    fits = (before_e >= _ENOUGH_EXPECTED) & (after_e >= _ENOUGH_EXPECTED) & (2 * gain >= _STRONG)
    with np.errstate(divide="ignore", invalid="ignore"):
        fits &= before_o / before_e < _RECORDED_SHARE * after_o / after_e
    if not fits.any():
        return None
    day = int(np.argmax(np.where(fits, gain, -np.inf)))
    start = first + day + 1
    if _were_only_slower(counts, curve, start=start, missing=float(before_e[day] - before_o[day])):
        return None
    return Truncation(
        recorded_from=start,
        first_entry=first,
        expected=float(before_e[day]),
        observed=int(before_o[day]),
        left_out=int(counts.count[counts.day < start].sum()),
    )


def _later_pace(counts: StepCounts, arrivals: StepCounts) -> CumulativeIncidence | None:
    """How the cohorts arrive that began when recording had surely begun; None with too few of them."""
    calendar_day = np.sort(np.repeat(arrivals.day + arrivals.lag, arrivals.count))
    sure_from = int(calendar_day[calendar_day.size // 10])
    later = counts.keep(counts.day >= sure_from)
    arrived = int(later.count[later.cause == ADVANCED].sum())
    if later.n < ENOUGH_AT_RISK or arrived < ENOUGH_AT_RISK // 2:
        return None
    return incidence(later)


def _were_only_slower(
    counts: StepCounts, curve: CumulativeIncidence, *, start: int, missing: float
) -> bool:
    """Whether those who began before `start` got there in the end: then nothing is missing, it took longer then."""
    early = counts.keep(counts.day < start)
    shares = np.concatenate([[0.0], curve.incidence[:, 0]])
    reached = shares[np.searchsorted(curve.times, early.until - early.day, side="right")]
    arrived = float(early.count[early.cause == ADVANCED].sum())
    return arrived > float((early.count * reached).sum()) - missing / 2


def _expected(
    counts: StepCounts, curve: CumulativeIncidence, *, first: int, last: int
) -> np.ndarray:
    """Arrivals to be expected on each day from `first` to `last`, by the pace of the later cohorts."""
    pace = np.zeros(last - first + 1)
    inside = curve.times <= last - first
    steps = np.diff(curve.incidence[:, 0], prepend=0.0)[inside]
    np.add.at(pace, curve.times[inside], steps)
    entries = np.zeros(last - first + 1)
    entered = counts.day <= last
    np.add.at(entries, counts.day[entered] - first, counts.count[entered])
    size = 2 * entries.size
    # Convolution by FFT: years of days would otherwise be a million products a step.
    spectrum = np.fft.rfft(entries, size) * np.fft.rfft(pace, size)
    return np.maximum(np.fft.irfft(spectrum, size)[: entries.size], 0.0)


def _log_ratio(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Poisson log-likelihood, up to a constant, of counts whose rate is their own ratio to what was expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(
            (observed > 0) & (expected > 0), observed / np.maximum(expected, 1e-12), 1.0
        )
    return np.asarray(observed * np.log(ratio))


def without_truncated(
    found: dict[str, StepCounts],
) -> tuple[dict[str, StepCounts], dict[str, Truncation]]:
    """The same counts with `clean_from` set where recording began late, and what was found.

    Targets dated by months or quarters are left alone: their arrivals come in lumps, which look like gaps.
    """
    truncations = {
        code: t
        for code, counts in found.items()
        if not counts.period_months and (t := find_truncation(counts)) is not None
    }
    marked = {
        code: replace(counts, clean_from=truncations[code].recorded_from)
        if code in truncations
        else counts
        for code, counts in found.items()
    }
    return marked, truncations
