"""Scoring the steps of a countermeasure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.fidelity import score_step
from kyogyo.records.models import Journey, StepScore
from kyogyo.records.queries.countermeasures import read_countermeasure
from tests.records.actions.test_countermeasures import registered
from tests.records.people import Company

NOW = datetime(2026, 4, 27, 1, tzinfo=UTC)
DAY = date(2026, 4, 24)


def asked(company: Company, *, who: str = "inside", **changes: Any) -> dict[str, Any]:
    step = registered(company).steps.get(number=1)
    said = {"step_id": step.pk, "team_id": company.teams["inside"].pk, "on": DAY, "score": "yes"}
    return {"actor": company.actor(who), "now": NOW, **said, **changes}


def test_last_word_of_one_observer_holds_and_both_stay(company: Company) -> None:
    said = asked(company)
    score_step(**said)
    score_step(**{**said, "score": "no"})
    score_step(**{**said, "actor": company.as_manager})
    made = StepScore.objects.earliest("id").step.countermeasure_id
    read = read_countermeasure(company.as_field, made, today=DAY)
    assert [(one.by_id, one.score) for one in read.scores] == [
        (company.users["inside"].pk, "no"),
        (company.users["manager"].pk, "yes"),
    ]
    assert StepScore.objects.count() == 3


def test_people_score_their_own_team_alone(company: Company) -> None:
    said = asked(company)
    with pytest.raises(NotAllowedError):
        score_step(**{**said, "actor": company.as_field})
    with pytest.raises(MissingRecordError):
        score_step(**{**said, "team_id": company.teams["success"].pk})
    with pytest.raises(MissingRecordError):
        score_step(**{**said, "actor": company.as_outsider})
    with pytest.raises(NotAllowedError):
        score_step(**{**said, "actor": company.as_viewer})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"score": "perhaps"}, "Was it done"),
        ({"on": date(2026, 4, 28)}, "lies outside"),
        ({"on": date(2026, 1, 4)}, "lies outside"),
    ],
)
def test_score_that_says_nothing_is_refused(
    company: Company, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        score_step(**asked(company, **changes))
    assert not StepScore.objects.exists()


def test_score_on_a_journey_that_one_may_not_see_is_not_found(
    company: Company, journey: Journey
) -> None:
    said = asked(company)
    with pytest.raises(MissingRecordError):
        score_step(**said, journey_id=journey.pk)
    assert (
        score_step(**{**said, "actor": company.as_admin}, journey_id=journey.pk).journey == journey
    )
