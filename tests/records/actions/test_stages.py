"""The gate on every path, the ends, winning, checking criteria off, and undoing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.stages import (
    check_criterion,
    enter_stage,
    lose,
    recycle,
    win,
)
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.models import (
    Claim,
    Commitment,
    CustomField,
    Handoff,
    HandoffEvent,
    Journey,
    Outbox,
    StageEntry,
)
from kyogyo.records.queries.gate import StepKind, gate_for, next_gate
from kyogyo.records.queries.model import current
from kyogyo.records.queries.shown import required_fields, shown_of
from tests.records.people import MONDAY, Company, make_journey

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def _gate(journey: Journey, to: str) -> Any:
    journey.refresh_from_db()
    return gate_for(journey=journey, to_stage=to, model=current().model)


def _missing(journey: Journey, to: str) -> list[tuple[str, str]]:
    return [(one.kind, one.code) for one in _gate(journey, to).missing]


def _answer(company: Company, journey: Journey, *questions: str) -> None:
    for question in questions:
        Claim.objects.create(
            journey=journey, question=question, is_unknown=True, department="inside_sales",
            model_version=company.version, at=MONDAY,
        )  # fmt: skip


def _offer(company: Company, journey: Journey, code: str, receiver: str) -> Handoff:
    declared = current().model.handoff(code)
    return Handoff.objects.create(
        journey=journey, code=code, giver=declared.giver, receiver=declared.receiver,
        from_stage=declared.from_stage, to_stage=declared.to_stage, model_version=company.version,
        receiver_user=company.users[receiver],
    )  # fmt: skip


def test_a_stage_is_left_once_its_criteria_are_met(company: Company, journey: Journey) -> None:
    assert _missing(journey, "mql") == [("criterion", "fit_and_interest")]
    with pytest.raises(RuleError) as told:
        enter_stage(actor=company.as_marketer, journey_id=journey.pk, stage="mql")
    assert "Fit and interest both reach the threshold" in told.value.text.en
    assert "適合度と関心度" in told.value.text.ja

    check_criterion(
        actor=company.as_marketer, journey_id=journey.pk, criterion="fit_and_interest",
        evidence="Score 82",
    )  # fmt: skip
    entry = enter_stage(actor=company.as_marketer, journey_id=journey.pk, stage="mql")

    journey.refresh_from_db()
    assert (journey.stage, journey.stage_entered_at, journey.revision) == ("mql", entry.at, 2)
    assert (entry.missing, entry.override_reason, entry.by) == ([], "", company.marketer)


def test_the_last_word_on_a_criterion_holds(company: Company, journey: Journey) -> None:
    for is_met in (True, False):
        check_criterion(
            actor=company.as_marketer, journey_id=journey.pk, criterion="fit_and_interest",
            is_met=is_met,
        )  # fmt: skip

    assert _missing(journey, "mql") == [("criterion", "fit_and_interest")]


def test_what_is_missing_is_kept_with_the_reason_why_it_was_passed(
    company: Company, journey: Journey
) -> None:
    entry = enter_stage(
        actor=company.as_marketer, journey_id=journey.pk, stage="mql", override_reason=" Fair. "
    )

    assert (entry.missing, entry.override_reason) == (["fit_and_interest"], "Fair.")


def test_a_handoff_is_passed_only_by_accepting_it(company: Company) -> None:
    journey = make_journey(company, stage="mql")
    _answer(company, journey, "needs")
    assert _missing(journey, "working") == [("handoff", "marketing_to_inside_sales")]
    assert _gate(journey, "working").handoff == "marketing_to_inside_sales"
    with pytest.raises(RuleError):
        enter_stage(actor=company.as_marketer, journey_id=journey.pk, stage="working")

    _offer(company, journey, "marketing_to_inside_sales", "inside")
    with pytest.raises(RuleError) as told:
        enter_stage(actor=company.as_marketer, journey_id=journey.pk, stage="working")
    assert "Inside sales has to accept it." in told.value.text.en
    enter_stage(
        actor=company.as_inside, journey_id=journey.pk, stage="working", allows_handoff=True
    )

    assert StageEntry.objects.filter(journey=journey).latest("id").missing == []


def test_the_stage_where_a_journey_waits_is_entered_once_the_handoff_is_offered(
    company: Company,
) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    _answer(company, journey, "needs", "current_state", "timeframe", "deal_size", "next_step")
    check_criterion(actor=company.as_inside, journey_id=journey.pk, criterion="meeting_held")
    assert _missing(journey, "pending_acceptance") == [("handoff", "inside_sales_to_field_sales")]

    _offer(company, journey, "inside_sales_to_field_sales", "field")

    assert _gate(journey, "pending_acceptance").is_open
    assert _missing(journey, "discovery") == [
        ("handoff", "inside_sales_to_field_sales"),
        ("criterion", "next_step_dated"),
    ]


def test_one_seller_passes_no_handoff_but_is_asked_the_questions(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="field", track="full_cycle")
    check_criterion(actor=company.as_field, journey_id=journey.pk, criterion="meeting_held")

    assert _missing(journey, "discovery") == [
        ("question", "needs"), ("question", "timeframe"), ("question", "current_state"),
        ("question", "deal_size"), ("question", "next_step"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "asked"),
    [
        (None, 5),
        (999_999, 5),
        (1_000_000, 7),
        (2_999_999, 7),
        (3_000_000, 9),
    ],
)
def test_required_questions_grow_with_the_amount(
    company: Company, amount: int | None, asked: int
) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside", amount=amount)

    missing = _missing(journey, "pending_acceptance")

    assert len([kind for kind, _ in missing if kind == "question"]) == asked


def test_an_unknown_answer_is_an_answer(company: Company) -> None:
    journey = make_journey(company, stage="mql")
    assert ("question", "needs") in _missing(journey, "working")

    _answer(company, journey, "needs")

    assert ("question", "needs") not in _missing(journey, "working")


@pytest.mark.parametrize("noun", ["journey", "account"])
def test_a_field_of_the_companys_own_can_be_asked_for(
    company: Company, journey: Journey, noun: str
) -> None:
    CustomField.objects.create(
        noun=noun, code="plan", label_en="Plan", label_ja="プラン", kind="text",
        required_to_leave="lead",
    )  # fmt: skip
    assert ("field", "plan") in _missing(journey, "mql")

    row = journey if noun == "journey" else journey.account
    row.facts = {"plan": "A"}
    row.save(update_fields=["facts"])

    assert _missing(Journey.objects.get(), "mql") == [("criterion", "fit_and_interest")]


def test_going_back_needs_a_reason(company: Company) -> None:
    journey = make_journey(company, stage="mql")
    assert _gate(journey, "lead").kind == StepKind.BACK
    with pytest.raises(RuleError, match="needs a reason"):
        enter_stage(actor=company.as_marketer, journey_id=journey.pk, stage="lead")

    entry = enter_stage(
        actor=company.as_marketer, journey_id=journey.pk, stage="lead", override_reason="Too early."
    )

    assert (entry.missing, entry.override_reason) == ([], "Too early.")


@pytest.mark.parametrize(
    ("stage", "reason", "revisit_on"),
    [
        ("lost", "lost_relationship", None),
        ("lost", "lost_timing", date(2026, 7, 5)),
        ("no_decision", "lost_decision", date(2026, 7, 5)),
        ("recycled", "bad_timing", date(2026, 6, 5)),
        ("disqualified", "no_authority", date(2026, 10, 3)),
        ("ineligible", "student", None),
        ("duplicate", "duplicate_record", None),
    ],
)
def test_an_end_takes_a_reason_of_its_kind(
    company: Company, journey: Journey, stage: str, reason: str, revisit_on: date | None
) -> None:
    with pytest.raises(RuleError, match="needs one of its reasons"):
        enter_stage(
            actor=company.as_marketer, journey_id=journey.pk, stage=stage, reason="churn_price"
        )

    entry = enter_stage(
        actor=company.as_marketer, journey_id=journey.pk, stage=stage, reason=reason,
        buyer_words="今ではない", our_view="競合", now=MONDAY, at=MONDAY,
    )  # fmt: skip

    assert (entry.reason, entry.revisit_on) == (reason, revisit_on)
    assert (entry.buyer_words, entry.our_view) == ("今ではない", "競合")


def test_after_an_end_there_is_no_further_step(company: Company, journey: Journey) -> None:
    lose(actor=company.as_marketer, journey_id=journey.pk, reason="lost_price")

    assert _gate(journey, "mql").kind == StepKind.REOPEN
    for stage in ("mql", "recycled"):
        with pytest.raises(RuleError, match="has ended"):
            enter_stage(
                actor=company.as_marketer, journey_id=journey.pk, stage=stage, override_reason="x"
            )


@pytest.mark.parametrize(
    ("stage", "to"), [("negotiation", "churned"), ("won", "lost"), ("adopted", "recycled")]
)
def test_a_buyer_does_not_churn_and_a_customer_is_not_lost(
    company: Company, stage: str, to: str
) -> None:
    journey = make_journey(company, stage=stage, owner="field")

    with pytest.raises(RuleError):
        _gate(journey, to)


@pytest.mark.parametrize(
    ("stage", "to"), [("negotiation", "lost"), ("adopted", "churned"), ("adopted", "duplicate")]
)
def test_a_buyer_is_lost_and_a_customer_churns(company: Company, stage: str, to: str) -> None:
    journey = make_journey(company, stage=stage, owner="field")

    assert _gate(journey, to).kind == StepKind.EXIT


def test_a_renewal_that_is_not_renewed_churns(company: Company) -> None:
    journey = make_journey(company, stage="renewal_due", owner="success", track="renewal")

    entry = enter_stage(
        actor=company.as_success, journey_id=journey.pk, stage="churned", reason="churn_budget"
    )

    assert entry.stage == "churned"


@pytest.mark.parametrize(
    ("reason", "stage"),
    [("lost_price", "lost"), ("is_competitor", "disqualified"), ("student", "ineligible")],
)
def test_losing_ends_where_the_reason_fits(
    company: Company, journey: Journey, reason: str, stage: str
) -> None:
    assert lose(actor=company.as_marketer, journey_id=journey.pk, reason=reason).stage == stage


def test_a_day_to_look_again_lies_ahead(company: Company, journey: Journey) -> None:
    with pytest.raises(RuleError, match="day to look again"):
        recycle(
            actor=company.as_marketer, journey_id=journey.pk, reason="bad_timing",
            revisit_on=date(2026, 4, 6), now=MONDAY,
        )  # fmt: skip


def _signed(company: Company) -> Journey:
    journey = make_journey(company, stage="negotiation", owner="field")
    _answer(company, journey, "needs", "current_state", "timeframe", "deal_size", "next_step")
    for criterion in ("terms_agreed", "approved", "signed"):
        check_criterion(actor=company.as_field, journey_id=journey.pk, criterion=criterion)
    return journey


def test_winning_needs_the_promises_or_the_word_that_there_are_none(company: Company) -> None:
    journey = _signed(company)
    assert _missing(journey, "won") == [("promise", "promises")]
    with pytest.raises(RuleError, match="What was promised"):
        win(actor=company.as_field, journey_id=journey.pk)
    with pytest.raises(RuleError, match="has no words"):
        win(actor=company.as_field, journey_id=journey.pk, commitments=[(" ", None)])

    win(
        actor=company.as_field, journey_id=journey.pk,
        commitments=[("SSO by June", date(2026, 6, 30))],
    )  # fmt: skip

    promise = Commitment.objects.get()
    assert (promise.text, promise.department, promise.promised_by) == (
        "SSO by June", "field_sales", company.field,
    )  # fmt: skip
    journey.refresh_from_db()
    assert (journey.stage, journey.stage_type) == ("won", "won")


def test_winning_with_nothing_promised_says_so(company: Company) -> None:
    journey = _signed(company)

    win(actor=company.as_field, journey_id=journey.pk, none_promised=True)

    assert Commitment.objects.count() == 0
    with pytest.raises(RuleError, match="won already"):
        win(actor=company.as_field, journey_id=journey.pk, none_promised=True)


@pytest.mark.parametrize(("who", "kind"), [("inside", "withdrawn"), ("field", "returned")])
def test_an_end_decides_the_open_offer(company: Company, who: str, kind: str) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    handoff = _offer(company, journey, "inside_sales_to_field_sales", "field")

    lose(actor=company.actor(who), journey_id=journey.pk, reason="lost_price")

    handoff.refresh_from_db()
    event = HandoffEvent.objects.get()
    assert (handoff.open_round, event.kind, event.round) == (None, kind, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"stage": "lead"}, "is in Lead already"),
        ({"stage": "renewed"}, "has no stage 'renewed'"),
        ({"stage": "mql", "at": MONDAY - timedelta(days=1), "override_reason": "x"}, "entered its"),
        ({"stage": "mql", "override_reason": "x" * 1001}, "has 1,001 characters"),
        ({"stage": "mql", "override_reason": "x", "reason": "because"}, "no reason 'because'"),
    ],
)
def test_a_step_that_cannot_be_is_refused_in_words(
    company: Company, journey: Journey, words: dict[str, Any], said: str
) -> None:
    with pytest.raises(RuleError) as told:
        enter_stage(actor=company.as_marketer, journey_id=journey.pk, **words)

    assert said in told.value.text.en
    assert StageEntry.objects.count() == 1


def test_a_criterion_that_nobody_checks_off_is_refused(company: Company, journey: Journey) -> None:
    for criterion in ("taken_or_returned", "nothing"):
        with pytest.raises(RuleError, match="no exit criterion"):
            check_criterion(actor=company.as_marketer, journey_id=journey.pk, criterion=criterion)


def _moved(company: Company, journey: Journey) -> StageEntry:
    return enter_stage(
        actor=company.as_marketer, journey_id=journey.pk, stage="mql", override_reason="Fair."
    )


def test_the_last_entry_is_taken_back_by_a_new_row(company: Company, journey: Journey) -> None:
    entry = _moved(company, journey)

    undo = undo_entry(actor=company.as_marketer, entry_id=entry.pk)

    journey.refresh_from_db()
    assert (undo.undoes, undo.stage) == (entry, "lead")
    assert (journey.stage, journey.stage_entered_at) == ("lead", MONDAY)
    assert StageEntry.objects.count() == 3
    with pytest.raises(ConflictError):
        undo_entry(actor=company.as_marketer, entry_id=entry.pk)


def test_an_end_can_be_taken_back(company: Company, journey: Journey) -> None:
    entry = lose(actor=company.as_marketer, journey_id=journey.pk, reason="lost_price")

    undo_entry(actor=company.as_marketer, entry_id=entry.pk)

    journey.refresh_from_db()
    assert (journey.stage, journey.stage_type) == ("lead", "open")


def test_who_may_undo(company: Company, journey: Journey) -> None:
    entry = _moved(company, journey)
    tomorrow = entry.recorded_at + timedelta(hours=25)

    with pytest.raises(MissingRecordError):
        undo_entry(actor=company.as_outsider, entry_id=entry.pk)
    with pytest.raises(NotAllowedError):
        undo_entry(actor=company.as_viewer, entry_id=entry.pk)
    with pytest.raises(NotAllowedError):
        undo_entry(actor=company.as_marketer, entry_id=entry.pk, now=tomorrow)
    undo_entry(actor=company.as_revops, entry_id=entry.pk, now=tomorrow)


def test_what_something_is_built_on_is_not_undone(company: Company, journey: Journey) -> None:
    with pytest.raises(RuleError, match="first stage"):
        undo_entry(actor=company.as_admin, entry_id=StageEntry.objects.get().pk)
    entry = _moved(company, journey)
    _answer(company, journey, "needs")
    accepted = enter_stage(
        actor=company.as_admin, journey_id=journey.pk, stage="working", allows_handoff=True
    )

    with pytest.raises(RuleError, match="Take that decision back"):
        undo_entry(actor=company.as_admin, entry_id=accepted.pk)
    with pytest.raises(ConflictError):
        undo_entry(actor=company.as_admin, entry_id=entry.pk)


def test_a_refused_step_leaves_no_row(company: Company, journey: Journey) -> None:
    before = Outbox.objects.count()

    with pytest.raises(RuleError):
        win(actor=company.as_marketer, journey_id=journey.pk, commitments=[("SSO", None)])

    assert (Outbox.objects.count(), Commitment.objects.count()) == (before, 0)


def test_gates_of_a_list_cost_as_many_queries_as_one(
    company: Company, django_assert_num_queries: Any
) -> None:
    journeys = [make_journey(company, stage="lead") for _ in range(3)]
    model = current().model

    with django_assert_num_queries(7):
        shown, fields = shown_of(journeys), required_fields()
        gates = [
            next_gate(journey=one, model=model, shown=shown[one.pk], fields=fields)
            for one in journeys
        ]

    assert [gate.to_stage for gate in gates if gate] == ["mql", "mql", "mql"]
