"""The order of a desk, as the docstring of `priority` declares it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kyogyo.records.queries.priority import Band, Facts, Reason, RunningClock, order, span
from kyogyo.words import Text

NOW = datetime(2026, 4, 15, 3, 0, tzinfo=UTC)  # noon in Tokyo
TODAY = date(2026, 4, 15)
ZONE = "Asia/Tokyo"
DECIDE = Text(en="Acceptance", ja="受け入れの判断")

_LATE = {Band.CLOCK_OVER, Band.PROMISE_OVER, Band.STEP_PAST}
_TODAY = {Band.CLOCK_TODAY, Band.PROMISE_TODAY, Band.STEP_TODAY}


def _clock(hours: float) -> RunningClock:
    return RunningClock(
        label=DECIDE, due_at=NOW + timedelta(hours=hours), seconds_left=round(hours * 3600)
    )


def _first(facts: Facts) -> Reason:
    return order(facts, now=NOW, zone=ZONE)[0]


_days = st.integers(min_value=-400, max_value=400).map(lambda n: TODAY + timedelta(days=n))
_facts = st.builds(
    Facts,
    clocks=st.lists(st.integers(-300, 300).map(_clock), max_size=3).map(tuple),
    promises=st.lists(st.tuples(st.just("a price list"), _days), max_size=3).map(tuple),
    reacted_at=st.none() | st.integers(0, 200).map(lambda h: NOW - timedelta(hours=h)),
    next_step=st.just("call"),
    next_step_on=st.none() | _days,
    handed=st.none() | st.just(Text(en="Returned", ja="差し戻し")),
    answers_owed=st.lists(st.just(Text(en="Budget", ja="予算")), max_size=4).map(tuple),
    days_in_stage=st.none() | st.integers(0, 900),
    expected_days=st.none() | st.integers(0, 90),
    asks_for_a_plan=st.booleans(),
    touched_today=st.booleans(),
    revisit_on=st.none() | _days,
    ended=st.none() | st.just(Text(en="Bad timing", ja="時期が合わない")),
)


@given(_facts)
def test_reasons_of_a_place_are_in_order_and_repeatable(facts: Facts) -> None:
    found = order(facts, now=NOW, zone=ZONE)

    assert [reason.rank for reason in found] == sorted(reason.rank for reason in found)
    assert found == order(facts, now=NOW, zone=ZONE)


@given(_facts)
def test_each_reason_is_said_in_both_languages(facts: Facts) -> None:
    assert all(reason.text.en and reason.text.ja for reason in order(facts, now=NOW, zone=ZONE))


@given(st.lists(_facts, max_size=8))
def test_what_is_overdue_comes_before_what_is_due_today_and_that_before_the_rest(
    desk: list[Facts],
) -> None:
    places = sorted(
        (reasons for facts in desk if (reasons := order(facts, now=NOW, zone=ZONE))),
        key=lambda reasons: reasons[0].rank,
    )

    groups = [
        0
        if any(r.band in _LATE for r in place)
        else 1
        if any(r.band in _TODAY for r in place)
        else 2
        for place in places
        if place[0].band != Band.HOT
    ]
    assert groups == sorted(groups)


@given(_facts, _facts)
def test_more_to_do_never_lowers_a_place(one: Facts, other: Facts) -> None:
    both = replace(one, clocks=one.clocks + other.clocks, promises=one.promises + other.promises)
    less = order(one, now=NOW, zone=ZONE)

    if less:
        assert order(both, now=NOW, zone=ZONE)[0].rank <= less[0].rank


def test_nothing_known_is_no_place() -> None:
    assert order(Facts(), now=NOW, zone=ZONE) == ()


def test_a_step_planned_for_tomorrow_is_no_place() -> None:
    facts = Facts(next_step="call", next_step_on=date(2026, 4, 16), asks_for_a_plan=True)

    assert order(facts, now=NOW, zone=ZONE) == ()


def test_a_clock_over_says_by_how_much() -> None:
    reason = _first(Facts(clocks=(_clock(-3.5),)))

    assert (reason.band, reason.text.en, reason.text.ja) == (
        Band.CLOCK_OVER,
        "Acceptance: 3 h of working time over",
        "受け入れの判断：3時間（営業時間）超過",
    )


def test_a_clock_of_today_says_until_when() -> None:
    reason = _first(Facts(clocks=(_clock(2),)))

    assert (reason.band, reason.text.en) == (
        Band.CLOCK_TODAY,
        "Acceptance: 2 h of working time left, until 14:00",
    )


def test_a_clock_of_tomorrow_only_runs() -> None:
    assert _first(Facts(clocks=(_clock(20),))).band == Band.CLOCK_RUNS


def test_today_is_the_day_of_the_organisation() -> None:
    late_evening = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)  # the 15th in Tokyo

    found = order(Facts(next_step="call", next_step_on=TODAY), now=late_evening, zone=ZONE)

    assert [reason.band for reason in found] == [Band.STEP_TODAY]


def test_a_reaction_is_hot_for_three_days() -> None:
    fresh, cold = (Facts(reacted_at=NOW - timedelta(hours=hours)) for hours in (71, 73))

    assert [r.band for r in order(fresh, now=NOW, zone=ZONE)] == [Band.HOT]
    assert order(cold, now=NOW, zone=ZONE) == ()


def test_the_longest_over_comes_first() -> None:
    facts = Facts(promises=(("B", date(2026, 4, 14)), ("A", date(2026, 4, 1))))

    assert _first(facts).text.en == "Promise 14 days past its day: A"


def test_what_was_touched_today_is_not_asked_the_softer_questions() -> None:
    facts = Facts(
        answers_owed=(Text(en="Budget", ja="予算"),),
        days_in_stage=30,
        expected_days=7,
        asks_for_a_plan=True,
    )

    assert [r.band for r in order(facts, now=NOW, zone=ZONE)] == [
        Band.ANSWERS_OWED,
        Band.STALLED,
        Band.NOTHING_PLANNED,
    ]
    touched = Facts(
        answers_owed=facts.answers_owed, days_in_stage=30, expected_days=7, touched_today=True
    )
    assert order(touched, now=NOW, zone=ZONE) == ()


def test_spans_are_short() -> None:
    assert [
        span(59 * 60, is_business=True).ja,
        span(40 * 3600, is_business=True).en,
        span(47 * 3600, is_business=False).en,
        span(49 * 3600, is_business=False).en,
    ] == ["59分（営業時間）", "40 h of working time", "47 h", "2 days"]
