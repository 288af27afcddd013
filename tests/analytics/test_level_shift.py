"""A step in a level is found and dated; a season and growth are none; rare events need enough of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.level_shift import LevelShift, find_level, find_rate

N = 70


def level_of(values: np.ndarray, *, seasonal: bool = True) -> LevelShift:
    noise = np.full(values.size, 0.02)
    noisy = values + np.random.default_rng(3).normal(0, np.sqrt(0.02), values.size)
    return find_level(noisy, noise, rng=np.random.default_rng(1), draws=500, seasonal=seasonal, trend=True)  # fmt: skip


def test_a_step_is_found_dated_and_measured() -> None:
    found = level_of(4.0 + np.where(np.arange(N) >= 58, np.log(0.6), 0.0))
    assert found.likely > 0.95
    assert abs(found.at - 58) <= 1
    assert float(np.median(found.log_ratio)) == pytest.approx(np.log(0.6), abs=0.15)


@pytest.mark.parametrize("shape", ["flat", "season", "growth"])
def test_what_is_no_step_is_not_called_one(shape: str) -> None:
    t = np.arange(N)
    values = {"flat": 0.0 * t, "season": 0.2 * np.sin(2 * np.pi * t / 52.18), "growth": 0.006 * t}
    assert level_of(4.0 + values[shape]).likely < 0.5


def test_the_level_itself_changes_nothing() -> None:
    step = np.where(np.arange(N) >= 58, np.log(0.6), 0.0)
    assert level_of(4.0 + step).log_ratio == pytest.approx(level_of(9.0 + step).log_ratio, abs=1e-4)


def test_weeks_without_a_value_are_left_out() -> None:
    values, variances = np.zeros(N), np.full(N, 0.02)
    values[20], variances[20] = 99.0, np.inf
    found = find_level(values, variances, rng=np.random.default_rng(1), draws=100)
    assert found.likely < 0.5


def test_too_few_weeks_say_nothing() -> None:
    found = find_level(np.zeros(8), np.ones(8), rng=np.random.default_rng(1), draws=10)
    assert (found.likely, found.log_ratio.tolist()) == (0.0, [0.0] * 10)


def test_rare_events_need_enough_of_them() -> None:
    at_risk = np.full(14, 100.0)
    risen = find_rate(np.array([1.0] * 11 + [5, 4, 5]), at_risk, rng=np.random.default_rng(1), draws=500)  # fmt: skip
    same = find_rate(np.ones(14), at_risk, rng=np.random.default_rng(1), draws=500)
    assert risen.likely > 0.9 > 0.5 > same.likely
    assert risen.at == 11
    assert find_rate(np.zeros(14), at_risk, rng=np.random.default_rng(1), draws=5).likely == 0.0


@settings(max_examples=10, deadline=None)
@given(shift=st.floats(-1.5, 1.5), slope=st.integers(0, 3))
def test_levels_are_told_relative_to_themselves(shift: float, slope: int) -> None:
    """What is added to every logarithm, as another unit of money is, changes neither chance nor place."""
    values = 4.0 + np.where(np.arange(N) >= 50 + slope, np.log(0.7), 0.0)
    one, other = level_of(values, seasonal=False), level_of(values + shift, seasonal=False)
    assert (other.at, other.likely) == (one.at, pytest.approx(one.likely, abs=1e-6))


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(0.01, 100), left=st.lists(st.integers(1, 6), min_size=14, max_size=14))
def test_exposures_in_another_unit_change_nothing_but_the_unit(
    scale: float, left: list[int]
) -> None:
    events, at_risk = np.array(left, float), np.linspace(80.0, 120.0, 14)
    one, other = (find_rate(events, k * at_risk, rng=np.random.default_rng(1), draws=50) for k in (1.0, scale))  # fmt: skip
    assert (other.at, other.likely) == (one.at, pytest.approx(one.likely))


def test_a_rate_that_rises_with_those_at_risk_is_none() -> None:
    """Twice as many left of twice as many customers."""
    twice = np.where(np.arange(14) >= 10, 2.0, 1.0)
    found = find_rate(5 * twice, 100 * twice, rng=np.random.default_rng(1), draws=50)
    assert found.likely < 0.3
    assert float(np.median(found.log_ratio)) == 0.0
