"""Programs that ask: a key for anybody of the small company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kyogyo.records.actions.keys import make_api_key
from tests.records.people import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def program(company: Company) -> Callable[..., Client]:
    """`program("inside")`: a client that sends a key of that person, which may write unless told."""

    def make(name: str, *, can_write: bool = True, **headers: Any) -> Client:
        _, secret = make_api_key(actor=company.actor(name), name="test", can_write=can_write)
        return Client(headers={"Authorization": f"Bearer {secret}", **headers})

    return make
