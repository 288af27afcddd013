from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.period import last_instant, local_days

ZONES = ["Asia/Tokyo", "America/Sao_Paulo", "Europe/London", "UTC", "Australia/Lord_Howe"]


def micros(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1e6)


@given(st.lists(st.integers(0, 2_500_000_000), min_size=1, max_size=30), st.sampled_from(ZONES))
def test_local_days_and_months_are_those_of_the_calendar(seconds: list[int], zone: str) -> None:
    instants = np.array(seconds, dtype=np.int64) * 1_000_000

    days, months = local_days(instants, zone=zone)

    local = [
        datetime.fromtimestamp(second, tz=UTC).astimezone(ZoneInfo(zone)) for second in seconds
    ]
    assert days.tolist() == [(at.date() - date(1970, 1, 1)).days for at in local]
    assert months.tolist() == [at.year * 12 + at.month - 1 for at in local]


def test_local_days_of_nothing_are_nothing() -> None:
    days, months = local_days(np.empty(0, dtype=np.int64), zone="UTC")

    assert (days.size, months.size) == (0, 0)


def test_local_days_change_at_midnight_to_the_microsecond() -> None:
    midnight = micros("2026-05-01", "Asia/Tokyo")

    days, months = local_days(np.array([midnight - 1, midnight]), zone="Asia/Tokyo")

    assert np.diff(days).tolist() == [1]
    assert months.tolist() == [2026 * 12 + 3, 2026 * 12 + 4]


@pytest.mark.parametrize("zone", ZONES)
def test_last_instant_is_the_microsecond_before_the_next_day(zone: str) -> None:
    first_of_april = (date(2026, 4, 1) - date(1970, 1, 1)).days

    assert last_instant(first_of_april, zone=zone) == micros("2026-04-01", zone) - 1
