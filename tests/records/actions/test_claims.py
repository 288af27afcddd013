"""Answers by department: said, confirmed, corrected, or not known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.claims import answer_question, confirm_claim, correct_claim
from kyogyo.records.models import AuditEvent, Claim, Journey
from kyogyo.records.queries.claims import claims_table
from tests.records.people import MONDAY, Company, make_journey

HOUR = timedelta(hours=1)


@pytest.fixture
def deal(company: Company) -> Journey:
    return make_journey(company, stage="discovery", owner="field")


def say(company: Company, journey: Journey, question: str, answer: str, by: str = "field") -> Claim:
    return answer_question(
        actor=company.actor(by), journey_id=journey.pk, question=question, answer=answer, now=MONDAY
    )


def test_answer_is_the_departments_with_its_evidence(company: Company, deal: Journey) -> None:
    claim = answer_question(
        actor=company.as_field,
        journey_id=deal.pk,
        question="deal_size",
        answer="１２０万円",
        certainty="likely",
        evidence="Mail of 3 April",
        at=MONDAY - HOUR,
        now=MONDAY,
    )

    assert (claim.answer, claim.department, claim.certainty, claim.evidence, claim.verdict) == (
        "1200000", "field_sales", "likely", "Mail of 3 April", "new",
    )  # fmt: skip
    assert (claim.at, claim.recorded_at, claim.by) == (MONDAY - HOUR, MONDAY, company.field)
    assert AuditEvent.objects.filter(noun="claim", action="answer", row=claim.pk).count() == 1


def test_department_that_answers_again_corrects_or_confirms_itself(
    company: Company, deal: Journey
) -> None:
    first = say(company, deal, "needs", "Faster quotes")
    second = say(company, deal, "needs", "Fewer errors")
    third = say(company, deal, "needs", "Fewer errors")

    assert [(c.verdict, c.answers_to_id) for c in (first, second, third)] == [
        ("new", None), ("corrects", first.pk), ("confirms", second.pk),
    ]  # fmt: skip


def test_manager_speaks_for_the_department_of_the_stage(company: Company, deal: Journey) -> None:
    assert say(company, deal, "needs", "Speed", by="manager").department == "field_sales"


def test_another_department_confirms_and_corrects(company: Company, deal: Journey) -> None:
    told = say(company, deal, "budget", "確保済み")
    same = confirm_claim(actor=company.as_manager, claim_id=told.pk, now=MONDAY)
    other = correct_claim(
        actor=company.as_revops, claim_id=told.pk, answer="Being requested", now=MONDAY
    )
    unknown = correct_claim(actor=company.as_revops, claim_id=told.pk, is_unknown=True, now=MONDAY)
    no_change = correct_claim(
        actor=company.as_revops, claim_id=told.pk, answer="Secured", now=MONDAY
    )

    assert [(c.answer, c.is_unknown, c.verdict) for c in (same, other, unknown, no_change)] == [
        ("Secured", False, "confirms"),
        ("Being requested", False, "corrects"),
        ("", True, "corrects"),
        ("Secured", False, "confirms"),
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"question": "shoe_size", "answer": "44"}, "is not a question"),
        ({"question": "budget", "answer": "plenty"}, "doesn't fit"),
        ({"question": "budget", "answer": ""}, "has no answer"),
        ({"question": "budget", "answer": "None", "is_unknown": True}, "marked as unknown"),
        ({"question": "needs", "answer": "x", "certainty": "certain"}, "How sure"),
        ({"question": "needs", "answer": "x", "at": MONDAY + HOUR}, "has not come yet"),
    ],
)
def test_answer_against_the_rules_is_refused(
    company: Company, deal: Journey, said: dict[str, object], told: str
) -> None:
    with pytest.raises(RuleError, match=told):
        answer_question(actor=company.as_field, journey_id=deal.pk, now=MONDAY, **said)  # type: ignore[arg-type]

    assert Claim.objects.count() == 0


def test_who_may_not_see_or_write_does_not_answer(company: Company, deal: Journey) -> None:
    told = say(company, deal, "needs", "Speed")
    with pytest.raises(NotAllowedError):
        say(company, deal, "needs", "Speed", by="viewer")
    with pytest.raises(MissingRecordError):
        say(company, deal, "needs", "Speed", by="outsider")
    with pytest.raises(MissingRecordError):
        confirm_claim(actor=company.as_outsider, claim_id=told.pk)


# ------------------------------------------------------------------- the table


def test_table_sets_departments_side_by_side(company: Company, deal: Journey) -> None:
    say(company, deal, "deal_size", "100万", by="admin")
    Claim.objects.filter(pk__in=[]).count()
    answer_question(
        actor=company.as_field, journey_id=deal.pk, question="deal_size", answer="80万", now=MONDAY
    )
    table = claims_table(actor=company.as_field, journey_id=deal.pk)

    assert [code for code, _ in table.departments] == [
        "marketing", "inside_sales", "field_sales", "customer_success",
    ]  # fmt: skip
    row = next(row for row in table.rows if row.code == "deal_size")
    assert [said.answer.ja if said else None for said in row.said] == [None, None, "¥800,000", None]  # fmt: skip
    assert (row.is_required, row.differs, row.is_answered) == (True, False, True)


def test_table_marks_what_can_not_both_be_so(company: Company) -> None:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    told = {
        question: say(company, journey, question, answer, by="inside")
        for question, answer in (
            ("deal_size", "100万"),
            ("needs", "Faster quotes"),
            ("authority", "The CFO"),
            ("budget", "Secured"),
        )
    }
    Journey.objects.filter(pk=journey.pk).update(owner=company.field, team=company.teams["field"])
    as_field = {"actor": company.as_field, "now": MONDAY}
    correct_claim(**as_field, claim_id=told["deal_size"].pk, answer="80万")
    say(company, journey, "needs", "Quotes that are faster")
    correct_claim(**as_field, claim_id=told["authority"].pk, answer="The CEO")
    correct_claim(**as_field, claim_id=told["budget"].pk, is_unknown=True)
    table = claims_table(actor=company.as_field, journey_id=journey.pk)

    # Two wordings of a need don't contradict each other; nor does somebody who doesn't know.
    assert sorted(row.code for row in table.differing) == ["authority", "deal_size"]
    say(company, journey, "authority", "The CEO", by="revops")
    last = next(row for row in table.rows if row.code == "authority").last
    assert last is not None
    assert (last.answer.en, last.by, last.verdict) == ("The CEO", "Fumi Field", "corrects")


def test_required_questions_grow_with_the_deal(company: Company, deal: Journey) -> None:
    def required(amount: int | None) -> set[str]:
        Journey.objects.filter(pk=deal.pk).update(amount=amount)
        rows = claims_table(actor=company.as_field, journey_id=deal.pk).rows
        return {row.code for row in rows if row.is_required}

    always = required(None)
    assert required(1_000_000) - always == {"budget", "authority"}
    assert required(3_000_000) - always == {
        "budget", "authority", "competitor", "human_resources", "decision_process", "champion",
    }  # fmt: skip
    assert required(999_999) == always


def test_table_takes_four_queries_whatever_was_said(
    company: Company, deal: Journey, django_assert_num_queries: object
) -> None:
    for question in ("needs", "authority", "why_bought"):
        say(company, deal, question, "x")
    actor = company.as_revops
    actor.sees_all  # noqa: B018 -- looked up once a request
    with django_assert_num_queries(4):  # type: ignore[operator]
        claims_table(actor=actor, journey_id=deal.pk)
