from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.workbooks import others
from kyogyo.errors import SourceError

FILES = Path(__file__).parent / "files"

ODS = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="商談">
<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>日付</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>001</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-04-01"><text:p>x</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>""".replace("\n", "")


def ods(path: Path, content: str = ODS) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="x"/></manifest:manifest>',
        )
    return path


def whole(path: Path, **how: Any) -> tuple[Any, list[tuple[str, ...]], list[str]]:
    with open_table(path, **how) as table:
        rows = [
            row for batch in table.batches() for row in zip(*batch.columns.values(), strict=True)
        ]
        return table.info, rows, [note.en for note in table.notes]


def test_old_workbook_is_read() -> None:
    info, rows, notes = whole(FILES / "deals.xls")

    assert (info.format, info.sheet, info.columns) == ("xls", "商談", ("id", "日付", "金額", "err"))
    assert rows == [
        ("001", "2026-04-01", "1054", "a"),
        ("002", "2026-04-01 09:05:00", "0.3", ""),
        ("003", "", "TRUE", ""),
    ]
    assert notes == [
        'The sheet "商談" was read. There are others: "空". State the sheet to read one of them.',
        "1 empty rows between others were skipped.",
    ]


def test_binary_workbook_is_read() -> None:
    info, rows, _ = whole(FILES / "deals.xlsb", sheet="商談")

    assert (info.format, info.columns) == ("xlsb", ("id", "日付", "金額"))
    assert rows == [
        ("001", "2026-04-01", "1054"),
        ("002", "2026-04-01 09:05:00", "0.3"),
        ("003", "", "TRUE"),
    ]


def test_opendocument_sheet_with_a_million_empty_rows_is_read(tmp_path: Path) -> None:
    info, rows, _ = whole(ods(tmp_path / "t.ods"))

    assert (info.format, info.sheet, info.columns) == ("ods", "商談", ("id", "日付"))
    assert rows == [("001", "2026-04-01")]


def test_sheet_that_is_not_there_is_said() -> None:
    with pytest.raises(SourceError, match='has no sheet "x"'):
        open_table(FILES / "deals.xls", sheet="x")


@pytest.mark.parametrize("size", [100, 3_000])
def test_old_workbook_that_is_cut_off_is_said(tmp_path: Path, size: int) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes((FILES / "deals.xls").read_bytes()[:size])

    with pytest.raises(SourceError, match="damaged or incomplete"):
        open_table(path)


def test_workbook_that_needs_too_much_memory_ends_its_own_process_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "MEMORY", 96 * 1024**2)
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="float" office:value="{n}" '
        'table:number-columns-repeated="900"><text:p>1</text:p></table:table-cell></table:table-row>'
        for n in range(20_000)
    )
    head, tail = ODS.split("<table:table-row>", 1)[0], "</table:table></office:spreadsheet>"
    end = tail + ODS.split(tail, 1)[1]
    path = ods(tmp_path / "t.ods", head + rows + end)

    with pytest.raises(SourceError, match="of memory, or is made to crash"):
        open_table(path)


def test_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        with archive.open("content.xml", "w") as part:
            for _ in range(60):
                part.write(b" " * 1_000_000)

    with pytest.raises(SourceError, match="as a guard against bombs"):
        open_table(path)


def test_reader_is_stopped_when_nobody_reads_on() -> None:
    with open_table(FILES / "deals.xls") as table:
        batches = table.batches(size=1)
        next(batches)
        batches.close()  # type: ignore[attr-defined]
        assert [list(batch.rows) for batch in table.batches(size=2)] == [[1, 2], [4]]
