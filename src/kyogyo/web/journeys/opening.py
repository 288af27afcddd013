"""Opening a journey: for a company that is here, or for a new one, which is looked for first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_http_methods

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.access import require_writer
from kyogyo.records.actions.arrivals import MayBeHere, NewCompany, receive_company
from kyogyo.records.actions.journeys import open_journey
from kyogyo.records.queries.account_page import account_for
from kyogyo.records.queries.choices import read_choices
from kyogyo.records.queries.model import current
from kyogyo.web.errors import status_of
from kyogyo.web.formats import say
from kyogyo.web.journeys.reading import read_minor, read_number
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.records.models import Journey

_OF_COMPANY = ("name", "kana", "domain", "segment", "person", "email", "phone")


@require_http_methods(["GET", "POST"])
@page
def new(request: HttpRequest) -> HttpResponse:
    """The form; then the journey, or what speaks against it with everything that was typed."""
    require_writer(actor_of(request))
    if request.method == "GET":
        return _show(request, typed=request.GET.dict())
    try:
        made = _open(request)
    except (RuleError, ConflictError) as error:
        return _show(request, typed=request.POST.dict(), error=error)
    tell(request, Text(en="The journey was opened.", ja="案件を作成しました。"))
    return go(request, f"/journeys/{made.pk}/")


def _open(request: HttpRequest) -> Journey:
    actor, post = actor_of(request), request.POST
    about: dict[str, Any] = {
        "actor": actor,
        "track": post.get("track", ""),
        "amount": read_minor(post, "amount"),
        "title": post.get("title", ""),
        "source": post.get("source", ""),
        "campaign": post.get("campaign", ""),
        "owner_id": read_number(post, "owner"),
    }
    # A candidate's own button sends `same`: the company is that one after all.
    account = read_number(post, "same") or read_number(post, "account")
    if account is not None:
        return open_journey(account_id=account, **about)
    company = NewCompany(**{name: post.get(name, "").strip() for name in _OF_COMPANY})
    return receive_company(company=company, is_another=bool(post.get("is_another")), **about)


def _show(
    request: HttpRequest, *, typed: dict[str, Any], error: RuleError | ConflictError | None = None
) -> HttpResponse:
    actor, model = actor_of(request), current().model
    choices = read_choices(actor)
    account = read_whole(str(typed.get("account", "")))
    return render(
        request,
        "journeys/new.html",
        {
            "typed": typed,
            "account": account_for(actor, account) if account is not None else None,
            "error": error.text if error else None,
            "twins": error.twins if isinstance(error, MayBeHere) else (),
            "choices": choices,
            "track_pairs": [(one.code, say(one.label)) for one in model.tracks],
            "owner_pairs": [(one.pk, str(one)) for one in choices.people],
            "me": actor.user.pk if actor.user else "",
        },
        status=status_of(error) if error else 200,
    )
