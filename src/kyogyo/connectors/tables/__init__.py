"""Tables in files: CSV, TSV, Excel, Parquet, JSON lines. `open_table` finds out which."""

from __future__ import annotations

from pathlib import Path

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo, require_file
from kyogyo.connectors.tables.delimited import open_delimited

__all__ = ["Batch", "Refusal", "Table", "TableInfo", "open_table"]


def open_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Table:
    """The table in the file at `path`, open for reading; use it in a `with` statement.

    The format is told by the content first, then by the name's ending. `encoding` and `delimiter`
    are for text and found when None; `sheet` names the sheet of a workbook, or the list to read
    from a JSON object. Raises SourceError for a file that can't be read as a table.
    """
    path = Path(path)
    require_file(path)
    return open_delimited(path, encoding=encoding, delimiter=delimiter)
