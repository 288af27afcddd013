from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.connectors.tables.values import detect_amount_style, parse_amounts, rounding_note


def read(*cells: str, currency: str = "JPY") -> list[int | str | None]:
    """The minor units of each cell, None for unknown, or the first sentence of its problem."""
    minor, known, problems = parse_amounts(list(cells), currency=currency)
    assert (minor.dtype, known.dtype) == (np.int64, np.bool_)
    assert not any(minor[~known])
    return [
        problems[place].en.split(". ")[0]
        if place in problems
        else int(minor[place])
        if known[place]
        else None
        for place in range(len(cells))
    ]


@pytest.mark.parametrize(
    ("cell", "yen"),
    [
        ("0", 0),
        ("1054", 1054),
        ("1054.0", 1054),
        ("¥1,234", 1234),
        ("￥１，２３４円", 1234),
        ("\\1,234", 1234),
        ("1,234,567", 1234567),
        ("1,234.00", 1234),
        ("JPY 500", 500),
        ("500 jpy", 500),
        ("+500", 500),
        ("-500", -500),
        ("−500", -500),
        ("(1,234)", -1234),
        ("△1,234", -1234),
        ("▲1,234円", -1234),
        ("¥-500", -500),
        ("500-", -500),
        ("12万", 120_000),
        ("12万円", 120_000),
        ("１．５億円", 150_000_000),
        ("3億", 300_000_000),
        ("1億2,000万円", 120_000_000),
        ("1万2千", 12_000),
        ("1万500", 10_500),
        ("△3億", -300_000_000),
        ("1,200千円", 1_200_000),
        ("5百万円", 5_000_000),
        ("2兆", 2_000_000_000_000 // 1),
        (" 1 234 ", 1234),
    ],
)
def test_yen_are_read_in_every_form(cell: str, yen: int) -> None:
    assert read(cell) == [yen]


@pytest.mark.parametrize(
    "cell", ["", "　", "-", "－", "N/A", "#N/A", "null", "未定", "不明", "未確認", "TBD"]
)
def test_unknown_is_neither_zero_nor_a_problem(cell: str) -> None:
    assert read(cell, "0") == [None, 0]


NOT_MONEY = "Not an amount that is known here"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("abc", NOT_MONEY),
        ("12%", NOT_MONEY),
        ("1,23", NOT_MONEY),
        ("1,2345", NOT_MONEY),
        ("12,34,567", NOT_MONEY),
        ("1.2.3", NOT_MONEY),
        ("2万3億", NOT_MONEY),
        ("約100", NOT_MONEY),
        ("2026-04-01", NOT_MONEY),
        ("$5", '"$" is not JPY'),
        ("USD 5", '"USD" is not JPY'),
        ("€1.234,50", '"€" is not JPY'),
        (
            "1.2E+08",
            "The amount is written as a power of ten (1.2E+08), by which Excel loses digits",
        ),
        ("1" + "0" * 15, "The amount is larger than any that is believable (10^15)"),
        ("9999兆", "The amount is larger than any that is believable (10^15)"),
    ],
)
def test_what_is_no_amount_has_a_problem(cell: str, problem: str) -> None:
    assert read(cell, "5") == [problem, 5]


def test_minor_units_are_of_the_currency() -> None:
    assert read("12.34", "5", "$1,234.5", currency="USD") == [1234, 500, 123_450]
    assert read("R$ 10,50", "R$ 3", currency="BRL") == [1050, 300]


def test_decimal_comma_is_read_only_when_the_column_proves_it() -> None:
    assert read("1.234,50", "1.234", "1,5", "7", currency="EUR") == [123_450, 123_400, 150, 700]
    assert read("1,234.50", "1.234", "1,234", currency="EUR") == [123_450, 123, 123_400]
    assert read("1,234", currency="EUR") == [123_400]
    assert read("1.234", currency="EUR") == [
        "1.234 can be 1234 or 1.234 EUR, and nothing in the column tells which"
    ]


def test_column_of_both_kinds_keeps_what_has_one_reading() -> None:
    assert read("1.234,50", "1,234.50", "1,234", "12,5", currency="EUR") == [
        123_450,
        123_450,
        "1,234 can be 1234 or 1.234 EUR, and nothing in the column tells which",
        1250,
    ]


def test_one_mistake_does_not_turn_a_column_around() -> None:
    cells = [f"{n},000.50" for n in range(1, 40)]

    found = read(*cells, "12,5", "1,234", currency="USD")

    assert found == [*(n * 100_000 + 50 for n in range(1, 40)), NOT_MONEY, 123_400]


def test_more_decimals_than_the_currency_are_rounded_half_to_even_and_noted() -> None:
    cells = ["5.345", "5.355", "12.5"]

    assert read(*cells, currency="USD") == [534, 536, 1250]
    note = rounding_note(cells, currency="USD")
    assert note is not None
    assert note.en == (
        "2 different amounts have more decimals than USD (e.g. 5.345); they were rounded half to even."
    )
    assert "2 種類" in note.ja
    assert read("0.5", "1.5") == [0, 2]
    assert rounding_note(["12.50", "1", "x", "", "1083.8600000000001"], currency="USD") is None


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["1,234.50", "7"], "point"),
        (["1,234,567"], "point"),
        (["1.234,50"], "comma"),
        (["1.234,50", "1,234.50"], "mixed"),
        (["1,234", "1.234", "7", "x", ""], "open"),
    ],
)
def test_style_of_a_column_is_detected_and_can_be_given(cells: list[str], style: str) -> None:
    assert detect_amount_style(cells, currency="EUR") == style


def test_given_style_settles_what_the_cells_leave_open() -> None:
    for style, cents in (("point", 123), ("comma", 123_400)):
        minor, known, problems = parse_amounts(["1.234"], currency="EUR", style=style)
        assert (int(minor[0]), bool(known[0]), problems) == (cents, True, {})


@given(yen=st.integers(-(10**14), 10**14))
def test_written_with_separators_comes_back(yen: int) -> None:
    assert read(f"{yen:,}", f"¥{yen:,}", f"{yen}") == [yen] * 3


@given(cents=st.integers(-(10**14), 10**14))
def test_written_with_cents_comes_back(cents: int) -> None:
    sign, (whole, rest) = "-" if cents < 0 else "", divmod(abs(cents), 100)

    assert read(f"{sign}{whole:,}.{rest:02d}", currency="USD") == [cents]
    european = f"{whole:,}".replace(",", ".")
    assert read(f"{sign}{european},{rest:02d}", currency="EUR") == [cents]


@given(cells=st.lists(st.text(alphabet="0123456789.,-()¥万億千円$eE% ", max_size=12), max_size=5))
def test_any_text_is_an_amount_a_problem_or_unknown(cells: list[str]) -> None:
    assert len(read(*cells)) == len(cells)
