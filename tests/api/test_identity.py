"""Who a program acts for, and what it then may see and do: what its person may, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kyogyo.records.actions.keys import make_api_key, revoke_api_key
from kyogyo.records.actions.people import end_membership
from kyogyo.records.models import Journey, Membership
from tests.records.people import Company, make_journey

Program = Callable[..., Client]


def test_key_acts_as_its_person(company: Company, program: Program) -> None:
    mine = make_journey(company, owner="inside", stage="working")
    make_journey(company, owner="field", stage="discovery")

    found = program("inside").get("/api/v1/journeys/").json()["journeys"]

    assert [one["id"] for one in found] == [mine.pk]


@pytest.mark.parametrize(
    "sent", ["", "Bearer nonsense", "Bearer kyo_00000000_x", "Basic abc", "Bearer "]
)
def test_without_a_good_key_nobody_is_let_in(company: Company, sent: str) -> None:
    answer = Client(headers={"Authorization": sent} if sent else {}).get("/api/v1/journeys/")

    assert answer.status_code == 401


def test_revoked_key_is_worthless(company: Company) -> None:
    key, secret = make_api_key(actor=company.as_inside, name="test")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    before = client.get("/api/v1/model/").status_code

    revoke_api_key(actor=company.as_inside, key_id=key.pk)

    assert (before, client.get("/api/v1/model/").status_code) == (200, 401)


def test_key_of_somebody_who_left_is_worthless(company: Company, program: Program) -> None:
    client = program("inside")
    company.inside.is_active = False
    company.inside.save()

    assert client.get("/api/v1/model/").status_code == 401


def test_key_sees_no_more_than_its_persons_memberships(company: Company, program: Program) -> None:
    journey = make_journey(company, owner="field", stage="discovery")
    client = program("manager")
    before = client.get(f"/api/v1/journeys/{journey.pk}/").status_code

    end_membership(
        actor=company.as_admin, membership_id=Membership.objects.get(user=company.manager).pk
    )

    assert (before, client.get(f"/api/v1/journeys/{journey.pk}/").status_code) == (200, 404)


def test_key_that_reads_may_not_write(company: Company, program: Program) -> None:
    journey = make_journey(company)
    client = program("marketer", can_write=False)

    answer = client.post(
        f"/api/v1/journeys/{journey.pk}/activities/",
        {"kind": "call"},
        content_type="application/json",
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "notallowed")


def test_signed_in_person_needs_the_csrf_token_to_write(company: Company) -> None:
    journey = make_journey(company)
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        company.marketer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    read = client.get(f"/api/v1/journeys/{journey.pk}/")
    written = client.patch(
        f"/api/v1/journeys/{journey.pk}/", {"title": "x"}, content_type="application/json"
    )

    assert (read.status_code, written.status_code) == (200, 403)
    assert Journey.objects.get().title != "x"
