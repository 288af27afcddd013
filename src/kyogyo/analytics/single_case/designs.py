"""When a countermeasure may begin, and how a lot decides it: the designs of single-case experiments.

A design lists, for each team, the patterns of weeks with and without the countermeasure that the
lot can give (`options`), and which combinations of them it may draw. What was drawn is compared
with everything that could have been drawn; so the number of combinations bounds how sure anybody
can be, and that is known before the first week.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise, permutations, product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]
DesignKind = Literal["staggered", "order", "independent", "abab", "ab"]
Rule = Literal["free", "apart", "permuted"]

MOST_EXACT = 200_000
DRAWS = 9_999


@dataclass(frozen=True, slots=True)
class Design:
    """Who may begin when. Plain values only: write them down (`asdict`) before the first week.

    `first` and `last` are the first and last week (from 0) in which it may begin; `gap` the fewest
    weeks between the starts of two teams (staggered); `starts` the fixed weeks that the lot hands
    out (order); `least` the fewest weeks of a phase (abab). `controls` counts teams that never do
    it and show what happens anyway; their rows come last.

    Raises ValueError when the weeks don't hold what is asked for.
    """

    kind: DesignKind
    teams: int
    weeks: int
    first: int
    last: int
    gap: int = 1
    least: int = 1
    starts: tuple[int, ...] = ()
    controls: int = 0

    def __post_init__(self) -> None:
        fits = 0 < self.first <= self.last < self.weeks and self.least > 0 and self.gap > 0
        if self.kind == "order":
            fits = fits and self.teams == len(self.starts) == len(set(self.starts)) > 1
        if self.kind in ("ab", "staggered"):
            fits = fits and (self.teams == 1) == (self.kind == "ab")
        if not fits or self.teams < 1 or self.controls < 0 or self.count == 0:
            message = f"{self.kind}: {self.teams} teams don't fit into {self.weeks} weeks like this"
            raise ValueError(message)

    @property
    def rows(self) -> int:
        """Teams and controls."""
        return self.teams + self.controls

    @property
    def options(self) -> Bools:
        """[options, weeks]: what the lot can give a team, True in weeks with the countermeasure."""
        return _options(self)

    @property
    def rule(self) -> Rule:
        """Which combinations may be drawn: any, options `gap` apart, or each option once."""
        return (
            "apart" if self.kind == "staggered" else "permuted" if self.kind == "order" else "free"
        )

    @property
    def count(self) -> int:
        """How many different outcomes the lot has."""
        n = int(self.options.shape[0])
        if self.rule == "free":
            return int(n**self.teams)
        if self.rule == "permuted":
            return math.factorial(n)
        loose = n - (self.teams - 1) * (self.gap - 1)
        return math.comb(loose, self.teams) * math.factorial(self.teams) if loose > 0 else 0

    @property
    def exact(self) -> bool:
        """Whether all outcomes are looked at, or a sample of them."""
        return self.count <= MOST_EXACT

    def pattern(self, assignment: Sequence[int] | Indices) -> Bools:
        """[teams and controls, weeks] for one outcome: the option of each team."""
        drawn = self.options[np.asarray(assignment, np.int64)]
        return np.vstack([drawn, np.zeros((self.controls, self.weeks), bool)])

    def allows(self, assignment: Sequence[int] | Indices) -> bool:
        """Whether the lot could have given this outcome."""
        places = sorted(int(each) for each in assignment)
        n = self.options.shape[0]
        if len(places) != self.teams or not all(0 <= each < n for each in places):
            return False
        steps = [later - earlier for earlier, later in pairwise(places)]
        return self.rule == "free" or all(
            step >= (self.gap if self.rule == "apart" else 1) for step in steps
        )

    def assignment_of(self, pattern: Bools) -> tuple[int, ...] | None:
        """Which outcome `pattern` is, None where the lot couldn't have given it."""
        rows, found = np.asarray(pattern, bool), []
        if rows.shape != (self.rows, self.weeks) or np.any(rows[self.teams :]):
            return None
        for row in rows[: self.teams]:
            places = np.flatnonzero((self.options == row).all(axis=1))
            if places.size == 0:
                return None
            found.append(int(places[0]))
        return tuple(found) if self.allows(found) else None


def smallest_p(design: Design, *, draws: int = DRAWS) -> float:
    """The smallest p that the design can ever give, however large the effect."""
    return 1 / design.count if design.exact else 1 / (draws + 1)


def all_assignments(design: Design) -> Indices:
    """Every outcome [count, teams]. Raises ValueError when they are more than MOST_EXACT."""
    if not design.exact:
        message = f"{design.count} outcomes are too many to list"
        raise ValueError(message)
    n, k = design.options.shape[0], design.teams
    if design.rule == "free":
        rows = list(product(range(n), repeat=k))
    elif design.rule == "permuted":
        rows = list(permutations(range(n)))
    else:
        # Places closer together by gap - 1 each are a plain choice without repetition.
        loose = n - (k - 1) * (design.gap - 1)
        spread = (design.gap - 1) * np.arange(k)
        rows = [
            order
            for chosen in combinations(range(loose), k)
            for order in permutations((np.array(chosen) + spread).tolist())
        ]
    return np.array(rows, np.int64).reshape(-1, k)


