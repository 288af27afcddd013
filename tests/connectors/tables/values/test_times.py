from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.connectors.tables.values import (
    DAY,
    MISSING,
    MONTH,
    QUARTER,
    SECOND,
    detect_date_order,
    parse_times,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOKYO = "Asia/Tokyo"


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def at(*parts: int, zone: str = TOKYO) -> int:
    return micros(datetime(*parts, tzinfo=ZoneInfo(zone)))  # type: ignore[arg-type,misc]


def read(*cells: str, zone: str = TOKYO, order: str | None = None) -> list[int | str]:
    """The instant of each cell, or the first sentence of its problem, or 'missing'."""
    found, precision, problems = parse_times(list(cells), zone=zone, order=order)  # type: ignore[arg-type]
    assert found.dtype == np.int64
    assert precision.dtype == np.int8
    assert [value == MISSING for value in found] == [each == 0 for each in precision]
    assert all(found[place] == MISSING for place in problems)
    return [
        problems[place].en.split(". ")[0]
        if place in problems
        else "missing"
        if value == MISSING
        else int(value)
        for place, value in enumerate(found)
    ]


NINE_FIVE = [
    "2026-04-01 09:05",
    "2026-04-01T09:05:00",
    "2026-04-01 09:05:00.000000",
    "2026-04-01T00:05:00Z",
    "2026-04-01 00:05:00 UTC",
    "2026-04-01T00:05:00.000+00:00",
    "2026-04-01T09:05:00+0900",
    "2026-04-01 09:05:00 +0900",
    "2026-04-01T09:05:00+09",
    "2026-03-31 19:05:00-05:00",
    "2026-04-01 05:50+05:45",
    "2026/04/01 09:05",
    "2026.04.01 09:05:00",
    "2026/4/1 9:05",
    "2026-4-1T9:05:00",
    "2026/4/1 9:05:00 AM",
    "2026/4/1 午前9:05",
    "2026/4/1(水) 9:05",
    "２０２６／４／１　９：０５",
    "2026年4月1日 9時5分",
    "2026年4月1日9時5分0秒",
    "2026年４月１日（水）９時５分",
    "令和8年4月1日 9時5分",
    "20260401T090500",
    "20260401T000500Z",
    "202604010905",
    "20260401090500",
    "Apr 1, 2026 9:05 AM",
    "1 April 2026 09:05",
    "Wed, 01 Apr 2026 09:05:00 +0900",
    "Wed, 01 Apr 2026 00:05:00 GMT",
    "2026-04-01 09:05:00 JST",
    " 2026-04-01 09:05 ",
]


@pytest.mark.parametrize("cell", NINE_FIVE)
def test_time_of_day_is_read_in_every_form(cell: str) -> None:
    found, precision, problems = parse_times([cell], zone=TOKYO)

    assert problems == {}
    assert (found[0], precision[0]) == (at(2026, 4, 1, 9, 5), SECOND)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-04-01",
        "2026/4/1",
        "2026.4.1",
        "20260401",
        "2026年4月1日",
        "２０２６年４月１日",
        "2026年04月01日（水）",
        "令和8年4月1日",
        "令和８年４月１日",
        "R8.4.1",
        "r8/4/1",
        "Apr 1, 2026",
        "April 1st, 2026",
        "1 April 2026",
        "01-Apr-2026",
    ],
)
def test_date_is_read_in_every_form(cell: str) -> None:
    found, precision, problems = parse_times([cell], zone=TOKYO)

    assert problems == {}
    assert (found[0], precision[0]) == (at(2026, 4, 1), DAY)


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("令和元年5月1日", (2019, 5, 1), DAY),
        ("R1.5.1", (2019, 5, 1), DAY),
        ("平成31年4月30日", (2019, 4, 30), DAY),
        ("H31.4.1", (2019, 4, 1), DAY),
        ("㍻31年4月1日", (2019, 4, 1), DAY),
        ("昭和64年1月7日", (1989, 1, 7), DAY),
        ("2026年4月", (2026, 4, 1), MONTH),
        ("2026-04", (2026, 4, 1), MONTH),
        ("2026/4", (2026, 4, 1), MONTH),
        ("平成31年4月", (2019, 4, 1), MONTH),
        ("Apr 2026", (2026, 4, 1), MONTH),
        ("2017Q3", (2017, 7, 1), QUARTER),
        ("2017-Q3", (2017, 7, 1), QUARTER),
        ("Q3 2017", (2017, 7, 1), QUARTER),
        ("3Q2017", (2017, 7, 1), QUARTER),
        ("2017年第3四半期", (2017, 7, 1), QUARTER),
        ("2017年第１四半期", (2017, 1, 1), QUARTER),
    ],
)
def test_eras_months_and_quarters(cell: str, day: tuple[int, int, int], precision: int) -> None:
    found, kinds, problems = parse_times([cell], zone=TOKYO)

    assert problems == {}
    assert (found[0], kinds[0]) == (at(*day), precision)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2026-04-01 09:05:07.1", (9, 5, 7, 100_000)),
        ("2026-04-01 09:05:07.123456789", (9, 5, 7, 123_456)),
        ("2026-04-01 09:05:07,25", (9, 5, 7, 250_000)),
        ("2026/4/1 9:05:07.5", (9, 5, 7, 500_000)),
        ("2026/4/1 午後0:30", (12, 30, 0, 0)),
        ("2026/4/1 12:30 AM", (0, 30, 0, 0)),
        ("2026/4/1 12:30 p.m.", (12, 30, 0, 0)),
        ("2026年4月1日 9時", (9, 0, 0, 0)),
        ("2026-04-01 23:59:59.999999", (23, 59, 59, 999_999)),
    ],
)
def test_fractions_and_halves_of_the_day(cell: str, time: tuple[int, int, int, int]) -> None:
    assert read(cell) == [at(2026, 4, 1, *time)]


