"""Administrators without a second factor are sent to set one up, where the installation demands it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from kyogyo.web.asked import actor_of
from kyogyo.web.notices import tell
from kyogyo.web.render import go
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_DEMANDED = Text(
    en="Administrators need a second factor here. Set up an authenticator app or a passkey to go on.",
    ja="管理者には二段階認証が必要です。認証アプリまたはパスキーを設定すると、続けて利用できます。",
)
_OPEN = ("/sign-in/", "/settings/language/", "/settings/appearance/", "/static/", "/healthz/")


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.KYOGYO_ADMIN_MFA and _lacks_factor(request):
            if not request.headers.get("HX-Request"):
                tell(request, _DEMANDED, kind="warning")
            return go(request, "/sign-in/2fa/")
        return self.get_response(request)


def _lacks_factor(request: HttpRequest) -> bool:
    if request.path.startswith(_OPEN) or not request.user.is_authenticated:
        return False
    return actor_of(request).is_admin and not is_mfa_enabled(request.user)
