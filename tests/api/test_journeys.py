"""Journeys by program: the rules are those of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kyogyo.records.models import Journey, StageEntry
from tests.records.people import Company, make_account, make_journey

Program = Callable[..., Client]


def _post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/journeys/{address}", body, content_type="application/json")


def test_gate_is_the_same_as_on_the_pages(company: Company, program: Program) -> None:
    """What is missing is named; with a reason for going on all the same, the entry says so."""
    journey, client = make_journey(company), program("marketer")

    refused = _post(client, f"{journey.pk}/entries/", {"stage": "mql"})
    overridden = _post(
        client, f"{journey.pk}/entries/", {"stage": "mql", "override_reason": "Called us."}
    )

    assert (refused.status_code, overridden.status_code) == (422, 201)
    assert "Fit and interest both reach the threshold" in refused.json()["error"]["en"]
    assert overridden.json()["missing"] == ["fit_and_interest"]


def test_checked_criterion_opens_the_gate(company: Company, program: Program) -> None:
    journey, client = make_journey(company), program("marketer")

    checked = _post(
        client, f"{journey.pk}/checks/", {"criterion": "fit_and_interest", "evidence": "Score 80"}
    )
    entered = _post(client, f"{journey.pk}/entries/", {"stage": "mql"})

    assert (checked.status_code, entered.status_code) == (201, 201)
    assert entered.json()["missing"] == []
    assert Journey.objects.get().stage == "mql"


def test_handoff_step_can_not_be_taken_alone(company: Company, program: Program) -> None:
    journey = make_journey(company, stage="mql")

    answer = _post(program("marketer"), f"{journey.pk}/entries/", {"stage": "working"})

    assert answer.status_code == 422
    assert StageEntry.objects.filter(stage="working").count() == 0


@pytest.mark.parametrize("name", sorted(one.name for one in Journey._meta.get_fields()))
def test_nothing_but_what_is_listed_can_be_changed(
    company: Company, program: Program, name: str
) -> None:
    """Mass assignment: each field of the model is sent; only the five listed ones change anything."""
    journey = make_journey(company)
    allowed = {"title": "New", "amount": 5, "source": "web", "campaign": "spring", "facts": {}}
    before = Journey.objects.values().get()

    answer = program("marketer").patch(
        f"/api/v1/journeys/{journey.pk}/",
        {name: allowed.get(name, 1)},
        content_type="application/json",
    )

    after = Journey.objects.values().get()
    changed = {key for key in before if before[key] != after[key]} - {"revision", "search"}
    if name in allowed:
        assert (answer.status_code, changed) == (200, {name} if name != "facts" else set())
    elif name == "revision":
        assert (answer.status_code, changed) == (200, set())
    else:
        assert (answer.status_code, changed) == (422, set())


def test_second_writer_is_told_instead_of_overwriting(company: Company, program: Program) -> None:
    journey, client = make_journey(company), program("marketer")
    read = client.get(f"/api/v1/journeys/{journey.pk}/").json()["revision"]

    statuses = [
        client.patch(
            f"/api/v1/journeys/{journey.pk}/",
            {"revision": read, "title": title},
            content_type="application/json",
        ).status_code
        for title in ("First", "Second")
    ]

    assert statuses == [200, 409]
    assert Journey.objects.get().title == "First"


def test_journey_is_opened_on_an_account_that_is_seen(company: Company, program: Program) -> None:
    account = make_account()

    made = _post(
        program("revops"), "", {"account_id": account.pk, "track": "new_business", "amount": 100}
    )

    assert (made.status_code, made.json()["stage"], made.json()["amount"]) == (201, "lead", 100)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", ""),
        ("patch", ""),
        ("get", "entries/"),
        ("post", "entries/"),
        ("post", "checks/"),
        ("post", "claims/"),
        ("post", "activities/"),
        ("post", "next-step/"),
    ],
)
def test_journey_of_others_is_not_found(
    company: Company, program: Program, method: str, address: str
) -> None:
    journey = make_journey(company)
    bodies: dict[str, dict[str, Any]] = {
        "entries/": {"stage": "mql"},
        "checks/": {"criterion": "fit_and_interest"},
        "claims/": {"question": "needs", "answer": "x"},
        "activities/": {"kind": "call"},
        "next-step/": {"text": "x", "due_on": "2026-12-01"},
    }

    for name in ("outsider", "field"):
        client = program(name, can_write=name != "outsider")
        answer = getattr(client, method)(
            f"/api/v1/journeys/{journey.pk}/{address}",
            bodies.get(address, {}),
            content_type="application/json",
        )
        assert (name, answer.status_code) == (name, 404)
