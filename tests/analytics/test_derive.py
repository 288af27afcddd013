"""The derived tables: made at once, in ranges or step by step they're the same, and the file's order is no matter.

Their golden integers, on five engines, are in test_engines.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_history import (
    LEAD,
    RECYCLED,
    WON,
    Row,
    changed_model,
    entry,
    make_tables,
    small_model,
    tokyo,
    two_track_model,
)

from kyogyo.analytics.derive import derive, path_stages, rebuild, refresh
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import DAY

START = tokyo("2026-04-01 00:00")
Fact = tuple[int, int, int]
Derived = tuple[list[tuple[int, ...]], list[tuple[int, ...]]]

# Few journeys, instants and accounts, so that ties, re-entries and returns are common.
_times = st.integers(0, 24).map(lambda i: START + i * DAY // 4)
_entries = st.builds(
    lambda journey, stage, at, amount, owner, prec, track: entry(
        journey, stage, at, amount=amount, owner=owner, prec=prec, track=track
    ),
    journey=st.integers(1, 8),
    stage=st.integers(1, 6),
    at=_times,
    amount=st.sampled_from([0, 5, 7]),
    owner=st.integers(0, 2),
    prec=st.integers(1, 4),
    track=st.sampled_from([1, 1, 1, 2]),
)
_histories = st.lists(_entries, max_size=40)
_accounts = st.dictionaries(st.integers(1, 8), st.integers(0, 2))
_facts = st.lists(
    st.tuples(st.integers(1, 8), st.integers(1, 2), st.integers(1, 5)),
    max_size=10,
    unique_by=lambda fact: fact[:2],
)


def with_accounts(rows: Sequence[Row], accounts: dict[int, int]) -> list[Row]:
    numbered = enumerate(rows, start=1)
    return [row | {"account": accounts.get(row["journey"], 0), "seq": i} for i, row in numbered]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def fresh(connection: duckdb.DuckDBPyConnection) -> DuckDBEngine:
    for table in ("entries", "attributes", "revenue", "visits", "journeys", "touched"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    return DuckDBEngine(connection)


def derived(engine: DuckDBEngine) -> Derived:
    read = [f"SELECT * FROM {table} ORDER BY ALL" for table in ("visits", "journeys")]
    visits, journeys = (engine.connection.execute(text).fetchall() for text in read)
    return visits, journeys


def at_once(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], facts: Sequence[Fact] = ()
) -> Derived:
    engine = fresh(connection)
    make_tables(engine, rows, attributes=facts)
    derive(engine, model=two_track_model(), attributes=[1, 2])
    return derived(engine)


@given(rows=_histories, accounts=_accounts, facts=_facts, size=st.sampled_from([1, 3, 4, 8, 9]))
@settings(max_examples=15)
def test_rebuild_in_ranges_is_derive_at_once(
    connection: duckdb.DuckDBPyConnection,
    rows: list[Row],
    accounts: dict[int, int],
    facts: list[Fact],
    size: int,
) -> None:
    held = with_accounts(rows, accounts)
    expected = at_once(connection, held, facts)
    engine = fresh(connection)
    make_tables(engine, held, attributes=facts)
    rebuild(engine, model=two_track_model(), attributes=[1, 2], journeys_per_range=size)
    assert derived(engine) == expected


@given(
    before=_histories,
    after=_histories,
    kept=st.sets(st.integers(1, 8)),
    accounts_before=_accounts,
    accounts_after=_accounts,
    facts=st.tuples(_facts, _facts),
)
@settings(max_examples=25)
def test_refresh_after_any_change_is_derive_at_once(
    connection: duckdb.DuckDBPyConnection,
    before: list[Row],
    after: list[Row],
    kept: set[int],
    accounts_before: dict[int, int],
    accounts_after: dict[int, int],
    facts: tuple[list[Fact], list[Fact]],
) -> None:
    """Journeys outside `kept` are exchanged whole: entries come, go, move, and change their account."""
    held = with_accounts(before, accounts_before)
    stay = [row for row in held if row["journey"] in kept]
    come = [row for row in with_accounts(after, accounts_after) if row["journey"] not in kept]
    changed = [row | {"seq": i} for i, row in enumerate([*stay, *come], start=1)]
    new_facts = [
        *(fact for fact in facts[0] if fact[0] in kept),
        *(fact for fact in facts[1] if fact[0] not in kept),
    ]
    expected = at_once(connection, changed, new_facts)

    engine = fresh(connection)
    make_tables(engine, held, attributes=facts[0])
    rebuild(engine, model=two_track_model(), attributes=[1, 2], journeys_per_range=3)
    for table in ("entries", "attributes", "revenue"):
        engine.run(f"DROP TABLE {table}")
    make_tables(engine, changed, attributes=new_facts)
    touched = [journey for journey in range(1, 9) if journey not in kept]
    engine.run("CREATE TABLE touched (journey BIGINT)")
    if touched:
        listed = ", ".join(f"({journey})" for journey in [*touched, touched[0]])
        engine.run(f"INSERT INTO touched VALUES {listed}")
    refresh(engine, model=two_track_model(), attributes=[1, 2])
    # seq numbers changed for the journeys that stayed, but not their order, so nothing else may have.
    assert derived(engine) == expected


@given(
    rows=_histories, accounts=_accounts, shuffled=st.randoms(use_true_random=False), facts=_facts
)
@settings(max_examples=15)
def test_the_order_of_input_rows_is_no_matter(
    connection: duckdb.DuckDBPyConnection,
    rows: list[Row],
    accounts: dict[int, int],
    shuffled: object,
    facts: list[Fact],
) -> None:
    held = with_accounts(rows, accounts)
    expected = at_once(connection, held, facts)
    shuffled.shuffle(held)  # type: ignore[attr-defined]
    shuffled.shuffle(facts)  # type: ignore[attr-defined]
    assert at_once(connection, held, facts) == expected


def test_refresh_changes_the_flag_of_journeys_that_were_not_touched(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """The second pass of an account is recycled by the first; only the first is touched."""
    first = [
        entry(1, LEAD, "2026-04-01", account=7, seq=1),
        entry(1, WON, "2026-04-02", account=7, seq=2),
    ]
    second = [entry(2, LEAD, "2026-05-01", account=7, seq=3)]
    flags = "SELECT journey, recycled FROM journeys ORDER BY journey"
    engine = fresh(connection)
    make_tables(engine, [*first, *second])
    rebuild(engine, model=small_model(), attributes=[])
    assert connection.execute(flags).fetchall() == [(1, 0), (2, 0)]
    engine.run("CREATE TABLE touched (journey BIGINT)")
    engine.run("INSERT INTO touched VALUES (1)")
    for stage, flag in ((RECYCLED, 1), (WON, 0)):
        engine.run(f"UPDATE entries SET stage = {stage} WHERE seq = 2")
        refresh(engine, model=small_model(), attributes=[])
        assert connection.execute(flags).fetchall() == [(1, 0), (2, flag)]
    # The first pass now belongs to another account; then it's deleted.
    engine.run(f"UPDATE entries SET stage = {RECYCLED}, account = 8 WHERE journey = 1")
    refresh(engine, model=small_model(), attributes=[])
    assert connection.execute(flags).fetchall() == [(1, 0), (2, 0)]
    engine.run("DELETE FROM entries WHERE journey = 1")
    refresh(engine, model=small_model(), attributes=[])
    assert connection.execute(flags).fetchall() == [(2, 0)]


def test_a_return_begins_when_the_pass_before_has_ended(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """By days, since either may be a date: on the day of the end is after it."""
    flags = []
    for start in ("2026-04-09", "2026-04-10", "2026-04-11"):
        engine = fresh(connection)
        rows = [
            entry(1, LEAD, "2026-04-01", account=7),
            entry(1, RECYCLED, "2026-04-10 15:00", account=7),
            entry(2, LEAD, start, account=7),
        ]
        make_tables(engine, rows)
        derive(engine, model=small_model(), attributes=[])
        flags.append(
            connection.execute("SELECT recycled FROM journeys ORDER BY journey").fetchall()
        )
    assert flags == [[(0,), (0,)], [(0,), (1,)], [(0,), (1,)]]


def test_rebuild_tells_how_far_it_is(connection: duckdb.DuckDBPyConnection) -> None:
    engine = fresh(connection)
    make_tables(engine, [entry(5, LEAD, "2026-04-01")])
    told: list[tuple[int, int]] = []
    rebuild(engine, model=small_model(), attributes=[], journeys_per_range=2,
            tell=lambda done, everything: told.append((done, everything)))  # fmt: skip
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_path_stages_are_those_of_any_path_in_the_order_of_the_model() -> None:
    assert path_stages(small_model()) == (1, 2, 3, 4)
    swapped = changed_model(('"lead", "meeting", "won", "active"', '"won", "meeting"'))
    assert path_stages(swapped) == (2, 3)


def test_a_path_in_another_order_than_the_stages_is_followed_as_declared(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """The codes of stages are their positions in the model; the path says what comes first."""
    model = changed_model(('"lead", "meeting", "won", "active"', '"won", "lead"'))
    engine = fresh(connection)
    make_tables(engine, [entry(1, WON, "2026-04-01"), entry(1, LEAD, "2026-04-03")])
    derive(engine, model=model, attributes=[])
    found = connection.execute("SELECT d_3, d_1, disordered, back FROM journeys").fetchall()
    assert found == [(20_544, 20_546, 0, 0)]
