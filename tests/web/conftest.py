"""The small company, and browsers in which its people are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.records.people import Company, make_company


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """The slow hash of passwords is Django's own; here people sign in often."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def signed_in(company: Company) -> Callable[..., Client]:
    """`signed_in("field")` is a browser of the field sales rep."""

    def open_browser(name: str, **defaults: str) -> Client:
        client = Client(**defaults)
        client.force_login(company.users[name])
        return client

    return open_browser
