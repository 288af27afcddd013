"""Decompositions against LMDIR and Das Gupta, the traps they are known for, and their laws."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.decompose import kitagawa, lmdi, shapley

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "decomposition.json").read_text(encoding="utf-8")
)
YEARS = list(ORACLE["lmdir_simple"]["additive"])

factor = st.floats(1e-3, 1e3) | st.just(0.0)


@st.composite
def two_periods(draw: st.DrawFn, values: Any = factor) -> tuple[np.ndarray, np.ndarray]:
    segments, factors = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    row = st.lists(values, min_size=factors, max_size=factors)
    table = st.lists(row, min_size=segments, max_size=segments)
    return np.array(draw(table)), np.array(draw(table))


def eg4_3() -> tuple[np.ndarray, np.ndarray]:
    data = ORACLE["das_gupta_1993_eg4.3"]
    return tuple(
        np.stack([data[f"{name}_{year}"] for name in ("bm", "mw", "wp")], axis=1)
        for year in (1960, 1970)
    )


@pytest.mark.parametrize("years", YEARS)
def test_lmdi_matches_lmdir(years: str) -> None:
    oracle = ORACLE["lmdir_simple"]
    before, after = (oracle["data"][year] for year in years.split("-"))

    found = lmdi(before=before, after=after)

    assert found.effects == pytest.approx(np.array(oracle["additive"][years]), rel=1e-9)
    assert found.ratios == pytest.approx(np.array(oracle["multiplicative"][years]), rel=1e-9)


@pytest.mark.parametrize("name", list(ORACLE["das_gupta_1993_products"]["cases"]))
def test_shapley_matches_das_gupta_and_lmdi_its_own(name: str) -> None:
    case = ORACLE["das_gupta_1993_products"]["cases"][name]
    periods = {"before": [case["x0"]], "after": [case["x1"]]}
    # The book prints 7 digits after the point, or 3 where the numbers are large.
    printed = 5e-4 if name == "eg2.1" else 6e-8

    assert shapley(**periods).effects == pytest.approx(np.array(case["diff"]), abs=printed)
    assert lmdi(**periods).effects == pytest.approx(np.array(case["lmdi"]), rel=1e-12)


def test_shapley_over_segments_matches_das_gupta_example_4_3() -> None:
    before, after = eg4_3()
    oracle = ORACLE["das_gupta_1993_eg4.3"]

    found = shapley(before=before, after=after)

    assert found.effects == pytest.approx(np.array(oracle["diff"]), abs=6e-7)
    assert lmdi(before=before, after=after).effects == pytest.approx(np.array(oracle["lmdi"]))


def test_lmdi_of_an_unchanged_total_still_shows_what_moved() -> None:
    case = ORACLE["equal_V_trap"]

    found = lmdi(before=[[100, 0.2]], after=[[200, 0.1]])

    assert found.effects == pytest.approx(np.array(case["lmdi"]), rel=1e-12)


def test_lmdi_gives_a_vanished_segment_to_the_factor_that_is_0() -> None:
    found = lmdi(before=[[10, 0.5, 4.0], [2, 0.5, 3.0]], after=[[0, 0.4, 9.0], [2, 0.5, 3.0]])

    assert found.by_segment.tolist() == [[-20.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_lmdi_takes_unknown_rates_of_a_segment_without_cases() -> None:
    found = lmdi(before=[[0, math.nan, math.nan]], after=[[8, 0.5, 3.0]])

    assert found.by_segment.tolist() == [[12.0, 0.0, 0.0]]


def test_lmdi_shares_between_two_factors_that_are_0() -> None:
    found = lmdi(before=[[3.0, 2.0, 5.0]], after=[[0.0, 0.0, 5.0]])

    assert found.by_segment.tolist() == [[-15.0, -15.0, 0.0]]


def test_lmdi_zero_rule_is_the_limit_of_small_numbers() -> None:
    """Ang & Liu: as the zero is made smaller, the others' parts vanish, if slowly."""
    before = [[10.0, 0.5, 4.0]]
    parts = [
        lmdi(before=before, after=[[10.0**-power, 0.4, 9.0]]).effects[0] for power in (10, 100, 300)
    ]

    exact = lmdi(before=before, after=[[0.0, 0.4, 9.0]]).effects[0]
    errors = np.abs(np.array(parts) - exact)
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.02


@given(two_periods())
def test_lmdi_sums_exactly(periods: tuple[np.ndarray, np.ndarray]) -> None:
    before, after = periods

    found = lmdi(before=before, after=after)

    change = after.prod(axis=1) - before.prod(axis=1)
    size = np.abs(found.by_segment).sum(axis=1) + np.abs(change)
    assert np.abs(found.by_segment.sum(axis=1) - change) == pytest.approx(
        0 * size, abs=1e-9 * (1 + size.max())
    )
    assert found.after - found.before == pytest.approx(
        found.effects.sum(), abs=1e-9 * (1 + size.sum())
    )


@given(two_periods())
def test_lmdi_backwards_is_its_negative(periods: tuple[np.ndarray, np.ndarray]) -> None:
    before, after = periods

    forth, back = lmdi(before=before, after=after), lmdi(before=after, after=before)

    assert forth.by_segment == pytest.approx(-back.by_segment, rel=1e-9, abs=1e-9)


