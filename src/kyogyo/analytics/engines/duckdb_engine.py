"""DuckDB: the engine that is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.engines.base import Columns, as_integers

if TYPE_CHECKING:
    import duckdb


class DuckDBEngine:
    """`connection` stays the caller's: it is neither opened nor closed here."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def integers(self, sql: str) -> Columns:
        table = self.connection.sql(sql).to_arrow_table()
        return {
            name: as_integers(name, column.to_numpy())
            for name, column in zip(table.column_names, table.columns, strict=True)
        }

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def load(self, table: str, columns: Columns) -> None:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        self.connection.register("loaded_columns", pa.table(dict(columns)))
        names = ", ".join(columns)
        self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM loaded_columns")
        self.connection.unregister("loaded_columns")
