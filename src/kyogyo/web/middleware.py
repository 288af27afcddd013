"""What each request passes through: the language is chosen, and a busy database is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from kyogyo.records.queries.database import is_busy, is_full
from kyogyo.web.errors import busy, full
from kyogyo.web.speaking import COOKIE, Speaking, known_lang, speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from kyogyo.words import Lang


class SpeakingMiddleware:
    """The language of the person's own setting, else of the cookie, else of the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lang = choose_lang(request)
        speak(Speaking(lang))
        translation.activate(lang)  # for what Django and allauth say themselves
        try:
            response = self.get_response(request)
        finally:
            translation.deactivate()
            timezone.deactivate()
            speak(Speaking())
        response.headers.setdefault("Content-Language", lang)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def choose_lang(request: HttpRequest) -> Lang:
    """The language that this request is to be answered in."""
    if request.user.is_authenticated:
        own = known_lang(request.user.lang)
        if own:
            return own
    chosen = known_lang(request.COOKIES.get(COOKIE))
    return chosen or _accepted(request) or known_lang(settings.LANGUAGE_CODE) or "ja"


def _accepted(request: HttpRequest) -> Lang | None:
    for word in request.headers.get("Accept-Language", "").split(","):
        lang = known_lang(word)
        if lang:
            return lang
    return None


class BusyMiddleware:
    """503 in words where somebody else held the database for too long, 507 where the disk is full; nothing was kept of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and is_busy(exception):
            return busy(request)
        if is_full(exception):
            return full(request)
        return None
