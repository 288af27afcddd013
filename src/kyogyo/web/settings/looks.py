"""Language and look of the pages, and the gallery of what they are made of."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kyogyo.records.actions.people import choose_own_lang
from kyogyo.web.notices import Notice
from kyogyo.web.pages import page
from kyogyo.web.paging import Page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.shell import THEME_COOKIE
from kyogyo.web.speaking import COOKIE, known_lang, speaking

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_A_YEAR = timedelta(days=365)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in the cookie, and for who is signed in with the person."""
    lang = known_lang(request.POST.get("lang"))
    response = go(request, _back(request))
    if lang is None:
        return response
    if request.user.is_authenticated:
        choose_own_lang(actor=actor_of(request), lang=lang)
    _keep(response, COOKIE, lang)
    return response


@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie: it belongs to the device, not to the person."""
    response = go(request, _back(request))
    theme = request.POST.get("theme", "")
    if theme in ("auto", "light", "dark"):
        _keep(response, THEME_COOKIE, theme)
    return response


@page(for_admins=True)
def show_design(request: HttpRequest) -> HttpResponse:
    """Every part of the pages on one page, to be looked at."""
    notices = [
        Notice(kind="done", text="Journey 128 moved. 案件128を移動しました。", undo="#"),
        Notice(kind="problem", text="Somebody else was faster. 他の人が先に更新しました。"),
    ]
    model = speaking().model
    stages = [one.code for one in model.stages] if model else []
    values = {
        "departments": [one.code for one in model.departments] if model else [],
        "stages": stages,
        "tracks": [one.code for one in model.tracks] if model else [],
        "icons": _icons(),
        "rows": [
            ("株式会社青空製作所", stages[0] if stages else "lead", "佐藤 花子", 123456780),
            ("Blue Sky Works", stages[-3] if stages else "won", "Ken Tanaka", None),
            ("東京みなと物流ホールディングス株式会社", "no-such-stage", "鈴木 一郎", 4200000),
        ],
        "samples": notices,
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(hours=5),
        "listed": Page(number=2, size=50, total=128, rows=()),
    }
    return render(request, "settings/design.html", values)


def _icons() -> list[str]:
    sprite = finders.find("kyogyo/icons.svg")
    return re.findall(r'<symbol id="([a-z]+)"', Path(sprite).read_text("utf-8")) if sprite else []


def _back(request: HttpRequest) -> str:
    to = request.POST.get("next", "")
    return to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/"


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
