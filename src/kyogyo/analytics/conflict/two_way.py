"""Does a team that passes on more get less of each: counts by team and block, both held fixed.

What a team is always like (its region, its people) goes into an effect of the team; what happens
to all at once (the market, the season, a price) into an effect of the block; the kind of customer
into an effect of the segment. What is left is whether a team's success moves when *its own*
volume does. A plain correlation of volume and rate finds a conflict in nearly every pair of
opposite trends.

The count is modelled with the volume as offset, never the rate: a rate over a volume against the
same volume falls by arithmetic alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.conflict.panel import Panel, add_up
from kyogyo.analytics.intervals import FloatArray

_STEPS, _CLOSE = 60, 1e-10
# A unit less would leave a direction that no data speak of.
_FREE_AT_LEAST = 3
# The size of beta that the e-value bets on.
_SIZE = 0.75


@dataclass(frozen=True)
class TwoWayFit:
    """`beta`: by how many % success per case moves when the volume per input rises by 1 %.

    `se` by quasi-Poisson (`phi` >= 1: by how much cells vary more than chance) and `free` degrees of freedom; `cluster_se` from the scores
    of the teams, which knows that the blocks of a team are alike (nan with one team). `p`: the
    chance of a beta as far below 0 where there is none, the larger by both. `e_value`: the evidence
    for a beta below 0 that may be looked at after every block: where there is none, the chance that
    it ever passes 20 is 1 in 20. `scores` and `weights`
    [units]: what each team adds to the estimate, `beta` = sum(scores) / sum(weights).
    """

    beta: float
    se: float
    cluster_se: float
    phi: float
    free: int
    p: float
    e_value: float
    scores: FloatArray
    weights: FloatArray
    noise: FloatArray
    spread: FloatArray

    @property
    def reliability(self) -> float:
        """lambda: the share of the moves of the volume that isn't chance, in [0, 1]; beta / lambda is the true one."""
        spread = float(self.spread.sum())
        return min(max(1 - float(self.noise.sum()) / spread, 0.0), 1.0) if spread > 0 else 0.0


@dataclass(frozen=True)
class _Cells:
    """Rows of the regression: `cell` is the team and block, `unit` the team, as numbers from 0."""

    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    dummies: FloatArray
    z: FloatArray
    noise: FloatArray
    offset: FloatArray
    w: FloatArray


def fit_two_way(panel: Panel) -> TwoWayFit | None:
    """The fit, or None where the panel can't tell: too few cells, or volumes that never move.

    Source: Poisson with fixed effects, Hausman, Hall & Griliches (1984) Econometrica 52:909;
    iteratively weighted least squares, McCullagh & Nelder (1989) 2.5, 4.5 (phi, kept at 1 or above).
    """
    cells = _cells(panel)
    if cells is None:
        return None
    design = np.column_stack([cells.dummies, cells.z])
    mu = _fitted(design, cells)
    if mu is None:
        return None
    rank = int(np.linalg.matrix_rank(design))
    free = cells.w.size - rank
    moving = _within(cells.z, cells.dummies, mu)
    information = float(np.sum(mu * moving**2))
    if free < _FREE_AT_LEAST or rank <= np.linalg.matrix_rank(cells.dummies) or information < 1e-9:
        return None
    # Successes are some of the cases, so chance alone makes less than a Poisson's variance.
    chance = float(np.sum(mu * np.clip(1 - mu / np.exp(cells.offset), 0.05, 1.0)) / np.sum(mu))
    phi = max(float(np.sum((cells.w - mu) ** 2 / mu)) / free / chance, 1.0)
    beta = float(_coefficients(design, cells, mu)[-1])
    size = int(cells.unit.max()) + 1
    residual = add_up(moving * (cells.w - mu), cells.unit, size=size)
    weights = add_up(mu * moving**2, cells.unit, size=size)
    se = math.sqrt(phi * chance / information)
    cluster_se = _cluster_se(residual, information)
    return TwoWayFit(
        beta=beta,
        se=se,
        cluster_se=cluster_se,
        phi=phi,
        free=free,
        p=_p_below(beta, se, free=free, cluster_se=cluster_se, units=size),
        e_value=_e_value(beta, se, free=free, information=information),
        scores=residual + beta * weights,
        weights=weights,
        noise=_noise_within(cells, mu),
        spread=weights,
    )


def _p_below(beta: float, se: float, *, free: int, cluster_se: float, units: int) -> float:
    """One-sided. By the spread of the cells and by that of the teams: where what a team does drifts, the first is too sure."""
    from scipy.special import stdtr  # noqa: PLC0415 -- slow import

    by_cells = float(stdtr(free, beta / se))
    if units < 2 or not cluster_se > 0:
        return by_cells
    return max(by_cells, float(stdtr(units - 1, beta / cluster_se)))


