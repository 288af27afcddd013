"""ISO dates and times of fixed places (2026-04-01, 2026/04/01 09:05:00.123+09:00), all at once.

Only cells that are surely right are read here; the rest is left to the slow way, which also says
what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyogyo.connectors.tables.values.zones import DAY_US

_WIDTH = 40
_LONGEST = 36
_SECOND, _DAY = 1, 2

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]
_Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class IsoTimes:
    """`at`: places of the cells that were read. `local`: as written, in microseconds since 1970.

    `zoned` says which have an offset from UTC, `offset` is it in microseconds.
    """

    at: _Ints
    local: _Ints
    precision: npt.NDArray[np.int8]
    zoned: _Bools
    offset: _Ints


def read_iso(cells: Sequence[str]) -> IsoTimes:
    """The cells that are ISO dates and times with all digits written."""
    lengths = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    places = np.nonzero((lengths >= 10) & (lengths <= _LONGEST))[0].astype(np.int64)
    chosen = cells if len(places) == len(cells) else [cells[at] for at in places.tolist()]
    try:
        packed = np.array(chosen, dtype=f"S{_WIDTH}")
    except UnicodeEncodeError:
        places = np.array([at for at in places.tolist() if cells[at].isascii()], dtype=np.int64)
        packed = np.array([cells[at] for at in places.tolist()], dtype=f"S{_WIDTH}")
    if not len(places):
        return _nothing()
    return _read(packed.view(np.uint8).reshape(len(places), _WIDTH), places, lengths[places])


def _nothing() -> IsoTimes:
    none = np.zeros(0, dtype=np.int64)
    return IsoTimes(none, none, none.astype(np.int8), none.astype(np.bool_), none)


def _read(signs: _Bytes, places: _Ints, lengths: _Ints) -> IsoTimes:
    day, good = _days(signs)
    only_day = lengths == 10
    clock, end, clock_good = _clock(signs, lengths)
    zoned, offset, zone_good = _zone(signs, end, lengths)
    good &= only_day | (clock_good & zone_good)
    local = day * DAY_US + np.where(only_day, 0, clock)
    precision = np.where(only_day, _DAY, _SECOND).astype(np.int8)
    zoned &= ~only_day
    return IsoTimes(places[good], local[good], precision[good], zoned[good], offset[good])


def _number(signs: _Bytes, *columns: int) -> tuple[_Ints, _Bools]:
    """The number whose digits stand in these columns, and where all of them are digits."""
    value = np.zeros(len(signs), dtype=np.int64)
    good = np.ones(len(signs), dtype=np.bool_)
    for column in columns:
        digit = signs[:, column] - np.uint8(48)
        good &= digit < 10
        value = value * 10 + digit
    return value, good


def _days(signs: _Bytes) -> tuple[_Ints, _Bools]:
    """Days since 1970 of the first ten signs, and where they are a day that exists."""
    year, good = _number(signs, 0, 1, 2, 3)
    month, month_good = _number(signs, 5, 6)
    day, day_good = _number(signs, 8, 9)
    separator = signs[:, 4]
    good &= month_good & day_good & (separator == signs[:, 7])
    good &= (separator == ord("-")) | (separator == ord("/")) | (separator == ord("."))
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    number = first + day - 1
    return number, good & (number < after)


def _clock(signs: _Bytes, lengths: _Ints) -> tuple[_Ints, _Ints, _Bools]:
    """Microseconds since midnight from sign 10 on, where they end, and where they are good."""
    hour, good = _number(signs, 11, 12)
    minute, minute_good = _number(signs, 14, 15)
    second, second_good = _number(signs, 17, 18)
    good &= minute_good & (signs[:, 13] == ord(":"))
    good &= (signs[:, 10] == ord(" ")) | (signs[:, 10] == ord("T"))
    has_second = signs[:, 16] == ord(":")
    good &= second_good | ~has_second
    second = np.where(has_second, second, 0)
    good &= (hour <= 23) & (minute <= 59) & (second <= 59)
    end = np.where(has_second, 19, 16)
    point = has_second & ((signs[:, 19] == ord(".")) | (signs[:, 19] == ord(",")))
    fraction, digits = _fraction(signs, point)
    good &= (digits > 0) | ~point
    end = np.where(point, 20 + digits, end)
    clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    return clock, end, good & (end <= lengths)


def _fraction(signs: _Bytes, point: _Bools) -> tuple[_Ints, _Ints]:
    """Microseconds from the digits after sign 19, and how many digits there are (nine at most)."""
    fraction = np.zeros(len(signs), dtype=np.int64)
    digits = np.zeros(len(signs), dtype=np.int64)
    if not point.any():
        return fraction, digits
    going = point.copy()
    for place in range(9):
        digit = signs[:, 20 + place] - np.uint8(48)
        going &= digit < 10
        digits += going
        if place < 6:
            fraction = fraction * 10 + np.where(going, digit, 0)
    return fraction, digits


def _zone(signs: _Bytes, end: _Ints, lengths: _Ints) -> tuple[_Bools, _Ints, _Bools]:
    """Where there is an offset after the time, what it is, and where what follows is good."""
    rows = np.arange(len(signs))

    def sign(after: _Ints | int) -> _Bytes:
        at: _Bytes = signs[rows, np.minimum(end + after, _WIDTH - 1)]
        return at

    naive = end == lengths
    zoned = ~naive
    if not zoned.any():
        return zoned, np.zeros(len(signs), dtype=np.int64), naive
    start = (sign(0) == ord(" ")).astype(np.int64)
    left = lengths - end - start
    first = sign(start)
    utc = (first == ord("Z")) & (left == 1)
    utc |= (
        (first == ord("U"))
        & (sign(start + 1) == ord("T"))
        & (sign(start + 2) == ord("C"))
        & (left == 3)
    )
    colon = (sign(start + 3) == ord(":")).astype(np.int64)
    digits = [sign(start + at) - np.uint8(48) for at in (1, 2)]
    minutes = [sign(start + 3 + colon + at) - np.uint8(48) for at in (0, 1)]
    has_minutes = left == 5 + colon
    minutes_good = (minutes[0] < 6) & (minutes[1] < 10)
    numeric = (first == ord("+")) | (first == ord("-"))
    numeric &= (digits[0] < 3) & (digits[1] < 10)
    numeric &= (has_minutes & minutes_good) | ((left == 3) & (colon == 0))
    hours = digits[0].astype(np.int64) * 10 + digits[1]
    past = np.where(has_minutes, minutes[0].astype(np.int64) * 10 + minutes[1], 0)
    size = (hours * 60 + past) * 60_000_000
    numeric &= hours <= 15
    offset = np.where(numeric, np.where(first == ord("-"), -size, size), 0)
    return zoned, offset, naive | utc | numeric
