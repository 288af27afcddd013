"""The nodes of a stream, and what happened to each: the material of the diagnosis, before anything is valued.

Demand, the mix of who comes, each step's conversion, its delay and the capacity of those who serve it, the value of a
win, churn and expansion. Everything of one step is looked at together, since a queue, a slow step and a low rate
look alike where half of the journeys are still under way (see `step_shift`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from kyogyo.analytics.customers import CustomerMonths, customer_months
from kyogyo.analytics.level_shift import LevelShift, find_level, find_rate
from kyogyo.analytics.mix import Mix, find_mix
from kyogyo.analytics.money import WinValues
from kyogyo.analytics.narrow_shift import narrow_shift
from kyogyo.analytics.step_shift import Slower, StepShift, find_shift
from kyogyo.analytics.step_weeks import WEEK, StepWeeks, grown, step_weeks
from kyogyo.analytics.steps import ADVANCED, ENOUGH_AT_RISK

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.step_weeks import Floats

NodeKind = Literal[
    "volume", "mix", "conversion", "delay", "capacity", "value", "churn", "expansion"
]
NodeStatus = Literal["ok", "not_enough_history", "refused"]
ReferenceKind = Literal["target", "same_season", "best_past", "baseline"]

DRAWS = 2_000
_MIN_WEEKS, _MIN_SUCCESSES = 13, 20
# Prices beyond this many spreads from their kind's mean count as so far: one deal doesn't make a level.
_FAR = 2.5
_LEAST_NOISE, _AS_WEEKS = 0.35, 15
# The mean of squares of normal values without the largest twelfth of them is so much too small.
_TRIMMED = 1.5
_PRICE_WANDER, _MIX_WANDER, _CHURN_PHI = 0.03, 0.04, 1.3


@dataclass(frozen=True, slots=True)
class Level:
    """A level over a stretch: `successes` over `exposure`, from day `start` to day `stop` (outside).

    The unit of exposure is mature-equivalent journeys for a conversion, journeys for days of delay and waiting, weeks for
    volume, wins for value, customer-months for churn and expansion.
    """

    successes: float
    exposure: float
    start: int
    stop: int

    @property
    def rate(self) -> float:
        return self.successes / self.exposure if self.exposure > 0 else float("nan")


@dataclass(frozen=True)
class Node:
    """One node: its level now, its reference, and how likely it is that something happened to it.

    `step` is the step for a conversion, a delay and a capacity, the first stage for volume and mix, the won stage for the
    others. `changed_on` is the day since which the current level holds, None where probably nothing changed. `phi` is how
    much noisier than chance it is. `department` serves the step of a capacity. `season_known`: two years or more.
    """

    kind: NodeKind
    step: str
    status: NodeStatus
    n: int
    now: Level | None = None
    reference: Level | None = None
    reference_kind: ReferenceKind = "baseline"
    target: float | None = None
    phi: float = 1.0
    changed_on: int | None = None
    why: str = ""
    season_known: bool = False
    likely: float = 0.0
    department: str = ""


@dataclass(frozen=True)
class Past:
    """What happened to every node, as draws; None where a node can't be looked at, and `refused` says why."""

    weeks: Mapping[str, StepWeeks]
    shifts: Mapping[str, StepShift]
    arrived: Floats
    volume: LevelShift | None
    mix: Mix
    mixed: LevelShift | None
    prices: LevelShift | None
    customers: CustomerMonths | None
    churn: LevelShift | None
    expansion: LevelShift | None
    refused: Mapping[str, str] = field(default_factory=dict)


