"""Why a step's conversion moved: other journeys than before, or the same kinds doing worse; and where.

Two stretches of time are compared attribute by attribute (Kitagawa). If the mix explains the move, the step itself
did not change; if the rate fell within nearly every group, it did. An attribute that the data forbids to rate by
is not asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.decompose import kitagawa
from kyogyo.analytics.funnel import UNKNOWN, Funnel
from kyogyo.analytics.nodes import Level, Node
from kyogyo.analytics.steps import ADVANCED, StepCounts, count_steps, incidence
from kyogyo.analytics.survival import maturity

_MIN_CASES = 20
_MAX_GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """One attribute's view of a move: of the whole change (share points), how much the mix makes and how much the rates.

    `worst` is the group whose own rate took most of the fall, with its rates and sizes before and now; `groups` how many
    have enough cases, of which `fell` have a lower rate now.
    """

    attribute: str
    change: float
    mix: float
    rate: float
    worst: str
    worst_before: float
    worst_now: float
    worst_n: int
    worst_share_of_change: float
    groups: int
    fell: int


def explain_step(
    funnel: Funnel, *, node: Node, attributes: tuple[str, ...]
) -> tuple[Explanation, ...]:
    """The move of a conversion node from its reference to now, as each attribute sees it, largest mix effect first."""
    if node.now is None or node.reference is None:
        return ()
    horizon = funnel.horizons[node.step]
    if horizon is None:
        return ()
    step = funnel.steps[node.step].step
    found = []
    for attribute in attributes:
        counts = count_steps(
            funnel.history, steps=(step,), by=attribute, clean_from=funnel.clean_from()
        )[node.step].clean()
        explanation = _explain(
            funnel, counts, attribute, horizon, before=node.reference, now=node.now
        )
        if explanation is not None:
            found.append(explanation)
    return tuple(sorted(found, key=lambda e: -abs(e.mix)))


def _explain(
    funnel: Funnel, counts: StepCounts, attribute: str, horizon: int, *, before: Level, now: Level
) -> Explanation | None:
    values, place = np.unique(counts.value, return_inverse=True)
    if not 2 <= values.size <= _MAX_GROUPS:
        return None
    curve = incidence(counts)
    grown = np.nan_to_num(
        maturity(
            base_incidence=curve,
            horizon=horizon,
            ages=np.minimum(counts.until - counts.day, horizon),
        )
    )
    arrived = (counts.cause == ADVANCED) & (counts.lag <= horizon)
    sides = []
    for level in (before, now):
        inside = (counts.day >= level.start) & (counts.day < level.stop)
        cases = np.bincount(place[inside], (counts.count * grown)[inside], minlength=values.size)
        there = inside & arrived
        won = np.bincount(place[there], counts.count[there], minlength=values.size)
        sides.append((cases, won))
    n0, n1 = sides[0][0], sides[1][0]
    if n0.sum() < _MIN_CASES or n1.sum() < _MIN_CASES:
        return None
    r0, r1 = (np.where(n > 0, k / np.maximum(n, 1e-9), np.nan) for n, k in sides)
    split = kitagawa(cases_before=n0, rates_before=r0, cases_after=n1, rates_after=r1)
    large = (n0 >= _MIN_CASES) & (n1 >= _MIN_CASES)
    if not large.any():
        return None
    change = split.after - split.before
    toward = np.where(large, split.rate * np.sign(change), -np.inf)
    worst = int(np.argmax(toward))
    return Explanation(
        attribute=attribute,
        change=change,
        mix=float(split.mix.sum()),
        rate=float(split.rate.sum()),
        worst=funnel.history.value_names.get(int(values[worst]), UNKNOWN),
        worst_before=float(r0[worst]),
        worst_now=float(r1[worst]),
        worst_n=round(float(n1[worst])),
        worst_share_of_change=float(split.rate[worst] / change) if change else 0.0,
        groups=int(large.sum()),
        fell=int((large & (np.nan_to_num(r1) < np.nan_to_num(r0))).sum()),
    )
