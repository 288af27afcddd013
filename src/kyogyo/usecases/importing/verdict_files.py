"""The files that say what became of each row, made so that they open in Excel and run nothing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.mirror.portion import Verdict
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    import pyarrow as pa

WORDS = {
    Verdict.TAKEN: Text(en="taken", ja="取り込み"),
    Verdict.UNCHANGED: Text(en="unchanged", ja="変更なし"),
    Verdict.REFUSED: Text(en="refused", ja="受け付けず"),
    Verdict.IGNORED: Text(en="ignored", ja="対象外"),
}
_HEADINGS = {
    "en": ("row", "line", "verdict", "journey", "reason"),
    "ja": ("行", "ファイルの行番号", "判定", "案件", "理由"),
}
# Columns added to the refused rows; the first also tells that cells were made harmless.
ADDED = ("kyogyo_row", "kyogyo_reason")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
# Excel reads UTF-8 only with this mark at the beginning.
_MARK = "\ufeff".encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def as_it_was(cell: str) -> str:
    """A cell as it was before `harmless`."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_RISKY) else cell


def write_verdicts(
    batches: pa.RecordBatchReader,
    *,
    verdicts_path: Path,
    refused_path: Path,
    columns: Sequence[str],
    lang: Lang,
) -> bool:
    """Write one line a row, and beside it the refused rows as they stood, to be corrected.

    The second file has the columns of the original, so that it can be imported once corrected; it
    is only there when rows were refused. Returns whether it is.
    """
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 -- slow import

    refused = 0
    with verdicts_path.open("wb") as file, _Refused(refused_path, columns, lang) as refusals:
        file.write(_MARK)
        writer = None
        for batch in batches:
            table = _worded(batch, lang)
            if writer is None:
                writer = arrow_csv.CSVWriter(file, table.schema)
            writer.write_table(table)
            refused += refusals.add(batch)
        if writer is None:
            file.write((",".join(_HEADINGS[lang]) + "\r\n").encode())
        else:
            writer.close()
    if not refused:
        refused_path.unlink(missing_ok=True)
    return bool(refused)


def _worded(batch: pa.RecordBatch, lang: Lang) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    words = pa.array([WORDS[verdict].say(lang) for verdict in Verdict])
    verdict = words.take(pc.subtract(batch.column("verdict").cast(pa.int64()), 1))
    texts = [
        pc.replace_substring_regex(
            batch.column(name), pattern=r"^([=+\-@\t\r])", replacement=r"'\1"
        )
        for name in ("journey", "reason")
    ]
    arrays = [batch.column("row"), batch.column("line"), verdict, *texts]
    return pa.table(dict(zip(_HEADINGS[lang], arrays, strict=True)))


class _Refused:
    """The file of refused rows, opened when the first one comes."""

    def __init__(self, path: Path, columns: Sequence[str], lang: Lang) -> None:
        self._path, self._columns, self._lang = path, tuple(columns), lang
        self._file: Any = None
        self._writer: Any = None

    def __enter__(self) -> _Refused:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, batch: pa.RecordBatch) -> int:
        """Write the refused rows of a batch; returns how many there were."""
        import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

        rows = batch.filter(pc.equal(batch.column("verdict"), int(Verdict.REFUSED))).to_pylist()
        if rows and self._writer is None:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*(harmless(name) for name in self._columns), *ADDED])
        for row in rows:
            cells = (row["cells"] or [""]) + [""] * len(self._columns)
            kept = [harmless(cell) for cell in cells[: len(self._columns)]]
            self._writer.writerow([*kept, row["row"], harmless(row["reason"])])
        return len(rows)
