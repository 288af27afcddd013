"""Which encoding a text file is in, found from all of its bytes and never guessed lightly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kyogyo.connectors.tables.text.bytes_in import head_of, pieces
from kyogyo.connectors.tables.text.decoding import (
    ISO_2022_JP,
    UTF_16,
    decode_strict,
    known_encoding,
)
from kyogyo.connectors.tables.text.plausibility import plausibility
from kyogyo.errors import SourceError
from kyogyo.words import Text

_ESCAPES = re.compile(rb"\x1b(\$[@B]|\([IJ]|\$\([@BD])")
# Control characters that no text holds; a form feed, an escape or an end-of-file sign may occur.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_CONTROLS_AT_MOST = 8
_LINES_WEIGHED_A_PIECE = 2_000
_LINES_SCORED = 5_000


@dataclass(frozen=True, slots=True)
class FoundEncoding:
    """`newline` is how lines end in bytes of the file; `lines` counts those ends."""

    name: str
    newline: bytes
    lines: int
    notes: tuple[Text, ...] = ()


def find_encoding(path: Path, *, stated: str | None) -> FoundEncoding:
    """The encoding of the text at `path`, from its mark, its escapes and its bytes.

    Raises SourceError when it is no text, or when no encoding fits and it must be stated.
    """
    head = head_of(path)
    wide = _wide(head)
    name = known_encoding(stated) if stated else None
    if wide and name in UTF_16:
        name = wide  # the byte order mark knows better which of the two it is
    elif wide and name:
        raise _not_as_stated(path, stated=name, found=wide)
    name = name or wide
    newline = _newline(head, name or "utf-8")
    if name in UTF_16:
        lines = sum(piece.count(newline) for piece in pieces(path, newline=newline))
        return FoundEncoding(name, newline, lines)
    _require_text(head, path)
    seen = _first_pass(path, newline=newline, stated=name is not None)
    if name:
        return FoundEncoding(name, newline, seen.lines)
    if seen.is_ascii and seen.escaped:
        return FoundEncoding(ISO_2022_JP, newline, seen.lines)
    if seen.is_utf_8:
        return FoundEncoding("utf-8", newline, seen.lines)
    return _weighed(path, newline=newline, lines=seen.lines)


def _wide(head: bytes) -> str | None:
    """The UTF-16 it is in, by its mark or by where its zero bytes are."""
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    sample = head[:4096]
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if len(sample) >= 4 and low > len(sample) // 8 and high <= low // 20:
        return "utf-16-le"
    if len(sample) >= 4 and high > len(sample) // 8 and low <= high // 20:
        return "utf-16-be"
    return None


def _newline(head: bytes, encoding: str) -> bytes:
    """LF, or CR alone as very old programs wrote it, in the bytes of the encoding."""
    text = head.decode(encoding, errors="ignore") if encoding in UTF_16 else head.decode("latin-1")
    alone = "\r" in text[:-1] and "\n" not in text
    return ("\r" if alone else "\n").encode(encoding if encoding in UTF_16 else "ascii")


def _require_text(head: bytes, path: Path) -> None:
    controls = len(_CONTROLS.findall(head))
    first_line = head.split(b"\n", 1)[0]
    if (controls > _CONTROLS_AT_MOST and controls * 50 > len(head)) or b"\0" in first_line:
        raise SourceError(
            en=f"{path.name} is not text: it holds {controls:,} control characters (NUL and the "
            "like) near its beginning. Export the table as CSV or Excel and use that file.",
            ja=f"{path.name} はテキストではありません。先頭付近に制御文字(NUL など)が {controls:,} "
            "個あります。表を CSV か Excel で書き出し、そのファイルを指定してください。",
        )


@dataclass(slots=True)
class _Seen:
    lines: int = 0
    escaped: bool = False
    is_ascii: bool = True
    is_utf_8: bool = True


def _first_pass(path: Path, *, newline: bytes, stated: bool) -> _Seen:
    """How many line ends, whether there are JIS escapes, whether all of it is ASCII or UTF-8."""
    seen = _Seen()
    for piece in pieces(path, newline=newline):
        seen.lines += piece.count(newline)
        if stated or (piece.isascii() and b"\x1b" not in piece):
            continue
        seen.escaped = seen.escaped or bool(_ESCAPES.search(piece))
        seen.is_ascii = seen.is_ascii and piece.isascii()
        seen.is_utf_8 = seen.is_utf_8 and fits(piece, "utf-8")
    return seen


def _foreign_lines(path: Path, newline: bytes) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, from all over the file, not too many from one place."""
    for piece in pieces(path, newline=newline):
        if not piece.isascii():
            lines = [line for line in piece.split(newline) if not line.isascii()]
            yield from lines[:_LINES_WEIGHED_A_PIECE]


