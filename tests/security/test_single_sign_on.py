"""The company's directory by SAML: what it signed for us opens the door or shuts it, and nothing else does."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from kyogyo.config.sign_on import read_providers
from kyogyo.records.models import User
from tests.security.saml import AUDIENCE, Directory, asked_in, make_directory, respond
from tests.security.world import World

EMAIL = "field@example.com"
NAME = f"of-{EMAIL}"
SLO = "https://directory.example.com/slo"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return make_directory()


@pytest.fixture
def browser(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, directory: Directory
) -> Client:
    for name, value in {**directory.settings, "KYOGYO_SAML_SLO_URL": SLO}.items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = read_providers()
    settings.ALLOWED_HOSTS = ["kyogyo.example.com"]
    return Client(raise_request_exception=False, headers={"Host": "kyogyo.example.com"})


def _ask(browser: Client) -> str:
    return asked_in(browser.post("/sign-in/saml/company/login/"))


def _carry(browser: Client, response: str) -> bool:
    """Whether somebody is signed in after the browser brought `response`."""
    browser.post("/sign-in/saml/company/acs/", {"SAMLResponse": response, "RelayState": ""})
    browser.get("/sign-in/saml/company/acs/finish/")
    return browser.get("/settings/").status_code == 200


def test_signed_assertion_for_us_signs_in_the_person_with_the_address(
    browser: Client, directory: Directory
) -> None:
    asked = _ask(browser)

    assert _carry(browser, respond(directory.assertion(email=EMAIL, answers=asked), answers=asked))
    assert browser.get("/settings/").content.decode().count(EMAIL) == 1


def test_nobody_is_made_by_an_assertion(browser: Client, directory: Directory) -> None:
    asked, before = _ask(browser), User.objects.count()
    said = directory.assertion(email="stranger@example.com", answers=asked)

    assert not _carry(browser, respond(said, answers=asked))
    assert User.objects.count() == before


@pytest.mark.parametrize("what", ["unsigned", "stranger's key", "other audience", "too late"])
def test_assertion_that_is_not_signed_for_us_now_is_refused(
    browser: Client, directory: Directory, what: str
) -> None:
    asked = _ask(browser)
    by = make_directory() if what == "stranger's key" else directory
    said = by.assertion(
        email=EMAIL,
        answers=asked,
        signed=what != "unsigned",
        audience="https://other.example.com" if what == "other audience" else AUDIENCE,
        minutes=-10 if what == "too late" else 5,
    )

    assert not _carry(browser, respond(said, answers=asked))


def test_assertion_that_nobody_asked_for_is_refused(browser: Client, directory: Directory) -> None:
    said = directory.assertion(email=EMAIL, answers="_never")

    assert not _carry(browser, respond(said, answers="_never"))


def test_assertion_is_good_for_the_browser_that_asked_alone(
    browser: Client, directory: Directory
) -> None:
    asked = _ask(browser)
    said = respond(directory.assertion(email=EMAIL, answers=asked), answers=asked)

    assert not _carry(
        Client(raise_request_exception=False, headers={"Host": "kyogyo.example.com"}), said
    )


@pytest.mark.parametrize("first", ["forged", "signed"])
def test_forged_assertion_wrapped_beside_a_signed_one_is_refused(
    browser: Client, directory: Directory, first: str
) -> None:
    asked = _ask(browser)
    signed = directory.assertion(email=EMAIL, answers=asked)
    forged = directory.assertion(
        email="admin@example.com", answers=asked, signed=False, identity="_forged"
    )
    both = (forged, signed) if first == "forged" else (signed, forged)

    assert not _carry(browser, respond(*both, answers=asked))


def test_changed_assertion_is_refused(browser: Client, directory: Directory) -> None:
    asked = _ask(browser)
    said = directory.assertion(email=EMAIL, answers=asked)

    assert not _carry(browser, respond(said.replace(EMAIL, "admin@example.com"), answers=asked))


def test_person_who_is_switched_off_is_not_let_in(browser: Client, directory: Directory) -> None:
    User.objects.filter(email=EMAIL).update(is_active=False)
    asked = _ask(browser)

    assert not _carry(
        browser, respond(directory.assertion(email=EMAIL, answers=asked), answers=asked)
    )


def test_refusals_are_said_in_words_and_in_the_readers_language(
    browser: Client, directory: Directory
) -> None:
    def says(lang: str, email: str, answers: str) -> str:
        reader = Client(headers={"Host": "kyogyo.example.com", "Accept-Language": lang})
        asked = answers or _ask(reader)
        said = respond(directory.assertion(email=email, answers=asked), answers=asked)
        reader.post("/sign-in/saml/company/acs/", {"SAMLResponse": said, "RelayState": ""})
        answer = reader.get("/sign-in/saml/company/acs/finish/")
        return f"{answer.status_code} {answer.content.decode()}"

    assert "nobody has this address in Kyogyo" in says("en", "stranger@example.com", "")
    assert "belongs to no sign-in that this browser began" in says("en", EMAIL, "_never")
    assert says("ja", EMAIL, "_never").startswith("401")


def _signed_in(browser: Client, directory: Directory) -> Client:
    asked = _ask(browser)
    assert _carry(browser, respond(directory.assertion(email=EMAIL, answers=asked), answers=asked))
    return browser


def _is_in(browser: Client) -> bool:
    return browser.get("/settings/").status_code == 200


def test_signed_request_signs_the_person_out_and_is_answered(
    browser: Client, directory: Directory
) -> None:
    _signed_in(browser, directory)
    answer = browser.get(f"/sign-in/saml/company/sls/?{directory.sign_out(name=NAME)}")

    assert answer.headers["Location"].startswith(f"{SLO}?SAMLResponse=")
    assert not _is_in(browser)
    again = browser.get(f"/sign-in/saml/company/sls/?{directory.sign_out(name=NAME)}")
    assert again.status_code == 302  # nobody is signed in: that is what it asked for


@pytest.mark.parametrize("how", ["unsigned", "stranger's key", "changed", "other person", "other issuer",
                                 "twice", "answer", "unsigned answer", "not XML", "nothing"])  # fmt: skip
def test_request_to_sign_out_that_is_not_signed_for_this_person_is_refused(
    browser: Client, directory: Directory, how: str
) -> None:
    _signed_in(browser, directory)
    good = directory.sign_out(name=NAME)
    query = {
        "unsigned": directory.sign_out(name=NAME, signed=False),
        "stranger's key": make_directory().sign_out(name=NAME) if how == "stranger's key" else "",
        "changed": good.replace("RelayState=r", "RelayState=s"),
        "other person": directory.sign_out(name="of-admin@example.com"),
        "other issuer": directory.sign_out(name=NAME, issuer="https://evil.example"),
        "twice": f"{good}&SAMLRequest=x",
        "answer": directory.sign_out(name=NAME, kind="Response"),
        "unsigned answer": directory.sign_out(name=NAME, kind="Response", signed=False),
        "not XML": "SAMLRequest=AAAA&Signature=AAAA",
        "nothing": "",
    }[how]
    answer = browser.get(f"/sign-in/saml/company/sls/?{query}", headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert answer.content.decode().count("You are still signed in") == 1
    assert _is_in(browser)


def test_without_an_address_for_it_nobody_is_signed_out_by_the_directory(
    browser: Client, directory: Directory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _signed_in(browser, directory)
    with_it = browser.get("/sign-in/saml/company/metadata/").content.decode()
    monkeypatch.delenv("KYOGYO_SAML_SLO_URL")
    settings.SOCIALACCOUNT_PROVIDERS = read_providers()
    answer = browser.get(f"/sign-in/saml/company/sls/?{directory.sign_out(name=NAME)}")
    without = browser.get("/sign-in/saml/company/metadata/").content.decode()

    assert (answer.status_code, _is_in(browser)) == (404, True)
    assert (with_it.count("SingleLogoutService"), without.count("SingleLogoutService")) == (1, 0)
