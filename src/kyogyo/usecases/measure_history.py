"""From a store of imported history to a `History` that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.derive import rebuild, refresh
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.load import open_history

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyogyo.analytics.events import History
    from kyogyo.mirror import Store

# Beyond this share of all journeys, making everything anew is faster than looking up the touched ones.
_REBUILD_SHARE = 0.2


def measure_history(
    *, store: Store, as_of: int | None = None, tell: Callable[[int, int], None] | None = None
) -> History:
    """Bring the derived tables of `store` up to date, touched journeys only where that is less work, and open them.

    Raises:
        MissingTableError: the store has no entries.
    """
    engine = DuckDBEngine(store.tables())
    attributes = [
        int(code)
        for code in engine.integers(
            "SELECT code FROM names WHERE kind = 'attribute' ORDER BY code"
        )["code"]
    ]
    if _needs_rebuild(engine, attributes):
        rebuild(engine, model=store.model, attributes=attributes, tell=tell)
    else:
        refresh(engine, model=store.model, attributes=attributes)
    engine.run("DELETE FROM touched")
    return open_history(engine, model=store.model, as_of=as_of)


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
    return bool(counts["touched"][0] > _REBUILD_SHARE * counts["journeys"][0])
