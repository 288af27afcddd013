"""Evidence of a change that may be looked at every week."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from kyogyo.analytics.sequential import ENOUGH, change_evidence, phi_of_baseline


def look(successes: list[float], *, n: float = 40, direction: str = "down", **more):
    given = {"baseline_successes": 260.0, "baseline_exposure": 1040.0} | more
    return change_evidence(
        successes=successes, exposures=[n] * len(successes), direction=direction, **given
    )


def test_evidence_of_nothing_seen_is_one() -> None:
    evidence = look([])

    assert (evidence.values.size, evidence.last, evidence.largest, evidence.first_past) == (0, 1.0, 1.0, None)  # fmt: skip


def test_weeks_as_before_make_no_evidence() -> None:
    evidence = look([10.0] * 52)

    assert evidence.first_past is None
    assert evidence.largest < 1.05
    assert evidence.last < 0.6


def test_a_fall_is_found_and_dated_and_is_no_rise() -> None:
    weeks = [10.0] * 20 + [6.0] * 20

    fall, rise = look(weeks), look(weeks, direction="up")

    assert fall.first_past is not None
    assert 22 <= fall.first_past <= 28
    assert fall.start_at(fall.first_past) == 20
    assert rise.first_past is None


def test_a_rise_of_events_is_found() -> None:
    evidence = change_evidence(
        successes=[20.0] * 10 + [32.0] * 10, exposures=[1.0] * 20, baseline_successes=520,
        baseline_exposure=26, direction="up", family="poisson",
    )  # fmt: skip

    assert evidence.first_past is not None
    assert evidence.start_at(evidence.first_past) == 10


def test_surplus_variance_makes_the_same_weeks_less_evident() -> None:
    weeks = [6.0] * 12

    assert look(weeks).last > ENOUGH > look(weeks, phi=4.0).last


def test_looks_depend_on_the_weeks_so_far_alone() -> None:
    weeks = [10.0] * 5 + [7.0] * 10

    assert look(weeks).values[:8] == pytest.approx(look(weeks[:8]).values)


def test_the_same_rate_foretells_as_a_beta_binomial() -> None:
    """The part of the ratio that stands for "as before" against its closed form (up to the grid)."""
    evidence = look([12.0, 9.0], n=40)
    grid = evidence.kept.sum(axis=0)
    closed = betaln(260.5 + 21, 780.5 + 59) - betaln(260.5, 780.5)

    assert np.log(np.mean(np.exp(grid - grid.max()))) + grid.max() == pytest.approx(
        closed, abs=0.01
    )


def test_chance_alone_is_seldom_taken_for_a_change() -> None:
    """At most 1 in 20 ever; over 40 series of a year, with the baseline estimated from half a year."""
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(40):
        cases = rng.poisson(40, 78)
        weeks = rng.binomial(cases, 0.25)
        evidence = change_evidence(
            successes=weeks[26:], exposures=cases[26:], baseline_successes=weeks[:26].sum(),
            baseline_exposure=cases[:26].sum(), direction="down",
        )  # fmt: skip
        alarms += evidence.first_past is not None

    assert alarms <= 2


@pytest.mark.parametrize("more", [{"baseline_exposure": 0.0}, {"phi": 0.9}])
def test_without_a_baseline_or_with_less_than_chance_it_is_refused(more: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="baseline"):
        look([1.0], **more)


def test_phi_of_a_baseline_is_one_for_calm_weeks_and_more_for_wild_ones() -> None:
    calm = phi_of_baseline(successes=[10.0] * 26, exposures=[40.0] * 26, family="binomial")
    wild = phi_of_baseline(successes=[2.0, 18.0] * 13, exposures=[40.0] * 26, family="binomial")

    assert calm == 1.0
    assert wild > 5
