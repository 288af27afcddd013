"""References by code: the ones that lead nowhere, and the ones that stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kyogyo.revenue_model.declaration import Section
from kyogyo.revenue_model.lines import Path
from kyogyo.revenue_model.problems import Problem
from kyogyo.revenue_model.spelling import unknown_word
from kyogyo.words import Text


def unknown(kind: str, code: str | None, section: Section[Any], path: Path) -> Iterator[Problem]:
    """A problem if `code` is given and isn't one of the section's."""
    if code is not None and section.is_known and code not in section:
        yield Problem(path, unknown_word(kind, code, section.codes))


def unknown_in(
    kind: str, codes: Iterable[str], section: Section[Any], path: Path
) -> Iterator[Problem]:
    for position, code in enumerate(codes):
        yield from unknown(kind, code, section, (*path, position))


def repeats(codes: Iterable[str]) -> list[tuple[int, str, int]]:
    """(position, code, first position) of every code that stood before."""
    first: dict[str, int] = {}
    repeats = []
    for position, code in enumerate(codes):
        if code in first:
            repeats.append((position, code, first[code]))
        first.setdefault(code, position)
    return repeats


def twice(code: str) -> Text:
    """Says that a code stands twice in one list."""
    return Text(en=f'"{code}" stands twice.', ja=f"「{code}」が2回あります。")
