"""How wide text is, and where its lines break: neither an SVG nor a terminal does that for us."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, east_asian_width

# A run of Latin letters and digits stays together; every other character may begin a line ...
_PIECES = re.compile(r"[!-~¥£€À-ɏ]+|\s+|.", re.DOTALL)
# ... except these, which stay with the character before them, and openings with the one after.
_NEVER_FIRST = frozenset(
    "、。，．・：；！？）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%）"
)
# Good places for a line to break: after a sign that divides, and where a particle or an ending in
# hiragana is followed by the next word.
_PHRASES = re.compile(r"(?<=[、。・\s])(?=\S)|(?<=[ぁ-ん])(?=[一-龠ァ-ヴA-Za-z0-9（「])")
_NEVER_LAST = frozenset("（「『【〔〈《")
# A page letters the same words each time it is asked for; breaking them takes longer than all else on it.
_KEPT = 4_096
_NARROW = frozenset("fijlrt.,:;'|!()[] ")
_BROAD = frozenset("mwMW%@")


def cells(text: str) -> int:
    """The width of a text in a terminal, where a Japanese character takes two cells."""
    return sum(0 if combining(sign) else 2 if _is_wide(sign) else 1 for sign in text)


@lru_cache(_KEPT)
def advance(text: str, *, size: float, bold: bool = False) -> float:
    """About how wide a text is in a sans-serif face of `size`; a little too wide on purpose."""
    return size * sum(_share(sign) for sign in text) * (1.08 if bold else 1.0)


def wrap(text: str, *, width: float, size: float, most: int) -> list[str]:
    """The lines of a text that fit into `width`, at most `most`; the last is cut with … if needed.

    Breaks come after a phrase where that takes no more lines, and lines are of about one length,
    so that no single character is left over.
    """
    return list(_wrapped(text, width=width, size=size, most=most))


@lru_cache(_KEPT)
def _wrapped(text: str, *, width: float, size: float, most: int) -> tuple[str, ...]:
    by_sign = _fill(_unbroken(text), width=width, size=size)
    if len(by_sign) > most:
        kept = [_cut(line, width=width, size=size) for line in by_sign[:most]]
        kept[-1] = _cut(f"{by_sign[most - 1]}{by_sign[most]}…", width=width, size=size)
        return tuple(kept)
    phrases = _PHRASES.split(text)
    by_phrase = _fill(phrases, width=width, size=size)
    fits = all(advance(line, size=size) <= width for line in by_phrase)
    pieces = phrases if fits and len(by_phrase) == len(by_sign) else _unbroken(text)
    return tuple(_even(pieces, width=width, size=size))


def wrap_cells(text: str, *, width: int) -> list[str]:
    """The lines of a text in a terminal that is `width` cells wide."""
    lines: list[str] = []
    line = ""
    for piece in _unbroken(text):
        if line.strip() and cells((line + piece).strip()) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [each for each in [*lines, line.strip()] if each]


def _even(pieces: list[str], *, width: float, size: float) -> list[str]:
    """Lines as narrow as they can be without becoming more."""
    lines = _fill(pieces, width=width, size=size)
    room = width
    while room > size:
        room -= size / 2
        narrower = _fill(pieces, width=room, size=size)
        fits = all(advance(line, size=size) <= room for line in narrower)
        if len(narrower) > len(lines) or not fits:
            break
        lines = narrower
    return [_cut(line, width=width, size=size) for line in lines]


def _fill(pieces: list[str], *, width: float, size: float) -> list[str]:
    """Lines with as many pieces in each as it can hold; a piece that is too long has its own."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line.strip() and advance((line + piece).strip(), size=size) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [each for each in [*lines, line.strip()] if each]


def _unbroken(text: str) -> list[str]:
    """The pieces of a text between which a line may break."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        joins = pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST)
        if joins:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _cut(text: str, *, width: float, size: float) -> str:
    if advance(text, size=size) <= width:
        return text
    while text and advance(f"{text}…", size=size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _is_wide(sign: str) -> bool:
    return east_asian_width(sign) in "WF"


def _share(sign: str) -> float:
    if combining(sign):
        return 0.0
    if _is_wide(sign) or sign in "…→":
        return 1.0
    if sign in _NARROW:
        return 0.4
    return 0.95 if sign in _BROAD else 0.71 if sign.isupper() else 0.6
