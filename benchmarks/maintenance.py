"""A small delivery against making everything anew, and the product's own functions on many events."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from clock import Clock, peak_mb
from data import KYOGYO, SOURCE, connect, connect_to_write, read_facts, source_of
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
    from collections.abc import Callable

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
    with connect_to_write(path) as con:
        engine = DuckDBEngine(con)
        batch_clocks = []
        for number in range(batches + 1):  # the first one warms up
            _make_batch(con, size=size, first_new=first_new + number * size, rng=rng)
            with Clock() as taken:
                con.execute("BEGIN")
                con.execute("INSERT INTO entries SELECT * FROM batch")
                con.execute("INSERT INTO attributes SELECT * FROM batch_attributes")
                con.execute("INSERT INTO touched SELECT DISTINCT journey FROM batch")
                refresh(engine, model=model, attributes=[SOURCE])
                con.execute("DELETE FROM touched")
                con.execute("COMMIT")
            batch_clocks.append(taken)
        refreshed = {table: _digest(con, table) for table in DERIVED}
        with Clock() as full:
            rebuild(engine, model=model, attributes=[SOURCE])
            con.execute("CHECKPOINT")
        equal = refreshed == {table: _digest(con, table) for table in DERIVED}
    path.unlink()
    return {
        "size": size, "wall_s": [taken.wall for taken in batch_clocks[1:]], "cpu_s": [taken.cpu for taken in batch_clocks[1:]],
        "full_wall_s": full.wall, "full_cpu_s": full.cpu, "equal_to_rebuild": equal, "peak_mb": peak_mb(),
    }  # fmt: skip


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


def product_functions(folder: Path) -> dict[str, object]:
    """How long each of the functions takes that a report is made of, one after the other."""
    model = default_model()
    track = model.tracks[TRACK - 1].code
    found: dict[str, dict[str, float]] = {}

    def timed(name: str, ask: Callable[[], Any]) -> Any:
        with Clock() as taken:
            answer = ask()
        found[name] = {"wall_s": taken.wall, "cpu_s": taken.cpu}
        return answer

    with connect(folder / KYOGYO) as con:
        history = timed("open_history", lambda: open_history(DuckDBEngine(con), model=model))
        funnel = timed("open_funnel", lambda: open_funnel(history, track=track))
        timed("step_rates", lambda: step_rates(funnel))
        timed("time_in_stage", lambda: time_in_stage(history, track=track))
        timed("stock_flow", lambda: stock_flow(history, track=track))
        timed("transitions", lambda: transitions(history, track=track))
        timed("deviations", lambda: deviations(history, track=track))
        timed("report_funnel (all of a report)", lambda: report_funnel(history=history, made_at=0))
    return {"functions": found, "peak_mb": peak_mb()}
