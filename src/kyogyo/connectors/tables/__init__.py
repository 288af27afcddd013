"""Tables in files: CSV, TSV, Excel, Parquet, JSON. `open_table` finds out which."""

from __future__ import annotations

from pathlib import Path

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo, require_file
from kyogyo.connectors.tables.delimited.table import open_delimited
from kyogyo.connectors.tables.formats import find_format
from kyogyo.connectors.tables.json_objects.table import open_json
from kyogyo.connectors.tables.parquet import open_parquet
from kyogyo.connectors.tables.workbooks.others import open_other_workbook
from kyogyo.connectors.tables.workbooks.xlsx import open_xlsx

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
    kind = find_format(path)
    if kind == "json":
        return open_json(path, encoding=encoding, sheet=sheet)
    if kind == "parquet":
        return open_parquet(path)
    if kind == "xlsx":
        return open_xlsx(path, sheet=sheet)
    if kind in {"xls", "xlsb", "ods"}:
        return open_other_workbook(path, kind=kind, sheet=sheet)
    return open_delimited(path, encoding=encoding, delimiter=delimiter)
