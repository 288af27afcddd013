"""The company's directory by SAML: what it signed for us opens the door, and nothing else does.

OpenID Connect is not driven here: without a provider on the network allauth can't fetch its keys.
What is tested of it is the configuration (`tests/config/test_settings.py`).
"""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from kyogyo.config.sign_on import read_providers
from kyogyo.records.models import User
from tests.security.saml import AUDIENCE, Directory, asked_in, make_directory, respond
from tests.security.world import World

EMAIL = "field@example.com"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return make_directory()


@pytest.fixture
def browser(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, directory: Directory
) -> Client:
    for name, value in directory.settings.items():
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
