"""The names of the columns: there must be some, and no two alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kyogyo.connectors.tables.text.decoding import MARK, shown
from kyogyo.errors import SourceError
from kyogyo.words import Text

_LIKE_DATA = re.compile(
    r"[-+]?[\d.,]+|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|[{\[].*|\S+@\S+\.\S+", re.DOTALL
)


def checked_header(
    cells: Sequence[str], *, path: Path, line: int
) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """The names in the header and what is to be said of them. Spaces around names are dropped.

    A column without a name is called `#3` by its position. Raises SourceError for a name that
    occurs twice, or that doesn't decode.
    """
    names = [cell.strip().strip("\ufeff") for cell in cells]
    notes = []
    for place, name in enumerate(names):
        if MARK.search(name) or "\0" in name:
            raise _unreadable(path, line=line, place=place + 1, name=name)
    unnamed = [place + 1 for place, name in enumerate(names) if not name]
    names = [name or f"#{place}" for place, name in enumerate(names, start=1)]
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if name in seen:
            raise _twice(path, line=line, name=name, places=(seen[name], place))
        seen[name] = place
    if unnamed:
        notes.append(_unnamed(unnamed))
    if any(_LIKE_DATA.fullmatch(name) for name in names):
        notes.append(_like_data(names))
    return tuple(names), tuple(notes)


def no_rows(path: Path, *, columns: Sequence[str]) -> SourceError:
    """The error for a table that is a header and nothing else."""
    listed = ", ".join(columns[:20])
    return SourceError(
        en=f"{path.name} has a header ({listed}) and no rows. There is nothing to take; "
        "export it again if that is a surprise.",
        ja=f"{path.name} は見出し({listed})だけで、データの行がありません。"
        "行があるはずなら、もう一度書き出してください。",
    )


def _unreadable(path: Path, *, line: int, place: int, name: str) -> SourceError:
    return SourceError(
        en=f"The header of {path.name} (line {line}, column {place}) can't be read: {shown(name)}. "
        "State the encoding of the file, or save it again as UTF-8.",
        ja=f"{path.name} の見出し({line} 行目、{place} 列目)が読めません: {shown(name)}。"
        "文字コードを指定するか、UTF-8 で保存し直してください。",
    )


def _twice(path: Path, *, line: int, name: str, places: tuple[int, int]) -> SourceError:
    first, second = places
    return SourceError(
        en=f'The header of {path.name} (line {line}) has "{name}" twice, as columns {first} and '
        f"{second}. It is not clear which is meant: rename one of them.",
        ja=f"{path.name} の見出し({line} 行目)に「{name}」が 2 回あります({first} 列目と {second} "
        "列目)。どちらを指すか決められないので、一方の名前を変えてください。",
    )


def _unnamed(places: Sequence[int]) -> Text:
    listed = ", ".join(f"#{place}" for place in places[:20])
    return Text(
        en=f"Columns without a name are called by their position: {listed}.",
        ja=f"名前のない列は位置で呼びます: {listed}。",
    )


def _like_data(names: Sequence[str]) -> Text:
    example = next(name for name in names if _LIKE_DATA.fullmatch(name))
    return Text(
        en=f'The first line was read as the header, but it looks like data ("{shown(example, limit=40)}"). '
        "If the file has no header, add one.",
        ja=f"先頭の行を見出しとして読みましたが、データのようです(「{shown(example, limit=40)}」)。"
        "見出しのないファイルなら、見出しの行を加えてください。",
    )
