"""What the text of a whole column means: instants, amounts, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from kyogyo.words import Text

DateOrder = Literal["ymd", "mdy", "dmy"]

# In the arrays of instants: there is none.
MISSING = np.iinfo(np.int64).min
# Precisions of an instant.
SECOND, DAY, MONTH, QUARTER = 1, 2, 3, 4


def parse_times(
    cells: Sequence[str], *, zone: str, order: DateOrder | None = None
) -> tuple[np.ndarray, np.ndarray, dict[int, Text]]:
    """Instants of a column: (epoch microseconds int64, precision int8, problems by index)."""
    raise NotImplementedError


def detect_date_order(cells: Sequence[str]) -> DateOrder | Literal["mixed"] | None:
    """The order that the cells prove; 'mixed' when they prove two, None when they prove none."""
    raise NotImplementedError


def parse_amounts(
    cells: Sequence[str], *, currency: str
) -> tuple[np.ndarray, np.ndarray, dict[int, Text]]:
    """Amounts of a column: (int64 minor units, known bool, problems by index)."""
    raise NotImplementedError
