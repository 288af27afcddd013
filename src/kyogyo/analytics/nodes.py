"""The nodes of a stream, each as it is now and as it was at its best: volume, conversions, value.

A node is looked at week by week. A change-point scan cuts its past into stretches in which
nothing changed; the last stretch is *now*, and the best earlier one that lasted long enough is the reference,
unless a target is declared. The best week or month would be the luckiest one; the best stretch isn't, since it had to
differ from its neighbours by more than chance. Where nothing changed, the last weeks are held against all that went before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from kyogyo.analytics.changepoint import Segment, noise, segment_values, segments
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.intervals import wilson
from kyogyo.analytics.money import WinValues
from kyogyo.analytics.steps import ENOUGH_AT_RISK, StepCounts, incidence
from kyogyo.analytics.survival import maturity
from kyogyo.period import month_of

if TYPE_CHECKING:
    from kyogyo.revenue_model import Settings

NodeKind = Literal["volume", "conversion", "value"]
NodeStatus = Literal["ok", "not_enough_history", "refused"]
ReferenceKind = Literal["target", "best_past", "baseline"]

WEEK = 7
# A stretch shorter than this is a spell, not a level that people could return to.
_MIN_WEEKS = 6
# A week counts once this share of what will have happened by the horizon has had time to. Younger weeks would have
# to be scaled up, and then a change of pace (the same wins, sooner) looks like a change of rate.
_MIN_COVERAGE = 0.9
_MIN_SUCCESSES = 10
_LEVEL = 0.05
_SEASON_WEEKS = 104
# Webinars and trade shows make weeks lumpy and four weeks even: by weeks their noise hides a fall by a third.
_VOLUME_POINT, _LUMPY_WEEKS = 4, 52


@dataclass(frozen=True, slots=True)
class Level:
    """A rate over a stretch: `successes` over `exposure`, from day `start` to day `stop` (outside).

    The unit of exposure is mature-equivalent journeys for a conversion, weeks for volume, wins for value.
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
    """One node: its level now, its reference, and how noisy it is (`phi` >= 1, 1 = chance alone).

    `step` is the step for a conversion, the first stage for volume, the won stage for value.
    `changed_on` is the day since which the current level holds, None where nothing changed. `values` are single
    values of wins now and at the reference (for value nodes). `season_known`: the volume's season was taken out.
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
    values: tuple[np.ndarray, np.ndarray] | None = None


def conversion_node(funnel: Funnel, *, step: str, tests: int) -> Node:
    """The node of one step. `tests` is how many nodes are scanned, for the level of the scan."""
    counts = funnel.steps[step].clean()
    horizon = funnel.horizons[step]
    n = counts.n
    if funnel.steps[step].period_months:
        return Node(kind="conversion", step=step, status="refused", n=n, why="dated_by_period")
    if horizon is None or n < 2 * ENOUGH_AT_RISK:
        return Node(kind="conversion", step=step, status="not_enough_history", n=n, why="few")
    weeks, successes, exposures = _weekly(counts, horizon)
    if weeks.size < 2 * _MIN_WEEKS or successes.sum() < 2 * _MIN_SUCCESSES:
        return Node(kind="conversion", step=step, status="not_enough_history", n=n, why="few")
    node = _levelled(
        "conversion",
        step,
        n,
        weeks,
        successes,
        exposures,
        settings=funnel.history.model.bottleneck,
        tests=tests,
    )
    if node.now is not None:
        node = replace(node, now=_at_least(node.now, counts, horizon))
    target = _target(funnel, step)
    if target is None or node.now is None:
        return node
    return _against_target(node, target)


def _at_least(now: Level, counts: StepCounts, horizon: int) -> Level:
    """The level of the newest journeys where they are already surely above `now`, else `now`.

    What is too young for a rate can still only rise: if it has passed the mature level by more than chance, that level is over.
    """
    young = counts.keep(counts.day >= now.stop)
    if young.n < ENOUGH_AT_RISK:
        return now
    k = young.within(horizon)
    lowest, _ = wilson(successes=k, n=young.n)
    if lowest <= now.rate:
        return now
    return Level(float(k), float(young.n), int(young.day.min()), int(young.day.max()) + 1)


def _weekly(counts: StepCounts, horizon: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First day of each week, arrivals within the horizon so far, and mature-equivalent journeys; complete weeks, oldest first."""
    last_entry = int(counts.day.max())
    # Weeks end with the last day of entry, so that the newest week is a whole one.
    week = (last_entry - counts.day) // WEEK
    size = int(week.max()) + 1
    curve = incidence(counts)
    observed = np.minimum(counts.until - counts.day, horizon)
    grown = maturity(base_incidence=curve, horizon=horizon, ages=observed)
    exposures, entered, successes = np.zeros(size), np.zeros(size), np.zeros(size)
    arrived = (counts.cause == 1) & (counts.lag <= horizon)
    np.add.at(exposures, week, counts.count * np.nan_to_num(grown))
    np.add.at(entered, week, counts.count)
    np.add.at(successes, week[arrived], counts.count[arrived])
    first_days = last_entry - WEEK * (np.arange(size) + 1) + 1
    whole = (first_days >= int(counts.day.min())) & (exposures >= _MIN_COVERAGE * entered)
    # A young week is unknown, and so is all that is younger; an empty week in between has exposure 0 and says so.
    keep = whole | ((entered == 0) & (first_days >= int(counts.day.min())))
    order = np.flatnonzero(keep)[::-1]
    return first_days[order], successes[order], exposures[order]


