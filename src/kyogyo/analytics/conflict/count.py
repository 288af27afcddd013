"""From a history to the panels of its pairs: by team and four weeks, on cohorts old enough to tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.conflict.pairs import Pair
from kyogyo.analytics.conflict.panel import Panel, add_up, make_panel
from kyogyo.analytics.sql import ROWS, Question, case, emit, one_of, total, whole_division
from kyogyo.analytics.steps import Step, StepCounts, count_steps, horizon_of, incidence
from kyogyo.analytics.survival import maturity
from kyogyo.analytics.truncation import without_truncated

if TYPE_CHECKING:
    from kyogyo.analytics.events import History

BLOCK_DAYS = 28
# Monday 1969-12-29 is day -3: blocks begin on a Monday, always the same ones.
_MONDAY = 3
MOST_BLOCKS = 26
# A block counts once this share of what will become of it has had time to.
_MATURE = 0.8
_MOST_UNITS, _FEWEST_CASES = 60, 20
_MOST_SEGMENTS = 8


Columns = dict[str, NDArray[np.int64]]
Cells = dict[tuple[int, int, int], float]


@dataclass(frozen=True)
class Counted:
    """The panel of a pair. `why` is empty, or says why there is none: `dated_by_period`, `few`.

    `unit_names` maps the panel's units; `unknown`: share of the volume whose team isn't known (left out).
    """

    pair: Pair
    panel: Panel | None
    why: str
    unit_names: Mapping[int, str]
    unknown: float = 0.0


@dataclass(frozen=True)
class Legs:
    """The two steps of a pair as counted, with their horizons in days; the first is None without inputs."""

    first: StepCounts | None
    second: StepCounts
    horizon_1: int
    horizon_2: int


def first_day_of(block: int) -> int:
    """The first day of a block."""
    return block * BLOCK_DAYS - _MONDAY


def count_pairs(
    history: History,
    *,
    track: str,
    pairs: Iterable[Pair],
    teams: Mapping[int, str] | None = None,
    unit_attribute: str | None = None,
    segment: str | None = None,
) -> tuple[Counted, ...]:
    """The panel of each pair, by the team of whoever had the journey at its start.

    `teams` names the team of each owner (code); without it each owner is a team of one.
    `unit_attribute`: a journey attribute to take for the team instead. `segment`: an attribute of
    the customer whose mix may shift.
    """
    wanted = tuple(pairs)
    steps = {
        step.code: step
        for pair in wanted
        for step in (_first_step(track, pair), Step(track, pair.volume, pair.success))
        if step is not None
    }
    counted, _ = without_truncated(count_steps(history, steps=tuple(steps.values())))
    horizons = {code: horizon_of(history, counts=counts) for code, counts in counted.items()}
    found = []
    for pair in wanted:
        first = _first_step(track, pair)
        one = counted[first.code] if first else None
        two = counted[f"{pair.volume}>{pair.success}"]
        h1 = horizons[first.code] if first else 0
        h2 = horizons[two.step.code]
        if two.period_months or (one is not None and one.period_months):
            found.append(Counted(pair, None, "dated_by_period", {}))
        elif h1 is None or h2 is None:
            found.append(Counted(pair, None, "few", {}))
        else:
            legs = Legs(one, two, h1, h2)
            found.append(_count(history, pair, legs, teams, unit_attribute, segment))
    return tuple(found)


def _first_step(track: str, pair: Pair) -> Step | None:
    return Step(track, pair.start, pair.volume) if pair.start else None


def _count(
    history: History,
    pair: Pair,
    legs: Legs,
    teams: Mapping[int, str] | None,
    unit_attribute: str | None,
    segment: str | None,
) -> Counted:
    start = history.stage_code(pair.start or pair.volume)
    unit = f"a_{history.attributes[unit_attribute]}" if unit_attribute else f"o_{start}"
    value = f"a_{history.attributes[segment]}" if segment else "0"
    given, passed = _ask(history, pair, legs, unit=unit, value=value)
    names = _names(history, teams, unit_attribute)
    return count_cells(pair, given, passed, legs=legs, names=names)


def count_cells(
    pair: Pair, given: Columns, passed: Columns, *, legs: Legs, names: Mapping[int, str]
) -> Counted:
    """The panel of rows as the queries give them: `given` (block, unit, value, day, x), `passed` (the same with v, w).

    `block` is that of the entry into the start; `day` of `given` is of that entry, of `passed` of the
    entry into the volume. `names` maps unit codes to teams; the others are left out.
    """
    numbers, unit_names = _numbers(passed, names)
    known = np.isin(passed["unit"], list(numbers))
    volume = float(passed["v"].sum())
    unknown = 1 - float(passed["v"][known].sum()) / volume if volume else 0.0
    parts = {
        "inputs": _matured(given, "x", legs.first, legs.horizon_1) if legs.first else None,
        "volume": _cells(passed, passed["v"]),
        "exposure": _matured(passed, "v", legs.second, legs.horizon_2),
        "successes": _cells(passed, passed["w"]),
        "entered": _cells(given, given["x"]) if legs.first else None,
    }
    panel = _panel(parts, numbers, legs)
    return Counted(pair, panel, "" if panel is not None else "few", unit_names, unknown)


def _ask(
    history: History, pair: Pair, legs: Legs, *, unit: str, value: str
) -> tuple[Columns, Columns]:
    """Entries into the start by day, and those that reached the volume in time by the day they did."""
    start = history.stage_code(pair.start or pair.volume)
    j, k = history.stage_code(pair.volume), history.stage_code(pair.success)
    clean = max(legs.second.clean_from, legs.first.clean_from if legs.first else -(10**9))
    block = whole_division(history.engine.name, f"d_{start} + {_MONDAY}", BLOCK_DAYS)
    where = (
        f"track = {history.track_code(legs.second.step.track)}", f"r_{start} > 0", "recycled = 0",
        f"d_{start} >= {max(clean, -_MONDAY)}",
        *((one_of(f"o_{start}", sorted(history.owners)),) if history.owners is not None else ()),
    )  # fmt: skip
    keys = (("block", block), ("unit", unit), ("value", value))
    in_time = f"r_{j} > 0 AND d_{j} - d_{start} <= {legs.horizon_1}" if legs.first else "1 = 1"
    won = case((f"r_{k} > 0 AND d_{k} - d_{j} <= {legs.horizon_2}", 1), otherwise=0)
    given = Question("journeys", (*keys, ("day", f"d_{start}")), (("x", ROWS),), where)
    passed = Question(
        "journeys", (*keys, ("day", f"d_{j}")), (("v", ROWS), ("w", total(won))), (*where, in_time)
    )
    return history.engine.integers(emit(given)), history.engine.integers(emit(passed))


def _names(
    history: History, teams: Mapping[int, str] | None, unit_attribute: str | None
) -> Mapping[int, str]:
    if unit_attribute:
        return history.value_names
    return history.owner_names if teams is None else teams


def _numbers(passed: Columns, names: Mapping[int, str]) -> tuple[dict[int, int], dict[int, str]]:
    """The number of the unit of each owner (or value), and the units' names: the largest, by how much they passed on."""
    codes, place = np.unique(passed["unit"], return_inverse=True)
    volume: dict[str, float] = {}
    for code, v in zip(codes.tolist(), add_up(passed["v"], place).tolist(), strict=True):
        if code in names:
            volume[names[code]] = volume.get(names[code], 0.0) + v
    large = [name for name, v in volume.items() if v >= _FEWEST_CASES]
    kept = sorted(large, key=lambda name: (-volume[name], name))[:_MOST_UNITS]
    order = {name: number for number, name in enumerate(sorted(kept))}
    numbers = {code: order[name] for code, name in names.items() if name in order}
    return numbers, {number: name for name, number in order.items()}


