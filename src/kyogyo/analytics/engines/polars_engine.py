"""Polars' SQL over frames in memory."""

from __future__ import annotations

import re
from typing import Any

from kyogyo.analytics.engines.base import Columns, as_integers

_CREATE_AS = re.compile(r"\s*CREATE TABLE (\w+) AS\s(.*)", re.DOTALL)
_CREATE = re.compile(r"\s*CREATE TABLE (\w+) \((.*)\)\s*$", re.DOTALL)
_DROP = re.compile(r"\s*DROP TABLE (\w+)\s*$")
_TYPES = {"BIGINT": "Int64", "INTEGER": "Int32", "SMALLINT": "Int16", "VARCHAR": "String"}


class PolarsEngine:
    """`context` is a `polars.SQLContext`; tables are frames registered in it."""

    name = "polars"

    def __init__(self, context: Any) -> None:
        self.context = context

    def integers(self, sql: str) -> Columns:
        frame = self.context.execute(sql, eager=True)
        return {name: as_integers(name, frame[name].to_numpy()) for name in frame.columns}

    def run(self, sql: str) -> None:
        """Only what a frame can do: create a table, empty or from a query."""
        import polars as pl  # noqa: PLC0415 -- optional dependency

        if made := _CREATE_AS.match(sql):
            self.context.register(made[1], self.context.execute(made[2], eager=True))
            return
        if empty := _CREATE.match(sql):
            fields = [field.split() for field in empty[2].split(",")]
            schema = {name: getattr(pl, _TYPES[kind]) for name, kind in fields}
            self.context.register(empty[1], pl.DataFrame(schema=schema))
            return
        if dropped := _DROP.match(sql):
            self.context.unregister(dropped[1])
            return
        message = f"Polars can't run this statement: {sql[:80]!r}"
        raise NotImplementedError(message)

    def load(self, table: str, columns: Columns) -> None:
        import polars as pl  # noqa: PLC0415 -- optional dependency

        held = self.context.execute(f"SELECT * FROM {table}", eager=True)
        rows = pl.DataFrame(dict(columns)).select(
            [pl.col(name).cast(kind) for name, kind in held.schema.items() if name in columns]
        )
        self.context.register(table, pl.concat([held, rows], how="diagonal"))