@given(two_periods(st.floats(0.1, 10)), st.randoms(use_true_random=False))
def test_order_of_factors_does_not_matter(
    periods: tuple[np.ndarray, np.ndarray], random: Any
) -> None:
    before, after = periods
    order = list(range(before.shape[1]))
    random.shuffle(order)

    for split in (lmdi, shapley):
        found = split(before=before[:, order], after=after[:, order])
        assert found.by_segment == pytest.approx(
            split(before=before, after=after).by_segment[:, order], rel=1e-9, abs=1e-9
        )


@given(two_periods(st.floats(0.1, 10)))
def test_lmdi_ratios_multiply_to_the_ratio_of_the_totals(
    periods: tuple[np.ndarray, np.ndarray],
) -> None:
    found = lmdi(before=periods[0], after=periods[1])

    assert found.ratios.prod() == pytest.approx(found.after / found.before)


def test_ratios_without_a_positive_total_are_unknown() -> None:
    assert np.isnan(lmdi(before=[[0.0, 1.0]], after=[[1.0, 1.0]]).ratios).all()


@given(two_periods(st.floats(-10, 10)))
def test_shapley_sums_for_any_sign(periods: tuple[np.ndarray, np.ndarray]) -> None:
    before, after = periods

    found = shapley(before=before, after=after)

    change = after.prod(axis=1) - before.prod(axis=1)
    assert found.by_segment.sum(axis=1) == pytest.approx(change, rel=1e-9, abs=1e-6)


@given(two_periods(st.floats(1.0, 1.3)))
def test_lmdi_and_shapley_agree_where_changes_are_small(
    periods: tuple[np.ndarray, np.ndarray],
) -> None:
    before, after = periods

    one, other = lmdi(before=before, after=after), shapley(before=before, after=after)

    size = np.abs(other.by_segment).sum() + 1e-9
    assert np.abs(one.by_segment - other.by_segment).sum() < 0.02 * size


@pytest.mark.parametrize(
    ("split", "before", "says"),
    [
        (lmdi, [[-1.0, 2.0]], "negative"),
        (lmdi, [[math.nan, 2.0]], "nan"),
        (lmdi, [[1.0]], "segments, factors"),
        (lmdi, [1.0, 2.0], "segments, factors"),
        (shapley, [[math.nan, 2.0]], "nan"),
    ],
)
def test_factors_that_can_not_be_split_are_refused(split: Any, before: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        split(before=before, after=[[1.0, 2.0]])


def test_shapley_of_nine_factors_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 8"):
        shapley(before=np.ones((1, 9)), after=np.ones((1, 9)))


def test_kitagawa_matches_simpsons_kidney_stones() -> None:
    """From A to B the overall rate rises, though every rate falls: B had the easy cases."""
    oracle = ORACLE["simpson_kidney"]
    (xa, na), (xb, nb) = (zip(*oracle[name].values(), strict=True) for name in ("A", "B"))
    na = [87, 263]
    nb = [270, 80]

    found = kitagawa(
        cases_before=na,
        rates_before=np.divide(xa, na),
        cases_after=nb,
        rates_after=np.divide(xb, nb),
    )

    assert (found.before, found.after) == pytest.approx(oracle["overall"], abs=1e-14)
    assert found.rate.sum() == pytest.approx(oracle["kitagawa_rate"], abs=1e-14)
    assert found.mix.sum() == pytest.approx(oracle["kitagawa_composition"], abs=1e-14)
    assert np.all(found.rate < 0)


def test_kitagawa_mix_is_against_the_average() -> None:
    """The better segment grew and the worse shrank: both gain."""
    found = kitagawa(
        cases_before=[1, 1], rates_before=[0.4, 0.2], cases_after=[3, 1], rates_after=[0.4, 0.2]
    )

    assert found.rate.tolist() == [0.0, 0.0]
    # Overall .30 -> .35, mean .325: .25 * (.4 - .325) and -.25 * (.2 - .325).
    assert found.mix.tolist() == pytest.approx([0.01875, 0.03125])


def test_kitagawa_of_a_new_segment_is_all_mix() -> None:
    found = kitagawa(
        cases_before=[10, 0],
        rates_before=[0.5, math.nan],
        cases_after=[10, 10],
        rates_after=[0.5, 0.1],
    )

    assert found.rate.tolist() == [0.0, 0.0]
    assert found.mix.sum() == pytest.approx(0.3 - 0.5)


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.floats(0, 1), st.integers(0, 50), st.floats(0, 1)),
        min_size=1,
        max_size=6,
    )
)
def test_kitagawa_sums(rows: list[tuple[int, float, int, float]]) -> None:
    n0, r0, n1, r1 = (np.array(column, float) for column in zip(*rows, strict=True))
    n0[0], n1[0] = n0[0] + 1, n1[0] + 1

    found = kitagawa(cases_before=n0, rates_before=r0, cases_after=n1, rates_after=r1)

    assert found.rate.sum() + found.mix.sum() == pytest.approx(found.after - found.before, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cases_before": [0, 0]}, "needs cases"),
        ({"cases_after": [-1, 3]}, "needs cases"),
        ({"rates_after": [math.nan, 0.1]}, "needs a rate"),
        ({"rates_after": [0.1]}, "one length"),
    ],
)
def test_kitagawa_refuses_what_it_can_not_split(change: dict[str, Any], says: str) -> None:
    good = {
        "cases_before": [1, 1],
        "rates_before": [0.1, 0.2],
        "cases_after": [1, 1],
        "rates_after": [0.1, 0.2],
    }

    with pytest.raises(ValueError, match=says):
        kitagawa(**(good | change))
