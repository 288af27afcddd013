"""One effect out of the effects of several teams: random effects, as in a meta-analysis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.intervals import normal_quantile
from kyogyo.analytics.single_case.sizes import Size
from kyogyo.words import Text

BETWEEN_TEAMS = Text(
    en="Teams are taken to be a sample of teams that differ; assumes that each team's own interval is right.",
    ja="チームごとに効果が異なるものとして平均します。各チームの区間が正しいことを前提とします。",
)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The mean effect and its interval. `between` is the standard deviation of true effects.

    `unlike` is the chance of teams that differ as much if all had the same effect (Cochran's Q).
    """

    value: float
    se: float
    lo: float
    hi: float
    level: float
    between: float
    unlike: float
    teams: int
    assumption: Text

    @property
    def change(self) -> float:
        """The relative change, where log ratios were pooled."""
        return math.expm1(self.value)


def pool(*, sizes: Sequence[Size], level: float = 0.95) -> Pooled:
    """The random-effects mean of `sizes`, one a team.

    The variance between teams is DerSimonian and Laird's; the interval is Hartung and Knapp's,
    with the teams' t quantile, but never narrower than the plain one. One team: its own size.

    Raises ValueError without a size, or when one has no standard error above 0.
    Source: DerSimonian & Laird (1986) Control. Clin. Trials 7:177; IntHout et al. (2014).
    """
    from scipy.special import gammaincc, stdtrit  # noqa: PLC0415 -- slow import

    x = np.array([size.value for size in sizes], float)
    v = np.array([math.nan if size.se is None else size.se**2 for size in sizes], float)
    if x.size == 0 or not np.all(v > 0):
        message = "pooling needs at least one size, each with a standard error above 0"
        raise ValueError(message)
    w = 1 / v
    fixed = float(np.sum(w * x) / np.sum(w))
    q, free = float(np.sum(w * (x - fixed) ** 2)), x.size - 1
    tau2 = max((q - free) / float(np.sum(w) - np.sum(w**2) / np.sum(w)), 0.0) if free else 0.0
    w = 1 / (v + tau2)
    mean, plain = float(np.sum(w * x) / np.sum(w)), 1 / float(np.sum(w))
    seen = float(np.sum(w * (x - mean) ** 2)) / (free * float(np.sum(w))) if free else 0.0
    se = math.sqrt(max(plain, seen))
    times = float(stdtrit(free, 0.5 + level / 2)) if free else normal_quantile(level=level)
    return Pooled(
        value=mean,
        se=se,
        lo=mean - times * se,
        hi=mean + times * se,
        level=level,
        between=math.sqrt(tau2),
        unlike=float(gammaincc(free / 2, q / 2)) if free else 1.0,
        teams=x.size,
        assumption=BETWEEN_TEAMS,
    )
