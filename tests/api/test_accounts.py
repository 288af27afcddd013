"""Accounts by program."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kyogyo.records.actions.accounts import make_account as add_account
from tests.records.people import Company, make_journey

Program = Callable[..., Client]


def test_account_is_found_by_a_part_of_its_name_among_those_seen(
    company: Company, program: Program
) -> None:
    seen = add_account(actor=company.as_revops, name="株式会社東芝テック")
    hidden = add_account(actor=company.as_revops, name="東芝エレベータ株式会社")
    make_journey(company, account=seen, owner="inside", stage="working")
    make_journey(company, account=hidden, owner="field", stage="discovery")

    found = program("inside").get("/api/v1/accounts/", {"q": "東芝"}).json()

    assert [one["id"] for one in found] == [seen.pk]


def test_account_is_made_and_read(company: Company, program: Program) -> None:
    client = program("marketer")

    made = client.post("/api/v1/accounts/", {"name": "Aozora"}, content_type="application/json")

    assert (made.status_code, made.json()["name"]) == (201, "Aozora")


def test_account_of_others_is_not_found(company: Company, program: Program) -> None:
    account = add_account(actor=company.as_revops, name="Aozora")
    make_journey(company, account=account, owner="field", stage="discovery")

    statuses = [
        program(name).get(f"/api/v1/accounts/{account.pk}/").status_code
        for name in ("inside", "field")
    ]

    assert statuses == [404, 200]
