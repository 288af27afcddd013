"""What a request says: who asks, in which language, and whether htmx asks for a part of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import Actor
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.words import Lang

_ACTOR = "_kyogyo_actor"


def actor_of(request: HttpRequest) -> Actor:
    """Who asks. One object a request, so that their memberships are read once.

    For somebody who isn't signed in this is a defect: `@page` sends them to the sign-in first.
    """
    known = getattr(request, _ACTOR, None)
    if known is None:
        if not request.user.is_authenticated:
            msg = "Nobody is signed in: the view lacks @page."
            raise RuntimeError(msg)
        known = Actor(user=request.user)
        setattr(request, _ACTOR, known)
    return known


def lang_of(request: HttpRequest) -> Lang:  # noqa: ARG001 -- it is the language of this request
    """The language that the answer is written in."""
    return speaking().lang


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page (not for a whole one: boosted, or out of its history)."""
    asks = request.headers
    return (
        asks.get("HX-Request") == "true"
        and asks.get("HX-Boosted") != "true"
        and asks.get("HX-History-Restore-Request") != "true"
    )


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
