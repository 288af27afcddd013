"""What the number of a cell means by its format: a number, a date, a code with leading zeros."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

from kyogyo.connectors.tables.numerals import number_text

CellKind = Literal["number", "date", "duration"]

# Formats every workbook knows by number; 27 to 36 and 50 to 58 are East Asian dates.
_DATES_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(50, 59)})
_DURATIONS_BUILT_IN = frozenset({45, 46, 47})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|general|e[+-]', re.I)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DATE_SIGN = re.compile(r"[ymdhsge]|aaa", re.I)
_ZEROS = re.compile(r"0{2,}")

_DAY_SECONDS = 86_400
# Day 60 of the 1900 system is 29 February 1900, which never was; earlier days are one off.
_BASE_1900, _BASE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 -- local
_LAST_SERIAL = 2_958_466


def format_kind(code: str) -> CellKind:
    """What a number format (its code, like `yyyy/m/d`) makes of a number."""
    first = _LITERAL.sub("", code.split(";", 1)[0])
    if _ELAPSED.search(first):
        return "duration"
    return "date" if _DATE_SIGN.search(_BRACKETED.sub("", first)) else "number"


def built_in_kind(number: int) -> CellKind:
    """The same for a format that is known by number only."""
    if number in _DURATIONS_BUILT_IN:
        return "duration"
    return "date" if number in _DATES_BUILT_IN else "number"


def zeros_shown(code: str) -> int:
    """How many digits a format like `00000` shows at least, 0 for any other format."""
    return len(code) if _ZEROS.fullmatch(code) else 0


def serial_text(serial: float, *, kind: CellKind, base_1904: bool) -> str:
    """A serial day as ISO text: 2026-04-01, with the time when there is one; 09:05:00 below one
    day; hours may exceed 24 in a duration. A number that is no date stays a number.
    """
    if kind == "duration" or 0 < serial < 1:
        return _clock(serial)
    if not 0 <= serial < _LAST_SERIAL:
        return number_text(serial)
    shift = 1 if not base_1904 and serial < 60 else 0
    base = _BASE_1904 if base_1904 else _BASE_1900
    moment = base + timedelta(days=shift, milliseconds=round(serial * _DAY_SECONDS * 1_000))
    if moment.time() == datetime.min.time():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")


def _clock(serial: float) -> str:
    sign = "-" if serial < 0 else ""
    minutes, seconds = divmod(round(abs(serial) * _DAY_SECONDS), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}"
