"""Accounts: find, read, add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Router, Status

from kyogyo.api.identity import asker
from kyogyo.api.journeys import REFUSED
from kyogyo.api.shapes import AccountIn, AccountOut
from kyogyo.records.access import accounts_for, not_found
from kyogyo.records.actions import accounts
from kyogyo.records.queries.search import matching_ids

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.models import Account

router = Router(tags=["accounts"])
FOUND_AT_MOST = 50


@router.get("/", response={200: list[AccountOut], **REFUSED})
def find_accounts(request: HttpRequest, q: str = "") -> list[dict[str, Any]]:
    """Accounts that the asker may see, by a part of a name, its kana or its domain; at most 50."""
    found = accounts_for(asker(request))
    if q.strip():
        found = found.filter(pk__in=matching_ids("account", q.strip()[:100]))
    return [_account(one) for one in found.order_by("name", "id")[:FOUND_AT_MOST]]


@router.post("/", response={201: AccountOut, **REFUSED})
def make_account(request: HttpRequest, body: AccountIn) -> Status[dict[str, Any]]:
    """Add an account."""
    return Status(201, _account(accounts.make_account(actor=asker(request), **body.dict())))


@router.get("/{int:account_id}/", response={200: AccountOut, **REFUSED})
def read_account(request: HttpRequest, account_id: int) -> dict[str, Any]:
    """One account."""
    found = accounts_for(asker(request)).filter(pk=account_id).first()
    if found is None:
        raise not_found(en="account", ja="取引先", key=account_id)
    return _account(found)


def _account(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in AccountOut.model_fields}
