"""Value that rests on a few, or on a part of the customers only."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from small_history import MODEL_TEXT, WON, Row, changed_model, day, entry, small_history

from kyogyo.analytics.caveats.worth import worth_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.results import Caveat

Period = tuple[int, int, int, int]


def won(amounts: Mapping[int, int], *, accounts: Mapping[int, int] | None = None) -> list[Row]:
    """A win a journey, of its own account if not told otherwise."""
    return [
        row
        for journey, amount in amounts.items()
        for row in (
            entry(journey, 1, "2026-01-01", account=(accounts or {}).get(journey, journey)),
            entry(journey, WON, "2026-02-01", amount=amount, account=(accounts or {}).get(journey, journey)),
        )
    ]  # fmt: skip


def found(rows: list[Row], *, revenue: list[Period] | None = None, **attributes: Mapping[int, str]) -> dict[str, Caveat]:  # fmt: skip
    history = small_history(rows, attributes=attributes, revenue=revenue or [])
    caveats = worth_caveats(open_funnel(history, track="new"))
    for caveat in caveats:
        assert caveat.says.en != caveat.says.ja
        assert "" not in (caveat.says.en, caveat.says.ja)
    return {caveat.code: caveat for caveat in caveats}


EVEN = dict.fromkeys(range(1, 41), 100)


def test_an_even_value_has_no_caveat() -> None:
    assert found(won(EVEN), source=dict.fromkeys(range(1, 41), "web")) == {}


def test_a_track_without_a_sale_has_none() -> None:
    assert MODEL_TEXT.count('type = "won"') == 1
    model = changed_model(('type = "won"', 'type = "ongoing"'))
    history = small_history(won({**EVEN, 41: 10**6}), model=model)
    assert worth_caveats(open_funnel(history, track="new")) == []


# ------------------------------------------------------- concentrated_value


@pytest.mark.parametrize(("largest", "is_found"), [(444, False), (445, True)])
def test_an_account_with_a_tenth_of_the_value_is_told(largest: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = found(won({**EVEN, 41: largest}))
    assert ("concentrated_value" in caveats) == is_found
    if is_found:
        caveat = caveats["concentrated_value"]
        # 4,445 in all: the largest and 18 others bring half.
        assert caveat.evidence == {"top_account_share": round(445 / 4445, 4), "accounts_for_half": 19, "accounts_with_value": 41}  # fmt: skip
        assert (caveat.severity, caveat.forbids) == ("limit", ("rank_value_by_owner",))
        assert "One account brings 10.0% of the value and 19 of 41 bring half." in caveat.says.en


def test_the_deals_of_an_account_are_one_account_s() -> None:
    rows = won(EVEN, accounts=dict.fromkeys(range(1, 6), 99))
    assert found(rows)["concentrated_value"].evidence["top_account_share"] == 0.125


def test_the_revenue_of_an_account_counts_once_however_often_it_won() -> None:
    """Account 99 won five times and brings 500 of 4,000."""
    rows = won(EVEN, accounts=dict.fromkeys(range(1, 6), 99))
    caveat = found(rows, revenue=paid(range(6, 41)) + paid(range(99, 100), 500))["concentrated_value"]  # fmt: skip
    assert caveat.evidence["top_account_share"] == 0.125


def test_few_wins_are_always_concentrated_and_no_finding() -> None:
    assert found(won({**dict.fromkeys(range(1, 19), 100), 41: 10**6})) == {}
    assert "concentrated_value" in found(won({**dict.fromkeys(range(1, 20), 100), 41: 10**6}))


def test_a_group_that_leads_by_one_account_only_is_named() -> None:
    source = {j: "web" if j % 2 else "fair" for j in EVEN} | {41: "radio", 1: "radio"}
    caveat = found(won({**EVEN, 41: 9000}), source=source)["concentrated_value"]
    assert "“radio” leads by source only because of it: 99% of that group's value is this one account." in caveat.says.en  # fmt: skip
    assert "流入経路「radio」が大きく見えるのもこの 1 社による" in caveat.says.ja


def test_a_group_that_would_lead_anyway_is_not_named() -> None:
    source = dict.fromkeys(EVEN, "web") | {41: "web"}
    caveat = found(won({**EVEN, 41: 900}), source=source)["concentrated_value"]
    assert "leads by" not in caveat.says.en


# ------------------------------------------------------- one_segment_carries_value


def segments(*, large: int) -> tuple[list[Row], dict[int, str]]:
    """10 large customers, 15 middle and 15 small ones; `large` is what a large one pays."""
    segment = {j: "large" if j <= 10 else "middle" if j <= 25 else "small" for j in EVEN}
    return won({j: large if j <= 10 else 100 for j in EVEN}), segment


def test_a_group_that_is_few_wins_but_most_of_the_value_is_told() -> None:
    rows, segment = segments(large=300)
    caveat = found(rows, segment=segment)["one_segment_carries_value"]
    assert (caveat.about, caveat.severity) == (("segment",), "note")
    assert caveat.evidence == {"share_of_wins": 0.25, "share_of_value": 0.5}
    assert "“large” (segment) is 25% of the wins but 50% of the value." in caveat.says.en
    assert "「large」（企業規模）" in caveat.says.ja


def test_a_group_with_less_than_half_or_with_as_many_wins_is_not() -> None:
    rows, segment = segments(large=299)
    assert found(rows, segment=segment) == {}
    assert found(won(EVEN), segment={j: "large" if j <= 30 else "middle" if j <= 35 else "small" for j in EVEN}) == {}  # fmt: skip


# ------------------------------------------------------- funnel_covers_a_part


def paid(accounts: range, amount: int = 100) -> list[Period]:
    return [(account, day("2026-03-01"), day("2026-04-01"), amount) for account in accounts]


@pytest.mark.parametrize(("outside", "is_found"), [(9, False), (10, True)])
def test_customers_that_come_another_way_are_told(outside: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = found(won(EVEN), revenue=paid(range(1, 41)) + paid(range(101, 101 + outside), 600))
    assert ("funnel_covers_a_part" in caveats) == is_found
    if is_found:
        caveat = caveats["funnel_covers_a_part"]
        assert caveat.evidence == {"accounts_inside": 40, "accounts": 50, "revenue_share_inside": 0.4}  # fmt: skip
        assert (caveat.severity, caveat.forbids) == ("limit", ("company_revenue",))


def test_revenue_of_nobody_in_the_funnel_is_all_outside() -> None:
    caveat = found(won(EVEN), revenue=paid(range(101, 121)))["funnel_covers_a_part"]
    assert caveat.evidence == {"accounts_inside": 0, "accounts": 20, "revenue_share_inside": 0.0}


# ------------------------------------------------------- amounts_missing


@pytest.mark.parametrize(("missing", "is_found"), [(19, False), (20, True)])
def test_wins_without_an_amount_are_told(missing: int, is_found: bool) -> None:  # noqa: FBT001
    rows = won({**EVEN, **dict.fromkeys(range(101, 101 + missing), 0)})
    caveats = found(rows)
    assert ("amounts_missing" in caveats) == is_found
    if is_found:
        assert caveats["amounts_missing"].evidence == {"unknown": 20, "wins": 60}
        assert "not counted as zero" in caveats["amounts_missing"].says.en


def test_a_few_in_a_hundred_without_an_amount_are_no_finding() -> None:
    amounts = dict.fromkeys(range(1, 400), 100) | dict.fromkeys(range(1001, 1021), 0)
    assert "amounts_missing" not in found(won(amounts))
    fewer = dict.fromkeys(range(1, 381), 100) | dict.fromkeys(range(1001, 1021), 0)
    assert "amounts_missing" in found(won(fewer))
