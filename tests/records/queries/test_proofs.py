"""What the records prove by themselves: nobody types it a second time, and a "no" by hand holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.commitments import promise
from kyogyo.records.actions.journeys import log_activity, plan_next_step
from kyogyo.records.actions.stages import check_criterion, enter_stage, win
from kyogyo.records.models import Activity, Claim, Journey, StageEntry
from kyogyo.records.queries.claims import claims_table
from kyogyo.records.queries.gate import Gate, gate_for
from kyogyo.records.queries.model import current
from kyogyo.words import Text
from tests.records.people import MONDAY, Company, make_journey

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)
REQUIRED = ("needs", "timeframe", "current_state", "deal_size", "next_step")


def _gate(journey: Journey, to: str, **kept: Any) -> Gate:
    journey = Journey.objects.get(pk=journey.pk)
    return gate_for(journey=journey, to_stage=to, model=current().model, now=TUESDAY, **kept)


def _criteria(gate: Gate) -> list[str]:
    return [one.code for one in gate.missing if one.kind == "criterion"]


def _proven(gate: Gate) -> list[tuple[str, str, int | None]]:
    return [(one.code, one.proof.noun, one.proof.row) for one in gate.proven]


def test_a_call_in_which_the_buyer_answered_proves_the_contact(company: Company) -> None:
    journey = make_journey(company, stage="working", owner="inside")
    log_activity(actor=company.as_inside, journey_id=journey.pk, kind="call", at=MONDAY)
    assert _criteria(_gate(journey, "qualifying")) == ["buyer_answered"]

    call = log_activity(
        actor=company.as_inside, journey_id=journey.pk, kind="call", is_two_way=True, at=MONDAY
    )
    gate = _gate(journey, "qualifying")

    assert _criteria(gate) == []
    assert _proven(gate) == [("buyer_answered", "activity", call.pk)]
    assert gate.proven[0].proof.says == Text(en="Call, 2026-04-06", ja="電話（2026年4月6日）")
    answer_question(
        actor=company.as_inside, journey_id=journey.pk, question="needs", is_unknown=True
    )
    entry = enter_stage(actor=company.as_inside, journey_id=journey.pk, stage="qualifying")
    assert entry.missing == []


def test_a_no_by_hand_outweighs_the_rows_and_a_yes_ends_it(company: Company) -> None:
    journey = make_journey(company, stage="working", owner="inside")
    who = {"actor": company.as_inside, "journey_id": journey.pk}
    log_activity(**who, kind="call", is_two_way=True, at=MONDAY)

    check_criterion(**who, criterion="buyer_answered", is_met=False)
    assert _criteria(_gate(journey, "qualifying")) == ["buyer_answered"]
    check_criterion(**who, criterion="buyer_answered", evidence="Spoke at the fair")

    gate = _gate(journey, "qualifying")
    assert (_criteria(gate), gate.proven) == ([], ())


def test_a_meeting_from_before_it_was_set_proves_nothing(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside", at=MONDAY)
    before = MONDAY - timedelta(days=3)
    Activity.objects.create(journey=journey, kind="meeting", at=before, recorded_at=before)
    assert _criteria(_gate(journey, "pending_acceptance")) == ["meeting_held"]

    held = Activity.objects.create(journey=journey, kind="meeting", at=before, recorded_at=TUESDAY)

    gate = _gate(journey, "pending_acceptance")
    assert _criteria(gate) == []
    assert _proven(gate) == [("meeting_held", "activity", held.pk)]


def test_answers_for_the_next_handoff_are_all_that_its_size_requires(company: Company) -> None:
    journey = make_journey(company, stage="qualifying", owner="inside")
    who = {"actor": company.as_inside, "journey_id": journey.pk, "is_unknown": True}
    for question in REQUIRED[:-1]:
        answer_question(**who, question=question)
    assert _criteria(_gate(journey, "meeting_set")) == ["invitation_accepted", "answers_noted"]

    answer_question(**who, question=REQUIRED[-1])

    gate = _gate(journey, "meeting_set")
    assert _criteria(gate) == ["invitation_accepted"]
    assert _proven(gate) == [("answers_noted", "claim", None)]
    assert gate.proven[0].proof.says.en == "5 answers for “Inside sales to field sales”"
    Journey.objects.filter(pk=journey.pk).update(amount=1_000_000)
    assert _criteria(_gate(journey, "meeting_set")) == ["invitation_accepted", "answers_noted"]


@pytest.mark.parametrize(
    ("due", "proofs"),
    [
        (None, []),
        (date(2026, 4, 6), []),
        (date(2026, 4, 7), ["Next step: Show the prototype, 2026-04-07"]),
        (date(2026, 5, 1), ["Next step: Show the prototype, 2026-05-01"]),
    ],
)
def test_a_next_step_counts_with_a_date_that_is_not_past(
    company: Company, due: date | None, proofs: list[str]
) -> None:
    journey = make_journey(company, stage="pending_acceptance", owner="field")
    Journey.objects.filter(pk=journey.pk).update(next_step="Show the prototype", next_step_on=due)

    gate = _gate(journey, "discovery")

    assert _criteria(gate) == ([] if proofs else ["next_step_dated"])
    assert [one.proof.says.en for one in gate.proven] == proofs


def test_a_planned_next_step_is_the_proof(company: Company) -> None:
    journey = make_journey(company, stage="pending_acceptance", owner="field")

    plan_next_step(
        actor=company.as_field, journey_id=journey.pk, text="Demo", due_on=date(2999, 1, 1)
    )

    assert _proven(_gate(journey, "discovery")) == [("next_step_dated", "next_step", None)]


def test_listed_promises_answer_their_question(company: Company) -> None:
    journey = make_journey(company, stage="won", owner="field")
    asked = [one.code for one in _gate(journey, "onboarding").missing if one.kind == "question"]
    assert "commitments" in asked

    promise(
        actor=company.as_field, journey_id=journey.pk, text="Data moved", due_on=date(2026, 6, 1)
    )

    left = [one.code for one in _gate(journey, "onboarding").missing if one.kind == "question"]
    assert left == [code for code in asked if code != "commitments"]
    [row] = claims_table(
        actor=company.as_field, journey_id=journey.pk, questions=["commitments"]
    ).rows
    assert (row.is_answered, row.derived) == (True, Text(en="Data moved", ja="Data moved"))


def test_nothing_promised_is_an_answer_and_is_not_asked_again(company: Company) -> None:
    journey = make_journey(company, stage="negotiation", owner="field")

    win(
        actor=company.as_field, journey_id=journey.pk, none_promised=True,
        override_reason="Signed at the fair",
    )  # fmt: skip

    [claim] = Claim.objects.filter(journey=journey)
    assert (claim.question, claim.answer, claim.department) == (
        "commitments", "None promised", "field_sales",
    )  # fmt: skip
    entry = StageEntry.objects.get(journey=journey, stage="won")
    assert "promises" not in entry.missing
    [row] = claims_table(
        actor=company.as_field, journey_id=journey.pk, questions=["commitments"]
    ).rows
    assert row.last is not None
    assert row.last.answer == Text(en="None promised", ja="約束したことはない")


def test_a_sale_asks_for_no_promises_after_none_was_answered(company: Company) -> None:
    journey = make_journey(company, stage="negotiation", owner="field")
    kinds = {one.kind for one in _gate(journey, "won").missing}
    assert "promise" in kinds

    answer_question(
        actor=company.as_field, journey_id=journey.pk, question="commitments",
        answer="None promised",
    )  # fmt: skip

    assert "promise" not in {one.kind for one in _gate(journey, "won").missing}
