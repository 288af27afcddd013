"""Clocks are derived when they are read: running, met, missed, over; and the machine's clock can't break them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.records.actions.handoffs import (
    accept_handoff,
    file_result,
    need_work,
    offer_again,
    offer_handoff,
    return_handoff,
    withdraw_handoff,
)
from kyogyo.records.actions.journeys import log_activity, plan_next_step
from kyogyo.records.actions.stages import enter_stage
from kyogyo.records.models import Handoff, Journey, NextStep
from kyogyo.records.queries.calendar import hours_of
from kyogyo.records.queries.clocks import clocks_of, clocks_of_many, offer_clocks
from kyogyo.records.queries.model import current
from kyogyo.revenue_model import RevenueModel, default_model, parse_model
from tests.records.people import MONDAY, Company, default_text, make_journey

HOUR = timedelta(hours=1)
_MODEL = default_model()
TOKYO = ZoneInfo("Asia/Tokyo")


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def offered(company: Company, *, stage: str = "mql", by: str = "marketer") -> Handoff:
    journey = make_journey(company, stage=stage, owner=by)
    return offer_handoff(
        actor=company.actor(by),
        journey_id=journey.pk,
        why_now="Asked for a call",
        override_reason="Small test",
        now=MONDAY + HOUR,
    )


def states(
    handoff: Handoff, now: datetime, model: RevenueModel | None = None
) -> dict[str, tuple[str, int | None]]:
    readings = clocks_of(handoff, model=model or current().model, now=now)
    return {one.code: (one.state, one.seconds_left) for one in readings}


def test_offer_starts_the_clocks_of_the_receiver(company: Company) -> None:
    handoff = offered(company)

    assert states(handoff, MONDAY + 2 * HOUR) == {
        "handover": ("met", None),
        "first_response": ("running", 3_600),
        "decision": ("running", 17 * 3_600),
        "feedback": ("not_started", None),
        "meeting": ("not_started", None),
    }


def test_reading_says_when_it_is_due_and_whose_it_is(company: Company) -> None:
    handoff = offered(company)
    reading = clocks_of(handoff, model=current().model, now=MONDAY + 2 * HOUR)[2]

    assert (reading.label.ja, reading.owner, reading.until, reading.is_business) == (
        "受け入れの判断", "inside_sales", "decision", True,
    )  # fmt: skip
    # Offered on Monday at 11, eighteen open hours: two days of nine.
    assert (reading.starts_at, reading.due_at) == (MONDAY + HOUR, tokyo("2026-04-08 11:00"))
    assert reading.seconds_used == 3_600


def test_clock_that_nobody_stopped_is_over_by_open_hours(company: Company) -> None:
    handoff = offered(company)

    assert states(handoff, tokyo("2026-04-07 10:00"))["first_response"] == ("overdue", -21_600)


def test_first_contact_is_a_call_of_the_receiver_not_a_note_of_theirs(company: Company) -> None:
    handoff = offered(company)
    for name, kind in (("marketer", "call"), ("inside", "note")):
        log_activity(
            actor=company.actor(name), journey_id=handoff.journey_id, kind=kind, now=MONDAY + HOUR
        )
    assert states(handoff, MONDAY + 2 * HOUR)["first_response"] == ("running", 3_600)

    log_activity(
        actor=company.as_inside, journey_id=handoff.journey_id, kind="call", now=MONDAY + 2 * HOUR
    )
    assert states(handoff, MONDAY + 9 * HOUR)["first_response"] == ("met", None)


def test_late_decision_is_missed_and_the_result_is_due_from_then(company: Company) -> None:
    handoff = offered(company)
    late = tokyo("2026-04-08 12:00")
    accept_handoff(
        actor=company.as_inside, handoff_id=handoff.pk, override_reason="Small test", now=late
    )

    found = states(handoff, late + HOUR)
    # Noon to one o'clock: open hours know no lunch here. 27 hours for the feedback, 45 for the meeting.
    assert (found["decision"], found["feedback"], found["meeting"]) == (
        ("missed", None), ("running", 26 * 3_600), ("running", 44 * 3_600),
    )  # fmt: skip
    file_result(actor=company.as_inside, handoff_id=handoff.pk, now=late + 2 * HOUR)
    assert states(handoff, late + 90 * HOUR)["feedback"] == ("met", None)


def test_decision_waits_for_the_meeting(company: Company) -> None:
    handoff = offered(company, stage="meeting_set", by="inside")
    friday = tokyo("2026-04-10 15:00")
    assert states(handoff, friday)["acceptance"] == ("not_started", None)
    enter_stage(
        actor=company.as_inside,
        journey_id=handoff.journey_id,
        stage="pending_acceptance",
        override_reason="Small test",
        now=friday,
    )

    assert states(handoff, friday)["acceptance"] == ("running", 8 * 3_600)
    # Three hours on Friday, five on Monday.
    assert states(handoff, tokyo("2026-04-13 14:00"))["acceptance"] == ("running", 0)
    assert states(handoff, tokyo("2026-04-13 14:01"))["acceptance"] == ("overdue", -60)


def test_clocks_of_what_was_withdrawn_in_time_are_gone(company: Company) -> None:
    handoff = offered(company)
    withdraw_handoff(actor=company.as_marketer, handoff_id=handoff.pk, now=MONDAY + 2 * HOUR)

    assert states(handoff, MONDAY + 900 * HOUR) == {"handover": ("met", None)}


def test_request_for_more_work_starts_the_clock_of_the_giver(company: Company) -> None:
    handoff = offered(company, stage="won", by="field")
    need_work(actor=company.as_success, handoff_id=handoff.pk, words="Goal?", now=MONDAY + 2 * HOUR)
    assert states(handoff, MONDAY + 3 * HOUR) == {
        "handover": ("met", None),
        "acceptance": ("met", None),
        "resubmission": ("running", 17 * 3_600),
        "kickoff": ("not_started", None),
    }
    offer_again(
        actor=company.as_field,
        handoff_id=handoff.pk,
        why_now="Goal is known",
        override_reason="Small test",
        now=MONDAY + 4 * HOUR,
    )

    handoff.refresh_from_db()
    found = states(handoff, MONDAY + 5 * HOUR)
    assert (found["acceptance"], found["resubmission"]) == (
        ("running", 17 * 3_600), ("met", None),
    )  # fmt: skip


def test_no_show_starts_the_clock_for_a_new_date(company: Company) -> None:
    handoff = offered(company, stage="meeting_set", by="inside")
    return_handoff(
        actor=company.as_field, handoff_id=handoff.pk, reason="no_show", words="Nobody", now=MONDAY + 2 * HOUR
    )  # fmt: skip

    handoff.refresh_from_db()
    assert states(handoff, MONDAY + 3 * HOUR) == {
        "notice": ("met", None),
        "acceptance": ("met", None),
        "rebooking": ("running", 89 * 3_600),
    }


def test_journey_that_should_be_offered_has_a_clock_too(company: Company) -> None:
    waiting = make_journey(company, stage="mql", owner="marketer")
    other = make_journey(company, stage="qualifying", owner="inside")
    done = offered(company)
    found = offer_clocks(Journey.objects.all(), model=current().model, now=MONDAY + HOUR)

    assert sorted(found) == [waiting.pk]
    (reading,) = found[waiting.pk]
    assert (reading.code, reading.owner, reading.state, reading.seconds_left) == (
        "handover", "marketing", "running", 7 * 3_600 + 3_600,
    )  # fmt: skip
    assert {other.pk, done.journey_id} & set(found) == set()


def test_calendar_clock_counts_every_hour(company: Company) -> None:
    text = default_text().replace('hours = 2\nbasis = "business"', 'hours = 2\nbasis = "calendar"')
    handoff = offered(company)
    model = parse_model(text, name="model.toml")

    saturday = tokyo("2026-04-11 11:00")
    assert states(handoff, saturday, model)["first_response"] == ("overdue", -(5 * 24 - 2) * 3_600)


def test_as_many_queries_for_many_handoffs_as_for_one(
    company: Company, django_assert_num_queries: object
) -> None:
    rows = [offered(company) for _ in range(5)]
    model = current().model
    for some in (rows[:1], rows):
        with django_assert_num_queries(4):  # type: ignore[operator]
            assert len(clocks_of_many(some, model=model, now=MONDAY)) == len(some)


# ------------------------------------------------ the machine's clock (check 17)


@pytest.mark.parametrize("step", [-25 * HOUR, -HOUR, HOUR, 25 * HOUR])
def test_clock_that_is_set_wrong_never_makes_time_negative_or_more_than_given(
    company: Company, step: timedelta
) -> None:
    handoff = offered(company)
    for reading in clocks_of(handoff, model=current().model, now=MONDAY + HOUR + step):
        assert reading.seconds_used >= 0
        if reading.state == "running":
            given = {"first_response": 2, "decision": 18}[reading.code] * 3_600
            assert 0 <= (reading.seconds_left or 0) <= given


@given(
    start=st.datetimes(datetime(2025, 12, 20), datetime(2026, 12, 31)),  # noqa: DTZ001 -- zones are drawn beside
    steps=st.lists(st.integers(-7_200, 400_000), min_size=1, max_size=6),
    zone=st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London", "Pacific/Apia"]),
)
def test_clock_read_in_any_zone_at_any_step_is_the_same_and_runs_forward(
    start: datetime, steps: list[int], zone: str
) -> None:
    """Over a year's end, holidays and summer time: later is never earlier in business time."""
    hours = hours_of(_MODEL)
    begin = start.replace(tzinfo=UTC)

    def micros(moment: datetime) -> int:
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    due = hours.add(micros(begin), 18 * 3_600)
    seen = []
    for step in sorted(steps):
        now = begin + timedelta(seconds=step)
        here = micros(now.astimezone(ZoneInfo(zone)))
        assert here == micros(now)
        seen.append(hours.seconds_between(micros(begin), here))
        left, over = hours.seconds_between(here, due), hours.seconds_between(due, here)
        assert min(left, over) == 0
        assert (over > 0) <= (here > due)
    assert seen == sorted(seen)
    assert min(seen) >= 0


