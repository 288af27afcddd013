"""Do two people who looked at the same thing say the same: percent agreement, kappa, AC1.

Percent agreement alone flatters: where nearly everything is a yes, two who guess agree often.
Kappa takes chance out, but falls apart where nearly all is a yes; AC1 doesn't. So all are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from kyogyo.analytics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two observers agree over `n` things. `lo` and `hi` are the 95% interval of `percent`.

    `kappa` is None where both always said the same one thing: chance alone explains it all.
    """

    n: int
    percent: float
    lo: float
    hi: float
    kappa: float | None
    ac1: float | None


def agree(*, first: Sequence[Hashable], second: Sequence[Hashable]) -> Agreement:
    """The agreement of two observers, one entry a thing, any codes.

    Raises ValueError when the entries don't pair up or there are none.
    Source: Cohen (1960) EPM 20:37; Gwet (2008) Br. J. Math. Stat. Psychol. 61:29.
    """
    n = len(first)
    if n == 0 or n != len(second):
        message = f"{n} and {len(second)} ratings can't be paired"
        raise ValueError(message)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    ones, others = Counter(first), Counter(second)
    codes = set(ones) | set(others)
    share = same / n
    by_chance = sum(ones[code] * others[code] for code in codes) / n**2
    means = [(ones[code] + others[code]) / (2 * n) for code in codes]
    gwet = sum(p * (1 - p) for p in means) / (len(codes) - 1) if len(codes) > 1 else None
    lo, hi = wilson(successes=same, n=n)
    return Agreement(
        n=n,
        percent=share,
        lo=lo,
        hi=hi,
        kappa=None if by_chance == 1 else (share - by_chance) / (1 - by_chance),
        ac1=None if gwet is None else (share - gwet) / (1 - gwet),
    )
