"""The page of an account, and making one of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kyogyo.errors import RuleError
from kyogyo.records.actions.accounts import merge_accounts, split_accounts
from kyogyo.records.queries.account_page import read_account, read_merge
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@page
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Everything about a company that one may see."""
    view = read_account(actor=actor_of(request), account_id=account_id)
    if view.account.pk != account_id:  # merged: its address leads to what it became
        return go(request, f"/accounts/{view.account.pk}/")
    return render(request, "accounts/account.html", {"view": view})


@require_http_methods(["GET", "POST"])
@page
def merge(request: HttpRequest, account_id: int) -> HttpResponse:
    """Look at what would come together, then do it; it can be taken back."""
    actor = actor_of(request)
    said = request.POST if request.method == "POST" else request.GET
    other = read_whole(said.get("with", ""))
    if other is None or other == account_id:
        raise RuleError(
            en="It isn't said which account this is the same as. Choose it on the account's page.",
            ja="統合する相手の取引先が選ばれていません。取引先のページで選んでください。",
        )
    keep, merged = read_merge(actor=actor, keep_id=account_id, merge_id=other)
    if request.method == "POST":
        merge_accounts(actor=actor, keep_id=keep.account.pk, merge_id=merged.account.pk)
        tell(
            request,
            Text(
                en=f"{merged.account.name} is now part of {keep.account.name}.",
                ja=f"{merged.account.name}を{keep.account.name}に統合しました。",
            ),
            undo=f"/accounts/{merged.account.pk}/split/",
        )
        return go(request, f"/accounts/{keep.account.pk}/")
    return render(request, "accounts/merge.html", {"keep": keep, "merge": merged})


@require_POST
@page
def split(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take a merge back: the account stands for itself again."""
    split_accounts(actor=actor_of(request), merged_id=account_id)
    tell(request, Text(en="The accounts are two again.", ja="統合を元に戻しました。"))
    return go(request, f"/accounts/{account_id}/")
