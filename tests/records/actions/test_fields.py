"""Fields that a company adds itself."""

from __future__ import annotations

from typing import Any

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.fields import add_field, restore_field, retire_field
from kyogyo.records.models import AuditEvent, CustomField
from tests.records.people import Company

FIELD: dict[str, Any] = {
    "noun": "journey", "code": "plan", "label_en": "Plan", "label_ja": "プラン", "kind": "text",
}  # fmt: skip


def test_add_field_keeps_it_and_says_so(company: Company) -> None:
    made = add_field(
        actor=company.as_admin,
        **{**FIELD, "kind": "choice"},
        choices=[" A ", "B", "A", ""],
        required_to_leave="proposal",
    )

    assert (made.choices, made.required_to_leave) == (["A", "B"], "proposal")
    assert [(e.action, e.row) for e in AuditEvent.objects.filter(noun="field")] == [
        ("add", made.pk)
    ]


@pytest.mark.parametrize(
    "change",
    [{"code": "Plan"}, {"noun": "deal"}, {"kind": "colour"}, {"label_ja": ""}, {"kind": "choice"},
     {"required_to_leave": "no_such"}, {"noun": "account", "required_to_leave": "proposal"}],
)  # fmt: skip
def test_add_field_refuses_what_can_not_be(company: Company, change: dict[str, str]) -> None:
    with pytest.raises(RuleError):
        add_field(actor=company.as_admin, **{**FIELD, **change})
    assert CustomField.objects.count() == 0


def test_code_of_a_retired_field_stays_taken(company: Company) -> None:
    made = add_field(actor=company.as_admin, **FIELD)
    retire_field(actor=company.as_admin, field_id=made.pk)

    with pytest.raises(RuleError):
        add_field(actor=company.as_admin, **FIELD)
    assert restore_field(actor=company.as_admin, field_id=made.pk).retired_at is None
    with pytest.raises(MissingRecordError):
        restore_field(actor=company.as_admin, field_id=made.pk)


@pytest.mark.parametrize("who", ["manager", "revops", "viewer", "field"])
def test_fields_are_an_administrators_work(company: Company, who: str) -> None:
    with pytest.raises(NotAllowedError):
        add_field(actor=company.actor(who), **FIELD)
