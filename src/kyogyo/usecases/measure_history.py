"""From a store of history (imported, or copied from the records) to a `History` that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kyogyo.analytics.derive import JOURNEYS_PER_RANGE, rebuild, refresh
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.load import open_history
from kyogyo.period import day_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import duckdb

    from kyogyo.analytics.events import History
    from kyogyo.revenue_model import RevenueModel

# Beyond this share of all journeys, making everything anew is faster than looking up the touched ones.
_REBUILD_SHARE = 0.2


class Tables(Protocol):
    """What holds the integer tables: a store of imported history, or the copy of the records."""

    @property
    def model(self) -> RevenueModel:
        """The declared model that they were made under."""

    def tables(self) -> duckdb.DuckDBPyConnection:
        """A connection to them."""

    def one_transaction(self) -> AbstractContextManager[Callable[[], None]]:
        """Several statements, kept only if the function given is called."""


def measure_history(
    *, store: Tables, as_of: int | None = None, tell: Callable[[int, int], None] | None = None
) -> History:
    """Bring the derived tables of `store` up to date, touched journeys only where that is less work, and open them.

    With `as_of` (epoch microseconds) the history is that of then: what was entered later isn't known yet. It is
    made apart, in memory; the store stays as it is.

    Raises:
        MissingTableError: the store has no entries.
    """
    if as_of is not None:
        return _history_as_of(store, as_of, tell)
    derive_tables(store=store, tell=tell)
    return open_history(DuckDBEngine(store.tables()), model=store.model)


def derive_tables(*, store: Tables, tell: Callable[[int, int], None] | None = None) -> None:
    """Bring the derived tables up to date with the entries, touched journeys only where that is less work."""
    engine = DuckDBEngine(store.tables())
    attributes = _attributes(engine)
    if _needs_rebuild(engine, attributes):
        rebuild(engine, model=store.model, attributes=attributes, tell=tell)
        engine.run("DELETE FROM touched")
    else:
        # Broken off half-way, it leaves the tables as they were, and `touched` filled.
        with store.one_transaction() as keep:
            refresh(engine, model=store.model, attributes=attributes)
            engine.run("DELETE FROM touched")
            keep()


def _history_as_of(store: Tables, as_of: int, tell: Callable[[int, int], None] | None) -> History:
    import duckdb  # noqa: PLC0415 -- slow import

    then = DuckDBEngine(duckdb.connect())
    last_day = day_of(as_of, zone=store.model.time_zone)
    for table, condition in (
        ("entries", f"at_us <= {as_of}"),
        ("attributes", f"journey IN (SELECT journey FROM entries WHERE at_us <= {as_of})"),
        ("revenue", f"period_end <= {last_day + 1}"),
        ("names", "TRUE"),
    ):
        rows = store.tables().sql(f"SELECT * FROM {table} WHERE {condition}").to_arrow_table()
        then.connection.register("rows_then", rows)
        then.run(f"CREATE TABLE {table} AS SELECT * FROM rows_then")
        then.connection.unregister("rows_then")
    rebuild(then, model=store.model, attributes=_attributes(then), tell=tell)
    return open_history(then, model=store.model, as_of=as_of)


def _attributes(engine: DuckDBEngine) -> list[int]:
    codes = engine.integers("SELECT code FROM names WHERE kind = 'attribute' ORDER BY code")["code"]
    return [int(code) for code in codes]


def _needs_rebuild(engine: DuckDBEngine, attributes: list[int]) -> bool:
    columns = engine.connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'journeys'"
    ).fetchall()
    held = {name for (name,) in columns if name.startswith("a_")}
    if not columns or held != {f"a_{code}" for code in attributes}:
        return True
    counts = engine.integers(
        "SELECT (SELECT COUNT(*) FROM touched) AS touched, (SELECT COUNT(*) FROM journeys) AS journeys"
    )
    # A refresh takes all touched journeys at once, so it may not be more than one range of a rebuild.
    most = min(_REBUILD_SHARE * counts["journeys"][0], JOURNEYS_PER_RANGE)
    return bool(counts["touched"][0] > most)
