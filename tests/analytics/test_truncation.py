"""Recording that began late is found by what should be there; a slow start isn't taken for it."""

from __future__ import annotations

import pytest
from small_history import LEAD, LOST, MEETING, Row, day, entry, small_history, tokyo

from kyogyo.analytics.events import DAY
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.steps import Step, StepCounts, count_steps
from kyogyo.analytics.truncation import find_truncation, without_truncated

START = "2026-01-01"
DAYS = 200


def daily(
    *,
    every: int = 3,
    per_day: int = 2,
    from_day: int = 0,
    days: int = DAYS,
    prec: int = 1,
    stage: int = MEETING,
) -> list[Row]:
    """`per_day` leads a day; each `every`-th has a meeting after 5 to 11 days, recorded from `from_day` on."""
    rows = []
    for i in range(per_day * days):
        began = i // per_day
        rows.append(entry(i + 1, LEAD, tokyo(f"{START} 09:00") + began * DAY))
        met = began + 5 + i % 7
        if i % every == 0 and from_day <= met < days:
            rows.append(entry(i + 1, stage, tokyo(f"{START} 10:00") + met * DAY, prec=prec))
    return rows  # fmt: skip


def counts_of(rows: list[Row], *, as_of: str = "2026-07-19") -> StepCounts:
    history = small_history(rows, as_of=as_of)
    return count_steps(history, steps=(Step("new", "lead", "meeting"),))["lead>meeting"]


def test_recording_that_began_late_is_found_on_its_day() -> None:
    found = find_truncation(counts_of(daily(from_day=100)))
    assert found is not None
    assert (found.recorded_from, found.first_entry) == (day(START) + 100, day(START))
    assert (found.observed, found.left_out) == (0, 200)
    # Of 200 leads before, those of the first 92 days or so should have brought a third.
    assert found.expected == pytest.approx(92 * 2 / 3, rel=0.06)


@pytest.mark.parametrize("day_on", [0, 1, 4])
def test_recording_from_the_beginning_is_no_truncation(day_on: int) -> None:
    assert find_truncation(counts_of(daily(from_day=day_on))) is None


def test_a_slow_start_is_no_truncation() -> None:
    """A third as many at first: bad, but recorded."""
    early = [row for row in daily(every=9) if row["day"] < day(START) + 100]
    late = [row for row in daily(every=3) if row["day"] >= day(START) + 100]
    early_journeys = {row["journey"] for row in early}
    started = {row["journey"] for row in late if row["stage"] == LEAD}
    both = [*early, *(row for row in late if row["journey"] in started - early_journeys)]
    assert find_truncation(counts_of(both)) is None


def test_a_few_strays_before_the_recording_don_t_hide_it() -> None:
    """Two meetings out of 60 were entered by hand afterwards."""
    strays = [entry(4, MEETING, tokyo(f"{START} 10:00") + 30 * DAY), entry(40, MEETING, tokyo(f"{START} 10:00") + 60 * DAY)]  # fmt: skip
    found = find_truncation(counts_of([*daily(from_day=100), *strays]))
    assert found is not None
    assert (found.recorded_from, found.observed) == (day(START) + 100, 2)


def test_one_arrival_in_seven_of_what_should_be_there_is_a_slow_start() -> None:
    kept = [row for row in daily() if row["stage"] == LEAD or row["day"] >= day(START) + 100 or row["journey"] % 7 == 1]  # fmt: skip
    assert find_truncation(counts_of(kept)) is None


def test_a_slower_beginning_is_no_truncation() -> None:
    """Meetings took 40 days at first and take 5 now: none in the first weeks, but all of them in the end."""
    rows = []
    for i in range(2 * DAYS):
        began = i // 2
        rows.append(entry(i + 1, LEAD, tokyo(f"{START} 09:00") + began * DAY))
        if i % 2:
            met = began + (40 if began < 60 else 5)
            rows.append(entry(i + 1, MEETING, tokyo(f"{START} 10:00") + met * DAY))
    assert find_truncation(counts_of(rows)) is None


def test_too_few_to_say_is_no_truncation() -> None:
    assert find_truncation(counts_of(daily(from_day=100, every=20))) is None
    assert find_truncation(counts_of(daily(days=9))) is None


def test_nothing_observed_after_the_first_day_is_no_truncation() -> None:
    rows = [entry(j, LEAD, f"{START} 09:00") for j in range(1, 31)]
    met = [entry(j, MEETING, f"{START} 10:00") for j in range(1, 31)]
    assert find_truncation(counts_of([*rows, *met], as_of=START)) is None


def test_a_pause_in_the_middle_is_no_late_beginning() -> None:
    rows = [row for row in daily() if row["stage"] == LEAD or not 60 <= row["day"] - day(START) < 120]  # fmt: skip
    assert find_truncation(counts_of(rows)) is None


def test_truncated_steps_are_marked_and_targets_dated_by_periods_left_alone() -> None:
    late = counts_of(daily(from_day=100))
    marked, found = without_truncated({"lead>meeting": late})
    assert marked["lead>meeting"].clean_from == day(START) + 100
    assert marked["lead>meeting"].clean().n == 200
    assert set(found) == {"lead>meeting"}
    lumps = counts_of(daily(from_day=100, prec=3))
    assert without_truncated({"lead>meeting": lumps}) == ({"lead>meeting": lumps}, {})


def test_totals_are_clean_only_from_where_each_step_on_the_way_is() -> None:
    rows = daily(from_day=100)
    met = {row["journey"]: row["at_us"] for row in rows if row["stage"] == MEETING}
    won = [entry(j, 3, at + 3 * DAY) for j, at in met.items() if j % 2]
    funnel = open_funnel(small_history([*rows, *won], as_of="2026-07-19"), track="new")
    assert funnel.steps["lead>meeting"].clean_from == day(START) + 100
    assert funnel.totals["lead>won"].clean_from >= day(START) + 100
    # From a meeting on, everything was recorded.
    assert funnel.steps["meeting>won"].clean_from == -(10**9)
    assert set(funnel.clean_from()) >= {"lead>meeting"}


def test_losses_are_no_arrivals() -> None:
    assert find_truncation(counts_of([*daily(from_day=100, stage=LOST), entry(999, MEETING, START)])) is None  # fmt: skip