def _cells(rows: Columns, values: NDArray[np.float64] | NDArray[np.int64]) -> Cells:
    """The sum of `values` by block, unit and segment."""
    if not values.size:
        return {}
    found = [np.unique(rows[name], return_inverse=True) for name in ("block", "unit", "value")]
    shape = tuple(len(codes) for codes, _ in found)
    flat = np.ravel_multi_index([place.reshape(-1) for _, place in found], shape)
    cells, place = np.unique(flat, return_inverse=True)
    sums = np.bincount(place.reshape(-1), values)
    keys = [
        codes[at].tolist()
        for (codes, _), at in zip(found, np.unravel_index(cells, shape), strict=True)
    ]
    return dict(zip(zip(*keys, strict=True), sums.tolist(), strict=True))


def _matured(rows: Columns, measure: str, counts: StepCounts, horizon: int) -> Cells:
    """Cases weighed by how much of what will become of them by the horizon could have been seen."""
    ages = np.clip(counts.until - rows["day"], 0, horizon)
    grown = np.nan_to_num(
        maturity(base_incidence=incidence(counts.clean()), horizon=horizon, ages=ages)
    )
    return _cells(rows, rows[measure] * grown)


def _panel(
    parts: Mapping[str, Cells | None], numbers: Mapping[int, int], legs: Legs
) -> Panel | None:
    volume, entered = parts["volume"] or {}, parts["entered"]
    every = entered if entered is not None else volume
    keys = [key for key in every if key[1] in numbers]
    blocks = _mature_blocks(parts, keys, legs)
    keys = [key for key in keys if key[0] in blocks]
    if not keys:
        return None
    known = {name: np.array([cells.get(key, 0.0) for key in keys])
             for name, cells in parts.items() if cells is not None}  # fmt: skip
    return make_panel(
        unit=[numbers[key[1]] for key in keys],
        block=[key[0] for key in keys],
        segment=_segments(keys, volume),
        inputs=known.get("inputs"),
        volume=known["volume"],
        exposure=known["exposure"],
        successes=known["successes"],
    )


