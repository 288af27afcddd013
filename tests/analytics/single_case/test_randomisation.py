"""The test of the draw: against scan, against counting by hand, and the laws of a fair lot."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.single_case import designs
from kyogyo.analytics.single_case.randomisation import compare_draw, compare_starts
from kyogyo.analytics.single_case.series import autocorrelation

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "oracles" / "single_case.json").read_text(encoding="utf-8")
)
NAMES = {
    "mean": "Mean B-A",
    "median": "Median B-A",
    "nap": "NAP",
    "smd_glass": "SMD glass",
    "smd_hedges": "SMD hedges",
    "slope": "Slope B-A",
}


@pytest.mark.parametrize("statistic", sorted(NAMES))
def test_independent_starts_match_scan(statistic: Any) -> None:
    cases, oracle = ORACLE["series"].values(), ORACLE["rand_test"][NAMES[statistic]]

    found = compare_starts(
        series=[case["values"] for case in cases],
        starts=[case["first_after"] for case in cases],
        statistic=statistic,
    )

    scale = 100 if statistic == "nap" else 1
    assert found.compared == oracle["number"]
    assert (found.p, scale * found.observed) == pytest.approx((oracle["p"], oracle["obs"]))


@pytest.mark.parametrize("name", sorted(ORACLE["series"]))
def test_one_case_matches_scan(name: str) -> None:
    case, oracle = ORACLE["series"][name], ORACLE["rand_test_single"][name]
    found = compare_starts(series=[case["values"]], starts=[case["first_after"]])
    assert (found.p, found.observed) == pytest.approx((oracle["p"], oracle["obs"]))


@pytest.mark.parametrize("name", sorted(ORACLE["autocorr"]))
def test_autocorrelation_matches_scan(name: str) -> None:
    values = ORACLE["series"][name]["values"]
    found = [autocorrelation(values=np.array(values, float), lag=lag) for lag in (1, 2, 3)]
    assert found == pytest.approx(ORACLE["autocorr"][name]["all"], abs=1e-12)


def test_many_starts_are_sampled_and_the_draw_itself_counts() -> None:
    rng = np.random.default_rng(1)
    series = [rng.normal(size=30) + 4 * (np.arange(30) >= 15) for _ in range(5)]
    found = compare_starts(series=series, starts=[15] * 5, draws=99)
    assert (found.exact, found.compared, found.p) == (False, 100, 0.01)


def test_a_start_outside_of_the_lot_is_refused() -> None:
    with pytest.raises(ValueError, match="don't leave 5 weeks"):
        compare_starts(series=[range(12)], starts=[4])


# ---- designs


def test_staggered_outcomes_are_those_that_keep_their_distance() -> None:
    design = designs.staggered_design(teams=3, weeks=12, first=3, last=9, gap=2)
    by_hand = [
        row
        for row in product(range(7), repeat=3)
        if all(abs(row[i] - row[j]) >= 2 for i, j in ((0, 1), (0, 2), (1, 2)))
    ]
    assert design.count == len(by_hand) == 60
    assert sorted(map(tuple, designs.all_assignments(design).tolist())) == by_hand
    assert designs.smallest_p(design) == 1 / 60


def test_every_outcome_is_as_likely_as_any_other() -> None:
    for design in (
        designs.staggered_design(teams=2, weeks=8, first=2, last=5, gap=2),
        designs.order_design(weeks=8, starts=[2, 4, 6]),
        designs.independent_design(teams=2, weeks=6, first=2, last=3),
    ):
        drawn = designs.draw_assignments(design, draws=6_000, rng=np.random.default_rng(2))
        outcomes, counts = np.unique(drawn, axis=0, return_counts=True)
        assert outcomes.tolist() == sorted(designs.all_assignments(design).tolist())
        assert counts == pytest.approx(np.full(design.count, 6_000 / design.count), rel=0.15)


def test_abab_holds_every_phase_long_enough() -> None:
    design = designs.reversal_design(weeks=12, first=4, least=2)
    rows = ["".join("AB"[int(on)] for on in row) for row in design.options]
    assert rows[0] == "AAAABBAABBBB"
    assert len(rows) == design.count == 10
    assert all(len(part) >= 2 for row in rows for part in row.replace("AB", "A B").replace("BA", "B A").split())  # fmt: skip


def test_what_a_design_can_show_is_known_before() -> None:
    assert designs.smallest_p(designs.order_design(weeks=20, starts=[6, 9, 12, 15])) == 1 / 24
    assert designs.smallest_p(designs.start_design(weeks=24, first=5, last=19)) == 1 / 15
    large = designs.staggered_design(teams=6, weeks=40, first=6, last=36)
    assert designs.smallest_p(large, draws=999) == 0.001


def test_the_same_seed_draws_the_same_weeks() -> None:
    design = designs.staggered_design(teams=4, weeks=24, first=6, last=20, gap=2)
    drawn = [designs.draw_one(design, seed=seed) for seed in range(20)]
    assert drawn == [designs.draw_one(design, seed=seed) for seed in range(20)]
    assert all(design.allows(each) for each in drawn)
    assert [design.assignment_of(design.pattern(each)) for each in drawn] == drawn
    assert not design.allows((0, 1, 4, 7))
    assert not design.allows((0, 2, 4, 99))


@pytest.mark.parametrize(
    "design",
    [
        designs.staggered_design(teams=4, weeks=24, first=6, last=20, gap=2),
        designs.order_design(weeks=20, starts=[6, 9, 12]),
        designs.reversal_design(weeks=20, first=5, least=3),
    ],
    ids=lambda design: design.kind,
)
def test_a_design_that_was_written_down_is_read_back(design: designs.Design) -> None:
    written = json.loads(json.dumps(asdict(design)))
    assert designs.design_from(written) == design
    for broken in ({**written, "kind": "order", "starts": [1]}, {**written, "else": 1}):
        with pytest.raises(ValueError, match=r"fit|no design"):
            designs.design_from(broken)


@pytest.mark.parametrize(
    "make",
    [
        lambda: designs.staggered_design(teams=4, weeks=10, first=5, last=8, gap=2),
        lambda: designs.start_design(weeks=10, first=0, last=5),
        lambda: designs.reversal_design(weeks=10, first=4, least=3),
        lambda: designs.order_design(weeks=10, starts=[4, 4]),
        lambda: designs.all_assignments(
            designs.independent_design(teams=9, weeks=30, first=5, last=25)
        ),
        lambda: designs.design_after_the_fact(np.zeros((2, 9), bool)),
    ],
)
def test_what_doesnt_fit_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"fit|weeks|differ|list|begin"):
        make()


def test_what_was_begun_without_a_lot_finds_its_design() -> None:
    def kind(*rows: str) -> tuple[str, int, int]:
        pattern = np.array([[each == "B" for each in row] for row in rows])
        design = designs.design_after_the_fact(pattern)
        assert design.assignment_of(pattern if design.teams > 1 else pattern[: 1 + design.controls])
        return design.kind, design.teams, design.controls

    assert kind("AAAAABBBBB", "AAAAAAABBB") == ("staggered", 2, 0)
    assert kind("AAAAABBBBB", "AAAAABBBBB") == ("ab", 1, 0)
    assert kind("AAAAABBBBB", "AAAAABBBBB", "AAAABBBBBB") == ("independent", 3, 0)
    assert kind("AAAAABBBBB", "AAAAAAAAAA") == ("ab", 1, 1)
    assert kind("AAABBBAAABBB") == ("abab", 1, 0)


# ---- the test of the draw


def logs_of(design: designs.Design, seed: int, *, effect: float = 0.0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    pattern = design.pattern(designs.draw_one(design, seed=seed))
    return pattern, rng.normal(size=pattern.shape) * 0.2 + effect * pattern


def test_p_is_the_share_of_outcomes_at_least_as_good() -> None:
    """By hand: least squares with team levels and week effects, for each outcome."""
    design = designs.staggered_design(teams=3, weeks=10, first=3, last=7)
    pattern, logs = logs_of(design, 3)
    found = compare_draw(design=design, pattern=pattern, logs=logs, weights=np.ones((3, 10)))
    assert found.alike == 0.0
    nuisance = np.hstack([np.kron(np.eye(3), np.ones((10, 1))), np.tile(np.eye(10), (3, 1))])

    def score(on: Any) -> tuple[float, float]:
        step = on.ravel() - nuisance @ np.linalg.lstsq(nuisance, on.ravel().astype(float))[0]
        norm = np.linalg.norm(step)
        return float(step @ logs.ravel() / norm), float(norm)

    all_scores = [score(design.pattern(row))[0] for row in designs.all_assignments(design)]
    own, norm = score(pattern)
    assert found.estimate == pytest.approx(own / norm)
    assert found.compared == 60
    assert found.p_rise == pytest.approx(np.mean(np.array(all_scores) >= own - 1e-9))
    assert found.p_fall == pytest.approx(np.mean(np.array(all_scores) <= own + 1e-9))


def test_the_interval_holds_what_the_test_doesnt_reject() -> None:
    design = designs.staggered_design(teams=3, weeks=14, first=4, last=10)
    pattern, logs = logs_of(design, 5)
    # Weeks unlike their neighbours: nothing is taken for resemblance, whatever effect is assumed.
    logs[:, 1:] -= 0.8 * logs[:, :-1]
    logs += 0.3 * pattern
    weights = np.ones(logs.shape)
    found = compare_draw(design=design, pattern=pattern, logs=logs, weights=weights)

    def p_of(effect: float) -> tuple[float, float]:
        moved = compare_draw(
            design=design, pattern=pattern, logs=logs - effect * pattern, weights=weights
        )
        return moved.p_rise, moved.p_fall

    assert p_of(found.lo - 0.01)[0] <= 0.05 < p_of(found.lo + 0.01)[0]
    assert p_of(found.hi + 0.01)[1] <= 0.05 < p_of(found.hi - 0.01)[1]


def test_no_interval_where_there_are_too_few_outcomes() -> None:
    design = designs.start_design(weeks=20, first=5, last=14)
    pattern, logs = logs_of(design, 1, effect=3.0)
    found = compare_draw(design=design, pattern=pattern, logs=logs, weights=np.ones((1, 20)))
    assert (found.p_rise, found.lo, found.hi) == (0.1, -np.inf, np.inf)


@settings(max_examples=25)
@given(st.integers(0, 200), st.floats(-3, 3), st.floats(-0.2, 0.2))
def test_levels_common_weeks_and_trends_are_no_effect(
    seed: int, level: float, trend: float
) -> None:
    design = designs.staggered_design(teams=3, weeks=10, first=3, last=7, gap=2)
    pattern, logs = logs_of(design, seed)
    weights = np.ones(logs.shape)
    common = trend * np.arange(10) + level * np.sin(np.arange(10))
    moved = logs + np.array([[level], [0.0], [-1.0]]) + common
    one = compare_draw(design=design, pattern=pattern, logs=logs, weights=weights)
    other = compare_draw(design=design, pattern=pattern, logs=moved, weights=weights)
    assert (one.estimate, one.lo, one.hi) == pytest.approx((other.estimate, other.lo, other.hi), abs=1e-7)  # fmt: skip
    assert (one.p_rise, one.p_fall) == (other.p_rise, other.p_fall)


@settings(max_examples=25)
@given(st.integers(0, 200), st.permutations(range(3)))
def test_the_order_of_teams_and_the_direction_change_nothing_else(seed: int, order: list[int]) -> None:  # fmt: skip
    design = designs.staggered_design(teams=3, weeks=10, first=3, last=7)
    pattern, logs = logs_of(design, seed)
    weights = np.ones(logs.shape)
    one = compare_draw(design=design, pattern=pattern, logs=logs, weights=weights)
    other = compare_draw(design=design, pattern=pattern[order], logs=logs[order], weights=weights)
    turned = compare_draw(design=design, pattern=pattern, logs=-logs, weights=weights)
    assert (one.estimate, one.p_rise) == pytest.approx((other.estimate, other.p_rise))
    assert (one.p_rise, one.p_fall) == (turned.p_fall, turned.p_rise)
    assert (one.lo, one.hi) == pytest.approx((-turned.hi, -turned.lo))


def test_p_is_at_most_alpha_in_at_most_alpha_of_all_draws() -> None:
    """Exactly: with nothing done, each outcome of the lot gives its own p for the same numbers."""
    design = designs.staggered_design(teams=2, weeks=12, first=3, last=9)
    logs = np.cumsum(np.random.default_rng(8).normal(size=(2, 12)), axis=1)
    ps = [
        compare_draw(
            design=design, pattern=design.pattern(row), logs=logs, weights=np.ones((2, 12))
        ).p_rise
        for row in designs.all_assignments(design)
    ]
    for alpha in (0.05, 0.1, 0.3):
        assert np.mean(np.array(ps) <= alpha) <= alpha


def test_a_week_that_is_left_out_doesnt_count() -> None:
    design = designs.staggered_design(teams=2, weeks=10, first=3, last=7)
    pattern, logs = logs_of(design, 4)
    weights = np.ones(logs.shape)
    weights[1, 2] = 0.0
    wild, gone = logs.copy(), logs.copy()
    wild[1, 2], gone[1, 2] = 50.0, np.nan
    one = compare_draw(design=design, pattern=pattern, logs=wild, weights=weights)
    assert one == compare_draw(design=design, pattern=pattern, logs=gone, weights=weights)


def test_what_can_not_be_told_apart_has_no_test() -> None:
    design = designs.independent_design(teams=2, weeks=10, first=3, last=7)
    together = design.pattern((2, 2))
    logs = np.zeros((2, 10))
    assert (
        compare_draw(design=design, pattern=together, logs=logs, weights=np.ones((2, 10))) is None
    )
    with pytest.raises(ValueError, match="none of those"):
        compare_draw(design=design, pattern=~together, logs=logs, weights=np.ones((2, 10)))


def test_teams_that_never_begin_take_the_common_weeks_out_of_one_that_does() -> None:
    design = replace(designs.start_design(weeks=24, first=2, last=21), controls=2)
    pattern = design.pattern((9,))
    rng = np.random.default_rng(6)
    logs = rng.normal(size=(3, 24)) * 0.01 + np.cumsum(rng.normal(size=24)) + 0.5 * pattern
    found = compare_draw(design=design, pattern=pattern, logs=logs, weights=np.ones((3, 24)))
    assert (found.p_rise, round(found.estimate, 1)) == (0.05, 0.5)
