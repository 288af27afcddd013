from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kyogyo.connectors.tables import open_table
from kyogyo.errors import SourceError

Rows = list[list[Any]]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes sheets of rows (by name) as a workbook."""

    def write(name: str = "book.xlsx", **sheets: Rows) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook again, one part of it changed (added when it is not there)."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b"").decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def rows_of(path: Path, **how: Any) -> list[tuple[str, ...]]:
    with open_table(path, **how) as table:
        return [
            row for batch in table.batches() for row in zip(*batch.columns.values(), strict=True)
        ]


NINE_FIVE = datetime(2026, 4, 1, 9, 5)  # noqa: DTZ001 -- workbooks know local times only


def test_cells_are_text_as_people_see_it(workbook: Callable) -> None:
    path = workbook(
        s=[
            ["コード", "金額", "日付", "時刻", "可否"],
            ["0012", 1054, date(2026, 4, 1), clock(9, 5), True],
            [" x ", 1054.5, NINE_FIVE, timedelta(hours=30), False],
            ["２", 0.1 + 0.2, NINE_FIVE + timedelta(seconds=7.25), None, None],
            ["1054", 12345678901, None, None, None],
            [-0.5, 1e20, None, None, None],
        ]
    )

    assert rows_of(path) == [
        ("0012", "1054", "2026-04-01", "09:05:00", "TRUE"),
        (" x ", "1054.5", "2026-04-01 09:05:00", "30:00:00", "FALSE"),
        ("２", "0.3", "2026-04-01 09:05:07.250", "", ""),
        ("1054", "12345678901", "", "", ""),
        ("-0.5", "100000000000000000000", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("yyyy/m/d", 46113, "2026-04-01"),
        ('ggge"年"m"月"d"日"', 46113, "2026-04-01"),
        ("[$-411]ge.m.d;@", 46113, "2026-04-01"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 46113, "2026-04-01"),
        ("m/d/yy h:mm", 46113.5, "2026-04-01 12:00:00"),
        ("[h]:mm", 1.5, "36:00:00"),
        ("h:mm", 0.5, "12:00:00"),
        ("00000", 42, "00042"),
        ("0000", 12345, "12345"),
        ("#,##0", 1054, "1054"),
        ('#,##0"円"', 1054, "1054"),
        ('0"days"', 7, "7"),
        ("[Red]0.00", 7, "7"),
        ("0.00E+00", 1054, "1054"),
        ("General", 46113, "46113"),
        ('General"円"', 46113, "46113"),
        ("0%", 0.25, "0.25"),
        ("yyyy/m/d", 1, "1900-01-01"),
        ("yyyy/m/d", -1, "-1"),
    ],
)
def test_format_of_a_cell_tells_dates_and_codes(
    tmp_path: Path, code: str, value: float, text: str
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "a"
    sheet["A2"] = value
    sheet["A2"].number_format = code
    book.save(tmp_path / "t.xlsx")

    assert rows_of(tmp_path / "t.xlsx") == [(text,)]


def test_dates_of_old_macintosh_workbooks_count_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append(["a"])
    book.worksheets[0].append([date(2026, 4, 1)])
    book.save(tmp_path / "t.xlsx")

    assert rows_of(tmp_path / "t.xlsx") == [("2026-04-01",)]


def test_first_visible_sheet_with_rows_is_read_and_the_others_named(workbook: Callable) -> None:
    path = workbook(空=[], 見出しだけ=[["a", "b"]], 商談=[["id"], [1]], 会社=[["x"], [2]])

    with open_table(path) as table:
        assert table.info.sheet == "商談"
        assert [note.en.split(". State")[0] for note in table.notes] == [
            'The sheet "商談" was read. There are others: "空", "見出しだけ", "会社"'
        ]
    assert rows_of(path, sheet="会社") == [("2",)]


def test_hidden_sheet_comes_last(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["h"])
    book.worksheets[0].append([1])
    book.worksheets[0].sheet_state = "hidden"
    shown = book.create_sheet("shown")
    shown.append(["s"])
    shown.append([2])
    book.save(tmp_path / "t.xlsx")

    assert rows_of(tmp_path / "t.xlsx") == [("2",)]


@pytest.mark.parametrize(
    ("sheets", "sheet", "message"),
    [
        ({"a": [["x"], [1]]}, "b", 'has no sheet "b". Its sheets: "a".'),
        ({"a": []}, None, "has no sheet with a table in it"),
        ({"a": [["x", "y"]]}, None, "has a header (x, y) and no rows"),
        ({"a": [["x", "y", "x"], [1, 2, 3]]}, None, '(line 1) has "x" twice, as columns 1 and 3'),
    ],
)
def test_sheet_that_is_no_table_is_said(
    workbook: Callable, sheets: dict[str, Rows], sheet: str | None, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        open_table(workbook(**sheets), sheet=sheet)

    assert message in caught.value.text.en


def test_header_is_found_below_a_title_and_beside_empty_columns(workbook: Callable) -> None:
    path = workbook(
        s=[
            ["2026年度 売上一覧"],
            [],
            [None, "id", "日付"],
            [None, "a", "x"],
            [],
            [None, "b", None],
            ["z"],
        ]
    )

    with open_table(path) as table:
        batch = next(table.batches())
        assert batch.columns == {"id": ["a", "b"], "日付": ["x", ""]}
        assert (list(batch.rows), list(batch.lines)) == ([1, 3], [4, 6])
        list(table.batches())
        assert [note.en for note in table.notes] == [
            "Row 3 was taken as the header; what stands above it as a title.",
            "1 empty rows between others were skipped.",
            "1 rows have cells outside the columns of the header; those cells were left out.",
        ]


def test_error_cells_refuse_the_row_only_when_their_column_is_asked_for(workbook: Callable) -> None:
    path = workbook(s=[["a", "b"], ["1", "x"], ["2", "#N/A"], ["3", "y"]])

    with open_table(path) as table:
        everything = next(table.batches())
        only_a = next(table.batches(columns=["a"]))

    assert everything.columns == {"a": ["1", "3"], "b": ["x", "y"]}
    refusal = everything.refusals[0]
    assert (refusal.row, refusal.line, refusal.column, refusal.value) == (2, 3, "b", "#N/A")
    assert (
        refusal.reason.ja
        == "セルがエラー #N/A になっています。数式を直すか、セルを空にしてください。"
    )
    assert (only_a.columns, only_a.refusals) == ({"a": ["1", "2", "3"]}, [])


def test_formula_gives_its_saved_result_and_is_never_computed(workbook: Callable) -> None:
    path = workbook(s=[["a", "b"], ["1", "=1+2"], ["2", "=1+2"], ["3", '=""']])
    saved = "<f>1+2</f><v>7</v>"  # wrong on purpose: what is saved counts
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<f>1+2</f><v />", saved, 1).replace("<f>1+2</f><v></v>", saved, 1),
    )

    with open_table(path) as table:
        batch = next(table.batches())
        list(table.batches())
        assert batch.columns["b"] == ["7", "", ""]
        assert [note.en.split(".")[0] for note in table.notes] == [
            "2 formulas have no saved result and count as empty"
        ]


def test_macros_are_noted_and_not_run(workbook: Callable) -> None:
    path = workbook(name="book.xlsm", s=[["a"], [1]])
    rewritten(path, "xl/vbaProject.bin", lambda _: "macro")

    with open_table(path) as table:
        assert [note.en for note in table.notes] == [
            "The workbook has macros. They are never run here."
        ]


def test_million_empty_rows_cost_nothing(workbook: Callable) -> None:
    path = workbook(s=[["a", "b"], ["1", "x"]])
    far = '<row r="1048576"><c r="XFD1048576" s="0"/><c r="A1048576"><v>9</v></c></row></sheetData>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", far))

    with open_table(path) as table:
        batch = next(table.batches())
        assert batch.columns == {"a": ["1", "9"], "b": ["x", ""]}
        assert list(batch.lines) == [2, 1048576]


SHARED = (
    "<sst><si><t>a</t></si><si><r><t>東</t></r><r><rPr/><t>京</t></r><rPh sb='0' eb='2'>"
    "<t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si><si><t>line_x000D__x0000__xD800_</t></si></sst>"
)


@pytest.fixture
def shared(workbook: Callable) -> Path:
    """A workbook as Excel writes it, its texts in a part of their own."""
    path = workbook(s=[["a"], ["x"]])
    cells = "".join(
        f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c></row>' for n in range(3)
    )
    relation = (
        '<Relationship Id="t" Target="sharedStrings.xml" Type="x/relationships/sharedStrings"/>'
    )
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda _: f"<worksheet><sheetData>{cells}</sheetData></worksheet>",
    )
    rewritten(path, "xl/sharedStrings.xml", lambda _: SHARED)
    return rewritten(
        path,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace("</Relationships>", f"{relation}</Relationships>"),
    )


def test_shared_texts_come_without_their_readings_and_with_all_their_runs(shared: Path) -> None:
    assert rows_of(shared) == [("東京",), ("line\r_x0000__xD800_",)]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<a><b></a>",
        "not xml",
        "<?xml version='1.0' encoding='klingon'?><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a/>",
    ],
)
def test_damaged_shared_texts_are_said(shared: Path, content: str) -> None:
    with pytest.raises(SourceError, match="damaged or incomplete"):
        open_table(rewritten(shared, "xl/sharedStrings.xml", lambda _: content))


def test_number_of_a_shared_text_beyond_the_list_is_said(shared: Path) -> None:
    rewritten(shared, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v>1</v>", "<v>99</v>"))

    with pytest.raises(SourceError, match="damaged or incomplete"):
        open_table(shared)


def test_shared_texts_too_large_for_memory_are_said(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyogyo.connectors.tables.workbooks.archive.KEPT_AT_MOST", 1_000)
    rewritten(shared, "xl/sharedStrings.xml", lambda xml: xml + " " * 1_000)
    with pytest.raises(SourceError, match="Save the sheet as CSV"):
        open_table(shared)


def test_inline_texts_and_prefixed_names_are_read(workbook: Callable) -> None:
    path = workbook(s=[["a"], ["x"]])
    sheet = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>名</x:t></x:is></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:r><x:t>山</x:t></x:r><x:r><x:t>田</x:t></x:r></x:is></x:c></x:row>'
        '<x:row><x:c t="d"><x:v>2026-04-01T00:00:00</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    rewritten(path, "xl/worksheets/sheet1.xml", lambda _: sheet)

    assert rows_of(path) == [("山田",), ("2026-04-01",)]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize(
    "content", ["", "<a><b></a>", "not xml", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"]
)
def test_damaged_part_is_said(workbook: Callable, part: str, content: str) -> None:
    path = rewritten(workbook(s=[["a"], ["x"]]), part, lambda _: content)

    with pytest.raises(SourceError) as caught, open_table(path) as table:
        list(table.batches())

    assert "damaged or incomplete" in caught.value.text.en


def test_workbook_that_is_cut_off_is_said(workbook: Callable) -> None:
    path = workbook(s=[["a"], ["x"]])
    path.write_bytes(path.read_bytes()[:-300])

    with pytest.raises(SourceError, match="damaged or incomplete"):
        open_table(path)


def test_bomb_is_refused_by_its_own_list_of_sizes(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(60):
                part.write(b"<row><c><v>1</v></c></row>" * 40_000)

    with pytest.raises(SourceError, match="as a guard against bombs"):
        open_table(path)


def test_entities_that_multiply_are_refused(workbook: Callable) -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(9)
    )
    xml = f"<!DOCTYPE x [{laughs}]><worksheet><sheetData><row><c><v>&l8;</v></c></row></sheetData></worksheet>"
    path = rewritten(workbook(s=[["a"], ["x"]]), "xl/worksheets/sheet1.xml", lambda _: xml)

    with pytest.raises(SourceError, match="damaged or incomplete"):
        open_table(path)


def seen(value: Any) -> str:
    """The text that a person sees of a value in a spreadsheet."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return str(value.date() if value.time() == clock() else value)
    return "" if value is None else str(value)


CELL = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9).filter(
        lambda text: text[0] != "=" and "_x" not in text and not text.startswith("#")
    )
    | st.datetimes(datetime(1970, 1, 1), datetime(2049, 12, 31)).map(  # noqa: DTZ001 -- local times
        lambda moment: moment.replace(microsecond=0)
    )
)


@settings(max_examples=40)
@given(
    rows=st.lists(
        st.lists(CELL, min_size=3, max_size=3).filter(lambda r: any(map(seen, r))),
        min_size=1,
        max_size=5,
    )
)
def test_any_sheet_comes_back(rows: Rows) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", "b", "c"])
    for row in rows:
        book.worksheets[0].append(row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        book.save(path)

        assert rows_of(path) == [tuple(map(seen, row)) for row in rows]