def test_hour_24_is_the_next_midnight() -> None:
    assert read("2026-04-01 24:00", "2026/4/1 24:00:00") == [at(2026, 4, 2)] * 2


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "　",
        "-",
        "－",
        "N/A",
        "#N/A",
        "NULL",
        "None",
        "NaT",
        "0000-00-00",
        "0000-00-00 00:00:00",
    ],
)
def test_nothing_is_missing_without_a_problem(cell: str) -> None:
    assert read(cell) == ["missing"]


NOT_A_DATE = "Not a date or time that is known here"
NO_SUCH_DAY = "There is no such day in the calendar"
PLACEHOLDER = "A placeholder date (1970-01-01, or 2050 and later), which stands for no date"
EARLY = "The date is before 1970, so it can't be an event of a sale"
SHORT_YEAR = "The year has two digits, so the date has several readings"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("未定", NOT_A_DATE),
        ("tomorrow", NOT_A_DATE),
        ("9:05", NOT_A_DATE),
        ("2026-04-01 25:00", NOT_A_DATE),
        ("2026-04-01 09:60", NOT_A_DATE),
        ("2026-04-01 09:05:00 EST", NOT_A_DATE),
        ("2026-04-01 09:05:00+99:00", NOT_A_DATE),
        ("2026-04-01 13:00 PM", NOT_A_DATE),
        ("2026-02-30", NO_SUCH_DAY),
        ("2025-02-29", NO_SUCH_DAY),
        ("2026-13-01", NO_SUCH_DAY),
        ("2026年2月30日", NO_SUCH_DAY),
        ("20260230", NO_SUCH_DAY),
        ("13/13/2026", NO_SUCH_DAY),
        ("4/1/26", SHORT_YEAR),
        ("1-Apr-26", SHORT_YEAR),
        ("2026年度", "A fiscal year is no date by itself"),
        ("FY2026", "A fiscal year is no date by itself"),
        ("2017年度第3四半期", "A fiscal year is no date by itself"),
        ("9999-12-31", PLACEHOLDER),
        ("9999-12-31 23:59:59", PLACEHOLDER),
        ("2050-01-01 00:00:00", PLACEHOLDER),
        ("1970-01-01T00:00:00Z", PLACEHOLDER),
        ("1969-12-31", EARLY),
        ("1900/1/1", EARLY),
        ("0001-01-01 00:00:00", EARLY),
        ("明治45年7月30日", EARLY),
    ],
)
def test_cell_that_is_no_date_has_a_problem(cell: str, problem: str) -> None:
    assert read(cell) == [problem]
    assert read("2026-04-01", cell, "") == [at(2026, 4, 1), problem, "missing"]


