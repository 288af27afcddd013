"""Opening a history: up to when it was observed, and since when each stage was recorded."""

from __future__ import annotations

import duckdb
import pytest
from small_history import (
    ACTIVE,
    LEAD,
    MEETING,
    WON,
    day,
    entry,
    make_tables,
    small_history,
    small_model,
    tokyo,
)

from kyogyo.analytics.derive import derive
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import Window
from kyogyo.analytics.load import open_history
from kyogyo.errors import MissingTableError


def opened(rows: list[dict[str, int]], *, as_of: int | None = None):
    connection = duckdb.connect()
    engine = DuckDBEngine(connection)
    connection.execute("CREATE TABLE names (kind VARCHAR, code BIGINT, name VARCHAR)")
    connection.execute(
        "INSERT INTO names VALUES ('owner', 3, 'Sato'), ('journey', 1, 'a'), ('attribute', 1, 'source'), ('value', 1, 'web')"
    )
    make_tables(engine, rows, attributes=[(1, 1, 1)])
    derive(engine, model=small_model(), attributes=[1])
    return open_history(engine, model=small_model(), as_of=as_of)


def test_without_a_date_the_last_entry_is_the_end_of_observation() -> None:
    history = opened([entry(1, LEAD, "2026-04-01"), entry(2, LEAD, "2026-05-01 23:30")])
    assert history.as_of == tokyo("2026-05-01 23:30")
    assert history.as_of_day == day("2026-05-01")


def test_the_day_of_the_end_is_local() -> None:
    history = opened([entry(1, LEAD, "2026-04-01")], as_of=tokyo("2026-06-30 23:59"))
    assert history.as_of_day == day("2026-06-30")


def test_names_and_counts_are_read() -> None:
    history = opened([entry(1, LEAD, "2026-04-01", owner=3), entry(1, WON, "2026-04-02"), entry(2, LEAD, "2026-04-01")])  # fmt: skip
    assert dict(history.attributes) == {"source": 1}
    assert dict(history.value_names) == {1: "web"}
    assert dict(history.owner_names) == {3: "Sato"}
    assert (history.entries, history.journeys, history.has_revenue) == (3, 2, False)


def test_windows_say_when_each_stage_was_recorded() -> None:
    history = opened(
        [
            entry(1, LEAD, "2026-04-01"),
            entry(2, LEAD, "2026-04-20", prec=2),
            entry(1, WON, "2026-04-30", prec=3),
            entry(2, WON, "2026-05-31", prec=3),
            entry(1, ACTIVE, "2026-06-30", prec=4),
        ],
        as_of=tokyo("2026-07-15"),
    )
    assert dict(history.windows) == {
        LEAD: Window(first=day("2026-04-01"), last=day("2026-07-15"), period_months=0),
        WON: Window(first=day("2026-04-30"), last=day("2026-05-31"), period_months=1),
        ACTIVE: Window(first=day("2026-06-30"), last=day("2026-06-30"), period_months=3),
    }
    assert [history.period_months(k) for k in (LEAD, MEETING, WON, ACTIVE)] == [0, 0, 1, 3]
    # A stage dated by periods is known up to the last one that ended; one never seen, up to the end.
    assert [history.observed_until(k) for k in (LEAD, MEETING, WON)] == [
        day("2026-07-15"),
        day("2026-07-15"),
        day("2026-05-31"),
    ]


@pytest.mark.parametrize(("by_period", "months"), [(0, 0), (1, 0), (2, 1), (20, 1)])
def test_more_than_a_stray_entry_dated_by_periods_spoils_the_days_of_all(
    by_period: int, months: int
) -> None:
    """One of 20 is a stray; of two, nothing can be said in days any more."""
    rows = [
        entry(j, WON, "2026-04-30" if j <= by_period else "2026-05-03", prec=3 if j <= by_period else 1)
        for j in range(1, 21)
    ]  # fmt: skip
    history = opened(rows, as_of=tokyo("2026-07-15"))
    assert history.period_months(WON) == months
    last = {0: "2026-07-15", 1: "2026-05-03"}[months] if by_period < 20 else "2026-04-30"
    assert history.observed_until(WON) == day(last)


def test_the_coarsest_period_is_the_unit() -> None:
    history = opened([entry(1, WON, "2026-04-30", prec=3), entry(2, WON, "2026-06-30", prec=4)])
    assert history.period_months(WON) == 3


def test_no_entries_is_an_error_that_says_where_to_look() -> None:
    with pytest.raises(MissingTableError) as caught:
        opened([])
    assert caught.value.say("en").startswith("There is no history to measure")
    assert "判定ファイル" in caught.value.say("ja")


def test_revenue_is_noticed() -> None:
    history = small_history([entry(1, LEAD, "2026-04-01")], revenue=[(1, 20_544, 20_574, 5)])
    assert history.has_revenue


def test_an_earlier_end_shows_the_history_as_it_was_known_then() -> None:
    rows = [
        entry(1, LEAD, "2026-04-01"),
        entry(1, MEETING, "2026-04-10"),
        entry(1, WON, "2026-05-02"),
        entry(2, LEAD, "2026-06-01"),
    ]
    revenue = [(1, day("2026-04-01"), day("2026-05-01"), 5), (1, day("2026-05-01"), day("2026-06-01"), 7)]  # fmt: skip
    history = small_history(rows, as_of="2026-04-30", revenue=revenue, attributes={"source": {1: "web"}})  # fmt: skip
    read = "SELECT journey, last_stage, d_3, a_1 FROM journeys ORDER BY journey"
    assert {name: column.tolist() for name, column in history.engine.integers(read).items()} == {
        "journey": [1], "last_stage": [MEETING], "d_3": [0], "a_1": [1],
    }  # fmt: skip
    assert (history.entries, history.journeys, set(history.windows)) == (2, 1, {LEAD, MEETING})
    assert history.engine.integers("SELECT amount FROM revenue ORDER BY amount")["amount"].tolist() == [5]  # fmt: skip


def test_an_earlier_end_leaves_the_store_as_it_is() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE names (kind VARCHAR, code BIGINT, name VARCHAR)")
    engine = DuckDBEngine(connection)
    make_tables(engine, [entry(1, LEAD, "2026-04-01"), entry(2, LEAD, "2026-06-01")])
    derive(engine, model=small_model(), attributes=[])
    earlier = open_history(engine, model=small_model(), as_of=tokyo("2026-04-02"))
    again = open_history(engine, model=small_model(), as_of=tokyo("2026-04-03"))
    whole = open_history(engine, model=small_model())
    assert [history.journeys for history in (earlier, again, whole)] == [1, 1, 2]


def test_nothing_up_to_the_end_is_an_error() -> None:
    with pytest.raises(MissingTableError, match="none up to the day asked for"):
        opened([entry(1, LEAD, "2026-04-01")], as_of=tokyo("2026-03-01"))
