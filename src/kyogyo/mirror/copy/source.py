"""The system of record as the copy reads it: one snapshot, through ADBC, as Arrow batches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote

from kyogyo.errors import StoreError

_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Source:
    """Where the records are: an SQLite file (`address` is its path) or a PostgreSQL (its URL)."""

    kind: Literal["sqlite", "postgresql"]
    # A URL can hold a password, so it isn't shown.
    address: str = field(repr=False)


class Reading(Protocol):
    """One snapshot of the records: whatever is asked, the answer is of the same instant."""

    kind: Literal["sqlite", "postgresql"]

    def batches(self, sql: str) -> Iterator[Any]:
        """The rows of a SELECT as Arrow record batches."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a small SELECT."""


@contextmanager
def read_records(source: Source) -> Iterator[Reading]:
    """A snapshot of the records, for as long as the `with` statement lasts.

    Raises:
        StoreError: the database can't be opened, or is none of Kyogyo's.
    """
    import adbc_driver_manager  # noqa: PLC0415 -- slow import

    try:
        if source.kind == "postgresql":
            with _open_postgresql(source.address) as reading:
                yield reading
        elif _is_open_here(source.address):
            with _open_with_own_library(source.address) as reading:
                yield reading
        else:
            with _open_sqlite(source.address) as reading:
                yield reading
    except adbc_driver_manager.Error as error:
        raise _cannot_read(source, str(error)) from error


class _Adbc:
    """A transaction on an ADBC connection."""

    def __init__(self, connection: Any, kind: Literal["sqlite", "postgresql"]) -> None:
        self._connection = connection
        self.kind = kind

    def batches(self, sql: str) -> Iterator[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            yield from cursor.fetch_record_batch()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row for batch in self.batches(sql) for row in batch.to_pylist()]


@contextmanager
def _open_sqlite(path: str) -> Iterator[Reading]:
    from adbc_driver_sqlite import dbapi  # noqa: PLC0415 -- slow import

    _require_file(path)
    # Read-only, so that this library, which isn't the one that writes, never does a checkpoint.
    with dbapi.connect(f"file:{quote(path)}?mode=ro", autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        yield _Adbc(connection, "sqlite")
        # Closing ends the transaction: nothing was written.


@contextmanager
def _open_postgresql(url: str) -> Iterator[Reading]:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 -- slow import

    with dbapi.connect(url, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield _Adbc(connection, "postgresql")


class _OwnLibrary:
    """A transaction on a connection of the SQLite library that this process already uses."""

    kind: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def batches(self, sql: str) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        cursor = self._connection.execute(sql)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            yield pa.record_batch(columns, names=names)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row for batch in self.batches(sql) for row in batch.to_pylist()]


@contextmanager
def _open_with_own_library(path: str) -> Iterator[Reading]:
    # As the process has it by now, which may not be the machine's.
    import sqlite3  # noqa: PLC0415 -- needs django.setup()

    # DuckDB asks for the rows from threads of its own, one at a time.
    connection = sqlite3.connect(
        f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("BEGIN")
        yield _OwnLibrary(connection)
    finally:
        connection.close()


def _is_open_here(path: str) -> bool:
    """Whether this process has the file open already.

    Two SQLite libraries in one process undo each other's locks: the system drops all locks of a
    process on a file when it closes the file once. So the second one mustn't open it.
    """
    try:
        wanted = Path(path).stat()
        found = [_status(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 -- numbers, not paths
    except OSError:
        return False
    return any(one is not None and os.path.samestat(one, wanted) for one in found)


def _status(path: str) -> os.stat_result | None:
    try:
        return Path(path).stat()
    except OSError:
        return None


def _require_file(path: str) -> None:
    if not Path(path).is_file():
        raise StoreError(
            en=f"There are no records at {path}. Start Kyogyo there first: kyogyo serve, or kyogyo demo.",
            ja=f"{path} に記録がありません。先に kyogyo serve か kyogyo demo で起動してください。",
        )


def _cannot_read(source: Source, told: str) -> StoreError:
    where = source.address if source.kind == "sqlite" else "PostgreSQL"
    if "no such table" in told or "does not exist" in told or "no such column" in told:
        return StoreError(
            en=f"The records at {where} don't have the tables of this version. Bring them up to date "
            "by starting Kyogyo: kyogyo serve.",
            ja=f"{where} の記録に、このバージョンの表がありません。kyogyo serve で起動すると更新されます。",
        )
    first = told.splitlines()[0]
    return StoreError(
        en=f"The records at {where} can't be read: {first}. Check that the database runs and that its "
        "address is right; then try again.",
        ja=f"{where} の記録を読めません: {first}。データベースが動いているか、アドレスが正しいかを確認し、"
        "もう一度実行してください。",
    )
