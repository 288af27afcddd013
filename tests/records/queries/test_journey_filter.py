"""A filter survives the way to an address and back, and says what it can't read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from kyogyo.records.queries.journey_filter import JourneyFilter, parse_filter, read_amount


def test_filter_written_to_an_address_reads_back_the_same() -> None:
    asked = JourneyFilter(
        track="new_business", stage=("lead", "mql"), type="all", owner="me", team="3",
        source="web", campaign="春", segment="SMB", amount_from=Decimal(100), amount_to=Decimal(900),
        opened_from=date(2026, 4, 1), opened_to=date(2026, 4, 30), entered_from=date(2026, 5, 1),
        entered_to=date(2026, 5, 2), stalled=True, next_step="past", handoff=True, text="東芝",
        facts=(("plan", "", "Pro"), ("seats", "from", "10")), sort="-amount",
    )  # fmt: skip

    assert parse_filter(parse_qs(asked.query())) == asked


def test_filter_as_it_opens_has_an_empty_address() -> None:
    assert JourneyFilter().query() == ""


def test_filter_says_which_part_it_left_out() -> None:
    asked = parse_filter({"amount_from": ["many"], "sort": ["colour"], "text": ["a"]})

    assert asked == JourneyFilter(text="a")
    assert [problem.en.split(" was ")[0] for problem in asked.problems] == [
        "The filter amount_from='many'",
        "The filter sort='colour'",
    ]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1,200,000", 1_200_000), ("１２０万", 1_200_000), ("1.5億", 150_000_000), ("¥300", 300)],
)
def test_amount_is_read_as_people_write_it(written: str, amount: int) -> None:
    assert read_amount(written) == amount


@pytest.mark.parametrize("written", ["-1", "NaN", "1e99"])
def test_amount_that_can_not_be_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=written.lstrip("-")):
        read_amount(written)
