"""The events of an XES log as a stream of texts by column."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from kyogyo.errors import SourceError

Cells = dict[str, str]

_KINDS = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
# What a gz log may grow to: this much in any case, beyond it only at an ordinary ratio.
_UNPACKED_AT_LEAST = 500 * 1024**2
_UNPACKED_RATIO = 200


def events(path: Path) -> Iterator[Cells]:
    """The events in the order of the file, each with the attributes of its case (`case:` names).

    Only one case is in memory at a time. Raises SourceError when the file is no XES, is broken, or
    declares entities or a document type, which no log needs.
    """
    root: Element | None = None
    case: Cells = {}
    is_log = False
    inside = False
    try:
        with _open(path) as file:
            for kind, element in ElementTree.iterparse(
                file, events=("start", "end"), forbid_dtd=True
            ):
                name = _local(element)
                if kind == "start":
                    if root is None:
                        root = element
                        is_log = name == "log"
                        if not is_log:
                            raise _no_log(path)
                    inside = inside or name == "trace"
                    continue
                if name == "trace":
                    case = _attributes(element, "case:")
                    for each in element:
                        if _local(each) == "event":
                            yield {**case, **_attributes(each, "")}
                    inside = False
                if not inside and root is not None and name in {"trace", "event"}:
                    if name == "event":
                        yield _attributes(element, "")  # an event that no case owns
                    root.clear()
    except DefusedXmlException as error:
        raise _attack(path) from error
    except (ParseError, EOFError, LookupError, OSError, ValueError, zlib.error) as error:
        raise _broken(path, str(error)) from error
    if not is_log:
        raise _no_log(path)


def _attributes(element: Element, before: str) -> Cells:
    """The attributes below an element by name; one inside another as `outer:inner`."""
    cells: Cells = {}
    for child in element:
        kind = _local(child)
        if kind == "values":  # the content of a list
            cells.update(_attributes(child, before))
            continue
        if kind not in _KINDS:
            continue
        name = before + child.get("key", "")
        if kind not in {"list", "container"}:
            # A name that occurs again (allowed in a list) keeps both of its values.
            value = child.get("value", "")
            cells[name] = f"{cells[name]}; {value}" if name in cells else value
        cells.update(_attributes(child, f"{name}:"))
    return cells


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if not packed:
        return path.open("rb")
    limit = max(_UNPACKED_AT_LEAST, path.stat().st_size * _UNPACKED_RATIO)
    return cast(BinaryIO, _Limited(cast(BinaryIO, gzip.open(path, "rb")), limit, path))


class _Limited:
    """Reads until more has come out of a gz file than a log can hold."""

    def __init__(self, file: BinaryIO, left: int, path: Path) -> None:
        self._file = file
        self._left = left
        self._path = path

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise SourceError(
                en=f"{self._path.name} unpacks to over {_UNPACKED_RATIO} times its size. It is "
                "refused as a possible bomb; unpack it yourself if you trust it.",
                ja=f"{self._path.name} は展開すると元の {_UNPACKED_RATIO} 倍を超えます。危険なファイルの"
                "可能性があるため読みません。信頼できるなら展開してから指定してください。",
            )
        return piece

    def __enter__(self) -> _Limited:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _no_log(path: Path) -> SourceError:
    return SourceError(
        en=f"{path.name} is XML, but no XES event log. Export the log as XES, or the table as CSV.",
        ja=f"{path.name} は XML ですが、XES のイベントログではありません。XES か CSV で書き出してください。",
    )


def _attack(path: Path) -> SourceError:
    return SourceError(
        en=f"{path.name} declares a document type or entities, which no event log needs and attacks "
        "use. It is refused. Export the log again.",
        ja=f"{path.name} は文書型やエンティティを宣言しています。イベントログには不要で、攻撃に使われるもの"
        "なので読みません。ログを書き出し直してください。",
    )


def _broken(path: Path, why: str) -> SourceError:
    return SourceError(
        en=f"{path.name} breaks off or is damaged ({why}). Nothing of it is taken; export it again.",
        ja=f"{path.name} は途中で切れているか壊れています({why})。何も取り込みません。書き出し直して"
        "ください。",
    )
