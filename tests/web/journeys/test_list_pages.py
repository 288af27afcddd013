"""The list, the change of many, exports, saved views and opening, as a browser sees them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook

from kyogyo.records.actions.views import save_view
from kyogyo.records.models import Account, Journey, SavedView
from kyogyo.records.search_text import search_text
from tests.records.people import Company, make_account, make_journey

SignedIn = Callable[..., Client]
PAGES = ("/journeys/", "/board/", "/search/?q=東芝", "/journeys/new/")


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["marketer", "manager", "admin"])
def test_page_opens_full_and_empty(
    company: Company, signed_in: SignedIn, name: str, path: str, lang: str
) -> None:
    company.users[name].lang = lang
    company.users[name].save()
    browser = signed_in(name)
    assert browser.get(path).status_code == 200

    account = make_account(name="東芝", search=search_text("東芝"))
    make_journey(company, account=account, owner=name, amount=100)

    assert browser.get(path).status_code == 200


def test_page_of_a_viewer_offers_no_change(company: Company, signed_in: SignedIn) -> None:
    make_journey(company)

    assert 'name="journey"' not in signed_in("viewer").get("/journeys/").text
    assert signed_in("viewer").get("/journeys/new/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/accounts/{account}/", "/board/move/{journey}/", "/board/gates/{journey}/"]
)
def test_page_of_others_is_not_found(company: Company, signed_in: SignedIn, path: str) -> None:
    journey = make_journey(company, owner="field", stage="proposal")
    there = path.format(account=journey.account_id, journey=journey.pk)

    assert signed_in("outsider").get(there).status_code == 404
    assert signed_in("inside").get(there).status_code == 404
    assert signed_in("field").get(there).status_code == 200


def test_change_of_many_looks_ahead_then_does_it_and_offers_undo(
    company: Company, signed_in: SignedIn
) -> None:
    first, second = make_journey(company), make_journey(company, source="web")
    browser = signed_in("admin")
    said = {"ids": f"{first.pk},{second.pk}", "kind": "source", "source": "web"}

    seen = browser.post("/journeys/change/", said)
    assert seen.status_code == 200
    assert "Source → web" in seen.text
    first.refresh_from_db()
    assert first.source == ""

    done = browser.post("/journeys/change/apply/", said)
    assert (done.status_code, done.headers["Location"]) == (303, "/journeys/")
    first.refresh_from_db()
    assert first.source == "web"
    assert 'action="/journeys/change/undo/"' in browser.get("/journeys/").text


def test_change_of_all_takes_the_filter(company: Company, signed_in: SignedIn) -> None:
    journey = make_journey(company)
    make_journey(company, stage="mql")

    seen = signed_in("admin").post("/journeys/change/", {"all": "1", "query": "stage=lead"})

    assert f'name="ids" value="{journey.pk}"' in seen.text


def test_change_that_is_not_said_is_refused_in_words(company: Company, signed_in: SignedIn) -> None:
    journey = make_journey(company)

    seen = signed_in("admin").post("/journeys/change/", {"ids": journey.pk, "kind": "owner"})

    assert seen.status_code == 422
    assert "It isn&#39;t said what to change." in seen.text


def test_export_is_a_file_that_spreadsheets_open(company: Company, signed_in: SignedIn) -> None:
    journey = make_journey(company, account=make_account(name="=1+1"))
    browser = signed_in("admin")

    csv = b"".join(browser.get("/journeys/export/?kind=csv&column=account"))
    book = b"".join(browser.get("/journeys/export/?kind=xlsx&column=account"))

    assert csv.decode("utf-8") == f"\ufeffID,Account\r\n{journey.pk},'=1+1\r\n"
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert list(sheet.values) == [("ID", "Account"), (journey.pk, "'=1+1")]


def test_view_is_kept_shared_and_forgotten(company: Company, signed_in: SignedIn) -> None:
    signed_in("admin").post(
        "/journeys/views/", {"name": "Web", "query": "source=web", "is_shared": "1"}
    )
    view = SavedView.objects.get()

    assert 'href="/journeys/?source=web"' in signed_in("field").get("/journeys/").text
    assert signed_in("field").post(f"/journeys/views/{view.pk}/delete/").status_code == 404
    assert signed_in("admin").post(f"/journeys/views/{view.pk}/delete/").status_code == 303
    assert not SavedView.objects.exists()


def test_opening_warns_of_a_company_that_is_here(company: Company, signed_in: SignedIn) -> None:
    account = make_account(name="㈱髙島屋", search=search_text("㈱髙島屋"))
    make_journey(company, account=account, owner="inside", stage="working")
    browser = signed_in("inside")
    said = {"name": "高島屋株式会社", "track": "new_business", "title": "typed"}

    warned = browser.post("/journeys/new/", said)
    assert warned.status_code == 422
    assert "㈱髙島屋" in warned.text
    assert 'value="typed"' in warned.text
    assert Account.objects.count() == 1

    browser.post("/journeys/new/", {**said, "same": account.pk})
    assert Journey.objects.filter(account=account).count() == 2

    browser.post("/journeys/new/", {**said, "is_another": "1"})
    assert Account.objects.count() == 2


def test_opening_makes_account_person_and_journey_in_one(
    company: Company, signed_in: SignedIn
) -> None:
    answer = signed_in("inside").post(
        "/journeys/new/",
        {"name": "ひかり", "person": "田中", "email": "t@hikari.example", "track": "new_business",
         "amount": "120万"},
    )  # fmt: skip

    journey = Journey.objects.get()
    assert answer.headers["Location"] == f"/journeys/{journey.pk}/"
    assert journey.person is not None
    assert (journey.account.name, journey.person.email, journey.amount, journey.owner) == (
        "ひかり",
        "t@hikari.example",
        1_200_000,
        company.inside,
    )


def test_move_from_the_board_goes_back_to_it_with_undo(
    company: Company, signed_in: SignedIn
) -> None:
    journey = make_journey(company)
    browser = signed_in("marketer")
    gate = browser.get(f"/journeys/{journey.pk}/gate/?to=mql&back=/board/?track=new_business")
    assert 'name="back" value="/board/?track=new_business"' in gate.text

    moved = browser.post(
        f"/journeys/{journey.pk}/enter/",
        {"stage": "mql", "met:fit_and_interest": "1", "back": "/board/?track=new_business"},
    )

    assert moved.headers["Location"] == "/board/?track=new_business"
    assert f'action="/journeys/{journey.pk}/undo/"' in browser.get("/board/").text


def test_merge_is_looked_at_done_and_taken_back(company: Company, signed_in: SignedIn) -> None:
    keep, gone = make_account(name="東芝"), make_account(name="株式会社東芝")
    make_journey(company, account=gone)
    browser = signed_in("admin")

    assert browser.get(f"/accounts/{keep.pk}/merge/?with={gone.pk}").status_code == 200
    browser.post(f"/accounts/{keep.pk}/merge/", {"with": gone.pk})
    assert browser.get(f"/accounts/{gone.pk}/").headers["Location"] == f"/accounts/{keep.pk}/"

    browser.post(f"/accounts/{gone.pk}/split/")
    assert Journey.objects.get().account == gone


def test_somebody_in_no_team_is_offered_no_names_to_choose_from(
    signed_in: SignedIn, company: Company
) -> None:
    make_journey(company, source="Summer fair", campaign="Mailing 7")
    save_view(actor=company.as_marketer, page="journeys", name="Our fair", query="", is_shared=True)
    told = ("Summer fair", "Mailing 7", "Fumi Field", "Field sales team", "Our fair")
    paths = ("/journeys/", "/board/", "/journeys/new/")
    pages = {
        who: "".join(signed_in(who).get(path).content.decode() for path in paths)
        for who in ("outsider", "inside")
    }

    assert [word for word in told if word in pages["outsider"]] == []
    assert [word for word in ("Summer fair", "Fumi Field", "Our fair") if word in pages["inside"]] == [
        "Summer fair", "Fumi Field", "Our fair",
    ]  # fmt: skip
