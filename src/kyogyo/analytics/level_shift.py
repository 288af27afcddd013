"""Whether, since when and by how much a level changed: demand with its season and growth, prices, the mix, churn.

`find_level` takes a weekly series of logarithms with known noise: a level, a trend, a season as far as a year tells, a
slow wander, and one step at an unknown place. `find_rate` takes rare events over exposures, such as churn.

Source: Gaussian processes with known kernels, Rasmussen & Williams (2006) 2.7; a step of unknown place in them is one
more regressor whose Bayes factor has a closed form (Wakefield 2009). Rare events: the conditional split of Poisson
counts, as in `step_shift`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PRIOR_CHANGE = 0.4
_SIZE = 0.5
_YEAR = 365.25 / 7
_LEVEL, _TREND, _SEASON, _WANDER, _WANDER_WEEKS = 3.0, 0.3, (0.13, 0.05), 0.05, 6.0
_YOUNGEST, _OLDEST = 3, 10
_RATIOS = np.exp(np.linspace(np.log(0.1), np.log(8.0), 91))


@dataclass(frozen=True)
class LevelShift:
    """Draws of what happened to a level.

    `log_ratio` of now to what it would be without the change, 0 where nothing changed; `changed` and `week` (the first
    one after) by draw; `likely` the posterior of a change, `at` its likeliest week.
    """

    log_ratio: Floats
    changed: np.ndarray
    week: Ints
    likely: float
    at: int


def find_level(
    values: Floats,
    variances: Floats,
    *,
    rng: np.random.Generator,
    draws: int,
    seasonal: bool = False,
    trend: bool = False,
    wander: float = _WANDER,
) -> LevelShift:
    """The posterior of a step in `values` (logarithms, oldest first, a week each); a variance of inf is no value."""
    known = np.flatnonzero(np.isfinite(variances))
    n = values.size
    places = _places(known, n)
    if known.size < _OLDEST or not places.size:
        nothing = np.zeros(draws)
        return LevelShift(nothing, nothing > 0, nothing.astype(np.int64), 0.0, n)
    after = (known[None, :] >= places[:, None]).astype(float)
    centred = values[known] - np.average(values[known], weights=1 / variances[known])
    # With a season and without one; which of them it is, the series says.
    models = ((0.0, 0.4), (0.0, 1.0), (1.0, 1.0)) if seasonal else ((0.0, float(trend)),)
    logs, scores, precisions = [], [], []
    for season, growth in models:
        covariance = _covariance(np.arange(n)[known], season=season, trend=growth, wander=wander)
        covariance[np.diag_indices_from(covariance)] += variances[known]
        log_fit, score, information = _fit(covariance, centred, after)
        precision = information + 1 / _SIZE**2
        log_factor = -0.5 * np.log(precision * _SIZE**2) + 0.5 * score**2 / precision
        logs.append(log_fit + np.log(1 - _PRIOR_CHANGE))
        logs.extend(log_fit + log_factor + np.log(_PRIOR_CHANGE / places.size))
        scores.append(np.concatenate([[0.0], score]))
        precisions.append(np.concatenate([[np.inf], precision]))
    log_all = np.array(logs)
    weight = np.exp(log_all - log_all.max())
    weight /= weight.sum()
    picked = _pick(weight, draws, rng)
    score, precision = np.concatenate(scores)[picked], np.concatenate(precisions)[picked]
    place = picked % (places.size + 1) - 1
    changed = place >= 0
    size = score / precision + rng.standard_normal(draws) / np.sqrt(precision)
    by_place = weight.reshape(len(models), -1).sum(axis=0)
    return LevelShift(
        log_ratio=np.where(changed, size, 0.0),
        changed=changed,
        week=np.where(changed, places[np.maximum(place, 0)], n),
        likely=float(1 - by_place[0]),
        at=int(places[int(np.argmax(by_place[1:]))]),
    )


def _places(known: Ints, n: int) -> Ints:
    """The weeks at which a step may be: with values on both sides."""
    places = np.arange(_OLDEST, n - _YOUNGEST + 1)
    if not known.size:
        return places[:0]
    return np.asarray(places[(places > known.min(initial=n)) & (places <= known.max(initial=0))])


def _fit(covariance: Floats, values: Floats, after: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood without a step, and score and information of a step at each place."""
    lower = np.linalg.cholesky(covariance)
    solved = np.linalg.solve(lower, np.column_stack([values, after.T]))
    log_fit = -0.5 * float(solved[:, 0] @ solved[:, 0]) - float(np.log(np.diag(lower)).sum())
    score = solved[:, 1:].T @ solved[:, 0]
    return log_fit, score, (solved[:, 1:] ** 2).sum(axis=0)


def _covariance(t: Ints, *, season: float, trend: float, wander: float) -> Floats:
    apart = t[:, None] - t[None, :]
    found = _LEVEL**2 + wander**2 * np.exp(-np.abs(apart) / _WANDER_WEEKS)
    years = (t - t.mean()) / _YEAR
    found = found + (trend * _TREND) ** 2 * np.outer(years, years)
    for number, spread in enumerate(_SEASON, start=1):
        found = found + (season * spread) ** 2 * np.cos(2 * np.pi * number * apart / _YEAR)
    return np.asarray(found, float)


def find_rate(
    events: Floats, exposures: Floats, *, rng: np.random.Generator, draws: int, phi: float = 1.0,
    youngest: int = 2, oldest: int = 4,
) -> LevelShift:  # fmt: skip
    """The posterior of a change in events over exposures, periods oldest first."""
    n = events.size
    places = np.arange(oldest, n - youngest + 1)
    if not places.size or events.sum() < 1:
        nothing = np.zeros(draws)
        return LevelShift(nothing, nothing > 0, nothing.astype(np.int64), 0.0, n)
    a1 = np.cumsum(events[::-1])[::-1][places]
    e1 = np.cumsum(exposures[::-1])[::-1][places]
    a, e = events.sum(), exposures.sum()
    log_ratio = np.log(_RATIOS)
    mean = (e - e1)[:, None] + _RATIOS[None, :] * e1[:, None]
    table = (a1[:, None] * log_ratio - a * (np.log(np.maximum(mean, 1e-12)) - np.log(e))) / phi
    parts = []
    for share, spread in ((1 - _PRIOR_CHANGE, 0.06), (_PRIOR_CHANGE, 0.7)):
        prior = -0.5 * (log_ratio / spread) ** 2
        prior -= np.log(np.exp(prior).sum())
        parts.append(table + prior + np.log(share / places.size))
    both = np.stack(parts)
    weight = np.exp(both - both.max())
    weight /= weight.sum()
    picked = _pick(weight.ravel(), draws, rng)
    kind, place, ratio = np.unravel_index(picked, both.shape)
    return LevelShift(
        log_ratio=np.where(kind == 1, log_ratio[ratio], 0.0),
        changed=kind == 1,
        week=np.where(kind == 1, places[place], n),
        likely=float(weight[1].sum()),
        at=int(places[int(np.argmax(weight[1].sum(axis=1)))]),
    )


def _pick(weight: Floats, draws: int, rng: np.random.Generator) -> Ints:
    """Indexes drawn by weight, in random order; as even as can be, so that few draws do."""
    upto = np.cumsum(weight)
    at = (np.arange(draws) + rng.random(draws)) / draws * upto[-1]
    return np.asarray(rng.permutation(np.minimum(np.searchsorted(upto, at), weight.size - 1)))
