"""The value of wins, revenue afterwards, and on how few it rests, counted by hand."""

from __future__ import annotations

import itertools

import pytest
from small_history import WON, Row, alike, changed_model, day, entry, small_history, two_track_model

from kyogyo.analytics.money import (
    concentration,
    revenue_movements,
    revenue_periods,
    value_per_win,
    win_values,
)
from kyogyo.revenue_model import RevenueModel

MONTHS = [day(f"2026-{month:02d}-01") for month in range(1, 13)]
Period = tuple[int, int, int, int]


def by_revenue(*, months: int = 3) -> RevenueModel:
    return changed_model(more=f'\n[bottleneck]\nvalue = "revenue"\nvalue_months = {months}\n')


def monthly(account: int, amounts: dict[int, int]) -> list[Period]:
    """Revenue of an account by month of 2026, as {4: amount in April}."""
    return [(account, MONTHS[m - 1], MONTHS[m], amount) for m, amount in amounts.items()]


def win(journey: int, on: str, *, amount: int = 0, account: int = 0) -> list[Row]:
    return [
        entry(journey, 1, "2026-01-01", account=account),
        entry(journey, WON, on, amount=amount, account=account),
    ]


# ------------------------------------------------------- the value of a win


def test_the_value_of_a_win_by_month_is_mean_and_median() -> None:
    rows = [
        *win(1, "2026-04-01", amount=100), *win(2, "2026-04-30", amount=200), *win(3, "2026-04-10", amount=900),
        *win(4, "2026-05-01", amount=50), *win(5, "2026-05-02", amount=0),
    ]  # fmt: skip
    result = value_per_win(small_history(rows), track="new")
    assert result.table.to_pylist() == [
        {"series": "value", "month": "2026-04", "value": 400.0, "median_amount": 200.0, "n": 3},
        {"series": "value", "month": "2026-05", "value": 50.0, "median_amount": 50.0, "n": 1},
    ]
    # A missing amount is unknown, not zero.
    assert (result.n, result.facts["unknown"], result.facts["months"]) == (4, 1, 0)
    assert result.sentence.en == (
        "A win is worth ¥312 on average, ¥150 at the median (n = 4). Left out: 1 wins without an amount or account, 0 too recent."
    )
    assert result.sentence.ja.startswith("受注 1 件の価値は平均 ¥312、中央値 ¥150（n = 4）です。")


def test_a_history_without_amounts_has_no_value() -> None:
    result = value_per_win(small_history(win(1, "2026-04-01")), track="new")
    assert (result.status, result.n, result.table.num_rows) == ("not_enough_history", 0, 0)
    assert result.sentence.en == "The value of a win is unknown: the data has no amounts for won journeys."  # fmt: skip
    assert "未確認" in result.sentence.ja


def test_a_track_without_a_sale_has_no_value() -> None:
    model = changed_model(('type = "won"', 'type = "ongoing"'))
    values = win_values(small_history(win(1, "2026-04-01", amount=5), model=model), track="new")
    assert (values.n, values.unknown) == (0, 0)


def test_wins_count_on_their_own_track() -> None:
    rows = [entry(1, WON, "2026-04-01", amount=7, track=1), entry(2, WON, "2026-04-01", amount=9, track=2)]  # fmt: skip
    history = small_history(rows, model=two_track_model())
    assert [win_values(history, track=t).value.tolist() for t in ("direct", "new")] == [[7], [9]]


def test_values_since_a_day_have_the_day_inside() -> None:
    values = win_values(small_history([*win(1, "2026-04-01", amount=1), *win(2, "2026-04-02", amount=2)]), track="new")  # fmt: skip
    assert values.since(day("2026-04-02")).value.tolist() == [2]


