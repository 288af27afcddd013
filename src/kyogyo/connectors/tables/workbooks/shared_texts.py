"""The texts of an xlsx workbook that cells refer to by number."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from kyogyo.connectors.tables.workbooks.archive import damaged_workbook, require_small

_PIECE = 1 << 18
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class DoctypeRefused(Exception):
    """The XML declares entities, which no workbook needs and an attack would use."""


def refuse_doctype(*_: object) -> NoReturn:
    """For expat's StartDoctypeDeclHandler."""
    raise DoctypeRefused


def unescaped(text: str) -> str:
    """A text with `_x000D_` and its like as the characters they stand for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    # A NUL and half a character are no text; they stay as they are written.
    return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def read_shared_texts(archive: zipfile.ZipFile, name: str, *, path: Path) -> list[str]:
    """The texts in the part `name`. Readings (furigana) are not part of them. Raises SourceError."""
    require_small(archive, name, path=path)
    reader = _Reader()
    try:
        with archive.open(name) as file:
            while piece := file.read(_PIECE):
                reader.parser.Parse(piece, False)  # noqa: FBT003 -- expat takes no name
        reader.parser.Parse(b"", True)  # noqa: FBT003 -- expat takes no name
    except (
        expat.ExpatError,
        DoctypeRefused,
        LookupError,
        ValueError,
        OSError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise damaged_workbook(path) from error
    return reader.texts


class _Reader:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text: list[str] = []
        self._reading = False
        self._aside = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def _start(self, tag: str, _: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "t":
            self._reading = not self._aside
        elif name == "si":
            self._text = []
        elif name == "rPh":
            self._aside += 1

    def _data(self, text: str) -> None:
        if self._reading:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "t":
            self._reading = False
        elif name == "si":
            self.texts.append(unescaped("".join(self._text)))
        elif name == "rPh":
            self._aside -= 1
