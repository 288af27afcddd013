"""Why a row that does not decode can't be taken: its bytes, and what they look like."""

from __future__ import annotations

from collections.abc import Sequence

from kyogyo.connectors.tables.text.decoding import MARK, bytes_of
from kyogyo.connectors.tables.text.encodings import likely_encoding
from kyogyo.words import Text

_BYTES_SHOWN = 60

HOLDS_NUL = Text(
    en="The cell holds a NUL character, which is no text. Export the row again.",
    ja="セルに NUL 文字があり、テキストではありません。この行を書き出し直してください。",
)


def unreadable(
    cells: Sequence[str], lines: Sequence[str], *, columns: Sequence[str], encoding: str
) -> tuple[str | None, Text, str]:
    """Column, reason and value for a row with bytes that are no text in the file's encoding."""
    place = next((at for at, cell in enumerate(cells) if _is_odd(cell)), None)
    # With another number of cells than the header, a position tells no name.
    column = columns[place] if place is not None and len(cells) == len(columns) else None
    cell = cells[place] if place is not None else "".join(lines)
    if not MARK.search(cell):
        return column, HOLDS_NUL, cell
    raw = bytes_of(cell, encoding)
    listed = " ".join(f"{byte:02X}" for byte in raw[:_BYTES_SHOWN])
    likely = likely_encoding(bytes_of("".join(lines), encoding), instead_of=encoding)
    looks_en = f"; they look like {likely}" if likely else ""
    looks_ja = f"{likely} のように見えます。" if likely else ""
    reason = Text(
        en=f"The bytes are not {encoding}{looks_en}. Save the whole file in one encoding. "
        f"Bytes (hex): {listed}",
        ja=f"文字コード {encoding} として読めないバイトがあります。{looks_ja}ファイル全体を 1 つの文字コードで"
        f"保存してください。バイト(16 進): {listed}",
    )
    return column, reason, cell


def _is_odd(cell: str) -> bool:
    return "\0" in cell or bool(MARK.search(cell))
