"""Saved views, and keys."""

from __future__ import annotations

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.keys import make_api_key, revoke_api_key
from kyogyo.records.actions.views import delete_view, save_view
from kyogyo.records.models import AuditEvent, SavedView
from kyogyo.records.queries.keys import actor_by_key
from tests.records.people import Company


def test_view_of_the_same_name_is_replaced(company: Company) -> None:
    first = save_view(actor=company.as_field, name=" My  deals", page="list", query="stage=won")
    again = save_view(
        actor=company.as_field, name="My deals", page="list", query="stage=lost", is_shared=True
    )
    kept = SavedView.objects.get()

    assert first.pk == again.pk == kept.pk
    assert (kept.name, kept.query, kept.is_shared) == ("My deals", "stage=lost", True)


def test_view_of_somebody_else_can_not_be_deleted(company: Company) -> None:
    kept = save_view(actor=company.as_field, name="Mine", page="list", query="", is_shared=True)
    with pytest.raises(MissingRecordError):
        delete_view(actor=company.as_admin, view_id=kept.pk)
    delete_view(actor=company.as_field, view_id=kept.pk)

    assert SavedView.objects.count() == 0
    assert AuditEvent.objects.get(action="delete").before == {
        "name": "Mine", "page": "list", "query": "",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "query"), [("", ""), ("A" * 101, ""), ("A", "x" * 2001)])
def test_view_that_can_not_be_kept_is_refused(company: Company, name: str, query: str) -> None:
    with pytest.raises(RuleError):
        save_view(actor=company.as_field, name=name, page="list", query=query)


def test_view_needs_a_person(company: Company) -> None:
    with pytest.raises(NotAllowedError):
        save_view(actor=SYSTEM, name="A", page="list", query="")


def test_key_of_a_viewer_can_not_write(company: Company) -> None:
    with pytest.raises(NotAllowedError):
        make_api_key(actor=company.as_viewer, name="k", can_write=True)
    made, secret = make_api_key(actor=company.as_viewer, name="k")
    acting = actor_by_key(secret)

    assert acting == Actor(user=company.users["viewer"], key=made)
    assert made.digest != secret
    kept = [str(event.after) for event in AuditEvent.objects.filter(noun="key")]
    assert [text.count(secret.split("_")[2]) for text in kept] == [0]


def test_key_can_not_make_keys(company: Company) -> None:
    made, _ = make_api_key(actor=company.as_admin, name="k", can_write=True)
    with pytest.raises(NotAllowedError):
        make_api_key(actor=Actor(user=company.users["admin"], key=made), name="another")


def test_key_is_revoked_by_its_owner_or_an_administrator(company: Company) -> None:
    made, secret = make_api_key(actor=company.as_field, name="k")
    with pytest.raises(MissingRecordError):
        revoke_api_key(actor=company.as_manager, key_id=made.pk)
    revoke_api_key(actor=company.as_admin, key_id=made.pk)

    assert actor_by_key(secret) is None
    with pytest.raises(MissingRecordError):
        revoke_api_key(actor=company.as_admin, key_id=made.pk)