def draw_assignments(design: Design, *, draws: int, rng: np.random.Generator) -> Indices:
    """`draws` outcomes [draws, teams], each as likely as any other."""
    n, k = design.options.shape[0], design.teams
    if design.rule == "free":
        return rng.integers(0, n, size=(draws, k), dtype=np.int64)
    loose = n - (k - 1) * (design.gap - 1) if design.rule == "apart" else n
    shuffled = np.argsort(rng.random((draws, loose)), axis=1)[:, :k]
    if design.rule == "permuted":
        return shuffled.astype(np.int64)
    ranks = np.argsort(np.argsort(shuffled, axis=1), axis=1)
    return (shuffled + ranks * (design.gap - 1)).astype(np.int64)


def draw_one(design: Design, *, seed: int) -> tuple[int, ...]:
    """The outcome that the lot gives for `seed`, to be written down before the first week."""
    rng = np.random.default_rng(seed)
    return tuple(int(each) for each in draw_assignments(design, draws=1, rng=rng)[0])


# ------------------------------------------------------------------------------ the designs


def start_design(*, weeks: int, first: int, last: int) -> Design:
    """A-B: one team begins in one of the weeks `first` to `last` (from 0, both possible)."""
    return Design("ab", 1, weeks, first, last)


def independent_design(*, teams: int, weeks: int, first: int, last: int) -> Design:
    """Each team begins in a week of its own lot; two may begin together."""
    return Design("independent", teams, weeks, first, last)


def staggered_design(*, teams: int, weeks: int, first: int, last: int, gap: int = 1) -> Design:
    """Multiple baseline: teams begin in different weeks, at least `gap` apart, all drawn."""
    return Design("staggered", teams, weeks, first, last, gap=gap)


def order_design(*, weeks: int, starts: Sequence[int]) -> Design:
    """Multiple baseline with fixed start weeks: the lot decides which team has which."""
    places = tuple(sorted(starts))
    return Design("order", len(places), weeks, places[0], places[-1], starts=places)


def reversal_design(*, weeks: int, first: int, least: int, teams: int = 1) -> Design:
    """ABAB: with, without and with it again, each phase at least `least` weeks long.

    The first phase without it lasts at least up to week `first`. Each team has a lot of its own.
    """
    return Design("abab", teams, weeks, first, max(weeks - 3 * least, first), least=least)


def design_from(written: Mapping[str, Any]) -> Design:
    """The design that was written down as `asdict(design)`, also after a way through JSON.

    Raises ValueError when it isn't one.
    """
    try:
        return Design(**{**written, "starts": tuple(written.get("starts", ()))})
    except TypeError as error:
        message = f"no design: {error}"
        raise ValueError(message) from error


def design_after_the_fact(pattern: Bools, *, least: int = 3) -> Design:
    """The design that would have given `pattern`, for what was begun without a lot.

    It says what the test compares with; it doesn't make up for the lot (`drawn` False). Teams that
    never begin (last rows) are controls. Raises ValueError when nobody begins, or in the first week.
    """
    rows = np.asarray(pattern, bool)
    begun = rows.any(axis=1)
    teams, weeks = int(begun.sum()), rows.shape[1]
    if teams == 0 or np.any(rows[:, 0]) or np.any(np.diff(begun.astype(int)) > 0):
        message = "some team must begin, after the first week, and those that never do come last"
        raise ValueError(message)
    starts = rows[:teams].argmax(axis=1)
    first, last = min(int(starts.min()), least), max(int(starts.max()), weeks - least)
    if np.any(np.diff(rows.astype(int), axis=1) < 0):
        changes = [np.flatnonzero(np.diff(row.astype(int))) for row in rows[:teams]]
        phases = [int(np.diff([*(x + 1), weeks]).min()) for x in changes]
        shortest = min(*phases, least) if phases else least
        design = reversal_design(weeks=weeks, first=first, least=shortest, teams=teams)
    elif teams == 1 or np.unique(starts).size == 1:
        design = start_design(weeks=weeks, first=first, last=last)
    elif np.unique(starts).size == teams:
        design = staggered_design(teams=teams, weeks=weeks, first=first, last=last)
    else:
        design = independent_design(teams=teams, weeks=weeks, first=first, last=last)
    return replace(design, controls=rows.shape[0] - teams)


@lru_cache(maxsize=64)
def _options(design: Design) -> Bools:
    weeks = np.arange(design.weeks)
    if design.kind != "abab":
        starts = design.starts or range(design.first, design.last + 1)
        rows = weeks[None, :] >= np.array(list(starts), np.int64)[:, None]
    else:
        least = design.least
        found = [
            ((weeks >= on) & (weeks < off)) | (weeks >= again)
            for on in range(max(design.first, least), design.last + 1)
            for off in range(on + least, design.weeks - 2 * least + 1)
            for again in range(off + least, design.weeks - least + 1)
        ]
        rows = np.array(found, bool).reshape(len(found), design.weeks)
    rows.setflags(write=False)
    return np.asarray(rows)
