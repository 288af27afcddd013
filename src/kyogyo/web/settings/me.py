"""My own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from kyogyo.errors import RuleError
from kyogyo.records.actions.people import change_self
from kyogyo.records.queries.credit import DAYS, credit_of, people_of
from kyogyo.records.queries.people import ROLES, SIGHTS
from kyogyo.usecases.show_own_weeks import HEIGHT, WIDTH, show_own_weeks
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import COOKIE, Speaking, known_lang, speak
from kyogyo.web.typed import typed
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@page
def show(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    values = {
        "me": actor.user,
        "memberships": actor.memberships,
        "has_second_factor": is_mfa_enabled(actor.user),
        "roles": ROLES,
        "sights": SIGHTS,
        "typed": typed(request.POST),
        "problem": None,
        "credit": credit_of(actor=actor, user_id=actor.user.pk) if actor.user else None,
        "days": DAYS,
        "acts": show_own_weeks(actor=actor, user_id=actor.user.pk) if actor.user else (),
        "size": (WIDTH, HEIGHT),
        "people": people_of(actor),
    }
    if request.method == "GET":
        return render(request, "settings/me.html", values)
    try:
        user = change_self(
            actor=actor, name=request.POST.get("name", ""), lang=request.POST.get("lang", "")
        )
    except RuleError as error:
        return render(request, "settings/me.html", {**values, "problem": error.text}, status=422)
    lang = known_lang(user.lang) or "ja"
    speak(Speaking(lang))
    translation.activate(lang)
    tell(request, Text(en="Your settings are saved.", ja="設定を保存しました。"))
    response = go(request, "/settings/")
    response.delete_cookie(COOKIE)
    return response


@require_safe
@page
def numbers(request: HttpRequest, user_id: int) -> HttpResponse:
    """What somebody handed over and answered, and their weeks: for themselves and their manager."""
    actor = actor_of(request)
    values = {
        "credit": credit_of(actor=actor, user_id=user_id),
        "acts": show_own_weeks(actor=actor, user_id=user_id),
        "size": (WIDTH, HEIGHT),
        "days": DAYS,
    }
    return render(request, "settings/numbers.html", values)