def volume_node(funnel: Funnel, *, tests: int) -> Node:
    """First passes entering the first measured stage per week, season taken out where two years allow it."""
    step, counts = next(iter(funnel.steps.items()))
    stage = step.split(">")[0]
    first = counts.keep(counts.recycled == 0)
    if first.n < ENOUGH_AT_RISK:
        return Node(kind="volume", step=stage, status="not_enough_history", n=first.n, why="few")
    last_day = min(funnel.history.as_of_day, int(first.day.max()))
    week = (last_day - first.day) // WEEK
    size = int(week.max()) + 1
    entered = np.zeros(size)
    np.add.at(entered, week, first.count)
    first_days = last_day - WEEK * (np.arange(size) + 1) + 1
    whole = first_days >= int(first.day.min())
    weeks, successes = first_days[whole][::-1], entered[whole][::-1]
    if weeks.size < 2 * _MIN_WEEKS:
        return Node(kind="volume", step=stage, status="not_enough_history", n=first.n, why="few")
    node = _levelled(
        "volume",
        stage,
        first.n,
        weeks,
        successes,
        season_index(weeks, successes),
        settings=funnel.history.model.bottleneck,
        tests=tests,
        point=_VOLUME_POINT if weeks.size >= _LUMPY_WEEKS else 1,
    )
    return replace(node, season_known=weeks.size >= _SEASON_WEEKS)


def season_index(weeks: np.ndarray, successes: np.ndarray) -> np.ndarray:
    """What share of an average week each week's month brings; 1 throughout with less than two years.

    Ratio to the centred 52-week mean, median by calendar month over the years, so that one odd year doesn't set it.
    """
    if weeks.size < _SEASON_WEEKS:
        return np.ones(weeks.size)
    window = np.ones(52) / 52
    padded = np.pad(successes, (26, 25), mode="reflect")
    trend = np.maximum(np.convolve(padded, window, mode="valid"), 1e-9)
    months = np.array([month_of(int(day) + 3) % 12 for day in weeks])
    ratio = successes / trend
    index = np.array(
        [np.median(ratio[months == m]) if np.any(months == m) else 1.0 for m in range(12)]
    )
    index = np.clip(index, 0.2, None)
    return np.asarray((index / index.mean())[months])


def value_node(funnel: Funnel, *, values: WinValues, stage: str, tests: int) -> Node:
    """The mean value of a win now against the best stable past, on a log scale for the scan."""
    if values.n < 2 * ENOUGH_AT_RISK:
        return Node(
            kind="value",
            step=stage,
            status="not_enough_history",
            n=values.n,
            why="no_amounts" if not values.n else "few",
        )
    last = int(values.day.max())
    week = (last - values.day) // WEEK
    size = int(week.max()) + 1
    wins, worth = np.zeros(size), np.zeros(size)
    np.add.at(wins, week, values.count)
    np.add.at(worth, week, values.value * values.count)
    first_days = last - WEEK * (np.arange(size) + 1) + 1
    weeks, wins, worth = first_days[::-1], wins[::-1], worth[::-1]
    if weeks.size < 2 * _MIN_WEEKS:
        return Node(kind="value", step=stage, status="not_enough_history", n=values.n, why="few")
    cuts = _value_cuts(values, weeks, tests=tests)
    levels = [
        Level(
            float(worth[a:b].sum()), float(wins[a:b].sum()), int(weeks[a]), int(weeks[b - 1]) + WEEK
        )
        for a, b in cuts
    ]
    node = _from_levels("value", stage, values.n, levels, weeks, worth, wins,
                        settings=funnel.history.model.bottleneck, phi=1.0)  # fmt: skip
    if node.now is None or node.reference is None:
        return node
    picked = [_values_between(values, level) for level in (node.now, node.reference)]
    if min(part.size for part in picked) < ENOUGH_AT_RISK:
        return Node(kind="value", step=stage, status="not_enough_history", n=values.n, why="few")
    return replace(node, values=(picked[0], picked[1]))


