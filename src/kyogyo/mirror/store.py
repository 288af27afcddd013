"""The file that keeps the imported history: opened, checked, and read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kyogyo.errors import StoreError
from kyogyo.mirror import codes, current, schema
from kyogyo.mirror.connection import MEMORY, connect

if TYPE_CHECKING:
    import duckdb

    from kyogyo.revenue_model import RevenueModel


@dataclass(frozen=True, slots=True)
class FileKept:
    """One file as the store knows it: its identity, and what became of its rows at the last import."""

    file: int
    source: str
    label: str
    digest: str
    mapping_digest: str
    rows: int
    imported_at: int
    taken: int
    unchanged: int
    refused: int
    ignored: int
    retracted: int


class Store:
    """Imported history in one DuckDB file, written by one process at a time.

    Use it in a `with` statement. `connection` holds the integer tables `entries`, `attributes`,
    `revenue` and `names` (see `kyogyo.analytics.events`) and `touched`, the journeys whose facts
    changed since somebody last emptied that table.
    """

    def __init__(
        self, *, connection: duckdb.DuckDBPyConnection, path: str, model: RevenueModel
    ) -> None:
        self.connection = connection
        self.path = path
        self.model = model
        self.is_in_transaction = False

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        model: RevenueModel,
        read_only: bool = False,
        memory_limit: str = "320MB",
        threads: int = 2,
    ) -> Store:
        """Open the store at `path`, or make it; ":memory:" keeps it for this process only.

        Raises StoreError when another process has it open, when the file isn't a store of this
        format, or when it was filled under a model that this one can't read.
        """
        name = str(path)
        connection = _connect(name, read_only=read_only, memory_limit=memory_limit, threads=threads)
        try:
            if schema.is_empty(connection) and not read_only:
                schema.create(connection)
            schema.check(connection, path=name)
            _agree_on_model(connection, path=name, model=model, read_only=read_only)
        except BaseException:
            connection.close()
            raise
        return cls(connection=connection, path=name, model=model)

    def tables(self) -> duckdb.DuckDBPyConnection:
        """The connection, with the integer tables of the current state filled."""
        return self.connection

    def files(self) -> tuple[FileKept, ...]:
        """The files that the store rests on, in the order of their first import."""
        rows = self.connection.execute(
            "SELECT file, source, label, digest, mapping_digest, rows, imported_at, taken, unchanged,"
            " refused, ignored, retracted FROM files ORDER BY file"
        ).fetchall()
        return tuple(FileKept(*row) for row in rows)

    @contextmanager
    def one_transaction(self) -> Iterator[Callable[[], None]]:
        """Several deliveries in one transaction, kept only if the function given is called."""
        kept = False

        def keep() -> None:
            nonlocal kept
            kept = True

        self.connection.execute("BEGIN")
        self.is_in_transaction = True
        try:
            yield keep
        except BaseException:
            kept = False
            raise
        finally:
            self.is_in_transaction = False
            self.connection.execute("COMMIT" if kept else "ROLLBACK")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _connect(
    path: str, *, read_only: bool, memory_limit: str, threads: int
) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 -- slow import

    if path != MEMORY:
        _require_place(path)
    try:
        return connect(path, read_only=read_only, memory_limit=memory_limit, threads=threads)
    except duckdb.Error as error:
        raise _cannot_open(path, str(error)) from error


def _require_place(path: str) -> None:
    place = Path(path)
    if place.is_dir():
        raise StoreError(
            en=f"{path} is a folder. Name a file for the store, for example {place / 'kyogyo.duckdb'}.",
            ja=f"{path} はフォルダーです。保存先にはファイルを指定してください(例: {place / 'kyogyo.duckdb'})。",
        )
    if not place.absolute().parent.is_dir():
        raise StoreError(
            en=f"There is no folder {place.absolute().parent} to keep the store in. Make it first.",
            ja=f"保存先のフォルダー {place.absolute().parent} がありません。先に作成してください。",
        )


def _cannot_open(path: str, told: str) -> StoreError:
    if "lock" in told or "different configuration" in told:
        return StoreError(
            en=f"{path} is open elsewhere: one process at a time can write to a store. "
            "Wait until it has finished, or close it there.",
            ja=f"{path} は別の処理が開いています。保存先に書き込めるのは一度に 1 つの処理だけです。"
            "終わるのを待つか、そちらを閉じてください。",
        )
    if "not a valid DuckDB" in told:
        return StoreError(
            en=f"{path} is not a store: it is some other kind of file. Nothing was changed. "
            "Name another file with --store.",
            ja=f"{path} は保存先として使えません(別の種類のファイルです)。何も変更していません。"
            "--store で別のファイルを指定してください。",
        )
    first = told.splitlines()[0]
    return StoreError(
        en=f"The store {path} can't be opened: {first}. If a newer program wrote it, import the "
        "files again into a new store.",
        ja=f"保存先 {path} を開けません: {first}。より新しいプログラムが作ったものなら、新しい保存先に"
        "もう一度取り込んでください。",
    )


def _agree_on_model(
    connection: duckdb.DuckDBPyConnection, *, path: str, model: RevenueModel, read_only: bool
) -> None:
    """Check what the store was filled under, number the model's words, renew what depends on them."""
    kept = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    for key, now in (("time_zone", model.time_zone), ("currency", model.currency)):
        if kept.get(key, now) != now:
            raise _other_basis(path, key, was=kept[key], now=now)
    if not read_only:
        codes.declare(connection, model=model)
    codes.number(connection, path=path, model=model)
    shape = json.dumps(codes.shape_of(model), ensure_ascii=False)
    if read_only or kept.get("shape") == shape:
        return
    connection.execute("BEGIN")
    current.renew_all(connection, model=model)
    connection.execute("DELETE FROM meta WHERE key IN ('shape', 'time_zone', 'currency')")
    connection.execute(
        "INSERT INTO meta VALUES ('shape', ?), ('time_zone', ?), ('currency', ?)",
        [shape, model.time_zone, model.currency],
    )
    connection.execute("COMMIT")


def _other_basis(path: str, key: str, *, was: str, now: str) -> StoreError:
    said = {"time_zone": ("time zone", "タイムゾーン"), "currency": ("currency", "通貨")}[key]
    return StoreError(
        en=f"{path} was filled under the {said[0]} {was}, and the model now says {now}. Every "
        "instant and amount in it depends on that. Import the files again into a new store.",
        ja=f"{path} は{said[1]} {was} で取り込まれていますが、モデルは現在 {now} です。保存された日時や金額は"
        "これに依存しています。新しい保存先にもう一度取り込んでください。",
    )
