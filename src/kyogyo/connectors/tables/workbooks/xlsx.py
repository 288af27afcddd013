"""Excel workbooks of today (.xlsx, .xlsm). Macros and formulas are never run."""

from __future__ import annotations

from pathlib import Path

from kyogyo.connectors.rows import Table, TableInfo
from kyogyo.connectors.tables.workbooks.archive import checked_zip
from kyogyo.connectors.tables.workbooks.parts import Workbook, read_workbook
from kyogyo.connectors.tables.workbooks.shared_texts import read_shared_texts
from kyogyo.connectors.tables.workbooks.sheet_stream import SheetStream
from kyogyo.connectors.tables.workbooks.sheet_table import SheetTable, choose_sheet, other_sheets
from kyogyo.words import Text


def open_xlsx(path: Path, *, sheet: str | None) -> Table:
    """The table in a sheet of the workbook at `path`: the one named, else the first with rows.

    Raises SourceError.
    """
    archive = checked_zip(path)
    try:
        workbook = read_workbook(archive, path=path)
        texts = read_shared_texts(archive, workbook.texts, path=path) if workbook.texts else []
        parts = {each.name: each.part for each in workbook.sheets}

        def open_sheet(name: str) -> SheetStream:
            return SheetStream(archive, path=path, part=parts[name], workbook=workbook, texts=texts)

        # Hidden sheets are somebody's workings: they come last.
        names = [each.name for each in sorted(workbook.sheets, key=lambda each: not each.visible)]
        chosen, stream, header = choose_sheet(names, open_sheet, path=path, stated=sheet)
        info = TableInfo(
            path=path,
            format="xlsx",
            encoding="",
            delimiter="",
            sheet=chosen,
            columns=header.names,
            rows_estimate=max(1, stream.rows_about() - 1),
            notes=_notes(workbook, chosen, stated=sheet is not None) + header.notes,
        )
    except BaseException:
        archive.close()
        raise
    return SheetTable(info=info, sheet=stream, header=header, close=archive.close)


def _notes(workbook: Workbook, chosen: str, *, stated: bool) -> tuple[Text, ...]:
    notes = []
    others = [each.name for each in workbook.sheets if each.name != chosen and each.visible]
    if others and not stated:
        notes.append(other_sheets(chosen, others))
    if workbook.has_macros:
        notes.append(
            Text(
                en="The workbook has macros. They are never run here.",
                ja="ブックにマクロがありますが、実行することはありません。",
            )
        )
    return tuple(notes)
