"""How large a change is: one series before against after, each size with what it takes for granted.

Every size compares the weeks before (`before`) with those after (`after`), oldest first. nan is a
week without a value and is left out. `improvement` says which way is better; of an overlap index
more is then better. An interval assumes what `assumption` says, and weeks that depend on each
other make it too narrow: whether it was chance is the question of `randomisation`, not of these.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kyogyo.analytics.intervals import FloatArray, normal_quantile
from kyogyo.words import Text

Improvement = Literal["up", "down"]
SizeKind = Literal["lrr", "smd", "nap", "tau", "tau_u", "tau_bc", "pnd", "pem", "pand", "ird"]

INDEPENDENT_WEEKS = Text(
    en="Assumes that weeks don't depend on each other and that nothing else changed; a trend before the start counts as effect.",
    ja="週どうしが独立で、ほかに変化がないことを前提とします。開始前からの傾向も効果に含まれます。",
)
NO_INTERVAL = Text(
    en="A description without an interval: it grows with the number of weeks before the start, and a trend counts as effect.",
    ja="区間のない記述的な指標です。開始前の週数に左右され、開始前からの傾向も効果に含まれます。",
)


SIZE_LABELS: dict[SizeKind, Text] = {
    "lrr": Text(en="Log response ratio (LRR)", ja="対数反応比（LRR）"),
    "smd": Text(en="Standardised mean difference (SMD)", ja="標準化平均差（SMD）"),
    "nap": Text(
        en="NAP: chance that a week with it is the better one", ja="NAP：打ち手のある週が良い確率"
    ),
    "tau": Text(en="Tau: better pairs less worse ones", ja="Tau：良い組から悪い組を引いた割合"),
    "tau_u": Text(en="Tau-U (A vs B − trend A)", ja="Tau-U（A対B−Aの傾向）"),
    "tau_bc": Text(en="Baseline-corrected Tau", ja="基準期の傾向を除いたTau"),
    "pnd": Text(en="PND: weeks above the best before", ja="PND：開始前の最良を超えた週"),
    "pem": Text(en="PEM: weeks above the median before", ja="PEM：開始前の中央値を超えた週"),
    "pand": Text(en="PAND: weeks that don't overlap", ja="PAND：重ならない週"),
    "ird": Text(en="IRD: improvement rate difference", ja="IRD：改善率の差"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """One size. `se`, `lo` and `hi` are None where the size has none; `level` is the interval's.

    `n_before` and `n_after` are the weeks it rests on. `variant` names which of several
    definitions in use it is.
    """

    kind: SizeKind
    value: float
    se: float | None
    lo: float | None
    hi: float | None
    level: float
    n_before: int
    n_after: int
    assumption: Text
    variant: str = ""

    @property
    def change(self) -> float:
        """Of a log response ratio: the relative change, 0.2 for 20 % more."""
        return math.expm1(self.value)


def log_response_ratio(
    *,
    before: ArrayLike,
    after: ArrayLike,
    per_unit: float = 1.0,
    bias_corrected: bool = True,
    level: float = 0.95,
) -> Size:
    """ln(mean after / mean before): LRR, below 0 when it fell, whichever way is better.

    Values are counts or rates, none negative. `per_unit` is how many smallest steps make 1: 1 for
    counts, the cases a week for a share, the hours a week for a rate. A mean of 0 is then taken as
    half an event in the whole phase, and a phase without spread gets the least one (R2).

    Raises ValueError with less than 2 weeks on a side or a negative value.
    Source: Pustejovsky (2018) J. School Psychology 68:99, equations 6 to 9.
    """
    a, b = _phases(before, after, at_least=2)
    if np.any(a < 0) or np.any(b < 0):
        message = "a ratio needs values of 0 or more"
        raise ValueError(message)
    logs, variances = [], []
    for x in (a, b):
        mean = max(float(x.mean()), 1 / (2 * per_unit * x.size))
        spread = max(float(x.var(ddof=1)), 1 / (per_unit**2 * x.size**3))
        variances.append(spread / (x.size * mean**2))
        logs.append(math.log(mean) + (variances[-1] / 2 if bias_corrected else 0.0))
    return _with_normal("lrr", logs[1] - logs[0], math.sqrt(sum(variances)), level, a, b)


def standardised_difference(
    *,
    before: ArrayLike,
    after: ArrayLike,
    improvement: Improvement = "up",
    spread: Literal["before", "pooled"] = "before",
    level: float = 0.95,
) -> Size | None:
    """(mean after - mean before) / standard deviation, corrected for few weeks; > 0 is better.

    `spread`: that of the weeks before (Glass), or of both (Hedges). None where there is no spread.
    Raises ValueError with less than 2 weeks on a side (3 before, where only they give the spread).
    Source: Hedges (1981); the standard error, Pustejovsky (2015) Psychol. Methods 20:342.
    """
    a, b = oriented(before, after, improvement, at_least=2)
    if spread == "before" and a.size < 3:
        message = "the spread of the weeks before needs at least 3 of them"
        raise ValueError(message)
    both = np.array([a.var(ddof=1), b.var(ddof=1)])
    if spread == "before":
        free = a.size - 1
        variance = float(both[0])
        ratio = float(both[1]) / variance if variance > 0 else 0.0
        sampling = 1 / a.size + ratio / b.size
    else:
        free = a.size + b.size - 2
        variance = float((a.size - 1) * both[0] + (b.size - 1) * both[1]) / free
        sampling = 1 / a.size + 1 / b.size
    if variance <= 0:
        return None
    small = 1 - 3 / (4 * free - 1)
    value = small * float(b.mean() - a.mean()) / math.sqrt(variance)
    se = small * math.sqrt(sampling + value**2 / (2 * free))
    return _with_normal("smd", value, se, level, a, b, variant=spread)


def _with_normal(
    kind: SizeKind,
    value: float,
    se: float,
    level: float,
    a: FloatArray,
    b: FloatArray,
    *,
    variant: str = "",
) -> Size:
    half = normal_quantile(level=level) * se
    return Size(kind, value, se, value - half, value + half, level, a.size, b.size,
                INDEPENDENT_WEEKS, variant)  # fmt: skip


def _phases(before: ArrayLike, after: ArrayLike, *, at_least: int) -> tuple[FloatArray, FloatArray]:
    """Both sides without their empty weeks. Raises ValueError when one is too short."""
    a, b = (np.asarray(x, float).ravel() for x in (before, after))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if min(a.size, b.size) < at_least:
        message = f"{a.size} weeks before and {b.size} after; each side needs {at_least}"
        raise ValueError(message)
    return a, b


def oriented(
    before: ArrayLike, after: ArrayLike, improvement: Improvement, *, at_least: int
) -> tuple[FloatArray, FloatArray]:
    """Both sides turned so that more is better."""
    a, b = _phases(before, after, at_least=at_least)
    return (a, b) if improvement == "up" else (-a, -b)
