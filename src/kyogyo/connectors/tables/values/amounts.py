"""A column of amounts of money to whole minor units. An unknown is not a zero."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from kyogyo.connectors.tables.values.texts import plain, says_nothing
from kyogyo.words import Text, minor_digits

AmountStyle = Literal["point", "comma", "mixed", "open"]

_UNKNOWN = frozenset({"未定", "不明", "未確認", "未入力", "unknown", "tbd"})
_SIGNS: dict[str, frozenset[str]] = {
    "¥": frozenset({"JPY", "CNY"}),
    "\\": frozenset({"JPY"}),  # the yen sign of Shift_JIS
    "円": frozenset({"JPY"}),
    "元": frozenset({"CNY", "TWD"}),
    "R$": frozenset({"BRL"}),
    "US$": frozenset({"USD"}),
    "$": frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "ARS", "COP"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
}
_MARK = re.compile(r"R\$|US\$|[¥\\円元$€£₩₹]|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_NEGATIVE = re.compile(r"\((.+)\)|[-△▲](.+)|([^-]+)-")
_UNITS = {"兆": 10**12, "億": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3}
_WITH_UNIT = re.compile(r"([\d,]+(?:\.\d+)?)\s*(兆|億|百万|万|千)\s*")
_NUMBER = re.compile(r"\d[\d.,' ]*|[.,]\d+")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[eE][-+]?\d+")
_GROUPED = {
    "point": re.compile(
        r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d*\.\d+|\d+\.?|\d{1,3}(?:[' ]\d{3})+(?:\.\d*)?"
    ),
    "comma": re.compile(
        r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*,\d+|\d+,?|\d{1,3}(?:[' ]\d{3})+(?:,\d*)?"
    ),
}
# A sign with three digits after it may stand before thousands or decimals.
_OPEN = re.compile(r"\d{1,3}[.,]\d{3}")


_CLEARLY = 20
_NOISE = Decimal("0.000001")


class _Number(NamedTuple):
    """A text of digits and separators, yet to be read, with what is known around it."""

    digits: str
    negative: bool


def parse_amounts(
    cells: Sequence[str], *, currency: str, style: AmountStyle | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], dict[int, Text]]:
    """Amounts of a column in minor units of `currency`, where they are known, and problems.

    Read are currency signs, thousands separators, full-width digits, negative amounts as -1, (1),
    △1, ▲1, and units as in 12万 and 1億2,000万. An empty cell (also `-`, `N/A`, 未定) is unknown,
    which is not zero: its minor units are 0 and `known` is False, without a problem. A comma is
    taken for decimals (1.234,50) only when the cells given prove it, or `style` says so (what
    `detect_amount_style` found in the whole column). More decimals than the currency has are
    rounded half to even (see `rounding_note`).
    """
    minor = np.zeros(len(cells), dtype=np.int64)
    known = np.zeros(len(cells), dtype=np.bool_)
    problems: dict[int, Text] = {}
    scale = 10 ** minor_digits(currency)
    read = {cell: _read(cell, currency) for cell in dict.fromkeys(cells) if not _is_plain(cell)}
    style = style or _style(read.values(), currency)
    values = {cell: _value(found, style, currency) for cell, found in read.items()}
    for at, cell in enumerate(cells):
        if cell not in values:
            minor[at], known[at] = int(cell) * scale, True
            continue
        value = values[cell]
        if isinstance(value, Text):
            problems[at] = value
        elif value is not None:
            minor[at], known[at] = _in_minor_units(value, scale), True
    return minor, known, problems


def detect_amount_style(cells: Iterable[str], *, currency: str) -> AmountStyle:
    """Which sign the cells prove to stand before decimals: 'point' or 'comma', 'mixed' when they
    prove both, 'open' when they prove neither.
    """
    different = dict.fromkeys(cell for cell in cells if not _is_plain(cell))
    return _style((_read(cell, currency) for cell in different), currency)


def rounding_note(cells: Iterable[str], *, currency: str) -> Text | None:
    """What to say when amounts have more decimals than the currency, None when none has."""
    read = {cell: _read(cell, currency) for cell in dict.fromkeys(cells) if not _is_plain(cell)}
    style = _style(read.values(), currency)
    scale = 10 ** minor_digits(currency)
    rounded = [
        cell
        for cell, found in read.items()
        if isinstance(value := _value(found, style, currency), Decimal) and _is_cut(value * scale)
    ]
    if not rounded:
        return None
    example = rounded[0]
    return Text(
        en=f"{len(rounded):,} different amounts have more decimals than {currency} "
        f"(e.g. {example}); they were rounded half to even.",
        ja=f"{currency} の最小単位より細かい金額が {len(rounded):,} 種類あります(例: {example})。"
        "最近接偶数への丸めで丸めました。",
    )


def _is_cut(minor: Decimal) -> bool:
    """Whether rounding loses more than the noise of binary fractions (1083.8600000000001)."""
    return abs(minor - minor.to_integral_value()) > _NOISE


def _is_plain(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal() and len(cell) <= 15


def _in_minor_units(value: Decimal, scale: int) -> int:
    return int((value * scale).to_integral_value(rounding=ROUND_HALF_EVEN))


def _read(cell: str, currency: str) -> _Number | Decimal | Text | None:
    """What a cell says: a number to be read by the column's style, an amount, a problem, nothing."""
    text = plain(cell)
    if _NUMBER.fullmatch(text):
        return _Number(text, negative=False)
    if says_nothing(text) or text.casefold() in _UNKNOWN:
        return None
    for mark in _MARK.findall(text):
        fits = _SIGNS.get(mark, frozenset({mark.upper()}))
        if currency not in fits:
            return (
                _other_currency(mark, currency) if mark in _SIGNS or mark.isupper() else _NOT_MONEY
            )
    bare = _MARK.sub("", text).strip()
    negative = _NEGATIVE.fullmatch(bare)
    if negative:
        bare = next(group for group in negative.groups() if group).strip()
    bare = bare.removeprefix("+").strip()
    if _SCIENTIFIC.fullmatch(bare):
        return _SHORTENED
    if _WITH_UNIT.match(bare):
        return _with_units(bare, negative=bool(negative))
    if not _NUMBER.fullmatch(bare):
        return _NOT_MONEY
    return _Number(bare, bool(negative))


