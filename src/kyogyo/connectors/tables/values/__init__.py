"""What the text of a whole column means: instants, amounts, words."""

from __future__ import annotations

from kyogyo.connectors.tables.values.amounts import (
    AmountStyle,
    detect_amount_style,
    parse_amounts,
    rounding_note,
)
from kyogyo.connectors.tables.values.dates import DAY, MONTH, QUARTER, SECOND
from kyogyo.connectors.tables.values.texts import fold_key, normalise_text
from kyogyo.connectors.tables.values.times import (
    MISSING,
    DateOrder,
    detect_date_order,
    parse_times,
)

__all__ = [
    "DAY",
    "MISSING",
    "MONTH",
    "QUARTER",
    "SECOND",
    "AmountStyle",
    "DateOrder",
    "detect_amount_style",
    "detect_date_order",
    "fold_key",
    "normalise_text",
    "parse_amounts",
    "parse_times",
    "rounding_note",
]
