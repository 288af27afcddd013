"""Attributes that are known of the wrong journeys, or that are zero where they should be blank."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from small_history import Row, alike, small_history

from kyogyo.analytics.caveats.attributes import attribute_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.results import Caveat

# 50 are won, 50 more met, 100 were lost before and 100 are still leads.
WON, MET, GONE, OPEN = range(1, 51), range(51, 101), range(101, 201), range(201, 301)


def stream() -> list[Row]:
    return [
        *alike(1, 50, "2026-01-01", {"lead": 0, "meeting": 3, "won": 6}),
        *alike(51, 50, "2026-01-01", {"lead": 0, "meeting": 3}),
        *alike(101, 100, "2026-01-01", {"lead": 0, "lost": 3}),
        *alike(201, 100, "2026-01-01", {"lead": 0}),
    ]


def found(**attributes: Mapping[int, str]) -> list[Caveat]:
    history = small_history(stream(), attributes=attributes)
    caveats = attribute_caveats(open_funnel(history, track="new"))
    for caveat in caveats:
        assert caveat.says.en != caveat.says.ja
        assert "" not in (caveat.says.en, caveat.says.ja)
    return caveats


def words(*journeys: range, text: str = "a") -> dict[int, str]:
    return {journey: text for group in journeys for journey in group}


def test_an_attribute_known_of_everybody_or_nobody_has_no_caveat() -> None:
    assert found(source=words(WON, MET, GONE, OPEN), nothing={}) == []


def test_an_attribute_known_only_of_those_who_got_there_is_refused_up_to_there() -> None:
    (caveat,) = found(product=words(WON))
    assert (caveat.code, caveat.severity, caveat.about) == ("known_only_of_success", "refusal", ("product",))  # fmt: skip
    assert caveat.forbids == ("rate_by:product:won",)
    assert caveat.evidence == {"reached": 50, "others": 250, "others_known": 0}
    assert caveat.says.en.startswith("Known only of journeys that reached “Won”: product.")
    assert caveat.says.ja.startswith("「受注」に到達した案件でしか分からない属性：商品。")


def test_the_stage_is_the_deepest_at_which_it_is_asked() -> None:
    (caveat,) = found(need=words(WON, MET))
    assert caveat.forbids == ("rate_by:need:meeting",)


def test_attributes_of_one_stage_are_told_together() -> None:
    both = found(product=words(WON), plan=words(range(1, 31)), need=words(WON, MET))
    assert [(c.about, c.forbids) for c in both] == [
        (("product", "plan"), ("rate_by:product:won", "rate_by:plan:won")),
        (("need",), ("rate_by:need:meeting",)),
    ]


@pytest.mark.parametrize(("others", "is_found"), [(5, True), (6, False)])
def test_two_in_a_hundred_of_the_others_are_next_to_none(others: int, is_found: bool) -> None:  # noqa: FBT001
    codes = [c.code for c in found(product=words(WON, range(201, 201 + others)))]
    assert ("known_only_of_success" in codes) == is_found


@pytest.mark.parametrize(("known", "is_found"), [(19, False), (20, True)])
def test_a_few_known_values_prove_nothing(known: int, is_found: bool) -> None:  # noqa: FBT001
    codes = [c.code for c in found(product=words(range(1, known + 1)))]
    assert ("known_only_of_success" in codes) == is_found


def test_an_attribute_known_only_of_those_who_left_is_refused_everywhere() -> None:
    (caveat,) = found(reason=words(GONE))
    assert (caveat.code, caveat.severity, caveat.forbids) == ("known_only_at_exit", "refusal", ("rate_by:reason",))  # fmt: skip
    assert caveat.evidence == {"known_of_left": 1.0, "known_of_others": 0.0}
    assert "written down at the exit" in caveat.says.en
    assert caveat.says.ja.startswith("「理由」が分かるのは、ほぼ離脱した案件だけです")


def test_a_reason_that_many_others_have_too_is_no_exit_attribute() -> None:
    assert "known_only_at_exit" not in {c.code for c in found(reason=words(GONE, OPEN))}
    assert "known_only_at_exit" not in {c.code for c in found(reason=words(range(101, 131)))}


def test_an_attribute_better_known_of_the_successful_is_a_limit() -> None:
    (caveat,) = found(industry=words(WON, MET, range(101, 161)))
    assert (caveat.code, caveat.severity, caveat.about, caveat.forbids) == ("unevenly_known", "limit", ("industry",), ())  # fmt: skip
    assert caveat.evidence == {"known_of_reached": 1.0, "known_of_others": 0.3}
    assert "known of 100% of the journeys that reached “Meeting” but of only 30% of the others" in caveat.says.en  # fmt: skip
    assert "到達した案件では 100%、それ以外では 30% です" in caveat.says.ja


def test_an_attribute_better_known_of_the_others_is_said_that_way_round() -> None:
    (caveat,) = found(industry=words(range(1, 31), GONE, OPEN))
    assert caveat.evidence == {"known_of_reached": 0.3, "known_of_others": 1.0}
    assert "known of only 30% of the journeys that reached “Meeting” but of 100% of the others" in caveat.says.en  # fmt: skip


@pytest.mark.parametrize(("others", "is_found"), [(159, True), (161, False)])
def test_a_fifth_is_the_difference_that_matters(others: int, is_found: bool) -> None:  # noqa: FBT001
    codes = [c.code for c in found(industry=words(WON, MET, range(101, 101 + others)))]
    assert ("unevenly_known" in codes) == is_found


def numbers(zeros: int, others: int, *, zero: str = "0") -> dict[int, str]:
    return {j: zero if j <= zeros else "500" for j in range(1, zeros + others + 1)}


@pytest.mark.parametrize(
    ("zeros", "others", "is_found"), [(270, 30, True), (269, 31, False), (300, 0, False), (18, 1, False), (19, 1, True)]
)  # fmt: skip
def test_nearly_always_zero_is_more_likely_blank(zeros: int, others: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = {c.code: c for c in found(revenue=numbers(zeros, others))}
    assert ("zero_or_blank" in caveats) == is_found
    if is_found:
        caveat = caveats["zero_or_blank"]
        assert caveat.evidence == {"zeros": zeros, "records": zeros + others}
        assert caveat.forbids == ("mean_of:revenue", "sum_of:revenue")


@pytest.mark.parametrize("zero", ["0", "0.0", "0,000"])
def test_zeros_are_numbers_however_they_are_written(zero: str) -> None:
    assert "zero_or_blank" in {c.code for c in found(revenue=numbers(280, 20, zero=zero))}


def test_words_aren_t_zeros() -> None:
    assert "zero_or_blank" not in {c.code for c in found(size=numbers(280, 20, zero="none"))}