def _with_units(text: str, *, negative: bool) -> Decimal | Text:
    """1億2,000万 as a number; the units must get smaller."""
    total, at, last = Decimal(0), 0, 10**16
    while match := _WITH_UNIT.match(text, at):
        unit = _UNITS[match[2]]
        if unit >= last or not _GROUPED["point"].fullmatch(match[1]):
            return _NOT_MONEY
        total += Decimal(match[1].replace(",", "")) * unit
        at, last = match.end(), unit
    rest = text[at:]
    if rest and not _GROUPED["point"].fullmatch(rest):
        return _NOT_MONEY
    total += Decimal(rest.replace(",", "") or 0)
    return _checked(-total if negative else total)


def _style(read: Iterable[_Number | Decimal | Text | None], currency: str) -> AmountStyle:
    """Which sign stands before decimals, as far as cells that have one reading only prove it.

    A few cells against very many are mistakes (and get a problem), not another style.
    """
    point = comma = 0
    for found in read:
        if not isinstance(found, _Number) or _OPEN.fullmatch(found.digits):
            continue
        digits = found.digits
        as_point = _GROUPED["point"].fullmatch(digits)
        as_comma = _GROUPED["comma"].fullmatch(digits)
        if as_point and not as_comma:
            point += 1
        elif as_comma and not as_point:
            # 1,23 yen is a mistake: yen have no decimals. 1234,00 or 1.234,00 are another style.
            decimals = digits.rpartition(",")[2] if "." not in digits else ""
            comma += not decimals.strip("0") or minor_digits(currency) > 0
    if point and comma:
        if max(point, comma) < _CLEARLY * min(point, comma):
            return "mixed"
        return "point" if point > comma else "comma"
    return "point" if point else "comma" if comma else "open"


def _value(
    found: _Number | Decimal | Text | None, style: AmountStyle, currency: str
) -> Decimal | Text | None:
    if not isinstance(found, _Number):
        return found
    digits = found.digits
    if (
        style in {"mixed", "open"}
        and _OPEN.fullmatch(digits)
        and (style == "mixed" or "." in digits)
    ):
        return _two_readings(digits, currency)
    reading: Literal["point", "comma"] = "comma" if style == "comma" else "point"
    if style == "mixed" and not _GROUPED["point"].fullmatch(digits):
        reading = "comma"
    if not _GROUPED[reading].fullmatch(digits):
        return _NOT_MONEY
    thousands, decimal = (",", ".") if reading == "point" else (".", ",")
    bare = digits.replace(thousands, "").replace("'", "").replace(" ", "").replace(decimal, ".")
    value = Decimal(bare)
    return _checked(-value if found.negative else value)


def _checked(value: Decimal) -> Decimal | Text:
    return value if abs(value) < 10**15 else _TOO_LARGE


def _other_currency(mark: str, currency: str) -> Text:
    return Text(
        en=f'"{mark}" is not {currency}. State the currency in its own column, or convert the '
        "amount.",
        ja=f"「{mark}」は {currency} ではありません。通貨の列を対応付けるか、金額を換算してください。",
    )


def _two_readings(digits: str, currency: str) -> Text:
    point = digits.replace(",", ".")
    whole = digits.replace(",", "").replace(".", "")
    return Text(
        en=f"{digits} can be {whole} or {point} {currency}, and nothing in the column tells which. "
        "Write it without separators of thousands.",
        ja=f"{digits} は {whole} とも {point} ({currency})とも読め、列のほかの金額からも決まりません。"
        "桁区切りなしで書いてください。",
    )


_NOT_MONEY = Text(
    en="Not an amount that is known here. Write it like 1234 or 1,234.50.",
    ja="金額として読めません。1234 や 1,234 のように書いてください。",
)
_SHORTENED = Text(
    en="The amount is written as a power of ten (1.2E+08), by which Excel loses digits. Format the "
    "column as a number and export it again.",
    ja="金額が指数(1.2E+08 など)で書かれていて、Excel が桁を落としています。列の表示形式を数値にして"
    "書き出し直してください。",
)
_TOO_LARGE = Text(
    en="The amount is larger than any that is believable (10^15). Correct it.",
    ja="金額が大きすぎます(10 の 15 乗以上)。正しい金額に直してください。",
)
