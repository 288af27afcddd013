from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.text.encodings import find_encoding, likely_encoding
from kyogyo.errors import SourceError

TABLE = "会社名,担当者,金額\n株式会社東京商事,山田 太郎,１００\n大阪フーズ,鈴木花子,200\n"
# What Windows added to the character sets, in the bytes of cp51932 and cp50220 (no codec has them).
WINDOWS = "①㈱髙﨑"
WINDOWS_EUC = b"\xad\xa1\xad\xea\xfc\xe2\xf9\xf5"
WINDOWS_JIS = b"\x1b$B" + bytes(byte & 0x7F for byte in WINDOWS_EUC) + b"\x1b(B"


def encoding_of(tmp_path: Path, content: bytes, *, stated: str | None = None) -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    return find_encoding(path, stated=stated).name


@pytest.mark.parametrize("rows", [1, 3, 50, 1_000, 60_000])
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp932", "cp932"),
        ("euc_jp", "euc_jp"),
        ("iso2022_jp", "iso-2022-jp"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encoding_is_found_and_the_text_is_the_same_at_any_size(
    whole: Callable, codec: str, name: str, rows: int
) -> None:
    lines = [f"株式会社{n}号店,ﾔﾏﾀﾞ 太郎～,{n}" for n in range(rows)]
    text = "会社名,担当者,金額\n" + "\n".join(lines) + "\n"
    text = text if codec != "iso2022_jp" else text.replace("ﾔﾏﾀﾞ", "ヤマダ")
    text = text if codec not in {"euc_jp", "iso2022_jp"} else text.replace("～", "〜")

    found = whole(text.encode(codec))

    assert found.table.info.encoding == name
    assert [",".join(row) for row in found.rows] == text.splitlines()[1:]
    assert (found.refusals, found.notes) == ([], [])


@pytest.mark.parametrize(
    "text", ["田中,佐藤\n鈴木,高橋\n", "あ,い\nう,え\n", "カ,キ\nク,ケ\n", TABLE]
)
@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
def test_short_japanese_is_told_apart(tmp_path: Path, text: str, codec: str) -> None:
    assert encoding_of(tmp_path, text.encode(codec)) == codec


def test_half_width_names_of_banks_are_cp932(tmp_path: Path) -> None:
    text = "ﾌﾘｺﾐﾆﾝ,ｷﾝｶﾞｸ\nｶ)ﾄｳｷﾖｳｼﾖｳｼﾞ,100\nﾔﾏﾀﾞ ﾀﾛｳ,200\n"

    assert encoding_of(tmp_path, text.encode("cp932")) == "cp932"


def test_characters_of_windows_are_read_from_every_encoding(whole: Callable) -> None:
    head = "名,番\n".encode
    expected = [(WINDOWS, "1")]

    assert whole(head("cp932") + WINDOWS.encode("cp932") + b",1\n").rows == expected
    assert whole(head("euc_jp") + WINDOWS_EUC + b",1\n").rows == expected
    assert whole(head("iso2022_jp") + WINDOWS_JIS + b",1\n").rows == expected
    assert whole(head("utf-16") + f"{WINDOWS},1\n".encode("utf-16-le")).rows == expected


def test_kana_of_seven_bit_jis_are_read(whole: Callable) -> None:
    kana = b"\x1b(I" + bytes(byte & 0x7F for byte in "ﾔﾏﾀﾞ".encode("cp932")) + b"\x1b(B"

    assert whole("名\n".encode("iso2022_jp") + kana + b"\n").rows == [("ﾔﾏﾀﾞ",)]


def test_bad_byte_after_the_first_megabyte_refuses_one_row(whole: Callable) -> None:
    good = [f"{n},東京都千代田区{n}番地" for n in range(60_000)]
    content = (
        ("番号,住所\n" + "\n".join(good) + "\n").encode() + b"x,\xe3\x81\n" + "y,終\n".encode()
    )

    found = whole(content)

    assert len(content) > 2**20
    assert len(found.rows) == 60_001
    assert found.rows[-1] == ("y", "終")
    refusal = found.refusals[0]
    assert (len(found.refusals), refusal.row, refusal.line, refusal.column) == (
        1,
        60_001,
        60_002,
        "住所",
    )
    assert refusal.reason.en == (
        "The bytes are not utf-8. Save the whole file in one encoding. Bytes (hex): E3 81"
    )
    assert refusal.value == "\\xe3\\x81"


def test_rows_in_cp932_inside_utf_8_are_refused_as_such(whole: Callable) -> None:
    rows = [f"{n},神奈川県横浜市".encode() for n in range(20)]
    rows[7] = "7,神奈川県横浜市".encode("cp932")

    found = whole("番号,住所\n".encode() + b"\n".join(rows) + b"\n")

    assert found.table.info.encoding == "utf-8"
    assert found.numbers == [n for n in range(1, 21) if n != 8]
    assert found.reasons == [(8, "住所", "The bytes are not utf-8; they look like cp932")]
    assert "神" not in found.refusals[0].value
    assert found.notes == [
        "The file is utf-8, but at least 1 of its lines are not; the rows in them are refused."
    ]


def test_rows_in_utf_8_inside_cp932_are_refused_and_not_read_as_rubbish(whole: Callable) -> None:
    rows = [f"{n},神奈川県横浜市".encode("cp932") for n in range(20)]
    rows[7] = "7,神奈川県横浜市".encode()

    found = whole("番号,住所\n".encode("cp932") + b"\n".join(rows) + b"\n")

    assert found.table.info.encoding == "cp932"
    assert found.reasons == [(8, "住所", "The bytes are not cp932; they look like utf-8")]
    assert {row[1] for row in found.rows} == {"神奈川県横浜市"}


def test_bad_row_of_euc_shows_its_own_bytes(whole: Callable) -> None:
    rows = [f"{n},神奈川県".encode("euc_jp") for n in range(9)]
    rows[4] = b"4," + WINDOWS_EUC + b"\xa4"

    found = whole("番号,住所\n".encode("euc_jp") + b"\n".join(rows) + b"\n")

    assert [(each.row, each.column) for each in found.refusals] == [(5, "住所")]
    assert found.refusals[0].reason.en.endswith("(hex): AD A1 AD EA FC E2 F9 F5 A4")


def test_bad_row_of_seven_bit_jis_shows_its_own_bytes(whole: Callable) -> None:
    found = whole("名,x\n東,1\n".encode("iso2022_jp") + b"\x1b$B\x29\x21\x1b(B,2\n")

    assert found.rows == [("東", "1")]
    assert found.refusals[0].reason.en.endswith("(hex): 29 21")


def test_supplementary_kanji_of_seven_bit_jis_are_read(whole: Callable) -> None:
    # 丂 is the first kanji of JIS X 0212.
    assert whole("名\n".encode("iso2022_jp") + b"\x1b$(D\x30\x21\x1b(B\n").rows == [("丂",)]


def test_stated_utf_16_without_a_mark_is_read(whole: Callable) -> None:
    text = "名,番\n東京都,千代田区\n"

    for order in ("le", "be"):
        found = whole(text.encode(f"utf-16-{order}"), encoding=f"utf-16{order}")
        assert found.rows == [("東京都", "千代田区")]


def test_western_encoding_is_asked_for_and_taken_when_told(whole: Callable, tmp_path: Path) -> None:
    rows = "".join(f"{n},São Paulo,Ação\n" for n in range(30)).encode("latin-1")

    with pytest.raises(SourceError) as caught:
        whole(b"id,city,what\n" + rows)

    assert "looks like a Western encoding: state cp1252" in caught.value.text.en
    assert whole(b"id,city,what\n" + rows, encoding="cp1252").rows[0] == ("0", "São Paulo", "Ação")


def test_one_western_row_among_ascii_is_refused_alone(whole: Callable) -> None:
    found = whole(b"id,city\n1,Tokyo\n2,S\xe3o Paulo\n3,Osaka\n")

    assert found.rows == [("1", "Tokyo"), ("3", "Osaka")]
    assert found.reasons == [(2, "city", "The bytes are not utf-8; they look like windows-1252")]


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("Shift_JIS", "cp932"),
        ("SJIS", "cp932"),
        ("UTF8", "utf-8"),
        ("eucJP-ms", "euc_jp"),
        ("ISO-2022-JP", "iso-2022-jp"),
        ("latin1", "iso8859-1"),
    ],
)
def test_stated_encoding_goes_by_any_of_its_names(tmp_path: Path, stated: str, name: str) -> None:
    assert encoding_of(tmp_path, b"a\n1\n", stated=stated) == name


