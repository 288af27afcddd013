"""Local time to instants, many at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

DAY_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- local time, on purpose


def to_utc(local: npt.NDArray[np.int64], *, zone: str) -> npt.NDArray[np.int64]:
    """Instants of local times, both in microseconds since 1970 (local, then UTC).

    Where clocks go forward, a time that they skip is read with the offset before the change (half
    past two becomes half past three); where they go back, a time that they show twice is the
    first of the two. This is what Python's `fold=0` means.
    """
    days = local // DAY_US
    different, place = np.unique(days, return_inverse=True)
    offsets = np.array([_offset_of_day(int(day), zone) for day in different], dtype=np.int64)
    known = offsets != _CHANGES
    utc = local - np.where(known, offsets, 0)[place]
    for at in np.nonzero(~known[place])[0]:
        utc[at] = local[at] - _offset(int(local[at]), zone)
    return utc


_CHANGES = np.iinfo(np.int64).min


@lru_cache(maxsize=65_536)
def _offset_of_day(day: int, zone: str) -> int:
    """The offset all day long, or _CHANGES on a day when the clocks change."""
    first = _offset(day * DAY_US, zone)
    return first if first == _offset((day + 1) * DAY_US, zone) else int(_CHANGES)


def _offset(local: int, zone: str) -> int:
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=ZoneInfo(zone))
    return (moment.utcoffset() or timedelta()) // timedelta(microseconds=1)
