"""The journeys behind a number are as many as the number says, and the right ones."""

from __future__ import annotations

from small_history import LEAD, LOST, MEETING, Row, changed_model, day, entry, small_history, tokyo

from kyogyo.analytics import behind
from kyogyo.analytics.events import DAY, History
from kyogyo.analytics.funnel import open_funnel, rate_of
from kyogyo.analytics.stalls import StallLimit, stall_limits, stalled
from kyogyo.period import Span

_LEAD = 'label = { en = "Lead", ja = "リード" }, department = "marketing" }'
WITHIN_10 = changed_model(
    (_LEAD, _LEAD.replace('"marketing" }', '"marketing", horizon_days = 10, expected_days = 5 }'))
)
APRIL = Span(day("2026-04-01"), day("2026-05-01"))


def rows() -> list[Row]:
    """1 meets in 4 days, 2 in 20, 3 is lost, 4 stays a lead; 5 came in March; 6 comes back to be a lead."""
    return [
        *(entry(j, LEAD, f"2026-04-0{j} 10:00") for j in (1, 2, 3, 4)),
        entry(1, MEETING, "2026-04-05 10:00"),
        entry(2, MEETING, "2026-04-22 10:00"),
        entry(3, LOST, "2026-04-08 10:00"),
        entry(5, LEAD, "2026-03-05 10:00"),
        entry(6, LEAD, "2026-04-10 10:00"),
        entry(6, MEETING, "2026-04-11 10:00"),
        entry(6, LEAD, "2026-04-12 10:00"),
    ]


def history() -> History:
    return small_history(rows(), as_of="2026-04-30", model=WITHIN_10)


def test_who_is_in_a_stage_longest_first() -> None:
    assert behind.in_stages(history(), track="new", stages=("lead",)).tolist() == [5, 4, 6]


def test_who_came_twice_is_there_once() -> None:
    found = behind.entered(history(), track="new", stages=("lead",), span=APRIL)
    assert found.tolist() == [1, 2, 3, 4, 6]


def test_who_came_in_came_from_outside_the_stages() -> None:
    found = behind.came_in(history(), track="new", stages=("meeting", "won"), span=APRIL)
    assert found.tolist() == [1, 6, 2]
    again = behind.came_in(history(), track="new", stages=("lead", "meeting"), span=APRIL)
    assert again.tolist() == [1, 2, 3, 4, 6]


def test_step_splits_into_those_who_went_on_in_time_ended_and_the_others() -> None:
    whole = history()
    funnel = open_funnel(whole, track="new")
    counts = funnel.steps["lead>meeting"]
    went, ended, others = behind.cohort_of(whole, counts=counts, span=APRIL, horizon=10)

    assert (went.tolist(), ended.tolist(), others.tolist()) == ([1, 6], [3], [2, 4])
    april = counts.clean().keep((counts.entered >= APRIL.start) & (counts.entered < APRIL.stop))
    rate = rate_of(april, horizon=10)
    assert (rate.n, rate.k) == (5, 2)


def test_stalled_are_those_in_it_for_longer_than_the_limit() -> None:
    whole = history()
    limits = stall_limits(whole, track="new")

    assert limits["lead"] == StallLimit(5 * 86_400.0, "declared")
    assert stalled(whole, track="new", limits=limits)["lead"] == 3
    found = behind.stalled_in(whole, track="new", limits=limits, stages=("lead", "meeting"))
    assert found.tolist() == [5, 4, 6]


def test_exactly_at_the_limit_is_not_over_it() -> None:
    at = tokyo("2026-04-30 23:59") - 5 * DAY
    on, over = entry(1, LEAD, at), entry(2, LEAD, at - 1)
    whole = small_history([on, over, entry(3, MEETING, at)], as_of="2026-04-30", model=WITHIN_10)
    found = behind.stalled_in(
        whole, track="new", limits=stall_limits(whole, track="new"), stages=("lead",)
    )
    assert found.tolist() == [2]


def test_limit_is_the_own_median_where_none_is_declared() -> None:
    moves = [
        row
        for j in range(1, 31)
        for row in (entry(j, LEAD, "2026-04-01 10:00"), entry(j, MEETING, "2026-04-04 10:00"))
    ]
    whole = small_history([*moves, entry(40, LEAD, "2026-04-01 10:00")], as_of="2026-04-30")
    limits = stall_limits(whole, track="new")

    assert limits == {"lead": StallLimit(3 * 86_400.0, "median")}
    assert stalled(whole, track="new", limits=limits) == {"lead": 1}


def test_without_limits_nothing_is_counted_as_stalled() -> None:
    assert stalled(history(), track="new", limits={}) == {}
    assert behind.stalled_in(history(), track="new", limits={}, stages=("lead",)).size == 0
