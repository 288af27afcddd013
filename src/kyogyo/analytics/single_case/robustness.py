"""Would the answer be another one: a false start, and each team left out in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.contrast import Contrast
from kyogyo.analytics.single_case.designs import Bools, Indices, start_design

# Weeks that a false start keeps on both sides.
_SIDE = 3
# More false starts than this share with a rise as large: the rise is nothing special here.
_MOST_AS_LARGE = 0.34


@dataclass(frozen=True, slots=True)
class Placebo:
    """False starts within the weeks before: how many of `tried` gave an effect as large.

    `largest` is the largest of them, a log ratio in the direction of the effect. `fails` is None
    where the weeks before are too few to try.
    """

    tried: int
    as_large: int
    largest: float | None
    fails: bool | None


@dataclass(frozen=True, slots=True)
class LeftOneOut:
    """The effect without each team, log ratios. `carried_by`: without it, less than half is left.

    `fails`: without some team the effect is none, or the other way; None with less than 3 rows to compare.
    """

    effects: dict[str, float]
    carried_by: tuple[str, ...]
    fails: bool | None


def estimate_step(
    *, logs: FloatArray, weights: FloatArray, pattern: Bools, alike: float = 0.0
) -> float | None:
    """The effect of `pattern` [teams, weeks] by the same comparison as the test; None if untellable."""
    contrast = _contrast_of(weights)
    score, reach = contrast.one(logs, pattern, alike=alike)
    return score / reach if reach > 0 else None


def try_false_starts(
    *, logs: FloatArray, weights: FloatArray, pattern: Bools, effect: float, alike: float = 0.0
) -> Placebo:
    """Pretend that every team began some weeks earlier, and look at the weeks before only.

    `effect` is the real one, a log ratio. All teams are moved by the same number of weeks, as many
    as leave 3 weeks that count on both sides in at least one team.
    """
    begun = np.logical_or.accumulate(pattern, axis=1)
    before = np.where(begun, 0.0, weights)
    never = 2 * pattern.shape[1]
    first = np.where(begun.any(axis=1), begun.argmax(axis=1), never)
    way = 1.0 if effect >= 0 else -1.0
    contrast = _contrast_of(before)
    found = []
    for earlier in range(_SIDE, pattern.shape[1]):
        false = np.arange(pattern.shape[1])[None, :] >= (first - earlier)[:, None]
        known = before > 0
        sides = np.minimum((known & false).sum(axis=1), (known & ~false).sum(axis=1))
        if not np.any(sides >= _SIDE):
            continue
        score, reach = contrast.one(logs, false, alike=alike)
        if reach > 0:
            found.append(way * score / reach)
    if len(found) < 3:
        return Placebo(len(found), 0, max(found, default=None), None)
    large = sum(each >= abs(effect) for each in found)
    return Placebo(len(found), large, max(found), large / len(found) > _MOST_AS_LARGE)


def leave_one_out(
    *,
    logs: FloatArray,
    weights: FloatArray,
    pattern: Bools,
    teams: tuple[str, ...],
    effect: float,
    alike: float = 0.0,
) -> LeftOneOut:
    """The effect without each of the `teams`, the first rows; further rows are controls.

    A team without which it can't be told is skipped.
    """
    if len(teams) < 2 or logs.shape[0] < 3:
        return LeftOneOut({}, (), None)
    effects = {}
    for place, team in enumerate(teams):
        rest = np.arange(logs.shape[0]) != place
        without = estimate_step(
            logs=logs[rest], weights=weights[rest], pattern=pattern[rest], alike=alike
        )
        if without is not None:
            effects[team] = without
    carried = tuple(
        team for team, without in effects.items() if without * np.sign(effect) < abs(effect) / 2
    )
    fails = any(without * np.sign(effect) <= 0 for without in effects.values())
    return LeftOneOut(effects, carried, fails)


def _contrast_of(weights: FloatArray) -> Contrast:
    """A comparison without outcomes: only for patterns given one by one."""
    design = start_design(weeks=max(weights.shape[1], 2), first=1, last=1)
    none: Indices = np.zeros((0, weights.shape[0]), np.int64)
    return Contrast(design, none, weights)
