"""Fewer going on, everything slower and a wait first are told apart, and dated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kyogyo.analytics.step_shift import WHATS, Slower, What, find_shift
from kyogyo.analytics.step_weeks import StepWeeks, grown, log_density, slowed, waited

LENGTH, WEEKS, A_WEEK = 120, 64, 40
AGES = 7.0 * (WEEKS - np.arange(WEEKS)) - 3.5


def pace_of(mean: float) -> np.ndarray:
    """Gone on by each day after entry, at a steady pace of leaving."""
    days = np.arange(LENGTH + 1)
    return 1 - np.exp(-days / mean) if mean > 0 else (days > 0).astype(float)


def weeks_of(*, rate: float, now: float, pace: np.ndarray, pace_now: np.ndarray, since: int, seed: int = 4) -> StepWeeks:  # fmt: skip
    """Expected counts, rounded at random: what enters goes on at `rate` and `pace`, in the last `since` weeks at those of now."""
    rng = np.random.default_rng(seed)
    advanced = np.zeros((WEEKS, LENGTH))
    for week in range(WEEKS):
        changed = week >= WEEKS - since
        shares = np.diff(pace_now if changed else pace) * (now if changed else rate)
        seen = np.arange(LENGTH) < AGES[week]
        advanced[week] = rng.poisson(A_WEEK * shares * seen)
    return StepWeeks(
        starts=20_000 + 7 * np.arange(WEEKS),
        entered=np.full(WEEKS, float(A_WEEK)),
        advanced=advanced,
        weight=np.ones(WEEKS),
        pace=pace,
        ages=AGES,
    )


USUAL = pace_of(8.0)


@pytest.mark.parametrize(
    ("what", "now", "pace_now"),
    [
        ("nothing", 0.5, USUAL),
        ("rate", 0.27, USUAL),
        ("pace", 0.4, slowed(USUAL, times=4.0)),
    ],
)
def test_what_happened_to_a_step_is_told_apart_and_dated(
    what: str, now: float, pace_now: np.ndarray
) -> None:
    weeks = weeks_of(rate=0.5, now=now, pace=USUAL, pace_now=pace_now, since=12)
    found = find_shift(weeks, rng=np.random.default_rng(1), draws=500)
    assert max(found.likely, key=lambda name: found.likely[name]) == what
    if what != "nothing":
        assert abs(found.at - (WEEKS - 12)) <= 2
        assert np.quantile(found.ratio, 0.05) < now / 0.5 < np.quantile(found.ratio, 0.95)


def test_a_queue_before_people_is_a_wait() -> None:
    quick = pace_of(0.8)
    weeks = weeks_of(rate=0.9, now=0.6, pace=quick, pace_now=waited(quick, days=12.0), since=12)
    found = find_shift(weeks, rng=np.random.default_rng(1), draws=500)
    assert found.likely["wait"] > 0.95
    assert float(np.median(found.days)) == pytest.approx(12.0, abs=3.0)


def test_who_cooled_while_waiting_before_is_no_fall_of_this_step() -> None:
    weeks = weeks_of(rate=0.5, now=0.38, pace=USUAL, pace_now=USUAL, since=12)
    slower = Slower(days=12.0, since=int(weeks.starts[WEEKS - 12]))
    found = find_shift(weeks, rng=np.random.default_rng(1), draws=500, slower=slower)
    assert found.likely["cooled"] > found.likely["rate"]


def test_posteriors_add_up_and_draws_follow_them() -> None:
    weeks = weeks_of(rate=0.5, now=0.4, pace=USUAL, pace_now=USUAL, since=12)
    found = find_shift(weeks, rng=np.random.default_rng(1), draws=1_000)
    assert sum(found.likely.values()) == pytest.approx(1.0)
    shares = {what: float((found.what == i).mean()) for i, what in enumerate(WHATS)}
    assert shares == pytest.approx(found.likely, abs=0.005)


def test_noisier_weeks_say_less() -> None:
    weeks = weeks_of(rate=0.5, now=0.35, pace=USUAL, pace_now=USUAL, since=12)
    calm, noisy = (
        find_shift(weeks, rng=np.random.default_rng(1), draws=200, phi=phi).likely["nothing"]
        for phi in (0.6, 4.0)
    )
    assert calm < noisy


def test_paces_are_shares_that_grow() -> None:
    for pace in (slowed(USUAL, times=2.0), waited(USUAL, days=5.0)):
        assert pace[0] == pytest.approx(0.0, abs=1e-9)
        assert (np.diff(pace) >= -1e-12).all()
        assert pace[-1] <= 1 + 1e-12
    assert grown(USUAL, np.array([0.0, 8.0])).tolist() == pytest.approx([0.0, 1 - np.exp(-1)])
    assert np.exp(log_density(USUAL)).sum() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize(
    ("mine", "other", "now", "pace_now"),
    [
        (("rate",), ("pace", "wait"), 0.25, USUAL),
        (("pace",), ("rate",), 0.4, slowed(USUAL, times=4.0)),
        (("pace",), ("rate",), 0.5, slowed(USUAL, times=3.0)),
    ],
)
def test_a_fall_is_not_called_a_delay_nor_a_delay_a_fall(
    mine: tuple[What, ...], other: tuple[What, ...], now: float, pace_now: np.ndarray, seed: int
) -> None:
    # Of the last weeks not all that will go on has yet, so fewer have gone on either way.
    weeks = weeks_of(rate=0.5, now=now, pace=USUAL, pace_now=pace_now, since=9, seed=seed)
    found = find_shift(weeks, rng=np.random.default_rng(1), draws=200)
    chance = {names: sum(found.likely[name] for name in names) for names in (mine, other)}
    assert chance[mine] > 4 * chance[other]


def test_weights_of_the_mix_aren_t_taken_for_a_fall() -> None:
    weeks = weeks_of(rate=0.5, now=0.25, pace=USUAL, pace_now=USUAL, since=12)
    halved = replace(weeks, weight=np.where(np.arange(WEEKS) >= WEEKS - 12, 0.5, 1.0))
    found = find_shift(halved, rng=np.random.default_rng(1), draws=200)
    assert found.likely["nothing"] > 0.5


def test_the_calendar_changes_nothing_but_itself() -> None:
    weeks = weeks_of(rate=0.5, now=0.3, pace=USUAL, pace_now=USUAL, since=12)
    later = replace(weeks, starts=weeks.starts + 700)
    one, other = (find_shift(w, rng=np.random.default_rng(1), draws=200) for w in (weeks, later))
    assert one.likely == other.likely
    assert one.at == other.at
    assert one.ratio.tolist() == other.ratio.tolist()
