"""Workbooks of other kinds (.xls, .xlsb, .ods), read by python-calamine in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kyogyo.connectors.rows import Table, TableInfo
from kyogyo.connectors.tables.numerals import number_text
from kyogyo.connectors.tables.workbooks.archive import (
    checked_zip,
    damaged_workbook,
    locked_workbook,
)
from kyogyo.connectors.tables.workbooks.sheet_stream import SheetRow
from kyogyo.connectors.tables.workbooks.sheet_table import SheetTable, choose_sheet, other_sheets
from kyogyo.errors import SourceError

MEMORY = 1536 * 1024**2
UNPACKED_AT_MOST = 500 * 1024**2

_CHILD = Path(__file__).with_name("calamine_child.py")
_DAMAGED, _LOCKED = 3, 4


def open_other_workbook(path: Path, *, kind: str, sheet: str | None) -> Table:
    """The table in a sheet of the workbook at `path`: the one named, else the first with rows.

    `kind` is xls, xlsb or ods. Raises SourceError.
    """
    if kind != "xls":
        checked_zip(path, at_most=UNPACKED_AT_MOST).close()
    listed: list[tuple[str, bool]] = next(_ask(path, ""), [])
    visible = [name for name, shown in listed if shown]
    names = visible + [name for name, shown in listed if not shown]
    chosen, found, header = choose_sheet(
        names, lambda name: ChildSheet(path, name), path=path, stated=sheet
    )
    others = [name for name in visible if name != chosen]
    notes = (other_sheets(chosen, others),) if others and sheet is None else ()
    info = TableInfo(
        path=path,
        format=kind,
        encoding="",
        delimiter="",
        sheet=chosen,
        columns=header.names,
        rows_estimate=max(1, found.height() - 1),
        notes=notes + header.notes,
    )
    return SheetTable(info=info, sheet=found, header=header)


@dataclass(frozen=True, slots=True)
class ChildSheet:
    """A sheet that a child process reads anew each time its rows are asked for."""

    path: Path
    name: str

    def rows(
        self,
        *,
        columns: frozenset[int] | None = None,  # noqa: ARG002 -- as every sheet
    ) -> Iterator[SheetRow]:
        """Rows with any cell, in order; all columns, whichever are asked for."""
        answers = _ask(self.path, self.name)
        _, first = next(answers, (0, 0))
        for together in answers:
            for number, values in together:
                cells = {
                    place: text
                    for place, value in enumerate(values, start=first)
                    if (text := _text(value))
                }
                if cells:
                    yield SheetRow(number, cells)

    def height(self) -> int:
        """How many rows from the first to the last with anything in them."""
        height, _ = next(_ask(self.path, self.name), (0, 0))
        return int(height)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    return str(value)


def _ask(path: Path, sheet: str) -> Iterator[Any]:
    """What the child says, value by value. It is stopped when nobody listens any more."""
    child = subprocess.Popen(  # noqa: S603 -- our own script, and paths as separate arguments
        [sys.executable, "-P", str(_CHILD), str(path.resolve()), sheet, str(MEMORY)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if child.stdout:
            with suppress(json.JSONDecodeError):  # it ended in the middle of a line
                yield from map(json.loads, child.stdout)
        code = child.wait()
    finally:
        child.kill()
        if child.stdout:
            child.stdout.close()
        child.wait()
    if code == _LOCKED:
        raise locked_workbook(path)
    if code == _DAMAGED:
        raise damaged_workbook(path)
    if code:
        raise SourceError(
            en=f"{path.name} needs more than {MEMORY // 1024**2:,} MB of memory, or is made to crash "
            "its reader. Save the sheet as .xlsx or CSV.",
            ja=f"{path.name} を読むには {MEMORY // 1024**2:,} MB を超えるメモリが要るか、壊れています。"
            "シートを .xlsx か CSV で保存してください。",
        )
