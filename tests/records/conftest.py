"""The small company, ready to use: `def test_x(company, journey)`."""

from __future__ import annotations

import pytest

from kyogyo.records.models import Account, Journey
from tests.records.people import Company, make_account, make_company, make_journey


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def account(company: Company) -> Account:
    return make_account()


@pytest.fixture
def journey(company: Company, account: Account) -> Journey:
    """A lead that the marketer holds."""
    return make_journey(company, account=account)
