"""How faithfully a countermeasure was done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kyogyo.records.actions.countermeasures import start_phase
from kyogyo.records.actions.fidelity import score_step
from kyogyo.records.actions.registration import Start, Step
from kyogyo.records.models import Activity
from kyogyo.records.queries.countermeasures import read_countermeasure
from kyogyo.usecases.countermeasures.fidelity import read_fidelity
from tests.records.actions.test_countermeasures import registered
from tests.records.people import MONDAY, Company, make_company, make_journey


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_people_and_records_score_side_by_side(company: Company) -> None:
    team = company.teams["inside"].pk
    made = registered(
        company,
        steps=(
            Step("Call within three days", "A call is recorded", rule="activity:call:3"),
            Step("Send the recap", "The mail is there", is_critical=True),
        ),
        starts=(Start(team, date(2026, 4, 6)),),
        baseline_from=date(2026, 1, 5),
    )
    later = MONDAY + timedelta(days=20)
    start_phase(
        actor=company.as_inside, countermeasure_id=made.pk, start_id=made.starts.get().pk,
        on=date(2026, 4, 6), now=later,
    )  # fmt: skip
    for number, called in enumerate((True, True, False)):
        journey = make_journey(
            company, stage="mql", owner="inside", at=MONDAY + timedelta(days=number)
        )
        if called:
            at = journey.opened_at + timedelta(days=1)
            Activity.objects.create(journey=journey, kind="call", at=at, recorded_at=at)
    recap = made.steps.get(number=2)
    for days, score in enumerate(("yes", "no", "yes", "yes")):
        score_step(
            actor=company.as_inside, step_id=recap.pk, team_id=team, now=later,
            on=date(2026, 4, 7) + timedelta(days=days), score=score,
        )  # fmt: skip
    score_step(
        actor=company.as_manager, step_id=recap.pk, team_id=team, on=date(2026, 4, 7), score="yes",
        now=later,
    )  # fmt: skip
    found = read_fidelity(
        read_countermeasure(company.as_manager, made.pk, today=later.date()), now=later
    )
    assert [(one.done, one.missed) for one in found.steps] == [(2, 1), (3, 1)]
    assert found.share == pytest.approx(5 / 7)
    assert found.level == "low"
    assert found.steps[1].agreement is not None
    assert found.steps[1].agreement.n == 1


def test_nothing_scored_is_unknown(company: Company) -> None:
    made = registered(company)
    opened = read_countermeasure(company.as_manager, made.pk, today=date(2026, 4, 6))
    found = read_fidelity(opened, now=MONDAY)
    assert (found.level, found.share) == ("unknown", None)
