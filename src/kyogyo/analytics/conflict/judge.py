"""Does a department's number rise at the cost of what all of them are there for: the rule of the alarm.

The alarm needs all of it at once:

1. the local number is up: the teams pass on more of what they are given;
2. each team's success falls when *its own* volume rises: the elasticity is below 1 (two-way fixed
   effects), with false discoveries controlled over all pairs that are watched;
3. the goal per input is down, on cohorts old enough to tell, at an unchanged mix of customers;
4. the evidence for the second, gathered block after block, is above 20 (e-value): it may be looked
   at again every week, which a test at 5 % may not.

One of them alone happens all the time: volumes rise while rates fall in every growing market.
With fewer than three teams the second can't be told from a coincidence in time, and is said to be none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kyogyo.analytics.conflict.elasticity import Elasticity, measure_elasticity
from kyogyo.analytics.conflict.panel import Panel, add_up
from kyogyo.analytics.decompose import lmdi
from kyogyo.analytics.intervals import benjamini_hochberg
from kyogyo.analytics.rate_series import RateSeries, log_ratios
from kyogyo.analytics.sequential import ENOUGH, change_evidence, phi_of_baseline

Kind = Literal["conflict", "dilution", "unclear", "none", "coincidence", "not_enough_history"]

LEVEL = 0.05
FEWEST_UNITS = 3
FEWEST_BLOCKS = 8
_FEWEST_SUCCESSES = 20
# Blocks on either side of a rise of the volume.
_FEWEST_AROUND = 2


@dataclass(frozen=True, slots=True)
class Parts:
    """What came of it before the block `since` and from it on, and which part of the change is volume, which quality.

    `before`, `after`: successes per input (per block where inputs aren't known) at an unchanged mix of teams and
    segments; `after` - `before` = `volume` + `quality`. `volume_before`, `volume_after`: passed on per input (per
    block); `quality_before`, `quality_after`: successes per case passed on.
    """

    since: int
    before: float
    after: float
    volume: float
    quality: float
    volume_before: float
    volume_after: float
    quality_before: float
    quality_after: float

    @property
    def local_up(self) -> bool:
        return self.volume > 0

    @property
    def goal_down(self) -> bool:
        """The quality took more than the volume gave."""
        return self.volume + self.quality < 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of one pair. `kind` is about the teams, `alarm` about now.

    conflict: where a team passes on more, as much or less comes of it; dilution: more comes of it,
    but less than in proportion; unclear: at least diluted, how much can't be told; coincidence:
    too few teams, and both moved at the same time. `q`: `elasticity.p` among all pairs. `e_value`:
    the evidence, of the elasticity or, with too few teams, of a fall of the quality of all together.
    """

    kind: Kind
    alarm: bool
    elasticity: Elasticity | None
    q: float | None
    e_value: float
    parts: Parts | None
    units: int
    blocks: int
    n: int


def judge_panels(panels: Sequence[Panel], *, level: float = LEVEL) -> tuple[Judgement, ...]:
    """One judgement a pair, in the order given; the pairs are one family of tests."""
    enough = [has_enough(panel) for panel in panels]
    found = [
        measure_elasticity(panel) if ok and panel.units >= FEWEST_UNITS else None
        for panel, ok in zip(panels, enough, strict=True)
    ]
    q = benjamini_hochberg(p=[np.nan if e is None else e.p for e in found])
    return tuple(
        _judge(panel, e, float(value), level=level) if ok else too_early(panel)
        for panel, ok, e, value in zip(panels, enough, found, q, strict=True)
    )


def has_enough(panel: Panel) -> bool:
    """Whether there are blocks and successes enough to say anything."""
    return panel.blocks >= FEWEST_BLOCKS and float(panel.successes.sum()) >= _FEWEST_SUCCESSES


def too_early(panel: Panel | None = None) -> Judgement:
    """Nothing can be said yet."""
    return Judgement(
        kind="not_enough_history",
        alarm=False,
        elasticity=None,
        q=None,
        e_value=1.0,
        parts=None,
        units=0 if panel is None else panel.units,
        blocks=0 if panel is None else panel.blocks,
        n=0 if panel is None else int(panel.volume.sum()),
    )


def _judge(panel: Panel, e: Elasticity | None, q: float, *, level: float) -> Judgement:
    parts = split_change(panel)
    e_value = fall_of_quality(panel, since=parts.since) if e is None else e.e_value
    moved = parts.local_up and parts.goal_down and e_value > ENOUGH
    below = e is not None and q <= level and e_value > ENOUGH
    kind: Kind = "none"
    if e is None:
        kind = "coincidence" if moved else "none"
    elif below:
        kind = "unclear" if not e.can_be_told else ("conflict" if e.value <= 0 else "dilution")
    return Judgement(
        kind=kind,
        alarm=moved and below,
        elasticity=e,
        q=None if e is None else q,
        e_value=e_value,
        parts=parts,
        units=panel.units,
        blocks=panel.blocks,
        n=int(panel.volume.sum()),
    )


def split_change(panel: Panel) -> Parts:
    """What changed at the block at which the volume rose most, split by LMDI.

    The place is found from the volumes alone, so that no fall of quality is looked for. Each team
    and segment is a row of the split: shares of inputs x passed on per input x successes per case.
    What the shares moved is left out: another mix is nobody's doing.
    """
    cells = np.stack([panel.unit, panel.segment], axis=1)
    _, place = np.unique(cells, axis=0, return_inverse=True)
    place = place.reshape(-1)
    since = _rise(panel, place)
    recent = panel.block >= since
    size = int(place.max()) + 1
    old, new = panel.keep(~recent), panel.keep(recent)
    split = lmdi(
        before=_factors(old, place[~recent], size), after=_factors(new, place[recent], size)
    )
    volume, quality = (float(part) for part in split.effects[-2:])
    return Parts(
        since=since,
        before=split.before,
        after=split.before + volume + quality,
        volume=volume,
        quality=quality,
        volume_before=_per_input(old),
        volume_after=_per_input(new),
        quality_before=_ratio(old.successes, old.exposure),
        quality_after=_ratio(new.successes, new.exposure),
    )


def _rise(panel: Panel, place: np.ndarray) -> int:
    """The block since which most more is passed on than before, at an unchanged mix; where it never rose, the newest quarter."""
    blocks, number = np.unique(panel.block, return_inverse=True)
    given = panel.inputs if panel.has_inputs else np.ones(panel.volume.size)
    usual = np.bincount(place, panel.volume) / np.maximum(np.bincount(place, given), 1e-12)
    a = add_up(panel.volume, number)
    e = np.maximum(add_up(given * usual[place], number), 1e-9)
    at = np.arange(_FEWEST_AROUND, blocks.size - _FEWEST_AROUND + 1)
    series = RateSeries(a, e, "poisson")
    ratio = log_ratios(a=a[None, :], series=series, places=at)[0]
    before = np.cumsum(a)[at - 1] / np.cumsum(e)[at - 1]
    ratio = np.where(before < series.rate, ratio, 0.0)
    if not np.any(ratio > 0):
        return int(blocks[-max(_FEWEST_AROUND, blocks.size // 4)])
    return int(blocks[at[int(np.argmax(ratio))]])


def _factors(panel: Panel, place: np.ndarray, size: int) -> np.ndarray:
    """[cells, factors]: share of inputs (only where they are known), passed on, successes per case; nan = unknown."""
    x, v, e, w = (
        np.bincount(place, column, minlength=size)
        for column in (panel.inputs, panel.volume, panel.exposure, panel.successes)
    )
    quality = np.divide(w, e, out=np.full(size, np.nan), where=e > 0)
    if not panel.has_inputs:
        passed = np.where(e > 0, v / panel.blocks, 0.0)
        return np.column_stack([passed, quality])
    given = np.where((x > 0) & ((e > 0) | (v == 0)), x, 0.0)
    passed = np.divide(v, given, out=np.full(size, np.nan), where=given > 0)
    return np.column_stack([given / max(float(given.sum()), 1e-12), passed, quality])


def _per_input(panel: Panel) -> float:
    if panel.has_inputs:
        return _ratio(panel.volume, panel.inputs)
    return float(panel.volume.sum()) / panel.blocks


def _ratio(above: np.ndarray, below: np.ndarray) -> float:
    total = float(below.sum())
    return float(above.sum()) / total if total > 0 else float("nan")


def fall_of_quality(panel: Panel, *, since: int) -> float:
    """The e-value, after the newest block, that successes per case have fallen since the blocks before `since`."""
    blocks, place = np.unique(panel.block, return_inverse=True)
    w = np.bincount(place, panel.successes)
    e = np.maximum(np.bincount(place, panel.exposure), w)
    old = blocks < since
    if not e[old].sum() > 0:
        return 1.0
    phi = phi_of_baseline(successes=w[old], exposures=e[old], family="binomial")
    return change_evidence(
        successes=w[~old],
        exposures=e[~old],
        baseline_successes=float(w[old].sum()),
        baseline_exposure=float(e[old].sum()),
        direction="down",
        phi=phi,
    ).last
