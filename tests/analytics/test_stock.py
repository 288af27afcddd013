"""Stock and flow, counted by hand, and Little's law between them."""

from __future__ import annotations

import numpy as np
import pytest
from small_history import MEETING, Row, alike, day, entry, small_history

from kyogyo.analytics.stock import Flow, LittleCheck, flows, little_check, stock_flow


def moves() -> list[Row]:
    """Journey 1 passes March to May, 2 is lost in April, 3 goes back to lead, 4 stays a lead."""
    return [
        entry(1, 1, "2026-03-15"), entry(1, 2, "2026-04-10"), entry(1, 3, "2026-05-20"),
        entry(2, 1, "2026-03-31 23:59"), entry(2, 5, "2026-04-30 23:59"),
        entry(3, 1, "2026-04-01 00:00"), entry(3, 2, "2026-04-05"), entry(3, 1, "2026-05-01 00:00"),
        entry(4, 1, "2026-05-10"),
    ]  # fmt: skip


def table(rows: list[Row], *, as_of: str, months: int | None = None) -> list[tuple[object, ...]]:
    result = stock_flow(small_history(rows, as_of=as_of), track="new", months=months)
    names = ("stage", "month", "arrivals", "departures", "balance", "complete")
    return [tuple(row[name] for name in names) for row in result.table.to_pylist()]


def test_in_out_and_balance_by_month() -> None:
    assert table(moves(), as_of="2026-05-31") == [
        ("lead", "2026-03", 2, 0, 2, False),  # the records begin on the 15th
        ("lead", "2026-04", 1, 3, 0, True),
        ("lead", "2026-05", 2, 0, 2, True),
        ("meeting", "2026-03", 0, 0, 0, False),
        ("meeting", "2026-04", 2, 0, 2, True),
        ("meeting", "2026-05", 0, 2, 0, True),
        ("won", "2026-03", 0, 0, 0, False),
        ("won", "2026-04", 0, 0, 0, True),
        ("won", "2026-05", 1, 0, 1, True),
    ]


def test_the_month_of_the_end_is_complete_only_on_its_last_day() -> None:
    last = [row for row in table(moves(), as_of="2026-05-30") if row[:2] == ("lead", "2026-05")]
    assert last == [("lead", "2026-05", 2, 0, 2, False)]


def test_only_the_last_months_are_shown_with_the_whole_balance() -> None:
    assert table(moves(), as_of="2026-05-31", months=1)[:2] == [
        ("lead", "2026-05", 2, 0, 2, True),
        ("meeting", "2026-05", 0, 2, 0, True),
    ]


def test_the_daily_flow_adds_up_to_what_is_there() -> None:
    history = small_history(moves(), as_of="2026-05-31")
    found = flows(history, track="new")["lead"]
    assert (found.first, found.arrivals.size) == (day("2026-03-15"), 78)
    open_now = "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM visits WHERE stage = 1 AND ended = 0"
    assert found.balance[-1] == history.engine.integers(open_now)["n"][0] == 2
    assert (found.balance >= 0).all()


def test_the_sentence_says_where_most_wait() -> None:
    result = stock_flow(small_history(moves(), as_of="2026-05-31"), track="new")
    assert result.sentence.en == "Before the sale most journeys wait in “Lead”: 2 now."
    assert (
        result.sentence.ja
        == "受注前で最も多くの案件が滞留しているのは「リード」で、現在 2 件です。"
    )
    assert (result.n, result.status, result.definition.basis) == (8, "ok", "stock")


def test_nobody_on_the_track_is_nothing_to_count() -> None:
    result = stock_flow(small_history([entry(1, 1, "2026-04-01", track=0)]), track="new")
    assert (result.status, result.table.num_rows) == ("not_enough_history", 0)
    assert (result.sentence.en, result.sentence.ja) == ("No visit to count.", "数えられる訪問がありません。")  # fmt: skip


# ------------------------------------------------------- Little's law


def steady(*, stay: int, days: int = 300, recorded: bool = True) -> list[Row]:
    """A lead a day that waits `stay` days for its meeting and is lost 2 days later; every second end unrecorded if not `recorded`."""
    rows = []
    for i in range(days):
        ends = {"meeting": i + stay, "lost": i + stay + 2} if recorded or i % 2 else {}
        rows += alike(i + 1, 1, "2026-01-01", {"lead": i} | ends)
    return rows


def check(rows: list[Row], *, days: int = 365) -> LittleCheck | None:
    history = small_history(rows, as_of="2026-10-27")
    return little_check(history, flow=flows(history, track="new")["lead"], track="new", days=days)


def test_a_steady_stage_fits() -> None:
    """One a day, 10 days each: ten of them are there."""
    found = check(steady(stay=10), days=200)
    assert found is not None
    assert (found.stock, found.arrivals_per_day, found.stay_days) == (10.0, 1.0, 10.0)
    assert (found.expected, found.fits) == (10.0, True)


def test_ends_that_nobody_wrote_down_don_t_fit_and_are_said() -> None:
    rows = steady(stay=10, recorded=False)
    found = check(rows)
    assert found is not None
    assert not found.fits
    result = stock_flow(small_history(rows, as_of="2026-10-27"), track="new")
    (caveat,) = result.caveats
    assert (caveat.code, caveat.severity, caveat.about) == ("little_law", "note", ("lead",))
    assert caveat.says.en.startswith("In 1 of 1 stages the stock doesn't fit arrivals and times. Most in “Lead”")  # fmt: skip
    assert caveat.says.ja.startswith("1 フェーズ中 1 フェーズで")
    assert set(caveat.evidence) == {"stock_to_expected.lead"}


def test_a_steady_stream_has_no_caveat() -> None:
    result = stock_flow(small_history(steady(stay=3), as_of="2026-10-27"), track="new")
    assert result.caveats == ()


def test_without_any_recorded_exit_there_is_no_check() -> None:
    rows = [row for row in steady(stay=10, recorded=False) if row["stage"] in (1, 2)]
    assert stock_flow(small_history(rows, as_of="2026-10-27"), track="new").caveats == ()


@pytest.mark.parametrize("n", [49, 50])
def test_too_few_arrivals_say_nothing(n: int) -> None:
    found = check(alike(1, n, "2026-01-01", {"lead": 0, "meeting": 5}, every=1))
    assert (found is None) == (n < 50)


@pytest.mark.parametrize(
    ("stock", "fits"), [(85.0, True), (84.9, False), (117.6, True), (117.7, False), (0.0, False)]
)
def test_fifteen_percent_is_the_tolerance(stock: float, fits: bool) -> None:  # noqa: FBT001
    assert LittleCheck("lead", stock=stock, arrivals_per_day=10.0, stay_days=10.0).fits is fits


def test_an_empty_stage_fits() -> None:
    assert LittleCheck("lead", stock=0.0, arrivals_per_day=0.0, stay_days=0.0).fits


def test_the_balance_is_the_sum_of_the_flow() -> None:
    flow = Flow("lead", 0, arrivals=np.array([2, 0, 1]), departures=np.array([0, 1, 1]))
    assert flow.balance.tolist() == [2, 1, 1]
    assert MEETING == 2
