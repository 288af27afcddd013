"""Control charts against qicharts2, NIST and Montgomery."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.spc import Chart, anhoej_runs, cusum_chart, p_chart, p_prime_chart, xmr_chart

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "spc.json").read_text(encoding="utf-8")
)


def rows_of(chart: Chart) -> np.ndarray:
    centre = np.full(chart.values.shape, chart.centre)
    return np.stack([centre, chart.lower, chart.upper], axis=1)


@pytest.mark.parametrize(("kind", "draw"), [("p", p_chart), ("pprime", p_prime_chart)])
def test_share_charts_match_qicharts2_on_nhs_accidents(kind: str, draw: Any) -> None:
    chart = draw(successes=ORACLE["successes"], n=ORACLE["n"])

    rows = ORACLE[kind]["rows"]
    assert rows_of(chart) == pytest.approx(np.array([row[:3] for row in rows]), abs=1e-12)
    assert chart.outside.tolist() == [row[3] for row in rows]


def test_p_prime_keeps_quiet_where_the_p_chart_cries_wolf() -> None:
    plain = p_chart(successes=ORACLE["successes"], n=ORACLE["n"])
    laney = p_prime_chart(successes=ORACLE["successes"], n=ORACLE["n"])

    assert (int(plain.outside.sum()), int(laney.outside.sum())) == (16, 0)
    assert plain.spread == 1.0
    assert laney.spread > 10


def test_p_chart_matches_montgomery_on_orange_juice() -> None:
    oracle = ORACLE["montgomery_pchart"]

    chart = p_chart(successes=oracle["x"], n=[oracle["n"]] * len(oracle["x"]))

    assert chart.centre == pytest.approx(oracle["pbar"], abs=1e-12)
    assert chart.lower.tolist() == pytest.approx([oracle["lcl"]] * 30, abs=1e-12)
    assert chart.upper.tolist() == pytest.approx([oracle["ucl"]] * 30, abs=1e-12)
    assert (np.flatnonzero(chart.outside) + 1).tolist() == [15, 23]


def test_xmr_matches_nist() -> None:
    oracle = ORACLE["nist_xmr"]

    chart = xmr_chart(values=oracle["x"])

    assert chart.spread == pytest.approx(oracle["mrbar"], abs=1e-11)
    assert chart.centre == pytest.approx(oracle["center"], abs=1e-11)
    assert chart.lower.tolist() == pytest.approx([oracle["lcl"]] * 10, abs=1e-11)
    assert chart.upper.tolist() == pytest.approx([oracle["ucl"]] * 10, abs=1e-11)


def test_xmr_and_runs_match_qicharts2_with_its_screening_of_jumps() -> None:
    oracle = ORACLE["i_chart"]

    chart = xmr_chart(values=oracle["y"])

    assert rows_of(chart)[0].tolist() == pytest.approx([oracle["cl"], oracle["lcl"], oracle["ucl"]])
    assert chart.runs.useful == oracle["n.useful"]
    assert chart.runs.longest_run == oracle["longest.run"]
    assert chart.runs.longest_run_max == oracle["longest.run.max"]
    assert chart.runs.crossings == oracle["n.crossings"]
    assert chart.runs.crossings_min == oracle["n.crossings.min"]
    assert chart.runs.signal is oracle["runs.signal"]


def test_cusum_matches_montgomery_and_signals_at_his_29th_point() -> None:
    oracle = ORACLE["montgomery_cusum"]

    sums = cusum_chart(values=oracle["x"], target=10, sigma=1)

    assert sums.up.round(2).tolist() == pytest.approx(oracle["c_plus"], abs=0.005)
    assert sums.down.round(2).tolist() == pytest.approx(oracle["c_minus"], abs=0.005)
    assert (sums.first, round(float(sums.up[28]), 2)) == (28, 5.28)


def test_cusum_stays_where_a_value_is_missing_and_scales_with_its_unit() -> None:
    values = [1.0, math.nan, 2.0]

    small = cusum_chart(values=values, target=0, sigma=1, limit=2)
    large = cusum_chart(values=[10 * x for x in values], target=0, sigma=10, limit=2)

    assert (small.up.tolist(), small.first) == ([0.5, 0.5, 2.0], None)
    assert (large.up.tolist(), large.first) == ([5.0, 5.0, 20.0], None)


def test_limits_of_the_runs_rules_match_qicharts2_from_10_to_60_points() -> None:
    found = []
    for n, _, _ in ORACLE["anhoej_rules"]:
        runs = anhoej_runs(values=[-1, 1] * (n // 2) + [-1] * (n % 2), centre=0)
        found.append([n, runs.longest_run_max, runs.crossings_min])

    assert found == ORACLE["anhoej_rules"]


def test_runs_skip_points_on_the_centre_and_empty_ones() -> None:
    """Above, above, (centre), above, below, (empty), above: a run of 3 and 2 crossings."""
    runs = anhoej_runs(values=[2, 3, 1, 4, 0, math.nan, 2], centre=1)

    assert (runs.useful, runs.longest_run, runs.crossings) == (5, 3, 2)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0]])
def test_runs_of_next_to_nothing_say_nothing(values: list[float]) -> None:
    assert anhoej_runs(values=values, centre=1).signal is None


def test_runs_signal_too_few_crossings() -> None:
    """16 points in blocks of 4: longest run 4 of 7 allowed, but 3 crossings where 4 are due."""
    runs = anhoej_runs(values=[1, 1, 1, 1, -1, -1, -1, -1] * 2, centre=0)

    assert (runs.longest_run, runs.longest_run_max) == (4, 7)
    assert (runs.crossings, runs.crossings_min) == (3, 4)
    assert runs.signal is True


def test_below_twelve_points_there_is_no_judgement() -> None:
    values = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 16]

    early, enough = xmr_chart(values=values), xmr_chart(values=[*values, 10])

    assert (early.status, enough.status) == ("too_early", "ok")
    assert early.outside.sum() == 0
    assert early.runs.signal is None
    assert np.flatnonzero(enough.outside).tolist() == [10]


def test_empty_weeks_stay_empty() -> None:
    shares = p_prime_chart(successes=[5, 0, 6], n=[10, 0, 10])
    values = xmr_chart(values=[5.0, math.nan, 6.0])

    for chart in (shares, values):
        assert np.isnan(chart.values).tolist() == [False, True, False]
        assert np.isnan(chart.lower).tolist() == [False, True, False]
    assert shares.centre == 11 / 20
    assert values.centre == 5.5


def test_nothing_at_all_is_too_early() -> None:
    assert p_prime_chart(successes=[0, 0], n=[0, 0]).status == "too_early"
    assert xmr_chart(values=[]).status == "too_early"


def test_shares_that_are_all_0_are_in_order() -> None:
    chart = p_prime_chart(successes=[0] * 15, n=[10] * 15)

    assert chart.outside.sum() == 0
    assert chart.upper.tolist() == pytest.approx([0.0] * 15)


def test_more_successes_than_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        p_chart(successes=[3], n=[2])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=40))
def test_limits_of_shares_stay_in_0_and_1_around_the_centre(cells: list[tuple[int, int]]) -> None:
    chart = p_prime_chart(successes=[x for x, _ in cells], n=[x + rest for x, rest in cells])

    there = ~np.isnan(chart.lower)
    assert np.all((chart.lower[there] >= 0) & (chart.upper[there] <= 1))
    assert np.all(chart.lower[there] <= chart.centre + 1e-12)
    assert np.all(chart.upper[there] >= chart.centre - 1e-12)