def _e_value(beta: float, se: float, *, free: int, information: float) -> float:
    """The ratio of bets on "beta is below 0, of a size like `_SIZE`" and "beta is 0", effects and phi unknown.

    Source: the sequential t test with right-Haar priors, Lindon, Ham, Tingley & Bojinov (2022)
    arXiv:2210.08589, eq. for one coefficient; the half below 0 of its prior.
    """
    from scipy.special import stdtr  # noqa: PLC0415 -- slow import

    t2 = (beta / se) ** 2 / free
    kept = _SIZE**-2 / (_SIZE**-2 + information)
    log_ratio = 0.5 * math.log(kept) - (free + 1) / 2 * (math.log1p(kept * t2) - math.log1p(t2))
    seen_below = float(stdtr(free, -math.copysign(math.sqrt((1 - kept) * t2 * free), beta)))
    return math.exp(min(log_ratio, 700.0)) * 2 * seen_below


def _cells(panel: Panel) -> _Cells | None:
    """The cells that say anything: teams and blocks with cases, and with some success among them."""
    kept = panel.keep(panel.exposure > 0)
    for _ in range(kept.unit.size):
        silent = np.zeros(kept.unit.size, bool)
        for code in (kept.unit, kept.block, kept.segment):
            _, place = np.unique(code, return_inverse=True)
            silent |= np.bincount(place, kept.successes)[place] <= 0
        if not silent.any():
            break
        kept = kept.keep(~silent)
    if kept.unit.size < _FREE_AT_LEAST + 2:
        return None
    _, cell = np.unique(np.stack([kept.unit, kept.block], axis=1), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    z, noise = _pushed(kept, cell)
    numbers = [
        np.unique(code, return_inverse=True)[1].reshape(-1)
        for code in (kept.unit, kept.block, kept.segment)
    ]
    dummies = np.column_stack(
        [np.eye(int(n.max()) + 1)[n][:, (0 if i == 0 else 1) :] for i, n in enumerate(numbers)]
    )
    return _Cells(numbers[0], cell, dummies, z, noise, np.log(kept.exposure), kept.successes)


def _pushed(panel: Panel, cell: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """log of how much a team passed on for what it was given, and the variance that chance adds to it.

    The same for all segments of a team in a block; what it was given is weighed by what is usually
    passed on of each segment, so that another mix of customers isn't taken for another habit.
    """
    if panel.has_inputs:
        _, place = np.unique(panel.segment, return_inverse=True)
        given = np.bincount(place, panel.inputs)
        usual = np.bincount(place, panel.volume) / np.where(given > 0, given, 1.0)
        expected = panel.inputs * usual[place]
        share = np.clip(usual[place], 0.0, 1.0)
    else:
        expected, share = np.zeros(panel.volume.size), np.zeros(panel.volume.size)
    volume = np.bincount(cell, panel.volume)[cell]
    if not panel.has_inputs:
        return np.log(volume + 0.5), 1 / (volume + 0.5)
    due = np.bincount(cell, expected)[cell]
    chance = np.bincount(cell, panel.volume * (1 - share))[cell] / np.maximum(volume, 1e-9)
    return np.log((volume + 0.5) / (due + 0.5)), chance / (volume + 0.5)


def _fitted(design: FloatArray, cells: _Cells) -> FloatArray | None:
    """The means at the maximum of the likelihood; None where it isn't reached."""
    mu = np.maximum(cells.w, 0.5)
    before = math.inf
    for _ in range(_STEPS):
        eta = design @ _coefficients(design, cells, mu)
        mu = np.exp(np.clip(eta + cells.offset, -30, 30))
        likelihood = float(np.sum(cells.w * np.log(mu) - mu))
        if abs(likelihood - before) <= _CLOSE * (1 + abs(likelihood)):
            return mu
        before = likelihood
    return None


def _coefficients(design: FloatArray, cells: _Cells, mu: FloatArray) -> FloatArray:
    root = np.sqrt(mu)
    working = np.log(mu) - cells.offset + (cells.w - mu) / mu
    return np.asarray(np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0])


def _within(z: FloatArray, dummies: FloatArray, mu: FloatArray) -> FloatArray:
    """What of `z` is left when the effects have taken theirs, weighted by `mu`."""
    root = np.sqrt(mu)
    taken = np.linalg.lstsq(dummies * root[:, None], z * root, rcond=None)[0]
    return np.asarray(z - dummies @ taken)


def _noise_within(cells: _Cells, mu: FloatArray) -> FloatArray:
    """[units]: how much of `mu * moving**2` chance in the volumes makes up; the effects have taken a part of it too."""
    root = np.sqrt(mu)
    q, r = np.linalg.qr(cells.dummies * root[:, None])
    q = q[:, np.abs(np.diag(r)) > 1e-9 * np.abs(np.diag(r)).max()]
    size = int(cells.cell.max()) + 1
    together = np.zeros((size, q.shape[1]))
    np.add.at(together, cells.cell, root[:, None] * q)
    left = add_up(mu, cells.cell, size=size) - np.sum(together**2, axis=1)
    first = np.unique(cells.cell, return_index=True)[1]
    return add_up(left * cells.noise[first], cells.unit[first])


def _cluster_se(residual: FloatArray, information: float) -> float:
    units = residual.size
    if units < 2:
        return math.nan
    return math.sqrt(float(np.sum(residual**2)) * units / (units - 1)) / information
