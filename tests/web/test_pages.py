"""What every page shares: who comes in, how errors are said, in which language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from kyogyo.errors import (
    ConflictError,
    KyogyoError,
    MissingRecordError,
    NotAllowedError,
    RuleError,
)
from kyogyo.web.pages import page
from kyogyo.web.speaking import Speaking, speak
from tests.records.people import Company

Browser = Callable[..., Client]


def _request(user: object, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/somewhere/?a=1", headers=headers)
    request.user = user
    return request


def _failing(error: type[KyogyoError]) -> Callable[..., HttpResponse]:
    @page
    def view(request: HttpRequest) -> HttpResponse:
        raise error(en="It is so.", ja="そうです。")

    return view


@page
def _fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def test_page_sends_a_stranger_to_the_sign_in_and_back(company: Company) -> None:
    answer = _fine(_request(AnonymousUser()))

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in/login/?next=%2Fsomewhere%2F%3Fa%3D1",
    )


def test_page_sends_everybody_to_the_set_up_before_there_is_anybody(db: None) -> None:
    assert _fine(_request(AnonymousUser())).headers["Location"] == "/setup/"


def test_page_moves_the_whole_browser_when_the_session_ended_under_htmx(company: Company) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?day=today"}
    answer = _fine(_request(AnonymousUser(), **headers))

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        "/sign-in/login/?next=%2Fdesk%2F%3Fday%3Dtoday",
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [(MissingRecordError, 404), (NotAllowedError, 403), (ConflictError, 409), (RuleError, 422)],
)
@pytest.mark.parametrize(("lang", "words"), [("en", "It is so."), ("ja", "そうです。")])
def test_page_says_an_error_in_the_language_of_the_person(
    company: Company, error: type[KyogyoError], status: int, lang: str, words: str
) -> None:
    speak(Speaking(lang))
    answer = _failing(error)(_request(company.users["field"]))
    speak(Speaking())

    assert (answer.status_code, answer.content.decode().count(words)) == (status, 1)


def test_page_says_an_error_as_a_note_where_htmx_asked_for_a_part(company: Company) -> None:
    answer = _failing(ConflictError)(_request(company.users["field"], **{"HX-Request": "true"}))

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#notices")
    assert answer.content.decode().count("<html") == 0


def test_page_may_be_kept_by_the_browser_only_to_ask_again(company: Company) -> None:
    answer = _fine(_request(company.users["field"]))

    assert sorted(answer.headers["Cache-Control"].split(", ")) == ["no-cache", "private"]


@pytest.mark.parametrize(
    ("cookie", "accepted", "lang"),
    [("", "ja,en;q=0.8", "ja"), ("", "fr,en-GB;q=0.8", "en"), ("ja", "en", "ja"), ("", "fr", "ja")],
)
def test_language_is_that_of_the_cookie_then_of_the_browser(
    company: Company, cookie: str, accepted: str, lang: str
) -> None:
    client = Client()
    if cookie:
        client.cookies["kyogyo_lang"] = cookie
    answer = client.get("/no-such-page/", headers={"Accept-Language": accepted})

    assert (answer.status_code, answer.headers["Content-Language"]) == (404, lang)
    assert answer.content.decode().count(f'<html lang="{lang}"') == 1


def test_language_of_the_person_goes_before_the_browser(
    signed_in: Browser,
) -> None:
    answer = signed_in("field").get("/settings/", headers={"Accept-Language": "ja"})

    assert answer.headers["Content-Language"] == "en"


def test_language_is_kept_with_the_person_and_leads_back(
    signed_in: Browser, company: Company
) -> None:
    answer = signed_in("field").post("/settings/language/", {"lang": "ja", "next": "/desk/"})
    company.users["field"].refresh_from_db()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    assert company.users["field"].lang == "ja"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_language_never_leads_to_another_site(company: Company, to: str) -> None:
    answer = Client().post("/settings/language/", {"lang": "en", "next": to})

    assert answer.headers["Location"] == "/"


def test_headers_refuse_what_pages_never_need(signed_in: Browser) -> None:
    headers = signed_in("field").get("/settings/").headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )

    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_static_file_changes_its_address_with_its_content(
    signed_in: Browser,
) -> None:
    client = signed_in("field")
    page_text = client.get("/settings/").content.decode()
    address = page_text.split('href="/static/kyogyo/tokens.css')[1].split('"')[0]
    answer = client.get(f"/static/kyogyo/tokens.css{address}")
    answer.close()

    assert len(address) == len("?v=0123456789")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (
        200,
        "max-age=31536000, public",
    )


def test_part_of_a_page_has_what_the_page_imports(
    signed_in: Browser, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = tmp_path
    client = signed_in("admin")
    whole = client.get("/settings/imports/").content.decode()
    part = client.get("/settings/imports/", headers={"HX-Request": "true"})
    again = client.get("/settings/imports/", headers={"HX-Request": "true", "HX-Boosted": "true"})

    assert whole.count(part.content.decode().strip()) == 1
    assert "HX-Request" in part.headers["Vary"].split(", ")
    assert again.content.decode().count("<html") == 1
