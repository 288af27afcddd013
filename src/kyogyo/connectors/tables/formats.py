"""What kind of table a file is, by its first bytes, then by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from kyogyo.connectors.tables.text.bytes_in import head_of, is_gzip
from kyogyo.connectors.tables.workbooks.archive import damaged_workbook, locked_workbook
from kyogyo.errors import SourceError

Format = Literal["text", "json", "xlsx", "xls", "xlsb", "ods", "parquet"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_JSON = re.compile(rb'(\xef\xbb\xbf)?\s*(\{\s*"|\{\s*\}|\[\s*[\[{\]"]|\{\s*$)')
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table|log\b)", re.I)
_JSON_NAMES = (".json", ".jsonl", ".ndjson")
_KNOWN = [
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"SQLite format 3\0", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"{\\rtf", "RTF"),
]
_PACKED = [
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
]


def find_format(path: Path) -> Format:
    """The format of the file at `path`. Raises SourceError for what is certainly no table."""
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return _inside_zip(path)
    if start.startswith(_OLE):
        return _inside_ole(path)
    for magic, kind in _PACKED:
        if start.startswith(magic):
            raise _packed(path, kind)
    return _inside_text(path)


def _inside_text(path: Path) -> Format:
    head = head_of(path, 4096)
    if not head:
        raise SourceError(
            en=f"{path.name} holds nothing once unpacked. Export it again.",
            ja=f"{path.name} は展開すると空です。もう一度書き出してください。",
        )
    for magic, kind in _KNOWN:
        if head.startswith(magic):
            raise _no_table(path, kind)
    if is_gzip(path) and head.startswith((b"PK\x03\x04", b"PAR1", _OLE)):
        raise _packed(path, "gz")
    name = path.name.lower().removesuffix(".gz")
    if _XML.match(head):
        raise _markup(path, is_log=b"<log" in head or name.endswith(".xes"))
    if name.endswith(_JSON_NAMES) or _JSON.match(head):
        return "json"
    return "text"


def _inside_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
            if "mimetype" in names and b"spreadsheet" in archive.open("mimetype").read(200):
                return "ods"
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        raise damaged_workbook(path) from error
    if any(name.startswith("xl/") and name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "[content_types].xml" in names:
        kind = "Word" if any(name.startswith("word/") for name in names) else "Office"
        raise _no_table(path, kind)
    raise _packed(path, "zip")


def _inside_ole(path: Path) -> Format:
    """An old workbook, or a new one in the box that a password makes."""
    before = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if _ENCRYPTED in before + piece:
                raise locked_workbook(path)
            before = piece[-64:]
    return "xls"


def _packed(path: Path, kind: str) -> SourceError:
    return SourceError(
        en=f"{path.name} is packed ({kind}). Unpack it and name the file inside; only text may be "
        "packed, as .gz.",
        ja=f"{path.name} は圧縮ファイル({kind})です。展開して中のファイルを指定してください。"
        "そのまま読めるのはテキストの .gz だけです。",
    )


def _no_table(path: Path, kind: str) -> SourceError:
    return SourceError(
        en=f"{path.name} is a {kind} file, no table. Export the table as CSV or Excel.",
        ja=f"{path.name} は {kind} ファイルで、表ではありません。表を CSV か Excel で書き出してください。",
    )


def _markup(path: Path, *, is_log: bool) -> SourceError:
    if is_log:
        return SourceError(
            en=f"{path.name} is an event log (XES), which is opened as a log, not as a table.",
            ja=f"{path.name} はイベントログ(XES)です。表ではなくログとして開いてください。",
        )
    return SourceError(
        en=f"{path.name} is a web page or XML, whatever its name says (some systems call such a file "
        ".xls). Open it in Excel and save it as .xlsx or CSV.",
        ja=f"{path.name} の中身は Web ページか XML です(.xls という名前で書き出すシステムがあります)。"
        "Excel で開き、.xlsx か CSV で保存してください。",
    )
