"""Text with a delimiter between cells: CSV, TSV and their kin."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from kyogyo.connectors.rows import Batch, Table, TableInfo
from kyogyo.connectors.tables.batching import BatchMaker
from kyogyo.connectors.tables.delimited.dialect import (
    DELIMITERS,
    LINES_LOOKED_AT,
    checked_delimiter,
    find_delimiter,
    said_by_excel,
)
from kyogyo.connectors.tables.delimited.records import RecordReader, Records
from kyogyo.connectors.tables.headers import checked_header, no_rows
from kyogyo.connectors.tables.text.encodings import FoundEncoding, find_encoding
from kyogyo.connectors.tables.text.pieces_of_text import TextPiece, text_pieces
from kyogyo.errors import SourceError
from kyogyo.words import Text


class DelimitedTable(Table):
    """A text table. `header_lines` is how many lines end with the header."""

    def __init__(self, *, info: TableInfo, encoding: FoundEncoding, header_lines: int) -> None:
        super().__init__(info=info)
        self._encoding = encoding
        self._header_lines = header_lines

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        info = self.info
        reader = RecordReader(
            columns=info.columns,
            delimiter=info.delimiter,
            encoding=self._encoding.name,
            first_line=self._header_lines + 1,
        )
        getters = [itemgetter(info.columns.index(name)) for name in columns]
        maker = BatchMaker(columns=columns, size=size)
        empty = 0
        for records in reader.read(self._below_header()):
            empty += records.empty
            yield from _made(records, getters, maker)
        yield from maker.rest()
        self._found = (_empty_lines(empty),) if empty else ()

    def _below_header(self) -> Iterator[TextPiece]:
        left = self._header_lines
        for piece in text_pieces(self.info.path, self._encoding):
            text = piece.text
            while left and text:
                cut = text.find("\n") + 1
                text = text[cut:] if cut else ""
                left -= 1
            if text:
                yield TextPiece(text, piece.odd)


def _made(records: Records, getters: list[itemgetter[int]], maker: BatchMaker) -> Iterator[Batch]:
    cells = [list(map(get, records.cells)) for get in getters]
    yield from maker.add(
        rows=records.rows, lines=records.lines, cells=cells, refusals=records.refusals
    )


def _empty_lines(count: int) -> Text:
    return Text(
        en=f"{count:,} empty lines were skipped.",
        ja=f"空の行を {count:,} 行とばしました。",
    )


@dataclass(frozen=True, slots=True)
class _Top:
    """What stands above the rows: the cells of the header, the lines it took, what follows."""

    header: list[str]
    header_lines: int
    delimiter: str
    has_rows: bool
    ragged: bool


def open_delimited(path: Path, *, encoding: str | None, delimiter: str | None) -> Table:
    """The table in the delimited text file at `path`. Raises SourceError."""
    found = find_encoding(path, stated=encoding)
    stated = checked_delimiter(delimiter) if delimiter else None
    pieces = text_pieces(path, found)
    first = next(pieces, TextPiece("", odd=False)).text
    top = _top(first, path=path, stated=stated)
    columns, notes = checked_header(top.header, path=path, line=top.header_lines)
    if not top.has_rows and next(pieces, None) is None:
        raise no_rows(path, columns=columns)
    if len(columns) == 1 and not stated and top.ragged:
        raise _no_header(path, line=top.header_lines)
    if len(columns) == 1:
        notes = (*notes, _one_column(columns[0]))
    info = TableInfo(
        path=path,
        format="csv",
        encoding=found.name,
        delimiter=top.delimiter,
        sheet="",
        columns=columns,
        rows_estimate=max(1, found.lines - top.header_lines + (not first.endswith("\n"))),
        notes=found.notes + notes,
    )
    return DelimitedTable(info=info, encoding=found, header_lines=top.header_lines)


def _top(text: str, *, path: Path, stated: str | None) -> _Top:
    """Finds the header: the first line with anything in it."""
    lines = list(io.StringIO(text, newline="\n"))
    said = said_by_excel(lines[0]) if lines else None
    at = 1 if said else 0
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines):
        raise SourceError(
            en=f"{path.name} holds nothing but empty lines. Export it again.",
            ja=f"{path.name} には空の行しかありません。もう一度書き出してください。",
        )
    delimiter = stated or said or find_delimiter(lines[at:], path=path)
    reader = csv.reader(lines[at:], delimiter=delimiter, strict=True)
    try:
        header = next(reader)
    except csv.Error as error:
        raise SourceError(
            en=f"The header of {path.name} (line {at + 1}) has a quotation mark that is not closed "
            "or is followed by text. Correct the header.",
            ja=f"{path.name} の見出し({at + 1} 行目)の引用符が閉じられていないか、あとに文字が続いています。"
            "見出しを直してください。",
        ) from error
    at += reader.line_num
    below = [line for line in lines[at : at + LINES_LOOKED_AT] if line.strip()]
    # Under a header of one cell, lines with several: a title above the header, or prose.
    ragged = 10 * sum(any(sign in line for sign in DELIMITERS) for line in below) > len(below)
    return _Top(header, at, delimiter, has_rows=bool(below), ragged=ragged and len(header) == 1)


def _no_header(path: Path, *, line: int) -> SourceError:
    return SourceError(
        en=f"Line {line} of {path.name} has one cell where a header should be, but lines below it "
        "have several. Delete a title above the header; if it is a text and no table, export the "
        "table.",
        ja=f"{path.name} の {line} 行目は見出しのはずですがセルが 1 つしかなく、下の行には複数あります。"
        "見出しの上の表題を消してください。表ではなく文章なら、表を書き出してください。",
    )


def _one_column(name: str) -> Text:
    return Text(
        en=f'Only one column was found ("{name[:60]}"). If there should be more, state the '
        "delimiter.",
        ja=f"列が 1 つしか見つかりません(「{name[:60]}」)。複数の列があるはずなら、区切り文字を指定して"
        "ください。",
    )
