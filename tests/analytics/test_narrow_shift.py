"""A fall of one kind of journeys alone is found though the whole hardly moves; a fall of all is left to the whole."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from test_step_shift import USUAL, weeks_of

from kyogyo.analytics.narrow_shift import narrow_shift
from kyogyo.analytics.step_shift import WHATS, StepShift, find_shift

WEEKS, CHANGED = 64, 52
LARGE, SMALL = ("segment", 1), ("segment", 2)
SHARES = {LARGE: 0.7, SMALL: 0.3}
Counts = tuple[np.ndarray, np.ndarray]


@cache
def steady() -> StepShift:
    """A whole step to which probably nothing happened."""
    weeks = weeks_of(rate=0.5, now=0.5, pace=USUAL, pace_now=USUAL, since=12)
    return find_shift(weeks, rng=np.random.default_rng(1), draws=400)


def kind(a_week: int, *, went: float, now: float) -> Counts:
    """Mature entries a week, and how many of them went on until and from the week CHANGED."""
    after = np.arange(WEEKS) >= CHANGED
    return a_week * np.where(after, now, went), np.full(WEEKS, float(a_week))


def narrowed(kinds: dict[tuple[str, int], Counts]) -> StepShift:
    return narrow_shift(steady(), kinds, SHARES, weeks=WEEKS, rng=np.random.default_rng(2))


def test_one_kind_that_fell_alone_is_named_dated_and_weighs_by_its_value() -> None:
    found = narrowed({LARGE: kind(10, went=0.6, now=0.2), SMALL: kind(30, went=0.5, now=0.5)})
    assert found.narrow is not None
    assert found.narrow[:2] == LARGE
    assert found.narrow[2] > 0.9
    assert abs(found.at - CHANGED) <= 1
    assert found.likely["rate"] > 0.9
    # A third is left of the 70 % of value that large ones carry; by journeys they are a quarter only.
    fell = found.what == WHATS.index("rate")
    assert float(np.median(found.ratio[fell])) == pytest.approx(0.3 + 0.7 / 3, abs=0.08)
    lost = float(np.median(found.rate_now[fell] / found.rate_before[fell]))
    assert lost == pytest.approx(0.75 + 0.25 / 3, abs=0.03)


def test_kinds_that_go_on_as_before_take_little_from_the_whole() -> None:
    once = steady()
    found = narrowed({LARGE: kind(10, went=0.6, now=0.6), SMALL: kind(30, went=0.5, now=0.5)})
    assert found.likely["nothing"] > 0.85 * once.likely["nothing"]
    assert sum(found.likely.values()) == pytest.approx(1.0)


def test_the_order_of_kinds_changes_no_chance() -> None:
    large, small = kind(10, went=0.6, now=0.2), kind(30, went=0.5, now=0.5)
    one, other = narrowed({LARGE: large, SMALL: small}), narrowed({SMALL: small, LARGE: large})
    assert one.likely == pytest.approx(other.likely)
    assert one.narrow == pytest.approx(other.narrow)


def test_one_kind_or_too_few_successes_change_nothing() -> None:
    once = steady()
    few = (kind(10, went=0.6, now=0.2)[0] / 20, np.full(WEEKS, 0.5))
    large = kind(10, went=0.6, now=0.2)
    for kinds in ({}, {LARGE: large}, {LARGE: large, SMALL: few}):
        same = narrow_shift(once, kinds, SHARES, weeks=WEEKS, rng=np.random.default_rng(2))
        assert same is once
