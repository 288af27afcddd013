"""The desk as each role finds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kyogyo.records.actions import journeys
from kyogyo.records.models import Journey, NextStep
from tests.records.people import Company, make_account, make_journey

Browsers = Callable[..., Client]
ROLES = ("marketer", "inside", "field", "success", "manager", "revops", "admin", "viewer")


def _journey(company: Company, name: str = "Aozora", days: int = 1) -> Journey:
    at = timezone.now() - timedelta(days=days)
    return make_journey(
        company, stage="qualifying", owner="inside", account=make_account(name=name), at=at
    )


def test_desk_opens_for_every_role_and_stays_empty_for_an_outsider(
    signed_in: Browsers, company: Company
) -> None:
    _journey(company)

    assert {who: signed_in(who).get("/desk/").status_code for who in ROLES} == dict.fromkeys(
        ROLES, 200
    )
    page = signed_in("outsider").get("/desk/").content.decode()
    assert "Aozora" not in page


def test_desk_says_why_in_the_language_of_the_person(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    past = timezone.localdate() - timedelta(days=5)
    journeys.plan_next_step(
        actor=company.as_inside, journey_id=journey.pk, text="Call Ms Sato", due_on=past
    )

    page = signed_in("inside").get("/desk/").content.decode()
    assert "days past its day: Call Ms Sato" in page
    company.inside.lang = "ja"
    company.inside.save()
    assert "日超過：Call Ms Sato" in signed_in("inside").get("/desk/").content.decode()


def test_done_is_gone_and_undo_brings_it_back(signed_in: Browsers, company: Company) -> None:
    journey = _journey(company)
    past = timezone.localdate() - timedelta(days=5)
    journeys.plan_next_step(
        actor=company.as_inside, journey_id=journey.pk, text="Call", due_on=past
    )
    browser = signed_in("inside")

    answer = browser.post(f"/desk/done/{journey.pk}/", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert (answer.status_code, f'id="place-{journey.pk}"' in part) == (200, False)
    assert f'action="/journeys/{journey.pk}/next-step/"' in part

    undo = browser.post(
        f"/journeys/{journey.pk}/next-step/",
        {"text": "Call", "due_on": past.isoformat(), "back": "/desk/"},
    )
    assert (undo.status_code, undo.headers["Location"]) == (303, "/desk/")
    assert f'id="place-{journey.pk}"' in browser.get("/desk/").content.decode()
    assert NextStep.objects.filter(journey=journey).count() == 3


def test_done_needs_the_journey_to_be_seen_and_writable(
    signed_in: Browsers, company: Company
) -> None:
    journey = _journey(company)
    found = [
        signed_in(who).post(f"/desk/done/{journey.pk}/").status_code
        for who in ("outsider", "field", "viewer")
    ]

    assert found == [404, 404, 403]


def test_queue_costs_the_same_for_one_row_and_for_three(
    signed_in: Browsers, company: Company
) -> None:
    browser = signed_in("inside")
    _journey(company)
    browser.get("/desk/queue/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/queue/")
    _journey(company, "B")
    _journey(company, "C")
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/queue/")

    assert len(three) == len(one)
    assert len(one) <= 30


def test_queue_that_shows_the_newest_gets_nothing(signed_in: Browsers, company: Company) -> None:
    browser = signed_in("inside")
    mark = browser.get("/desk/").content.decode().split("seen=")[1].split('"')[0]

    assert browser.get(f"/desk/queue/?seen={mark}").status_code == 204
    assert browser.get("/desk/queue/?seen=0-0").status_code == 200


def test_managers_see_what_went_out_of_line(signed_in: Browsers, company: Company) -> None:
    _journey(company, "Slow", days=40)

    page = signed_in("manager").get("/desk/").content.decode()
    assert "40 days in In conversation, expected 14" in page
    assert "Ichiro Inside" in page


def test_viewers_get_a_summary(signed_in: Browsers, company: Company) -> None:
    _journey(company)

    page = signed_in("viewer").get("/desk/").content.decode()
    assert "open journeys" in page
    assert "data-queue" not in page


def test_an_empty_desk_teaches(signed_in: Browsers, company: Company) -> None:
    assert "Nothing has been given to you yet" in signed_in("field").get("/desk/").content.decode()