def test_the_value_by_revenue_is_that_of_the_first_periods() -> None:
    """The period of the win and the two after it; what comes later, or before, isn't this win's."""
    revenue = [
        *monthly(1, {3: 1000, 4: 10, 5: 20, 6: 30, 7: 1000}),
        *monthly(2, {6: 5}),  # won in May, paid once in the window
        *monthly(9, dict.fromkeys(range(1, 9), 1)),  # so that all months exist
    ]
    rows = [
        *win(1, "2026-04-15", account=1), *win(2, "2026-05-31", account=2), *win(3, "2026-04-01", account=3),
        *win(4, "2026-07-01", account=4), *win(5, "2026-04-01", account=0),
    ]  # fmt: skip
    history = small_history(rows, revenue=revenue, model=by_revenue())
    values = win_values(history, track="new")
    assert sorted(zip(values.day.tolist(), values.value.tolist(), strict=True)) == [
        (day("2026-04-01"), 0),  # a customer who never paid is worth nothing, and that is known
        (day("2026-04-15"), 60),
        (day("2026-05-31"), 5),
    ]
    # July needs September, which isn't there; one win has no account.
    assert (values.immature, values.unknown, values.months) == (1, 1, 3)
    sentence = value_per_win(history, track="new").sentence
    assert "in the first 3 months after it" in sentence.en
    assert "受注後 3 か月の売上" in sentence.ja
    assert "Left out: 1 wins without an amount or account, 1 too recent." in sentence.en


def test_revenue_of_an_account_that_wins_again_is_counted_once() -> None:
    """April and May are the first win's; from June on, when the second comes, all is the second's."""
    revenue = monthly(1, {4: 10, 5: 20, 6: 400, 7: 50, 8: 60, 9: 1})
    rows = [*win(1, "2026-04-15", account=1), *win(2, "2026-06-10", account=1)]
    values = win_values(small_history(rows, revenue=revenue, model=by_revenue()), track="new")
    assert sorted(zip(values.day.tolist(), values.value.tolist(), strict=True)) == [
        (day("2026-04-15"), 30),
        (day("2026-06-10"), 510),
    ]


def test_a_win_before_revenue_was_recorded_has_an_unknown_value() -> None:
    """Else the first months of the records would pass for its first months."""
    revenue = monthly(1, dict.fromkeys(range(6, 13 - 1), 100))
    rows = [*win(1, "2026-05-31", account=1), *win(2, "2026-06-01", account=1)]
    values = win_values(small_history(rows, revenue=revenue, model=by_revenue()), track="new")
    assert (values.value.tolist(), values.unknown, values.immature) == ([300], 1, 0)


