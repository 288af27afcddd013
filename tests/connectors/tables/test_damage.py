"""Whatever happens to a file, a person gets rows, refusals or one clear error."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.connectors.tables import open_table
from kyogyo.errors import SourceError

TEXT = 'コード;名前;日付\n001;"東京, 本社";2026/4/1\n002;ﾔﾏﾀﾞ;\n'
NASTY = [
    b'"',
    b"\n",
    b"\r",
    b";",
    b"\0",
    b"\xff",
    b"\x82",
    b"\x1b$B",
    b"<",
    b"{",
    b"[",
    b"\xe3\x81",
]


def sample(kind: str, folder: Path) -> Path:
    path = folder / f"t.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.worksheets[0].append(["id", "名"])
        book.worksheets[0].append(["001", 7])
        book.save(path)
    elif kind == "parquet":
        pq.write_table(pa.table({"id": ["001", None], "n": [1, 2.5]}), path)
    elif kind == "jsonl":
        path.write_text('{"id": "001", "n": 1}\n{"id": "002", "x": {"y": []}}\n')
    else:
        path.write_bytes(TEXT.encode(kind))
    return path


def damaged(content: bytes, seed: int) -> bytes:
    """A few bytes changed, put in, taken out or doubled."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made)) if made else 0
        how = chance.randrange(4)
        if how == 0:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif how == 1:
            made[at:at] = chance.choice(NASTY)
        elif how == 2:
            del made[at : at + chance.randint(1, 20)]
        else:
            made[at:at] = made[at : at + chance.randint(1, 60)]
    return bytes(made)


@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "cp932", "euc_jp", "xlsx", "parquet", "jsonl"])
@settings(max_examples=60)
@given(seed=st.integers(0, 10**9))
def test_damaged_file_gives_rows_refusals_or_one_error(kind: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = sample(kind, Path(folder))
        path.write_bytes(damaged(path.read_bytes(), seed))
        try:
            with open_table(path) as table:
                batches = list(table.batches())
        except SourceError:
            return
    texts = [
        *(cell for batch in batches for cells in batch.columns.values() for cell in cells),
        *(f"{each.value}{each.reason}" for batch in batches for each in batch.refusals),
    ]
    assert not [text for text in texts if "\0" in text]
    "".join(texts).encode()  # no half characters
