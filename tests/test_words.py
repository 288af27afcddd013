"""Numbers, money, dates and lengths of time as people of either language read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.words import LANGS, Text, count, date, duration, minor_digits, money, month, percent


def test_text_is_said_in_the_language_asked_for() -> None:
    text = Text(en="Won", ja="受注")
    assert [text.say(lang) for lang in LANGS] == ["Won", "受注"]


def test_sentences_are_joined_as_each_language_joins_them() -> None:
    assert Text("One.", "一。") + Text("Two.", "二。") == Text("One. Two.", "一。二。")
    assert Text("One.", "一。") + Text("", "") == Text("One.", "一。")


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("BRL", 2)])
def test_minor_units_of_a_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("minor", "en", "ja"),
    [
        (0, "¥0", "¥0"),
        (7, "¥7", "¥7"),
        (99.5, "¥99.50", "¥99.50"),
        (999.6, "¥1k", "¥1,000"),
        (1_234, "¥1.23k", "¥1,230"),
        (99_949, "¥99.9k", "¥99,900"),
        (99_960, "¥100k", "¥10万"),
        (123_456, "¥123k", "¥12.3万"),
        (1_234_567, "¥1.23M", "¥123万"),
        (99_999_999, "¥100M", "¥1億"),
        (123_456_789, "¥123M", "¥1億2,300万"),
        (1_999_950_000, "¥2B", "¥20億"),
        (12_345_678_901, "¥12.3B", "¥123億"),
        (1_234_567_890_123, "¥1,235B", "¥12,300億"),
        (-20_000, "-¥20k", "-¥20,000"),
    ],
)
def test_yen_have_three_digits_and_no_minor_unit(minor: float, en: str, ja: str) -> None:
    assert (money(minor, currency="JPY", lang="en"), money(minor, currency="JPY", lang="ja")) == (
        en,
        ja,
    )


def test_other_currencies_count_in_hundredths() -> None:
    assert money(1_234_500, currency="USD", lang="en") == "$12.3k"
    assert money(1_234_500, currency="BRL", lang="ja") == "R$12,300"
    assert money(150, currency="CHF", lang="en") == "CHF 1.50"


@given(st.integers(10**3, 10**14))
def test_money_in_either_language_is_the_amount_to_three_digits(minor: int) -> None:
    sizes = {"k": 1e3, "M": 1e6, "B": 1e9, "": 1.0}
    en = re.fullmatch(r"¥([\d,.]+)([kMB]?)", money(minor, currency="JPY", lang="en"))
    assert en is not None
    assert float(en[1].replace(",", "")) * sizes[en[2]] == pytest.approx(minor, rel=0.00501)
    ja = re.fullmatch(r"¥(?:([\d,]+)億)?(?:([\d,.]+)万)?([\d,]*)", money(minor, currency="JPY", lang="ja"))  # fmt: skip
    assert ja is not None
    parts = [float((part or "0").replace(",", "")) for part in ja.groups()]
    assert parts[0] * 1e8 + parts[1] * 1e4 + parts[2] == pytest.approx(minor, rel=0.00501)


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.1234, 1, "12.3%"),
        (0.0, 1, "0.0%"),
        (1.0, 1, "100.0%"),
        (1.5, 1, "150.0%"),
        (0.9996, 1, ">99.9%"),
        (0.9995, 1, ">99.9%"),
        (0.0004, 1, "<0.1%"),
        (0.996, 0, ">99%"),
        (0.004, 0, "<1%"),
        (0.5, 0, "50%"),
        (0.00123, 2, "0.12%"),
        (0.1 + 0.2 + 0.7 - 2e-16, 1, "100.0%"),
    ],
)
def test_percent(share: float, digits: int, text: str) -> None:
    assert percent(share, digits=digits) == text


@given(st.floats(1e-9, 1 - 1e-9), st.integers(0, 3))
def test_nearly_all_is_never_all_and_nearly_nothing_never_nothing(
    share: float, digits: int
) -> None:
    number = float(percent(share, digits=digits).strip("<>%"))
    assert 0 < number < 100


def test_counts_have_separators() -> None:
    assert (count(0), count(1_234_567), count(1234.5)) == ("0", "1,234,567", "1,234")


def test_dates_are_local() -> None:
    new_year = 1_767_193_200_000_000  # 2025-12-31 15:00 UTC
    assert date(new_year, zone="Asia/Tokyo") == "2026-01-01"
    assert date(new_year - 1, zone="Asia/Tokyo") == "2025-12-31"
    assert date(new_year, zone="UTC") == "2025-12-31"


@pytest.mark.parametrize(("number", "text"), [(2026 * 12, "2026-01"), (2026 * 12 + 11, "2026-12")])
def test_months_are_numbered_from_january(number: int, text: str) -> None:
    assert month(number) == text


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [
        (0, "0.0 minutes", "0.0分"),
        (90, "1.5 minutes", "1.5分"),
        (3_599, "60 minutes", "60分"),
        (3_600, "1.0 hours", "1.0時間"),
        (86_400, "1.0 days", "1.0日"),
        (19.9 * 86_400, "19.9 days", "19.9日"),
        (1_000 * 86_400, "1,000 days", "1,000日"),
    ],
)
def test_durations_are_said_in_their_largest_unit(seconds: float, en: str, ja: str) -> None:
    assert (duration(seconds, lang="en"), duration(seconds, lang="ja")) == (en, ja)