def _value_cuts(values: WinValues, weeks: np.ndarray, *, tests: int) -> list[tuple[int, int]]:
    logs = np.log(np.maximum(values.value, 1))
    each = np.repeat(logs, values.count)
    place = np.repeat((values.day - weeks[0]) // WEEK, values.count)
    spread = float(np.var(each)) or 1.0
    n = np.bincount(place, minlength=weeks.size).astype(float)
    means = np.bincount(place, each, minlength=weeks.size) / np.maximum(n, 1)
    variances = np.where(n > 0, spread / np.maximum(n, 1), np.inf)
    found = segment_values(
        values=means,
        variances=variances,
        min_length=_MIN_WEEKS,
        level=_LEVEL / tests,
        max_changes=3,
    )
    return [(s.start, s.stop_exclusive) for s in found]


def _values_between(values: WinValues, level: Level) -> np.ndarray:
    rows = (values.day >= level.start) & (values.day < level.stop)
    return np.repeat(values.value[rows], values.count[rows]).astype(float)


def _levelled(
    kind: NodeKind,
    step: str,
    n: int,
    weeks: np.ndarray,
    successes: np.ndarray,
    exposures: np.ndarray,
    *,
    settings: Settings,
    tests: int,
    point: int = 1,
) -> Node:
    """The node of a weekly series; `point` weeks are taken together, the newest whole ones, where it is scanned."""
    whole = slice(weeks.size % point, None)
    starts = weeks[whole][::point]
    came, over = (part[whole].reshape(-1, point).sum(axis=1) for part in (successes, exposures))
    found: tuple[Segment, ...] = segments(
        successes=came,
        exposures=over,
        family="poisson",
        min_length=-(-_MIN_WEEKS // point),
        level=_LEVEL / tests,
        max_changes=4,
    )
    levels = [
        Level(
            s.successes,
            s.exposure,
            int(starts[s.start]),
            int(starts[s.stop_exclusive - 1]) + point * WEEK,
        )
        for s in found
    ]
    phi = noise(successes=came, exposures=over, family="poisson")
    return _from_levels(
        kind, step, n, levels, weeks, successes, exposures, settings=settings, phi=phi
    )


def _from_levels(
    kind: NodeKind,
    step: str,
    n: int,
    levels: list[Level],
    weeks: np.ndarray,
    successes: np.ndarray,
    exposures: np.ndarray,
    *,
    settings: Settings,
    phi: float,
) -> Node:
    if len(levels) > 1:
        # What was last seen longer ago than the declared baseline is no level to return to.
        oldest = levels[-1].start - settings.baseline_days
        past = [v for v in levels[:-1] if v.successes >= _MIN_SUCCESSES and v.stop > oldest]
        if past:
            best = max(past, key=lambda level: level.rate)
            return Node(kind=kind, step=step, status="ok", n=n, now=levels[-1], reference=best, reference_kind="best_past", phi=phi,
                        changed_on=levels[-1].start)  # fmt: skip
    recent = max(_MIN_WEEKS, settings.window_days // WEEK)
    if weeks.size < recent + _MIN_WEEKS:
        recent = weeks.size // 2
    cut = weeks.size - recent
    first = max(
        0, min(cut - _MIN_WEEKS, int(np.searchsorted(weeks, weeks[cut] - settings.baseline_days)))
    )
    now = Level(
        float(successes[cut:].sum()),
        float(exposures[cut:].sum()),
        int(weeks[cut]),
        int(weeks[-1]) + WEEK,
    )
    before = Level(
        float(successes[first:cut].sum()),
        float(exposures[first:cut].sum()),
        int(weeks[first]),
        int(weeks[cut]),
    )
    if min(now.exposure, before.exposure) <= 0 or before.successes < _MIN_SUCCESSES:
        return Node(kind=kind, step=step, status="not_enough_history", n=n, why="few")
    return Node(
        kind=kind,
        step=step,
        status="ok",
        n=n,
        now=now,
        reference=before,
        reference_kind="baseline",
        phi=phi,
    )


def _target(funnel: Funnel, step: str) -> float | None:
    start, stop = step.split(">")
    for metric in funnel.history.model.metrics:
        if (
            metric.unit == "share"
            and metric.target is not None
            and (metric.stage_from, metric.stage_to) == (start, stop)
        ):
            return metric.target
    return None


def _against_target(node: Node, target: float) -> Node:
    return replace(node, reference_kind="target", target=target, reference=None)
