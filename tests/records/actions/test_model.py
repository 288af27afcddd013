"""Adopting a model, and which one is in force."""

from __future__ import annotations

import pytest

from kyogyo.errors import ModelError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.model import adopt
from kyogyo.records.models import AuditEvent, Journey, ModelVersion, Outbox
from kyogyo.records.queries.model import as_of, current
from tests.records.people import Company, default_text

pytestmark = pytest.mark.django_db


def _renamed(name: str) -> str:
    return default_text().replace("THE MODEL (default)", name)


def test_current_without_a_model_says_that_it_is_not_set_up() -> None:
    with pytest.raises(RuleError) as told:
        current()

    assert told.value.text.en.startswith("Kyogyo is not set up")


def test_the_last_model_adopted_is_in_force(company: Company) -> None:
    later = adopt(actor=company.as_admin, text=_renamed("Ours"))

    assert current().version == later
    assert current().model.name.en == "Ours"
    assert as_of(company.version).name.en == "THE MODEL (default)"


def test_adopting_the_text_in_force_again_changes_nothing(company: Company) -> None:
    again = adopt(actor=SYSTEM, text=default_text())

    assert again == company.version
    assert (ModelVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)


def test_an_earlier_text_can_be_taken_up_again(company: Company) -> None:
    adopt(actor=SYSTEM, text=_renamed("Ours"))

    back = adopt(actor=SYSTEM, text=default_text())

    assert current().version == back
    assert ModelVersion.objects.count() == 3


def test_adopting_writes_who_did_it_and_tells_it(company: Company) -> None:
    adopt(actor=company.as_admin, text=_renamed("Ours"))

    event = AuditEvent.objects.latest("id")
    assert (event.by, event.action, event.noun) == (company.admin, "adopt", "model")
    assert Outbox.objects.latest("id").kind == "model.adopt"


def test_a_text_that_is_no_model_is_refused(company: Company) -> None:
    with pytest.raises(ModelError):
        adopt(actor=SYSTEM, text="version = 1")

    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize("name", ["marketer", "manager", "revops", "viewer", "outsider"])
def test_only_an_administrator_adopts_a_model(company: Company, name: str) -> None:
    with pytest.raises(NotAllowedError):
        adopt(actor=company.actor(name), text=_renamed("Ours"))


def test_a_model_without_a_stage_that_is_used_is_refused(
    company: Company, journey: Journey
) -> None:
    text = default_text().replace('"lead"', '"inquiry"').replace("lead = ", "inquiry = ")

    with pytest.raises(RuleError) as told:
        adopt(actor=SYSTEM, text=text)

    assert "stages lead" in told.value.text.en
    assert "フェーズ lead" in told.value.text.ja
