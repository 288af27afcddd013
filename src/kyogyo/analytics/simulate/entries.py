"""Very many entries, fast: integers in the shape of the `entries` table, for benchmarks and tests.

They mean nothing. Journeys run along the model's tracks with the irregularities that a measure
must get right: entries at the same instant, stages skipped, steps back with re-entry, journeys
still open, dates without a time of day, entries without owner, accounts with several journeys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.events import DAY, ENTRIES, PRECISION_DAY, PRECISION_SECOND, SECOND
from kyogyo.analytics.simulate.draws import generator
from kyogyo.revenue_model import RevenueModel, default_model

Column = npt.NDArray[np.int64] | npt.NDArray[np.int32] | npt.NDArray[np.int16]
Ints = npt.NDArray[np.int64]

BLOCK = 1 << 16  # journeys that share one stream of random numbers
_HOUR = 3_600 * SECOND
_START = 1_648_738_800 * SECOND  # 2022-04-01 in Tokyo
_DAYS = 1_096
_GOES_ON = 0.72  # from a stage to the next
_ENDS = 0.8  # of those that don't; the others stay open
_GOES_BACK, _SKIPS, _TIES, _BY_DAY, _INFERRED, _NO_OWNER = 0.05, 0.06, 0.03, 0.02, 0.005, 0.05
_MOST = 64  # entries a journey can have
_OWNERS = 40  # a department
_MINORITY = 10  # of so many journeys one is on the second track, and one is its account's second
_DTYPES = {"BIGINT": np.int64, "INTEGER": np.int32, "SMALLINT": np.int16}
_PERSON, _RULE = 1, 2


def simulate_entries(
    *, journeys: int, seed: int, first: int = 1, model: RevenueModel | None = None
) -> dict[str, Column]:
    """The entries of the journeys numbered from `first` on, by journey and time.

    The columns are those of `events.ENTRIES`, codes as in `model` (the default model if None).
    A journey has the same entries whichever range it is asked for in; on average there are about
    four. Raises ValueError for a range that doesn't start at 1 or later.
    """
    if first < 1 or journeys < 0:
        message = f"Journeys are numbered from 1 on; got first={first}, journeys={journeys}."
        raise ValueError(message)
    paths = _Paths.of(model or default_model())
    last = first + journeys - 1
    parts = [
        _block(number, paths, seed=seed, first=first, last=last)
        for number in range((first - 1) // BLOCK, (last - 1) // BLOCK + 1)
    ] or [_block(0, paths, seed=seed, first=1, last=0)]
    return {name: np.concatenate([part[name] for part in parts]) for name in ENTRIES}


def entry_chunks(
    *, journeys: int, seed: int, model: RevenueModel | None = None, chunk: int = 4 * BLOCK
) -> Iterator[dict[str, Column]]:
    """The same entries in chunks of `chunk` journeys, so that all of them needn't be in memory."""
    model = model or default_model()
    for first in range(1, journeys + 1, chunk):
        size = min(chunk, journeys - first + 1)
        yield simulate_entries(journeys=size, seed=seed, first=first, model=model)


