"""A handoff is a contract: offered with what is known, decided once, followed up by both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM, journeys_for
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.handoffs import (
    Answered,
    Settled,
    accept_handoff,
    file_result,
    need_work,
    offer_again,
    offer_handoff,
    return_handoff,
    withdraw_handoff,
)
from kyogyo.records.actions.stages import check_criterion, enter_stage
from kyogyo.records.models import AuditEvent, Claim, Handoff, HandoffEvent, Journey, Outbox
from kyogyo.records.queries.handoffs import inbox, outbox
from tests.records.people import MONDAY, Company, make_journey

HOUR = timedelta(hours=1)
AT_KICKOFF = ("success_measure", "commitments", "why_bought")
ASKED = ("needs", "timeframe", "current_state", "deal_size", "next_step")


def answer(company: Company, journey: Journey, *questions: str, by: str = "inside") -> None:
    kept = {"timeframe": "2026-10-31", "deal_size": "500000"}
    for question in questions:
        answer_question(
            actor=company.actor(by),
            journey_id=journey.pk,
            question=question,
            answer=kept.get(question, "known"),
            now=MONDAY,
        )


def meeting(company: Company) -> Journey:
    """A journey with its meeting set and what field sales must be told."""
    journey = make_journey(company, stage="meeting_set", owner="inside")
    answer(company, journey, *ASKED)
    return journey


def offer(company: Company, journey: Journey, *, by: str = "inside") -> Handoff:
    return offer_handoff(
        actor=company.actor(by), journey_id=journey.pk, why_now="Meeting on Friday", now=MONDAY
    )


def kinds(handoff: Handoff) -> list[tuple[str, int]]:
    return [(one.kind, one.round) for one in handoff.events.order_by("id")]


# ------------------------------------------------------------------ the giver


def test_offer_goes_to_the_receiving_team_with_what_is_known(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)

    assert (handoff.code, handoff.receiver_team, handoff.receiver_user, handoff.open_round) == (
        "inside_sales_to_field_sales", company.teams["field"], None, 1,
    )  # fmt: skip
    packet = handoff.events.get().packet
    assert packet == {
        "why_now": "Meeting on Friday",
        "claims": list(Claim.objects.order_by("id").values_list("id", flat=True)),
        "commitments": [],
        "activities": [],
        "missing": [],
        "override_reason": "",
        "next_step": "",
        "next_step_on": None,
        "next_step_at": None,
        "amount": None,
        "stage": "meeting_set",
    }


def test_offer_without_the_answers_lists_them_all(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    answer(company, journey, "needs", "deal_size")

    with pytest.raises(RuleError) as caught:
        offer(company, journey)

    assert caught.value.say("en") == (
        "It can't be offered to Field sales yet. This is still missing:\n"
        "- When it should be in use: Answer it, or say that it is unknown.\n"
        "- How it is done today, and what is wrong with that: Answer it, or say that it is unknown.\n"
        "- Next step and its date: Answer it, or say that it is unknown.\n"
        "Add it, or offer it with a reason that everybody will see."
    )
    assert Handoff.objects.count() == 0


def test_unknown_is_an_answer(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    for question in ASKED:
        answer_question(
            actor=company.as_inside, journey_id=journey.pk, question=question, is_unknown=True
        )

    assert (
        offer_handoff(actor=company.as_inside, journey_id=journey.pk, why_now="Friday")
        .events.get()
        .packet["missing"]
        == []
    )


def test_larger_deals_need_more_answers(company: Company) -> None:
    journey = meeting(company)
    Journey.objects.filter(pk=journey.pk).update(amount=1_000_000)

    with pytest.raises(RuleError, match="- Budget: "):
        offer(company, journey)


def test_offer_with_a_reason_names_what_is_missing(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    handoff = offer_handoff(
        actor=company.as_inside,
        journey_id=journey.pk,
        why_now="They asked for today",
        override_reason="The buyer leaves tomorrow",
        now=MONDAY,
    )

    packet = handoff.events.get().packet
    assert (sorted(packet["missing"]), packet["override_reason"]) == (
        sorted(ASKED), "The buyer leaves tomorrow",
    )  # fmt: skip


def test_stage_that_is_left_at_once_must_have_met_its_criteria(company: Company) -> None:
    signal = make_journey(company, stage="expansion_signal", owner="success", track="expansion")
    answer(company, signal, "needs", "timeframe", "deal_size", by="success")
    with pytest.raises(RuleError, match="The customer confirmed the need"):
        offer(company, signal, by="success")
    check_criterion(
        actor=company.as_success, journey_id=signal.pk, criterion="need_confirmed", now=MONDAY
    )
    assert offer(company, signal, by="success").receiver == "field_sales"


def test_what_the_acceptance_meets_is_not_asked_of_the_giver(company: Company) -> None:
    journey = make_journey(company, stage="won", owner="field")
    answer(company, journey, *ASKED, *AT_KICKOFF, by="field")
    handoff = offer(company, journey, by="field")

    assert (handoff.code, handoff.receiver) == ("field_sales_to_customer_success", "customer_success")  # fmt: skip


@pytest.mark.parametrize("name", ["success", "viewer", "outsider"])
def test_others_do_not_offer(company: Company, name: str) -> None:
    journey = meeting(company)

    with pytest.raises((NotAllowedError, MissingRecordError)):
        offer(company, journey, by=name)


def test_second_offer_is_refused_while_one_is_open(company: Company) -> None:
    journey = meeting(company)
    offer(company, journey)

    with pytest.raises(ConflictError):
        offer(company, journey)


def test_offer_says_why_now(company: Company) -> None:
    with pytest.raises(RuleError, match="Why now"):
        offer_handoff(actor=company.as_inside, journey_id=meeting(company).pk, why_now=" ")


def test_offer_from_a_stage_without_handoff_says_where_they_begin(company: Company) -> None:
    journey = make_journey(company, stage="evaluation", owner="field")

    with pytest.raises(RuleError) as caught:
        offer(company, journey, by="field")

    assert caught.value.say("ja") == (
        "「検証・比較」からの引き継ぎはありません。この商流の引き継ぎは「MQL」、「商談設定」、「受注」から始まります。"
    )


def test_offer_to_somebody_of_another_department_is_refused(company: Company) -> None:
    with pytest.raises(RuleError, match="doesn't work in Field sales"):
        offer_handoff(
            actor=company.as_inside,
            journey_id=meeting(company).pk,
            why_now="Friday",
            receiver_user_id=company.success.pk,
        )


def test_withdrawn_offer_awaits_nothing_and_can_be_made_anew(company: Company) -> None:
    journey = meeting(company)
    first = offer(company, journey)
    withdraw_handoff(actor=company.as_inside, handoff_id=first.pk, words="Too early", now=MONDAY)
    second = offer(company, journey)

    assert kinds(first) == [("offered", 1), ("withdrawn", 1)]
    assert (second.pk != first.pk, kinds(second)) == (True, [("offered", 1)])


# --------------------------------------------------------------- the receiver


def test_accepting_gives_the_journey_to_the_receiver_and_enters_the_stage(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    accept_handoff(
        actor=company.as_field,
        handoff_id=handoff.pk,
        words="Good",
        criteria=("meeting_held", "next_step_dated"),
        now=MONDAY + HOUR,
    )

    journey.refresh_from_db()
    entry = journey.entries.order_by("id").last()
    assert entry is not None
    assert (journey.owner, journey.team, journey.stage) == (
        company.field, company.teams["field"], "discovery",
    )  # fmt: skip
    assert (entry.stage, entry.owner, entry.department, entry.missing, entry.at) == (
        "discovery", company.field, "field_sales", [], MONDAY + HOUR,
    )  # fmt: skip
    assert kinds(handoff) == [("offered", 1), ("accepted", 1)]


def test_giver_still_sees_what_was_accepted_and_gets_the_credit(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    accept_handoff(
        actor=company.as_field, handoff_id=handoff.pk, override_reason="Known", now=MONDAY + HOUR
    )

    assert [one.pk for one in journeys_for(company.as_inside)] == [journey.pk]
    (row,) = outbox(actor=company.as_inside, now=MONDAY + HOUR).decided
    assert (row.state, row.credited_to, row.decided_by) == (
        "accepted", "Ichiro Inside", "Fumi Field",
    )  # fmt: skip


def test_accepting_without_the_criteria_needs_a_reason(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)

    with pytest.raises(RuleError, match="The meeting took place"):
        accept_handoff(actor=company.as_field, handoff_id=handoff.pk, now=MONDAY + HOUR)

    handoff.refresh_from_db()
    assert (handoff.open_round, kinds(handoff)) == (1, [("offered", 1)])
    accept_handoff(
        actor=company.as_field, handoff_id=handoff.pk, override_reason="Met at the fair", now=MONDAY + HOUR
    )  # fmt: skip
    entry = journey.entries.order_by("id").last()
    assert entry is not None
    assert (sorted(entry.missing), entry.override_reason) == (
        ["meeting_held", "next_step_dated"], "Met at the fair",
    )  # fmt: skip


def test_waiting_stage_is_entered_once_it_is_offered(company: Company) -> None:
    journey = meeting(company)
    step = {"actor": company.as_inside, "journey_id": journey.pk, "now": MONDAY}
    check_criterion(**step, criterion="meeting_held", evidence="Calendar")
    with pytest.raises(RuleError):
        enter_stage(**step, stage="pending_acceptance")
    offer(company, journey)
    enter_stage(**step, stage="pending_acceptance")

    journey.refresh_from_db()
    assert journey.stage == "pending_acceptance"


@pytest.mark.parametrize("name", ["inside", "success"])
def test_others_do_not_decide(company: Company, name: str) -> None:
    handoff = offer(company, meeting(company))

    with pytest.raises((NotAllowedError, MissingRecordError)):
        accept_handoff(actor=company.actor(name), handoff_id=handoff.pk)


def test_manager_of_the_receiver_decides_for_them(company: Company) -> None:
    journey = meeting(company)
    handoff = offer_handoff(
        actor=company.as_inside,
        journey_id=journey.pk,
        why_now="Friday",
        receiver_user_id=company.field.pk,
        now=MONDAY,
    )
    accept_handoff(
        actor=company.as_manager, handoff_id=handoff.pk, override_reason="Fumi is ill", now=MONDAY
    )

    journey.refresh_from_db()
    assert (journey.owner, handoff.events.last().by) == (company.field, company.manager)


def test_returning_leaves_it_with_the_giver_who_offers_again(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    return_handoff(
        actor=company.as_field, handoff_id=handoff.pk, reason="no_show", words="Nobody came", now=MONDAY + HOUR
    )  # fmt: skip
    journey.refresh_from_db()
    assert (journey.stage, journey.owner) == ("meeting_set", company.inside)
    (row,) = outbox(actor=company.as_inside, now=MONDAY + HOUR).sent_back
    assert (row.state, row.words) == ("returned", "Nobody came")

    again = offer(company, journey)
    assert again.pk == handoff.pk
    assert kinds(handoff) == [("offered", 1), ("returned", 1), ("offered", 2)]


def test_returning_for_a_reason_to_nurture_recycles_the_journey(company: Company) -> None:
    journey = make_journey(company, stage="mql", owner="marketer")
    answer(company, journey, "needs", by="marketer")
    handoff = offer(company, journey, by="marketer")
    return_handoff(
        actor=company.as_inside, handoff_id=handoff.pk, reason="bad_timing", words="Next year", now=MONDAY + HOUR
    )  # fmt: skip

    journey.refresh_from_db()
    entry = journey.entries.order_by("id").last()
    assert entry is not None
    assert (journey.stage, journey.owner, entry.reason, entry.our_view) == (
        "recycled", company.marketer, "bad_timing", "Next year",
    )  # fmt: skip
    assert entry.revisit_on == date(2026, 4, 6) + timedelta(days=60)
    assert kinds(handoff) == [("offered", 1), ("returned", 1)]


@pytest.mark.parametrize(
    ("reason", "stage"), [("no_authority", "disqualified"), ("student", "ineligible")]
)
def test_reason_says_where_a_returned_journey_ends(
    company: Company, reason: str, stage: str
) -> None:
    journey = make_journey(company, stage="mql", owner="marketer")
    answer(company, journey, "needs", by="marketer")
    handoff = offer(company, journey, by="marketer")
    return_handoff(
        actor=company.as_inside, handoff_id=handoff.pk, reason=reason, words="No", now=MONDAY
    )

    journey.refresh_from_db()
    assert journey.stage == stage


def test_return_needs_a_reason_of_the_handoff_and_words(company: Company) -> None:
    handoff = offer(company, meeting(company))
    act = {"actor": company.as_field, "handoff_id": handoff.pk}

    with pytest.raises(RuleError, match="Choose why"):
        return_handoff(**act, reason="student", words="x")
    with pytest.raises(RuleError, match="Say in a sentence"):
        return_handoff(**act, reason="no_show", words=" ")
    with pytest.raises(RuleError, match="doesn't say where"):
        return_handoff(**act, reason="no_show", words="x", then="recycle")


def test_what_was_asked_for_must_be_answered_before_it_is_offered_again(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    need_work(
        actor=company.as_field, handoff_id=handoff.pk, words="Who signs?", asks=("authority",), now=MONDAY
    )  # fmt: skip
    again = {"actor": company.as_inside, "handoff_id": handoff.pk, "why_now": "Now it is known"}
    with pytest.raises(RuleError, match="Who decides, and their role"):
        offer_again(**again, now=MONDAY + HOUR)
    answer_question(
        actor=company.as_inside,
        journey_id=journey.pk,
        question="authority",
        answer="CFO",
        now=MONDAY + HOUR,
    )
    offer_again(**again, now=MONDAY + HOUR)

    assert kinds(handoff) == [("offered", 1), ("needs_work", 1), ("offered", 2)]
    with pytest.raises(ConflictError):
        offer_again(**again, now=MONDAY + HOUR)


def test_second_decision_is_told_what_the_first_was(company: Company) -> None:
    handoff = offer(company, meeting(company))
    need_work(actor=company.as_field, handoff_id=handoff.pk, words="Budget?", now=MONDAY)

    with pytest.raises(ConflictError) as caught:
        accept_handoff(actor=company.as_field, handoff_id=handoff.pk, now=MONDAY)

    assert caught.value.say("ja") == (
        "変更していません。この引き継ぎはもう判断待ちではありません（最後の記録：Fumi Field による「要追加確認」）。"
    )


def test_machine_whose_clock_was_set_back_keeps_the_order(company: Company) -> None:
    handoff = offer(company, meeting(company))
    event = need_work(
        actor=company.as_field, handoff_id=handoff.pk, words="Budget?", now=MONDAY - HOUR
    )
    assert (event.at, event.recorded_at) == (MONDAY, MONDAY)

    again = offer_again(
        actor=company.as_inside, handoff_id=handoff.pk, why_now="Known", now=MONDAY + HOUR
    )
    with pytest.raises(RuleError, match="before what happened last"):
        accept_handoff(actor=company.as_field, handoff_id=again.pk, at=MONDAY, now=MONDAY + HOUR)


def test_every_act_has_its_audit_and_outbox_row(company: Company) -> None:
    journey = meeting(company)
    before = Outbox.objects.count()
    handoff = offer(company, journey)
    need_work(actor=company.as_field, handoff_id=handoff.pk, words="?", now=MONDAY)
    offer_again(actor=company.as_inside, handoff_id=handoff.pk, why_now="!", now=MONDAY)
    accept_handoff(
        actor=company.as_field, handoff_id=handoff.pk, override_reason="Known", now=MONDAY
    )

    told = list(Outbox.objects.order_by("id").values_list("kind", flat=True))[before:]
    assert told == [
        "handoff.offered",
        "handoff.needs_work",
        "handoff.offered",
        "handoff.accepted",
        "journey.assign",
        "journey.enter_stage",
    ]
    assert AuditEvent.objects.filter(journey_id=journey.pk).count() == len(ASKED) + len(told)


# ------------------------------------------------------------------ the result


def result(company: Company, handoff: Handoff, **said: object) -> HandoffEvent:
    now = said.pop("now", MONDAY + 26 * HOUR)
    by = str(said.pop("by", "field"))
    return file_result(actor=company.actor(by), handoff_id=handoff.pk, now=now, **said)  # type: ignore[arg-type]


def test_visit_result_is_one_act(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    event = result(
        company,
        handoff,
        answers=(
            Answered("needs", "confirm"),
            Answered("deal_size", "correct", "80万"),
            Answered("budget", "new", "確保済み"),
            Answered("timeframe", "unknown"),
        ),
        decision="accept",
        words="They want it by autumn",
        criteria=("meeting_held", "next_step_dated"),
        next_step="Demo",
        next_step_on=date(2026, 4, 14),
        amount=800_000,
    )

    journey.refresh_from_db()
    assert (journey.stage, journey.owner, journey.amount, journey.next_step) == (
        "discovery", company.field, 800_000, "Demo",
    )  # fmt: skip
    said = Claim.objects.filter(department="field_sales").order_by("id")
    assert [(c.question, c.verdict, c.answer, c.is_unknown, c.handoff_id) for c in said] == [
        ("needs", "confirms", "known", False, handoff.pk),
        ("deal_size", "corrects", "800000", False, handoff.pk),
        ("budget", "new", "Secured", False, handoff.pk),
        ("timeframe", "corrects", "", True, handoff.pk),
    ]
    stages = journey.entries.order_by("id").values_list("stage", flat=True)
    assert list(stages) == ["meeting_set", "pending_acceptance", "discovery"]
    assert kinds(handoff) == [("offered", 1), ("accepted", 1), ("result", 1)]
    assert event.packet["met"] is True
    activity = journey.activities.get()
    assert (activity.kind, activity.is_two_way, activity.department) == ("meeting", True, "field_sales")  # fmt: skip


def test_result_that_fails_leaves_nothing(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    rows = (Claim.objects.count(), AuditEvent.objects.count())

    with pytest.raises(RuleError):
        result(company, handoff, answers=(Answered("needs", "confirm"),), decision="accept")

    assert (Claim.objects.count(), AuditEvent.objects.count()) == rows
    assert journey.activities.count() == 0


def test_giver_does_not_report_on_their_own_offer(company: Company) -> None:
    handoff = offer(company, meeting(company))

    with pytest.raises(NotAllowedError, match="offered to Field sales"):
        result(company, handoff, by="inside", override_reason="x")


def test_no_show_is_sent_back_for_a_new_date(company: Company) -> None:
    journey = meeting(company)
    handoff = offer(company, journey)
    result(company, handoff, met=False, decision="return", reason="no_show", words="Nobody came")

    journey.refresh_from_db()
    assert (journey.stage, journey.activities.get().kind) == ("meeting_set", "no_show")
    assert kinds(handoff) == [("offered", 1), ("returned", 1), ("result", 1)]
    with pytest.raises(RuleError, match="Nobody came"):
        result(company, offer(company, journey), met=False, answers=(Answered("needs", "confirm"),))


def test_result_is_filed_once(company: Company) -> None:
    handoff = offer(company, meeting(company))
    result(company, handoff, override_reason="x")

    with pytest.raises(ConflictError, match="Fumi Field has filed"):
        result(company, handoff)


def test_kickoff_confirms_the_promises(company: Company) -> None:
    journey = make_journey(company, stage="won", owner="field")
    answer(company, journey, *ASKED, *AT_KICKOFF, by="field")
    handoff = offer_handoff(
        actor=company.as_field,
        journey_id=journey.pk,
        why_now="Signed",
        commitments=(("Import of the old data", date(2026, 5, 1)),),
        now=MONDAY,
    )
    accept_handoff(actor=company.as_success, handoff_id=handoff.pk, now=MONDAY + HOUR)
    promise = journey.commitments.get()
    result(
        company,
        handoff,
        by="success",
        answers=(Answered("success_measure", "confirm"),),
        commitments=(Settled(promise.pk, "not_expected", "They expect training too"),),
    )

    journey.refresh_from_db()
    assert (journey.stage, promise.outcomes.get().kind) == ("onboarding", "not_expected")
    assert kinds(handoff) == [("offered", 1), ("accepted", 1), ("result", 1)]


def test_confirming_what_nobody_said_is_refused(company: Company) -> None:
    handoff = offer(company, meeting(company))

    with pytest.raises(RuleError, match="nothing to confirm"):
        result(company, handoff, answers=(Answered("champion", "confirm"),))


def test_kyogyo_itself_may_do_what_people_do(company: Company) -> None:
    journey = meeting(company)
    handoff = offer_handoff(actor=SYSTEM, journey_id=journey.pk, why_now="Import", now=MONDAY)
    accept_handoff(actor=SYSTEM, handoff_id=handoff.pk, override_reason="Import", now=MONDAY)

    journey.refresh_from_db()
    assert (journey.stage, journey.owner, journey.team) == ("discovery", None, company.teams["field"])  # fmt: skip


# ------------------------------------------------------------------- the lists


def test_lists_show_each_side_what_waits_for_it(company: Company) -> None:
    handoff = offer(company, meeting(company))
    for name, counts in (
        ("field", (1, 0)), ("inside", (0, 1)), ("manager", (1, 1)), ("success", (0, 0)), ("outsider", (0, 0)),
    ):  # fmt: skip
        actor = company.actor(name)
        seen = (len(inbox(actor=actor, now=MONDAY).to_decide), len(outbox(actor=actor, now=MONDAY).waiting))  # fmt: skip
        assert (name, seen) == (name, counts)
    (row,) = inbox(actor=company.as_field, now=MONDAY).to_decide
    assert (row.handoff_id, row.why_now, row.offered_by, row.offered_to, row.state_label.ja) == (
        handoff.pk, "Meeting on Friday", "Ichiro Inside", "Field sales", "提示中",
    )  # fmt: skip


def test_accepted_handoff_waits_to_be_reported(company: Company) -> None:
    handoff = offer(company, meeting(company))
    accept_handoff(
        actor=company.as_field, handoff_id=handoff.pk, override_reason="Known", now=MONDAY
    )
    assert [one.handoff_id for one in inbox(actor=company.as_field, now=MONDAY).to_report] == [handoff.pk]  # fmt: skip
    late = datetime(2026, 9, 1, tzinfo=UTC)
    (row,) = inbox(actor=company.as_field, now=late).to_report
    assert row.is_overdue is True
    result(company, handoff)
    assert inbox(actor=company.as_field, now=MONDAY + 27 * HOUR).to_report == ()


def test_lists_take_the_same_number_of_queries_however_long_they_are(
    company: Company, django_assert_max_num_queries: object
) -> None:
    for _ in range(4):
        offer(company, meeting(company))
    actor = company.as_field
    assert actor.seen_teams == frozenset()
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert len(inbox(actor=actor, now=MONDAY).to_decide) == 4
