"""Why a row of a text table can't be taken, in words."""

from __future__ import annotations

import csv

from kyogyo.words import Text


def quoting(fault: csv.Error) -> Text:
    """The reason for a line whose quotation marks can't be understood."""
    said = str(fault)
    if "unexpected end" in said or said == "swallowed":
        return Text(
            en='A quotation mark (") is opened on this line and not closed. Close it, or double '
            "it if it belongs to the text.",
            ja='この行で開いた引用符(")が閉じられていません。閉じるか、文字としての引用符なら 2 つ重ねて'
            "ください。",
        )
    if "expected after" in said:
        return Text(
            en='After a closing quotation mark (") more text follows before the next cell. Double '
            "the marks that belong to the text.",
            ja='閉じた引用符(")のあとに、次のセルの前に文字が続いています。文字としての引用符は 2 つ重ねて'
            "ください。",
        )
    if "new-line" in said:
        return Text(
            en="A carriage return stands inside a cell without quotation marks. Put the cell in "
            "quotation marks.",
            ja="引用符のないセルの中に改行(CR)があります。セルを引用符で囲んでください。",
        )
    return Text(
        en=f"The line can't be read as cells ({said}).",
        ja=f"この行をセルに分けられません({said})。",
    )


def cell_count(found: int, expected: int) -> Text:
    """The reason for a row with another number of cells than the header."""
    if found > expected:
        return Text(
            en=f"{found} cells where the header has {expected}: perhaps a delimiter inside a text "
            "without quotation marks.",
            ja=f"見出しは {expected} 列ですが、この行には {found} 個のセルがあります。引用符のない文の中に"
            "区切り文字があるのかもしれません。",
        )
    return Text(
        en=f"{found} cells where the header has {expected}: the row is cut off or was split.",
        ja=f"見出しは {expected} 列ですが、この行には {found} 個のセルしかありません。途中で切れているか、"
        "行が分かれています。",
    )
