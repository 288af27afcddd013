"""Who pays, who left, who grew: five accounts over four periods, counted by hand."""

from __future__ import annotations

import pytest
from small_history import alike, day, small_history

from kyogyo.analytics.customers import CustomerMonths, customer_months

# First days of five periods of about a month.
STARTS = [day(f"2026-{month:02d}-01") for month in range(1, 6)]


def paid(account: int, *amounts: int) -> list[tuple[int, int, int, int]]:
    """What an account paid in each period, 0 = nothing."""
    return [
        (account, STARTS[i], STARTS[i + 1], amount) for i, amount in enumerate(amounts) if amount
    ]


REVENUE = [
    *paid(1, 100, 100, 100, 100),  # stays
    *paid(2, 100, 150, 150, 150),  # takes more in the second period
    *paid(3, 100, 100, 0, 0),  # leaves after the second
    *paid(4, 100, 102, 102, 102),  # dearer by a price list, no growth
    *paid(5, 0, 50, 0, 50),  # leaves, and comes back
]


def months_of(
    rows: list[tuple[int, int, int, int]], *, track: str = "new"
) -> CustomerMonths | None:
    entries = [row for a in range(1, 6) for row in alike(a, 1, "2025-12-01", {"lead": 0, "won": 5}, account=a)]  # fmt: skip
    return customer_months(
        small_history(entries, revenue=rows, as_of="2026-05-01"), track=track, value_stage="won"
    )


def test_five_accounts_are_counted_period_by_period() -> None:
    found = months_of(REVENUE)
    assert found is not None
    assert found.ends.tolist() == STARTS[1:4]
    assert found.accounts.tolist() == [4, 5, 3]
    assert found.paid.tolist() == [400, 502, 352]
    assert (found.left.tolist(), found.left_paid.tolist()) == ([0, 2, 0], [0, 150, 0])
    assert (found.grew.tolist(), found.grew_by.tolist()) == ([1, 0, 0], [50, 0, 0])
    # The last period brought this much; who left after it isn't known.
    assert found.paying == 402
    assert found.months == pytest.approx(30 / (365.25 / 12), abs=0.05)


def test_the_order_of_rows_and_numbers_of_accounts_change_nothing() -> None:
    renamed = [(6 - account, *rest) for account, *rest in reversed(REVENUE)]
    once, again = months_of(REVENUE), months_of(renamed)
    assert once is not None
    assert again is not None
    for name in ("ends", "accounts", "paid", "left", "left_paid", "grew", "grew_by"):
        assert getattr(again, name).tolist() == getattr(once, name).tolist()


def test_an_account_without_a_won_journey_is_no_customer_of_the_track_and_one_unknown_is() -> None:
    entries = alike(1, 1, "2025-12-01", {"lead": 0, "won": 5}, account=1)
    entries += alike(2, 1, "2025-12-01", {"lead": 0}, account=2)
    rows = [*paid(1, 100, 100, 100, 100), *paid(2, 7, 7, 7, 7), *paid(3, 20, 20, 20, 20)]
    found = customer_months(small_history(entries, revenue=rows), track="new", value_stage="won")
    assert found is not None
    assert (found.accounts.tolist(), found.paid.tolist()) == ([2, 2, 2], [120, 120, 120])


def test_without_revenue_or_with_too_few_periods_there_is_nothing_to_say() -> None:
    assert months_of([]) is None
    assert months_of(paid(1, 100, 100)) is None
