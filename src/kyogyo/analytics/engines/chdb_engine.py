"""ClickHouse, embedded by chdb or behind any object with its `query(sql, format)`."""

from __future__ import annotations

from typing import Any

from kyogyo.analytics.engines.base import Columns, as_integers

_CHUNK = 5_000


class ChdbEngine:
    """`session` is a `chdb.session.Session`. Joins fill what is missing with the type's default, as 0."""

    name = "clickhouse"

    def __init__(self, session: Any) -> None:
        self.session = session

    def integers(self, sql: str) -> Columns:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        answer = self.session.query(sql, "ArrowStream")
        with pa.ipc.open_stream(answer.bytes()) as reader:
            table = reader.read_all()
        return {
            name: as_integers(name, column.to_numpy())
            for name, column in zip(table.column_names, table.columns, strict=True)
        }

    def run(self, sql: str) -> None:
        if sql.lstrip().upper().startswith("CREATE TABLE"):
            sql = (
                f"{sql} ENGINE = MergeTree ORDER BY tuple()"
                if " AS " not in sql.upper()
                else _create_as(sql)
            )
        self.session.query(sql)

    def load(self, table: str, columns: Columns) -> None:
        names = ", ".join(columns)
        rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
        for start in range(0, len(rows), _CHUNK):
            values = ", ".join(
                f"({', '.join(map(str, row))})" for row in rows[start : start + _CHUNK]
            )
            self.session.query(f"INSERT INTO {table} ({names}) VALUES {values}")


def _create_as(sql: str) -> str:
    head, _, body = sql.partition(" AS ")
    return f"{head} ENGINE = MergeTree ORDER BY tuple() AS {body}"
