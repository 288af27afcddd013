"""Effect sizes against R's SingleCaseES and scan, and the laws they must keep."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.single_case import overlap, sizes
from kyogyo.analytics.single_case.pooling import pool

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "oracles" / "single_case.json").read_text(encoding="utf-8")
)
CASES = ORACLE["cases"]
PLAIN = {"PND": overlap.pnd, "PEM": overlap.pem, "PAND": overlap.pand, "IRD": overlap.ird, "Tau-U": overlap.tau_u}  # fmt: skip
WITH_INTERVAL = {"NAP": overlap.nap, "Tau": overlap.tau, "Tau-BC": overlap.baseline_corrected_tau}

series = st.lists(st.integers(0, 9), min_size=3, max_size=8).map(lambda x: [float(v) for v in x])


@pytest.mark.parametrize("name", sorted(CASES))
def test_overlap_matches_singlecasees(name: str) -> None:
    case = CASES[name]
    asked = {key: case[key] for key in ("before", "after", "improvement")}

    found = {index: of(**asked).value for index, of in PLAIN.items()}

    assert found == pytest.approx({index: case["sizes"][index][0] for index in PLAIN}, abs=1e-12)


@pytest.mark.parametrize("index", sorted(WITH_INTERVAL))
@pytest.mark.parametrize("name", sorted(CASES))
def test_pairs_match_singlecasees(name: str, index: str) -> None:
    case = CASES[name]
    asked = {key: case[key] for key in ("before", "after", "improvement")}

    size = WITH_INTERVAL[index](**asked)

    value, se, lo, hi = case["sizes"][index]
    assert (size.value, size.se) == pytest.approx((value, se), abs=1e-11)
    if abs(value) < 1:  # its uniroot stops within 1.2e-4 of the root, and at once where all agree
        assert (size.lo, size.hi) == pytest.approx((lo, hi), abs=6e-5)
    else:
        assert (lo, hi) == (value, value)
        assert size.lo < size.hi


@pytest.mark.parametrize("name", sorted(CASES))
def test_corrected_tau_keeps_exact_ties(name: str) -> None:
    case = CASES[name]
    slope, intercept = overlap.theil_sen(
        t=np.arange(1, len(case["before"]) + 1), values=case["before"]
    )

    assert [slope, intercept] == pytest.approx(case["line"], abs=1e-11)
    size = overlap.baseline_corrected_tau(**{k: case[k] for k in ("before", "after", "improvement")})  # fmt: skip
    assert size.value == pytest.approx(case["tau_bc_exact"], abs=1e-12)


@pytest.mark.parametrize("name", sorted(CASES))
def test_ratios_match_singlecasees(name: str) -> None:
    case = CASES[name]
    way = 1 if case["improvement"] == "up" else -1
    asked = {"before": case["before"], "after": case["after"]}

    size = sizes.log_response_ratio(**asked)
    plain = sizes.log_response_ratio(**asked, bias_corrected=False)

    value, se, lo, hi = case["sizes"]["LRRi"]
    ends = sorted((way * size.lo, way * size.hi))
    assert (way * size.value, size.se, *ends) == pytest.approx((value, se, lo, hi), abs=1e-11)
    assert way * plain.value == pytest.approx(case["lrri_plain"][0], abs=1e-11)


@pytest.mark.parametrize("name", sorted(CASES))
def test_standardised_differences_match_singlecasees(name: str) -> None:
    case = CASES[name]
    asked = {key: case[key] for key in ("before", "after", "improvement")}

    own = sizes.standardised_difference(**asked)
    both = sizes.standardised_difference(**asked, spread="pooled")

    if case["sizes"]["SMD"][0] is None:
        assert (own, both) == (None, None)
        return
    assert [own.value, own.se, own.lo, own.hi] == pytest.approx(case["sizes"]["SMD"], abs=1e-11)
    assert [both.value, both.se, both.lo, both.hi] == pytest.approx(case["smd_pooled"], abs=1e-11)


@pytest.mark.parametrize("row", ORACLE["overlap"], ids=lambda row: row["Case"])
def test_overlap_matches_scan(row: dict[str, Any]) -> None:
    """scan gives per cent; its PAND removes otherwise where several removals are equally few."""
    series = ORACLE["series"][row["Case"]]
    cut = series["first_after"]
    asked = {"before": series["values"][:cut], "after": series["values"][cut:]}

    found = [100 * of(**asked).value for of in (overlap.pnd, overlap.pem, overlap.nap)]

    assert found == pytest.approx([row["PND"], row["PEM"], row["NAP"]], abs=1e-9)


def test_where_every_pair_is_better_the_interval_still_says_how_few_weeks_there_are() -> None:
    few = overlap.nap(before=[1, 2, 3], after=[4, 5, 6])
    many = overlap.nap(before=list(range(20)), after=list(range(20, 40)))

    assert (few.value, few.hi, many.value, many.hi) == (1.0, 1.0, 1.0, 1.0)
    assert 0.4 < few.lo < 0.6
    assert many.lo > 0.85


def test_the_limits_of_nap_solve_newcombes_equation() -> None:
    size, z = overlap.nap(before=[1, 2, 3, 3], after=[3, 4, 5]), 1.959963984540054
    m, n, h = 4, 3, 2.5
    for x in (size.lo, size.hi):
        wide = z * z * x * (1 - x) * (2 + h + (1 + 2 * h) * x * (1 - x))
        assert m * n * (size.value - x) ** 2 * (2 - x) * (1 + x) == pytest.approx(wide, rel=1e-9)


def test_a_series_without_successes_has_a_ratio_that_counts_half_of_one() -> None:
    size = sizes.log_response_ratio(before=[0, 0, 0], after=[2, 3, 4], bias_corrected=False)
    assert size.value == pytest.approx(math.log(3 / (1 / 6)))
    shares = sizes.log_response_ratio(
        before=[0, 0, 0], after=[0.2, 0.3, 0.4], per_unit=10, bias_corrected=False
    )
    assert shares.value == pytest.approx(size.value)


def test_empty_weeks_are_left_out() -> None:
    gaps = overlap.nap(before=[1, math.nan, 2, 3], after=[2, 4, math.nan])
    assert gaps == overlap.nap(before=[1, 2, 3], after=[2, 4])
    line = overlap.theil_sen(t=[1, 2, 3, 4], values=[2, math.nan, 6, 8])
    assert line == (2.0, 0.0)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: overlap.nap(before=[1], after=[1, 2]),
        lambda: overlap.theil_sen(t=[1, 1], values=[2, 3]),
        lambda: sizes.log_response_ratio(before=[-1, 2], after=[1, 2]),
        lambda: sizes.standardised_difference(before=[1, 2], after=[1, 2]),
        lambda: pool(sizes=[]),
        lambda: pool(sizes=[overlap.pnd(before=[1], after=[2])]),
    ],
)
def test_what_has_no_size_is_refused(asked: Any) -> None:
    with pytest.raises(ValueError, match=r"weeks|ratio|size"):
        asked()


# ---- laws


@settings(max_examples=40)
@given(series, series)
def test_turning_the_direction_mirrors_every_index_of_pairs(a: list[float], b: list[float]) -> None:
    up, down = overlap.nap(before=a, after=b), overlap.nap(before=a, after=b, improvement="down")
    assert up.value + down.value == pytest.approx(1.0)
    assert (up.lo, up.hi) == pytest.approx((1 - down.hi, 1 - down.lo), abs=1e-9)
    back = overlap.nap(before=b, after=a)
    assert (back.value, back.se) == pytest.approx((down.value, down.se))


@settings(max_examples=40)
@given(series, series, st.sampled_from([0.5, 2.0, 10.0]), st.integers(0, 5))
def test_overlap_knows_only_the_order(
    a: list[float], b: list[float], scale: float, shift: int
) -> None:
    moved = [[scale * x + shift for x in each] for each in (a, b)]
    for of in (*PLAIN.values(), *WITH_INTERVAL.values()):
        assert of(before=a, after=b).value == pytest.approx(
            of(before=moved[0], after=moved[1]).value
        )


@settings(max_examples=40)
@given(series, series, st.sampled_from([0.5, 2.0, 8.0]))
def test_a_ratio_doesnt_know_the_unit(a: list[float], b: list[float], scale: float) -> None:
    one = sizes.log_response_ratio(before=a, after=b)
    other = sizes.log_response_ratio(
        before=[scale * x for x in a], after=[scale * x for x in b], per_unit=1 / scale
    )
    assert (one.value, one.se) == pytest.approx((other.value, other.se))
    back = sizes.log_response_ratio(before=b, after=a)
    assert (back.value, back.se) == pytest.approx((-one.value, one.se))


# ---- pooling


def test_pooling_matches_dersimonian_and_laird_by_hand() -> None:
    """Three effects 0, .2, .7 with variance .01: Q = 26, so the variance between is .12."""
    known = [
        sizes.Size("lrr", x, 0.1, None, None, 0.95, 6, 6, sizes.INDEPENDENT_WEEKS)
        for x in (0.0, 0.2, 0.7)
    ]
    found = pool(sizes=known)

    assert found.value == pytest.approx(0.3)
    assert found.between**2 == pytest.approx((26 - 2) / 200)
    assert found.se == pytest.approx(math.sqrt(0.13 / 3))
    assert found.unlike == pytest.approx(math.exp(-13), rel=1e-6)
    assert found.hi - found.value == pytest.approx(4.302652729911275 * found.se)


def test_one_team_is_its_own_mean_and_order_doesnt_matter() -> None:
    size = sizes.log_response_ratio(before=[4, 5, 6], after=[6, 7, 9])
    alone = pool(sizes=[size])
    assert (alone.value, alone.se, alone.between) == pytest.approx((size.value, size.se, 0.0))
    other = sizes.log_response_ratio(before=[4, 5, 9], after=[6, 7, 9])
    ahead, back = pool(sizes=[size, other]), pool(sizes=[other, size])
    assert (ahead.value, ahead.lo, ahead.between) == pytest.approx((back.value, back.lo, back.between))  # fmt: skip
