from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.text.encodings import fits
from kyogyo.errors import SourceError


def test_info_tells_what_was_found(whole: Callable) -> None:
    info = whole("コード;名前\n0012;東京\n0013;大阪\n".encode("cp932")).table.info

    assert (info.format, info.encoding, info.delimiter, info.sheet) == ("csv", "cp932", ";", "")
    assert (info.columns, info.rows_estimate, info.notes) == (("コード", "名前"), 2, ())


def test_cells_are_kept_as_they_are(whole: Callable) -> None:
    assert whole('a,b\n" 0012 ",=1+2\n').rows == [(" 0012 ", "=1+2")]


def test_duplicate_header_names_both_places(whole: Callable) -> None:
    with pytest.raises(SourceError) as caught:
        whole("id,日付,金額,日付 \n1,2,3,4\n")

    assert caught.value.text.en == (
        'The header of table.csv (line 1) has "日付" twice, as columns 2 and 4. It is not clear '
        "which is meant: rename one of them."
    )
    assert "2 列目と 4 列目" in caught.value.text.ja


def test_columns_without_a_name_go_by_their_place(whole: Callable) -> None:
    found = whole(",b,\n1,2,3\n")

    assert found.table.info.columns == ("#1", "b", "#3")
    assert found.notes == ["Columns without a name are called by their position: #1, #3."]


@pytest.mark.parametrize(
    "first", ["1,東京,x", "a,2026-04-01,b", 'a,b,{"x": 1}', "a,b@example.com,c"]
)
def test_first_line_that_looks_like_data_is_noted(whole: Callable, first: str) -> None:
    assert "it looks like data" in whole(f"{first}\n2,大阪,y\n").notes[0]


@pytest.mark.parametrize("content", ["a,b\n", "a,b", "\n\na,b\n\n\n"])
def test_header_without_rows_is_said(whole: Callable, content: str) -> None:
    with pytest.raises(SourceError, match=r"has a header \(a, b\) and no rows"):
        whole(content)


def test_file_of_empty_lines_is_said(whole: Callable) -> None:
    with pytest.raises(SourceError, match="nothing but empty lines"):
        whole("\n \n\r\n")


@pytest.mark.parametrize("content", ['"a,b\n1,2\n', '"a"x,b\n1,2\n'])
def test_broken_header_is_said(whole: Callable, content: str) -> None:
    with pytest.raises(SourceError, match="has a quotation mark that is not closed"):
        whole(content)


def test_header_of_several_lines_is_read(whole: Callable) -> None:
    found = whole('"a\nb",c\n1,2\n')

    assert found.table.info.columns == ("a\nb", "c")
    assert (found.rows, found.lines) == ([("1", "2")], [3])


def test_header_that_does_not_decode_is_said(whole: Callable) -> None:
    with pytest.raises(SourceError, match=r"\(line 1, column 2\) can't be read"):
        whole("a,日付\n1,2\n".encode("euc_jp"), encoding="utf-8")


# Control characters but line ends and tabs are left out: a text full of them is taken for binary.
LINES = "\n\r\t"
TEXT = {
    "utf-8": st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(LINES),
    "utf-16": st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(LINES),
    "cp932": st.characters(
        codec="cp932", exclude_categories=["Cc"], exclude_characters="\xa0¢£¬‖−〜"
    )
    | st.sampled_from(LINES),
}


@settings(max_examples=150)
@given(data=st.data(), encoding=st.sampled_from(sorted(TEXT)), delimiter=st.sampled_from(",;\t|"))
def test_any_table_of_text_comes_back(data: st.DataObject, encoding: str, delimiter: str) -> None:
    cell = st.text(alphabet=TEXT[encoding], max_size=8)
    width = data.draw(st.integers(1, 4))
    rows = data.draw(
        st.lists(st.lists(cell, min_size=width, max_size=width).filter(any), min_size=1, max_size=8)
    )
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow([f"列{n}" for n in range(width)])
    writer.writerows(rows)
    content = written.getvalue().encode(encoding)
    # A line of rare kanji may be UTF-8 by accident, and is refused then.
    lines = content.split(b"\n") if encoding == "cp932" else []
    assume(all(line.isascii() or not fits(line, "utf-8") for line in lines))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        with open_table(path, encoding=encoding, delimiter=delimiter) as table:
            batches = list(table.batches(size=3))

    found = [list(row) for b in batches for row in zip(*b.columns.values(), strict=True)]
    assert [each for b in batches for each in b.refusals] == []
    assert found == rows