def look_back(
    funnel: Funnel, *, values: WinValues, value_stage: str | None, rng: np.random.Generator
) -> Past:
    """Everything that happened to the stream, node by node."""
    weeks: dict[str, StepWeeks] = {}
    refused: dict[str, str] = {}
    for code, counts in funnel.steps.items():
        found = None if counts.period_months else step_weeks(counts)
        if counts.period_months:
            refused[code] = "dated_by_period"
        elif counts.clean().n < 2 * ENOUGH_AT_RISK or found is None or not _is_enough(found):
            refused[code] = "few"
        else:
            weeks[code] = found
    mix = find_mix(funnel, weeks=weeks, value_stage=value_stage)
    weeks = {code: _weighted(step, mix.weights.get(code)) for code, step in weeks.items()}
    shifts = _find_shifts(weeks, mix, rng=rng)
    arrived, volume = _find_volume(funnel, rng=rng)
    months = None
    if value_stage is not None:
        months = customer_months(funnel.history, track=funnel.track, value_stage=value_stage)
    return Past(
        weeks=weeks,
        shifts=shifts,
        arrived=arrived,
        volume=volume,
        mix=mix,
        mixed=_find_mixed(mix, rng=rng),
        prices=_find_prices(values, rng=rng),
        customers=months,
        churn=_find_churn(months, rng=rng),
        expansion=_find_expansion(months, rng=rng),
        refused=refused,
    )


def _is_enough(weeks: StepWeeks) -> bool:
    return weeks.weeks >= _MIN_WEEKS and weeks.advanced.sum() >= _MIN_SUCCESSES


def _weighted(weeks: StepWeeks, weight: Floats | None) -> StepWeeks:
    if weight is None or weight.size != weeks.weeks:
        return weeks
    return StepWeeks(weeks.starts, weeks.entered, weeks.advanced, weight, weeks.pace, weeks.ages)


def _find_shifts(
    weeks: Mapping[str, StepWeeks], mix: Mix, *, rng: np.random.Generator
) -> dict[str, StepShift]:
    """Step by step from the first on, since who waited long at one may go on less often from the next."""
    found: dict[str, StepShift] = {}
    before: str | None = None
    for code, step in weeks.items():
        slower = None
        if before is not None and before.split(">")[1] == code.split(">")[0]:
            slower = _slower(weeks[before], found[before])
        shift = find_shift(step, rng=rng, draws=DRAWS, phi=noise_of(step), slower=slower)
        kinds = mix.kinds.get(code, {})
        found[code] = narrow_shift(shift, kinds, mix.shares, weeks=step.weeks, rng=rng)
        before = code
    return found


def _slower(weeks: StepWeeks, shift: StepShift) -> Slower | None:
    longer = shift.is_("pace", "wait", "rate_and_pace") & (shift.days > 1)
    if longer.mean() < 0.3:
        return None
    return Slower(days=float(np.median(shift.days[longer])), since=int(weeks.starts[shift.at]))