def test_order_of_events_stands_when_the_clock_goes_back(company: Company) -> None:
    handoff = offered(company)
    accept_handoff(
        actor=company.as_inside,
        handoff_id=handoff.pk,
        override_reason="Small test",
        now=MONDAY - 24 * HOUR,
    )
    events = list(handoff.events.order_by("id").values_list("kind", "at"))
    handoff.refresh_from_db()

    assert events == [("offered", MONDAY + HOUR), ("accepted", MONDAY + HOUR)]
    entries = list(handoff.journey.entries.order_by("id").values_list("at", flat=True))
    assert entries == sorted(entries)
    assert states(handoff, MONDAY - 30 * HOUR)["decision"] == ("met", None)


def test_due_time_over_the_new_year_skips_the_days_off(company: Company) -> None:
    text = default_text().replace(
        "extra_holidays = []", "extra_holidays = [2026-12-29, 2026-12-30, 2026-12-31, 2027-01-04]"
    )
    model = parse_model(text, name="model.toml")
    journey = make_journey(company, stage="mql", owner="marketer", at=MONDAY)
    handoff = offer_handoff(
        actor=company.as_marketer,
        journey_id=journey.pk,
        why_now="Asked",
        override_reason="Small test",
        now=tokyo("2026-12-28 17:00"),
    )
    due = {one.code: one.due_at for one in clocks_of(handoff, model=model, now=MONDAY)}
    # One hour on the 28th; the 1st is a holiday, the 2nd and 3rd a weekend, the 4th a day off.
    assert due["first_response"] == tokyo("2027-01-05 10:00")


