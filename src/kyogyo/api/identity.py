"""Who sent a request: a program with a key, or a person signed in on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from kyogyo.records.access import Actor
from kyogyo.records.queries.keys import actor_by_key

if TYPE_CHECKING:
    from django.http import HttpRequest

_HELD = "_kyogyo_actor"


class KeyAuth(HttpBearer):
    """`Authorization: Bearer kyo_...`, a key made under Settings."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002
        return actor_of(request)


class SessionAuth(APIKeyCookie):
    """A person signed in on the pages; what changes something then needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002
        return actor_of(request)


def actor_of(request: HttpRequest) -> Actor | None:
    """Who asks, found once a request. A key that is sent counts, even a wrong one: then it is nobody."""
    if not hasattr(request, _HELD):
        setattr(request, _HELD, _find(request))
    found: Actor | None = getattr(request, _HELD)
    return found


def asker(request: HttpRequest) -> Actor:
    """Who asks; only for endpoints that are behind the authentication."""
    found = actor_of(request)
    if found is None:
        raise HttpError(401, "Unauthorized")
    return found


def _find(request: Any) -> Actor | None:
    sent = request.headers.get("Authorization", "")
    if sent:
        kind, _, token = sent.partition(" ")
        return actor_by_key(token.strip()) if kind.lower() == "bearer" else None
    user = getattr(request, "user", None)
    return Actor(user=user) if user is not None and user.is_authenticated else None
