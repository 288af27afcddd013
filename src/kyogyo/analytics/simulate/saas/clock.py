"""The simulated company's time: seconds since midnight of its first day, as its own clocks show.

People act in business hours. A delay of a person is counted in them, so that what would have been
done on Saturday is done on Monday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kyogyo.revenue_model import RevenueModel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
# Most Japanese companies close over the turn of the year, whatever the calendar of holidays says.
_CLOSED = {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}


@dataclass(frozen=True, eq=False)
class Clock:
    """Days from the first one on, which of them are worked, and the hours of work.

    `month` is the number of each day's month, 0 for the first one; `day` the working days as
    positions; `worked_before` how many working days lie before each day.
    """

    first: date
    months: int
    month: Ints
    month_starts: Ints
    working: npt.NDArray[np.bool_]
    worked_before: Ints
    day: Ints
    opens: int
    length: int
    closing_day: Ints
    is_quarter_end: npt.NDArray[np.bool_]
    offset: Ints

    def business(self, at: Ints) -> Ints:
        """Seconds of work done before each instant."""
        day, within = np.divmod(at, DAY_S)
        today = np.clip(within - self.opens, 0, self.length) * self.working[day]
        return np.asarray(self.worked_before[day] * self.length + today)

    def from_business(self, worked: Ints) -> Ints:
        """The instant at which so many seconds of work are done."""
        number, within = np.divmod(worked, self.length)
        number = np.minimum(number, len(self.day) - 1)
        return self.day[number] * DAY_S + self.opens + within

    def after(self, at: Ints, *, working_days: Floats) -> Ints:
        """The instant of business that lies so many working days after `at`."""
        return self.from_business(self.business(at) + (working_days * self.length).astype(np.int64))

    def working_day(self, at: Ints) -> Ints:
        """The number of the working day of an instant, or of the next one."""
        return np.minimum(self.worked_before[at // DAY_S], len(self.day) - 1)

    def month_of(self, at: Ints) -> Ints:
        """The number of the month, 0 for the first one."""
        return self.month[np.minimum(at // DAY_S, len(self.month) - 1)]

    def start(self, month: int) -> int:
        """The first instant of a month."""
        return int(self.month_starts[month]) * DAY_S

    def micros(self, at: Ints) -> Ints:
        """Epoch microseconds, UTC."""
        day = np.minimum(at // DAY_S, len(self.offset) - 1)
        return (at - self.offset[day]) * 1_000_000

    def day_number(self, day: Ints) -> Ints:
        """Days since 1970-01-01 of days counted from the first one."""
        return day + (self.first - _EPOCH).days


def make_clock(*, model: RevenueModel, start_month: int, months: int, beyond: int) -> Clock:
    """The calendar of `months` months from `start_month` on, holidays known `beyond` months more.

    After that it goes on for years, so that no delay runs out of it.
    """
    first = _first_of(start_month)
    known = (_first_of(start_month + months + beyond) - first).days
    days = [first + timedelta(days=n) for n in range(known + 3_660)]
    numbers = np.array([d.year * 12 + d.month - 1 - start_month for d in days], dtype=np.int64)
    holidays = _holidays(model, first=first, last=days[known])
    working = np.array([_is_worked(d, model=model, holidays=holidays) for d in days])
    worked = np.flatnonzero(working).astype(np.int64)
    opens, closes = (_seconds(text) for text in (model.calendar.open, model.calendar.close))
    quarter_ends = np.array([(d.month - model.fiscal_year_start) % 3 == 2 for d in days])
    last_of_month = np.searchsorted(numbers[worked], numbers[worked], side="right") - 1
    zone = ZoneInfo(model.time_zone)
    return Clock(
        first=first,
        months=months,
        month=numbers,
        month_starts=np.searchsorted(numbers, np.arange(numbers[-1] + 1)).astype(np.int64),
        working=working,
        worked_before=np.concatenate([[0], np.cumsum(working)[:-1]]).astype(np.int64),
        day=worked,
        opens=opens,
        length=closes - opens,
        closing_day=last_of_month.astype(np.int64),
        is_quarter_end=quarter_ends[worked],
        # The offset to take from local seconds since the first day, to be at seconds of the epoch.
        offset=np.array([_offset(d, first=first, zone=zone) for d in days], dtype=np.int64),
    )


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _seconds(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


def _offset(day: date, *, first: date, zone: ZoneInfo) -> int:
    """At noon, which exists once on every day, in every zone."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)
    return (day - first).days * DAY_S + 12 * 3_600 - int(noon.timestamp())


def _is_worked(day: date, *, model: RevenueModel, holidays: frozenset[date]) -> bool:
    return day.weekday() in model.calendar.working_days and day not in holidays


def _holidays(model: RevenueModel, *, first: date, last: date) -> frozenset[date]:
    found = set(model.calendar.extra_holidays)
    for year in range(first.year, last.year + 1):
        if model.calendar.holidays == "JP":
            found |= _japanese_holidays(year) | {date(year, month, day) for month, day in _CLOSED}
    return frozenset(found)


@cache
def _japanese_holidays(year: int) -> frozenset[date]:
    import jpholiday  # noqa: PLC0415 -- slow import

    return frozenset(day for day, _ in jpholiday.year_holidays(year))
