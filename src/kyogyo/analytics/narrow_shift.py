"""Whether a step fell only for one kind of journeys: large customers, one source.

Seen over everybody such a fall is small and may cost much, when it is the large customers. Each kind is held against its
own past as the whole step is; that a rate fell for everybody shows in all kinds at once, and then the whole explains more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kyogyo.analytics.step_shift import WHATS, StepShift, compare_rates
from kyogyo.analytics.step_weeks import Floats

Kind = tuple[str, int]

# How likely it is before looking that one of the kinds fell alone; all kinds share it.
_PRIOR, _PRIOR_NOTHING = 0.1, 0.56
_LEAST_EVENTS = 25


def narrow_shift(
    shift: StepShift,
    kinds: Mapping[Kind, tuple[Floats, Floats]],
    shares: Mapping[Kind, float],
    *,
    weeks: int,
    rng: np.random.Generator,
) -> StepShift:
    """The same draws, those of them in which nothing or a smaller change happened to all partly given to single kinds.

    `kinds`: by week how many have gone on, and mature entries; `shares`: of what is won, by kind.
    """
    usable = {k: v for k, v in kinds.items() if v[0].sum() >= _LEAST_EVENTS and v[0].size == weeks}
    if len(usable) < 2:
        return shift
    odds, tables = [], []
    for went, mature in usable.values():
        log_odds, table = compare_rates(went, mature, phi=shift.phi)
        odds.append(np.exp(min(log_odds + shift.log_nothing, 50.0)))
        tables.append(table)
    # Beside all that may have happened to the whole step, whose posterior is 1 together.
    mass = np.array(odds) * (_PRIOR / len(usable)) / _PRIOR_NOTHING
    chance = mass / (1 + mass.sum())
    draws = shift.what.size
    picked = np.searchsorted(np.cumsum(chance), rng.random(draws), side="right")
    what, week = shift.what.copy(), shift.week.copy()
    ratio, rate_now = shift.ratio.copy(), shift.rate_now.copy()
    days = shift.days.copy()
    for i, kind in enumerate(usable):
        mine = np.flatnonzero(picked == i)
        if not mine.size:
            continue
        places, ratios, weight = tables[i]
        flat = rng.choice(weight.size, size=mine.size, p=weight.ravel())
        place, which = np.unravel_index(flat, weight.shape)
        share = min(shares.get(kind, 0.0), 1.0)
        among = usable[kind][1].sum() / sum(
            v[1].sum() for k, v in usable.items() if k[0] == kind[0]
        )
        what[mine] = WHATS.index("rate")
        week[mine] = places[place]
        days[mine] = 0.0
        ratio[mine] = 1 - share + share * ratios[which]
        rate_now[mine] = shift.rate_before[mine] * (1 - among + among * ratios[which])
    likely = {name: value * float(1 - chance.sum()) for name, value in shift.likely.items()}
    likely["rate"] += float(chance.sum())
    best = int(np.argmax(chance))
    name, value = list(usable)[best]
    at = shift.at
    if chance[best] > 0.5:
        places, _, weight = tables[best]
        at = int(places[int(np.argmax(weight.sum(axis=1)))])
    return replace(
        shift,
        what=what,
        week=week,
        ratio=ratio,
        days=days,
        rate_now=np.minimum(rate_now, 1.0),
        likely=likely,
        at=at,
        narrow=(name, value, float(chance[best])),
    )
