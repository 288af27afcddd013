"""Local days and months of whole columns of instants, and the instants at which local days end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kyogyo.period import midnight

Ints = npt.NDArray[np.int64]
DAY = 86_400_000_000


def local_days(instants: Ints, *, zone: str) -> tuple[Ints, Ints]:
    """The local day (since 1970-01-01) and month (year * 12 + month - 1) of each instant.

    Instants are epoch microseconds. The offset of the zone is looked up once a span between two
    of its changes, not once an instant.
    """
    if instants.size == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first, last = int(instants.min()) // DAY, int(instants.max()) // DAY
    changes, offsets = _offsets(zone, first // 366 * 366 - 1, last // 366 * 366 + 367)
    local = instants + offsets[np.searchsorted(changes, instants, side="right") - 1]
    days = local // DAY
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return days, months


@lru_cache(maxsize=32)
def _offsets(zone: str, first_day: int, last_day: int) -> tuple[Ints, Ints]:
    """Instants from which an offset (microseconds) holds, for the days between two UTC days."""
    place = ZoneInfo(zone)
    begin = first_day * 86_400
    changes, offsets = [begin], [_offset(place, begin)]
    for start in range(begin, last_day * 86_400, 86_400):
        end = start + 86_400
        if _offset(place, end) == offsets[-1]:
            continue
        low, high = start, end
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(place, middle) == offsets[-1]:
                low = middle
            else:
                high = middle
        changes.append(high)
        offsets.append(_offset(place, end))
    return np.array(changes) * 1_000_000, np.array(offsets) * 1_000_000


def _offset(place: ZoneInfo, second: int) -> int:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    offset = at.astimezone(place).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=4_096)
def last_instant(stop: int, *, zone: str) -> int:
    """The last microsecond before the local day `stop` begins: the end of a period, still inside."""
    return midnight(stop, zone=zone) - 1
