from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.errors import SourceError


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_found(whole: Callable, delimiter: str) -> None:
    rows = [["名", "a,b;c", "x"], ["1", "2|3\t4", "5"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + "\n"

    found = whole(text)

    assert found.table.info.delimiter == delimiter
    assert found.rows == [("1", "2|3\t4", "5")]


def test_decimal_commas_do_not_look_like_delimiters(whole: Callable) -> None:
    found = whole("id;amount;rate\n1;1.234,50;0,5\n2;2,00;1,0\n")

    assert found.table.info.delimiter == ";"
    assert found.rows[0] == ("1", "1.234,50", "0,5")


def test_tab_goes_first_in_a_tsv(whole: Callable) -> None:
    assert whole("a,b\tc,d\n1,2\t3,4\n", name="t.tsv").rows == [("1,2", "3,4")]


def test_line_of_excel_names_the_delimiter(whole: Callable) -> None:
    found = whole("sep=;\na;b,c\n1;2,3\n")

    assert found.table.info.columns == ("a", "b,c")
    assert (found.rows, found.lines) == ([("1", "2,3")], [3])


@pytest.mark.parametrize("stated", ["|", "pipe"])
def test_stated_delimiter_is_used(whole: Callable, stated: str) -> None:
    assert whole("a,b|c\n1,2|3\n", delimiter=stated).table.info.columns == ("a,b", "c")


@pytest.mark.parametrize("stated", ["", ";;", '"', "\n"])
def test_delimiter_that_is_none_is_said(whole: Callable, stated: str) -> None:
    if not stated:
        assert whole("a,b\n1,2\n", delimiter=stated).table.info.delimiter == ","
        return
    with pytest.raises(SourceError, match="can't be a delimiter"):
        whole("a,b\n1,2\n", delimiter=stated)


def test_one_column_is_read_with_a_note(whole: Callable) -> None:
    found = whole("mail\na@example.com\n\nb@example.com\n")

    assert found.rows == [("a@example.com",), ("b@example.com",)]
    assert found.notes == [
        'Only one column was found ("mail"). If there should be more, state the delimiter.',
        "1 empty lines were skipped.",
    ]


def test_title_above_the_header_is_said(whole: Callable) -> None:
    with pytest.raises(SourceError, match=r"Line 1 of table\.csv has one cell where a header"):
        whole("売上一覧\nid,日付\n1,2026-04-01\n")
