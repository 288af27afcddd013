"""A small delivery against making everything anew, and the product's own functions on many events."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from data import KYOGYO, SOURCE, connect, read_facts, source_of
from five_questions import FIRST, LAST, TRACK

from kyogyo.analytics.conformance import deviations, transitions
from kyogyo.analytics.derive import rebuild, refresh
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import DAY
from kyogyo.analytics.funnel import open_funnel, step_rates
from kyogyo.analytics.load import open_history
from kyogyo.analytics.stock import stock_flow
from kyogyo.analytics.timing import time_in_stage
from kyogyo.revenue_model import default_model
from kyogyo.usecases.report_funnel import report_funnel

if TYPE_CHECKING:
    import duckdb

DERIVED = ("visits", "journeys")


def increments(folder: Path, *, batches: int, size: int, seed: int) -> dict[str, object]:
    """Seconds of each batch of `size` events, of a full derivation, and whether both end alike.

    Four in five events go on with a journey, the others begin one. Timed are the writing of the
    batch, `refresh` and the commit.
    """
    path = folder / "increments.duckdb"
    shutil.copyfile(folder / KYOGYO, path)
    model = default_model()
    rng = np.random.default_rng(seed)
    first_new = read_facts(folder).journeys + 1
    with connect(path, read_only=False) as con:
        engine = DuckDBEngine(con)
        seconds = []
        for number in range(batches + 1):  # the first one warms up
            _make_batch(con, size=size, first_new=first_new + number * size, rng=rng)
            begun = time.perf_counter()
            con.execute("BEGIN")
            con.execute("INSERT INTO entries SELECT * FROM batch")
            con.execute("INSERT INTO attributes SELECT * FROM batch_attributes")
            con.execute("INSERT INTO touched SELECT DISTINCT journey FROM batch")
            refresh(engine, model=model, attributes=[SOURCE])
            con.execute("DELETE FROM touched")
            con.execute("COMMIT")
            seconds.append(time.perf_counter() - begun)
        refreshed = {table: _digest(con, table) for table in DERIVED}
        begun = time.perf_counter()
        rebuild(engine, model=model, attributes=[SOURCE])
        con.execute("CHECKPOINT")
        full = time.perf_counter() - begun
        equal = refreshed == {table: _digest(con, table) for table in DERIVED}
    path.unlink()
    return {"seconds": seconds[1:], "full_s": full, "equal_to_rebuild": equal, "size": size}


def _make_batch(
    con: duckdb.DuckDBPyConnection, *, size: int, first_new: int, rng: np.random.Generator
) -> None:
    """Tables `batch` and `batch_attributes`: the next entry of random journeys, and first entries of new ones."""
    going_on, fresh = size * 4 // 5, size - size * 4 // 5
    con.execute(f"SELECT setseed({rng.random()})")
    con.execute(
        f"CREATE OR REPLACE TABLE batch AS WITH latest AS ("
        f"SELECT * FROM journeys WHERE track = {TRACK} AND ended_stage = 0 AND last_stage < {LAST} ORDER BY random() LIMIT {going_on}) "
        f"SELECT journey, journey * 64 + 63 AS seq, track, CAST(last_stage + 1 AS SMALLINT) AS stage, last_at + {DAY} AS at_us, "
        f"last_day + 1 AS day, m_{FIRST} AS month, CAST(1 AS SMALLINT) AS department, CAST(7 AS INTEGER) AS owner, amount, "
        f"CAST(1 AS SMALLINT) AS cause, CAST(0 AS SMALLINT) AS inferred, CAST(1 AS SMALLINT) AS prec, account FROM latest"
    )
    con.execute(
        f"INSERT INTO batch SELECT j, j * 64, {TRACK}, {FIRST}, e.at_us, e.day, e.month, e.department, e.owner, 0, 1, 0, 1, j "
        f"FROM (SELECT {first_new} + row_number() OVER () AS j, * FROM "
        f"(SELECT at_us, day, month, department, owner FROM entries WHERE stage = {FIRST} ORDER BY random() LIMIT {fresh})) AS e"
    )
    new = con.execute(
        f"SELECT journey FROM batch WHERE journey > {first_new} ORDER BY journey"
    ).fetchnumpy()["journey"]
    con.execute("CREATE OR REPLACE TABLE batch_attributes AS SELECT * FROM attributes WHERE 1 = 0")
    DuckDBEngine(con).load(
        "batch_attributes",
        {"journey": new, "attribute": np.full(new.size, SOURCE), "value": source_of(new)},
    )


def _digest(con: duckdb.DuckDBPyConnection, table: str) -> tuple[object, ...]:
    """The same for the same rows in any order."""
    (row,) = con.execute(
        f"SELECT COUNT(*), SUM(CAST(hash(t) AS HUGEINT)), bit_xor(hash(t)) FROM {table} AS t"
    ).fetchall()
    return tuple(row)


def product_functions(folder: Path) -> dict[str, float]:
    """Seconds of each of the functions that a report is made of, one after the other."""
    found: dict[str, float] = {}
    model = default_model()
    with connect(folder / KYOGYO) as con:
        begun = time.perf_counter()
        history = open_history(DuckDBEngine(con), model=model)
        found["open_history"] = time.perf_counter() - begun
        track = model.tracks[TRACK - 1].code
        begun = time.perf_counter()
        funnel = open_funnel(history, track=track)
        found["open_funnel"] = time.perf_counter() - begun
        for name, ask in (
            ("step_rates", lambda: step_rates(funnel)),
            ("time_in_stage", lambda: time_in_stage(history, track=track)),
            ("stock_flow", lambda: stock_flow(history, track=track)),
            ("transitions", lambda: transitions(history, track=track)),
            ("deviations", lambda: deviations(history, track=track)),
            ("report_funnel (all of a report)", lambda: report_funnel(history=history, made_at=0)),
        ):
            begun = time.perf_counter()
            ask()
            found[name] = time.perf_counter() - begun
    return found
