"""What is noted about a journey, the company's own fields among it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kyogyo.records.actions.fields import add_field
from kyogyo.records.actions.journeys import change_journey
from kyogyo.records.models import Journey
from tests.records.people import Company, make_journey

Browsers = Callable[..., Client]
FIELDS = (
    ("plan", "Plan", "プラン", "choice", ("Light", "Full"), "lead"),
    ("seats", "Seats", "席数", "number", (), ""),
    ("price", "Price", "価格", "money", (), ""),
    ("golive", "Go-live", "稼働日", "date", (), ""),
    ("notes", "Notes", "備考", "text", (), ""),
)
SENT = {
    "title": "Renewal of the core", "source": "Fair", "campaign": "", "amount": "120万",
    "field:plan": "Full", "field:seats": "１２", "field:price": "1,500", "field:golive": "2026-10-01",
    "field:notes": "Two sites",
}  # fmt: skip


@pytest.fixture
def journey(company: Company) -> Journey:
    for code, en, ja, kind, choices, stage in FIELDS:
        add_field(
            actor=company.as_admin, noun="journey", code=code, label_en=en, label_ja=ja, kind=kind,
            choices=choices, required_to_leave=stage,
        )  # fmt: skip
    return make_journey(company, amount=500_000)


def _fields(page: str) -> dict[str, str]:
    """The name and value of each input."""
    return dict(re.findall(r'<input [^>]*name="([^"]+)"[^>]* value="([^"]*)"', page))


def test_gate_leads_to_the_field_that_is_missing_and_back(
    signed_in: Browsers, journey: Journey
) -> None:
    browser = signed_in("marketer")
    gate = browser.get(f"/journeys/{journey.pk}/gate/?to=mql").content.decode()
    links = re.findall(r'href="(/journeys/\d+/fields/[^"]*)"', gate)
    assert links == [f"/journeys/{journey.pk}/fields/?to=mql"]

    form = browser.get(links[0]).content.decode()
    answer = browser.post(f"/journeys/{journey.pk}/fields/", {**SENT, **_kept(form), "to": "mql"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/journeys/{journey.pk}/gate/?to=mql",
    )
    assert "fields/" not in browser.get(answer.headers["Location"]).content.decode()


def _kept(page: str) -> dict[str, str]:
    return {"revision": _fields(page)["revision"]}


def test_all_kinds_are_kept_and_shown_as_typed(signed_in: Browsers, journey: Journey) -> None:
    browser = signed_in("marketer")
    form = browser.get(f"/journeys/{journey.pk}/fields/").content.decode()
    browser.post(f"/journeys/{journey.pk}/fields/", {**SENT, **_kept(form)})
    journey.refresh_from_db()

    assert (journey.title, journey.amount, journey.source) == (
        "Renewal of the core",
        1_200_000,
        "Fair",
    )
    assert journey.facts == {
        "plan": "Full", "seats": 12, "price": 1_500, "golive": "2026-10-01", "notes": "Two sites",
    }  # fmt: skip
    shown = _fields(browser.get(f"/journeys/{journey.pk}/fields/").content.decode())
    assert {name: shown[name] for name in ("amount", "field:seats", "field:price")} == {
        "amount": "1,200,000",
        "field:seats": "12",
        "field:price": "1,500",
    }


def test_value_that_does_not_fit_is_said_and_nothing_typed_is_lost(
    signed_in: Browsers, journey: Journey
) -> None:
    browser = signed_in("marketer")
    form = browser.get(f"/journeys/{journey.pk}/fields/").content.decode()
    answer = browser.post(
        f"/journeys/{journey.pk}/fields/", {**SENT, **_kept(form), "field:seats": "many"}
    )
    page = answer.content.decode()
    journey.refresh_from_db()

    assert answer.status_code == 422
    assert page.count("is no number") == 1
    assert (_fields(page)["title"], journey.title) == ("Renewal of the core", "")


def test_second_writer_is_shown_what_the_first_wrote(
    signed_in: Browsers, company: Company, journey: Journey
) -> None:
    browser = signed_in("marketer")
    form = browser.get(f"/journeys/{journey.pk}/fields/").content.decode()
    change_journey(actor=company.as_admin, journey_id=journey.pk, title="Theirs")
    answer = browser.post(f"/journeys/{journey.pk}/fields/", {**SENT, **_kept(form)})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert page.count("Stored now: Theirs") == 1
    assert _fields(page)["title"] == "Renewal of the core"
    again = browser.post(f"/journeys/{journey.pk}/fields/", {**SENT, **_kept(page)})
    journey.refresh_from_db()
    assert (again.status_code, journey.title) == (303, "Renewal of the core")


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404), ("admin", 200)])
def test_form_is_for_those_who_may_change_it(
    signed_in: Browsers, journey: Journey, who: str, status: int
) -> None:
    assert signed_in(who).get(f"/journeys/{journey.pk}/fields/").status_code == status


def test_own_fields_are_among_the_facts_of_a_journey(
    signed_in: Browsers, company: Company, journey: Journey
) -> None:
    change_journey(actor=company.as_admin, journey_id=journey.pk, facts={"seats": 12})
    page = signed_in("marketer").get(f"/journeys/{journey.pk}/").content.decode()

    assert re.findall(r"<dt>Seats</dt><dd>([^<]*)</dd>", page) == ["12"]
    assert re.findall(r"<dt>Plan</dt><dd><span[^>]*>([^<]*)<", page) == ["unknown"]
