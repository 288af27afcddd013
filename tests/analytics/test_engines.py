"""One meaning on every engine: the same texts over the same entries give the same integers.

DuckDB, SQLite, PostgreSQL, ClickHouse (embedded by chdb) and polars' SQL.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pytest
from questions import texts_of
from small_history import (
    ACTIVE,
    LEAD,
    LOST,
    MEETING,
    RECYCLED,
    WON,
    Row,
    changed_model,
    entry,
    make_tables,
    small_history,
    small_model,
    tokyo,
    two_track_model,
)

import kyogyo
from kyogyo.analytics.derive import Ended, derive
from kyogyo.analytics.engines import ChdbEngine, DbApiEngine, DuckDBEngine, Engine, PolarsEngine
from kyogyo.analytics.engines.base import Columns, QueryNotIntegerError, as_integers
from kyogyo.analytics.events import DAY, History
from kyogyo.revenue_model import RevenueModel

NAMES = ("duckdb", "sqlite", "postgresql", "clickhouse", "polars")
OPEN, FORWARD, BACK, EXIT, ELSEWHERE = (
    Ended.OPEN,
    Ended.FORWARD,
    Ended.BACK,
    Ended.EXIT,
    Ended.ELSEWHERE,
)


@pytest.fixture(scope="session")
def chdb_session():
    """chdb allows one session a process; tables are dropped after each use."""
    from chdb import session  # noqa: PLC0415 -- slow import

    opened = session.Session()
    yield opened
    opened.close()


@pytest.fixture(params=NAMES)
def engine(request) -> Iterator[Engine]:
    """Each engine in turn, without any table."""
    name = request.param
    if name == "duckdb":
        yield DuckDBEngine(duckdb.connect())
    elif name == "sqlite":
        connection = sqlite3.connect(":memory:")
        yield DbApiEngine(connection, name="sqlite")
        connection.close()
    elif name == "postgresql":
        import psycopg  # noqa: PLC0415 -- slow import

        with psycopg.connect(request.getfixturevalue("postgres_url")) as connection:
            yield DbApiEngine(connection, name="postgresql", marks="%s")
            connection.rollback()
    elif name == "clickhouse":
        session = request.getfixturevalue("chdb_session")
        session.query("CREATE DATABASE used")
        session.query("USE used")
        yield ChdbEngine(session)
        session.query("DROP DATABASE used")
    else:
        import polars as pl  # noqa: PLC0415 -- slow import

        yield PolarsEngine(pl.SQLContext())


# ------------------------------------------------------- golden integers, written by hand

# 2026-04-01 is day 20544, April 2026 is month 2026 * 12 + 3 = 24315.
APRIL_1, APRIL = 20_544, 24_315
_MIDNIGHT = tokyo("2026-04-01 00:00")

ADVERSARIAL: list[Row] = [
    # 1: as declared.
    entry(1, LEAD, "2026-03-31 10:00", owner=3, account=11),
    entry(1, MEETING, "2026-04-02 10:00", owner=4, account=11),
    entry(1, WON, "2026-04-10 10:00", owner=4, account=11, amount=500),
    # 2: three entries at one instant; seq, the order of the file, decides.
    entry(2, LEAD, "2026-04-01 09:00"),
    entry(2, MEETING, "2026-04-01 09:00"),
    entry(2, WON, "2026-04-01 09:00", amount=70),
    # 3: the same, but the file has the win first.
    entry(3, WON, "2026-04-01 09:00", amount=80),
    entry(3, LEAD, "2026-04-01 09:00"),
    # 4: there, back, there again, and still open.
    entry(4, LEAD, "2026-04-01 00:00", owner=1),
    entry(4, MEETING, "2026-04-02 00:00", owner=2),
    entry(4, LEAD, "2026-04-03 00:00", owner=5),
    entry(4, MEETING, "2026-04-05 00:00", owner=6),
    # 5: a second entry into the stage one is in is no visit.
    entry(5, LEAD, "2026-04-01 00:00"),
    entry(5, LEAD, "2026-04-02 00:00"),
    entry(5, MEETING, "2026-04-03 00:00"),
    # 6: a microsecond before, at and after the midnight that ends March in Tokyo.
    entry(6, LEAD, _MIDNIGHT - 1),
    entry(6, MEETING, _MIDNIGHT),
    entry(6, WON, _MIDNIGHT + 1, amount=1),
    # 7: a skip; nobody owned the lead.
    entry(7, LEAD, "2026-04-01 00:00", owner=0),
    entry(7, WON, "2026-04-04 00:00", owner=9, amount=0),
    # 8: lost, then back in a meeting.
    entry(8, LEAD, "2026-04-01 00:00"),
    entry(8, LOST, "2026-04-02 00:00"),
    entry(8, MEETING, "2026-04-06 00:00"),
    # 9: won on the 1st, a lead on the 5th: an outcome before its entry.
    entry(9, WON, "2026-04-01 00:00", amount=5),
    entry(9, LEAD, "2026-04-05 00:00"),
    # 10: the same within one day by dates, which says nothing about the order.
    entry(10, WON, "2026-04-01 00:00", prec=2, amount=5),
    entry(10, LEAD, "2026-04-01 00:00", prec=2),
    # 11: recycled; 12: the same account again, later; 13: a third time beside the second.
    entry(11, LEAD, "2026-04-01 00:00", account=12),
    entry(11, RECYCLED, "2026-04-10 00:00", account=12, owner=0),
    entry(12, LEAD, "2026-04-20 00:00", account=12),
    entry(12, RECYCLED, "2026-06-20 00:00", account=12),
    entry(13, LEAD, "2026-05-01 00:00", account=12),
    # 14 and 15: recycled and again, but of an account nobody knows (0).
    entry(14, LEAD, "2026-04-02 12:00"),
    entry(14, RECYCLED, "2026-04-02 18:00"),
    entry(15, LEAD, "2026-04-03 00:00"),
    # 16: 79 years in a stage, more seconds than 32 bits hold.
    entry(16, LEAD, "1970-02-01 00:00"),
    entry(16, MEETING, "2049-02-01 00:00"),
]
D = 86_400

# journey, n, stage, day, month, left_day, dwell_s, previous, next, ended, nth, owner
GOLDEN_VISITS = [
    (1, 1, LEAD, APRIL_1 - 1, APRIL - 1, APRIL_1 + 1, 2 * D, 0, MEETING, FORWARD, 1, 3),
    (1, 2, MEETING, APRIL_1 + 1, APRIL, APRIL_1 + 9, 8 * D, LEAD, WON, FORWARD, 1, 4),
    (1, 3, WON, APRIL_1 + 9, APRIL, 0, 0, MEETING, 0, OPEN, 1, 4),
    (2, 1, LEAD, APRIL_1, APRIL, APRIL_1, 0, 0, MEETING, FORWARD, 1, 0),
    (2, 2, MEETING, APRIL_1, APRIL, APRIL_1, 0, LEAD, WON, FORWARD, 1, 0),
    (2, 3, WON, APRIL_1, APRIL, 0, 0, MEETING, 0, OPEN, 1, 0),
    (3, 1, WON, APRIL_1, APRIL, APRIL_1, 0, 0, LEAD, BACK, 1, 0),
    (3, 2, LEAD, APRIL_1, APRIL, 0, 0, WON, 0, OPEN, 1, 0),
    (4, 1, LEAD, APRIL_1, APRIL, APRIL_1 + 1, D, 0, MEETING, FORWARD, 1, 1),
    (4, 2, MEETING, APRIL_1 + 1, APRIL, APRIL_1 + 2, D, LEAD, LEAD, BACK, 1, 2),
    (4, 3, LEAD, APRIL_1 + 2, APRIL, APRIL_1 + 4, 2 * D, MEETING, MEETING, FORWARD, 2, 5),
    (4, 4, MEETING, APRIL_1 + 4, APRIL, 0, 0, LEAD, 0, OPEN, 2, 6),
    (5, 1, LEAD, APRIL_1, APRIL, APRIL_1 + 2, 2 * D, 0, MEETING, FORWARD, 1, 0),
    (5, 2, MEETING, APRIL_1 + 2, APRIL, 0, 0, LEAD, 0, OPEN, 1, 0),
    (6, 1, LEAD, APRIL_1 - 1, APRIL - 1, APRIL_1, 0, 0, MEETING, FORWARD, 1, 0),
    (6, 2, MEETING, APRIL_1, APRIL, APRIL_1, 0, LEAD, WON, FORWARD, 1, 0),
    (6, 3, WON, APRIL_1, APRIL, 0, 0, MEETING, 0, OPEN, 1, 0),
    (7, 1, LEAD, APRIL_1, APRIL, APRIL_1 + 3, 3 * D, 0, WON, FORWARD, 1, 0),
    (7, 2, WON, APRIL_1 + 3, APRIL, 0, 0, LEAD, 0, OPEN, 1, 9),
    (8, 1, LEAD, APRIL_1, APRIL, APRIL_1 + 1, D, 0, LOST, EXIT, 1, 0),
    (8, 2, LOST, APRIL_1 + 1, APRIL, APRIL_1 + 5, 4 * D, LEAD, MEETING, FORWARD, 1, 0),
    (8, 3, MEETING, APRIL_1 + 5, APRIL, 0, 0, LOST, 0, OPEN, 1, 0),
    (9, 1, WON, APRIL_1, APRIL, APRIL_1 + 4, 4 * D, 0, LEAD, BACK, 1, 0),
    (9, 2, LEAD, APRIL_1 + 4, APRIL, 0, 0, WON, 0, OPEN, 1, 0),
    (10, 1, WON, APRIL_1, APRIL, APRIL_1, 0, 0, LEAD, BACK, 1, 0),
    (10, 2, LEAD, APRIL_1, APRIL, 0, 0, WON, 0, OPEN, 1, 0),
    (11, 1, LEAD, APRIL_1, APRIL, APRIL_1 + 9, 9 * D, 0, RECYCLED, EXIT, 1, 0),
    (11, 2, RECYCLED, APRIL_1 + 9, APRIL, 0, 0, LEAD, 0, OPEN, 1, 0),
    (12, 1, LEAD, APRIL_1 + 19, APRIL, APRIL_1 + 80, 61 * D, 0, RECYCLED, EXIT, 1, 0),
    (12, 2, RECYCLED, APRIL_1 + 80, APRIL + 2, 0, 0, LEAD, 0, OPEN, 1, 0),
    (13, 1, LEAD, APRIL_1 + 30, APRIL + 1, 0, 0, 0, 0, OPEN, 1, 0),
    (14, 1, LEAD, APRIL_1 + 1, APRIL, APRIL_1 + 1, D // 4, 0, RECYCLED, EXIT, 1, 0),
    (14, 2, RECYCLED, APRIL_1 + 1, APRIL, 0, 0, LEAD, 0, OPEN, 1, 0),
    (15, 1, LEAD, APRIL_1 + 2, APRIL, 0, 0, 0, 0, OPEN, 1, 0),
    (16, 1, LEAD, 31, 1970 * 12 + 1, 28_886, 28_855 * D, 0, MEETING, FORWARD, 1, 0),
    (16, 2, MEETING, 28_886, 2049 * 12 + 1, 0, 0, LEAD, 0, OPEN, 1, 0),
]
_VISIT_COLUMNS = (
    "journey, n, stage, day, month, left_day, dwell_s, previous, next, ended, nth, owner"
)

# journey, account, recycled, last_stage, ended_stage, ended_day, amount, won_amount, disordered, visits, back, o_1
GOLDEN_JOURNEYS = [
    (1, 11, 0, WON, 0, 0, 500, 500, 0, 3, 0, 3),
    (2, 0, 0, WON, 0, 0, 70, 70, 0, 3, 0, 0),
    (3, 0, 0, LEAD, 0, 0, 0, 80, 1, 2, 1, 0),
    (4, 0, 0, MEETING, 0, 0, 0, 0, 1, 4, 1, 1),
    (5, 0, 0, MEETING, 0, 0, 0, 0, 0, 2, 0, 0),
    (6, 0, 0, WON, 0, 0, 1, 1, 0, 3, 0, 0),
    (7, 0, 0, WON, 0, 0, 0, 0, 0, 2, 0, 0),
    (8, 0, 0, MEETING, 0, 0, 0, 0, 0, 3, 0, 0),
    (9, 0, 0, LEAD, 0, 0, 0, 5, 1, 2, 1, 0),
    (10, 0, 0, LEAD, 0, 0, 0, 5, 0, 2, 1, 0),
    (11, 12, 0, RECYCLED, RECYCLED, APRIL_1 + 9, 0, 0, 0, 2, 0, 0),
    (12, 12, 1, RECYCLED, RECYCLED, APRIL_1 + 80, 0, 0, 0, 2, 0, 0),
    (13, 12, 0, LEAD, 0, 0, 0, 0, 0, 1, 0, 0),
    (14, 0, 0, RECYCLED, RECYCLED, APRIL_1 + 1, 0, 0, 0, 2, 0, 0),
    (15, 0, 0, LEAD, 0, 0, 0, 0, 0, 1, 0, 0),
    (16, 0, 0, MEETING, 0, 0, 0, 0, 0, 2, 0, 0),
]
_JOURNEY_COLUMNS = "journey, account, recycled, last_stage, ended_stage, ended_day, amount, won_amount, disordered, visits, back, o_1"

# Days of e_1 and e_2 as entered are in r_; here: d_1, m_1, d_2, m_2, d_3, d_4, and which of e_1..e_3 are known.
GOLDEN_REACHED = [
    (1, APRIL_1 - 1, APRIL - 1, APRIL_1 + 1, APRIL, APRIL_1 + 9, 0, 1, 1, 1),
    (2, APRIL_1, APRIL, APRIL_1, APRIL, APRIL_1, 0, 1, 1, 1),
    (3, APRIL_1, APRIL, APRIL_1, APRIL, APRIL_1, 0, 1, 0, 1),
    (4, APRIL_1, APRIL, APRIL_1 + 1, APRIL, 0, 0, 1, 1, 0),
    (5, APRIL_1, APRIL, APRIL_1 + 2, APRIL, 0, 0, 1, 1, 0),
    (6, APRIL_1 - 1, APRIL - 1, APRIL_1, APRIL, APRIL_1, 0, 1, 1, 1),
    (7, APRIL_1, APRIL, APRIL_1 + 3, APRIL, APRIL_1 + 3, 0, 1, 0, 1),
    (8, APRIL_1, APRIL, APRIL_1 + 5, APRIL, 0, 0, 1, 1, 0),
    (9, APRIL_1, APRIL, APRIL_1, APRIL, APRIL_1, 0, 1, 0, 1),
    (10, APRIL_1, APRIL, APRIL_1, APRIL, APRIL_1, 0, 1, 0, 1),
    (11, APRIL_1, APRIL, 0, 0, 0, 0, 1, 0, 0),
    (12, APRIL_1 + 19, APRIL, 0, 0, 0, 0, 1, 0, 0),
    (13, APRIL_1 + 30, APRIL + 1, 0, 0, 0, 0, 1, 0, 0),
    (14, APRIL_1 + 1, APRIL, 0, 0, 0, 0, 1, 0, 0),
    (15, APRIL_1 + 2, APRIL, 0, 0, 0, 0, 1, 0, 0),
    (16, 31, 1970 * 12 + 1, 28_886, 2049 * 12 + 1, 0, 0, 1, 1, 0),
]
_KNOWN = ", ".join(f"CASE WHEN e_{k} > 0 THEN 1 ELSE 0 END AS known_{k}" for k in (1, 2, 3))
_REACHED_COLUMNS = f"journey, d_1, m_1, d_2, m_2, d_3, d_4, {_KNOWN}"


def rows_of(columns: Columns) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in columns.values()), strict=True))


def test_visits_are_the_golden_integers(engine: Engine) -> None:
    make_tables(engine, ADVERSARIAL)
    derive(engine, model=small_model(), attributes=[])
    found = engine.integers(f"SELECT {_VISIT_COLUMNS} FROM visits ORDER BY journey, n")
    assert rows_of(found) == GOLDEN_VISITS


def test_journeys_are_the_golden_integers(engine: Engine) -> None:
    make_tables(engine, ADVERSARIAL)
    derive(engine, model=small_model(), attributes=[])
    found = engine.integers(f"SELECT {_JOURNEY_COLUMNS} FROM journeys ORDER BY journey")
    assert rows_of(found) == GOLDEN_JOURNEYS


def test_what_journeys_reached_are_the_golden_integers(engine: Engine) -> None:
    make_tables(engine, ADVERSARIAL)
    derive(engine, model=small_model(), attributes=[])
    found = engine.integers(f"SELECT {_REACHED_COLUMNS} FROM journeys ORDER BY journey")
    assert rows_of(found) == GOLDEN_REACHED


def test_instants_keep_every_microsecond(engine: Engine) -> None:
    make_tables(engine, ADVERSARIAL)
    derive(engine, model=small_model(), attributes=[])
    found = engine.integers(
        "SELECT e_1, r_1, e_2, r_2, r_3, first_at, last_at, ended_at FROM journeys WHERE journey = 6 ORDER BY journey"
    )
    m = 1_774_969_200_000_000  # 2026-03-31 15:00 UTC
    assert rows_of(found) == [(m - 1, m - 1, m, m, m + 1, m - 1, m + 1, 0)]


def test_attributes_are_spread_and_unknown_ones_are_0(engine: Engine) -> None:
    make_tables(
        engine,
        [entry(1, LEAD, "2026-04-01"), entry(2, LEAD, "2026-04-01"), entry(3, LEAD, "2026-04-01")],
        attributes=[(1, 1, 7), (1, 2, 8), (2, 2, 9), (99, 1, 7)],
    )
    derive(engine, model=small_model(), attributes=[1, 2])
    found = engine.integers("SELECT journey, a_1, a_2 FROM journeys ORDER BY journey")
    assert rows_of(found) == [(1, 7, 8), (2, 0, 9), (3, 0, 0)]


TWO_TRACKS: list[Row] = [
    # Track 1 is direct: meeting, won. Track 2 is new: lead, meeting, won, active.
    entry(1, MEETING, "2026-04-01", track=1, account=5),
    entry(1, RECYCLED, "2026-04-02", track=1, account=5),
    entry(2, LEAD, "2026-04-03", track=2, account=5),
    entry(2, LOST, "2026-04-04", track=2, account=5),
    entry(3, MEETING, "2026-04-05", track=1, account=5),
    entry(3, LEAD, "2026-04-06", track=1, account=5),  # not on its path: elsewhere
    entry(3, WON, "2026-04-07", track=1, account=5, amount=9),
    # One journey on both tracks, and on one that nobody declared: a pass by track, none by accident doubled.
    entry(4, MEETING, "2026-04-08", track=1, account=6),
    entry(4, LEAD, "2026-04-09", track=2, account=6),
    entry(5, LEAD, "2026-04-09", track=0, account=6),
]


def test_two_tracks_keep_to_their_own_paths_and_exits(engine: Engine) -> None:
    make_tables(engine, TWO_TRACKS)
    derive(engine, model=two_track_model(), attributes=[])
    visits = engine.integers(
        "SELECT journey, track, stage, next, ended FROM visits ORDER BY journey, n"
    )
    assert rows_of(visits) == [
        (1, 1, MEETING, RECYCLED, EXIT),
        (1, 1, RECYCLED, 0, OPEN),
        (2, 2, LEAD, LOST, EXIT),
        (2, 2, LOST, 0, OPEN),
        (3, 1, MEETING, LEAD, ELSEWHERE),
        (3, 1, LEAD, WON, ELSEWHERE),
        (3, 1, WON, 0, OPEN),
        (4, 1, MEETING, LEAD, ELSEWHERE),
        (4, 2, LEAD, 0, OPEN),
        (5, 0, LEAD, 0, OPEN),
    ]
    journeys = engine.integers(
        "SELECT journey, track, recycled, ended_stage, d_1, d_2, d_3 FROM journeys ORDER BY journey, track"
    )
    assert rows_of(journeys) == [
        (1, 1, 0, RECYCLED, 0, APRIL_1, 0),
        (2, 2, 0, LOST, APRIL_1 + 2, 0, 0),  # what was recycled on track 1 isn't its past
        (3, 1, 1, 0, 0, APRIL_1 + 4, APRIL_1 + 6),
        (4, 1, 0, 0, 0, APRIL_1 + 7, 0),
        (4, 2, 0, 0, APRIL_1 + 8, 0, 0),
    ]


def test_a_journey_on_two_tracks_that_were_both_recycled_comes_out_once_a_track(
    engine: Engine,
) -> None:
    rows = [
        entry(1, MEETING, "2026-01-01", track=1, account=5),
        entry(1, RECYCLED, "2026-01-02", track=1, account=5),
        entry(2, LEAD, "2026-01-01", track=2, account=5),
        entry(2, RECYCLED, "2026-01-03", track=2, account=5),
        entry(3, MEETING, "2026-02-01", track=1, account=5),
        entry(3, LEAD, "2026-02-02", track=2, account=5),
    ]
    make_tables(engine, rows)
    derive(engine, model=two_track_model(), attributes=[])
    found = engine.integers("SELECT journey, track, recycled FROM journeys ORDER BY journey, track")
    assert rows_of(found) == [(1, 1, 0), (2, 2, 0), (3, 1, 1), (3, 2, 1)]


def test_empty_tables_derive_to_empty_tables(engine: Engine) -> None:
    make_tables(engine, [])
    derive(engine, model=small_model(), attributes=[1])
    for table in ("visits", "journeys"):
        found = engine.integers(f"SELECT journey, day FROM {table} ORDER BY journey")
        assert {name: column.tolist() for name, column in found.items()} == {"journey": [], "day": []}  # fmt: skip


# ------------------------------------------------------- every text, on every engine


def wild_rows(*, seed: int, journeys: int, tracks: int = 1) -> list[Row]:
    """Entries with ties, re-entries, skips, exits and returns, dates and times, accounts and none, in no order."""
    rng = random.Random(seed)  # noqa: S311 -- test data
    rows: list[Row] = []
    for journey in range(1, journeys + 1):
        at = tokyo("2025-01-01") + rng.randrange(500 * DAY)
        if rng.random() < 0.3:
            at = tokyo("2025-01-01") + rng.randrange(500) * DAY + rng.choice([-1, 0, 1])
        account = rng.choice([0, rng.randrange(1, journeys // 2 + 2)])
        track = rng.randrange(1, tracks + 1)
        stage = rng.choice([LEAD, LEAD, LEAD, MEETING])
        while True:
            rows.append(entry(journey, stage, at, owner=rng.randrange(6), department=rng.randrange(3), track=track,
                              amount=rng.choice([0, rng.randrange(1, 10**7)]), account=account, prec=rng.choice([1, 1, 2]),
                              inferred=rng.choice([0, 0, 1])))  # fmt: skip
            if rng.random() < 0.25:
                break
            at += rng.choice([0, 1, DAY, rng.randrange(60 * DAY), rng.randrange(10 * DAY)])
            onwards = min(stage + 1, ACTIVE)
            stage = rng.choices([onwards, rng.randrange(1, 7), LOST, RECYCLED], [7, 1, 1, 1])[0]
    rng.shuffle(rows)
    return rows


def wild_history(*, seed: int = 1, journeys: int = 300, two_tracks: bool = False) -> History:
    rng = random.Random(seed)  # noqa: S311 -- test data
    everyone = range(1, journeys + 1)
    revenue = [
        (account, start := 20_100 + 30 * period, start + 30, rng.randrange(-5, 10**6))
        for account in range(1, journeys // 2 + 1)
        for period in range(rng.randrange(4), rng.randrange(4, 9))
        if rng.random() < 0.9
    ]
    return small_history(
        wild_rows(seed=seed, journeys=journeys, tracks=2 if two_tracks else 1),
        as_of="2026-07-31",
        attributes={
            "source": {j: rng.choice("abc") for j in everyone if rng.random() < 0.9},
            "size": {j: rng.choice(["0", "5"]) for j in everyone if j % 3},
            "sales_rep": {j: rng.choice("xyz") for j in everyone},
            "sdr": {j: rng.choice("xyzw") for j in everyone},
        },
        revenue=revenue,
        model=two_track_model() if two_tracks else small_model(),
    )


def idle_track_model() -> RevenueModel:
    """The small model with a track of stages that nobody enters."""
    stages = """stages = [
  { code = "due", label = { en = "Due", ja = "更新期" }, department = "sales" },
  { code = "renewed", label = { en = "Renewed", ja = "更新済" }, department = "sales", type = "won" },
"""
    track = (
        '{ code = "renewal", label = { en = "Renewal", ja = "更新" }, stages = ["due", "renewed"] }'
    )
    return changed_model(("tracks = [", f"tracks = [{track}, "), ("stages = [\n", stages))


def few_history(*, journeys: int) -> History:
    return small_history(
        [entry(j, LEAD, "2026-04-01", account=0) for j in range(1, journeys + 1)],
        attributes={"source": {1: "a"}},
    )


HISTORIES = {
    "wild": wild_history,
    "wild on two tracks": lambda: wild_history(seed=2, two_tracks=True),
    "adversarial": lambda: small_history(ADVERSARIAL, attributes={"source": {1: "a", 9: "b"}}),
    "one journey": lambda: few_history(journeys=1),
    "a track that nobody is on": lambda: small_history(
        [entry(1, LEAD, "2026-04-01"), entry(1, WON, "2026-04-03", amount=3)],
        attributes={"source": {1: "a"}},
        model=idle_track_model(),
    ),
}


@cache
def asked_of(name: str) -> tuple[History, dict[str, Columns]]:
    """A history and every text asked of it, with DuckDB's answers."""
    history = HISTORIES[name]()
    return history, texts_of(history)


def copy_tables(history: History, engine: Engine) -> None:
    """The entries, attributes and revenue of a history on another engine."""
    held = {
        table: history.engine.integers(f"SELECT * FROM {table} ORDER BY ALL")
        for table in ("entries", "attributes", "revenue")
    }
    rows = [dict(zip(held["entries"], row, strict=True)) for row in rows_of(held["entries"])]
    make_tables(
        engine,
        rows,
        attributes=rows_of(held["attributes"]),  # type: ignore[arg-type]
        revenue=rows_of(held["revenue"]),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", HISTORIES)
def test_every_text_has_the_same_answer_on_every_engine(name: str, engine: Engine) -> None:
    history, texts = asked_of(name)
    copy_tables(history, engine)
    derive(engine, model=history.model, attributes=list(history.attributes.values()))
    differing = []
    for text, expected in texts.items():
        found = engine.integers(text)
        if list(found) != list(expected) or rows_of(found) != rows_of(expected):
            differing.append(text)
    assert differing == []


def test_derived_tables_are_equal_on_every_engine(engine: Engine) -> None:
    history = wild_history(seed=3, journeys=150, two_tracks=True)
    copy_tables(history, engine)
    derive(engine, model=history.model, attributes=list(history.attributes.values()))
    for text in ("SELECT * FROM visits ORDER BY journey, n", "SELECT * FROM journeys ORDER BY journey, track"):  # fmt: skip
        expected = history.engine.integers(text)
        found = engine.integers(text)
        assert list(found) == list(expected)
        assert rows_of(found) == rows_of(expected)


def test_the_questions_ask_enough_texts() -> None:
    """So that the test above can't pass by asking nothing."""
    _, asked = asked_of("wild")
    assert len(asked) > 35
    for words in ("UNION ALL", "LAG(", "ROW_NUMBER()", "IN (SELECT", "revenue", "visits", "entries"):  # fmt: skip
        assert any(words in text for text in asked), words


# ------------------------------------------------------- the subset of SQL

_FUNCTIONS = {"CAST", "COUNT", "SUM", "MIN", "MAX", "ROW_NUMBER", "LAG", "LEAD", "COALESCE", "IN"}
_KEYWORDS = {
    "SELECT", "FROM", "WHERE", "GROUP", "BY", "ORDER", "AS", "CASE", "WHEN", "THEN", "ELSE", "END", "AND", "OR", "UNION",
    "ALL", "DESC", "OVER", "PARTITION", "BIGINT", "INTEGER", "SMALLINT", "LEFT", "JOIN", "ON",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def words_outside(text: str) -> set[str]:
    """Functions and keywords of a text that aren't of the tested subset, and signs that divide."""
    called = set(re.findall(r"([A-Za-z_][A-Za-z_0-9]*)\s*\(", text))
    shouted = {word for word in _WORD.findall(text) if word.isupper() and len(word) > 1}
    called_outside = {word for word in called if word.upper() not in _FUNCTIONS | _KEYWORDS}
    signs = {sign for sign in ("/", "%", "||", "'", '"', "::", "NULL") if sign in text}
    return (shouted - _FUNCTIONS - _KEYWORDS) | called_outside | signs


def test_texts_of_the_measures_keep_to_the_tested_subset() -> None:
    texts = [text for name in HISTORIES for text in asked_of(name)[1]]
    assert {word for text in texts for word in words_outside(text)} == set()
    unordered = [text for text in texts if "ORDER BY" not in text and "GROUP BY" in text]
    assert unordered == []


def test_the_derivation_divides_once_and_keeps_to_the_subset_otherwise() -> None:
    from kyogyo.analytics.derive import journeys_sql, visits_sql  # noqa: PLC0415 -- for this test only

    model = two_track_model()
    assert words_outside(visits_sql(model, engine="duckdb")) == {"/"}
    assert visits_sql(model, engine="duckdb").count("//") == 1
    assert words_outside(visits_sql(model, engine="clickhouse")) == {"intDiv"}
    assert words_outside(journeys_sql(model, attributes=[1, 2])) == set()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT date_trunc('day', at) FROM entries",
        "SELECT a / b FROM entries",
        "SELECT NULL FROM entries",
        "SELECT QUANTILE(a) FROM entries",
        "SELECT a FROM entries LIMIT 1",
    ],
)
def test_the_check_of_the_subset_can_fail(text: str) -> None:
    assert words_outside(text)


def test_no_module_imports_ibis() -> None:
    source = Path(kyogyo.__file__).parent
    found = [
        path.name
        for path in source.rglob("*.py")
        if re.search(r"^\s*(import|from)\s+(ibis|sqlglot)\b", path.read_text(), re.MULTILINE)
    ]
    assert found == []


# ------------------------------------------------------- the adapters


def test_integers_come_back_as_int64(engine: Engine) -> None:
    make_tables(engine, [entry(1, LEAD, "2026-04-01")])
    found = engine.integers("SELECT journey, stage, CAST(SUM(amount) AS BIGINT) AS amount FROM entries GROUP BY journey, stage ORDER BY journey")  # fmt: skip
    assert {name: (column.dtype, column.tolist()) for name, column in found.items()} == {
        "journey": (np.dtype(np.int64), [1]),
        "stage": (np.dtype(np.int64), [1]),
        "amount": (np.dtype(np.int64), [0]),
    }


@pytest.mark.parametrize("missing", ["MIN(CASE WHEN journey = 99 THEN amount END)", "1.5"])
def test_what_is_no_integer_is_refused(engine: Engine, missing: str) -> None:
    make_tables(engine, [entry(1, LEAD, "2026-04-01")])
    with pytest.raises(QueryNotIntegerError):
        engine.integers(f"SELECT {missing} AS amount FROM entries")


@pytest.mark.parametrize("values", [[1.5], [None], ["x"], np.array([0.5]), np.array(["a"])])
def test_as_integers_loses_no_digit(values: object) -> None:
    with pytest.raises(QueryNotIntegerError):
        as_integers("x", values)


def test_as_integers_takes_whole_decimals_and_empty_columns() -> None:
    from decimal import Decimal  # noqa: PLC0415 -- for this test only

    assert as_integers("x", [Decimal(9_007_199_254_740_993)]).tolist() == [9_007_199_254_740_993]
    assert as_integers("x", []).tolist() == []


def test_many_rows_are_loaded_in_chunks(engine: Engine) -> None:
    rows = [entry(1, LEAD, tokyo("2026-04-01") + i) for i in range(10_050)]
    make_tables(engine, rows)
    found = engine.integers(
        "SELECT CAST(COUNT(*) AS BIGINT) AS n, CAST(SUM(seq) AS BIGINT) AS total FROM entries"
    )
    assert rows_of(found) == [(10_050, 10_050 * 10_051 // 2)]


def test_polars_says_which_statement_it_cannot_run() -> None:
    import polars as pl  # noqa: PLC0415 -- slow import

    with pytest.raises(NotImplementedError, match="DELETE FROM visits"):
        PolarsEngine(pl.SQLContext()).run("DELETE FROM visits")
