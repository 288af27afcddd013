"""JSON as a table: an object a line, a list of objects, or an object that holds such lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kyogyo.connectors.rows import Batch, Refusal, Table, TableInfo
from kyogyo.connectors.tables.batching import BatchMaker
from kyogyo.connectors.tables.json_objects.cells import TwiceInObject, flat, load_json
from kyogyo.connectors.tables.text.decoding import MARK, shown
from kyogyo.connectors.tables.text.encodings import FoundEncoding, find_encoding
from kyogyo.connectors.tables.text.pieces_of_text import text_pieces
from kyogyo.connectors.tables.text.unreadable import unreadable
from kyogyo.errors import SourceError
from kyogyo.words import Text

# A list of objects is read whole; this many bytes of text take about ten times that of memory.
LARGEST_LIST = 64 * 1024**2
_ROWS_TOGETHER = 5_000
# JSON may write a lone surrogate, which no text can hold.
_HALF_CHARACTER = re.compile("[\ud800-\udfff\0]")


@dataclass(frozen=True, slots=True)
class _Line:
    """One record: its position, its line, and its cells or why there are none."""

    row: int
    line: int
    cells: dict[str, str] | None
    refusal: Refusal | None = None


class JsonLinesTable(Table):
    """An object a line."""

    def __init__(self, *, info: TableInfo, encoding: FoundEncoding) -> None:
        super().__init__(info=info)
        self._encoding = encoding

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        empty = _Count()
        lines = _json_lines(self.info.path, self._encoding, empty)
        yield from _batched(lines, columns=columns, size=size)
        self._found = (_skipped(empty.value),) if empty.value else ()


class JsonListTable(Table):
    """Objects that were read already."""

    def __init__(self, *, info: TableInfo, records: list[Any]) -> None:
        super().__init__(info=info)
        self._records = records

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        lines = (_checked(value, row, row) for row, value in enumerate(self._records, start=1))
        return _batched(lines, columns=columns, size=size)


@dataclass(slots=True)
class _Count:
    value: int = 0


def open_json(path: Path, *, encoding: str | None, sheet: str | None) -> Table:
    """The table in the JSON file at `path`. `sheet` chooses a list of an object that holds lists.

    Raises SourceError, naming the lists when there is a choice.
    """
    found = find_encoding(path, stated=encoding)
    if sheet is None and _is_lines(path, found):
        empty = _Count()
        columns: dict[str, None] = {}
        rows = 0
        for line in _json_lines(path, found, empty):
            rows += 1
            columns.update(dict.fromkeys(line.cells or ()))
        info = _info(path, "jsonl", found.name, "", columns, rows)
        return JsonLinesTable(info=info, encoding=found)
    value = _whole(path, found)
    records, name = _chosen(value, path=path, sheet=sheet)
    columns = {}
    for row, record in enumerate(records, start=1):
        columns.update(dict.fromkeys(_checked(record, row, row).cells or ()))
    info = _info(path, "json", found.name, name, columns, len(records))
    return JsonListTable(info=info, records=records)


def _info(
    path: Path, kind: str, encoding: str, sheet: str, columns: dict[str, None], rows: int
) -> TableInfo:
    if not columns:
        raise SourceError(
            en=f"{path.name} holds no JSON object with a value in it, so there are no rows to take.",
            ja=f"{path.name} には値のある JSON オブジェクトがなく、取り込む行がありません。",
        )
    return TableInfo(path, kind, encoding, "", sheet, tuple(columns), rows)


def _is_lines(path: Path, encoding: FoundEncoding) -> bool:
    """Whether the first line that is not empty is an object by itself."""
    for piece in text_pieces(path, encoding):
        for line in piece.text.split("\n"):
            if line.strip():
                try:
                    value = load_json(line)
                    return isinstance(value, dict) and not _is_holder(value)
                except ValueError:
                    return line.lstrip().startswith("{") and line.rstrip().endswith("}")
    return False


def _is_holder(value: Any) -> bool:
    return bool(_lists(value)) and not any(
        not isinstance(each, (dict, list)) for each in value.values()
    )


def _json_lines(path: Path, encoding: FoundEncoding, empty: _Count) -> Iterator[_Line]:
    number = 0
    for piece in text_pieces(path, encoding):
        lines = piece.text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        for text in lines:
            number += 1
            if not text.strip():
                empty.value += 1
            elif piece.odd and (MARK.search(text) or "\0" in text):
                _, reason, _ = unreadable([text], [text], columns=(), encoding=encoding.name)
                yield _Line(
                    number, number, None, Refusal(number, None, reason, shown(text), number)
                )
            else:
                yield _parsed(text, number)


def _parsed(text: str, number: int) -> _Line:
    try:
        # A NUL or half a character can only be written with an escape in JSON.
        return _checked(load_json(text), number, number, has_escapes="\\u" in text)
    except TwiceInObject as error:
        return _refused(number, number, _twice(str(error)), text)
    except ValueError:
        return _refused(number, number, _NOT_JSON, text)


def _checked(value: Any, row: int, line: int, *, has_escapes: bool = True) -> _Line:
    if not isinstance(value, dict):
        return _refused(row, line, _NOT_AN_OBJECT, str(value))
    try:
        cells = flat(value)
    except TwiceInObject as error:
        return _refused(row, line, _twice(str(error)), str(value))
    except RecursionError:
        return _refused(row, line, _NOT_JSON, "")
    for column, cell in cells.items() if has_escapes else ():
        if _HALF_CHARACTER.search(cell) or _HALF_CHARACTER.search(column):
            refusal = Refusal(row, shown(column), _NO_CHARACTER, shown(cell), line)
            return _Line(row, line, None, refusal)
    return _Line(row, line, cells)


def _refused(row: int, line: int, reason: Text, value: str) -> _Line:
    return _Line(row, line, None, Refusal(row, None, reason, shown(value), line))


def _batched(lines: Iterator[_Line], *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
    maker = BatchMaker(columns=columns, size=size)
    together: list[_Line] = []
    for line in lines:
        together.append(line)
        if len(together) >= _ROWS_TOGETHER:
            yield from _added(together, columns, maker)
            together = []
    yield from _added(together, columns, maker)
    yield from maker.rest()


def _added(lines: list[_Line], columns: tuple[str, ...], maker: BatchMaker) -> Iterator[Batch]:
    taken = [(line.row, line.line, line.cells) for line in lines if line.cells is not None]
    return maker.add(
        rows=[row for row, _, _ in taken],
        lines=[line for _, line, _ in taken],
        cells=[[cells.get(name, "") for _, _, cells in taken] for name in columns],
        refusals=[line.refusal for line in lines if line.refusal],
    )


def _whole(path: Path, encoding: FoundEncoding) -> Any:
    parts, total = [], 0
    for piece in text_pieces(path, encoding):
        if piece.odd:
            raise _damaged(path, f"bytes that are not {encoding.name}")
        parts.append(piece.text)
        total += len(piece.text)
        if total > LARGEST_LIST:
            raise SourceError(
                en=f"{path.name} is one JSON value of more than {LARGEST_LIST // 1024**2} MB. Export "
                "it as JSON lines (an object a line) or CSV.",
                ja=f"{path.name} は {LARGEST_LIST // 1024**2} MB を超える 1 つの JSON です。JSON Lines"
                "(1 行に 1 オブジェクト)か CSV で書き出してください。",
            )
    try:
        return load_json("".join(parts))
    except TwiceInObject as error:
        raise _damaged(path, f'the name "{error}" twice in one object') from error
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _chosen(value: Any, *, path: Path, sheet: str | None) -> tuple[list[Any], str]:
    if isinstance(value, list) and sheet is None:
        return value, ""
    lists = _lists(value)
    if sheet is not None and sheet in lists:
        return lists[sheet], sheet
    if sheet is None and len(lists) == 1:
        return next(iter(lists.items()))[::-1]
    if not lists:
        raise _damaged(path, "no list of objects")
    names = ", ".join(f"{name} ({len(rows):,})" for name, rows in lists.items())
    missing_en = f'{path.name} has no list "{sheet}". ' if sheet is not None else ""
    missing_ja = f"{path.name} に「{sheet}」というリストはありません。" if sheet is not None else ""
    raise SourceError(
        en=f"{missing_en}{path.name} holds several lists: {names}. Choose one as the sheet of the "
        "source.",
        ja=f"{missing_ja}{path.name} には複数のリストがあります: {names}。ソースの sheet で 1 つを"
        "選んでください。",
    )


def _lists(value: Any) -> dict[str, list[Any]]:
    if not isinstance(value, dict):
        return {}
    return {
        name: inner
        for name, inner in value.items()
        if isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner)
    }


def _damaged(path: Path, what: str) -> SourceError:
    return SourceError(
        en=f"{path.name} is no JSON table that can be read ({what}). Export it again as JSON lines "
        "or CSV.",
        ja=f"{path.name} は表として読める JSON ではありません({what})。JSON Lines か CSV で書き出し直して"
        "ください。",
    )


def _skipped(count: int) -> Text:
    return Text(
        en=f"{count:,} empty lines were skipped.", ja=f"空の行を {count:,} 行とばしました。"
    )


def _twice(name: str) -> Text:
    return Text(
        en=f'The name "{shown(name, limit=60)}" occurs twice in the object. Leave one of them.',
        ja=f"オブジェクトに「{shown(name, limit=60)}」という名前が 2 回あります。一方だけにしてください。",
    )


_NOT_JSON = Text(
    en="The line is not a JSON object: it breaks off or has a mistake. Export it again.",
    ja="この行は JSON オブジェクトとして読めません。途中で切れているか誤りがあります。書き出し直してください。",
)
_NOT_AN_OBJECT = Text(
    en="The value is not an object with names and values, so it is no row.",
    ja="名前と値を持つオブジェクトではないので、行として読めません。",
)
_NO_CHARACTER = Text(
    en="The text holds half a character or a NUL, which is no text. Export the row again.",
    ja="文字として成り立たない符号か NUL があります。この行を書き出し直してください。",
)