def _mature_blocks(
    parts: Mapping[str, Cells | None], keys: list[tuple[int, int, int]], legs: Legs
) -> set[int]:
    """Whole blocks of which enough could be seen, the newest `MOST_BLOCKS` up to the first that is too young."""
    if not keys:
        return set()
    clean = max(legs.second.clean_from, legs.first.clean_from if legs.first else -(10**9))
    until = min(legs.second.until, legs.first.until if legs.first else legs.second.until)
    numbers = sorted({key[0] for key in keys})
    sums: dict[str, dict[int, float]] = {}
    for name, cells in parts.items():
        sums[name] = dict.fromkeys(numbers, 0.0)
        for key in keys:
            sums[name][key[0]] += (cells or {}).get(key, 0.0)
    fit: list[int] = []
    # The oldest block is as a rule a part of one: recording began in the middle of it.
    for block in numbers[1:] if len(numbers) > 1 else numbers:
        if first_day_of(block) < clean:
            continue
        whole = first_day_of(block + 1) - 1 <= until
        seen = sums["exposure"][block] >= _MATURE * sums["volume"][block]
        came = parts["entered"] is None or sums["inputs"][block] >= _MATURE * sums["entered"][block]
        if not (whole and seen and came):
            break
        fit.append(block)
    return set(fit[-MOST_BLOCKS:])


def _segments(keys: list[tuple[int, int, int]], volume: Cells) -> list[int]:
    """The value of each cell, those beyond the largest together as -1."""
    sizes: dict[int, float] = {}
    for key in keys:
        sizes[key[2]] = sizes.get(key[2], 0.0) + volume.get(key, 0.0)
    large = sorted(sizes, key=lambda value: (-sizes[value], value))[:_MOST_SEGMENTS]
    return [key[2] if key[2] in large else -1 for key in keys]
