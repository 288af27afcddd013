"""How much a text decoded as Japanese looks like Japanese: tells cp932 from EUC-JP.

Both encodings accept most of each other's bytes. What gives the wrong one away is what it makes
of them: half-width punctuation, rare kanji, characters of private use, a single kana in the
middle of a Latin word.
"""

from __future__ import annotations

from functools import lru_cache

from kyogyo.connectors.tables.text.decoding import decode_strict

# Weight a character; divided by its bytes when summed, so that encodings can be compared.
_HIRAGANA, _KATAKANA, _COMMON_KANJI, _WIDE_SIGN = 2.0, 1.5, 1.0, 0.8
_HALF_KANA, _WINDOWS_SIGN = 0.45, 0.5
_RARE_KANJI, _STRANGE, _HALF_SIGN, _IMPOSSIBLE = -0.2, -0.5, -0.5, -4.0
_IN_A_LATIN_WORD = -1.0


def plausibility(line: bytes, encoding: str) -> float:
    """About 0.5 and more for Japanese read rightly, below 0 for nonsense, -1 if undecodable."""
    try:
        text = decode_strict(line, encoding)
    except UnicodeDecodeError:
        return -1.0
    size = sum(byte >= 0x80 for byte in line) or 1
    total = 0.0
    for at, character in enumerate(text):
        if character.isascii():
            continue
        weight, suspect = _weight(character)
        beside = text[at - 1 : at] + text[at + 1 : at + 2]
        if suspect and beside.isascii() and any(letter.isalpha() for letter in beside):
            weight = _IN_A_LATIN_WORD
        total += weight
    return total / size


@lru_cache(maxsize=16_384)
def _weight(character: str) -> tuple[float, bool]:
    """The weight, and whether it tells against the reading when Latin letters are beside it."""
    code = ord(character)
    if 0x3041 <= code <= 0x309F:
        return _HIRAGANA, False
    if 0x30A0 <= code <= 0x30FF:
        return _KATAKANA, False
    if 0x4E00 <= code <= 0x9FFF:
        common = _is_common(character)
        return (_COMMON_KANJI, False) if common else (_RARE_KANJI, True)
    if 0xFF66 <= code <= 0xFF9F:
        return _HALF_KANA, True
    if 0xFF61 <= code <= 0xFF65:
        return _HALF_SIGN, True
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E:
        return _WIDE_SIGN, False
    if 0x80 <= code <= 0xA0 or 0xE000 <= code <= 0xF8FF:
        return _IMPOSSIBLE, True
    if 0x2460 <= code <= 0x24FF or 0x3200 <= code <= 0x33FF or 0xF900 <= code <= 0xFAFF:
        return _WINDOWS_SIGN, False
    return _STRANGE, True


def _is_common(kanji: str) -> bool:
    """Whether it is of level 1 of JIS X 0208 (rows 16 to 47), which holds the kanji in daily use."""
    try:
        encoded = kanji.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 and 0xB0 <= encoded[0] <= 0xCF
