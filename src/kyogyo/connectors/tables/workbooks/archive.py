"""The zip that a workbook is: checked before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from kyogyo.errors import SourceError

# Sheets are read as a stream, so this bounds time, not memory.
UNPACKED_AT_MOST = 1024**3
# Repeated rows pack well; beyond this ratio (of a total worth mentioning) it is a bomb.
RATIO_AT_MOST = 200
RATIO_MATTERS_FROM = 50 * 1024**2
# Parts that are kept in memory whole.
KEPT_AT_MOST = 256 * 1024**2


def checked_zip(path: Path, *, at_most: int = UNPACKED_AT_MOST) -> zipfile.ZipFile:
    """The zip at `path`, open. Raises SourceError when it is damaged, or a bomb by its own list."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise damaged_workbook(path) from error
    unpacked = sum(part.file_size for part in archive.infolist())
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > at_most or (unpacked > RATIO_MATTERS_FROM and ratio > RATIO_AT_MOST):
        archive.close()
        raise SourceError(
            en=f"{path.name} would unpack to {unpacked // 1024**2:,} MB, {ratio:,.0f} times its "
            f"size. At most {at_most // 1024**2:,} MB and {RATIO_AT_MOST} times are read, as a "
            "guard against bombs. If it is real, save the sheet as CSV.",
            ja=f"{path.name} は展開すると {unpacked // 1024**2:,} MB(元の {ratio:,.0f} 倍)になります。"
            f"安全のため {at_most // 1024**2:,} MB、{RATIO_AT_MOST} 倍までしか読みません。"
            "正しいファイルなら、シートを CSV で保存してください。",
        )
    return archive


def require_small(archive: zipfile.ZipFile, name: str, *, path: Path) -> None:
    """Raise SourceError when the part is missing, or larger than may be kept in memory."""
    try:
        size = archive.getinfo(name).file_size
    except KeyError as error:
        raise damaged_workbook(path) from error
    if size > KEPT_AT_MOST:
        raise SourceError(
            en=f"{path.name} holds a part ({name}) of more than {KEPT_AT_MOST // 1024**2} MB. "
            "Save the sheet as CSV.",
            ja=f"{path.name} の中に {KEPT_AT_MOST // 1024**2} MB を超える部分({name})があります。"
            "シートを CSV で保存してください。",
        )


def part(archive: zipfile.ZipFile, name: str, *, path: Path) -> bytes:
    """The whole of one part. Raises SourceError when it is missing, damaged or too large."""
    require_small(archive, name, path=path)
    try:
        return archive.read(name)
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged_workbook(path) from error


def damaged_workbook(path: Path) -> SourceError:
    """The error for a workbook that can't be understood."""
    return SourceError(
        en=f"{path.name} is a workbook, but damaged or incomplete. Open it in Excel, save it again, "
        "or save the sheet as CSV.",
        ja=f"{path.name} は Excel などのブックですが、壊れているか不完全です。Excel で開いて保存し直すか、"
        "シートを CSV で保存してください。",
    )


def locked_workbook(path: Path) -> SourceError:
    """The error for a workbook with a password."""
    return SourceError(
        en=f"{path.name} is locked with a password. Save a copy without one, or the sheet as CSV.",
        ja=f"{path.name} はパスワードで保護されています。パスワードなしで保存したものか、シートの CSV を"
        "指定してください。",
    )
