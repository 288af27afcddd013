"""A model of five stages and helpers to write down a history by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from kyogyo.analytics.derive import derive
from kyogyo.analytics.engines import DuckDBEngine, Engine
from kyogyo.analytics.events import ATTRIBUTES, DAY, ENTRIES, NAMES, REVENUE, History
from kyogyo.analytics.load import open_history
from kyogyo.revenue_model import RevenueModel, parse_model

MODEL_TEXT = """
version = "t1"
name = { en = "Small", ja = "小さな会社" }
currency = "JPY"
time_zone = "Asia/Tokyo"
departments = [
  { code = "marketing", label = { en = "Marketing", ja = "マーケティング" } },
  { code = "sales", label = { en = "Sales", ja = "営業" } },
]
tracks = [{ code = "new", label = { en = "New", ja = "新規" }, stages = ["lead", "meeting", "won", "active"], exits = ["lost", "recycled"] }]
stages = [
  { code = "lead", label = { en = "Lead", ja = "リード" }, department = "marketing" },
  { code = "meeting", label = { en = "Meeting", ja = "商談" }, department = "sales" },
  { code = "won", label = { en = "Won", ja = "受注" }, department = "sales", type = "won" },
  { code = "active", label = { en = "Active", ja = "利用中" }, department = "sales", type = "ongoing" },
  { code = "lost", label = { en = "Lost", ja = "失注" }, department = "sales", type = "lost" },
  { code = "recycled", label = { en = "Recycled", ja = "還流" }, department = "marketing", type = "recycled" },
]
"""
LEAD, MEETING, WON, ACTIVE, LOST, RECYCLED = range(1, 7)
STAGES = {"lead": LEAD, "meeting": MEETING, "won": WON, "active": ACTIVE, "lost": LOST, "recycled": RECYCLED}  # fmt: skip
ZONE = ZoneInfo("Asia/Tokyo")
Row = dict[str, int]


def small_model() -> RevenueModel:
    return parse_model(MODEL_TEXT, name="small.toml")


def changed_model(*changes: tuple[str, str], more: str = "") -> RevenueModel:
    """The small model with text exchanged, each (old, new) found, and `more` at its end."""
    text = MODEL_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_model(text + more, name="changed.toml")


def two_track_model() -> RevenueModel:
    """The small model with a second track that shares stages with the first."""
    track = (
        '{ code = "direct", label = { en = "Direct", ja = "直販" }, '
        'stages = ["meeting", "won"], exits = ["recycled"] }'
    )
    return changed_model(("tracks = [", f"tracks = [{track}, "))


def tokyo(text: str) -> int:
    """Epoch microseconds of a local time such as '2026-04-01 09:00'."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
    return round(moment.timestamp()) * 1_000_000 + moment.microsecond


def day(text: str) -> int:
    """The day number of a date such as '2026-04-01'."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def day_of(at: int) -> int:
    return (at + 9 * 3_600_000_000) // DAY


def month_of(at: int) -> int:
    local = datetime.fromtimestamp(at // 1_000_000, tz=ZONE)
    return local.year * 12 + local.month - 1


def entry(journey: int, stage: int, at: str | int, **more: int) -> Row:
    """One row of `entries`; `at` local time or epoch microseconds."""
    moment = tokyo(at) if isinstance(at, str) else at
    row = dict.fromkeys(ENTRIES, 0) | {
        "journey": journey, "stage": stage, "at_us": moment, "day": day_of(moment), "month": month_of(moment),
        "track": 1, "cause": 3, "prec": 1,
    }  # fmt: skip
    return row | more


def alike(
    first: int, n: int, start: str, moves: Mapping[str, int], *, every: int = 0, **more: int
) -> list[Row]:
    """`n` journeys, numbered from `first`, that enter each stage of `moves` so many days after `start`.

    Each begins `every` days after the one before. `more` goes into each entry.
    """
    rows = []
    for i in range(n):
        for stage, days in moves.items():
            at = tokyo(f"{start} 10:00") + (i * every + days) * DAY
            rows.append(entry(first + i, STAGES[stage], at, **more))
    return rows


def columns(rows: Sequence[Mapping[str, int]], names: Mapping[str, str]) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows], dtype=np.int64) for name in names}


def make_tables(
    engine: Engine,
    rows: Sequence[Mapping[str, int]],
    *,
    attributes: Sequence[tuple[int, int, int]] = (),
    revenue: Sequence[tuple[int, int, int, int]] = (),
) -> None:
    """Create and fill the integer tables on an engine; `seq` follows the order of the rows."""
    for table, schema in (("entries", ENTRIES), ("attributes", ATTRIBUTES), ("revenue", REVENUE)):
        fields = ", ".join(f"{name} {kind}" for name, kind in schema.items())
        engine.run(f"CREATE TABLE {table} ({fields})")
    numbered = [dict(row) | {"seq": row["seq"] or i} for i, row in enumerate(rows, start=1)]
    if numbered:
        engine.load("entries", columns(numbered, ENTRIES))
    for table, schema, given in (
        ("attributes", ATTRIBUTES, attributes),
        ("revenue", REVENUE, revenue),
    ):
        if given:
            listed = [dict(zip(schema, row, strict=True)) for row in given]
            engine.load(table, columns(listed, schema))


def small_history(
    rows: Sequence[Mapping[str, int]],
    *,
    as_of: str = "2026-12-31",
    attributes: Mapping[str, Mapping[int, str]] | None = None,
    revenue: Sequence[tuple[int, int, int, int]] = (),
    model: RevenueModel | None = None,
) -> History:
    """A history on DuckDB in memory. `attributes` maps a name to {journey: text}."""
    connection = duckdb.connect()
    engine = DuckDBEngine(connection)
    connection.execute(f"CREATE TABLE names ({', '.join(f'{n} {k}' for n, k in NAMES.items())})")
    codes: dict[str, int] = {}
    facts: list[tuple[int, int, int]] = []
    names: list[tuple[str, int, str]] = []
    for number, (name, known) in enumerate((attributes or {}).items(), start=1):
        names.append(("attribute", number, name))
        for journey, text in known.items():
            if text not in codes:
                codes[text] = len(codes) + 1
                names.append(("value", codes[text], text))
            facts.append((journey, number, codes[text]))
    for kind, code, text in names:
        connection.execute("INSERT INTO names VALUES (?, ?, ?)", [kind, code, text])
    make_tables(engine, rows, attributes=facts, revenue=revenue)
    model = model or small_model()
    derive(engine, model=model, attributes=list(range(1, len(attributes or {}) + 1)))
    return open_history(engine, model=model, as_of=tokyo(f"{as_of} 23:59"))
