"""The bytes of a text file in pieces that end at line ends, unpacked when they are gz."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kyogyo.errors import SourceError

PIECE = 1 << 21
# A line longer than this is no line of a table; nothing is kept in memory beyond it.
LONGEST_LINE = 1 << 25
# What a gz file may grow to: this much in any case, beyond it only at an ordinary ratio.
UNPACKED_AT_LEAST = 500 * 1024**2
UNPACKED_RATIO = 200

GZIP_MAGIC = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Whether the file begins as gz does."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of the file, unpacked when it is gz."""
    if is_gzip(path):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def head_of(path: Path, size: int = 1 << 16) -> bytes:
    """The first `size` bytes of the text."""
    try:
        with open_bytes(path) as file:
            return file.read(size)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken(path) from error


def pieces(path: Path, *, newline: bytes = b"\n", size: int = PIECE) -> Iterator[bytes]:
    """The bytes in pieces of about `size`, each ending after `newline` (the last one maybe not).

    Raises SourceError when a line has no end, or when a gz file is broken or a bomb.
    """
    limit = max(UNPACKED_AT_LEAST, path.stat().st_size * UNPACKED_RATIO)
    packed = is_gzip(path)
    total = 0
    rest = b""
    try:
        with open_bytes(path) as file:
            while piece := file.read(size):
                total += len(piece)
                if packed and total > limit:
                    raise _bomb(path, total)
                piece = rest + piece
                cut = _after_last(piece, newline)
                if cut:
                    yield piece[:cut]
                rest = piece[cut:]
                if len(rest) > LONGEST_LINE:
                    raise _endless_line(path)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken(path) from error
    if rest:
        yield rest


def _after_last(piece: bytes, newline: bytes) -> int:
    """Where the last line of `piece` ends, 0 when none does. Two-byte units stay whole."""
    at = len(piece)
    width = len(newline)
    while (found := piece.rfind(newline, 0, at)) >= 0:
        if found % width == 0:
            return found + width
        at = found + width - 1
    return 0


def _broken(path: Path) -> SourceError:
    return SourceError(
        en=f"{path.name} is packed (gz) but breaks off or is damaged. Copy or export it again.",
        ja=f"{path.name} は圧縮ファイル(gz)ですが、途中で切れているか壊れています。"
        "もう一度コピーするか書き出してください。",
    )


def _bomb(path: Path, total: int) -> SourceError:
    return SourceError(
        en=f"{path.name} unpacks to more than {total // 1024**2:,} MB, over {UNPACKED_RATIO} times "
        "its size. It is refused as a possible bomb; unpack it yourself if you trust it.",
        ja=f"{path.name} は展開すると {total // 1024**2:,} MB を超え、元の {UNPACKED_RATIO} 倍以上に"
        "なります。危険なファイルの可能性があるため読みません。信頼できるなら展開してから指定してください。",
    )


def _endless_line(path: Path) -> SourceError:
    return SourceError(
        en=f"{path.name} has a line of more than {LONGEST_LINE // 1024**2} MB, so it does not look "
        "like a table. Export it again as CSV.",
        ja=f"{path.name} に {LONGEST_LINE // 1024**2} MB を超える行があり、表とは考えられません。"
        "CSV としてもう一度書き出してください。",
    )
