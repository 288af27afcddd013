"""A text file as pieces of text made of whole lines, with what doesn't decode marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kyogyo.connectors.tables.text.bytes_in import pieces
from kyogyo.connectors.tables.text.decoding import UTF_16, decode_marked, decode_strict
from kyogyo.connectors.tables.text.encodings import FoundEncoding, fits, is_foreign

# Kana, kanji and full-width signs.
_CHARACTER_IN_UTF_8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc-\xbf][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Whole lines ending in `\\n`. `odd` is set when some hold marked bytes or a NUL."""

    text: str
    odd: bool


def text_pieces(path: Path, encoding: FoundEncoding) -> Iterator[TextPiece]:
    """The text of the file without its byte order mark, in pieces of some megabytes."""
    first = True
    for piece in pieces(path, newline=encoding.newline):
        text, odd = _decoded(piece, encoding)
        if first:
            text = text.removeprefix("\ufeff")
            first = False
        if encoding.newline.strip(b"\0") == b"\r":
            text = text.replace("\r", "\n")
        if text:
            yield TextPiece(text, odd or "\0" in text)


def _decoded(piece: bytes, encoding: FoundEncoding) -> tuple[str, bool]:
    name = encoding.name
    if name in UTF_16 and len(piece) % 2:
        # The last unit is cut off: half of it is left, which no text can hold.
        return decode_marked(piece[:-1], name) + chr(0xDC00 + max(piece[-1], 0x80)), True
    try:
        text = decode_strict(piece, name)
    except UnicodeDecodeError:
        return _line_by_line(piece, encoding)
    if name in {"cp932", "euc_jp"} and _CHARACTER_IN_UTF_8.search(piece):
        # Some lines may be UTF-8, which these encodings read as other, wrong characters.
        return _line_by_line(piece, encoding)
    return text, False


def _line_by_line(piece: bytes, encoding: FoundEncoding) -> tuple[str, bool]:
    """Lines that are UTF-8 inside a cp932 or EUC file are marked whole, others where they fail."""
    name, newline = encoding.name, encoding.newline
    if name not in {"cp932", "euc_jp"}:
        return decode_marked(piece, name), True
    lines = []
    odd = False
    for line in piece.split(newline):
        foreign = bool(_CHARACTER_IN_UTF_8.search(line)) and is_foreign(line, encoding=name)
        text = decode_marked(line, "ascii" if foreign else name)
        odd = odd or foreign or not fits(line, name)
        lines.append(text)
    return newline.decode("ascii").join(lines), odd
