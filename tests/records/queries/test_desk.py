"""What lies on a desk, from rows; the order itself is tested in test_priority."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kyogyo.records.actions import claims, commitments, decisions, journeys, offers, stages
from kyogyo.records.models import Handoff, Journey, StageEntry
from kyogyo.records.queries.desk import desk_for
from kyogyo.records.queries.priority import Band
from kyogyo.records.queries.team_desk import exceptions_for, open_desk, summary_for
from tests.records.people import MONDAY, Company, make_account, make_journey

NOW = MONDAY + timedelta(hours=2)  # Monday noon in Tokyo
TODAY = date(2026, 4, 6)


def _journey(company: Company, name: str, **fields: object) -> Journey:
    return make_journey(
        company,
        **{"stage": "qualifying", "owner": "inside", "account": make_account(name=name), **fields},  # type: ignore[arg-type]
    )


def _bands(company: Company, who: str, now: datetime = NOW) -> list[tuple[str, Band]]:
    desk = desk_for(company.actor(who), now=now)
    return [(place.journey.account.name, place.reason.band) for place in desk.places]


def test_desk_orders_places_by_their_first_reason(company: Company) -> None:
    today, past, promised = (_journey(company, name) for name in ("Today", "Past", "Promised"))
    for journey, due in ((today, TODAY), (past, TODAY - timedelta(days=3))):
        journeys.plan_next_step(
            actor=company.as_inside, journey_id=journey.pk, text="Call", due_on=due, now=MONDAY
        )
    commitments.promise(
        actor=company.as_inside,
        journey_id=promised.pk,
        text="A price list",
        due_on=TODAY - timedelta(days=1),
        now=MONDAY,
    )

    assert _bands(company, "inside") == [
        ("Promised", Band.PROMISE_OVER),
        ("Past", Band.STEP_PAST),
        ("Today", Band.STEP_TODAY),
    ]


def test_what_was_handed_to_me_lies_on_my_desk_and_waits_on_theirs(company: Company) -> None:
    journey = _offer(company)

    field = desk_for(company.as_field, now=NOW)
    inside = desk_for(company.as_inside, now=NOW)
    assert [(place.act, place.reason.band) for place in field.places] == [
        ("decide", Band.HANDED_TO_ME)
    ]
    assert [place.journey.pk for place in inside.places] == [journey.pk]


def test_what_was_sent_back_is_to_be_completed(company: Company) -> None:
    _offer(company)
    decisions.need_work(
        actor=company.as_field,
        handoff_id=Handoff.objects.get().pk,
        words="Who decides?",
        now=NOW,
    )

    place = desk_for(company.as_inside, now=NOW).places[0]
    assert (place.act, place.reason.text.en) == (
        "complete",
        "Field sales asks for more: Who decides?",
    )


def test_what_was_sent_back_comes_before_a_report_that_is_owed(company: Company) -> None:
    lead = _journey(company, "Both", stage="mql", owner="marketer")
    claims.answer_question(
        actor=company.as_marketer, journey_id=lead.pk, question="needs", is_unknown=True, now=MONDAY
    )
    given = offers.offer_handoff(
        actor=company.as_marketer, journey_id=lead.pk, why_now="Now", now=MONDAY,
        receiver_user_id=company.users["inside"].pk,
    )  # fmt: skip
    decisions.accept_handoff(actor=company.as_inside, handoff_id=given.pk, now=MONDAY)
    assert [place.act for place in desk_for(company.as_inside, now=NOW).places] == ["result"]

    for stage in ("qualifying", "meeting_set"):
        stages.enter_stage(
            actor=company.as_inside,
            journey_id=lead.pk,
            stage=stage,
            override_reason="x",
            now=MONDAY,
        )
    offered = offers.offer_handoff(
        actor=company.as_inside, journey_id=lead.pk, why_now="Now", now=MONDAY,
        receiver_user_id=company.users["field"].pk, override_reason="x",
    )  # fmt: skip
    decisions.return_handoff(
        actor=company.as_field, handoff_id=offered.pk, reason="no_next_step", words="No date",
        now=NOW,
    )  # fmt: skip
    place = desk_for(company.as_inside, now=NOW).places[0]
    assert (place.act, [one.text.en for one in place.reasons if one.band == Band.HANDED_TO_ME]) == (
        "complete",
        ["Field sales returned it: No next step agreed / No date"],
    )


def test_a_reaction_is_hot_until_something_follows(company: Company) -> None:
    journey = _journey(company, "Warm")
    journeys.log_activity(
        actor=company.as_inside, journey_id=journey.pk, kind="mail", is_two_way=True, now=MONDAY
    )
    assert _bands(company, "inside") == [("Warm", Band.HOT)]

    journeys.plan_next_step(
        actor=company.as_inside,
        journey_id=journey.pk,
        text="Answer",
        due_on=TODAY + timedelta(days=2),
        now=MONDAY + timedelta(hours=1),
    )
    assert _bands(company, "inside") == []


def test_ended_journeys_and_those_of_others_are_no_places(company: Company) -> None:
    ended = _journey(company, "Ended")
    Journey.objects.filter(pk=ended.pk).update(stage="lost", stage_type="lost")
    _journey(company, "Other", stage="discovery", owner="field")

    assert _bands(company, "inside") == []


def test_exceptions_count_what_is_stalled_past_unplanned_and_overridden(company: Company) -> None:
    journey = _journey(company, "Slow", at=NOW - timedelta(days=20))
    for cause, missing in (("person", "buyer_answered"), ("import", "fit_and_interest")):
        StageEntry.objects.create(
            journey=journey,
            stage="qualifying",
            at=NOW,
            recorded_at=NOW,
            cause=cause,
            missing=[missing],
            override_reason="They know us",
            model_version=company.version,
        )

    found = exceptions_for(company.as_manager, now=NOW)
    assert [one.says.en for one in found.stalled] == ["20 days in In conversation, expected 14"]
    assert (found.stalled_count, found.past_count, found.unplanned_count) == (1, 0, 1)
    assert [one.missing[0].en for one in found.overrides] == [
        "The buyer answered by phone, mail or in person"
    ]


def test_summary_counts_by_department(company: Company) -> None:
    _journey(company, "A")
    _journey(company, "B", stage="discovery", owner="field")

    found = summary_for(company.as_viewer, now=NOW)
    assert [(one.code, one.open) for one in found.reaches] == [
        ("marketing", 0),
        ("inside_sales", 1),
        ("field_sales", 1),
        ("customer_success", 0),
    ]


def test_each_role_gets_its_kind_of_desk(company: Company) -> None:
    kinds = {
        who: (found.queue is not None, found.exceptions is not None, found.summary is not None)
        for who in ("inside", "manager", "revops", "viewer")
        for found in [open_desk(company.actor(who), now=NOW)]
    }

    assert kinds == {
        "inside": (True, False, False),
        "manager": (True, True, False),
        "revops": (True, True, False),
        "viewer": (False, False, True),
    }


def _offer(company: Company) -> Journey:
    journey = _journey(company, "Offered", stage="meeting_set")
    for question in ("needs", "current_state", "deal_size", "timeframe", "next_step"):
        claims.answer_question(
            actor=company.as_inside,
            journey_id=journey.pk,
            question=question,
            is_unknown=True,
            now=MONDAY,
        )
    offers.offer_handoff(
        actor=company.as_inside,
        journey_id=journey.pk,
        why_now="Now",
        receiver_user_id=company.users["field"].pk,
        now=MONDAY,
    )
    return journey


def _ended(company: Company, *, on: date, owner: str = "inside") -> Journey:
    journey = _journey(company, "Later", owner=owner)
    stages.recycle(
        actor=company.as_admin, journey_id=journey.pk, reason="bad_timing", revisit_on=on,
        now=NOW - timedelta(hours=1),
    )  # fmt: skip
    return Journey.objects.get(pk=journey.pk)


def test_ended_journey_comes_back_on_the_day_to_look_again(company: Company) -> None:
    _ended(company, on=TODAY + timedelta(days=2))
    on_the_day, after = NOW + timedelta(days=2), NOW + timedelta(days=5)

    assert _bands(company, "inside", now=NOW + timedelta(days=1)) == []
    assert _bands(company, "inside", now=on_the_day) == [("Later", Band.REVISIT)]
    place = desk_for(company.as_inside, now=after).places[0]
    assert (place.act, place.reason.tone, place.reason.text.en, place.reason.text.ja) == (
        "reopen",
        "today",
        "To be looked at again 3 days ago: Bad timing",
        "見直しの日から3日経過：時期が合わない",
    )
    assert _bands(company, "field", now=after) == []


def test_ended_journey_that_was_opened_again_stays_off(company: Company) -> None:
    journey = _ended(company, on=TODAY + timedelta(days=2))
    made = journeys.reopen_journey(
        actor=company.as_inside, journey_id=journey.pk, now=NOW + timedelta(days=2)
    )

    found = desk_for(company.as_inside, now=NOW + timedelta(days=3)).places
    assert [place.journey.pk for place in found] == [made.pk]


def test_ended_journey_waits_until_what_was_planned_since(company: Company) -> None:
    journey = _ended(company, on=TODAY + timedelta(days=2))
    journeys.plan_next_step(
        actor=company.as_inside, journey_id=journey.pk, text="Ask again",
        due_on=TODAY + timedelta(days=9), now=NOW + timedelta(days=2),
    )  # fmt: skip

    assert _bands(company, "inside", now=NOW + timedelta(days=5)) == []
    assert _bands(company, "inside", now=NOW + timedelta(days=9)) == [("Later", Band.STEP_TODAY)]


def test_ended_journey_of_who_has_left_is_the_managers(company: Company) -> None:
    _ended(company, on=TODAY + timedelta(days=2), owner="field")
    assert _bands(company, "manager", now=NOW + timedelta(days=3)) == []

    company.users["field"].is_active = False
    company.users["field"].save()
    assert _bands(company, "manager", now=NOW + timedelta(days=3)) == [("Later", Band.REVISIT)]
    assert _bands(company, "inside", now=NOW + timedelta(days=3)) == []
