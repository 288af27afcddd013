"""What closing a node's gap would bring a month: everything that is uncertain is drawn together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kyogyo.analytics.funnel import Funnel, rate_of
from kyogyo.analytics.money import WinValues
from kyogyo.analytics.nodes import Level, Node

DRAWS = 4_000
MONTH_DAYS = 365.25 / 12
_LO, _HI = 0.05, 0.95
_BOOTSTRAP_CAP = 3_000


@dataclass(frozen=True)
class Valued:
    """A node with what restoring it would bring a month, one value a draw; `draws` None = can't be valued.

    `p_top` is the chance that no other node would bring more; `sure`, that the gap is beyond chance and worth naming.
    """

    node: Node
    draws: np.ndarray | None
    mid: float | None = None
    lo: float | None = None
    hi: float | None = None
    p_top: float | None = None
    sure: bool = False


@dataclass(frozen=True)
class Drawn:
    """Joint draws of what the gains are made of."""

    now: dict[str, np.ndarray]
    inflow: dict[str, float]
    later: dict[str, np.ndarray | None]
    value: np.ndarray | None
    revenue: np.ndarray | None
    unit: Literal["money", "wins"]
    rng: np.random.Generator
    margin: float = 1.0

    @staticmethod
    def of(
        funnel: Funnel,
        *,
        nodes: list[Node],
        values: WinValues,
        value_stage: str | None,
        rng: np.random.Generator,
    ) -> Drawn:
        now = {}
        for node in nodes:
            if node.kind == "conversion":
                rates = _rate_now(funnel, node, rng)
                if rates is not None:
                    now[node.step] = rates
        steps = list(funnel.steps)
        places = [step.split(">")[0] for step in steps] + (
            [steps[-1].split(">")[1]] if steps else []
        )
        target = places.index(value_stage) if value_stage in places else None
        inflow = {step: _inflow(funnel, step) for step in steps}
        later: dict[str, np.ndarray | None] = {}
        for i, step in enumerate(steps):
            # After the sale only revenue says what a customer who stays is worth; a deal's amount is booked either way.
            after_sale = target is not None and i + 1 > target
            later[step] = (
                None if after_sale and not values.months else _product(now, steps, i + 1, target)
            )
        margin = funnel.history.model.bottleneck.gross_margin or 1.0
        value = _mean_draws(_recent_values(values), rng) * margin if values.n else None
        to_win = _product(now, steps, 0, target)
        revenue = None
        if steps and to_win is not None and target is not None:
            wins = inflow[steps[0]] * to_win
            revenue = wins * (value if value is not None else 1.0)
        return Drawn(now=now, inflow=inflow, later=later, value=value, revenue=revenue,
                      unit="money" if value is not None else "wins", margin=margin, rng=rng)  # fmt: skip


def _product(
    now: dict[str, np.ndarray], steps: list[str], start: int, target: int | None
) -> np.ndarray | None:
    """Share of those at place `start` that reach the place where value is counted; None where it can't be said.

    Beyond that place the value is that of a win divided by the share that gets so far.
    """
    if target is None:
        return None
    product = np.ones(DRAWS)
    chain, sign = (steps[start:target], 1) if start <= target else (steps[target:start], -1)
    for step in chain:
        if step not in now:
            return None
        product = product * now[step] if sign > 0 else product / np.maximum(now[step], 1e-6)
    return np.asarray(product)


def _rate_now(funnel: Funnel, node: Node, rng: np.random.Generator) -> np.ndarray | None:
    if node.now is not None:
        return np.asarray(np.minimum(_gamma(node.now, node.phi, rng), 1.0))
    rate = rate_of(funnel.steps[node.step].clean(), horizon=funnel.horizons[node.step])
    if rate.value is None or rate.lo is None or rate.hi is None:
        return None
    spread = max((rate.hi - rate.lo) / 3.92, 1e-6)
    return np.clip(rng.normal(rate.value, spread, DRAWS), 1e-6, 1.0)


def _gamma(level: Level, phi: float, rng: np.random.Generator) -> np.ndarray:
    """Draws of a rate given successes over exposure, the variance widened by `phi`."""
    return np.asarray(rng.gamma((level.successes + 0.5) / phi, phi / level.exposure, DRAWS))


def _inflow(funnel: Funnel, step: str) -> float:
    """Journeys a month into the step's first stage, over the window that ends with its last entry."""
    counts = funnel.steps[step]
    if not counts.n:
        return 0.0
    days = funnel.history.model.bottleneck.window_days
    last = int(counts.day.max())
    days = min(days, last - int(counts.day.min()) + 1)
    return float(counts.count[counts.day > last - days].sum()) / days * MONTH_DAYS


def _recent_values(values: WinValues) -> np.ndarray:
    """Single values of the wins of the last year of wins."""
    recent = values.since(int(values.day.max()) - 365)
    return np.repeat(recent.value, recent.count).astype(float)


def _mean_draws(each: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bayesian bootstrap of a mean: no shape is assumed, so a few large deals show up as width."""
    if each.size > _BOOTSTRAP_CAP:
        # With that many the mean is normal; its spread keeps the heavy tail.
        return np.maximum(
            rng.normal(each.mean(), each.std(ddof=1) / np.sqrt(each.size), DRAWS), 0.0
        )
    sums, tops = np.zeros(DRAWS), np.zeros(DRAWS)
    for start in range(0, each.size, 500):
        weights = rng.standard_exponential((DRAWS, each[start : start + 500].size))
        sums += weights.sum(axis=1)
        tops += weights @ each[start : start + 500]
    return np.asarray(tops / sums)


def value_gap(node: Node, drawn: Drawn) -> Valued:
    if node.status != "ok" or node.now is None:
        return Valued(node, None)
    gain = _gain(node, drawn)
    if gain is None:
        return Valued(replace(node, status="refused", why="not_valued"), None)
    lo, mid, hi = np.quantile(gain, [_LO, 0.5, _HI])
    return Valued(node, gain, mid=float(mid), lo=float(lo), hi=float(hi))


def _gain(node: Node, drawn: Drawn) -> np.ndarray | None:
    """Gain a month by draw; None where it can't be valued."""
    if node.now is None:
        return None
    worth = drawn.value if drawn.value is not None else np.ones(DRAWS)
    if node.kind == "conversion":
        after, reference = drawn.later[node.step], _reference_rate(node, drawn)
        if after is None or reference is None:
            return None
        return np.asarray(
            drawn.inflow[node.step] * (reference - drawn.now[node.step]) * after * worth
        )
    first = next(iter(drawn.later))
    to_win = drawn.later[first]
    if to_win is None or first not in drawn.now:
        return None
    whole = to_win * drawn.now[first]
    if node.kind == "volume":
        if node.reference is None:
            return None
        gap = _gamma(node.reference, node.phi, drawn.rng) - _gamma(node.now, node.phi, drawn.rng)
        return np.asarray(gap * MONTH_DAYS / 7 * whole * worth)
    if node.values is None or drawn.value is None:
        return None
    now, best = (_mean_draws(part, drawn.rng) for part in node.values)
    return np.asarray(drawn.inflow[first] * whole * (best - now) * drawn.margin)


def _reference_rate(node: Node, drawn: Drawn) -> np.ndarray | None:
    if node.target is not None:
        return np.full(DRAWS, node.target)
    return (
        None
        if node.reference is None
        else np.minimum(_gamma(node.reference, node.phi, drawn.rng), 1.0)
    )
