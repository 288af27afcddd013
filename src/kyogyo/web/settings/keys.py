"""API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_http_methods, require_POST

from kyogyo.errors import KyogyoError
from kyogyo.records.actions.keys import make_api_key, revoke_api_key
from kyogyo.records.queries.people import keys_for
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.typed import typed
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@page
def show(request: HttpRequest) -> HttpResponse:
    """One's own keys (an administrator sees all); a new one shows its secret in this answer only."""
    actor = actor_of(request)
    made, secret, problem, status = None, "", None, 200
    if request.method == "POST":
        try:
            made, secret = make_api_key(
                actor=actor,
                name=request.POST.get("name", ""),
                can_write=request.POST.get("can_write") == "1",
            )
        except KyogyoError as error:
            problem, status = error.text, 422
    values = {
        "made": made,
        "secret": secret,
        "problem": problem,
        "typed": typed(request.POST),
        "listed": page_of(keys_for(actor), request.GET.get("page")),
        "may_write": actor.may_write,
        "is_admin": actor.is_admin,
    }
    response = render(request, "settings/keys.html", values, status=status)
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@page
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    key = revoke_api_key(actor=actor_of(request), key_id=key_id)
    tell(
        request,
        Text(
            en=f"The key “{key.name}” no longer works.",
            ja=f"APIキー「{key.name}」を無効にしました。",
        ),
    )
    return go(request, "/settings/keys/")
