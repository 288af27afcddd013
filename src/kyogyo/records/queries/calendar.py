"""When the organisation works, as its declared model says."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from kyogyo.period import WorkingHours
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from kyogyo.revenue_model import Calendar, RevenueModel


def local_time(at: datetime | None) -> time | None:
    """The time of day of a moment, where the organisation is; None for none."""
    return None if at is None else at.astimezone(ZoneInfo(current().model.time_zone)).time()


def local_date(at: datetime | None = None) -> date:
    """The day of a moment (now without one), where the organisation is. Raises RuleError before it is set up."""
    return (at or timezone.now()).astimezone(ZoneInfo(current().model.time_zone)).date()


def hours_of(model: RevenueModel) -> WorkingHours:
    """The open hours of the model's calendar, in its time zone."""
    return _hours(model.calendar, model.time_zone)


@lru_cache(maxsize=16)
def _hours(calendar: Calendar, zone: str) -> WorkingHours:
    # The same object each time: the hours of a year are counted once an object.
    return WorkingHours(
        working_days=tuple(sorted(set(calendar.working_days))),
        open_s=_seconds(calendar.open),
        close_s=_seconds(calendar.close),
        zone=zone,
        is_holiday=_holidays(calendar),
    )


def _seconds(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 3_600 + int(minutes) * 60


class _Holidays:
    """Public holidays and the company's own days off."""

    def __init__(self, *, extra: frozenset[date], is_japanese: bool) -> None:
        self._extra = extra
        self._is_japanese = is_japanese

    def __call__(self, day: date) -> bool:
        if day in self._extra:
            return True
        if not self._is_japanese:
            return False
        import jpholiday  # noqa: PLC0415 -- slow import

        return bool(jpholiday.is_holiday(day))


def _holidays(calendar: Calendar) -> _Holidays:
    return _Holidays(
        extra=frozenset(calendar.extra_holidays), is_japanese=calendar.holidays == "JP"
    )
