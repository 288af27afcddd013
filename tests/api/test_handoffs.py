"""A handoff by program, from the offer to the decision; each side reads the same row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from kyogyo.records.actions.claims import answer_question
from kyogyo.records.models import Journey
from tests.records.people import Company, make_journey

Program = Callable[..., Client]


def _offer(company: Company, program: Program) -> tuple[Journey, dict[str, Any]]:
    journey = make_journey(company, stage="mql")
    answer_question(
        actor=company.as_marketer, journey_id=journey.pk, question="needs", answer="Speed"
    )
    made = program("marketer").post(
        f"/api/v1/handoffs/offer/{journey.pk}/",
        {"why_now": "Asked for a call."},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    return journey, made.json()


def test_offer_is_in_the_receivers_inbox_and_the_givers_outbox(
    company: Company, program: Program
) -> None:
    _, made = _offer(company, program)

    received = program("inside").get("/api/v1/handoffs/").json()
    given = program("marketer").get("/api/v1/handoffs/").json()

    assert [one["id"] for one in received["to_decide"]] == [made["id"]]
    assert [one["id"] for one in given["waiting"]] == [made["id"]]


def test_accepting_moves_the_journey_and_the_second_is_told(
    company: Company, program: Program
) -> None:
    journey, made = _offer(company, program)
    address = f"/api/v1/handoffs/{made['id']}/accept/"

    answers = [
        program("inside").post(address, {}, content_type="application/json") for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [200, 409]
    assert answers[0].json()["state"] == "accepted"
    assert Journey.objects.get(pk=journey.pk).stage == "working"


def test_return_needs_a_reason_that_the_model_allows(company: Company, program: Program) -> None:
    _, made = _offer(company, program)
    address = f"/api/v1/handoffs/{made['id']}/return/"
    client = program("inside")

    refused = client.post(
        address, {"reason": "no_such", "words": "x"}, content_type="application/json"
    )
    returned = client.post(
        address, {"reason": "too_small", "words": "Two seats."}, content_type="application/json"
    )

    assert (refused.status_code, returned.status_code) == (422, 200)
    assert returned.json()["state"] == "returned"


def test_handoff_of_others_is_not_found(company: Company, program: Program) -> None:
    _, made = _offer(company, program)

    for name in ("success", "outsider"):
        answer = program(name, can_write=name != "outsider").get(f"/api/v1/handoffs/{made['id']}/")
        assert (name, answer.status_code) == (name, 404)


def test_an_acceptance_is_taken_back_once(company: Company, program: Program) -> None:
    journey, made = _offer(company, program)
    at = f"/api/v1/handoffs/{made['id']}/"
    program("inside").post(f"{at}accept/", {}, content_type="application/json")

    answers = [
        program(who).post(f"{at}undo/", {"words": "By mistake"}, content_type="application/json")
        for who in ("marketer", "inside", "inside")
    ]

    assert [one.status_code for one in answers] == [403, 200, 409]
    assert (answers[1].json()["state"], Journey.objects.get(pk=journey.pk).stage) == (
        "offered", "mql",
    )  # fmt: skip
