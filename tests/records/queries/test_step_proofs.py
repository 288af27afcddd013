"""What the records show about the steps of a countermeasure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kyogyo.errors import RuleError
from kyogyo.records.models import Activity, Claim, StageEntry
from kyogyo.records.queries.model import current
from kyogyo.records.queries.step_proofs import prove_step, require_rule, rule_words, stays_of
from tests.records.people import MONDAY, Company, make_journey


def _enter(company: Company, journey: int, stage: str, *, days: int) -> None:
    at = MONDAY + timedelta(days=days)
    StageEntry.objects.create(
        journey_id=journey, stage=stage, at=at, recorded_at=at, cause="person",
        owner=company.users["inside"], model_version=company.version,
    )  # fmt: skip


def _call(journey: int, *, days: int) -> None:
    at = MONDAY + timedelta(days=days)
    Activity.objects.create(journey_id=journey, kind="call", at=at, recorded_at=at)


def test_step_is_done_missed_or_still_open(company: Company) -> None:
    done, missed, waiting, other = (
        make_journey(company, stage="mql", owner=owner).pk
        for owner in ("inside", "inside", "inside", "field")
    )
    for journey in (done, missed):
        _enter(company, journey, "sql", days=5)
    _call(done, days=2)
    _call(missed, days=4)
    _call(other, days=1)
    stays = stays_of(
        track="new_business", stage="mql", owners={company.users["inside"].pk}, since=MONDAY
    )
    assert [(one.journey_id, one.left is None) for one in stays] == [
        (done, False),
        (missed, False),
        (waiting, True),
    ]
    proven = prove_step("activity:call:3", stays=stays, now=MONDAY + timedelta(days=2))
    assert [one.is_done for one in proven] == [True, None, None]
    proven = prove_step("activity:call:3", stays=stays, now=MONDAY + timedelta(days=9))
    assert [one.is_done for one in proven] == [True, False, False]


def test_question_counts_when_it_was_answered_before_the_stage_was_left(company: Company) -> None:
    early, late = (make_journey(company, stage="mql", owner="inside").pk for _ in range(2))
    for journey, days in ((early, 1), (late, 8)):
        _enter(company, journey, "sql", days=5)
        at = MONDAY + timedelta(days=days)
        Claim.objects.create(
            journey_id=journey, question="budget", answer="Secured", department="inside_sales",
            at=at, recorded_at=at, model_version=company.version,
        )  # fmt: skip
    stays = stays_of(track="new_business", stage="mql", owners=None, since=MONDAY)
    proven = prove_step("question:budget", stays=stays, now=MONDAY + timedelta(days=9))
    assert [(one.journey_id, one.is_done) for one in proven] == [(early, True), (late, False)]


@pytest.mark.parametrize(
    "rule", ["question:nothing", "criterion:", "activity:call", "activity:call:0", "weather:fine"]
)
def test_rule_that_the_records_cannot_answer_is_refused(company: Company, rule: str) -> None:
    with pytest.raises(RuleError, match="records can't show"):
        require_rule(rule, model=current().model)


def test_rules_are_said_by_their_labels(company: Company) -> None:
    model = current().model
    for rule in ("", "question:budget", "activity:call:3"):
        require_rule(rule, model=model)
    assert [rule_words(rule, model=model).en for rule in ("", "activity:call:3")] == [
        "people say so",
        "from the records: “Call” within 3 days",
    ]
    assert model.question("budget").label.text.ja in rule_words("question:budget", model=model).ja