def test_problems_are_said_in_japanese_too() -> None:
    _, _, problems = parse_times(["2026-02-30", "9999-12-31"], zone=TOKYO)

    assert problems[0].ja == "暦にない日付です。正しい日付に直してください。"
    assert problems[1].ja.startswith("仮の日付(1970-01-01、または 2050 年以降)")


def test_last_and_first_days_that_are_taken() -> None:
    assert read("1970-01-02", "2049-12-31") == [at(1970, 1, 2), at(2049, 12, 31)]


def test_offset_wins_over_the_zone_of_the_source() -> None:
    cells = ["2026-04-01 09:05", "2026-04-01 09:05Z"]

    assert read(*cells, zone="America/Sao_Paulo") == [
        micros(datetime(2026, 4, 1, 12, 5, tzinfo=UTC)),
        micros(datetime(2026, 4, 1, 9, 5, tzinfo=UTC)),
    ]


# --- dates like 4/1/2026 -------------------------------------------------------------------------

TWO_ORDERS = "The column has dates in two orders (month first and day first), and this one can be read in both"
NO_ORDER = "The date can be read month first or day first, and nothing in the column tells which"


def test_order_is_proven_by_one_date_that_has_one_reading() -> None:
    assert read("4/1/2026", "4/13/2026", "5-6-2026 9:05") == [
        at(2026, 4, 1),
        at(2026, 4, 13),
        at(2026, 5, 6, 9, 5),
    ]
    assert read("4/1/2026", "13/4/2026") == [at(2026, 1, 4), at(2026, 4, 13)]


def test_dates_in_two_orders_keep_what_is_proven() -> None:
    assert read("4/1/2026", "13/4/2026", "4/13/2026", "5/5/2026") == [
        TWO_ORDERS,
        at(2026, 4, 13),
        at(2026, 4, 13),
        at(2026, 5, 5),
    ]


def test_order_that_nothing_proves_is_asked_for() -> None:
    assert read("4/1/2026", "5/5/2026", "2026-04-01") == [
        NO_ORDER,
        at(2026, 5, 5),
        at(2026, 4, 1),
    ]


def test_stated_order_is_followed() -> None:
    cells = ["4/1/2026", "13/1/2026", "1/13/2026"]

    assert read(*cells, order="mdy") == [
        at(2026, 4, 1),
        "No date when read month first, which the source states or other dates of the column prove",
        at(2026, 1, 13),
    ]
    assert read(*cells, order="dmy")[:2] == [at(2026, 1, 4), at(2026, 1, 13)]
    assert read("4/1/2026", "2026/4/1", order="ymd") == [
        'The year does not come first, though the source says dates = "ymd"',
        at(2026, 4, 1),
    ]


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["4/1/2026", "4/13/2026"], "mdy"),
        (["13.4.2026", ""], "dmy"),
        (["13/4/2026", "4/13/2026"], "mixed"),
        (["4/1/2026"], None),
        (["4/1/2026", "2026-04-01"], None),
        (["4/13/2026", "2026-04-01"], "mdy"),
        (["2026-04-01", "2026年4月", "x"], "ymd"),
        (["", "x", "46113"], None),
        ([], None),
    ],
)
def test_date_order_is_detected(cells: list[str], order: str | None) -> None:
    assert detect_date_order(cells) == order


