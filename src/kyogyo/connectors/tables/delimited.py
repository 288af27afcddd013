"""Text with a delimiter between cells: CSV, TSV and their kin (a first version)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo
from kyogyo.words import Text


class _Delimited(Table):
    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        info = self.info
        places = [info.columns.index(name) for name in columns]
        rows: list[int] = []
        cells: list[list[str]] = []
        refusals: list[Refusal] = []
        first = 1
        with info.path.open(encoding=info.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=info.delimiter)
            next(reader)
            for number, row in enumerate(reader, start=1):
                if not row:
                    continue
                if len(row) != len(info.columns):
                    reason = Text(
                        en=f"{len(row)} cells where the header has {len(info.columns)}",
                        ja=f"見出しは {len(info.columns)} 列ですが {len(row)} 個のセルがあります",
                    )
                    refusals.append(Refusal(number, None, reason, ",".join(row)[:200], number + 1))
                    continue
                rows.append(number)
                cells.append([row[place] for place in places])
                if len(rows) >= size:
                    yield _batch(first, rows, cells, refusals, columns)
                    first, rows, cells, refusals = number + 1, [], [], []
        if rows or refusals:
            yield _batch(first, rows, cells, refusals, columns)


def _batch(
    first: int,
    rows: list[int],
    cells: list[list[str]],
    refusals: list[Refusal],
    columns: tuple[str, ...],
) -> Batch:
    by_column = {name: [row[place] for row in cells] for place, name in enumerate(columns)}
    return Batch(first, rows, by_column, refusals, [row + 1 for row in rows])


def open_delimited(path: Path, *, encoding: str | None, delimiter: str | None) -> Table:
    """The table in the delimited text file at `path`."""
    encoding = encoding or "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        head = file.readline()
    delimiter = delimiter or max(",\t;|", key=head.count)
    columns = tuple(next(csv.reader([head], delimiter=delimiter)))
    return _Delimited(
        info=TableInfo(path, "csv", encoding, delimiter, "", columns, path.stat().st_size // 50)
    )
