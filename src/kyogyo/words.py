"""Text in the two languages that Kyogyo speaks, and numbers written in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Lang = Literal["en", "ja"]
LANGS: tuple[Lang, ...] = ("en", "ja")

# Currencies without a minor unit (ISO 4217 exponent 0); every other one has two digits here.
_NO_MINOR_UNIT = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})
_SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$"}


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label, in English and Japanese. Both are always there."""

    en: str
    ja: str

    def say(self, lang: Lang) -> str:
        return self.ja if lang == "ja" else self.en

    def __add__(self, other: Text) -> Text:
        return Text(en=f"{self.en} {other.en}".strip(), ja=f"{self.ja}{other.ja}")


def minor_digits(currency: str) -> int:
    """How many digits the minor unit of `currency` (ISO code) has: 0 or 2."""
    return 0 if currency in _NO_MINOR_UNIT else 2


def money(minor: float, *, currency: str, lang: Lang) -> str:
    """`minor` units of `currency` as a person reads them, three significant digits kept.

    >>> money(123_456_789, currency="JPY", lang="ja")
    '¥1億2,300万'
    >>> money(123_456_789, currency="JPY", lang="en")
    '¥123M'
    """
    value = minor / 10 ** minor_digits(currency)
    sign = "-" if value < 0 else ""
    value = abs(value)
    mark = _SIGNS.get(currency, f"{currency} ")
    return f"{sign}{mark}{_japanese_size(value) if lang == 'ja' else _english_size(value)}"


def exact_money(minor: int, *, currency: str) -> str:
    """`minor` units of `currency` to the last one, the same in both languages.

    >>> exact_money(2_400_000, currency="JPY")
    '¥2,400,000'
    """
    digits = minor_digits(currency)
    mark = _SIGNS.get(currency, f"{currency} ")
    return f"{'-' if minor < 0 else ''}{mark}{abs(minor) / 10**digits:,.{digits}f}"


def _english_size(value: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.9995:
            return (
                f"{value / size:.3g}{letter}"
                if value / size < 999.5
                else f"{value / size:,.0f}{letter}"
            )
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _japanese_size(value: float) -> str:
    if value < 1000:
        return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
    # Three significant digits, as in English; more would pretend to be sure of them.
    unit = 10 ** max(math.floor(math.log10(value)) - 2, 0)
    whole = round(value / unit) * unit
    hundred_millions, rest = divmod(whole, 10**8)
    ten_thousands, ones = divmod(rest, 10**4)
    if hundred_millions:
        return f"{hundred_millions:,}億" + (f"{ten_thousands:,}万" if ten_thousands else "")
    if whole >= 10**5:
        return f"{whole / 10**4:,.1f}万" if ones else f"{ten_thousands:,}万"
    return f"{whole:,}"


def read_whole(text: str) -> int | None:
    """The whole number that somebody sent, None for what is none: more than any row's id isn't read.

    >>> read_whole("42"), read_whole("²"), read_whole("9" * 5000)
    (42, None, None)
    """
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 18 else None


def percent(share: float, *, digits: int = 1) -> str:
    """A share as a percentage: `percent(0.1234)` is `'12.3%'`.

    What is nearly but not quite all or nothing isn't rounded to it: `percent(0.9996)` is `'>99.9%'`.
    """
    share = round(share, 12)  # a sum of shares that is all but for the rounding is all
    written, step = f"{share * 100:.{digits}f}", 10.0**-digits
    if 0 < share < 1 and float(written) == 100:
        return f">{100 - step:.{digits}f}%"
    if 0 < share < 1 and float(written) == 0:
        return f"<{step:.{digits}f}%"
    return f"{written}%"


def count(value: float) -> str:
    """A whole number with thousands separators."""
    return f"{value:,.0f}"


def date(micros: int, *, zone: str) -> str:
    """The local calendar date of an instant (epoch microseconds), as 2026-04-01."""
    return (
        datetime.fromtimestamp(micros / 1e6, tz=UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d")
    )


def month(number: int) -> str:
    """A month number (year * 12 + month - 1) as 2026-04."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def duration(seconds: float, *, lang: Lang) -> str:
    """A length of time as a person reads it: minutes, hours or days, whichever is largest."""
    for size, en, ja in ((86_400, "days", "日"), (3_600, "hours", "時間"), (60, "minutes", "分")):
        if seconds >= size or size == 60:
            value = seconds / size
            digits = 0 if value >= 20 else 1
            amount = f"{value:,.{digits}f}"
            return f"{amount}{ja}" if lang == "ja" else f"{amount} {en}"
    raise AssertionError
