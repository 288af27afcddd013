from __future__ import annotations

from datetime import date, timedelta

import pytest

from kyogyo.usecases.importing.periods import Period, parse_period
from kyogyo.words import Text


def dates(text: str) -> tuple[str, str, int]:
    period = parse_period(text)
    assert isinstance(period, Period)
    start, stop = (date(1970, 1, 1) + timedelta(days=day) for day in (period.start, period.stop))
    return str(start), str(stop), period.precision


@pytest.mark.parametrize(
    ("text", "start", "stop", "precision"),
    [
        ("2017Q1", "2017-01-01", "2017-04-01", 4),
        ("2017-q4", "2017-10-01", "2018-01-01", 4),
        ("Q2 2017", "2017-04-01", "2017-07-01", 4),
        ("2026年第3四半期", "2026-07-01", "2026-10-01", 4),
        ("2026-02", "2026-02-01", "2026-03-01", 3),
        ("2026/12", "2026-12-01", "2027-01-01", 3),
        ("２０２６年４月", "2026-04-01", "2026-05-01", 3),
        ("2026年4月度", "2026-04-01", "2026-05-01", 3),
        ("202604", "2026-04-01", "2026-05-01", 3),
        ("2024-02-29", "2024-02-29", "2024-03-01", 2),
        ("2026-04-01 00:00:00", "2026-04-01", "2026-04-02", 2),
        ("2026年4月1日", "2026-04-01", "2026-04-02", 2),
    ],
)
def test_period_in_each_way_of_writing(text: str, start: str, stop: str, precision: int) -> None:
    assert dates(text) == (start, stop, precision)


@pytest.mark.parametrize(
    "text", ["", "2026", "FY2026", "2026-13", "2026Q5", "2026-02-30", "April", "99Q1"]
)
def test_text_that_names_no_calendar_period_says_so(text: str) -> None:
    found = parse_period(text)

    assert isinstance(found, Text)
    assert found.en.startswith(f'"{text}" is not a period')
