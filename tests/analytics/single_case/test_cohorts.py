"""From the counts of a step to the weeks of teams."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.single_case.cohorts import (
    entry_panel,
    first_monday,
    median_days,
    pattern_of,
    share_panel,
    whole_weeks,
)
from kyogyo.analytics.single_case.series import Measure
from kyogyo.words import Text
from tests.analytics.small_history import alike, day, small_history

MEASURE = Measure(Text(en="Conversion", ja="転換率"))
MONDAY = day("2026-01-05")


@pytest.fixture(scope="module")
def funnel() -> Funnel:
    """40 leads a week for ten weeks: 10 go on after 3 days, 10 after 9, 20 never. The last week began on 9 March."""
    rows, number = [], 1
    for week in range(10):
        start = (np.datetime64("2026-01-05") + 7 * week).astype(str)
        for moves in ({"lead": 0, "meeting": 3}, {"lead": 0, "meeting": 9}, {"lead": 0}, {"lead": 0}):  # fmt: skip
            rows += alike(number, 10, start, moves)
            number += 10
    return open_funnel(small_history(rows, as_of="2026-03-15"), track="new")


def test_share_panel_counts_by_week_of_entry_and_knows_what_is_still_to_come(funnel: Funnel) -> None:  # fmt: skip
    counts = funnel.steps["lead>meeting"]
    panel = share_panel(
        teams={"all": counts}, base=counts, horizon=10, first_day=MONDAY, weeks=10, measure=MEASURE
    )
    (team,) = panel.teams
    assert team.cases.tolist() == [40.0] * 10
    # Of the last week, six days old, only those after 3 days can have been seen.
    assert team.successes.tolist() == [20.0] * 9 + [10.0]
    assert team.maturity is not None
    assert np.round(team.maturity, 2).tolist() == [1.0] * 9 + [0.5]
    assert (panel.weeks[0], panel.weeks[-1]) == ("2026-01-05", "2026-03-09")


def test_share_panel_leaves_out_what_lies_outside_its_weeks(funnel: Funnel) -> None:
    counts = funnel.steps["lead>meeting"]
    panel = share_panel(
        teams={"all": counts}, base=counts, horizon=5, first_day=MONDAY + 7, weeks=2, measure=MEASURE
    )  # fmt: skip
    assert panel.successes.tolist() == [[10.0, 10.0]]
    assert panel.exposure.tolist() == [[40.0, 40.0]]


def test_entry_panel_counts_entries_over_seven_days(funnel: Funnel) -> None:
    counts = funnel.steps["lead>meeting"]
    measure = Measure(MEASURE.label, "up", "count")
    panel = entry_panel(teams={"all": counts}, first_day=MONDAY, weeks=11, measure=measure)
    assert panel.successes.tolist() == [[40.0] * 10 + [0.0]]
    assert panel.exposure.tolist() == [[7.0] * 11]


def test_median_days_is_of_those_who_go_on(funnel: Funnel) -> None:
    counts = funnel.steps["lead>meeting"]
    assert median_days(counts, horizon=10) == 3
    assert median_days(counts, horizon=2) is None


def test_pattern_begins_with_the_first_whole_week() -> None:
    switches = {
        "monday": ((MONDAY + 14, True),),
        "wednesday": ((MONDAY + 16, True),),
        "back": ((MONDAY + 7, True), (MONDAY + 21, False)),
        "never": (),
        "later": ((MONDAY + 70, True),),
    }
    rows = pattern_of(switches, first_day=MONDAY, weeks=5)
    assert rows.astype(int).tolist() == [
        [0, 0, 1, 1, 1],
        [0, 0, 0, 1, 1],
        [0, 1, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]


def test_weeks_are_whole_ones_from_monday() -> None:
    assert first_monday(date(2026, 4, 12)) == date(2026, 4, 6)
    assert [whole_weeks(first_day=MONDAY, until=MONDAY + days) for days in (-1, 5, 6, 13)] == [
        0,
        0,
        1,
        2,
    ]
