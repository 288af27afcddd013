"""Reading a table whole, in the words that tests compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kyogyo.connectors.rows import Refusal, Table
from kyogyo.connectors.tables import open_table


@dataclass(frozen=True)
class Whole:
    """All of a table: rows as tuples of cells, their numbers and lines, refusals, notes."""

    rows: list[tuple[str, ...]]
    numbers: list[int]
    lines: list[int]
    refusals: list[Refusal]
    notes: list[str]
    table: Table

    @property
    def reasons(self) -> list[tuple[int, str | None, str]]:
        """Row, column and the first words of each reason."""
        return [(each.row, each.column, each.reason.en.split(".")[0]) for each in self.refusals]


def read_whole(table: Table, **how: Any) -> Whole:
    """Everything that the table gives, with the laws that every batch must keep."""
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    lines: list[int] = []
    refusals: list[Refusal] = []
    last = 0
    for batch in table.batches(**how):
        assert {len(cells) for cells in batch.columns.values()} <= {len(batch.rows)}
        assert len(batch.lines) == len(batch.rows)
        accounted = sorted([*batch.rows, *(each.row for each in batch.refusals)])
        assert accounted[0] == batch.first_row > last
        assert len(set(accounted)) == len(accounted)
        last = accounted[-1]
        rows += zip(*batch.columns.values(), strict=True)
        numbers += batch.rows
        lines += batch.lines
        refusals += batch.refusals
    return Whole(rows, numbers, lines, refusals, [note.en for note in table.notes], table)


@pytest.fixture
def whole(tmp_path: Path) -> Callable[..., Whole]:
    """Writes a file of these bytes (or this text in UTF-8) and reads all of it."""

    def read(content: bytes | str, name: str = "table.csv", **how: Any) -> Whole:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        reading = {key: how.pop(key) for key in ("columns", "size") if key in how}
        with open_table(path, **how) as table:
            return read_whole(table, **reading)

    return read
