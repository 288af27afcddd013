"""Simulated events in two forms: what Kyogyo keeps and derives, and the flat event table of the others.

`kyogyo.duckdb` holds the integer tables and the derived ones; `events.duckdb` one row an event in
order of journey and time, with the journey's source beside it, so that nobody has to join it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
from clock import Clock, peak_mb
from five_questions import SOURCES, TRACK, WINDOW_DAYS, Facts

from kyogyo.analytics.derive import rebuild
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import ATTRIBUTES, ENTRIES, NAMES, REVENUE
from kyogyo.analytics.simulate.entries import entry_chunks
from kyogyo.revenue_model import default_model

if TYPE_CHECKING:
    from collections.abc import Mapping

KYOGYO, EVENTS, FACTS = "kyogyo.duckdb", "events.duckdb", "facts.json"
EVENTS_A_JOURNEY = 4.259  # of the simulated ones
SOURCE = 1
EVENT_COLUMNS = ("journey", "seq", "track", "stage", "at_us", "day", "month", "owner", "source")


def connect(path: Path, *, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """The file, to be read, with as many threads as every measurement has."""
    return duckdb.connect(str(path), read_only=True, config={"threads": threads})


def connect_to_write(path: Path, *, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """The file with the settings of Kyogyo's store, whose memory is bounded."""
    return duckdb.connect(
        str(path),
        config={
            "threads": threads,
            "memory_limit": "320MB",
            "temp_directory": str(path.with_suffix(".spill")),
            "preserve_insertion_order": False,
        },
    )


def make_data(folder: Path, *, events: int, seed: int) -> Facts:
    """Both files, without the derived tables; about `events` events."""
    journeys = round(events / EVENTS_A_JOURNEY)
    model = default_model()
    with (
        connect_to_write(folder / KYOGYO) as con,
        connect_to_write(folder / EVENTS) as flat,
    ):
        for table, columns in (
            ("entries", ENTRIES),
            ("attributes", ATTRIBUTES),
            ("revenue", REVENUE),
            ("names", NAMES),
        ):
            con.execute(f"CREATE TABLE {table} ({_declared(columns)})")
        con.execute("CREATE TABLE touched (journey BIGINT)")
        con.execute("INSERT INTO names VALUES ('attribute', 1, 'source')")
        con.execute(
            f"INSERT INTO names SELECT 'value', s, 'source ' || s FROM range(1, {SOURCES + 1}) AS t(s)"
        )
        kept = [name for name in EVENT_COLUMNS if name != "source"]
        flat.execute(
            f"CREATE TABLE events ({_declared({name: ENTRIES[name] for name in kept})}, source SMALLINT)"
        )
        engine, others = DuckDBEngine(con), DuckDBEngine(flat)
        for chunk in entry_chunks(journeys=journeys, seed=seed, model=model):
            engine.load("entries", chunk)
            each = np.unique(chunk["journey"])
            engine.load(
                "attributes",
                {
                    "journey": each,
                    "attribute": np.full(each.size, SOURCE),
                    "value": source_of(each),
                },
            )
            others.load(
                "events",
                {**{name: chunk[name] for name in kept}, "source": source_of(chunk["journey"])},
            )
        facts = _facts(con)
    (folder / FACTS).write_text(json.dumps(asdict(facts)), encoding="utf-8")
    return facts  # fmt: skip


def source_of(journey: np.ndarray) -> np.ndarray:
    """A source for each journey, some much more frequent than others, the same in every form of the data."""
    mixed = (journey.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    share = mixed.astype(np.float64) / 2**24
    return 1 + (share**2 * SOURCES).astype(np.int64)


def derive_all(folder: Path) -> dict[str, float]:
    """Build `visits` and `journeys`; how long it took, in how much memory."""
    with connect_to_write(folder / KYOGYO) as con, Clock() as taken:
        rebuild(DuckDBEngine(con), model=default_model(), attributes=[SOURCE])
        con.execute("CHECKPOINT")
    return {
        "wall_s": taken.wall,
        "cpu_s": taken.cpu,
        "peak_mb": peak_mb(),
        "file_mb": (folder / KYOGYO).stat().st_size / 2**20,
    }


def read_facts(folder: Path) -> Facts:
    """What `make_data` found out about the data."""
    return Facts(**json.loads((folder / FACTS).read_text(encoding="utf-8")))


def _declared(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _facts(con: duckdb.DuckDBPyConnection) -> Facts:
    (row,) = con.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT journey), MIN(day) FILTER (track = {TRACK}), MAX(day) FROM entries"
    ).fetchall()
    events, journeys, first_day, last_day = (int(value) for value in row)
    # A month is mature when its last day lies a whole window before the end of the data.
    until = np.datetime64(last_day - WINDOW_DAYS, "D")
    month = int(until.astype("M8[M]").astype(np.int64)) + 1970 * 12
    ends = (until + 1).astype("M8[M]") != until.astype("M8[M]")
    return Facts(events, journeys, month if ends else month - 1, first_day, last_day)
