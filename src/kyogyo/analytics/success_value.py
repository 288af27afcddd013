"""What one journey more that gets past a step is worth: its chance of the win from there, times the value of a win."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.funnel import Funnel, rate_of
from kyogyo.analytics.money import WinValues

# Conversions further down, and values of wins, are those of the last year.
_YEAR = 365


@dataclass(frozen=True, slots=True)
class SuccessValue:
    """`value` in minor units; `chance` of the win from the end of the step; `wins` the mean value rests on."""

    value: float
    chance: float
    wins: int


def value_per_success(funnel: Funnel, *, step: str, values: WinValues) -> SuccessValue | None:
    """The value of one success of `step` (a code such as 'mql>sql'); None where a later rate or the value isn't known.

    The product of the later steps' rates up to the win: it takes for granted that a journey more
    fares like those before it, which holds as long as nobody further down is at the limit of their time.
    """
    history = funnel.history
    stage = history.model.value_stage(funnel.track)
    if stage is None:
        return None
    since = history.as_of_day - _YEAR
    recent = values.since(since)
    if recent.n == 0:
        return None
    chance = 1.0
    target = funnel.steps[step].step.stop
    later = [counts for code, counts in funnel.steps.items() if code != step]
    place = {counts.step.start: counts for counts in later}
    while target != stage.code:
        counts = place.get(target)
        if counts is None:
            return None  # the step lies behind the win
        kept = counts.clean()
        rate = rate_of(kept.keep(kept.entered >= since), horizon=funnel.horizons[counts.step.code])
        if rate.value is None:
            return None
        chance *= rate.value
        target = counts.step.stop
    mean = float(np.average(recent.value, weights=recent.count))
    return SuccessValue(chance * mean, chance, recent.n)
