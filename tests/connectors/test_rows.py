from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kyogyo.connectors.rows import require_file
from kyogyo.connectors.tables import open_table
from kyogyo.errors import SourceError


def test_batches_without_columns_give_all_of_them_in_order(whole: Callable) -> None:
    found = whole("b,a\n1,2\n3,4\n")

    assert found.table.info.columns == ("b", "a")
    assert found.rows == [("1", "2"), ("3", "4")]
    assert found.numbers == [1, 2]
    assert found.lines == [2, 3]


def test_batches_with_columns_give_these_in_the_order_asked(whole: Callable) -> None:
    assert whole("b,a,c\n1,2,3\n", columns=["c", "b", "c"]).rows == [("3", "1")]


def test_batches_hold_at_most_size_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "".join(f"{n}\n" for n in range(7)))

    with open_table(path) as table:
        sizes = [(batch.first_row, list(batch.rows)) for batch in table.batches(size=3)]

    assert sizes == [(1, [1, 2, 3]), (4, [4, 5, 6]), (7, [7])]


def test_batches_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n")

    with open_table(path) as table:
        first = [batch.columns for batch in table.batches()]
        next(table.batches(size=1))
        assert [batch.columns for batch in table.batches()] == first == [{"a": ["1", "2"]}]


def test_batches_of_a_missing_column_name_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("deal_stage,amount\nx,1\n")

    with open_table(path) as table, pytest.raises(SourceError) as caught:
        table.batches(columns=["deal_stge", "金額"])

    assert caught.value.text.en == (
        't.csv has no column "deal_stge", "金額". Nearest: for "deal_stge" perhaps "deal_stage". '
        "Its columns are: deal_stage, amount. Correct the mapping."
    )
    assert "「deal_stge」は「deal_stage」かもしれません" in caught.value.text.ja


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        open_table(tmp_path / "none.csv")


def test_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a file"):
        open_table(tmp_path)


def test_file_of_no_bytes_is_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()

    with pytest.raises(SourceError, match="is empty") as caught:
        open_table(path)

    assert caught.value.text.ja == "empty.csv は空です(0 バイト)。もう一度書き出してください。"


def test_file_name_that_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.csv"
    path.write_text("a\n1\n")

    with pytest.raises(SourceError, match="Rename it") as caught:
        open_table(path)

    assert caught.value.text.en.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("a\n1\n")
    path.chmod(0)

    with pytest.raises(SourceError, match="can't be read"):
        require_file(path)
