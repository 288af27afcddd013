"""Intervals against published tables, R, and what must hold for every input."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kyogyo.analytics.intervals import (
    EB,
    STRENGTH_CAP,
    benjamini_hochberg,
    beta_binomial_fit,
    newcombe,
    normal_quantile,
    overdispersion,
    poisson_interval,
    posterior,
    quantile_interval,
    wilson,
)

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "intervals.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", ORACLE["wilson"]["cases"], ids=lambda c: f"{c['x']}of{c['n']}")
def test_wilson_matches_newcombe_1998_table_1(case: dict[str, Any]) -> None:
    limits = wilson(successes=case["x"], n=case["n"])

    assert limits == pytest.approx(case["wilson"], abs=1e-14)
    assert [round(limit, 4) for limit in limits] == case["published"]


def test_wilson_of_nothing_knows_nothing() -> None:
    assert wilson(successes=0, n=0) == (0.0, 1.0)


def test_wilson_takes_arrays_and_gives_what_each_gives_alone() -> None:
    lo, hi = wilson(successes=[0, 3, 10], n=[10, 10, 10], level=0.9)

    alone = [wilson(successes=x, n=10, level=0.9) for x in (0, 3, 10)]
    assert list(zip(lo.tolist(), hi.tolist(), strict=True)) == alone


@given(st.integers(0, 500), st.integers(1, 500), st.floats(0.5, 0.999))
def test_wilson_holds_the_share_and_stays_in_0_and_1(x: int, more: int, level: float) -> None:
    n = x + more - 1 or 1
    lo, hi = wilson(successes=x, n=n, level=level)

    assert 0 <= lo <= x / n <= hi <= 1
    assert lo < hi


@given(st.integers(0, 300), st.integers(0, 300))
def test_wilson_of_failures_mirrors_that_of_successes(x: int, y: int) -> None:
    lo, hi = wilson(successes=x, n=x + y)
    lo_of_failures, hi_of_failures = wilson(successes=y, n=x + y)

    assert (1 - hi_of_failures, 1 - lo_of_failures) == pytest.approx((lo, hi), abs=1e-12)


@pytest.mark.parametrize(("x", "n"), [(-1, 3), (4, 3), (0, -1)])
def test_wilson_refuses_impossible_counts(x: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(successes=x, n=n)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_level_outside_0_and_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie"):
        wilson(successes=1, n=2, level=level)


def test_normal_quantile_matches_scipy() -> None:
    assert normal_quantile(level=0.95) == pytest.approx(stats.norm.ppf(0.975), abs=1e-14)


@pytest.mark.parametrize("case", ORACLE["newcombe"]["cases"])
def test_newcombe_matches_newcombe_1998_table_2(case: dict[str, Any]) -> None:
    found = newcombe(**{key: case[key] for key in ("x1", "n1", "x2", "n2")})

    assert (found.lo, found.hi) == pytest.approx(case["ci"], abs=1e-14)
    assert [round(found.lo, 4), round(found.hi, 4)] == case["published"]
    assert found.value == case["x1"] / case["n1"] - case["x2"] / case["n2"]


def test_newcombe_with_an_empty_group_knows_nothing() -> None:
    found = newcombe(x1=3, n1=10, x2=0, n2=0)

    assert math.isnan(found.value)
    assert (found.lo, found.hi) == (-1.0, 1.0)


def test_poisson_interval_matches_garwood_1936() -> None:
    """His table's 95 % limits for 0, 1, 10 and 50 events."""
    lo, hi = poisson_interval(count=[0, 1, 10, 50], exposure=1)

    assert lo.round(4).tolist() == [0.0, 0.0253, 4.7954, 37.1110]
    assert hi.round(4).tolist() == [3.6889, 5.5716, 18.3904, 65.9188]


def test_poisson_interval_scales_with_the_exposure() -> None:
    once = poisson_interval(count=7, exposure=1.0)

    assert poisson_interval(count=7, exposure=4.0) == pytest.approx([x / 4 for x in once])
    assert poisson_interval(count=0, exposure=0) == (0.0, math.inf)


def test_poisson_interval_refuses_a_negative_count() -> None:
    with pytest.raises(ValueError, match="negative"):
        poisson_interval(count=-1, exposure=1)


def test_quantile_interval_of_ten_takes_the_second_and_ninth() -> None:
    """The textbook case: ranks 2 and 9 of 10 hold the median with 97.9 %."""
    found = quantile_interval(values=[5, 1, 4, 2, 3, 10, 6, 9, 7, 8], q=0.5)

    assert found == (5.5, 2.0, 9.0)


def test_quantile_interval_of_five_has_no_limits_for_the_median() -> None:
    assert quantile_interval(values=[1, 2, 3, 4, 5], q=0.5) == (3.0, -math.inf, math.inf)


def test_quantile_interval_of_nothing_knows_nothing() -> None:
    found = quantile_interval(values=[], q=0.5)

    assert math.isnan(found.value)
    assert (found.lo, found.hi) == (-math.inf, math.inf)


@given(
    st.dictionaries(st.integers(0, 40), st.integers(0, 30), min_size=1, max_size=20),
    st.sampled_from([0.1, 0.5, 0.85, 0.9]),
)
def test_quantile_interval_of_a_histogram_is_that_of_its_values(
    histogram: dict[int, int], q: float
) -> None:
    spread = [value for value, count in histogram.items() for _ in range(count)]

    found = quantile_interval(values=list(histogram), counts=list(histogram.values()), q=q)

    assert found == pytest.approx(quantile_interval(values=spread, q=q), nan_ok=True)
    if spread:
        assert found.value == pytest.approx(np.quantile(spread, q))
        assert found.lo <= found.value <= found.hi


