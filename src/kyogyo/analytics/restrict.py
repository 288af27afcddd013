"""A part of a history: the journeys with certain attributes, asked in the same words as the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.sql import ROWS, Question, emit, one_of

if TYPE_CHECKING:
    from kyogyo.analytics.events import History

_KEPT = "kept_journeys"


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which journeys are kept: for each attribute named, those with one of its values; 0 is "not recorded".

    `owners` None keeps all; else only what those people had counts: the stays that were theirs, the steps that began
    with them. Attributes, values and owners are codes. An empty set keeps nothing.
    """

    values: Mapping[int, frozenset[int]] = field(default_factory=dict)
    owners: frozenset[int] | None = None

    @property
    def is_whole(self) -> bool:
        return not self.values and self.owners is None

    @property
    def condition(self) -> str:
        """The condition over `journeys`."""
        parts = [one_of(f"a_{a}", sorted(v)) for a, v in sorted(self.values.items())]
        if self.owners is not None:
            theirs = one_of("owner", sorted(self.owners))
            parts.append(f"journey IN (SELECT journey FROM visits WHERE {theirs} GROUP BY journey)")
        return " AND ".join(parts) or "1 = 1"


def kept_sql(restriction: Restriction) -> str:
    """SELECT of the journeys that are kept."""
    condition = restriction.condition
    return f"SELECT journey FROM journeys WHERE {condition} GROUP BY journey ORDER BY journey"


def part_sql(table: str, *, restriction: Restriction, source: str = "", kept: str = "") -> str:
    """SELECT of the rows of `table` that belong to what is kept.

    `source` is where the whole table is found, `kept` a table of the journeys kept; else they are looked up.
    """
    journeys = f"SELECT journey FROM {kept}" if kept else kept_sql(restriction)
    whole = source or table
    if table == "revenue":
        accounts = f"SELECT account FROM entries WHERE account > 0 AND journey IN ({journeys})"
        return f"SELECT * FROM {whole} WHERE account IN ({accounts})"
    of_journeys = f"SELECT * FROM {whole} WHERE journey IN ({journeys})"
    if table == "visits" and restriction.owners is not None:
        return f"{of_journeys} AND {one_of('owner', sorted(restriction.owners))}"
    return of_journeys


def restrict(history: History, *, restriction: Restriction) -> History:
    """The history of the journeys kept; what is recorded when, and which stages are measured, stays that of the whole.

    The tables are views on a connection of its own, so the whole history is neither copied nor changed; it must be
    a whole one, not itself a part.
    """
    if restriction.is_whole:
        return history
    engine = history.engine
    assert isinstance(engine, DuckDBEngine)  # noqa: S101 -- `open_history` makes no other
    ((catalog, schema),) = engine.connection.execute(
        "SELECT current_database(), current_schema()"
    ).fetchall()
    # A cursor is a connection of its own to the same databases, and what is temporary on it comes first there.
    own = engine.connection.cursor()
    own.execute(f'USE "{catalog}"."{schema}"')
    own.execute(f"CREATE TEMP TABLE {_KEPT} AS {kept_sql(restriction)}")
    for table in ("journeys", "visits", "entries", "attributes", "revenue"):
        source = f'"{catalog}"."{schema}".{table}'
        part = part_sql(table, restriction=restriction, source=source, kept=_KEPT)
        own.execute(f"CREATE TEMP VIEW {table} AS {part}")
    part_engine = DuckDBEngine(own)
    kept = part_engine.integers("SELECT COUNT(*) AS n FROM journeys")["n"]
    entries = part_engine.integers("SELECT COUNT(*) AS n FROM entries")["n"]
    return replace(
        history,
        engine=part_engine,
        journeys=int(kept[0]),
        entries=int(entries[0]),
        owners=restriction.owners,
    )


def values_of(history: History, *, attribute: str, track: str) -> dict[int, int]:
    """How many journeys of the track have each value (by code) of an attribute; 0 is "not recorded"."""
    columns = history.engine.integers(
        emit(Question(source="journeys", keys=(("value", f"a_{history.attributes[attribute]}"),), measures=(("n", ROWS),),
                      where=(f"track = {history.track_code(track)}",)))
    )  # fmt: skip
    return dict(zip(columns["value"].tolist(), columns["n"].tolist(), strict=True))
