"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kyogyo.errors import KyogyoError


def write_text(path: Path, text: str) -> None:
    """Put `text` (UTF-8) at `path` in one go: a reader sees the old file or the new one.

    Raises:
        KyogyoError: the place can't be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as error:
        raise KyogyoError(
            en=f"{path} can't be written: {error.strerror}. Name another place with --out.",
            ja=f"{path} に書き込めません: {error.strerror}。--out で別の場所を指定してください。",
        ) from error