# ------------------------------------------------ a meeting with a time of day


def accepted_with_meeting(company: Company, *appointments: tuple[str, str, datetime]) -> Handoff:
    """Accepted on Monday at 12:00 in Tokyo; each appointment: its day, its time, when it was set."""
    handoff = offered(company, stage="meeting_set", by="inside")
    for day, clock, set_at in (("", "", MONDAY), *appointments):
        if day:
            plan_next_step(
                actor=company.as_inside, journey_id=handoff.journey_id, text="First meeting",
                due_on=date.fromisoformat(day), due_time=time.fromisoformat(clock), now=set_at,
            )  # fmt: skip
    accept_handoff(
        actor=company.as_field,
        handoff_id=handoff.pk,
        override_reason="Known",
        now=MONDAY + 2 * HOUR,
    )
    return handoff


def result_clock(handoff: Handoff, now: datetime) -> tuple[str, datetime | None]:
    reading = next(
        one for one in clocks_of(handoff, model=current().model, now=now) if one.until == "result"
    )
    return reading.state, reading.starts_at


def test_the_result_is_owed_from_the_time_of_the_meeting_on(company: Company) -> None:
    handoff = accepted_with_meeting(company, ("2026-04-10", "14:00", MONDAY))
    friday = tokyo("2026-04-10 14:00")

    assert result_clock(handoff, MONDAY + 72 * HOUR) == ("running", friday)
    file_result(actor=company.as_field, handoff_id=handoff.pk, words="Met", now=friday + HOUR)
    assert result_clock(handoff, friday + 99 * HOUR) == ("met", friday)