def noise_of(weeks: StepWeeks) -> float:
    """phi: how much more neighbouring weeks differ than Poisson counts would, drawn to what shares do where there are few.

    Of n journeys with the chance p, how many go on varies by 1 - p of that only.
    """
    went = weeks.advanced.sum(axis=1)
    e = weeks.entered * weeks.weight * grown(weeks.pace, weeks.ages)
    rate = went.sum() / max(e.sum(), 1e-9)
    least = max(1 - rate, _LEAST_NOISE)
    use = e * rate > 0.5
    went, e = went[use], e[use]
    if went.size < 6:
        return float(least)
    squares = np.diff(went / e) ** 2 / (rate / e[1:] + rate / e[:-1])
    # The largest may be the change itself.
    kept = np.sort(squares)[: -max(1, squares.size // 12)]
    phi = float(kept.mean()) * _TRIMMED
    return float(max(least, (phi * kept.size + least * _AS_WEEKS) / (kept.size + _AS_WEEKS)))


def _find_volume(funnel: Funnel, *, rng: np.random.Generator) -> tuple[Floats, LevelShift | None]:
    """First passes into the first measured stage by week, oldest first, and what happened to them."""
    if not funnel.steps:
        return np.empty(0), None
    counts = next(iter(funnel.steps.values()))
    first = counts.keep(counts.recycled == 0)
    if first.n < ENOUGH_AT_RISK:
        return np.empty(0), None
    # Weeks end with the last day of observation, or with the last entry where nobody worked in it any more.
    end = min(funnel.history.as_of_day, int(first.entered.max()))
    back = (end - first.entered) // WEEK
    size = (end - int(first.entered.min()) + 1) // WEEK
    inside = back < size
    came = np.bincount(size - 1 - back[inside], first.count[inside], minlength=size).astype(float)
    if size < _MIN_WEEKS:
        return came, None
    variances = _count_noise(came) / np.maximum(came, 1.0)
    values = np.log(np.maximum(came, 0.5))
    shift = find_level(values, variances, rng=rng, draws=DRAWS, seasonal=True, trend=True)
    return came, shift


def _count_noise(came: Floats) -> float:
    squares = np.diff(came) ** 2 / np.maximum(came[1:] + came[:-1], 1.0)
    kept = np.sort(squares)[: -max(1, squares.size // 12)] if squares.size > 6 else squares
    phi = kept.mean() * _TRIMMED
    return float(max(1.0, (phi * kept.size + _AS_WEEKS) / (kept.size + _AS_WEEKS)))


def _find_mixed(mix: Mix, *, rng: np.random.Generator) -> LevelShift | None:
    if mix.worth.size < _MIN_WEEKS:
        return None
    return find_level(mix.worth, mix.noise, rng=rng, draws=DRAWS, wander=_MIX_WANDER)


def _find_prices(values: WinValues, *, rng: np.random.Generator) -> LevelShift | None:
    """The level of the logarithms of wins' values."""
    if values.n < 2 * ENOUGH_AT_RISK:
        return None
    logs = np.log(np.maximum(values.value, 1)).astype(float)
    mean, spread = np.average(logs, weights=values.count), 0.0
    spread = float(np.sqrt(np.average((logs - mean) ** 2, weights=values.count))) or 1.0
    logs = np.clip(logs, mean - _FAR * spread, mean + _FAR * spread)
    last = int(values.day.max())
    back = (last - values.day) // WEEK
    size = int(back.max()) + 1
    week = size - 1 - back
    n = np.bincount(week, values.count, minlength=size).astype(float)
    means = np.bincount(week, logs * values.count, minlength=size) / np.maximum(n, 1)
    if size < _MIN_WEEKS:
        return None
    variances = np.where(n > 0, spread**2 / np.maximum(n, 1), np.inf)
    return find_level(means, variances, rng=rng, draws=DRAWS, wander=_PRICE_WANDER)


def _find_churn(months: CustomerMonths | None, *, rng: np.random.Generator) -> LevelShift | None:
    if months is None or months.left.sum() < 5 or months.periods < 6:
        return None
    return find_rate(months.left, months.accounts, rng=rng, draws=DRAWS, phi=_CHURN_PHI)


def _find_expansion(
    months: CustomerMonths | None, *, rng: np.random.Generator
) -> LevelShift | None:
    if months is None or months.grew.sum() < 5 or months.periods < 6:
        return None
    return find_rate(months.grew, months.accounts, rng=rng, draws=DRAWS, phi=_CHURN_PHI)


def went_on_by_week(weeks: StepWeeks) -> Floats:
    """[W] how many of each week's entries have gone on so far."""
    return np.asarray(weeks.advanced.sum(axis=1))


def all_over_first(funnel: Funnel, code: str, weeks: StepWeeks) -> float:
    """How much oftener everybody goes on than first passes do: who comes back fares otherwise."""
    counts = funnel.steps[code]
    end = int(weeks.starts[-1]) + WEEK
    rates = []
    for rows in (
        counts.entered >= counts.clean_from,
        (counts.entered >= counts.clean_from) & (counts.recycled == 0),
    ):
        part = counts.keep(rows & (counts.day < end))
        grown_now = grown(weeks.pace, (part.until - part.day).astype(float))
        went = float(part.count[part.cause == ADVANCED].sum())
        rates.append(went / max(float((part.count * grown_now).sum()), 1e-9))
    return rates[0] / max(rates[1], 1e-9)
