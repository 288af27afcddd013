from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.simulate.saas.clock import DAY_S, Clock, make_clock
from kyogyo.revenue_model import default_model

HOUR = 3_600


@pytest.fixture(scope="module")
def april() -> Clock:
    """From Saturday, 1 April 2023, in Tokyo."""
    return make_clock(model=default_model(), start_month=2023 * 12 + 3, months=3, beyond=3)


def at(day: int, hour: float) -> np.ndarray:
    """An instant of April 2023."""
    return np.array([(day - 1) * DAY_S + int(hour * HOUR)])


@pytest.mark.parametrize(
    ("began", "working_days", "done"),
    [
        pytest.param(at(3, 9), 0.0, at(3, 9), id="at the opening of a Monday"),
        pytest.param(at(3, 10), 1 / 9, at(3, 11), id="one hour of nine within a day"),
        pytest.param(at(7, 17.5), 1 / 9, at(10, 9.5), id="over a weekend"),
        pytest.param(at(1, 12), 0.0, at(3, 9), id="on a Saturday, work begins on Monday"),
        pytest.param(at(4, 3), 1 / 9, at(4, 10), id="at night, from the morning on"),
        pytest.param(at(28, 17), 2 / 9, at(31, 10), id="over a holiday and a weekend"),
    ],
)
def test_after_counts_open_hours_only(
    april: Clock, began: np.ndarray, working_days: float, done: np.ndarray
) -> None:
    # 1 May 2023, a Monday, is day 31 counted from 1 April.
    assert april.after(began, working_days=np.array([working_days])).tolist() == done.tolist()


def test_golden_week_is_not_worked(april: Clock) -> None:
    may = 30
    worked = [day - may + 1 for day in april.day.tolist() if may <= day < may + 10]

    assert worked == [1, 2, 8, 9, 10]


def test_new_year_is_not_worked_in_japan() -> None:
    clock = make_clock(model=default_model(), start_month=2023 * 12 + 11, months=2, beyond=1)
    turn = [day + 1 for day in clock.day.tolist() if 26 <= day < 36]

    assert turn == [27, 28, 31 + 4, 31 + 5]


@given(second=st.integers(0, 80 * DAY_S))
def test_business_time_and_back_gives_an_open_instant_not_before(april: Clock, second: int) -> None:
    instant = np.array([second])

    back = april.from_business(april.business(instant))

    assert april.working[back[0] // DAY_S]
    assert 9 * HOUR <= back[0] % DAY_S < 18 * HOUR
    assert back[0] >= second
    assert april.business(back).tolist() == april.business(instant).tolist()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_micros_are_those_of_the_zone_on_each_side_of_a_change_of_the_clocks(zone: str) -> None:
    data = default_model().model_copy(update={"time_zone": zone})
    clock = make_clock(model=data, start_month=2023 * 12 + 2, months=2, beyond=1)
    noons = np.array([5, 20]) * DAY_S + 12 * HOUR

    told = clock.micros(noons).tolist()

    assert told == [
        int(datetime(2023, 3, day, 12, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000
        for day in (6, 21)
    ]


def test_day_number_counts_from_the_epoch(april: Clock) -> None:
    first = int(april.day_number(np.array([0]))[0])

    assert first == (datetime(2023, 4, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


def test_closing_day_is_the_last_working_day_of_the_month(april: Clock) -> None:
    first_of_april = int(april.working_day(at(3, 9))[0])

    closing = april.day[april.closing_day[first_of_april]]

    assert closing + 1 == 28
    assert not april.is_quarter_end[first_of_april]
    assert april.is_quarter_end[april.working_day(at(31 + 31 + 10, 9))[0]]


def test_months_are_counted_from_the_first(april: Clock) -> None:
    instants = np.array([0, 30 * DAY_S - 1, 30 * DAY_S, 61 * DAY_S])

    assert april.month_of(instants).tolist() == [0, 0, 1, 2]
    assert [april.start(month) // DAY_S for month in range(4)] == [0, 30, 61, 91]


def test_a_model_without_holidays_works_in_golden_week() -> None:
    model = default_model()
    open_all_year = model.model_copy(
        update={"calendar": model.calendar.model_copy(update={"holidays": "none"})}
    )
    clock = make_clock(model=open_all_year, start_month=2023 * 12 + 4, months=1, beyond=1)

    assert [day + 1 for day in clock.day.tolist() if day < 7] == [1, 2, 3, 4, 5]
