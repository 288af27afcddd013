"""After five wrong passwords the door stays shut for a quarter of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from kyogyo.web.errors import show
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LOCKED = Text(
    en="Five wrong attempts came from here, so signing in is locked for 15 minutes. Try again then, or ask an administrator for a link to set a new password.",
    ja="ログインに5回失敗したため、15分間ロックされています。時間をおいて再度お試しいただくか、管理者にパスワード再設定用のリンクを依頼してください。",
)

_TOO_OFTEN = Text(
    en="That was tried too often from here within a short time. Nothing was changed. Wait a minute, then try again.",
    ja="短時間に操作が繰り返されたため、一時的に受け付けていません。変更は行われていません。1分ほど待ってから、もう一度お試しください。",
)


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The e-mail address that somebody tried to sign in with."""
    held = credentials or {}
    sent = request.POST.get("login", "") if request is not None else ""
    return str(held.get("email") or held.get("username") or sent).strip().lower()


def address_of(request: HttpRequest) -> str:
    """Where a request came from: with KYOGYO_PROXIES, as the last trusted proxy saw it.

    What stands further left in the header was written by the sender, who may write anything.
    """
    proxies = settings.KYOGYO_PROXIES
    seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def say_locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    return _wait(request, _LOCKED, seconds=900)


def say_too_often(request: HttpRequest) -> HttpResponse:
    """allauth's limits on how often one signs in, confirms or asks for mail."""
    return _wait(request, _TOO_OFTEN, seconds=60)


def _wait(request: HttpRequest, text: Text, *, seconds: int) -> HttpResponse:
    response = show(request, text, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
