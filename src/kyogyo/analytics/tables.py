"""From rows to the Arrow table of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    """An Arrow table with `columns` in that order; what a row doesn't have is null."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in columns})
