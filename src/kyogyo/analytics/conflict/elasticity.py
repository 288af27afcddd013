"""How much more comes of it when a team passes on 1 % more: from blocks long enough to tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.conflict.panel import Panel
from kyogyo.analytics.conflict.two_way import TwoWayFit, fit_two_way
from kyogyo.analytics.intervals import FloatArray

# Below this share of true moves the correction is larger than what it corrects.
ENOUGH_RELIABILITY = 0.5
_FEWEST_BLOCKS, _LONGEST = 5, 3
_REPLICATES = 999


@dataclass(frozen=True, slots=True)
class Elasticity:
    """e: what comes of it rises by e % when a team passes on 1 % more of what it was given.

    1: each brings as much as before. Between 0 and 1: dilution. 0 or less: conflict, more passed on
    brings nothing or less. `value`, `lo`, `hi` (90 %) are put right for chance in the volumes, which draws
    `raw` towards 1; `reliability` is by how much (1 = not at all). `p`: the chance of so small a `raw` where e is 1.
    `e_value`: the evidence for it that may be looked at after every block. `joined`: how many blocks were
    made one for the size.
    """

    value: float
    lo: float
    hi: float
    raw: float
    p: float
    e_value: float
    phi: float
    reliability: float
    joined: int

    @property
    def can_be_told(self) -> bool:
        """Whether the size may be read off; that it is below 1 may be known without."""
        return self.reliability >= ENOUGH_RELIABILITY


def measure_elasticity(panel: Panel, *, rng_seed: int = 0) -> Elasticity | None:
    """The elasticity of a panel; None where nothing can be said.

    Blocks are as they are. Where chance makes up most of their moves, the size is taken from longer
    ones, if there are enough; the test stays with the shortest, which see most.
    """
    fit = fit_two_way(panel)
    if fit is None:
        return None
    best, joined = fit, 1
    for longer in range(2, _LONGEST + 1):
        if best.reliability >= ENOUGH_RELIABILITY:
            break
        if panel.blocks // longer < _FEWEST_BLOCKS:
            break
        other = fit_two_way(panel.joined(longer))
        if other is not None and other.reliability > best.reliability:
            best, joined = other, longer
    lo, value, hi = _corrected(best, rng_seed=rng_seed)
    return Elasticity(
        value=value,
        lo=lo,
        hi=hi,
        raw=1 + fit.beta,
        p=fit.p,
        e_value=fit.e_value,
        phi=fit.phi,
        reliability=best.reliability,
        joined=joined,
    )


def _corrected(fit: TwoWayFit, *, rng_seed: int) -> tuple[float, float, float]:
    """Lower limit, value and upper limit of e; the limits by the wider of two spreads, 90 %.

    The bootstrap over teams knows that teams differ, but not of few teams; the standard error of the fit
    knows the counts.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 -- slow import

    reliability = max(fit.reliability, 0.05)
    value = 1 + fit.beta / reliability
    drawn = _redrawn(fit, rng_seed=rng_seed)
    spread = max(float(np.std(drawn)), max(fit.se, fit.cluster_se) / reliability)
    half = float(stdtrit(min(fit.free, max(fit.weights.size - 1, 1) * 4), 0.95)) * spread
    return value - half, value, value + half


def _redrawn(fit: TwoWayFit, *, rng_seed: int) -> FloatArray:
    """Corrected betas of `_REPLICATES` draws of teams with replacement."""
    units = fit.weights.size
    rng = np.random.default_rng(rng_seed)
    times = rng.multinomial(units, np.full(units, 1 / units), _REPLICATES).astype(float)
    weights = times @ fit.weights
    weights = np.where(weights > 0, weights, np.inf)
    reliability = np.clip(1 - (times @ fit.noise) / weights, 0.05, 1.0)
    return np.asarray((times @ fit.scores) / weights / reliability)
