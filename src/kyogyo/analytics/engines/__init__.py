"""Thin adapters: plain SQL text in, integer columns out. One meaning on every engine.

An engine is handed an open connection; it opens nothing itself. What they share is the small
subset of SQL that `analytics.sql` emits, proved by tests/analytics/test_engines.py to give the
same integers on each of them.
"""

from kyogyo.analytics.engines.base import Columns, Engine
from kyogyo.analytics.engines.chdb_engine import ChdbEngine
from kyogyo.analytics.engines.dbapi_engine import DbApiEngine
from kyogyo.analytics.engines.duckdb_engine import DuckDBEngine
from kyogyo.analytics.engines.polars_engine import PolarsEngine

__all__ = ["ChdbEngine", "Columns", "DbApiEngine", "DuckDBEngine", "Engine", "PolarsEngine"]
