"""Floating-point numbers as a person would write them."""

from __future__ import annotations

import math
from decimal import Decimal


def number_text(value: float) -> str:
    """`value` with at most 15 digits, which is what a spreadsheet shows: 1054 and 0.3, not 1054.0
    and 0.30000000000000004. Not a number and infinities are ''.
    """
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 2**53:
        return str(int(value))
    text = format(value, ".15g")
    if "e" in text:
        text = format(Decimal(text), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text
