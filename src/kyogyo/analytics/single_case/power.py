"""What a design can show, said before it starts: how often a real effect of a size would be found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.intervals import FloatArray, wilson
from kyogyo.analytics.single_case.contrast import Contrast
from kyogyo.analytics.single_case.designs import Design, all_assignments, draw_assignments
from kyogyo.analytics.single_case.randomisation import compare_with
from kyogyo.analytics.single_case.series import MeasureKind

_FEW = 999
_CHANGES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Weather:
    """How restless the weeks are apart from any effect, on the log of the rate.

    `wander`: the standard deviation of a team's own weeks beyond chance; `alike`: how much a week
    resembles the one before; `common`: the step from week to week of what hits all teams; `trend`:
    the relative change a week that goes on anyway.
    """

    wander: float = 0.15
    alike: float = 0.3
    common: float = 0.05
    trend: float = 0.0


@dataclass(frozen=True, slots=True)
class Power:
    """The share of `trials` in which a real `change` gave p <= `alpha`; `lo` and `hi` its interval."""

    change: float
    power: float
    lo: float
    hi: float
    trials: int
    alpha: float


def design_power(
    *,
    design: Design,
    rate: float,
    cases: float,
    change: float,
    kind: MeasureKind = "share",
    weather: Weather = Weather(),
    alpha: float = 0.05,
    trials: int = 300,
    seed: int = 0,
) -> Power:
    """How often a change of the rate by `change` (0.2 = 20 % more, < 0 = less) would be found.

    `rate` of successes before, `cases` a team and week (or the exposure of a count). Weeks are
    simulated, with the start drawn anew each time and the test of `randomisation` made in the
    direction of the change. The same seed gives the same answer.

    Raises ValueError when the changed rate isn't possible.
    """
    top = 1.0 if kind == "share" else math.inf
    if not (0 < rate < top and 0 < rate * (1 + change) <= top and cases > 0):
        message = f"a rate of {rate}, changed by {change}, among {cases} cases isn't possible"
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    contrast, exact = prepare(design, np.ones((design.rows, design.weeks)), rng=rng)
    found = 0
    for _ in range(trials):
        pattern = design.pattern(draw_assignments(design, draws=1, rng=rng)[0])
        rates = rate * np.exp(_weather(design, weather, rng) + math.log1p(change) * pattern)
        logs = _count(rates, cases, kind, rng)
        tested = compare_with(contrast, pattern=pattern, logs=logs, exact=exact)
        if tested is not None:
            found += (tested.p_rise if change > 0 else tested.p_fall) <= alpha
    lo, hi = wilson(successes=found, n=trials)
    return Power(change, found / trials, lo, hi, trials, alpha)


def visible_change(
    *,
    design: Design,
    rate: float,
    cases: float,
    kind: MeasureKind = "share",
    weather: Weather = Weather(),
    improvement: int = 1,
    wanted: float = 0.8,
    trials: int = 200,
    seed: int = 0,
) -> Power | None:
    """The smallest change that would be found with a chance of `wanted`; None where none would.

    Looked for among round changes from 5 % to 100 %; `improvement` -1 looks for falls.
    """
    for size in _CHANGES:
        change = size * improvement
        if change <= -1 or (kind == "share" and rate * (1 + change) > 1):
            return None
        power = design_power(design=design, rate=rate, cases=cases, change=change, kind=kind,
                             weather=weather, trials=trials, seed=seed)  # fmt: skip
        if power.power >= wanted:
            return power
    return None


def prepare(
    design: Design, weights: FloatArray, *, rng: np.random.Generator, most: int = _FEW
) -> tuple[Contrast, bool]:
    """A comparison for many series of one design: all outcomes if they are few, else a sample."""
    if design.count <= 2 * most:
        return Contrast(design, all_assignments(design), weights), True
    return Contrast(design, draw_assignments(design, draws=most, rng=rng), weights), False


def _weather(design: Design, weather: Weather, rng: np.random.Generator) -> FloatArray:
    """[teams, weeks] of the log rate around its level."""
    noise = rng.normal(size=(design.rows, design.weeks)) * weather.wander
    fresh = math.sqrt(1 - weather.alike**2)
    for week in range(1, design.weeks):
        noise[:, week] = weather.alike * noise[:, week - 1] + fresh * noise[:, week]
    common = np.cumsum(rng.normal(size=design.weeks) * weather.common)
    common += math.log1p(weather.trend) * np.arange(design.weeks)
    return np.asarray(noise + common - common.mean())


def _count(
    rates: FloatArray, cases: float, kind: MeasureKind, rng: np.random.Generator
) -> FloatArray:
    """Drawn successes as log rates, as `series.Panel.logs` makes them."""
    if kind == "count":
        return np.asarray(np.log((rng.poisson(rates * cases) + 0.5) / cases))
    n = np.maximum(rng.poisson(cases, size=rates.shape), 1)
    return np.asarray(np.log((rng.binomial(n, np.minimum(rates, 1.0)) + 0.5) / (n + 0.5)))
