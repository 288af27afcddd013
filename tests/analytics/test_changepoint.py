"""The scan against the coal mines, planted changes, and series without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.changepoint import (
    ChangePoint,
    noise,
    scan,
    scan_values,
    segment_values,
    segments,
)

COAL: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "changepoint.json").read_text(encoding="utf-8")
)["coal"]


def overdispersed(mean: np.ndarray, *, phi: float, rng: np.random.Generator) -> np.ndarray:
    return rng.poisson(rng.gamma(mean / (phi - 1), phi - 1))


def test_scan_matches_r_on_coal() -> None:
    found = scan(successes=COAL["x"], exposures=[1] * len(COAL["x"]))

    assert found is not None
    assert found.index == COAL["k"]
    assert found.rate_before == pytest.approx(COAL["rate1"], rel=1e-10)
    assert found.rate_after == pytest.approx(COAL["rate2"], rel=1e-10)
    assert found.two_log_lr == pytest.approx(COAL["two_log_lr"], rel=1e-12)
    assert found.p == 0.001
    assert found.earliest < 41 < found.latest


def test_largest_ratio_without_a_change_is_as_large_as_known() -> None:
    """9.67 is the 95 % point for 112 counts (R, min_length 1); 3.84 would be that of one cut."""
    just_below = [191, *[170] * 55, *[170] * 56]
    found = scan(successes=just_below, exposures=[100] * 112, min_length=1, level=0.999)

    assert found is not None
    assert 2 < found.two_log_lr < 3.84
    assert found.p > 0.5


def test_binomial_ratio_by_hand() -> None:
    """8 of 10 and 8 of 10, then 2 of 10 and 2 of 10."""
    found = scan(
        successes=[8, 8, 2, 2], exposures=[10] * 4, family="binomial", min_length=1, level=0.999
    )

    ratio = 2 * (2 * (16 * np.log(0.8) + 4 * np.log(0.2)) - 40 * np.log(0.5))
    assert found is not None
    assert found.index == 2
    assert found.two_log_lr == pytest.approx(ratio)
    assert (found.rate_before, found.rate_after) == (0.8, 0.2)


def test_normal_ratio_by_hand() -> None:
    """Two points at 1 and two at 3, variance 1/4 each: n1 n2 / n * 4 * (1 - 3)^2 = 16."""
    found = scan_values(values=[1, 1, 3, 3], variances=[0.25] * 4, min_length=1, level=0.999)

    assert found is not None
    assert (found.index, found.rate_before, found.rate_after) == (2, 1.0, 3.0)
    assert found.two_log_lr == pytest.approx(16.0)


def test_scan_of_a_constant_series_finds_nothing() -> None:
    assert scan(successes=[5] * 60, exposures=[20] * 60) is None
    assert scan(successes=[5] * 60, exposures=[20] * 60, family="binomial") is None
    assert scan_values(values=[5] * 60, variances=[1] * 60) is None


def test_scan_without_successes_finds_nothing() -> None:
    assert scan(successes=[0] * 60, exposures=[20] * 60) is None


@pytest.mark.parametrize("n", [0, 1, 7])
def test_scan_of_too_few_points_finds_nothing(n: int) -> None:
    assert scan(successes=[9] * (n // 2) + [0] * (n - n // 2), exposures=[10] * n) is None


def test_growth_of_the_exposure_is_no_change() -> None:
    exposures = np.concatenate([np.full(50, 20), np.full(50, 200)])

    assert scan(successes=exposures // 4, exposures=exposures) is None


def test_same_seed_gives_the_same_answer_and_a_generator_goes_on() -> None:
    rng = np.random.default_rng(8)
    series = {"successes": rng.poisson(np.repeat([10, 7], [30, 12])), "exposures": [40] * 42}
    going_on = np.random.default_rng(1)

    first = scan(**series, rng_seed=1, level=0.9)

    assert first == scan(**series, rng_seed=1, level=0.9)
    assert first == scan(**series, rng_seed=going_on, level=0.9)
    assert going_on.random() != np.random.default_rng(1).random()


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_fall_of_30_percent_at_three_quarters_is_found(family: Any) -> None:
    rng = np.random.default_rng(3)
    rate = np.where(np.arange(160) < 120, 0.25, 0.175)

    found = scan(successes=rng.binomial(160, rate), exposures=[160] * 160, family=family)

    assert found is not None
    assert abs(found.index - 120) <= 2
    assert found.earliest <= 120 <= found.latest
    assert found.rate_after / found.rate_before == pytest.approx(0.7, abs=0.05)


def test_noise_is_the_surplus_variance_in_spite_of_a_change() -> None:
    rng = np.random.default_rng(4)
    mean = np.where(np.arange(2000) < 1500, 40.0, 28.0)
    series = overdispersed(mean, phi=3, rng=rng)

    assert noise(successes=series, exposures=[100] * 2000) == pytest.approx(3, rel=0.15)


def test_noise_of_chance_alone_is_near_1() -> None:
    rng = np.random.default_rng(5)

    assert noise(successes=rng.poisson(9, 4000), exposures=[30] * 4000) < 1.2


def test_false_alarms_stay_near_the_level_although_weeks_are_noisy() -> None:
    """100 series of 80 weeks with three times the variance of chance. A plain ratio alarms in most."""
    rng = np.random.default_rng(6)
    alarms = plain = 0
    for _ in range(100):
        weeks = overdispersed(np.full(80, 20.0), phi=3, rng=rng)
        found = scan(successes=weeks, exposures=[80] * 80, replicates=99, rng_seed=rng)
        whole = scan(successes=weeks, exposures=[80] * 80, replicates=1, level=0.9999)
        alarms += found is not None
        plain += whole is not None and whole.two_log_lr > 9.7

    assert alarms <= 12
    assert plain >= 50


def test_segments_find_two_changes_where_they_are() -> None:
    rng = np.random.default_rng(7)
    rate = np.repeat([0.30, 0.15, 0.30], [60, 50, 50])
    cases = rng.poisson(80, 160) + 1
    won = rng.binomial(cases, rate)

    found = segments(successes=won, exposures=cases, family="binomial")

    assert [segment.start for segment in found[1:]] == pytest.approx([60, 110], abs=2)
    assert [segment.rate for segment in found] == pytest.approx([0.30, 0.15, 0.30], abs=0.03)


def test_segments_without_a_change_are_one() -> None:
    found = segments(successes=[5] * 40, exposures=[20] * 40)

    assert [(s.start, s.stop_exclusive, s.successes, s.exposure, s.rate) for s in found] == [
        (0, 40, 200.0, 800.0, 0.25)
    ]


def test_segments_make_at_most_as_many_cuts_as_allowed() -> None:
    steps = np.repeat([10, 90, 10, 90], 20)

    found = [
        [
            segment.start
            for segment in segments(successes=steps, exposures=[100] * 80, max_changes=k)
        ]
        for k in (0, 1, 3)
    ]

    assert found[0] == [0]
    assert len(found[1]) == 2
    assert found[2] == [0, 20, 40, 60]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40),
    st.sampled_from(["poisson", "binomial"]),
    st.integers(1, 6),
)
def test_segments_cover_the_series_once(
    cells: list[tuple[int, int]], family: Any, min_length: int
) -> None:
    won = [x for x, _ in cells]
    cases = [x + rest for x, rest in cells]

    found = segments(
        successes=won, exposures=cases, family=family, min_length=min_length, replicates=19,
        level=0.5,
    )  # fmt: skip

    assert [s.start for s in found] == [0, *(s.stop_exclusive for s in found[:-1])]
    assert found[-1].stop_exclusive == len(cells)
    assert sum(s.successes for s in found) == sum(won)
    assert all(s.stop_exclusive - s.start >= min_length for s in found if len(found) > 1)


def test_empty_weeks_change_nothing_but_the_count_of_weeks() -> None:
    weeks = np.repeat([12, 3], 20)
    dense = scan(successes=weeks, exposures=[40] * 40)
    spread = np.zeros(80)
    spread[::2] = weeks
    thin = scan(successes=spread, exposures=np.tile([40, 0], 40))

    assert dense is not None
    assert thin is not None
    assert thin.two_log_lr == pytest.approx(dense.two_log_lr)
    assert dense.index == 20
    # The empty week before the change may lie on either side of it.
    assert thin.index in (39, 40)


def test_change_of_prices_is_found_in_their_logarithms() -> None:
    rng = np.random.default_rng(9)
    deals = rng.integers(5, 40, 100)
    level = np.log(np.where(np.arange(100) < 70, 1_000_000, 850_000))
    logs = level + rng.normal(0, 0.4, 100) / np.sqrt(deals)

    found = scan_values(values=logs, variances=0.16 / deals)

    assert found is not None
    assert abs(found.index - 70) <= 3
    assert np.exp(found.rate_after - found.rate_before) == pytest.approx(0.85, abs=0.04)
    parts = segment_values(values=logs, variances=0.16 / deals)
    assert [part.start for part in parts] == [0, found.index]


def test_values_of_weeks_without_deals_are_left_out() -> None:
    values = [1.0, np.nan, 1.1, 0.9, 5.0, 5.1, np.nan, 4.9, 5.0, 1.0, 1.0, 1.0]
    variances = [np.inf if np.isnan(x) else 0.01 for x in values]

    parts = segment_values(values=values, variances=variances, min_length=2, level=0.2)

    assert parts[0].rate == pytest.approx(1.0, abs=0.01)
    assert parts[0].exposure == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"exposures": [1.0, 1.0]}, "one length"),
        ({"successes": [1.0, 1.0, -1.0]}, "not negative"),
        ({"successes": [1.0, 1.0, float("nan")]}, "finite"),
        ({"exposures": [1.0, 1.0, 0.0]}, "without any exposure"),
        ({"family": "binomial", "successes": [1.0, 2.0, 0.0]}, "more successes"),
        ({"min_length": 0}, "at least 1"),
        ({"level": 1.0}, "level"),
    ],
)
def test_input_that_does_not_fit_is_refused(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"successes": [1.0, 1.0, 1.0], "exposures": [1.0, 1.0, 1.0]}

    with pytest.raises(ValueError, match=says):
        scan(**(good | change))


@pytest.mark.parametrize("variance", [0.0, -1.0, float("nan")])
def test_value_without_a_variance_is_refused(variance: float) -> None:
    with pytest.raises(ValueError, match="variance above 0"):
        scan_values(values=[1.0], variances=[variance])


def test_change_point_is_plain_data() -> None:
    found = scan(successes=np.repeat([30, 3], 10), exposures=[40] * 20)

    assert isinstance(found, ChangePoint)
    assert {type(getattr(found, name)) for name in ChangePoint.__slots__} == {int, float}
