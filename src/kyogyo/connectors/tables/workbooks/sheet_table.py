"""A sheet as a table: where its header is, which rows count, which cells show errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo
from kyogyo.connectors.tables.batching import BatchMaker
from kyogyo.connectors.tables.headers import checked_header, no_rows
from kyogyo.connectors.tables.workbooks.sheet_stream import SheetRow
from kyogyo.errors import SourceError
from kyogyo.words import Text

_ROWS_TOGETHER = 5_000
# How far down a header may be when what stands above it is a title in one cell.
_TITLE_ROWS = 10


class Sheet(Protocol):
    """Anything that gives the rows of a sheet."""

    def rows(self, *, columns: frozenset[int] | None = None) -> Iterator[SheetRow]: ...


_AnySheet = TypeVar("_AnySheet", bound=Sheet)


@dataclass(frozen=True, slots=True)
class SheetHeader:
    """`row` is its number in the sheet, `first` the first column it covers (from 0)."""

    row: int
    first: int
    names: tuple[str, ...]
    notes: tuple[Text, ...]
    has_rows: bool


class SheetTable(Table):
    """The rows below the header of a sheet."""

    def __init__(
        self,
        *,
        info: TableInfo,
        sheet: Sheet,
        header: SheetHeader,
        close: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(info=info)
        self._sheet = sheet
        self._header = header
        self._close = close

    def close(self) -> None:
        if self._close:
            self._close()

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        header = self._header
        maker = BatchMaker(columns=columns, size=size)
        tally = _Tally(header=header)
        places = [header.first + header.names.index(name) for name in columns]
        wanted = frozenset(places)
        below = (row for row in self._sheet.rows(columns=wanted) if row.number > header.row)
        while together := list(islice(below, _ROWS_TOGETHER)):
            rows = [row for row in together if tally.counts(row)]
            refusals = [
                refusal
                for row in rows
                for refusal in _error_cells(row, columns, places, header.row)
            ]
            refused = {refusal.row for refusal in refusals}
            taken = [row for row in rows if row.number - header.row not in refused]
            yield from maker.add(
                rows=[row.number - header.row for row in taken],
                lines=[row.number for row in taken],
                cells=[[row.cells.get(place, "") for row in taken] for place in places],
                refusals=refusals,
            )
        yield from maker.rest()
        self._found = tally.notes()


@dataclass(slots=True)
class _Tally:
    """Counts what is left out while reading."""

    header: SheetHeader
    last: int = 0
    empty: int = 0
    beside: int = 0
    unsaved: int = 0

    def counts(self, row: SheetRow) -> bool:
        """Whether the row has anything below the header's columns."""
        self.unsaved += row.unsaved
        first, end = self.header.first, self.header.first + len(self.header.names)
        inside = any(first <= place < end for place in (*row.cells, *row.errors))
        outside = any(not first <= place < end for place in (*row.cells, *row.errors))
        self.beside += outside
        if inside:
            self.empty += row.number - (self.last or self.header.row) - 1
            self.last = row.number
        return inside

    def notes(self) -> tuple[Text, ...]:
        notes = []
        if self.empty:
            en = f"{self.empty:,} empty rows between others were skipped."
            notes.append(Text(en=en, ja=f"途中の空の行を {self.empty:,} 行とばしました。"))
        if self.unsaved:
            notes.append(
                Text(
                    en=f"{self.unsaved:,} formulas have no saved result and count as empty. Open the "
                    "workbook in Excel and save it, if they matter.",
                    ja=f"計算結果の保存されていない数式が {self.unsaved:,} 個あり、空として扱いました。"
                    "必要なら Excel で開いて保存し直してください。",
                )
            )
        if self.beside:
            notes.append(
                Text(
                    en=f"{self.beside:,} rows have cells outside the columns of the header; those "
                    "cells were left out.",
                    ja=f"見出しのない列にセルのある行が {self.beside:,} 行あります。そのセルは読みません。",
                )
            )
        return tuple(notes)


def _error_cells(
    row: SheetRow, columns: Sequence[str], places: Sequence[int], header_row: int
) -> list[Refusal]:
    """One refusal for the first error among the columns asked for."""
    if not row.errors:
        return []
    for name, place in zip(columns, places, strict=True):
        code = row.errors.get(place)
        if code is not None:
            reason = Text(
                en=f"The cell shows the error {code}. Correct the formula, or empty the cell.",
                ja=f"セルがエラー {code} になっています。数式を直すか、セルを空にしてください。",
            )
            return [Refusal(row.number - header_row, name, reason, code, row.number)]
    return []


def find_header(sheet: Sheet, *, path: Path) -> SheetHeader | None:
    """The header: the first row with cells, or below a title that stands alone in its row.

    None when the sheet is empty. Raises SourceError for names that occur twice.
    """
    below = (row for row in sheet.rows() if row.cells)
    top = list(islice(below, 2))
    if not top:
        return None
    chosen = 0
    if len(top[0].cells) == 1:
        top += islice(below, _TITLE_ROWS - 2)
        chosen = next((at for at, row in enumerate(top) if len(row.cells) > 1), 0)
        top += islice(below, 1)
    row = top[chosen]
    first, last = min(row.cells), max(row.cells)
    cells = [row.cells.get(place, "") for place in range(first, last + 1)]
    names, notes = checked_header(cells, path=path, line=row.number)
    if chosen:
        notes = (_title(row.number), *notes)
    return SheetHeader(row.number, first, names, notes, has_rows=len(top) > chosen + 1)


def choose_sheet(
    names: Sequence[str], open_sheet: Callable[[str], _AnySheet], *, path: Path, stated: str | None
) -> tuple[str, _AnySheet, SheetHeader]:
    """The sheet stated, else the first of `names` that has a header and rows.

    Raises SourceError when there is none.
    """
    if stated is not None and stated not in names:
        raise no_sheet(path, sheet=stated, names=names)
    only_header: SheetHeader | None = None
    for name in [stated] if stated is not None else names:
        sheet = open_sheet(name)
        header = find_header(sheet, path=path)
        if header and header.has_rows:
            return name, sheet, header
        only_header = only_header or header
    if only_header:
        raise no_rows(path, columns=only_header.names)
    raise empty_workbook(path)


def _title(row: int) -> Text:
    return Text(
        en=f"Row {row} was taken as the header; what stands above it as a title.",
        ja=f"{row} 行目を見出しとし、その上は表題とみなしました。",
    )


def no_sheet(path: Path, *, sheet: str, names: Sequence[str]) -> SourceError:
    """The error for a sheet that the workbook lacks."""
    listed = ", ".join(f'"{name}"' for name in names)
    return SourceError(
        en=f'{path.name} has no sheet "{sheet}". Its sheets: {listed}.',
        ja=f"{path.name} に「{sheet}」というシートはありません。シート: {listed}。",
    )


def empty_workbook(path: Path) -> SourceError:
    """The error for a workbook, or a chosen sheet, without any cell."""
    return SourceError(
        en=f"{path.name} has no sheet with a table in it. State the sheet, or export it again.",
        ja=f"{path.name} には表のあるシートがありません。シートを指定するか、書き出し直してください。",
    )


def other_sheets(chosen: str, others: Sequence[str]) -> Text:
    """The note that there was a choice."""
    listed = ", ".join(f'"{name}"' for name in others)
    return Text(
        en=f'The sheet "{chosen}" was read. There are others: {listed}. State the sheet to read '
        "one of them.",
        ja=f"シート「{chosen}」を読みました。ほかにもシートがあります: {listed}。別のシートを読むには "
        "sheet を指定してください。",
    )
