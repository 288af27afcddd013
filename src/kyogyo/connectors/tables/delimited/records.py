"""Text to records of cells: fast where the text is sound, line by line where it is not.

A quotation mark that is opened and never closed would swallow the rest of a file. Here it costs
exactly the line it stands on: that line is refused, and reading goes on with the next.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kyogyo.connectors.rows import Refusal
from kyogyo.connectors.tables.delimited import row_reasons
from kyogyo.connectors.tables.text.decoding import MARK, shown
from kyogyo.connectors.tables.text.pieces_of_text import TextPiece
from kyogyo.connectors.tables.text.unreadable import unreadable
from kyogyo.words import Text

# A cell of more lines than this is taken for a quotation mark that was never closed.
LONGEST_CELL = 1_000
# Lines that, all of them, would be whole rows if the quotes were not there, are whole rows.
SWALLOWED = 4

# The module's own limit is 128 kB; a cell may hold a long e-mail. Lines are bounded elsewhere.
csv.field_size_limit(1 << 26)


@dataclass(slots=True)
class Records:
    """Rows in order: numbers, first lines, cells; what was refused; how many were empty."""

    rows: list[int]
    lines: list[int]
    cells: list[list[str]]
    refusals: list[Refusal] = field(default_factory=list)
    empty: int = 0


class RecordReader:
    """Reads pieces of text in turn. `width` is how many cells a row must have."""

    def __init__(
        self, *, columns: Sequence[str], delimiter: str, encoding: str, first_line: int
    ) -> None:
        self._columns = columns
        self._width = len(columns)
        self._delimiter = delimiter
        self._encoding = encoding
        self._row = 1
        self._line = first_line
        self._waiting: list[str] = []
        self._odd = False

    def read(self, pieces: Iterable[TextPiece]) -> Iterator[Records]:
        """The records of all pieces, some thousands at a time."""
        for piece in pieces:
            records = None if self._waiting or piece.odd else self._at_once(piece.text)
            if records is None:
                self._waiting += io.StringIO(piece.text, newline="\n")
                self._odd = self._odd or piece.odd
                records = self._line_by_line(final=False)
            yield records
        if self._waiting:
            yield self._line_by_line(final=True)

    def _at_once(self, text: str) -> Records | None:
        """All of a piece in which each line is one sound row, else None."""
        count = text.count("\n") + (not text.endswith("\n"))
        source = io.StringIO(text, newline="\n")
        try:
            cells = list(csv.reader(source, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        if len(cells) != count or set(map(len, cells)) != {self._width}:
            return None
        if not all(map(any, cells)):  # a row of empty cells only
            return None
        rows = list(range(self._row, self._row + count))
        lines = list(range(self._line, self._line + count))
        self._row += count
        self._line += count
        return Records(rows, lines, cells)

    def _line_by_line(self, *, final: bool) -> Records:
        """What is waiting, as far as it is complete. Goes on after a line that is broken."""
        found = Records([], [], [])
        waiting = self._waiting
        at = 0
        while at < len(waiting):
            start, fault = self._until_a_fault(at, found, final=final)
            if fault is None:
                at = start
                break
            reason = row_reasons.quoting(fault)
            self._refuse(found, reason=reason, text=waiting[start])
            at = start + 1
            self._line += 1
        self._waiting = waiting[at:]
        self._odd = self._odd and bool(self._waiting)
        return found

    def _until_a_fault(
        self, at: int, found: Records, *, final: bool
    ) -> tuple[int, csv.Error | None]:
        """Take records from line `at` on. Gives where the first bad one starts and its fault, or
        where the first incomplete one starts and None.
        """
        waiting = self._waiting
        start = at

        def feed() -> Iterator[str]:
            place = at
            while place < len(waiting) and place - start < LONGEST_CELL:
                yield waiting[place]
                place += 1

        reader = csv.reader(feed(), delimiter=self._delimiter, strict=True)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as fault:
                cut_off = at + reader.line_num >= len(waiting) and not final
                within = len(waiting) - start < LONGEST_CELL
                if cut_off and within and "unexpected end" in str(fault):
                    return start, None
                return start, fault
            if cells is None:
                return start, None
            end = at + reader.line_num
            if end - start > 1 and self._swallowed(waiting[start:end]):
                return start, csv.Error("swallowed")
            self._keep(found, cells, waiting[start:end])
            start = end

    def _swallowed(self, lines: Sequence[str]) -> bool:
        if len(lines) < SWALLOWED or self._width < 3:
            return False
        return all(line.count(self._delimiter) == self._width - 1 for line in lines)

    def _keep(self, found: Records, cells: list[str], lines: Sequence[str]) -> None:
        if not any(cells) or (len(cells) == 1 < self._width and not cells[0].strip()):
            found.empty += 1
            self._row += 1
        elif self._odd and any(map(_has_odd_sign, lines)):
            column, reason, value = unreadable(
                cells, lines, columns=self._columns, encoding=self._encoding
            )
            self._refuse(found, reason=reason, text=value, column=column)
        elif len(cells) != self._width:
            reason = row_reasons.cell_count(len(cells), self._width)
            self._refuse(found, reason=reason, text="".join(lines))
        else:
            found.rows.append(self._row)
            found.lines.append(self._line)
            found.cells.append(cells)
            self._row += 1
        self._line += len(lines)

    def _refuse(
        self, found: Records, *, reason: Text, text: str, column: str | None = None
    ) -> None:
        value = shown(text.rstrip("\r\n"))
        found.refusals.append(Refusal(self._row, column, reason, value, self._line))
        self._row += 1


def _has_odd_sign(line: str) -> bool:
    return "\0" in line or bool(MARK.search(line))
