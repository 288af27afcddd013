"""docs/model.md and docs/model.ja.md name every key and every word that the file may hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from kyogyo.revenue_model import RevenueModel

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["model.md", "model.ja.md"]


def classes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from classes(field.annotation)
    for part in get_args(annotation):
        yield from classes(part)


def fixed_words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
    for part in get_args(annotation):
        yield from fixed_words(part)


DECLARED = set(classes(RevenueModel))
FIELDS = [field for declared in DECLARED for field in declared.model_fields.items()]


@pytest.mark.parametrize("page", PAGES)
def test_page_names_every_key(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`\[{0,2}(\w+)\]{0,2}`", text)) | set(re.findall(r"(\w+) =", text))

    assert sorted({name for name, _ in FIELDS} - named) == []


@pytest.mark.parametrize("page", PAGES)
def test_page_names_every_fixed_word(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    words = {word for _, field in FIELDS for word in fixed_words(field.annotation)}

    assert sorted(word for word in words if f'"{word}"' not in text) == []


@pytest.mark.parametrize("page", PAGES)
def test_needed_keys_are_bold_and_no_others(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    needed = {
        name
        for name, field in FIELDS
        # These are told in the row of what holds them.
        if field.is_required() and name not in {"en", "ja", "evidence", "hours", "column", "at"}
    }
    sections = {"departments", "tracks", "stages"}

    bold = set(re.findall(r"\*\*`(\w+)`\*\*", text))
    assert bold >= needed - sections - {"owner", "values"}
    assert bold <= needed | sections


def test_both_pages_have_the_same_rows() -> None:
    def first_cells(page: str) -> list[list[str]]:
        text = (DOCS / page).read_text(encoding="utf-8")
        rows = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
        return [re.findall(r"`(\w+)`", row) for row in rows if "`" in row]

    assert first_cells("model.md") == first_cells("model.ja.md")


def test_inline_examples_are_toml() -> None:
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    tables = re.findall(r"`(\{[^`]+\})`", text)

    assert len(tables) == 5
    for table in tables:
        assert tomllib.loads(f"example = {table}")