@pytest.mark.parametrize("stated", ["klingon", "utf-7", "idna", "hz", "rot13"])
def test_encoding_that_is_none_is_said(tmp_path: Path, stated: str) -> None:
    with pytest.raises(SourceError, match="is no encoding Kyogyo reads"):
        encoding_of(tmp_path, b"a\n1\n", stated=stated)


def test_stated_encoding_against_the_mark_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is utf-16-le, though the source says utf-8"):
        encoding_of(tmp_path, "a\n1\n".encode("utf-16"), stated="utf-8")


def test_stated_cp932_keeps_utf_8_rows_out(whole: Callable) -> None:
    found = whole("a,b\n1,あいう\n2,x\n".encode(), encoding="cp932")

    assert found.rows == [("2", "x")]
    assert found.reasons == [(1, "b", "The bytes are not cp932; they look like utf-8")]


def test_utf_16_that_is_cut_off_refuses_its_last_row(whole: Callable) -> None:
    found = whole("名,x\n東,1\n京,2".encode("utf-16")[:-1])

    assert found.rows == [("東", "1")]
    assert [(each.row, each.column) for each in found.refusals] == [(2, "x")]


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 50, b"\0" * 5_000, b"a,b\0\n1,2\n", b"\x01\x02\x03abc\n" * 9]
)
def test_bytes_that_are_no_text_are_said(whole: Callable, content: bytes) -> None:
    with pytest.raises(SourceError, match="is not text"):
        whole(content)


