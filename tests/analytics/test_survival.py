"""Survival curves against R and hand-countable tables, and the laws that hold for every input."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.intervals import wilson
from kyogyo.analytics.survival import (
    CumulativeIncidence,
    aalen_johansen,
    follow_up_sufficient,
    kaplan_meier,
    maturity,
    restricted_mean,
)

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "survival.json").read_text(encoding="utf-8")
)

Episode = tuple[int, int]  # lag, cause (0 = censored)


def histogram(
    episodes: list[Episode], *, causes: int, times: list[int] | None = None
) -> dict[str, np.ndarray]:
    lags = sorted({lag for lag, _ in episodes}) if times is None else times
    counts = np.zeros((len(lags), causes + 1), np.int64)
    for lag, cause in episodes:
        counts[lags.index(lag), cause] += 1
    return {"times": np.array(lags), "events": counts[:, 1:], "censored": counts[:, 0]}


def mgus2() -> CumulativeIncidence:
    data = ORACLE["mgus2"]
    events = np.stack([data["pcm"], data["death"]], axis=1)
    return aalen_johansen(times=data["times"], events=events, censored=data["censored"])


def six_mp() -> CumulativeIncidence:
    data = ORACLE["km_6mp"]
    counts = histogram(list(zip(data["time"], data["status"], strict=True)), causes=1)
    return kaplan_meier(
        times=counts["times"], events=counts["events"][:, 0], censored=counts["censored"]
    )


episodes = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=60)


def test_aalen_johansen_matches_r_survfit_on_mgus2() -> None:
    curve = mgus2()
    rows = np.array(ORACLE["mgus2"]["rows"])
    index = np.searchsorted(curve.times, rows[:, 0], side="right") - 1

    assert curve.incidence[index] == pytest.approx(rows[:, 2:4], abs=1e-12)
    assert curve.se[index] == pytest.approx(rows[:, 4:6], rel=1e-10)


def test_one_minus_kaplan_meier_overstates_where_causes_compete() -> None:
    data = ORACLE["mgus2"]
    others = np.add(data["death"], data["censored"])
    naive = kaplan_meier(times=data["times"], events=data["pcm"], censored=others)

    shares = [naive.at(row[0]).value for row in data["rows"]]

    assert shares == pytest.approx(data["naive_1_minus_km_pcm"], abs=1e-12)
    assert shares[-1] > 3 * mgus2().at(360, 0).value


def test_kaplan_meier_matches_r_survfit_on_6mp() -> None:
    curve = six_mp()
    rows = np.array(ORACLE["km_6mp"]["rows"])
    lo, hi = curve.limits()

    assert curve.times.tolist() == rows[:, 0].tolist()
    assert curve.at_risk.tolist() == rows[:, 1].tolist()
    assert curve.survival == pytest.approx(rows[:, 2], abs=1e-12)
    assert curve.se[:, 0] == pytest.approx(rows[:, 3], abs=1e-12)
    assert 1 - hi == pytest.approx(rows[:, 4], abs=1e-12)
    assert 1 - lo == pytest.approx(rows[:, 5], abs=1e-12)


def test_median_matches_r_survfit_on_6mp() -> None:
    oracle = ORACLE["km_6mp"]

    assert six_mp().quantile(0.5) == (oracle["median"], oracle["median_lower"], math.inf)


def test_restricted_mean_matches_r_survfit_on_6mp() -> None:
    mean = restricted_mean(curve=six_mp(), horizon=24)

    assert mean == pytest.approx(ORACLE["km_6mp"]["rmst24"], abs=1e-10)


def test_restricted_mean_beyond_the_follow_up_is_unknown() -> None:
    assert all(math.isnan(part) for part in restricted_mean(curve=six_mp(), horizon=36))


@given(episodes, st.integers(1, 15))
def test_restricted_mean_without_censoring_is_the_plain_mean(
    rows: list[Episode], horizon: int
) -> None:
    counts = histogram([(lag, 1) for lag, _ in rows], causes=1)

    mean, se = restricted_mean(curve=aalen_johansen(**counts), horizon=horizon)

    capped = np.minimum([lag for lag, _ in rows], horizon)
    assert mean == pytest.approx(capped.mean())
    assert se == pytest.approx(capped.std() / math.sqrt(len(rows)), abs=1e-9)


def test_aalen_johansen_by_hand() -> None:
    """Five cases: won at 0, lost at 1, open at 1, won at 3, open at 4.

    At risk 5, 4, 2, 1. Won at 0: 1/5. Survival .8, then lost .8/4 = .2, survival .6. Won at 3:
    .6/2 = .3. What is left, .3, is still open.
    """
    curve = aalen_johansen(
        times=[0, 1, 3, 4],
        events=[[1, 0], [0, 1], [1, 0], [0, 0]],
        censored=[0, 1, 0, 1],
    )

    assert curve.at_risk.tolist() == [5, 4, 2, 1]
    assert curve.known.tolist() == [5, 5, 4, 4]
    assert curve.incidence[:, 0].tolist() == pytest.approx([0.2, 0.2, 0.5, 0.5])
    assert curve.incidence[:, 1].tolist() == pytest.approx([0.0, 0.2, 0.2, 0.2])
    assert curve.survival.tolist() == pytest.approx([0.8, 0.6, 0.3, 0.3])


@given(episodes)
def test_without_censoring_incidence_is_the_share_and_its_binomial_error(
    rows: list[Episode],
) -> None:
    rows = [(lag, max(cause, 1)) for lag, cause in rows]
    curve = aalen_johansen(**histogram(rows, causes=3))

    for j, t in enumerate(curve.times):
        for cause in (1, 2, 3):
            share = sum(lag <= t and of == cause for lag, of in rows) / len(rows)
            assert curve.incidence[j, cause - 1] == pytest.approx(share, abs=1e-12)
            error = math.sqrt(share * (1 - share) / len(rows))
            assert curve.se[j, cause - 1] == pytest.approx(error, abs=1e-7)


@given(episodes)
def test_incidences_and_survival_sum_to_1(rows: list[Episode]) -> None:
    curve = aalen_johansen(**histogram(rows, causes=3))

    total = curve.incidence.sum(axis=-1) + curve.survival
    assert total == pytest.approx(np.ones(curve.times.size))
    assert np.all(np.diff(curve.incidence, axis=0) >= 0)


@given(episodes, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows: list[Episode], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    one = aalen_johansen(**histogram(rows, causes=3))
    other = aalen_johansen(**histogram(shuffled, causes=3))

    assert one.incidence.tolist() == other.incidence.tolist()
    assert one.se.tolist() == other.se.tolist()


@given(episodes)
def test_one_cause_has_the_survival_and_the_error_of_greenwood(rows: list[Episode]) -> None:
    rows = [(lag, min(cause, 1)) for lag, cause in rows]
    counts = histogram(rows, causes=1)
    curve = aalen_johansen(**counts)

    y, d = curve.at_risk, counts["events"][:, 0]
    left = curve.survival > 0
    greenwood = np.cumsum(d[left] / (y[left] * (y[left] - d[left])))
    assert curve.se[left, 0] == pytest.approx(curve.survival[left] * np.sqrt(greenwood), abs=1e-7)


@given(episodes)
def test_lags_without_any_case_change_nothing(rows: list[Episode]) -> None:
    short = aalen_johansen(**histogram(rows, causes=3))
    long = aalen_johansen(**histogram(rows, causes=3, times=list(range(20))))

    for t in short.times:
        for cause in range(3):
            assert short.at(t, cause) == pytest.approx(long.at(t, cause), nan_ok=True)


@given(st.lists(episodes, min_size=1, max_size=4))
def test_many_cohorts_at_once_give_what_each_gives_alone(cohorts: list[list[Episode]]) -> None:
    grid = list(range(14))
    tables = [histogram(rows, causes=3, times=grid) for rows in cohorts]
    alone = [aalen_johansen(**table) for table in tables]

    together = aalen_johansen(
        times=grid,
        events=np.stack([table["events"] for table in tables]),
        censored=np.stack([table["censored"] for table in tables]),
    )

    assert together.incidence.tolist() == [curve.incidence.tolist() for curve in alone]
    assert together.se.tolist() == [curve.se.tolist() for curve in alone]
    assert together.followed_to.tolist() == [curve.followed_to for curve in alone]
    for ask in (lambda c: c.at(7, 1), lambda c: c.quantile(0.3, 1)):
        assert np.stack(ask(together), axis=1) == pytest.approx(
            np.array([ask(curve) for curve in alone]), nan_ok=True
        )
    assert np.stack(restricted_mean(curve=together, horizon=9), axis=1) == pytest.approx(
        np.array([restricted_mean(curve=curve, horizon=9) for curve in alone]), nan_ok=True
    )


def test_late_entries_are_at_risk_only_after_their_lag() -> None:
    """Three from the start, two more seen after lag 2; one ends at each of 2, 2, 3, 5, 5.

    At risk: 3 at 2, then 3 - 2 + 2 = 3 at 3, 2 at 5.
    """
    curve = kaplan_meier(times=[2, 3, 5], events=[2, 1, 2], censored=[0, 0, 0], entered=[2, 0, 0])

    assert curve.at_risk.tolist() == [3, 3, 2]
    assert curve.survival.tolist() == pytest.approx([1 / 3, 2 / 9, 0.0])


def test_late_entries_do_not_bias_the_curve() -> None:
    """A geometric time seen only from lag 3 on, for half of the cases, is still that geometric."""
    rng = np.random.default_rng(1)
    lag = rng.geometric(0.2, 40_000) - 1
    late = rng.random(lag.size) < 0.5
    kept = ~late | (lag > 3)
    times = np.arange(lag.max() + 1)
    events = np.bincount(lag[kept], minlength=times.size)
    entered = np.where(times == 3, int(np.sum(late & kept)), 0)

    curve = kaplan_meier(times=times, events=events, censored=0 * events, entered=entered)

    assert curve.survival[:12] == pytest.approx(0.8 ** (times[:12] + 1), abs=0.01)


def test_more_ends_than_cases_under_observation_are_refused() -> None:
    with pytest.raises(ValueError, match="under observation"):
        kaplan_meier(times=[1, 2], events=[2, 1], censored=[0, 0], entered=[0, 2])


def test_at_before_the_first_lag_is_0_with_the_limit_of_wilson() -> None:
    curve = kaplan_meier(times=[5, 9], events=[3, 1], censored=[0, 4])

    assert curve.at(4) == (0.0, 0.0, wilson(successes=0, n=8)[1])


def test_at_a_lag_counts_that_lag() -> None:
    curve = kaplan_meier(times=[5, 9], events=[3, 1], censored=[0, 4])

    assert curve.at(5).value == 3 / 8
    assert curve.at(8.9).value == 3 / 8
    assert curve.at(9).value == 4 / 8


def test_at_beyond_the_follow_up_is_unknown() -> None:
    value, lo, hi = kaplan_meier(times=[5, 9], events=[3, 1], censored=[0, 4]).at(10)

    assert math.isnan(value)
    assert (lo, hi) == (0.0, 1.0)


def test_at_beyond_the_follow_up_is_known_when_all_had_left() -> None:
    curve = aalen_johansen(times=[5, 9], events=[[3, 0], [0, 1]], censored=[0, 0])

    assert curve.at(100, 0) == curve.at(9, 0)
    assert curve.at(100, 0).value == 0.75


def test_nothing_won_yet_is_not_a_certain_zero() -> None:
    curve = aalen_johansen(times=[3, 9], events=[[0, 2], [0, 0]], censored=[0, 10])

    assert curve.at(9, 0) == (0.0, 0.0, wilson(successes=0, n=12)[1])


def test_empty_cohort_knows_nothing() -> None:
    curve = aalen_johansen(times=[1, 2], events=np.zeros((2, 1)), censored=[0, 0])

    assert curve.followed_to == -1
    assert curve.at(1) == pytest.approx((math.nan, 0.0, 1.0), nan_ok=True)
    assert curve.quantile(0.5) == (math.inf, 0.0, math.inf)


def test_no_lags_at_all_know_nothing() -> None:
    curve = aalen_johansen(times=[], events=np.zeros((0, 2)), censored=[])

    assert curve.at(1, 1) == pytest.approx((math.nan, 0.0, 1.0), nan_ok=True)


def test_quantile_is_the_first_lag_that_reaches_it() -> None:
    curve = kaplan_meier(times=[1, 2, 3, 4], events=[25, 25, 25, 25], censored=[0, 0, 0, 0])

    assert curve.quantile(0.5).value == 2
    assert curve.quantile(0.51).value == 3


def test_quantile_that_is_not_reached_is_infinite() -> None:
    curve = aalen_johansen(times=[1, 2], events=[[30, 0], [0, 30]], censored=[0, 40])

    assert curve.quantile(0.5, 0) == (math.inf, math.inf, math.inf)


def test_quantile_of_very_few_has_no_lower_limit() -> None:
    curve = kaplan_meier(times=[4, 7, 9], events=[1, 1, 1], censored=[0, 0, 0])

    assert curve.quantile(0.5).lo == 0.0


def test_quantile_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="q must lie"):
        six_mp().quantile(1.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"times": [2, 1]}, "ascending"),
        ({"times": [1, 1]}, "distinct"),
        ({"times": [-1, 1]}, "negative"),
        ({"times": [1, 2, 3]}, "3 lags"),
        ({"events": [[1, 0]]}, "shapes"),
        ({"censored": [0, -1]}, "negative"),
        ({"entered": [1]}, "shapes"),
    ],
)
def test_histogram_that_does_not_fit_is_refused(change: dict[str, Any], says: str) -> None:
    good = {"times": [1, 2], "events": [[1, 0], [0, 1]], "censored": [0, 0]}

    with pytest.raises(ValueError, match=says):
        aalen_johansen(**(good | change))


def test_maturity_is_the_share_of_the_final_incidence() -> None:
    base = aalen_johansen(times=[10, 20, 40], events=[[2, 1], [3, 0], [5, 0]], censored=[0, 0, 9])

    # Of 20, 2 won by 10 and 5 by 20; of the 14 left 5 win at 40.
    assert base.at(40, 0).value == pytest.approx(0.5)
    found = maturity(base_incidence=base, horizon=40, ages=[0, 9, 10, 25, 40, 400])
    assert found.tolist() == pytest.approx([0.0, 0.0, 0.2, 0.5, 1.0, 1.0])


def test_maturity_ends_at_the_horizon_even_if_the_base_goes_on() -> None:
    base = kaplan_meier(times=[1, 2, 3], events=[1, 1, 1], censored=[0, 0, 1])

    assert maturity(base_incidence=base, horizon=2, ages=[1, 2, 3]).tolist() == [0.5, 1.0, 1.0]


@pytest.mark.parametrize(("won", "horizon"), [(0, 5), (1, 50)])
def test_maturity_without_a_base_is_unknown(won: int, horizon: int) -> None:
    """Nothing won, or not followed so far."""
    base = kaplan_meier(times=[1, 5], events=[won, 0], censored=[0, 3])

    assert np.isnan(maturity(base_incidence=base, horizon=horizon, ages=[1, 2])).all()


def test_maturity_of_many_bases_is_refused() -> None:
    base = kaplan_meier(times=[1], events=[[1], [1]], censored=[[0], [0]])

    with pytest.raises(ValueError, match="one cohort"):
        maturity(base_incidence=base, horizon=1, ages=[1])


@pytest.mark.parametrize(
    ("last_seen", "enough"), [(60, False), (74, False), (75, True), (200, True)]
)
def test_follow_up_is_sufficient_after_a_plateau_of_a_fifth(last_seen: int, enough: bool) -> None:  # noqa: FBT001 -- a column of the table
    curve = kaplan_meier(times=[30, 60, last_seen][: 2 + (last_seen > 60)],
                         events=[4, 4, 0][: 2 + (last_seen > 60)],
                         censored=[0, 0, 8][: 2 + (last_seen > 60)])  # fmt: skip

    assert follow_up_sufficient(curve=curve) is enough


def test_follow_up_without_any_event_is_not_sufficient() -> None:
    assert follow_up_sufficient(curve=kaplan_meier(times=[90], events=[0], censored=[9])) is False


def test_follow_up_of_many_cohorts_is_judged_one_by_one() -> None:
    curve = kaplan_meier(times=[10, 20], events=[[1, 0], [1, 1]], censored=[[0, 5], [0, 5]])

    assert follow_up_sufficient(curve=curve).tolist() == [True, False]