@dataclass(frozen=True, eq=False)
class _Paths:
    """`stages[track, place]`, `exits[track, n]`: codes. `numbers`: the tracks' own codes."""

    zone: str
    numbers: Ints
    stages: Ints
    lengths: Ints
    exits: Ints
    exit_counts: Ints
    department: Ints
    amount_from: Ints

    @staticmethod
    def of(model: RevenueModel) -> _Paths:
        """The first two tracks with three stages or more, or else the first track."""
        long = [track for track in model.tracks if len(track.stages) > 2][:2]
        tracks = long or [model.tracks[0]]
        paths = [[model.stage_number(code) for code in track.stages] for track in tracks]
        exits = [[model.stage_number(code) for code in track.exits] for track in tracks]
        departments = [model.department_number(stage.department) for stage in model.stages]
        return _Paths(
            zone=model.time_zone,
            numbers=np.array([model.track_number(track.code) for track in tracks]),
            stages=_padded(paths),
            lengths=np.array([len(path) for path in paths]),
            exits=_padded(exits),
            exit_counts=np.array([len(codes) for codes in exits]),
            department=np.array([0, *departments]),
            amount_from=np.array([len(path) // 2 for path in paths]),
        )


def _padded(rows: list[list[int]]) -> Ints:
    width = max(1, *(len(row) for row in rows)) if rows else 1
    return np.array([row + [0] * (width - len(row)) for row in rows], dtype=np.int64)


def _block(number: int, paths: _Paths, *, seed: int, first: int, last: int) -> dict[str, Column]:
    """The entries of one block of journeys, of those numbered `first` to `last`."""
    rng = generator(seed, "entries", number)
    journey = number * BLOCK + 1 + np.arange(BLOCK)
    track = np.where((journey % _MINORITY == 3) & (len(paths.numbers) > 1), 1, 0)
    plan = _plan(track, paths, rng)
    row, place, stage = _sequence(track, plan, paths)
    at, by_day = _times(row, place, paths, rng)
    department = paths.department[stage]
    someone = rng.random(len(row), dtype=np.float32) >= _NO_OWNER
    owner = 1 + department * _OWNERS + rng.integers(0, _OWNERS, BLOCK)[row]
    amount = _amounts(row, place, plan, paths.amount_from[track], rng)
    inferred = rng.random(len(row), dtype=np.float32) < _INFERRED
    day, month = _calendar(at, zone=paths.zone)
    number_of_row = journey[row]
    columns = {
        "journey": number_of_row,
        "seq": number_of_row * _MOST + place,
        "track": paths.numbers[track[row]],
        "stage": stage,
        "at_us": at,
        "day": day,
        "month": month,
        "department": department,
        "owner": np.where(someone, owner, 0),
        "amount": amount,
        "cause": np.where(place == 0, _RULE, _PERSON),
        "inferred": inferred,
        "prec": np.where(by_day, PRECISION_DAY, PRECISION_SECOND),
        "account": number_of_row - (number_of_row % _MINORITY == 0),
    }
    kept = (number_of_row >= first) & (number_of_row <= last) & (at < _START + _DAYS * DAY)
    return {
        name: columns[name][kept].astype(_DTYPES[kind], copy=False)
        for name, kind in ENTRIES.items()
    }


@dataclass(frozen=True, eq=False)
class _Plan:
    """By journey: stages reached, after how many entries it goes back (0 never), which place it
    skips (0 none), the code it ends in (0 open)."""

    reached: Ints
    back: Ints
    skipped: Ints
    end: Ints

    @property
    def length(self) -> Ints:
        return np.asarray(self.reached + 2 * (self.back > 0) - (self.skipped > 0) + (self.end > 0))


def _plan(track: Ints, paths: _Paths, rng: np.random.Generator) -> _Plan:
    n = len(track)
    reached = np.minimum(rng.geometric(1 - _GOES_ON, n), paths.lengths[track])
    # Back from any stage but the first; past any but the first and the last.
    back = np.where(
        (rng.random(n) < _GOES_BACK) & (reached > 1),
        2 + (rng.random(n) * (reached - 1)).astype(np.int64),
        0,
    )
    skipped = np.where(
        (rng.random(n) < _SKIPS) & (reached > 2) & (back == 0),
        2 + (rng.random(n) * (reached - 2)).astype(np.int64),
        0,
    )
    choices = paths.exit_counts[track]
    which = (rng.random(n) * np.maximum(choices, 1)).astype(np.int64)
    ends = (rng.random(n) < _ENDS) & (reached < paths.lengths[track]) & (choices > 0)
    return _Plan(reached, back, skipped, np.where(ends, paths.exits[track, which], 0))


def _sequence(track: Ints, plan: _Plan, paths: _Paths) -> tuple[Ints, Ints, Ints]:
    """The journey of each entry, its place among the journey's entries, and the stage's code."""
    length = plan.length
    row = np.repeat(np.arange(len(track)), length)
    place = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    # Places 1 2 3 become 1 2, back to 1, and 2 3 again when the journey goes back after two.
    stage = place + 1 - 2 * ((plan.back[row] > 0) & (place >= plan.back[row]))
    stage += (plan.skipped[row] > 0) & (stage >= plan.skipped[row])
    is_end = (plan.end[row] > 0) & (place == length[row] - 1)
    on_path = np.minimum(stage, paths.lengths[track[row]]) - 1
    return row, place, np.where(is_end, plan.end[row], paths.stages[track[row], on_path])


def _times(
    row: Ints, place: Ints, paths: _Paths, rng: np.random.Generator
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Days to weeks between entries, some of them none; of some journeys only the days are known."""
    days = np.exp(1.2 * rng.standard_normal(len(row), dtype=np.float32) + np.float32(1.4))
    gap = (days * np.float32(86_400)).astype(np.int64) * SECOND
    gap[rng.random(len(row), dtype=np.float32) < _TIES] = 0
    gap[place == 0] = 0
    total = np.cumsum(gap)
    started = _START + (rng.random(BLOCK) * _DAYS * 86_400).astype(np.int64) * SECOND
    at = started[row] + total - (total[place == 0])[row]
    by_day = (rng.random(BLOCK) < _BY_DAY)[row]
    local = at + _offsets(paths.zone)[_hour_of(at)]
    # The midnight before, unless the journey would seem to have begun before everything else.
    midnight = at - local % DAY
    return np.where(by_day & (midnight >= _START), midnight, at), by_day


def _amounts(
    row: Ints, place: Ints, plan: _Plan, amount_from: Ints, rng: np.random.Generator
) -> Ints:
    worth = (np.exp(14.5 + 0.8 * rng.standard_normal(BLOCK)) // 10_000 * 10_000).astype(np.int64)
    is_deal = plan.reached > amount_from
    return np.where(is_deal[row] & (place >= amount_from[row]), worth[row], 0)


def _calendar(at: Ints, *, zone: str) -> tuple[Ints, Ints]:
    """The local day since 1970-01-01, and the month as year * 12 + month - 1."""
    day = (at + _offsets(zone)[_hour_of(at)]) // DAY
    months = np.arange(int(day.max(initial=0)) + 2).astype("M8[D]").astype("M8[M]").astype(np.int64)
    return day, months[day] + 1970 * 12


def _hour_of(at: Ints) -> Ints:
    return np.minimum((at - _START) // _HOUR, _DAYS * 24 - 1)


@cache
def _offsets(zone: str) -> Ints:
    """Microseconds to add to UTC, by hour since the start. Clocks change on the hour."""
    place = ZoneInfo(zone)
    hours = [
        datetime.fromtimestamp((_START + n * _HOUR) / SECOND, tz=UTC).astimezone(place)
        for n in range(_DAYS * 24)
    ]
    seconds = [int(offset.total_seconds()) for hour in hours if (offset := hour.utcoffset())]
    if len(seconds) < len(hours):  # UTC itself: an offset of nothing counts as none above
        seconds = [int((hour.utcoffset() or hour - hour).total_seconds()) for hour in hours]
    return np.array(seconds, dtype=np.int64) * SECOND
