"""What the measures ask of an engine."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Columns = dict[str, npt.NDArray[np.int64]]


class Engine(Protocol):
    """Runs plain SQL. `integers` returns each column as int64; every query orders its rows itself."""

    name: str

    def integers(self, sql: str) -> Columns: ...

    def run(self, sql: str) -> None: ...

    def load(self, table: str, columns: Columns) -> None: ...


class QueryNotIntegerError(TypeError):
    """A query gave a column that isn't whole numbers: a defect of the query, not of the data."""


def as_integers(name: str, values: object) -> npt.NDArray[np.int64]:
    """`values` as int64, refusing anything that would lose a digit on the way.

    Raises:
        QueryNotIntegerError: a value is missing, fractional or not a number.
    """
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    message = f"Column {name!r} came back as {array.dtype}, not as integers."
    if array.dtype.kind != "O":
        raise QueryNotIntegerError(message)
    try:
        whole = [int(value) for value in array]
    except (TypeError, ValueError) as error:
        raise QueryNotIntegerError(message) from error
    if any(int_value != value for int_value, value in zip(whole, array, strict=True)):
        raise QueryNotIntegerError(message)
    return np.array(whole, dtype=np.int64)
