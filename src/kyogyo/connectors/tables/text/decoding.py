"""Bytes to text in the encodings of Japanese files, never losing a byte that does not fit.

`decode_marked` keeps such a byte as a lone surrogate (U+DC80 + the byte below 0x80), as Python's
`surrogateescape` does, so that it can be found in its cell and shown again as what it was.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from kyogyo.errors import SourceError

UTF_16 = ("utf-16-le", "utf-16-be")
ISO_2022_JP = "iso-2022-jp"
MARK = re.compile("[\ud800-\udfff]")

# Codecs of Python that encode something else than the text of a file.
_NOT_OF_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})
_SHIFTED = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\([D@B])")
_WINDOWS_EUC = "kyogyo.windows-euc"
_WINDOWS_EUC_MARKED = "kyogyo.windows-euc-marked"


def known_encoding(name: str) -> str:
    """The one name used here for the encoding a person stated. Raises SourceError."""
    folded = re.sub(r"[^a-z0-9]", "", name.lower())
    if folded in {"utf8", "utf8sig", "u8"}:
        return "utf-8"
    if folded in {"shiftjis", "sjis", "xsjis", "csshiftjis", "cp932", "ms932", "windows31j"}:
        return "cp932"  # what everybody writes; Shift_JIS itself lacks ①, ㈱, 髙
    if folded in {"eucjp", "eucjpms", "ujis", "cp51932", "eucjpwin"}:
        return "euc_jp"
    if folded in {"iso2022jp", "jis", "cp50220", "cp50221"}:
        return ISO_2022_JP
    if folded in {"utf16le", "utf16be"}:
        return f"utf-16-{folded[-2:]}"
    if folded == "utf16":
        return "utf-16-le"
    try:
        found = codecs.lookup(name).name
        plain = bytes(range(32, 127)) + b"\r\n\t"
        if found not in _NOT_OF_FILES and plain.decode(found) == plain.decode("ascii"):
            return found
    except (LookupError, UnicodeDecodeError):
        pass
    raise SourceError(
        en=f'"{name}" is no encoding Kyogyo reads. Examples: utf-8, cp932 (Shift_JIS), euc_jp, '
        "iso-2022-jp, utf-16, cp1252, latin-1. Leave it out to have it found.",
        ja=f"「{name}」という文字コードは読めません。例: utf-8, cp932 (Shift_JIS), euc_jp, "
        "iso-2022-jp, utf-16, cp1252, latin-1。省略すれば自動で判定します。",
    )


def decode_strict(data: bytes, encoding: str) -> str:
    """The text of `data`; raises UnicodeDecodeError where a byte doesn't fit."""
    if encoding == "euc_jp":
        return data.decode("euc_jp", errors=_WINDOWS_EUC)
    if encoding == ISO_2022_JP:
        return _iso_2022_jp_as_euc(data).decode("euc_jp", errors=_WINDOWS_EUC)
    return data.decode(encoding)


def decode_marked(data: bytes, encoding: str) -> str:
    """The text of `data`, with lone surrogates for the bytes that don't fit."""
    if encoding == "euc_jp":
        return data.decode("euc_jp", errors=_WINDOWS_EUC_MARKED)
    if encoding == ISO_2022_JP:
        return _iso_2022_jp_as_euc(data).decode("euc_jp", errors=_WINDOWS_EUC_MARKED)
    if encoding in UTF_16:
        return data.decode(encoding, errors="surrogatepass")
    return data.decode(encoding, errors="surrogateescape")


def bytes_of(text: str, encoding: str) -> bytes:
    """The bytes that `decode_marked` made `text` of (of two codes of a character, the usual)."""
    if encoding in UTF_16:
        return text.encode(encoding, errors="surrogatepass")
    through = "euc_jp" if encoding == ISO_2022_JP else encoding
    made = bytearray()
    for character in text:
        if "\udc80" <= character <= "\udcff":
            made.append(ord(character) - 0xDC00)
        else:
            made += _character_bytes(character, through)
    return bytes(byte & 0x7F for byte in made) if encoding == ISO_2022_JP else bytes(made)


def _character_bytes(character: str, encoding: str) -> bytes:
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return _windows_euc_table()[character]


@lru_cache(maxsize=1)
def _windows_euc_table() -> dict[str, bytes]:
    """The EUC bytes of the characters that Windows added (NEC row 13, rows 89 to 92)."""
    table: dict[str, bytes] = {}
    for row in (13, *range(89, 93)):
        for cell in range(1, 95):
            pair = bytes((row + 0xA0, cell + 0xA0))
            try:
                table.setdefault(decode_strict(pair, "euc_jp"), pair)
            except UnicodeDecodeError:
                continue
    return table


def shown(text: str, *, limit: int = 200) -> str:
    """`text` fit for a message or a file: marked bytes as \\x82, not longer than `limit`."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return MARK.sub(_written, cut).replace("\0", "\\x00")


def _written(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def _iso_2022_jp_as_euc(data: bytes) -> bytes:
    """Seven-bit JIS as EUC, since Python's own codec lacks the characters Windows added to it."""
    parts = _SHIFTED.split(data)
    made = [parts[0]]
    for mode, part in zip(parts[1::2], parts[2::2], strict=True):
        if mode in {b"(B", b"(J"}:
            made.append(part)
        elif mode == b"(I":
            made.append(b"".join(b"\x8e" + bytes((byte | 0x80,)) for byte in part))
        elif mode == b"$(D":
            pairs = (part[at : at + 2] for at in range(0, len(part), 2))
            made.append(b"".join(b"\x8f" + bytes(b | 0x80 for b in pair) for pair in pairs))
        else:
            made.append(bytes(byte | 0x80 if byte > 0x20 else byte for byte in part))
    return b"".join(made)


def _windows_character(error: UnicodeError) -> tuple[str, int] | None:
    """The character of NEC row 13 or the IBM rows, which Windows has in EUC and Python lacks."""
    if not isinstance(error, UnicodeDecodeError):
        return None
    pair = error.object[error.start : error.start + 2]
    if len(pair) < 2 or not all(0xA1 <= byte <= 0xFE for byte in pair):
        return None
    row, cell = pair[0] - 0xA0, pair[1] - 0xA0
    first = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    second = cell + 0x9E if row % 2 == 0 else cell + 0x3F + (cell >= 64)
    try:
        character = bytes((first, second)).decode("cp932")
    except UnicodeDecodeError:
        return None
    # Rows that Windows leaves to the user (private use) have no agreed meaning.
    return None if "\ue000" <= character <= "\uf8ff" else (character, error.start + 2)


def _windows_euc(error: UnicodeError) -> tuple[str, int]:
    found = _windows_character(error)
    if found is None:
        raise error
    return found


def _windows_euc_marked(error: UnicodeError) -> tuple[str | bytes, int]:
    return _windows_character(error) or codecs.lookup_error("surrogateescape")(error)


codecs.register_error(_WINDOWS_EUC, _windows_euc)
codecs.register_error(_WINDOWS_EUC_MARKED, _windows_euc_marked)
