"""The cells of an xlsx sheet as a stream of rows, so that empty millions cost nothing.

python-calamine is three times as fast, but it shows error values as empty cells, and one stray
cell in the last row makes it hold every empty cell above in memory (3 GB were seen).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from kyogyo.connectors.tables.numerals import number_text
from kyogyo.connectors.tables.workbooks.archive import damaged_workbook
from kyogyo.connectors.tables.workbooks.cell_formats import serial_text
from kyogyo.connectors.tables.workbooks.parts import CellStyle, Workbook
from kyogyo.connectors.tables.workbooks.shared_texts import (
    DoctypeRefused,
    refuse_doctype,
    unescaped,
)

_PIECE = 1 << 18
_PLAIN = CellStyle()


@dataclass(slots=True)
class SheetRow:
    """One row that has cells. `cells` by column from 0, only those that hold something.

    `errors` are the cells that show an error like #N/A; `unsaved` counts formulas whose result
    the workbook does not hold.
    """

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    unsaved: int = 0


class SheetStream:
    """One sheet of an open workbook. `rows` can be called again and again."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        *,
        path: Path,
        part: str,
        workbook: Workbook,
        texts: list[str],
    ) -> None:
        self._archive = archive
        self._path = path
        self._part = part
        self._workbook = workbook
        self._texts = texts

    def rows_about(self) -> int:
        """About how many rows it has, by the bytes that the first ones take."""
        handler = _Handler(self._workbook, self._texts, None)
        with self._archive.open(self._part) as file:
            piece = file.read(_PIECE)
        handler.parser.Parse(piece, False)  # noqa: FBT003 -- expat takes no name
        size = self._archive.getinfo(self._part).file_size
        return round(len(handler.done) * size / max(1, len(piece)))

    def rows(self, *, columns: frozenset[int] | None = None) -> Iterator[SheetRow]:
        """Rows with any cell, in order. Raises SourceError.

        When `columns` is given, the other cells are not made into what people see of them: they
        only show that there is something.
        """
        handler = _Handler(self._workbook, self._texts, columns)
        try:
            with self._archive.open(self._part) as file:
                while piece := file.read(_PIECE):
                    handler.parser.Parse(piece, False)  # noqa: FBT003 -- expat takes no name
                    if handler.done:
                        yield from handler.done
                        handler.done.clear()
            handler.parser.Parse(b"", True)  # noqa: FBT003 -- expat takes no name
            handler.finish_row()
        except (
            expat.ExpatError,
            DoctypeRefused,
            ValueError,
            LookupError,
            OSError,
            RuntimeError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise damaged_workbook(self._path) from error
        yield from handler.done


class _Handler:
    """Takes expat's events and fills `done` with rows."""

    def __init__(
        self, workbook: Workbook, texts: list[str], columns: frozenset[int] | None
    ) -> None:
        self.done: list[SheetRow] = []
        self._workbook = workbook
        self._texts = texts
        self._wanted = columns
        self._number = 0
        self._row = SheetRow(0)
        self._column = -1
        self._cell: Mapping[str, str] = {}
        self._text: list[str] = []
        self._formula = False
        self._reading = False
        self._aside = 0  # inside the reading (furigana) of a text
        self._letters: dict[str, int] = {}
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._first
        parser.StartDoctypeDeclHandler = refuse_doctype
        self.parser = parser

    def _first(self, tag: str, _: Mapping[str, str]) -> None:
        """The root tells the prefix of all names, if the writer used one."""
        prefix = tag[: -len("worksheet")] if tag.endswith("worksheet") else ""
        names = {prefix + name: name for name in ("row", "c", "v", "t", "f", "rPh")}
        ends = {prefix + name: name for name in ("c", "v", "t", "rPh")}

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            name = names.get(tag)
            if name is not None:
                self._start(name, attributes)

        def end(tag: str) -> None:
            name = ends.get(tag)
            if name is not None:
                self._end(name)

        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = self._data

    def finish_row(self) -> None:
        """The row being read is complete."""
        row = self._row
        if row.cells or row.errors or row.unsaved:
            self.done.append(row)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = self._column_of(reference) if reference else self._column + 1
            self._cell = attributes
            self._text = []
            self._formula = False
        elif name in {"v", "t"}:
            self._reading = not self._aside
        elif name == "f":
            self._formula = True
        elif name == "row":
            number = attributes.get("r")
            self._number = int(number) if number else self._number + 1
            self._column = -1
        else:
            self._aside += 1

    def _data(self, text: str) -> None:
        if self._reading:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name == "c":
            self._keep("".join(self._text))
        elif name in {"v", "t"}:
            self._reading = False
        elif name == "rPh":
            self._aside -= 1

    def _keep(self, text: str) -> None:
        if not text and not self._formula and "t" not in self._cell:
            return  # a cell that has a look and nothing in it
        if self._row.number != self._number:
            self.finish_row()
            self._row = SheetRow(self._number)
        kind = self._cell.get("t", "n")
        if kind == "e":
            self._row.errors[self._column] = text or "#?"
            return
        if not text:
            if self._formula and kind != "str":
                self._row.unsaved += 1
            return
        if self._wanted is not None and self._column not in self._wanted:
            pass
        elif kind == "s":
            text = self._texts[int(text)]
        elif kind == "n":
            text = self._number_text(text)
        elif kind == "b":
            text = "TRUE" if text in {"1", "true"} else "FALSE"
        elif kind in {"str", "inlineStr"}:
            text = unescaped(text)
        elif kind == "d":
            text = text.removesuffix("T00:00:00")
        if text:
            self._row.cells[self._column] = text

    def _number_text(self, text: str) -> str:
        place = int(self._cell.get("s", "0"))
        styles = self._workbook.styles
        style = styles[place] if place < len(styles) else _PLAIN
        value = float(text)
        if style.kind != "number":
            return serial_text(value, kind=style.kind, base_1904=self._workbook.base_1904)
        written = number_text(value)
        if style.zeros and written.isdigit():
            return written.zfill(style.zeros)
        return written

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self._letters.get(letters)
        if found is None:
            found = 0
            for letter in letters:
                found = found * 26 + ord(letter) - 64
            found -= 1
            self._letters[letters] = found
        return found
