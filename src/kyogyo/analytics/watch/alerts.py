"""When a series has changed, since when, and said once: the sequential rule run over its weeks in order.

The first weeks are the baseline (12, 26 and 52 of them, side by side). After each week the evidence of a fall and of a rise is looked
at; where one passes 20, that is an alert, and the weeks since the change begin a baseline of their own. So the
same change is never found twice, and what was found last month is found again the same this
month: each alert rests on the weeks up to its own alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.sequential import (
    ENOUGH,
    Direction,
    Evidence,
    change_evidence,
    phi_of_baseline,
)
from kyogyo.analytics.spc import ENOUGH_POINTS
from kyogyo.analytics.watch.series import WEEK, Series, What
from kyogyo.period import date_of

if TYPE_CHECKING:
    from kyogyo.analytics.rate_series import CountFamily

# Weeks of a baseline: the fewest that a chart is judged by, half a year, a year.
BASELINES = (ENOUGH_POINTS, 26, 52)
# As weeks grow older a start may be found a little earlier or later: within this it is the same change.
_SAME_WEEKS = 6
_FOLLOWS_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a series: the week (first day) `since` which, the week after which it was evident, `before` and `after`.

    Rates: per case of a conversion, per week of entries; the season is taken out. `evidence` at the time it was found.
    """

    what: What
    step: str
    direction: Direction
    since: int
    found: int
    before: float
    after: float
    n_before: float
    n_after: float
    evidence: float

    @property
    def key(self) -> str:
        """What the change is called: the same from look to look."""
        return f"{self.what}:{self.step}:{self.direction}:{date_of(self.since).isoformat()}"


def find_changes(series: Series) -> tuple[Change, ...]:
    """The changes of a series, oldest first; none before `ENOUGH_POINTS` weeks."""
    found: list[Change] = []
    begin = 0
    while True:
        change = _next_change(series, begin)
        if change is None:
            return tuple(found)
        found.append(change)
        begin = int(np.searchsorted(series.weeks, change.since))


def _next_change(series: Series, begin: int) -> Change | None:
    """The first change after the weeks from `begin`, which are of one level."""
    k, e = series.successes[begin:], series.adjusted[begin:]
    if series.what == "conversion":
        e = np.maximum(e, k)
    looks = [
        look
        for direction in ("down", "up")
        if (look := _look(k, e, direction, of=series.what)) is not None
    ]
    if not looks:
        return None
    look = min(looks, key=lambda look: (look.at, -look.evidence))
    start, stop = look.start, look.at + 1
    return Change(
        what=series.what,
        step=series.step,
        direction=look.direction,
        since=int(series.weeks[begin + start]),
        found=int(series.weeks[begin + look.at]),
        before=_rate(k[:start], e[:start]),
        after=_rate(k[start:stop], e[start:stop]),
        n_before=float(e[:start].sum()),
        n_after=float(e[start:stop].sum()),
        evidence=look.evidence,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """The first week `at` which the evidence for a change in `direction` is enough, and its likely start."""

    direction: Direction
    at: int
    start: int
    evidence: float


def _look(k: FloatArray, e: FloatArray, direction: Direction, *, of: What) -> _Look | None:
    """The evidence of three baselines, a short one that begins early and longer ones that know more, together.

    The mean of evidences is an evidence; a baseline whose weeks aren't over counts 1. A fall and a
    rise are looked for, so each has half of what is betted: 1 series in 20, not 1 in 20 for either.
    """
    family: CountFamily = "binomial" if of == "conversion" else "poisson"
    values = np.ones((len(BASELINES), k.size))
    found: list[tuple[int, Evidence]] = []
    for row, length in enumerate(BASELINES):
        if k.size <= length or not e[:length].sum() > 0 or not k[:length].sum() > 0:
            continue
        evidence = change_evidence(
            successes=k[length:],
            exposures=e[length:],
            baseline_successes=float(k[:length].sum()),
            baseline_exposure=float(e[:length].sum()),
            direction=direction,
            family=family,
            phi=phi_of_baseline(successes=k[:length], exposures=e[:length], family=family),
        )
        values[row, length:] = evidence.values
        found.append((length, evidence))
    together = values.mean(axis=0) / 2
    passed = np.flatnonzero(together > ENOUGH)
    if passed.size == 0:
        return None
    at = int(passed[0])
    # The shortest baseline lets a change begin the earliest; by its end a longer one may be past it.
    length, evidence = found[0]
    return _Look(direction, at, length + evidence.start_at(at - length), float(together[at]))


def _rate(k: np.ndarray, e: np.ndarray) -> float:
    total = float(e.sum())
    return float(k.sum()) / total if total > 0 else float("nan")


def trace_roots(changes: Iterable[Change], *, places: Mapping[str, int]) -> dict[Change, Change]:
    """For each change of entries that comes of one further up the stream, that one.

    Fewer meetings make fewer wins: that is one thing, not two. A change of entries follows one in the same
    direction at an earlier place (`places` of stage codes on the path) that began at most half a
    year before it, or a few weeks after; the furthest up is the root.
    """
    found = sorted(changes, key=lambda c: (places[c.step.split(">")[0]], c.what == "conversion"))
    roots: dict[Change, Change] = {}
    for place, change in enumerate(found):
        if change.what != "entries":
            continue
        for other in found[:place]:
            # A conversion is felt from the stage it leads to on.
            felt_at = places[other.step.split(">")[-1]] + (other.what == "entries")
            if (
                other not in roots
                and other.direction == change.direction
                and places[change.step] >= felt_at
                and -_SAME_WEEKS * WEEK <= change.since - other.since <= _FOLLOWS_WEEKS * WEEK
            ):
                roots[change] = other
                break
    return roots


def is_told(key: str, *, told: Iterable[str]) -> bool:
    """Whether the change called `key` is one of those told before, under this key or one a few weeks off.

    What comes in late (a corrected date, a slow win) can move the start of a change by some weeks.
    """
    name, _, since = key.rpartition(":")
    for other in told:
        other_name, _, other_since = other.rpartition(":")
        if other_name != name:
            continue
        apart = np.datetime64(since, "D") - np.datetime64(other_since, "D")
        if abs(int(apart.astype(np.int64))) <= _SAME_WEEKS * WEEK:
            return True
    return False