@pytest.mark.parametrize("due_time", [None, time(14)])
def test_a_day_alone_or_one_set_by_the_receiver_puts_nothing_off(
    company: Company, due_time: time | None
) -> None:
    handoff = accepted_with_meeting(company)
    plan_next_step(
        actor=company.as_field, journey_id=handoff.journey_id, text="Meeting",
        due_on=date(2026, 4, 10), due_time=due_time, now=MONDAY + 3 * HOUR,
    )  # fmt: skip

    assert result_clock(handoff, MONDAY + 72 * HOUR)[1] == MONDAY + 2 * HOUR


def test_a_meeting_moved_in_time_counts_and_the_one_after_it_does_not(company: Company) -> None:
    moved = ("2026-04-09", "10:00", MONDAY + HOUR)
    handoff = accepted_with_meeting(company, ("2026-04-10", "14:00", MONDAY), moved)
    held = tokyo("2026-04-09 10:00")
    assert result_clock(handoff, held)[1] == held

    plan_next_step(
        actor=company.as_field, journey_id=handoff.journey_id, text="Second meeting",
        due_on=date(2026, 4, 20), due_time=time(9), now=held + HOUR,
    )  # fmt: skip
    assert result_clock(handoff, held + HOUR)[1] == held


def test_after_nobody_came_the_new_date_counts(company: Company) -> None:
    handoff = accepted_with_meeting(company, ("2026-04-08", "10:00", MONDAY))
    held = tokyo("2026-04-08 10:00")
    file_result(
        actor=company.as_field, handoff_id=handoff.pk, met=False, next_step="Again",
        next_step_on=date(2026, 4, 14), next_step_time=time(15, 30), now=held + HOUR,
    )  # fmt: skip

    assert result_clock(handoff, held + 2 * HOUR) == ("running", tokyo("2026-04-14 15:30"))
    (row,) = NextStep.objects.filter(text="Again")
    journey = Journey.objects.get(pk=handoff.journey_id)
    assert journey.next_step_at == row.due_at == tokyo("2026-04-14 15:30")
