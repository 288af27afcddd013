"""Parquet as a table of text, a row group after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo
from kyogyo.connectors.tables.batching import BatchMaker
from kyogyo.connectors.tables.headers import checked_header, no_rows
from kyogyo.connectors.tables.numerals import number_text
from kyogyo.connectors.tables.text.decoding import shown
from kyogyo.connectors.tables.text.unreadable import HOLDS_NUL
from kyogyo.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_TOGETHER = 10_000


class ParquetTable(Table):
    """A Parquet file; `file` stays open until `close`."""

    def __init__(self, *, info: TableInfo, file: pq.ParquetFile) -> None:
        super().__init__(info=info)
        self._file = file

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        names = self._file.schema_arrow.names
        wanted = [names[self.info.columns.index(name)] for name in columns]
        maker = BatchMaker(columns=columns, size=size)
        row = 1
        try:
            for group in self._file.iter_batches(
                batch_size=min(size, _ROWS_TOGETHER), columns=wanted, use_threads=False
            ):
                cells = [texts(group.column(name)) for name in wanted]
                yield from _without_nul(row, cells, columns, maker)
                row += len(group)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(self.info.path) from error
        yield from maker.rest()

    def close(self) -> None:
        self._file.close()


def _without_nul(
    first: int, cells: list[list[str]], columns: tuple[str, ...], maker: BatchMaker
) -> Iterator[Batch]:
    """Adds the rows from `first` on; those that hold a NUL, which is no text, are refused."""
    count = len(cells[0]) if cells else 0
    bad = {
        place: (name, cell)
        for name, column in zip(columns, cells, strict=True)
        for place, cell in enumerate(column)
        if "\0" in cell
    }
    good = [place for place in range(count) if place not in bad] if bad else range(count)
    rows = [first + place for place in good]
    refusals = [
        Refusal(first + place, name, HOLDS_NUL, shown(cell), first + place)
        for place, (name, cell) in sorted(bad.items())
    ]
    if bad:
        cells = [[column[place] for place in good] for column in cells]
    yield from maker.add(rows=rows, lines=rows, cells=cells, refusals=refusals)


def open_parquet(path: Path) -> Table:
    """The table in the Parquet file at `path`. Raises SourceError."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(path) from error
    with ExitStack() as on_error:
        on_error.callback(file.close)
        columns, notes = checked_header(file.schema_arrow.names, path=path, line=1)
        rows = file.metadata.num_rows
        if not rows:
            raise no_rows(path, columns=columns)
        on_error.pop_all()
    info = TableInfo(path, "parquet", "", "", "", columns, rows, notes)
    return ParquetTable(info=info, file=file)


def texts(column: pa.Array) -> list[str]:
    """The cells of a column as text: times in ISO 8601, numbers plain, null as ''."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    as_arrow = (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_temporal(kind)
    )
    if as_arrow and not pa.types.is_duration(kind):
        cells = column.cast(pa.string()).to_pylist()
        return ["" if cell is None else cell for cell in cells]
    write = _writer(kind)
    return ["" if cell is None else write(cell) for cell in column.to_pylist()]


def _writer(kind: pa.DataType) -> Callable[[Any], str]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if pa.types.is_floating(kind):
        return number_text
    if pa.types.is_decimal(kind):
        return lambda value: format(value, "f")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return lambda value: str(bytes(value).hex())
    if pa.types.is_nested(kind):
        return lambda value: json.dumps(value, ensure_ascii=False, default=str)
    return str


def _damaged(path: Path) -> SourceError:
    return SourceError(
        en=f"{path.name} is Parquet, but damaged or of a kind that can't be read. Write it again.",
        ja=f"{path.name} は Parquet ですが、壊れているか、読めない形式です。書き出し直してください。",
    )
