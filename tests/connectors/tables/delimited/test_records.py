"""Rows that are broken cost themselves and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.connectors.tables.delimited.records import RecordReader, Records
from kyogyo.connectors.tables.text.pieces_of_text import TextPiece

UNCLOSED = 'A quotation mark (") is opened on this line and not closed'
TEXT_AFTER = 'After a closing quotation mark (") more text follows before the next cell'


def test_unclosed_quote_costs_its_own_line(whole: Callable) -> None:
    found = whole('a,b,c\n1,"x,y\n2,x,y\n3,x,y\n')

    assert found.rows == [("2", "x", "y"), ("3", "x", "y")]
    assert found.reasons == [(1, None, UNCLOSED)]
    assert (found.refusals[0].value, found.refusals[0].line) == ('1,"x,y', 2)


def test_unclosed_quote_before_quoted_rows_costs_its_own_line(whole: Callable) -> None:
    found = whole('a,b\n1,"x\n2,"y"\n3,"z"\n')

    assert found.rows == [("2", "y"), ("3", "z")]
    assert found.reasons == [(1, None, TEXT_AFTER)]


def test_quote_closed_far_below_does_not_swallow_rows_between(whole: Callable) -> None:
    rows = "".join(f"{n},x,y\n" for n in range(2, 50))

    found = whole(f'a,b,c\n1,"x,y\n{rows}50,x",y\n51,x,y\n')

    # The line of the opening mark is refused. A mark inside a bare cell is part of its text.
    assert [row[0] for row in found.rows] == [str(n) for n in range(2, 52)]
    assert found.rows[-2] == ("50", 'x"', "y")
    assert found.reasons == [(1, None, UNCLOSED)]


def test_unclosed_quote_in_the_middle_of_a_large_file_costs_one_row(whole: Callable) -> None:
    rows = [f'{n},"商談, {n}",x' for n in range(100_000)]
    rows[50_000] = '50000,"商談,x'

    found = whole("id,名,c\n" + "\n".join(rows) + "\n")

    assert len(found.rows) == 99_999
    assert [each.row for each in found.refusals] == [50_001]


def test_unclosed_quote_without_any_other_costs_one_row_of_many(whole: Callable) -> None:
    rows = [f"{n},x,y" for n in range(150_000)]
    rows[10] = '10,"x,y'

    found = whole("a,b,c\n" + "\n".join(rows) + "\n")

    assert len(found.rows) == 149_999
    assert found.reasons == [(11, None, UNCLOSED)]


def test_cell_of_several_lines_is_one_cell(whole: Callable) -> None:
    found = whole('a,b\n1,"first\n\nthird, ""quoted"""\n2,y\n')

    assert found.rows == [("1", 'first\n\nthird, "quoted"'), ("2", "y")]
    assert (found.numbers, found.lines) == ([1, 2], [2, 5])


def test_cell_of_several_lines_may_cross_pieces_of_the_file(whole: Callable) -> None:
    filler = "".join(f"{n},{'x' * 90}\n" for n in range(25_000))
    text = "line\n" * 900

    found = whole(f'a,b\n{filler}y,"{text}"\n{filler}')

    assert len(found.rows) == 50_001
    assert found.rows[25_000] == ("y", text)
    assert found.lines[25_001] == 25_002 + 901


def test_address_with_commas_on_two_lines_is_not_taken_for_rows(whole: Callable) -> None:
    found = whole('a,b,c\n1,"Minato, Tokyo\nShiba, Tower",y\n')

    assert found.rows == [("1", "Minato, Tokyo\nShiba, Tower", "y")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "1,2,3,4",
            "4 cells where the header has 3: perhaps a delimiter inside a text without quotation marks",
        ),
        ("1,2", "2 cells where the header has 3: the row is cut off or was split"),
        ("1", "1 cells where the header has 3: the row is cut off or was split"),
        ('1,"x"y,3', TEXT_AFTER),
        ("1,x\ry,3", "A carriage return stands inside a cell without quotation marks"),
    ],
)
def test_broken_row_is_refused_with_its_reason(whole: Callable, line: str, reason: str) -> None:
    found = whole(f"a,b,c\n0,0,0\n{line}\n9,9,9\n")

    assert found.rows == [("0", "0", "0"), ("9", "9", "9")]
    assert found.reasons == [(2, None, reason)]


def test_row_with_wrong_cells_over_several_lines_is_one_refusal(whole: Callable) -> None:
    found = whole('a,b,c\n1,"x\ny"\n2,x,y\n')

    assert found.rows == [("2", "x", "y")]
    assert [(each.row, each.line, each.value) for each in found.refusals] == [(1, 2, '1,"x\ny"')]


