"""Dates kept as numbers: Excel's serial days, seconds since 1970 and their thousandths."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

from kyogyo.connectors.tables.values.zones import DAY_US

NumberForm = Literal["excel", "seconds", "milliseconds", "microseconds"]

# Half-open ranges in which a number of each kind is a date of our time; they do not overlap.
_RANGES: dict[NumberForm, tuple[int, int]] = {
    "excel": (20_000, 80_001),
    "seconds": (10**8, 4 * 10**9),
    "milliseconds": (10**11, 4 * 10**12),
    "microseconds": (10**14, 4 * 10**15),
}
_EXCEL_OF_1970 = 25_569
_SECOND, _DAY = 1, 2


def number_form(texts: Iterable[str]) -> NumberForm | None:
    """The one kind that all these numbers are, else None."""
    forms = {_form_of(text) for text in texts}
    return forms.pop() if len(forms) == 1 else None


def _form_of(text: str) -> NumberForm | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    for form, (low, high) in _RANGES.items():
        if low <= value < high:
            return form
    return None


def number_moment(text: str, *, form: NumberForm) -> tuple[int, int, bool]:
    """Microseconds since 1970, precision, and whether they are UTC (else local).

    Excel keeps local time in days, at no better than a millisecond.
    """
    value = Decimal(text)
    if form == "excel":
        micros = round((value - _EXCEL_OF_1970) * 86_400_000) * 1_000
        return micros, (_DAY if micros % DAY_US == 0 else _SECOND), False
    scale = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}[form]
    return int(value * scale), _SECOND, True
