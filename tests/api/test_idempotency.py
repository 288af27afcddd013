"""The same request sent again is carried out once. The contract is that of Stripe's API, checked line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kyogyo.records.actions.requests import MAX_KEY, forget_answers
from kyogyo.records.models import Activity, AuditEvent, IdempotencyKey
from tests.records.people import Company, make_journey

Program = Callable[..., Client]
CALL = {"kind": "call", "words": "Called back.", "is_two_way": True}


def _send(
    client: Client, journey: int, key: str, body: dict[str, object] = CALL
) -> tuple[int, dict[str, object], str]:
    answer = client.post(
        f"/api/v1/journeys/{journey}/activities/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    return answer.status_code, answer.json(), answer.headers.get("Idempotent-Replayed", "")


def test_request_sent_again_is_carried_out_once_and_answered_alike(
    company: Company, program: Program
) -> None:
    journey, client = make_journey(company), program("marketer")

    first, second = (_send(client, journey.pk, "a") for _ in range(2))

    assert first[:2] == second[:2] == (201, {"id": Activity.objects.get().pk})
    assert (first[2], second[2]) == ("", "true")
    assert AuditEvent.objects.filter(journey_id=journey.pk).count() == 1


def test_other_body_under_the_same_key_is_refused_and_changes_nothing(
    company: Company, program: Program
) -> None:
    journey, client = make_journey(company), program("marketer")
    _send(client, journey.pk, "a")

    status, body, _ = _send(client, journey.pk, "a", {**CALL, "words": "Another call."})

    assert (status, body["error"]["code"]) == (422, "rule")  # type: ignore[index]
    assert [one.words for one in Activity.objects.all()] == ["Called back."]


def test_key_is_its_users_own(company: Company, program: Program) -> None:
    mine = make_journey(company, owner="marketer")
    theirs = make_journey(company, owner="inside", stage="working")

    statuses = [
        _send(program("marketer"), mine.pk, "a")[0],
        _send(program("inside"), theirs.pk, "a")[0],
    ]

    assert statuses == [201, 201]
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    "body", [{**CALL, "kind": "letter"}, {**CALL, "at": "2999-01-01T00:00:00Z"}]
)
def test_refused_request_keeps_nothing_so_that_it_may_be_mended(
    company: Company, program: Program, body: dict[str, object]
) -> None:
    journey, client = make_journey(company), program("marketer")

    assert _send(client, journey.pk, "a", body)[0] == 422
    assert IdempotencyKey.objects.count() == 0
    assert _send(client, journey.pk, "a")[0] == 201


def test_key_that_is_too_long_is_refused(company: Company, program: Program) -> None:
    journey, client = make_journey(company), program("marketer")

    assert _send(client, journey.pk, "k" * MAX_KEY)[0] == 201
    assert _send(client, journey.pk, "k" * (MAX_KEY + 1))[0] == 422


def test_answers_are_forgotten_after_two_days(company: Company, program: Program) -> None:
    journey, client = make_journey(company), program("marketer")
    _send(client, journey.pk, "old")
    _send(client, journey.pk, "new")
    IdempotencyKey.objects.filter(key="old").update(at=timezone.now() - timedelta(hours=49))

    assert forget_answers() == 1
    assert [one.key for one in IdempotencyKey.objects.all()] == ["new"]
    assert _send(client, journey.pk, "old")[2] == ""
