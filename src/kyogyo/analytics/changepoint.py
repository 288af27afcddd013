"""Since when a rate is another one: the place of a change, and whether there was one at all.

A series of weeks is cut in two at every place; the place with the largest likelihood ratio is the
candidate. Having looked at all places, the ratio must be judged by how large its maximum gets
where nothing changed: the 95 % point of 112 counts is 9.7, not 3.8. That comes from a bootstrap of
series without a change, with the same exposures and the same surplus of variance.

Seasons and trends aren't changes, but look like some: put the season into the exposures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.rate_series import (
    CountFamily,
    Numbers,
    RateSeries,
    draw_unchanged,
    log_ratios,
    series_of_counts,
    series_of_values,
    surplus_variance,
)

Seed = int | np.random.Generator


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A change: `index` is the first point of the new rate.

    `earliest` and `latest` (both inside) hold the true index with 90 % if there's one change.
    `two_log_lr` is the plain likelihood ratio; `phi` is what it was divided by before `p`, the
    chance of a ratio as large anywhere in a series of this length without a change.
    """

    index: int
    earliest: int
    latest: int
    rate_before: float
    rate_after: float
    two_log_lr: float
    phi: float
    p: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Points `start` to `stop_exclusive`, over which the rate stayed the same."""

    start: int
    stop_exclusive: int
    successes: float
    exposure: float
    rate: float


@dataclass(frozen=True, slots=True)
class _Rules:
    min_length: int
    level: float
    replicates: int
    rng: np.random.Generator


def scan(
    *,
    successes: Numbers,
    exposures: Numbers,
    family: CountFamily = "poisson",
    min_length: int = 4,
    level: float = 0.05,
    rng_seed: Seed = 0,
    replicates: int = 999,
) -> ChangePoint | None:
    """The one change of a series, or None where chance explains it (p > `level`).

    `successes` and `exposures` [n], oldest first. `poisson`: events and what they are counted
    over (cases, mature equivalents, days; any positive number). `binomial`: successes and whole
    cases. A point with exposure 0 is empty. Each side keeps at least `min_length` points. The same
    seed gives the same answer.

    Surplus variance (phi, at least 1) is measured on differences of neighbours, so that a change
    isn't taken for noise. Noise that wanders for longer than about 8 points passes for a change.

    Raises ValueError when the inputs don't fit each other.
    Source: Worsley (1986) Biometrika 73:91; the interval, Siegmund (1988) Int. Stat. Rev. 56:31.
    """
    series = series_of_counts(successes=successes, exposures=exposures, family=family)
    rules = _rules(min_length, level, replicates, rng_seed)
    return _scan(series, rules, level=level)


def segments(
    *,
    successes: Numbers,
    exposures: Numbers,
    family: CountFamily = "poisson",
    min_length: int = 4,
    level: float = 0.05,
    max_changes: int = 5,
    rng_seed: Seed = 0,
    replicates: int = 999,
) -> tuple[Segment, ...]:
    """The stretches of constant rate of a series, oldest first; one if nothing changed.

    Inputs as in `scan`. Cuts at the clearest change and looks at both parts again; a cut needs
    p <= level / 2^depth, so that the parts of a series without a change give no more alarms than
    the whole does. At the end each cut is placed anew between its neighbours.

    Source: binary segmentation, Vostrikova (1981); phi once, from the whole series.
    """
    series = series_of_counts(successes=successes, exposures=exposures, family=family)
    return _segments(
        series, _rules(min_length, level, replicates, rng_seed), max_changes=max_changes
    )


def scan_values(
    *,
    values: Numbers,
    variances: Numbers,
    min_length: int = 4,
    level: float = 0.05,
    rng_seed: Seed = 0,
    replicates: int = 999,
) -> ChangePoint | None:
    """`scan` for means: `values` [n], such as log prices, with the variance of each point.

    A variance of inf is an empty point (its value may be nan). Rates are means weighted by
    1 / variance. Raises ValueError on a variance that isn't positive.
    """
    series = series_of_values(values=values, variances=variances)
    return _scan(series, _rules(min_length, level, replicates, rng_seed), level=level)


def segment_values(
    *,
    values: Numbers,
    variances: Numbers,
    min_length: int = 4,
    level: float = 0.05,
    max_changes: int = 5,
    rng_seed: Seed = 0,
    replicates: int = 999,
) -> tuple[Segment, ...]:
    """`segments` for means; inputs as in `scan_values`. `exposure` is the sum of 1 / variance."""
    series = series_of_values(values=values, variances=variances)
    return _segments(
        series, _rules(min_length, level, replicates, rng_seed), max_changes=max_changes
    )


def noise(*, successes: Numbers, exposures: Numbers, family: CountFamily = "poisson") -> float:
    """phi: how much more neighbours differ than chance makes them, at least 1 (= chance alone).

    Measured on points and on blocks of 4 and 8 of them, so rather too high. Inputs as in `scan`.
    """
    series = series_of_counts(successes=successes, exposures=exposures, family=family)
    return float(surplus_variance(a=series.a[None, :], series=series)[0])


# ------------------------------------------------------------------------------ one change


def _scan(
    series: RateSeries, rules: _Rules, *, level: float, phi: float | None = None
) -> ChangePoint | None:
    """`phi` given = taken as known; else estimated here and in every replicate."""
    places = _places(series, rules.min_length)
    if places.size == 0:
        return None
    ratio = log_ratios(a=series.a[None, :], series=series, places=places)[0]
    known = phi is not None
    phi = float(surplus_variance(a=series.a[None, :], series=series)[0]) if phi is None else phi
    best = int(np.argmax(ratio))
    p = _p_value(ratio[best] / phi, series, rules, places, phi=phi, known=known)
    if not p <= level:
        return None
    index = int(places[best])
    before, after = series.cut(0, index), series.cut(index, series.size)
    # Log likelihoods within this of the best can't be told from it: Siegmund's bound, 90 %.
    near = places[ratio >= ratio[best] + 2 * phi * math.log(1 - math.sqrt(0.9))]
    return ChangePoint(
        index=index,
        earliest=int(near[0]),
        latest=int(near[-1]),
        rate_before=before.rate,
        rate_after=after.rate,
        two_log_lr=float(ratio[best]),
        phi=phi,
        p=p,
    )


def _p_value(
    observed: float,
    series: RateSeries,
    rules: _Rules,
    places: NDArray[np.int64],
    *,
    phi: float,
    known: bool,
) -> float:
    if observed <= 0:
        return 1.0
    drawn = draw_unchanged(series=series, phi=phi, replicates=rules.replicates, rng=rules.rng)
    largest = log_ratios(a=drawn, series=series, places=places).max(axis=1)
    largest = largest / (phi if known else surplus_variance(a=drawn, series=series))
    return float((1 + np.sum(largest >= observed - 1e-9)) / (rules.replicates + 1))


def _places(series: RateSeries, min_length: int) -> NDArray[np.int64]:
    """The indexes at which the new rate may start: long enough on both sides, and not empty."""
    n = series.size
    upto = np.cumsum(series.e)
    index = np.arange(min_length, n - min_length + 1, dtype=np.int64)
    if index.size == 0:
        return index
    return np.asarray(
        index[(upto[index - 1] > 0) & (upto[-1] - upto[index - 1] > upto[-1] * 1e-12)]
    )


# ------------------------------------------------------------------------------ many changes


def _segments(series: RateSeries, rules: _Rules, *, max_changes: int) -> tuple[Segment, ...]:
    n = series.size
    phi = float(surplus_variance(a=series.a[None, :], series=series)[0])
    cuts: list[int] = []
    open_parts = [_look(series, rules, phi, start=0, stop=n, depth=0)]
    while len(cuts) < max_changes:
        clearest = min(open_parts, key=lambda part: part.rank)
        if clearest.change is None:
            break
        open_parts.remove(clearest)
        cuts.append(clearest.cut)
        for start, stop in ((clearest.start, clearest.cut), (clearest.cut, clearest.stop)):
            part = _look(series, rules, phi, start=start, stop=stop, depth=clearest.depth + 1)
            open_parts.append(part)
    edges = _placed_anew(series, rules, [0, *sorted(cuts), n])
    return tuple(_segment(series, start, stop) for start, stop in pairwise(edges))


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    stop: int
    depth: int
    change: ChangePoint | None

    @property
    def cut(self) -> int:
        return self.start + (self.change.index if self.change else 0)

    @property
    def rank(self) -> tuple[float, float]:
        """The clearest change first; a part without one last."""
        return (self.change.p, -self.change.two_log_lr) if self.change else (math.inf, 0.0)


def _look(
    series: RateSeries, rules: _Rules, phi: float, *, start: int, stop: int, depth: int
) -> _Part:
    change = _scan(
        series.cut(start, stop),
        rules,
        level=rules.level / 2**depth,
        # The whole series has its noise estimated anew in every replicate; the parts take it over.
        phi=None if depth == 0 else phi,
    )
    return _Part(start, stop, depth, change)


def _placed_anew(series: RateSeries, rules: _Rules, edges: list[int]) -> list[int]:
    """Each cut at the best place between its neighbours: the first ones were found among others."""
    edges = list(edges)
    for k in range(1, len(edges) - 1):
        part = series.cut(edges[k - 1], edges[k + 1])
        places = _places(part, rules.min_length)
        if places.size:
            ratio = log_ratios(a=part.a[None, :], series=part, places=places)[0]
            edges[k] = edges[k - 1] + int(places[np.argmax(ratio)])
    return edges


def _segment(series: RateSeries, start: int, stop: int) -> Segment:
    part = series.cut(start, stop)
    return Segment(start, stop, float(part.a.sum()), float(part.e.sum()), part.rate)


def _rules(min_length: int, level: float, replicates: int, rng_seed: Seed) -> _Rules:
    if min_length < 1 or replicates < 1 or not 0 < level < 1:
        message = "min_length and replicates are at least 1, and level lies between 0 and 1"
        raise ValueError(message)
    return _Rules(min_length, level, replicates, np.random.default_rng(rng_seed))