def test_quantile_interval_covers_at_least_the_level_of_its_ranks() -> None:
    """The binomial chance that ranks l and u of n enclose the quantile, and none closer does."""
    for n, q in [(6, 0.5), (20, 0.5), (57, 0.9), (100, 0.85)]:
        found = quantile_interval(values=list(range(1, n + 1)), q=q)
        lower, upper = int(max(found.lo, 0)), int(min(found.hi, n + 1))

        assert stats.binom.cdf(upper - 1, n, q) - stats.binom.cdf(lower - 1, n, q) >= 0.95
        assert stats.binom.cdf(lower, n, q) > 0.025
        assert stats.binom.cdf(upper - 2, n, q) < 0.975


@pytest.mark.parametrize("q", [0, 1, -0.1])
def test_quantile_interval_refuses_the_ends(q: float) -> None:
    with pytest.raises(ValueError, match="q must lie"):
        quantile_interval(values=[1], q=q)


def test_beta_binomial_fit_and_posterior_match_r_on_segments() -> None:
    oracle = ORACLE["segments"]

    prior = beta_binomial_fit(successes=oracle["x"], n=oracle["n"])
    rates = posterior(prior=prior, successes=oracle["x"], n=oracle["n"])

    assert prior.mean == pytest.approx(oracle["mu"], abs=1e-6)
    assert prior.strength == pytest.approx(oracle["M"], rel=1e-4)
    assert prior.distinguishable
    assert np.stack(rates, axis=1) == pytest.approx(np.array(oracle["posterior"]), abs=2e-6)


def test_beta_binomial_fit_matches_r_on_baseball() -> None:
    """Here the likelihood is nearly flat in the strength, so it and not the place is compared."""
    oracle = ORACLE["baseball"]
    x, n = np.array(oracle["x"]), np.array(oracle["n"])

    prior = beta_binomial_fit(successes=x, n=n)
    a, b = prior.mean * prior.strength, (1 - prior.mean) * prior.strength

    loss = -stats.betabinom.logpmf(x, n, a, b).sum()
    from_r = -stats.betabinom.logpmf(x, n, *oracle["a_b"]).sum()
    assert loss == pytest.approx(from_r, abs=1e-6)
    assert loss <= from_r + 1e-9
    assert prior.strength == pytest.approx(sum(oracle["a_b"]), rel=1e-3)


def test_beta_binomial_fit_of_equal_segments_sees_no_difference() -> None:
    prior = beta_binomial_fit(successes=[25, 50, 10], n=[100, 200, 40])

    assert prior.mean == pytest.approx(0.25, abs=1e-4)
    assert prior.strength == pytest.approx(STRENGTH_CAP, rel=0.01)
    assert not prior.distinguishable


@pytest.mark.parametrize(("x", "mean"), [([0, 0], 0.5 / 31), ([10, 20], 30.5 / 31)])
def test_beta_binomial_fit_without_spread_keeps_away_from_0_and_1(
    x: list[int], mean: float
) -> None:
    assert beta_binomial_fit(successes=x, n=[10, 20]) == EB(
        pytest.approx(mean), 31.0, distinguishable=False
    )


def test_beta_binomial_fit_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one segment"):
        beta_binomial_fit(successes=[0], n=[0])


def test_posterior_draws_small_segments_to_the_mean() -> None:
    prior = EB(mean=0.2, strength=50.0, distinguishable=True)

    rates = posterior(prior=prior, successes=[1, 100], n=[1, 100])

    assert rates.value.tolist() == pytest.approx([11 / 51, 110 / 150])


def test_benjamini_hochberg_matches_the_example_of_1995() -> None:
    oracle = ORACLE["benjamini_hochberg"]

    q = benjamini_hochberg(p=oracle["p"])

    assert q == pytest.approx(np.array(oracle["q"]), abs=1e-13)
    assert int(np.sum(q <= 0.05)) == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_matches_scipy_in_any_order(p: list[float]) -> None:
    assert benjamini_hochberg(p=p) == pytest.approx(stats.false_discovery_control(p))


def test_benjamini_hochberg_does_not_count_tests_that_were_not_made() -> None:
    q = benjamini_hochberg(p=[0.01, math.nan, 0.04])

    assert q.tolist() == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)


def test_benjamini_hochberg_refuses_what_is_no_p() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg(p=[1.2])


def test_overdispersion_matches_quasibinomial_of_r() -> None:
    oracle = ORACLE["quasibinomial"]

    phi = overdispersion(successes=oracle["k"], n=oracle["n"], groups=oracle["phase"], at_least=0.0)

    assert phi == pytest.approx(oracle["dispersion"], abs=1e-9)


def test_overdispersion_below_1_is_no_less_than_chance() -> None:
    assert overdispersion(successes=[5, 5, 5, 5], n=[10, 10, 10, 10]) == 1.0


def test_overdispersion_by_hand() -> None:
    """Rate 1/2, variance 10/4 each: (9-5)^2 + (1-5)^2 = 32 over 2.5 and one degree: 12.8."""
    assert overdispersion(successes=[9, 1, 0], n=[10, 10, 0]) == pytest.approx(12.8)


@pytest.mark.parametrize(("x", "n"), [([], []), ([1], [3]), ([0, 0], [5, 5]), ([0], [0])])
def test_overdispersion_without_evidence_is_1(x: list[int], n: list[int]) -> None:
    assert overdispersion(successes=x, n=n) == 1.0


def test_limits_widen_with_the_level() -> None:
    widths = [
        np.subtract(*wilson(successes=3, n=9, level=level)[::-1]) for level in (0.5, 0.8, 0.99)
    ]

    assert all(narrow < wide for narrow, wide in pairwise(widths))
