"""Local days and months of instants, half-open spans of days, and business time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000


def day_of(instant: int, *, zone: str) -> int:
    """Days since 1970-01-01 of the local date of an instant (epoch microseconds)."""
    return (
        datetime.fromtimestamp(instant // 1_000_000, tz=UTC).astimezone(ZoneInfo(zone)).date()
        - _EPOCH
    ).days


def local_days(
    instants: NDArray[np.int64], *, zone: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The local day and month numbers of many instants (epoch microseconds) at once.

    The offset of the zone is looked up once a span between two of its changes, not once an instant.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    if instants.size == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first, last = int(instants.min()) // _DAY, int(instants.max()) // _DAY
    changes, offsets = _offsets(zone, first // 366 * 366 - 1, last // 366 * 366 + 367)
    place = np.searchsorted(np.array(changes), instants, side="right") - 1
    days = (instants + np.array(offsets)[place]) // _DAY
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return days, months


@lru_cache(maxsize=32)
def _offsets(zone: str, first_day: int, last_day: int) -> tuple[list[int], list[int]]:
    """Instants from which an offset (both in microseconds) holds, for the days between two UTC days."""
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
    return [second * 1_000_000 for second in changes], [second * 1_000_000 for second in offsets]


def _offset(place: ZoneInfo, second: int) -> int:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    offset = at.astimezone(place).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=4_096)
def last_instant(stop: int, *, zone: str) -> int:
    """The last microsecond before the local day `stop` begins: the end of a period, still inside."""
    return midnight(stop, zone=zone) - 1


def month_of(day: int) -> int:
    """year * 12 + month - 1 of a day number."""
    calendar_date = date_of(day)
    return calendar_date.year * 12 + calendar_date.month - 1


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return _EPOCH + timedelta(days=day)


def first_day(month: int) -> int:
    """The day number on which a month begins."""
    return (date(month // 12, month % 12 + 1, 1) - _EPOCH).days


def midnight(day: int, *, zone: str) -> int:
    """The instant (epoch microseconds) at which a local day begins."""
    local = datetime.combine(date_of(day), datetime.min.time(), tzinfo=ZoneInfo(zone))
    return round(local.timestamp()) * 1_000_000


def fiscal_year(month: int, *, start: int) -> int:
    """The calendar year in which the fiscal year of a month begins; `start` is its first month, 1 to 12."""
    return (month - (start - 1)) // 12


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` (inside) to `stop` (outside)."""

    start: int
    stop: int

    @property
    def days(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a team works: weekdays from Monday = 0, seconds after local midnight (`close` outside)."""

    working_days: tuple[int, ...]
    open_s: int
    close_s: int
    zone: str
    is_holiday: Callable[[date], bool]

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.working_days and not self.is_holiday(day)

    def seconds_between(self, start: int, stop: int) -> int:
        """Business seconds from instant `start` to instant `stop` (epoch microseconds); 0 if stop <= start."""
        zone = ZoneInfo(self.zone)
        a = datetime.fromtimestamp(start / 1e6, tz=UTC).astimezone(zone)
        b = datetime.fromtimestamp(stop / 1e6, tz=UTC).astimezone(zone)
        worked, day = 0.0, a.date()
        while day <= b.date():
            if self.works_on(day):
                dawn = datetime.combine(day, datetime.min.time(), tzinfo=zone)
                opens, closes = (
                    dawn + timedelta(seconds=self.open_s),
                    dawn + timedelta(seconds=self.close_s),
                )
                worked += max(0.0, (min(b, closes) - max(a, opens)).total_seconds())
            day += timedelta(days=1)
        return int(worked)
