"""Conversion by value, counted by hand."""

from __future__ import annotations

import pytest

from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.value_rates import value_rates
from tests.analytics.small_history import LEAD, LOST, MEETING, WON, entry, small_history, tokyo

DAY = 86_400_000_000
START = tokyo("2025-01-06 09:00")


def deals(*, amount_of_lost: int) -> list[dict[str, int]]:
    """40 meetings: 20 won within two days, ten of them at 100 and ten at 300; 20 lost at `amount_of_lost`."""
    rows = []
    for n in range(40):
        at = START + n * DAY
        amount = amount_of_lost if n >= 20 else 100 if n % 2 else 300
        rows.append(entry(n + 1, LEAD, at))
        rows.append(entry(n + 1, MEETING, at + DAY, amount=amount))
        rows.append(entry(n + 1, LOST if n >= 20 else WON, at + 3 * DAY, amount=amount))
    return rows


def test_value_rate_weighs_each_journey_by_its_amount() -> None:
    funnel = open_funnel(small_history(deals(amount_of_lost=100)), track="new")

    row = next(r for r in value_rates(funnel).table.to_pylist() if r["step"] == "meeting>won")

    assert (row["n"], row["known"], row["amount"], row["k_amount"]) == (40, 40, 6000, 4000)
    assert row["rate"] == pytest.approx(4000 / 6000)
    assert row["count_rate"] == 0.5
    # ratio estimator: sqrt(10 * (100/3)^2 + 10 * 100^2 + 20 * (200/3)^2) / 6000
    assert row["hi"] - row["rate"] == pytest.approx(
        1.959964 * (10 * (100 / 3) ** 2 + 10 * 100**2 + 20 * (200 / 3) ** 2) ** 0.5 / 6000
    )


def test_value_rate_says_that_larger_deals_go_on_more_often() -> None:
    funnel = open_funnel(small_history(deals(amount_of_lost=20)), track="new")

    result = value_rates(funnel)

    assert result.sentence.en == (
        "Meeting → Won: 90.9% of the value goes on, against 50.0% of the journeys (n = 40). Larger deals go on more often."
    )


def test_value_rate_is_refused_where_amounts_are_known_only_of_the_won() -> None:
    funnel = open_funnel(small_history(deals(amount_of_lost=0)), track="new")

    result = value_rates(funnel)

    rates = {row["step"]: row["rate"] for row in result.table.to_pylist()}
    assert rates["meeting>won"] is None
    assert result.caveats[0].forbids == ("value_rate:meeting>won",)
