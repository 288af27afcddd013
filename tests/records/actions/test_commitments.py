"""What was promised to the buyer, and what became of it."""

from __future__ import annotations

from datetime import date

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.commitments import promise, settle_commitment
from kyogyo.records.models import AuditEvent, Commitment, Journey
from tests.records.people import MONDAY, Company, make_journey


@pytest.fixture
def deal(company: Company) -> Journey:
    return make_journey(company, stage="proposal", owner="field")


def test_promise_is_of_a_person_a_department_and_a_day(company: Company, deal: Journey) -> None:
    made = promise(
        actor=company.as_field,
        journey_id=deal.pk,
        text="  Import of the old data ",
        due_on=date(2026, 5, 1),
        now=MONDAY,
    )

    assert (made.text, made.due_on, made.promised_by, made.department, made.at) == (
        "Import of the old data", date(2026, 5, 1), company.field, "field_sales", MONDAY,
    )  # fmt: skip
    assert AuditEvent.objects.filter(noun="commitment", action="promise", row=made.pk).count() == 1


def test_last_word_on_a_promise_holds_and_the_earlier_ones_stay(
    company: Company, deal: Journey
) -> None:
    made = promise(actor=company.as_field, journey_id=deal.pk, text="Training", now=MONDAY)
    for kind, words in (("missed", "Nobody had time"), ("met", "")):
        settle_commitment(
            actor=company.as_field, commitment_id=made.pk, kind=kind, words=words, now=MONDAY
        )

    assert list(made.outcomes.order_by("id").values_list("kind", "department")) == [
        ("missed", "field_sales"), ("met", "field_sales"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "told"),
    [("kept", "What became"), ("missed", "otherwise"), ("not_expected", "otherwise")],
)
def test_outcome_against_the_rules_is_refused(
    company: Company, deal: Journey, kind: str, told: str
) -> None:
    made = promise(actor=company.as_field, journey_id=deal.pk, text="Training", now=MONDAY)
    with pytest.raises(RuleError, match=told):
        settle_commitment(actor=company.as_field, commitment_id=made.pk, kind=kind, now=MONDAY)


def test_promise_says_something(company: Company, deal: Journey) -> None:
    with pytest.raises(RuleError, match="What was promised"):
        promise(actor=company.as_field, journey_id=deal.pk, text=" \0")
    with pytest.raises(RuleError, match="500"):
        promise(actor=company.as_field, journey_id=deal.pk, text="x" * 501)

    assert Commitment.objects.count() == 0


def test_who_may_not_see_or_write_does_not_promise(company: Company, deal: Journey) -> None:
    made = promise(actor=company.as_field, journey_id=deal.pk, text="Training", now=MONDAY)
    with pytest.raises(NotAllowedError):
        promise(actor=company.as_viewer, journey_id=deal.pk, text="x")
    with pytest.raises(MissingRecordError):
        settle_commitment(actor=company.as_outsider, commitment_id=made.pk, kind="met")
