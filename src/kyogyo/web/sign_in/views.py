"""One-click sign-in to the demo company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import password_reset
from django.conf import settings
from django.contrib.auth import login
from django.views.decorators.http import require_POST

from kyogyo.errors import KyogyoError
from kyogyo.records.access import Actor
from kyogyo.records.actions.people import choose_own_lang
from kyogyo.records.queries.people import demo_person
from kyogyo.web.errors import say_error, show
from kyogyo.web.render import go
from kyogyo.web.speaking import COOKIE, known_lang
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


_ASK = Text(
    en="Kyogyo sends no mail here. Ask an administrator for a link to set a new password: they make it under Settings, People.",
    ja="この環境ではメールを送信していません。管理者に、パスワード設定用のリンクの発行を依頼してください（設定の「担当者」で発行できます）。",
)
_INVITED = Text(
    en="Nobody signs up by themselves here. An administrator adds people under Settings, People.",
    ja="自分で登録することはできません。管理者が設定の「担当者」で追加します。",
)
_VOUCHED = Text(
    en="Addresses are changed by an administrator, under Settings, People: they vouch for them.",
    ja="メールアドレスの変更は、管理者が設定の「担当者」で行います。変更が必要な場合は管理者に依頼してください。",
)


def forgotten(request: HttpRequest) -> HttpResponse:
    """allauth's page where mail is sent; elsewhere what to do instead."""
    if not settings.KYOGYO_SENDS_MAIL:
        return show(request, _ASK, status=404)
    shown: HttpResponse = password_reset(request)
    return shown


def no_sign_up(request: HttpRequest) -> HttpResponse:
    return show(request, _INVITED, status=404)


def no_own_address(request: HttpRequest, key: str = "") -> HttpResponse:  # noqa: ARG001 -- of the route
    return show(request, _VOUCHED, status=404)


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Be one of the people of the demo company. Only there: elsewhere there is nothing here.

    Who chose a language on the way in goes on in it.
    """
    try:
        user = demo_person(request.POST.get("person", ""))
    except KyogyoError as error:
        return say_error(request, error)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user=user, method="demo")
    if (chosen := known_lang(request.COOKIES.get(COOKIE))) is not None:
        choose_own_lang(actor=Actor(user=user), lang=chosen)
    return go(request, "/")
