"""From filled tables to a `History`: reads the names, the windows and up to when was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from kyogyo.analytics.derive import rebuild
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import History, Window
from kyogyo.errors import MissingTableError
from kyogyo.period import day_of

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

_WINDOWS = (
    "SELECT stage, MIN(day) AS first_day, MAX(day) AS last_day, MAX(prec) AS coarsest, COUNT(*) AS n, "
    "CAST(SUM(CASE WHEN prec >= 3 THEN 1 ELSE 0 END) AS BIGINT) AS by_period FROM entries GROUP BY stage ORDER BY stage"
)
_STRAY = 0.05
_REACHED = (
    "SELECT track, stage, CAST(COUNT(*) AS BIGINT) AS n FROM entries "
    "GROUP BY track, stage ORDER BY track, stage"
)
_EXTENT = "SELECT COUNT(*) AS entries, COALESCE(MAX(at_us), 0) AS last FROM entries"


def open_history(engine: DuckDBEngine, *, model: RevenueModel, as_of: int | None = None) -> History:
    """The history in `engine`, whose derived tables are up to date.

    `as_of` is the instant (epoch microseconds) up to which the organisation was observed; without
    it, the last recorded entry is taken, which is the latest that the data itself can vouch for. Entries after
    `as_of`, and periods of revenue that hadn't ended by then, are left out, as they weren't known.

    Raises:
        MissingTableError: there are no entries at all, or none up to `as_of`.
    """
    extent = engine.integers(_EXTENT)
    if as_of is not None and as_of < extent["last"][0]:
        engine = _until(engine, model=model, as_of=as_of)
        extent = engine.integers(_EXTENT)
    if not extent["entries"][0]:
        raise MissingTableError(
            en="There is no history to measure: no entry into any stage was taken, or none up to the day asked for. Look at the verdict file "
            "of the import to see why each row was refused, then mend the mapping in the model file.",
            ja="計測できる履歴がありません。フェーズへの移行が 1 件も取り込まれていないか、指定日までに 1 件もありません。取り込みの判定ファイルで"
            "各行が受け付けられなかった理由を確認し、モデルファイルの対応付けを直してください。",
        )
    names = engine.connection.execute("SELECT kind, code, name FROM names").fetchall()
    instant = int(extent["last"][0]) if as_of is None else as_of
    windows, reached = engine.integers(_WINDOWS), engine.integers(_REACHED)
    journeys = engine.integers("SELECT COUNT(*) AS n FROM journeys")["n"][0]
    revenue = engine.integers("SELECT COUNT(*) AS n FROM revenue")["n"][0]
    return History(
        engine=engine,
        model=model,
        as_of=instant,
        as_of_day=day_of(instant, zone=model.time_zone),
        attributes={name: int(code) for kind, code, name in names if kind == "attribute"},
        value_names={int(code): name for kind, code, name in names if kind == "value"},
        owner_names={int(code): name for kind, code, name in names if kind == "owner"},
        windows=_read_windows(windows, as_of_day=day_of(instant, zone=model.time_zone)),
        entries=int(extent["entries"][0]),
        journeys=int(journeys),
        reached=frozenset(zip(reached["track"].tolist(), reached["stage"].tolist(), strict=True)),
        has_revenue=bool(revenue),
    )


def _until(engine: DuckDBEngine, *, model: RevenueModel, as_of: int) -> DuckDBEngine:
    """The history as it was known at `as_of`, derived anew in a database of its own in memory."""
    # A cursor is a connection of its own to the same databases; which one it uses doesn't change the caller's.
    past = engine.connection.cursor()
    name = f"until_{uuid4().hex}"
    past.execute(f"ATTACH ':memory:' AS {name}")
    end = day_of(as_of, zone=model.time_zone)
    kept = {"entries": f"at_us <= {as_of}", "revenue": f"period_end <= {end} + 1", "attributes": "1 = 1", "names": "1 = 1"}  # fmt: skip
    for table, where in kept.items():
        past.execute(f"CREATE TABLE {name}.{table} AS SELECT * FROM {table} WHERE {where}")
    past.execute(f"USE {name}")
    attributes = past.execute("SELECT code FROM names WHERE kind = 'attribute' ORDER BY code")
    limited = DuckDBEngine(past)
    rebuild(limited, model=model, attributes=[int(code) for (code,) in attributes.fetchall()])
    return limited


def _read_windows(columns: Columns, *, as_of_day: int) -> dict[int, Window]:
    # A few entries dated by periods among exact ones spoil the days of all; a stray one doesn't.
    dated = columns["by_period"] > _STRAY * columns["n"]
    return {
        int(stage): Window(
            first=int(first),
            last=int(last) if by_period else as_of_day,
            period_months={3: 1, 4: 3}[int(prec)] if by_period else 0,
        )
        for stage, first, last, prec, by_period in zip(
            columns["stage"],
            columns["first_day"],
            columns["last_day"],
            columns["coarsest"],
            dated,
            strict=True,
        )
    }
