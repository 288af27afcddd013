from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.values import parse_times
from kyogyo.errors import SourceError


def written(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (["0012", None, "東京"], ["0012", "", "東京"]),
        ([1054, -1, None], ["1054", "-1", ""]),
        ([1054.0, 0.1 + 0.2, float("nan")], ["1054", "0.3", ""]),
        ([True, False, None], ["true", "false", ""]),
        ([date(2026, 4, 1), None, None], ["2026-04-01", "", ""]),
        ([Decimal("12.50"), Decimal("1E+3"), None], ["12.50", "1000.00", ""]),
        ([[1, 2], None, []], ["[1, 2]", "", "[]"]),
        ([{"a": "名"}, None, None], ['{"a": "名"}', "", ""]),
        ([b"\x00\xff", None, None], ["00ff", "", ""]),
        ([timedelta(hours=1), None, None], ["1:00:00", "", ""]),
        (pa.array(["x", None, "x"]).dictionary_encode(), ["x", "", "x"]),
    ],
)
def test_values_are_written_plainly(tmp_path: Path, values: Any, cells: list[str]) -> None:
    with open_table(written(tmp_path / "t.parquet", a=values)) as table:
        assert [batch.columns["a"] for batch in table.batches()] == [cells]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_timestamps_keep_their_instant(tmp_path: Path, unit: str, zone: str | None) -> None:
    moment = datetime(2026, 4, 1, 9, 5, tzinfo=UTC)
    values = pa.array([int(moment.timestamp())], pa.int64()).cast(pa.timestamp("s"))
    values = values.cast(pa.timestamp(unit)).cast(pa.timestamp(unit, tz=zone))

    with open_table(written(tmp_path / "t.parquet", at=values)) as table:
        cells = next(table.batches()).columns["at"]

    found, _, problems = parse_times(cells, zone="UTC")
    assert problems == {}
    assert int(found[0]) == int(moment.timestamp()) * 1_000_000


def test_columns_and_sizes_are_followed(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", a=list(range(25_000)), b=["x"] * 25_000)

    with open_table(path) as table:
        assert (table.info.format, table.info.columns) == ("parquet", ("a", "b"))
        assert table.info.rows_estimate == 25_000
        sizes = [(b.first_row, len(b.rows)) for b in table.batches(columns=["b"], size=20_000)]

    assert sizes == [(1, 20_000), (20_001, 5_000)]


def test_nul_in_a_text_refuses_its_row(tmp_path: Path) -> None:
    with open_table(written(tmp_path / "t.parquet", a=["x", "y\0", "z"])) as table:
        batch = next(table.batches())

    assert batch.columns == {"a": ["x", "z"]}
    assert [(each.row, each.column, each.value) for each in batch.refusals] == [(2, "a", "y\\x00")]


def test_duplicate_columns_and_no_rows_are_said(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    pq.write_table(twice, tmp_path / "twice.parquet")

    with pytest.raises(SourceError, match='has "a" twice'):
        open_table(tmp_path / "twice.parquet")
    with pytest.raises(SourceError, match="and no rows"):
        open_table(written(tmp_path / "none.parquet", a=pa.array([], pa.int64())))


def test_file_that_breaks_off_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", a=list(range(1_000)))
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(SourceError, match="is Parquet, but damaged"):
        open_table(path)


def test_damage_in_the_middle_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", a=[f"{n * 7919}" for n in range(5_000)])
    content = bytearray(path.read_bytes())
    content[40:2_000] = b"\xff" * 1_960
    path.write_bytes(content)

    with pytest.raises(SourceError, match="is Parquet, but damaged"), open_table(path) as table:
        list(table.batches())
