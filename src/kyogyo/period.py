"""Local days and months of instants, half-open spans of days, and business time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
_YEARS_AHEAD = 100
_LAST_YEAR = date.max.year


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
        if stop <= start:
            return 0
        first, last = _year_at(start, self.zone), _year_at(stop, self.zone)
        whole = sum(_openings(self, year).total for year in range(first, last))
        worked = _openings(self, last).before(stop) - _openings(self, first).before(start)
        return (whole + worked) // 1_000_000

    def add(self, start: int, seconds: int) -> int:
        """The first instant by which `seconds` business seconds have passed since `start`.

        `start` itself for none. Raises ValueError when ten years have no open hour, or a hundred
        years are too few.
        """
        if seconds <= 0:
            return start
        first = _year_at(start, self.zone)
        left = seconds * 1_000_000 + _openings(self, first).before(start)
        closed = 0
        # Never without an end: a year takes some milliseconds to lay out, and the calendar ends in 9999.
        for year in range(first, min(first + _YEARS_AHEAD, _LAST_YEAR) + 1):
            total = _openings(self, year).total
            if left <= total:
                return _openings(self, year).after(left)
            left, closed = left - total, 0 if total else closed + 1
            if closed == 10:
                msg = "The calendar has no open hour in ten years."
                raise ValueError(msg)
        msg = f"{seconds} open seconds are further than a hundred years away."
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class _Openings:
    """The open hours of a year as instants in order; `worked` is what had been open before each, in microseconds."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    worked: tuple[int, ...]
    total: int

    def before(self, instant: int) -> int:
        """Open microseconds of the year before `instant`."""
        place = bisect_right(self.opens, instant) - 1
        if place < 0:
            return 0
        return self.worked[place] + min(instant, self.closes[place]) - self.opens[place]

    def after(self, worked: int) -> int:
        """The first instant before which `worked` (more than 0, at most all) were open."""
        place = bisect_left(self.worked, worked) - 1
        return self.opens[place] + worked - self.worked[place]


@lru_cache(maxsize=1_024)
def _openings(hours: WorkingHours, year: int) -> _Openings:
    # One table a year, so that neither a long span nor a long list is counted day by day.
    opens, closes, worked, total = [], [], [], 0
    first = date(year, 1, 1).toordinal()
    for day in map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1)):
        if hours.works_on(day):
            opened = _instant(day, hours.open_s, hours.zone)
            closed = _instant(day, hours.close_s, hours.zone)
            if closed > opened:
                opens.append(opened)
                closes.append(closed)
                worked.append(total)
                total += closed - opened
    return _Openings(tuple(opens), tuple(closes), tuple(worked), total)


def _year_at(instant: int, zone: str) -> int:
    return datetime.fromtimestamp(instant // 1_000_000, tz=UTC).astimezone(ZoneInfo(zone)).year


def _instant(day: date, second: int, zone: str) -> int:
    """When the clock of the zone shows `second` of `day`; when it first shows a later time if it skips that one."""
    place = ZoneInfo(zone)
    shown = datetime.combine(day, datetime.min.time()) + timedelta(seconds=second)
    first = round(shown.replace(tzinfo=place).timestamp())
    if datetime.fromtimestamp(first, tz=place).replace(tzinfo=None) == shown:
        return first * 1_000_000
    low, high = round(shown.replace(tzinfo=place, fold=1).timestamp()) - 1, first
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz=place).replace(tzinfo=None) < shown:
            low = middle
        else:
            high = middle
    return high * 1_000_000
