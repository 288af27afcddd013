"""Any DB-API 2.0 connection: SQLite, PostgreSQL by psycopg, and warehouses with such a driver."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from kyogyo.analytics.engines.base import Columns, as_integers

_CHUNK = 10_000


class DbApiEngine:
    """`connection` is a DB-API connection; `marks` its style of parameters: '?' or '%s'.

    PostgreSQL is read through the ordinary client cursor: a server-side cursor forbids it parallel
    plans, and one of these queries then took 300 times as long (reference/engine.md, 1.3).
    """

    def __init__(self, connection: Any, *, name: str, marks: Literal["?", "%s"] = "?") -> None:
        self.connection = connection
        self.name = name
        self._marks = marks

    def integers(self, sql: str) -> Columns:
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        finally:
            cursor.close()
        if not rows:
            return {name: np.empty(0, dtype=np.int64) for name in names}
        return {
            name: as_integers(name, values)
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        }

    def run(self, sql: str) -> None:
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql)
        finally:
            cursor.close()

    def load(self, table: str, columns: Columns) -> None:
        names = ", ".join(columns)
        marks = ", ".join([self._marks] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        lists = [column.tolist() for column in columns.values()]
        rows = list(zip(*lists, strict=True))
        cursor = self.connection.cursor()
        try:
            for start in range(0, len(rows), _CHUNK):
                cursor.executemany(statement, rows[start : start + _CHUNK])
        finally:
            cursor.close()