@pytest.mark.parametrize(("months", "covered"), [(1, 3), (3, 3), (5, 6), (12, 12)])
def test_quarters_cover_the_declared_months_as_nearly_as_they_can(
    months: int, covered: int
) -> None:
    quarters = [(1, MONTHS[m], MONTHS[m + 3], 10) for m in (0, 3, 6)]
    more = [(1, day("2026-10-01"), day("2027-01-01"), 10), (1, day("2027-01-01"), day("2027-04-01"), 10)]  # fmt: skip
    history = small_history(
        win(1, "2026-02-01", account=1),
        revenue=[*quarters, *more],
        model=by_revenue(months=months),
        as_of="2027-04-30",
    )
    values = win_values(history, track="new")
    assert (values.months, values.value.tolist()) == (covered, [10 * covered // 3])


def test_without_revenue_the_amount_is_taken() -> None:
    history = small_history(win(1, "2026-04-01", amount=7), model=by_revenue())
    values = win_values(history, track="new")
    assert (values.value.tolist(), values.months) == ([7], 0)


def test_revenue_periods_come_in_order_once() -> None:
    history = small_history(
        win(1, "2026-04-01"), revenue=[*monthly(2, {5: 1, 4: 1}), *monthly(1, {4: 1})]
    )
    starts, ends = revenue_periods(history)
    assert (starts.tolist(), ends.tolist()) == (MONTHS[3:5], MONTHS[4:6])


# ------------------------------------------------------- revenue afterwards


def test_movements_are_the_table_counted_by_hand() -> None:
    revenue = [
        *monthly(1, {4: 100, 5: 100, 6: 150, 7: 120}),
        *monthly(2, {4: 50, 6: 70, 7: 70}),
        *monthly(3, {5: 30}),
        *monthly(4, dict.fromkeys(range(4, 8), 1000)),  # no customer of this track
    ]
    rows = [row for j in (1, 2, 3) for row in win(j, "2026-04-01", account=j)]
    rows.append(entry(4, 1, "2026-04-01", account=4))
    result = revenue_movements(small_history(rows, revenue=revenue), track="new")
    names = ("period", "accounts", "revenue", "new", "expansion", "contraction", "churn", "reactivation", "churned_accounts")  # fmt: skip
    assert [tuple(row[name] for name in names) for row in result.table.to_pylist()] == [
        ("2026-04", 2, 150, 150, 0, 0, None, 0, None),
        ("2026-05", 2, 130, 30, 0, 0, 50, 0, 1),
        ("2026-06", 2, 220, 0, 50, 0, 30, 70, 1),
        ("2026-07", 2, 190, 0, 0, 30, 0, 0, 0),
    ]
    # Too few customers for a rate of retention.
    assert result.table["nrr"].to_pylist() == [None] * 4
    assert (result.n, result.status, result.definition.basis) == (2, "ok", "period")
    assert (
        result.sentence.en == "In the last period (2026-07) 2 customers of this track brought ¥190."
    )
    assert result.sentence.ja.startswith(
        "最新の期間（2026-07〜）に、この商流の取引先 2 社から ¥190"
    )


def test_movements_explain_every_change_of_revenue() -> None:
    revenue = [
        *monthly(1, {4: 100, 5: 80, 6: 80, 7: 300}), *monthly(2, {4: 50, 6: 70, 7: 70}), *monthly(3, {5: 30, 6: 31}),
        *monthly(4, {6: 5, 7: 0}), *monthly(5, {4: 9, 5: 9, 7: 4}),
    ]  # fmt: skip
    rows = [row for j in range(1, 6) for row in win(j, "2026-04-01", account=j)]
    found = revenue_movements(small_history(rows, revenue=revenue), track="new").table.to_pylist()
    for before, now in itertools.pairwise(found):
        gained = now["new"] + now["expansion"] + now["reactivation"]
        assert now["revenue"] - before["revenue"] == gained - now["contraction"] - now["churn"]


def test_retention_leaves_first_periods_and_new_customers_out() -> None:
    """20 customers of 100: ten grow to 150, five shrink to 80, five leave; one is new with 500, one in its second month."""
    revenue = [period for j in range(1, 21) for period in monthly(j, {4: 10, 5: 100})]
    revenue += [period for j in range(1, 11) for period in monthly(j, {6: 150})]
    revenue += [period for j in range(11, 16) for period in monthly(j, {6: 80})]
    revenue += monthly(21, {6: 500}) + monthly(22, {5: 10, 6: 1000})
    rows = [row for j in range(1, 23) for row in win(j, "2026-04-01", account=j)]
    result = revenue_movements(small_history(rows, revenue=revenue), track="new")
    assert [(r["nrr"], r["grr"]) for r in result.table.to_pylist()] == [
        (None, None),
        (None, None),  # growth out of a first period would be the calendar's
        (pytest.approx(0.95), pytest.approx(0.70)),
    ]
    assert result.sentence.en.endswith("Against the period before: NRR 95.0%, GRR 70.0%.")
    assert result.sentence.ja.endswith("前期比は NRR 95.0%、GRR 70.0% です。")


def test_nineteen_customers_are_too_few_for_retention() -> None:
    revenue = [period for j in range(1, 20) for period in monthly(j, {4: 10, 5: 100, 6: 100})]
    rows = [row for j in range(1, 20) for row in win(j, "2026-04-01", account=j)]
    found = revenue_movements(small_history(rows, revenue=revenue), track="new").table
    assert found["nrr"].to_pylist() == [None, None, None]


def test_after_a_month_without_any_revenue_nothing_is_said_to_have_churned() -> None:
    revenue = monthly(1, {4: 100, 6: 100})
    found = revenue_movements(small_history(win(1, "2026-04-01", account=1), revenue=revenue), track="new")  # fmt: skip
    assert [(r["period"], r["churn"], r["reactivation"]) for r in found.table.to_pylist()] == [
        ("2026-04", None, 0),
        ("2026-06", None, 100),
    ]


def test_without_revenue_or_a_sale_there_are_no_movements() -> None:
    unsold = changed_model(('type = "won"', 'type = "ongoing"'))
    for history in (
        small_history(win(1, "2026-04-01", amount=5)),
        small_history(win(1, "2026-04-01", account=1), revenue=monthly(1, {4: 5}), model=unsold),
    ):
        result = revenue_movements(history, track="new")
        assert (result.status, result.table.num_rows) == ("not_enough_history", 0)
        assert result.sentence.en.startswith("Revenue after the sale is unknown")


# ------------------------------------------------------- concentration


def test_concentration_cumulates_from_the_largest() -> None:
    amounts = {1: 100, 2: 50, 3: 30, 4: 20}
    rows = [row for j, amount in amounts.items() for row in win(j, "2026-04-01", amount=amount, account=j)]  # fmt: skip
    result = concentration(small_history(rows), track="new")
    assert result.table.to_pylist() == [
        {"rank": 1, "amount": 100, "account_share": 0.25, "value_share": 0.5},
        {"rank": 2, "amount": 50, "account_share": 0.5, "value_share": 0.75},
        {"rank": 3, "amount": 30, "account_share": 0.75, "value_share": 0.9},
        {"rank": 4, "amount": 20, "account_share": 1.0, "value_share": 1.0},
    ]
    assert (result.n, result.facts["accounts_for_half"], result.facts["top_share"]) == (4, 1, 0.5)
    assert result.sentence.en == "1 of 4 customers with a known value bring half of it; the largest alone 50.0%."  # fmt: skip
    assert result.sentence.ja == "金額が分かる 4 社のうち 1 社で半分を占め、最大の 1 社だけで 50.0% です。"  # fmt: skip


def test_deals_of_an_account_are_added_and_those_of_nobody_stand_alone() -> None:
    rows = [
        *win(1, "2026-04-01", amount=30, account=5), *win(2, "2026-05-01", amount=30, account=5),
        *win(3, "2026-04-01", amount=40), *win(4, "2026-04-01", amount=10), *win(5, "2026-04-01"),
    ]  # fmt: skip
    result = concentration(small_history(rows), track="new")
    assert result.table["amount"].to_pylist() == [60, 40, 10]


def test_revenue_counts_before_amounts_where_it_is_known() -> None:
    rows = [*win(1, "2026-04-01", amount=1, account=1), *win(2, "2026-04-01", amount=9, account=2), entry(3, 1, "2026-04-01", account=3)]  # fmt: skip
    revenue = [*monthly(1, {4: 70, 5: 20}), *monthly(3, {4: 999})]
    result = concentration(small_history(rows, revenue=revenue), track="new")
    assert result.table["amount"].to_pylist() == [90]


def test_many_customers_are_drawn_by_200_points_that_end_with_all() -> None:
    rows = [row for j in range(1, 1001) for row in win(j, "2026-04-01", amount=j, account=j)]
    result = concentration(small_history(rows), track="new")
    shares = result.table["value_share"].to_pylist()
    assert (result.table.num_rows, shares[-1], result.table["rank"][0].as_py()) == (200, 1.0, 1)
    assert shares == sorted(shares)


def test_nothing_of_value_is_said() -> None:
    result = concentration(small_history(win(1, "2026-04-01")), track="new")
    assert (result.status, result.n) == ("not_enough_history", 0)
    assert (result.sentence.en, result.sentence.ja) == ("No customer has a known value.", "金額が分かる取引先がありません。")  # fmt: skip


def test_alike_wins_are_counted_together() -> None:
    rows = alike(1, 3, "2026-04-01", {"lead": 0, "won": 1}, amount=5)
    values = win_values(small_history(rows), track="new")
    assert (values.value.tolist(), values.count.tolist(), values.n) == ([5], [3], 3)