def _weighed(path: Path, *, newline: bytes, lines: int) -> FoundEncoding:
    """The encoding that most lines are in, when they are not all UTF-8."""
    utf_8, other, scored = 0, 0, 0
    scores = {"cp932": 0.0, "euc_jp": 0.0}
    western = 0
    for line in _foreign_lines(path, newline):
        if fits(line, "utf-8"):
            utf_8 += 1
            continue
        other += 1
        if scored < _LINES_SCORED:
            scored += 1
            for name in scores:
                scores[name] += plausibility(line, name)
            western += looks_western(line)
    best = max(scores, key=lambda name: scores[name])
    if utf_8 >= other:
        return FoundEncoding("utf-8", newline, lines, (_mixed(other, "utf-8"),))
    if scores[best] > 0:
        notes = (_mixed(utf_8, best),) if utf_8 else ()
        return FoundEncoding(best, newline, lines, notes)
    if other <= max(20, lines // 100):
        return FoundEncoding("utf-8", newline, lines, (_mixed(other, "utf-8"),))
    raise _unknown(path, other=other, western=western * 2 > scored)


def fits(line: bytes, encoding: str) -> bool:
    """Whether all bytes of the line are text in `encoding`."""
    try:
        decode_strict(line, encoding)
    except UnicodeDecodeError:
        return False
    return True


def is_foreign(line: bytes, *, encoding: str) -> bool:
    """Whether a line of a cp932 or EUC file is UTF-8 instead.

    Nearly any UTF-8 is text in these encodings as well, but rare kanji and signs that mean nothing.
    """
    return fits(line, "utf-8") and plausibility(line, "utf-8") > plausibility(line, encoding)


def looks_western(line: bytes) -> bool:
    """Whether its high bytes would be letters with accents in windows-1252."""
    high = [byte for byte in line if byte >= 0x80]
    return bool(high) and sum(byte >= 0xC0 for byte in high) * 2 > len(high)


def likely_encoding(line: bytes, *, instead_of: str) -> str | None:
    """What the bytes of a line that doesn't fit its file look like, None when nothing fits."""
    if instead_of != "utf-8" and fits(line, "utf-8"):
        return "utf-8"
    japanese = [name for name in ("cp932", "euc_jp") if name != instead_of]
    best = max(japanese, key=lambda name: plausibility(line, name))
    if plausibility(line, best) > 0:
        return best
    return "windows-1252" if looks_western(line) and fits(line, "cp1252") else None


def _not_as_stated(path: Path, *, stated: str, found: str) -> SourceError:
    return SourceError(
        en=f"{path.name} is {found}, though the source says {stated}. Correct the encoding there.",
        ja=f"{path.name} の文字コードは {found} ですが、ソースの指定は {stated} です。指定を直してください。",
    )


def _mixed(lines: int, encoding: str) -> Text:
    return Text(
        en=f"The file is {encoding}, but at least {lines:,} of its lines are not; "
        "the rows in them are refused.",
        ja=f"ファイルの文字コードは {encoding} ですが、少なくとも {lines:,} 行はそうではありません。"
        "その行は取り込みません。",
    )


def _unknown(path: Path, *, other: int, western: bool) -> SourceError:
    hint_en = "It looks like a Western encoding: state cp1252. " if western else ""
    hint_ja = "西欧の文字コードのようです。cp1252 を指定してみてください。" if western else ""
    return SourceError(
        en=f"The encoding of {path.name} is not clear: {other:,} lines are neither utf-8 nor "
        f"plausible as cp932 or euc_jp. {hint_en}State the encoding in the source of the model.",
        ja=f"{path.name} の文字コードが分かりません。{other:,} 行が utf-8 でも、cp932 や euc_jp の"
        f"自然な文章でもありません。{hint_ja}モデルのソースに encoding を指定してください。",
    )
