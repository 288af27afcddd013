"""Where the records are kept, for what reads them past Django: the measuring copy."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import DatabaseError, connection

from kyogyo.records.models import Outbox

# PostgreSQL: a lock that was not got, a statement that took too long, two that waited for each
# other, two that can't both be.
_WAITED = frozenset({"55P03", "57014", "40P01", "40001"})
_NO_ROOM = "53100"


@dataclass(frozen=True)
class Database:
    """An SQLite file (`address` is its path) or a PostgreSQL (its URL, which can hold a password)."""

    kind: Literal["sqlite", "postgresql"]
    address: str = field(repr=False)


def database() -> Database:
    """The database of this installation. Nothing is connected to."""
    told = settings.DATABASES["default"]
    if str(told["ENGINE"]).endswith("sqlite3"):
        return Database("sqlite", str(told["NAME"]))
    user, password = (quote(str(told.get(key) or ""), safe="") for key in ("USER", "PASSWORD"))
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    where = urlencode({key.lower(): told[key] for key in ("HOST", "PORT") if told.get(key)})
    return Database("postgresql", f"postgresql://{who}/{quote(str(told['NAME']), safe='')}?{where}")


def home() -> Path:
    """The folder of this installation."""
    return Path(settings.HOME)


def learn_sizes() -> None:
    """Let SQLite look at its tables, so that it chooses among indexes by what is there; PostgreSQL does so by itself.

    A sample of each index that changed much: well under a second for a million journeys.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("PRAGMA optimize = 0x10002")


def changes_waiting(*, watermark: int) -> int:
    """How many changes the measuring copy doesn't have yet, that is up to `watermark`."""
    if connection.vendor == "sqlite":
        return Outbox.objects.filter(id__gt=watermark).count()
    # A database that was put back holds numbers of transactions that this server is yet to give.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM records_outbox WHERE xid >= CAST(%s AS xid8) "
            "AND xid < pg_snapshot_xmax(pg_current_snapshot())",
            [str(watermark)],
        )
        return int(cursor.fetchone()[0])


def is_full(error: BaseException) -> bool:
    """Whether `error` says that the disk has no room left, for the database or for another file."""
    cause = error.__cause__ or error
    if getattr(cause, "sqlstate", None) == _NO_ROOM:
        return True
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, DatabaseError) and "database or disk is full" in str(cause)


def is_busy(error: DatabaseError) -> bool:
    """Whether `error` says that somebody else held the database for too long: later it may well work."""
    cause = error.__cause__ or error
    if getattr(cause, "sqlstate", None) in _WAITED:
        return True
    told = str(cause)
    return "database is locked" in told or "database table is locked" in told