def test_nul_in_one_row_refuses_that_row(whole: Callable) -> None:
    found = whole("a,b\n" + "1,2\n" * 400 + "3,x\0y\n4,5\n")

    assert len(found.rows) == 401
    assert found.reasons == [(401, "b", "The cell holds a NUL character, which is no text")]
    assert found.refusals[0].value == "x\\x00y"


def test_gz_is_read_as_text(whole: Callable) -> None:
    found = whole(gzip.compress(TABLE.encode("cp932")), name="t.csv.gz")

    assert found.table.info.encoding == "cp932"
    assert len(found.rows) == 2


def test_gz_that_breaks_off_is_said(whole: Callable) -> None:
    with pytest.raises(SourceError, match="breaks off or is damaged"):
        whole(gzip.compress(TABLE.encode() * 9)[:-12], name="t.csv.gz")


def test_gz_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyogyo.connectors.tables.text.bytes_in.UNPACKED_AT_LEAST", 10_000)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 3_000_000))

    with pytest.raises(SourceError, match="possible bomb"):
        open_table(path)


def test_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyogyo.connectors.tables.text.bytes_in.LONGEST_LINE", 1_000)
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" * 5_000_000)

    with pytest.raises(SourceError, match="does not look like a table"):
        open_table(path)


def test_likely_encoding_of_bytes() -> None:
    text = "神奈川県横浜市"

    assert likely_encoding(text.encode("cp932"), instead_of="utf-8") == "cp932"
    assert likely_encoding(text.encode("euc_jp"), instead_of="utf-8") == "euc_jp"
    assert likely_encoding(text.encode(), instead_of="cp932") == "utf-8"
    assert likely_encoding("Ação é".encode("cp1252"), instead_of="utf-8") == "windows-1252"
    assert likely_encoding(b"\x80\x81\xfe\xff", instead_of="utf-8") is None
