"""One import at a time in one installation, in whichever process: a lock on a file beside the records.

The system lets it go with the process, however that ends: so a lock that is free says that nothing
is at work.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from kyogyo.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILE = "imports.lock"


def take_lock(home: Path) -> IO[str]:
    """Take the lock, which is held until the file is closed. Raises ConflictError where another holds it."""
    file = (home / _FILE).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ConflictError(
            en="Another import is at work. Wait until it has ended; this page shows it.",
            ja="別の取り込みが実行中です。完了してからもう一度お試しください（この画面で確認できます）。",
        ) from None
    return file


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the lock of imports. Raises ConflictError where another holds it."""
    with take_lock(home):
        yield


def is_running(home: Path) -> bool:
    """Whether an import is at work in any process here."""
    try:
        with alone(home):
            return False
    except ConflictError:
        return True
