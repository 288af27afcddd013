"""Which sign stands between the cells of a text table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from kyogyo.errors import SourceError

DELIMITERS = (",", "\t", ";", "|")
LINES_LOOKED_AT = 200

_SAID_BY_EXCEL = re.compile(r"sep=(.)\r?\n?")


def said_by_excel(line: str) -> str | None:
    """The delimiter in a first line like `sep=;`, which Excel writes and hides."""
    match = _SAID_BY_EXCEL.fullmatch(line)
    return match.group(1) if match else None


def find_delimiter(lines: Sequence[str], *, path: Path) -> str:
    """The delimiter that gives most lines as many cells as the header, outside of quotes.

    `lines` are the first ones of the file, from the header on. With no delimiter in the header
    it is a table of one column, and the answer is a comma.
    """
    if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) and "\t" in lines[0]:
        return "\t"
    # A carriage return inside a line is an error to the csv module; it doesn't matter here.
    sample = [line.replace("\r", "") for line in lines[:LINES_LOOKED_AT]]
    best, best_fit = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        rows = [row for row in csv.reader(sample, delimiter=delimiter) if row]
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        fit = (round(sum(len(row) == width for row in rows) / len(rows), 2), width)
        if fit > best_fit:
            best, best_fit = delimiter, fit
    return best


def checked_delimiter(stated: str) -> str:
    """The delimiter a person stated, also by its name. Raises SourceError."""
    known = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
    delimiter = known.get(stated.lower(), stated)
    if len(delimiter) == 1 and delimiter not in '"\r\n':
        return delimiter
    raise SourceError(
        en=f'"{stated}" can\'t be a delimiter. State one sign: , or ; or | or tab.',
        ja=f"「{stated}」は区切り文字にできません。, ; | tab のどれか 1 文字を指定してください。",
    )
