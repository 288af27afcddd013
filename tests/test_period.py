"""Local days and months, spans, fiscal years and business time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import jpholiday
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.period import (
    Span,
    WorkingHours,
    date_of,
    day_of,
    first_day,
    fiscal_year,
    local_days,
    midnight,
    month_of,
)

ZONES = ("Asia/Tokyo", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "UTC")  # fmt: skip
_instants = st.integers(0, 2_500_000_000_000_000)  # 1970 to 2049
_zones = st.sampled_from(ZONES)


def at(text: str, zone: str = "Asia/Tokyo") -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return round(moment.timestamp()) * 1_000_000


@given(instants=st.lists(_instants, max_size=20), zone=_zones)
def test_local_days_are_those_of_the_calendar(instants: list[int], zone: str) -> None:
    days, months = local_days(np.array(instants, np.int64), zone=zone)
    local = [datetime.fromtimestamp(i // 1_000_000, tz=UTC).astimezone(ZoneInfo(zone)) for i in instants]  # fmt: skip
    assert days.tolist() == [(moment.date() - date(1970, 1, 1)).days for moment in local]
    assert months.tolist() == [moment.year * 12 + moment.month - 1 for moment in local]
    assert days.tolist() == [day_of(instant, zone=zone) for instant in instants]


def test_a_microsecond_decides_the_day_and_the_month() -> None:
    midnight_of_april = at("2026-04-01 00:00")
    around = np.array([midnight_of_april - 1, midnight_of_april, midnight_of_april + 1])
    days, months = local_days(around, zone="Asia/Tokyo")
    assert days.tolist() == [20_543, 20_544, 20_544]
    assert months.tolist() == [24_314, 24_315, 24_315]


def test_no_instants_have_no_days() -> None:
    days, months = local_days(np.empty(0, np.int64), zone="Asia/Tokyo")
    assert (days.size, months.size) == (0, 0)


@given(st.integers(0, 30_000))
def test_days_months_and_dates_fit_each_other(day: int) -> None:
    month = month_of(day)
    assert first_day(month) <= day < first_day(month + 1)
    assert (date_of(day).year * 12 + date_of(day).month - 1, month_of(first_day(month))) == (month, month)  # fmt: skip


@given(day=st.integers(1, 29_000), zone=_zones)
def test_midnight_is_the_first_instant_of_its_day(day: int, zone: str) -> None:
    # Samoa skipped 30 December 2011 as a whole.
    if (zone, date_of(day)) == ("Pacific/Apia", date(2011, 12, 30)):
        return
    start = midnight(day, zone=zone)
    assert day_of(start, zone=zone) == day
    assert day_of(start - 1, zone=zone) < day


def test_a_day_may_begin_at_one_o_clock() -> None:
    """In Sao Paulo summer time began at midnight."""
    start = midnight((date(2018, 11, 4) - date(1970, 1, 1)).days, zone="America/Sao_Paulo")
    assert start == at("2018-11-04 01:00", "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("month", "start", "year"),
    [
        ((2026, 3), 4, 2025),
        ((2026, 4), 4, 2026),
        ((2027, 3), 4, 2026),
        ((2026, 1), 1, 2026),
        ((2026, 12), 1, 2026),
        ((2026, 11), 12, 2025),
        ((2026, 12), 12, 2026),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_begins_in(
    month: tuple[int, int], start: int, year: int
) -> None:
    assert fiscal_year(month[0] * 12 + month[1] - 1, start=start) == year


def test_a_span_has_its_start_inside_and_its_stop_outside() -> None:
    assert Span(start=10, stop=17).days == 7


# ------------------------------------------------------- business time

WEEK = WorkingHours(
    working_days=(0, 1, 2, 3, 4), open_s=9 * 3600, close_s=18 * 3600, zone="Asia/Tokyo", is_holiday=jpholiday.is_holiday
)  # fmt: skip
HOUR = 3_600


@pytest.mark.parametrize(
    ("start", "stop", "seconds"),
    [
        ("2026-04-01 10:00", "2026-04-01 10:05", 5 * 60),
        ("2026-04-01 08:00", "2026-04-01 09:30", HOUR // 2),  # before opening
        ("2026-04-01 17:00", "2026-04-01 23:00", HOUR),  # closing is outside
        ("2026-04-01 17:00", "2026-04-02 10:00", 2 * HOUR),
        ("2026-04-03 17:00", "2026-04-06 10:00", 2 * HOUR),  # Friday to Monday
        ("2026-04-28 17:00", "2026-04-30 10:00", 2 * HOUR),  # 29 April is a holiday
        ("2026-04-04 00:00", "2026-04-06 00:00", 0),  # a weekend
        ("2026-04-01 18:00", "2026-04-02 09:00", 0),
        ("2026-04-02 10:00", "2026-04-01 10:00", 0),  # backwards
        ("2026-04-01 10:00", "2026-04-01 10:00", 0),
        ("2026-04-01 00:00", "2026-05-01 00:00", 21 * 9 * HOUR),  # 22 weekdays, one holiday
    ],
)
def test_business_seconds(start: str, stop: str, seconds: int) -> None:
    assert WEEK.seconds_between(at(start), at(stop)) == seconds


def test_which_days_are_worked_on() -> None:
    assert [WEEK.works_on(date(2026, 4, d)) for d in (3, 4, 5, 6, 29)] == [True, False, False, True, False]  # fmt: skip


@given(st.lists(st.integers(0, 40 * 86_400), min_size=3, max_size=3).map(sorted))
def test_business_time_adds_up(seconds: list[int]) -> None:
    start = at("2026-04-01 00:00")
    a, b, c = (start + s * 1_000_000 for s in seconds)
    assert WEEK.seconds_between(a, b) + WEEK.seconds_between(b, c) == WEEK.seconds_between(a, c)


def test_hours_that_the_clock_skips_or_repeats_are_counted_as_they_pass() -> None:
    nights = WorkingHours(
        working_days=(0, 1, 2, 3, 4, 5, 6), open_s=0, close_s=4 * HOUR, zone="America/New_York", is_holiday=lambda _: False
    )  # fmt: skip
    zone = "America/New_York"
    assert (
        nights.seconds_between(at("2026-03-08 00:00", zone), at("2026-03-08 12:00", zone))
        == 3 * HOUR
    )
    assert (
        nights.seconds_between(at("2026-11-01 00:00", zone), at("2026-11-01 12:00", zone))
        == 5 * HOUR
    )
    assert nights.add(at("2026-11-01 00:00", zone), 5 * HOUR) == at("2026-11-01 04:00", zone)


def test_opening_in_a_skipped_hour_is_when_the_clock_goes_on() -> None:
    early = WorkingHours(
        working_days=(6,), open_s=9_000, close_s=11_400, zone="America/New_York", is_holiday=lambda _: False
    )  # fmt: skip
    opens = at("2026-03-08 03:00", "America/New_York")
    assert early.add(opens - 3 * HOUR * 1_000_000, 60) == opens + 60_000_000
    assert early.seconds_between(opens - 1, opens + HOUR * 1_000_000) == 600


def test_day_that_a_country_skipped_has_no_hours() -> None:
    samoa = WorkingHours(
        working_days=(0, 1, 2, 3, 4, 5, 6), open_s=9 * HOUR, close_s=18 * HOUR, zone="Pacific/Apia", is_holiday=lambda _: False
    )  # fmt: skip
    zone = "Pacific/Apia"
    assert (
        samoa.seconds_between(at("2011-12-29 00:00", zone), at("2012-01-01 00:00", zone))
        == 18 * HOUR
    )


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-04-01 10:00", 2 * HOUR, "2026-04-01 12:00"),
        ("2026-04-01 17:00", HOUR, "2026-04-01 18:00"),  # the day's end, not the next morning
        ("2026-04-01 17:00", 2 * HOUR, "2026-04-02 10:00"),
        ("2026-04-03 17:00", 2 * HOUR, "2026-04-06 10:00"),  # Friday to Monday
        ("2026-04-28 17:00", 2 * HOUR, "2026-04-30 10:00"),  # 29 April is a holiday
        ("2026-04-04 12:00", 60, "2026-04-06 09:01"),  # asked on a Saturday
        ("2026-04-01 20:00", 0, "2026-04-01 20:00"),
        ("2026-12-31 17:00", 9 * HOUR, "2027-01-04 17:00"),  # over the end of a year
    ],
)
def test_when_business_seconds_have_passed(start: str, seconds: int, due: str) -> None:
    assert WEEK.add(at(start), seconds) == at(due)


@pytest.mark.parametrize("zone", ZONES)
@given(start=st.integers(0, 2_000_000_000_000_000), seconds=st.integers(1, 5_000_000))
def test_what_is_added_is_what_lies_between(zone: str, start: int, seconds: int) -> None:
    week = WorkingHours(
        working_days=(0, 1, 2, 3, 6), open_s=HOUR // 2, close_s=20 * HOUR, zone=zone, is_holiday=_is_eleventh
    )  # fmt: skip
    due = week.add(start, seconds)
    assert week.seconds_between(start, due) == seconds
    assert week.seconds_between(start, due - 1) == seconds - 1
    assert week.add(start, seconds + 1) > due


def _is_eleventh(day: date) -> bool:
    return day.day == 11


def test_calendar_without_an_open_hour_is_refused() -> None:
    never = WorkingHours(
        working_days=(0,), open_s=0, close_s=HOUR, zone="UTC", is_holiday=lambda _: True
    )
    with pytest.raises(ValueError, match="no open hour in ten years"):
        never.add(0, 1)


@pytest.mark.parametrize(
    ("hours", "seconds", "words"),
    [
        (WorkingHours((), 9 * HOUR, 18 * HOUR, "Asia/Tokyo", lambda _: False), 1, "no open hour"),
        (WorkingHours((0,), 9 * HOUR, 9 * HOUR, "Asia/Tokyo", lambda _: False), 1, "no open hour"),
        (WorkingHours((0,), 18 * HOUR, 9 * HOUR, "Asia/Tokyo", lambda _: False), 1, "no open hour"),
        (WorkingHours((0,), 0, 1, "Asia/Tokyo", lambda _: False), 10**15, "a hundred years away"),
    ],
)
def test_what_never_comes_is_refused_in_bounded_time(
    hours: WorkingHours, seconds: int, words: str
) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match=words):
        hours.add(at("2026-04-01 10:00"), seconds)
    assert time.process_time() - began < 5


def test_business_time_reaches_the_last_day_of_the_calendar() -> None:
    week = replace(WEEK, is_holiday=lambda _: False)
    last = at("9999-12-31 17:00")
    assert week.add(last, HOUR) == at("9999-12-31 18:00")
    assert week.seconds_between(last, at("9999-12-31 23:00")) == HOUR
    with pytest.raises(ValueError, match="a hundred years away"):
        week.add(last, 2 * HOUR)


@settings(max_examples=30)
@given(
    days=st.sets(st.integers(0, 6)).map(lambda found: tuple(sorted(found))),
    opens=st.integers(0, 86_399),
    closes=st.integers(0, 86_400),
    zone=_zones,
    holiday=st.sampled_from([lambda _: True, lambda _: False, lambda day: day.month != 7]),
    start=st.integers(0, 200_000_000_000_000_000),
    seconds=st.integers(0, 10**17),
)
def test_due_is_found_or_refused_in_bounded_time(
    days: tuple[int, ...],
    opens: int,
    closes: int,
    zone: str,
    holiday: Callable[[date], bool],
    start: int,
    seconds: int,
) -> None:
    hours = WorkingHours(days, opens, closes, zone, holiday)
    began = time.process_time()
    try:
        due = hours.add(start, seconds)
    except ValueError:
        pass
    else:
        assert hours.seconds_between(start, due) == seconds
    assert time.process_time() - began < 5
