"""The published copy as readers open it: one connection a process, opened anew when another is published."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.errors import MissingTableError, StoreError
from kyogyo.mirror.connection import MEMORY, connect
from kyogyo.mirror.copy.private import FORMAT, key_in, position_in, read_model

if TYPE_CHECKING:
    import duckdb

    from kyogyo.mirror.copy.place import Place
    from kyogyo.mirror.copy.position import Position
    from kyogyo.revenue_model import RevenueModel


@dataclass(frozen=True)
class Opened:
    """One published copy. `key` is another for each; every thread asks through a cursor of its own.

    `left_out`: entries that name a stage or track which the model doesn't have, and aren't counted.
    """

    file: tuple[int, ...]
    key: str
    connection: duckdb.DuckDBPyConnection
    model: RevenueModel
    position: Position
    copied_at: int
    left_out: int


class Reader:
    """Gives the copy that is published now. Threads may share it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._process = os.getpid()

    def current(self) -> Opened:
        """The copy as published now; the same object as before where it is the same file.

        What was opened before stays open as long as somebody holds it.

        Raises:
            MissingTableError: nothing was published yet.
            StoreError: the file can't be read, or another version of Kyogyo made it.
        """
        file = self._file()
        opened = self._opened
        if opened is not None and opened.file == file and self._process == os.getpid():
            return opened
        with self._lock:
            if self._opened is None or self._opened.file != file or self._process != os.getpid():
                self._opened = self._open()
                self._process = os.getpid()
            return self._opened

    def _file(self) -> tuple[int, ...]:
        try:
            found = self._place.published.stat()
        except FileNotFoundError:
            raise MissingTableError(
                en=f"There is no measuring copy in {self._place.home} yet. kyogyo serve makes one by itself; "
                "otherwise run: kyogyo mirror",
                ja=f"{self._place.home} に計測用コピーがまだありません。kyogyo serve の実行中は自動で作成されます。"
                "手動で作成するには kyogyo mirror を実行してください。",
            ) from None
        return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)

    def _open(self) -> Opened:
        import duckdb  # noqa: PLC0415 -- slow import

        connection = connect(MEMORY)
        try:
            file = self._file()
            facts = _attach(connection, self._place)
            # Views, because which database is meant by default isn't passed on to cursors.
            for (name,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'copied'"
            ).fetchall():
                connection.execute(f'CREATE VIEW "{name}" AS FROM copied."{name}"')
            left_out = connection.execute("SELECT COUNT(*) FROM left_out").fetchall()[0][0]
        except duckdb.Error as error:
            connection.close()
            raise _cannot_open(self._place, str(error)) from error
        except BaseException:
            connection.close()
            raise
        return Opened(
            file=file,
            key=key_in(facts),
            connection=connection,
            model=read_model(facts["model"], facts["version"]),
            position=position_in(facts),
            copied_at=int(facts["copied_at"]),
            left_out=left_out,
        )


def published_key(place: Place) -> str | None:
    """Which state is published; None where nothing is, or nothing that can be read."""
    import duckdb  # noqa: PLC0415 -- slow import

    if not place.published.exists():
        return None
    with connect(MEMORY) as connection:
        try:
            return key_in(_attach(connection, place))
        except (duckdb.Error, StoreError):
            return None


def _attach(connection: duckdb.DuckDBPyConnection, place: Place) -> dict[str, str]:
    """Attach the published file as `copied`, and return what it says of itself.

    Attached to a database in memory, each file is opened for itself. Opened by its name, DuckDB
    would give the one of that name that is still open in this process.
    """
    path = str(place.published).replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS copied (READ_ONLY)")
    facts = dict(connection.execute("SELECT key, value FROM copied.meta").fetchall())
    if facts.get("format") != FORMAT:
        raise _other_version(place)
    return facts


def _other_version(place: Place) -> StoreError:
    return StoreError(
        en=f"{place.published} was made by another version of Kyogyo. Make it anew: kyogyo mirror --rebuild",
        ja=f"{place.published} は別のバージョンの Kyogyo が作ったものです。作り直してください: kyogyo mirror --rebuild",
    )


def _cannot_open(place: Place, told: str) -> StoreError:
    first = told.splitlines()[0]
    return StoreError(
        en=f"The measuring copy {place.published} can't be opened: {first}. Nothing is lost, since it is only a "
        "copy: make it anew with kyogyo mirror --rebuild",
        ja=f"計測用コピー {place.published} を開けません: {first}。コピーなので失われるものはありません。"
        "kyogyo mirror --rebuild で作り直してください。",
    )
