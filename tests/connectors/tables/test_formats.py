from __future__ import annotations

import bz2
import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from kyogyo.connectors.tables import open_table
from kyogyo.errors import SourceError


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.worksheets[0].append(["1"])
    book.save(tmp_path / "real.xlsx")
    path = (tmp_path / "real.xlsx").rename(tmp_path / "wrong.csv")

    with open_table(path) as table:
        assert table.info.format == "xlsx"


def test_csv_called_xls_is_read_as_text(whole: Callable) -> None:
    found = whole("a,b\n1,2\n", name="export.xls")

    assert (found.table.info.format, found.rows) == ("csv", [("1", "2")])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7 ...", "is a PDF file, no table"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG file, no table"),
        (b"SQLite format 3\0...", "is a SQLite file, no table"),
        (bz2.compress(b"a,b\n1,2\n"), "is packed (bz2)"),
        (b"\x28\xb5\x2f\xfd...", "is packed (zstd)"),
        (gzip.compress(b"", mtime=0), "holds nothing once unpacked"),
        (gzip.compress(b"PAR1" + b"x" * 99, mtime=0), "is packed (gz)"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "is a web page or XML"),
        (b'<?xml version="1.0"?><Workbook/>', "is a web page or XML"),
        (b'<?xml version="1.0"?><log xes.version="1.0"/>', "is an event log (XES)"),
        (gzip.compress(b'<?xml version="1.0"?><log/>', mtime=0), "is an event log (XES)"),
        (b"PK\x03\x04rubbish", "damaged or incomplete"),
        (b"PAR1 rubbish", "is Parquet, but damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rubbish", "damaged or incomplete"),
    ],
)
def test_file_that_is_no_table_is_said(whole: Callable, content: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        whole(content, name="x.dat")

    assert message in caught.value.text.en
    assert caught.value.text.ja.startswith("x.dat ")


def test_workbook_behind_a_password_is_said(whole: Callable) -> None:
    box = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000 + "EncryptedPackage".encode("utf-16-le")
    )

    with pytest.raises(SourceError, match="is locked with a password"):
        whole(box, name="x.xlsx")


@pytest.mark.parametrize(
    ("member", "message"),
    [("word/document.xml", "is a Word file, no table"), ("data/a.csv", "is packed (zip)")],
)
def test_zip_that_is_no_workbook_is_said(tmp_path: Path, member: str, message: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
        if member.startswith("word"):
            archive.writestr("[Content_Types].xml", "x")

    with pytest.raises(SourceError) as caught:
        open_table(path)

    assert message in caught.value.text.en
