"""Each node as it is now and as it was: levels, references, and when there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_history import Row, alike, changed_model, day, small_history
from small_stream import AMOUNT, PER_DAY, START, Change, make_stream

from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.money import win_values
from kyogyo.analytics.nodes import (
    Level,
    Node,
    conversion_node,
    season_index,
    value_node,
    volume_node,
)

STEP = "lead>meeting"
LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip


def opened(**more: object) -> Funnel:
    return open_funnel(make_stream(**more), track="new")  # type: ignore[arg-type]


def value(funnel: Funnel) -> Node:
    return value_node(funnel, values=win_values(funnel.history, track="new"), stage="won", tests=4)


def test_a_level_is_successes_over_exposure() -> None:
    assert Level(5.0, 20.0, 0, 7).rate == 0.25
    assert np.isnan(Level(0.0, 0.0, 0, 7).rate)


def test_without_a_change_the_last_weeks_stand_against_all_before() -> None:
    node = conversion_node(opened(), step=STEP, tests=4)
    assert (node.status, node.reference_kind, node.changed_on) == ("ok", "baseline", None)
    assert node.now is not None
    assert node.reference is not None
    # 90 days of window are 12 whole weeks, which follow the baseline at once.
    assert node.now.stop - node.now.start == 84
    assert node.reference.stop == node.now.start
    assert node.reference.rate == pytest.approx(0.5, abs=0.05)


def test_a_fall_makes_the_best_stretch_before_the_reference() -> None:
    node = conversion_node(opened(changes={STEP: Change(350, 0.6)}), step=STEP, tests=4)
    assert node.reference_kind == "best_past"
    assert node.now is not None
    assert node.reference is not None
    assert node.changed_on == node.now.start
    assert abs(node.changed_on - (day(START) + 350)) <= 14
    assert node.now.rate == pytest.approx(0.3, abs=0.05)
    assert node.reference.rate == pytest.approx(0.5, abs=0.05)


def test_the_best_past_is_not_the_last_one() -> None:
    """It fell, rose a little, and fell again: the reference is the first stretch."""
    history = make_stream(changes={STEP: Change(200, 0.3)}, days=420)
    node = conversion_node(open_funnel(history, track="new"), step=STEP, tests=4)
    assert node.reference is not None
    assert node.reference.start <= day(START) + 7


def test_what_was_long_ago_is_no_level_to_return_to() -> None:
    """It fell after 200 days and again after 420: with a baseline of 100 days the first level is out of reach."""
    references = []
    for days in (365, 100):
        model = changed_model(more=f"\n[bottleneck]\nbaseline_days = {days}\n")
        rows = [*lead_rows([(8, 6)] * 200), *lead_rows([(8, 4)] * 220, start=200), *lead_rows([(8, 2)] * 100, start=420)]  # fmt: skip
        funnel = open_funnel(small_history(rows, as_of="2025-06-15", model=model), track="new")
        node = conversion_node(funnel, step=STEP, tests=4)
        assert node.now is not None
        assert node.reference is not None
        assert node.now.rate == pytest.approx(0.25, abs=0.03)
        references.append(node.reference.rate)
    assert references == [pytest.approx(0.75, abs=0.03), pytest.approx(0.5, abs=0.03)]


def test_young_weeks_that_say_nothing_yet_are_left_out_and_scale_nothing() -> None:
    """Meetings take 2 to 9 days: the newest weeks are unknown, and 'now' ends before them."""
    node = conversion_node(opened(), step=STEP, tests=4)
    assert node.now is not None
    last = day(START) + 499
    assert last - 15 <= node.now.stop <= last
    assert node.now.successes <= node.now.exposure


def lead_rows(daily: list[tuple[int, int]], *, after: int = 3, start: int = 0) -> list[Row]:
    """For each day (leads, of which that many meet `after` days later)."""
    rows, first = [], 1 + 10_000 * start
    for on, (n, k) in enumerate(daily, start=start):
        rows += alike(first, k, START, {"lead": on, "meeting": on + after})
        rows += alike(first + k, n - k, START, {"lead": on})
        first += n
    return rows


def test_young_journeys_that_have_passed_the_level_end_it() -> None:
    """2 of 6 met after 25 days; of the last 20 days 5 of 6 already have, after 3."""
    rows = [*lead_rows([(6, 2)] * 200, after=25), *lead_rows([(6, 5)] * 20, start=200)]
    model = changed_model(LEAD_30)
    funnel = open_funnel(small_history(rows, as_of="2024-08-12", model=model), track="new")
    node = conversion_node(funnel, step=STEP, tests=4)
    assert node.now is not None
    assert node.now.rate == pytest.approx(5 / 6, abs=0.15)
    assert node.now.stop == day(START) + 220
    # Without them the level is what it was.
    before = [row for row in rows if row["journey"] < 10_000]
    funnel = open_funnel(small_history(before, as_of="2024-08-12", model=model), track="new")
    assert conversion_node(funnel, step=STEP, tests=4).now.rate == pytest.approx(1 / 3, abs=0.02)  # type: ignore[union-attr]


def test_a_target_dated_by_periods_or_too_little_is_no_node() -> None:
    assert conversion_node(opened(days=80, per_day=1), step=STEP, tests=4).why == "few"
    assert conversion_node(opened(days=60), step=STEP, tests=4).status == "not_enough_history"
    dated = conversion_node(opened(prec=3), step=STEP, tests=4)
    assert (dated.status, dated.why) == ("refused", "dated_by_period")


@pytest.mark.parametrize(
    ("unit", "stage_to", "expected"),
    [("share", "meeting", 0.7), ("count", "meeting", None), ("share", "won", None)],
)
def test_a_target_belongs_to_its_step_and_is_a_share(
    unit: str, stage_to: str, expected: float | None
) -> None:
    metric = (
        '\n[[metrics]]\ncode = "m"\nlabel = { en = "M", ja = "指標" }\ndepartment = "marketing"\n'
        f'unit = "{unit}"\nstage_from = "lead"\nstage_to = "{stage_to}"\ntarget = 0.7\n'
    )
    node = conversion_node(opened(model=changed_model(more=metric)), step=STEP, tests=4)
    assert node.target == expected
    assert node.reference_kind == ("target" if expected else "baseline")


# ------------------------------------------------------- volume


def test_volume_is_first_passes_a_week() -> None:
    node = volume_node(opened(), tests=4)
    assert (node.kind, node.step, node.status) == ("volume", "lead", "ok")
    assert node.now is not None
    assert node.now.rate == pytest.approx(7 * PER_DAY, rel=0.12)
    assert not node.season_known


def test_recycled_passes_are_no_demand() -> None:
    rows = lead_rows([(3, 1)] * 200)
    once = volume_node(open_funnel(small_history(rows), track="new"), tests=4)
    gone = [row | {"account": row["journey"]} for row in rows]
    back = [
        {**row, "journey": row["journey"] + 5000, "account": row["account"], "stage": 1}
        for row in gone
        if row["stage"] == 1
    ]
    recycled = [{**row, "stage": 6, "at_us": row["at_us"] + 1} for row in gone if row["stage"] == 1 and row["journey"] % 3 == 0]  # fmt: skip
    later = [row | {"at_us": row["at_us"] + 2} for row in back if (row["journey"] - 5000) % 3 == 0]
    again = volume_node(open_funnel(small_history([*gone, *recycled, *later]), track="new"), tests=4)  # fmt: skip
    assert again.n == once.n


def test_too_few_leads_or_weeks_are_no_volume() -> None:
    assert volume_node(opened(days=80), tests=4).why == "few"
    rows = alike(1, 19, START, {"lead": 0, "meeting": 2}, every=10)
    assert volume_node(open_funnel(small_history(rows), track="new"), tests=4).status == "not_enough_history"  # fmt: skip


def test_season_is_unknown_within_two_years() -> None:
    weeks = day("2023-01-02") + 7 * np.arange(103)
    assert season_index(weeks, np.arange(103.0)).tolist() == [1.0] * 103


def test_season_finds_months_that_are_always_weak_and_nothing_else() -> None:
    weeks = day("2022-01-03") + 7 * np.arange(208)
    months = (weeks + 3).astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weak = np.where(months == 7, 0.5, 1.0)  # August
    index = season_index(weeks, 100 * weak)
    assert index[months == 7] / index[months != 7].mean() == pytest.approx(0.5, abs=0.02)
    flat = season_index(weeks, np.full(208, 100.0))
    assert flat == pytest.approx(np.ones(208))


def test_season_is_taken_out_of_the_volume() -> None:
    """Half as many in the last months of each year is no fall."""
    daily = [(2 if (i % 365) >= 274 else 4, 1) for i in range(365 * 3)]
    funnel = open_funnel(small_history(lead_rows(daily), as_of="2026-12-30"), track="new")
    node = volume_node(funnel, tests=4)
    assert node.season_known
    assert node.now is not None
    assert node.reference is not None
    assert node.now.rate == pytest.approx(node.reference.rate, rel=0.05)


def test_lumpy_weeks_don_t_hide_a_fall_that_months_show() -> None:
    """Every fourth week has a trade show. From week 78 of 100 on there's a third less of everything."""
    daily = []
    for on in range(700):
        shows, fallen = on // 7 % 4 == 0, on >= 546
        n = 12 if shows else 3
        daily.append((n * 2 // 3 if fallen else n, 1))
    funnel = open_funnel(small_history(lead_rows(daily), as_of="2025-11-30"), track="new")
    node = volume_node(funnel, tests=4)
    assert (node.reference_kind, node.changed_on is not None) == ("best_past", True)
    assert abs(node.changed_on - (day(START) + 546)) <= 28  # type: ignore[operator]
    assert node.now.rate / node.reference.rate == pytest.approx(2 / 3, abs=0.05)  # type: ignore[union-attr]


# ------------------------------------------------------- value


def test_the_value_of_wins_now_and_before() -> None:
    node = value(opened(changes={"value": Change(350, 0.6)}))
    assert (node.kind, node.step, node.reference_kind) == ("value", "won", "best_past")
    assert node.now is not None
    assert node.reference is not None
    assert node.values is not None
    assert node.now.rate == pytest.approx(0.6 * AMOUNT, rel=0.1)
    assert node.reference.rate == pytest.approx(AMOUNT, rel=0.1)
    # What is drawn from are the single values of the same stretches.
    assert [part.mean() for part in node.values] == [pytest.approx(node.now.rate), pytest.approx(node.reference.rate)]  # fmt: skip
    assert [part.size for part in node.values] == [node.now.exposure, node.reference.exposure]


def test_a_large_deal_now_and_then_is_no_change_of_value() -> None:
    funnel = opened()
    values = win_values(funnel.history, track="new")
    large = values.value.copy()
    large[50::150] *= 30
    node = value_node(funnel, values=replace(values, value=large), stage="won", tests=4)
    assert node.reference_kind == "baseline"


def test_wins_without_amounts_or_too_few_are_no_value() -> None:
    assert value(opened(amounts=False)).why == "no_amounts"
    assert value(opened(days=100, per_day=1)).why == "few"
