"""SQLite as it must be here: a version without the WAL-reset bug, and writers that wait fairly."""

from __future__ import annotations

import sys
import time
from typing import Any

import pysqlite3

WAIT_SECONDS = 20.0
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-20000; PRAGMA mmap_size=0; PRAGMA journal_size_limit=67108864;"
)


def use_own_sqlite() -> None:
    """Put the packaged SQLite in the place of the machine's, before anything imports it.

    SQLite before 3.51.3 can corrupt a database in WAL mode with several connections.
    """
    if pysqlite3.sqlite_version_info < (3, 51, 3):
        msg = f"SQLite {pysqlite3.sqlite_version} has the WAL-reset bug."
        raise RuntimeError(msg)
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def wait_fairly(*, connection: Any, **_: object) -> None:
    """SQLite's own back-off starves writers; short equal waits don't. For the signal connection_created."""
    if connection.vendor != "sqlite":
        return
    began = 0.0

    def wait(tries: int) -> int:
        nonlocal began
        if tries == 0:
            began = time.monotonic()
        time.sleep(0.002)
        return int(time.monotonic() - began < WAIT_SECONDS)

    connection.connection.set_busy_handler(wait)