# --- numbers -------------------------------------------------------------------------------------

BARE_NUMBER = (
    "A bare number is a date only when the whole column holds numbers of one kind (Excel days, or "
    "seconds since 1970)"
)


def test_serial_days_of_excel_are_read_when_all_are() -> None:
    found, precision, problems = parse_times(["46113", "46113.378472222", "", "x"], zone=TOKYO)

    assert [int(found[0]), int(found[1])] == [at(2026, 4, 1), at(2026, 4, 1, 9, 5)]
    assert list(precision) == [DAY, SECOND, 0, 0]
    assert list(problems) == [3]


def test_seconds_since_1970_are_read_when_all_are() -> None:
    moment = at(2026, 4, 1, 9, 5)
    seconds = moment // 1_000_000

    assert read(str(seconds), f"{seconds}.25") == [moment, moment + 250_000]
    assert read(str(seconds * 1_000), "") == [moment, "missing"]
    assert read(str(seconds * 1_000_000)) == [moment]


@pytest.mark.parametrize("other", ["2026-04-01", "2026/4/1", "20260401", "1775001900", "12"])
def test_number_beside_other_dates_is_a_problem(other: str) -> None:
    assert read("46113", other)[0] == BARE_NUMBER


# --- clocks that change ----------------------------------------------------------------------------

NEW_YORK = "America/New_York"


def test_skipped_and_doubled_hours_follow_the_stated_rule() -> None:
    assert read(
        "2026-03-08 01:59:59", "2026-03-08 02:30:00", "2026-03-08 03:30:00",
        "2026-11-01 01:30:00", "2026-11-01 02:30:00", "2026-11-01", "2026-11-02",
        zone=NEW_YORK,
    ) == [
        micros(datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)),
        micros(datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        micros(datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        micros(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        micros(datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
        micros(datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
        micros(datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
    ]  # fmt: skip


FIRST, LAST = datetime(1970, 1, 2), datetime(2049, 12, 31)  # noqa: DTZ001 -- local times
MOMENTS = st.datetimes(min_value=FIRST, max_value=LAST)
ZONES = st.sampled_from([TOKYO, NEW_YORK, "America/Sao_Paulo", "Europe/London", "Asia/Kolkata"])
FORMS = st.sampled_from(
    [
        "{:%Y-%m-%d %H:%M:%S.%f}",
        "{:%Y-%m-%dT%H:%M:%S.%f}",
        "{:%Y/%m/%d %H:%M:%S.%f}",
        "{0.year}/{0.month}/{0.day} {0:%H:%M:%S.%f}",
        "{0.year}年{0.month}月{0.day}日 {0.hour}時{0.minute}分{0.second}.{0:%f}秒",
    ]
)


@given(moment=MOMENTS, zone=ZONES, form=FORMS)
def test_reading_is_the_inverse_of_writing(moment: datetime, zone: str, form: str) -> None:
    expected = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    assert read(form.format(moment), zone=zone) == [micros(expected)]


@given(moment=MOMENTS, minutes=st.integers(-900, 900))
def test_offsets_are_the_inverse_of_writing(moment: datetime, minutes: int) -> None:
    written = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert read(written.isoformat(), written.isoformat(" ")) == [micros(written)] * 2


@given(
    cells=st.lists(st.sampled_from([*NINE_FIVE, "", "x", "2026-02-30", "9999-12-31", "4/1/2026"]))
)
def test_cell_means_the_same_whatever_is_beside_it(cells: list[str]) -> None:
    assert read(*cells) == [read(cell)[0] for cell in cells]


@given(cells=st.lists(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\d.{0,12}"), max_size=5))
def test_any_text_has_an_instant_a_problem_or_nothing(cells: list[str]) -> None:
    assert len(read(*cells)) == len(cells)