def test_empty_lines_are_counted_and_keep_their_numbers(whole: Callable) -> None:
    found = whole("\n\na,b\n\n1,2\n,\n   \n3,4\n\n")

    assert found.rows == [("1", "2"), ("3", "4")]
    assert (found.numbers, found.lines) == ([2, 5], [5, 8])
    assert found.notes == ["4 empty lines were skipped."]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [1, 0])
def test_lines_may_end_in_any_way(whole: Callable, end: str, last: int) -> None:
    found = whole(f"a,b{end}1,2{end}3,4{end * last}")

    assert found.rows == [("1", "2"), ("3", "4")]


def test_quotes_inside_bare_cells_are_text(whole: Callable) -> None:
    assert whole('a\tb\n1\t{"x": 3}\n2\t5" disk\n').rows == [("1", '{"x": 3}'), ("2", '5" disk')]


def test_separators_of_unicode_do_not_end_a_line(whole: Callable) -> None:
    assert whole("a,b\n1,x\u2028y\x0bz\x85\n2,x\n").rows == [("1", "x\u2028y\x0bz\x85"), ("2", "x")]


def test_cell_of_a_megabyte_is_read(whole: Callable) -> None:
    assert whole(f'a,b\n1,"{"長" * 1_000_000}"\n').rows == [("1", "長" * 1_000_000)]


def test_four_hundred_columns_are_read(whole: Callable) -> None:
    names = [f"列{n}" for n in range(400)]
    text = ",".join(names) + "\n" + (",".join(map(str, range(400))) + "\n") * 3_000

    found = whole(text, columns=["列399", "列0"])

    assert found.rows == [("399", "0")] * 3_000


def test_wide_tables_come_in_smaller_batches(
    whole: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyogyo.connectors.tables.batching.CELLS_IN_A_BATCH", 8)
    table = whole("a,b,c,d\n" + "1,2,3,4\n" * 5).table

    assert [len(batch.rows) for batch in table.batches()] == [2, 2, 1]


def records(text: str, *, width: int, cut: Sequence[int] = ()) -> list[Records]:
    """The records of a text that comes in pieces cut after these lines."""
    lines = list(io.StringIO(text, newline="\n"))
    ends = sorted({*cut, len(lines)})
    pieces = [
        TextPiece("".join(lines[a:b]), odd=False)
        for a, b in zip([0, *ends], ends, strict=False)
        if lines[a:b]
    ]
    columns = [f"c{n}" for n in range(width)]
    reader = RecordReader(columns=columns, delimiter=",", encoding="utf-8", first_line=1)
    return list(reader.read(pieces))


CELL = st.text(alphabet='ab",\n\r 商', max_size=6)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=2).filter(any), max_size=12),
    cut=st.lists(st.integers(0, 40), max_size=4),
)
def test_any_table_comes_back_wherever_it_is_cut(rows: list[list[str]], cut: list[int]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(rows)

    found = records(written.getvalue(), width=2, cut=cut)

    assert [cells for piece in found for cells in piece.cells] == rows
    assert [row for piece in found for row in piece.rows] == list(range(1, len(rows) + 1))


@given(text=st.text(alphabet='a,"\n\r', max_size=60), cut=st.lists(st.integers(0, 20), max_size=3))
def test_any_text_is_accounted_for_line_by_line(text: str, cut: list[int]) -> None:
    found = records(text, width=2, cut=cut)
    whole = records(text, width=2)

    count = sum(len(piece.rows) + len(piece.refusals) + piece.empty for piece in found)
    numbers = sorted(
        [row for piece in found for row in piece.rows]
        + [each.row for piece in found for each in piece.refusals]
    )
    assert numbers == sorted(set(numbers))
    assert not numbers or numbers[-1] <= count
    assert [piece.cells for piece in whole if piece.cells] == (
        [[cells for piece in found for cells in piece.cells]] if any(p.cells for p in found) else []
    )


@given(
    bad=st.sampled_from(['1,"x', '"', '1,"x"y', "1,2,3", "1", '1,"x""']),
    before=st.integers(0, 5),
    after=st.integers(0, 5),
)
def test_one_broken_line_never_costs_another(bad: str, before: int, after: int) -> None:
    sound = ["s,t"] * before, ["u,v"] * after
    text = "".join(f"{line}\n" for line in [*sound[0], bad, *sound[1]])

    found = records(text, width=2)

    assert [cells for piece in found for cells in piece.cells] == [["s", "t"]] * before + [
        ["u", "v"]
    ] * after
    assert [each.row for piece in found for each in piece.refusals] == [before + 1]
