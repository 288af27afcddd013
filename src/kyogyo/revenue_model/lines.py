"""Where in a TOML text each key stands: the parser doesn't say, and a person has to find it."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_WORD = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
# No model is deeper; a key of thousands of parts must not fill the memory.
_DEEPEST = 12
_QUOTES = re.compile(r'"""|\'\'\'')


def find_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every section header and every key that begins a line.

    `[[stages]]` for the fourth time is `("stages", 3)`. Keys inside inline tables aren't found:
    `line_of` then answers with the line of the key that holds them.
    """
    found: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    here: Path = ()
    quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        began_inside = quote
        for mark in _QUOTES.findall(line):
            quote = "" if quote == mark else quote or mark
        if began_inside:
            continue
        if header := _HEADER.match(line):
            here = _enter(_words(header[2]), arrays, is_entry=header[1] == "[[")
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            words = _words(key[1])
            for end in range(1, min(len(words), _DEEPEST) + 1):
                found.setdefault((*here, *words[:end]), number)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of `path`, or of the nearest thing around it that has one."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _words(dotted: str) -> tuple[str, ...]:
    return tuple(word.strip("\"'") for word in _WORD.findall(dotted))


def _enter(words: tuple[str, ...], arrays: dict[Path, int], *, is_entry: bool) -> Path:
    """The path of a header, with the number of the entry it is in after each array."""
    path: Path = ()
    for position, word in enumerate(words):
        path = (*path, word)
        if is_entry and position == len(words) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path
