"""The whole stream, the number behind each of its numbers, and how fresh it is."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.http import HttpResponse, HttpResponseNotModified

from kyogyo.errors import MissingTableError
from kyogyo.records.queries.behind import journeys_behind
from kyogyo.records.queries.choices import works_here
from kyogyo.records.queries.teams import teams_to_narrow_to
from kyogyo.usecases.show_stream import TeamChoice, show_number, show_stream
from kyogyo.web.formats import ago, lang
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, render
from kyogyo.web.speaking import speaking
from kyogyo.web.stream.addresses import Address, asked_in
from kyogyo.web.stream.look import look_at_nothing, look_at_number, look_at_stream
from kyogyo.words import read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.access import Actor
    from kyogyo.usecases.show_stream import Shown


@page
def stream(request: HttpRequest) -> HttpResponse:
    """The home: the whole model as one river."""
    actor, asked = actor_of(request), asked_in(request.GET)
    model = speaking().model
    if model is None:
        return render(request, "stream/not_set_up.html")
    try:
        shown = show_stream(asked=asked, **_narrowing(actor))
    except MissingTableError as error:
        return render(
            request, "stream/nothing.html", look_at_nothing(model, asked, actor, error.text)
        )
    if shown.page is None:
        return render(request, "stream/counting.html", {"address": Address(asked)})
    return render(request, "stream/stream.html", look_at_stream(shown, shown.page, actor), partial="river")  # fmt: skip


@page
def number(request: HttpRequest, code: str) -> HttpResponse:
    """What one number means, and the journeys that it counts."""
    actor, asked = actor_of(request), asked_in(request.GET)
    found = show_number(code=code, asked=asked, **_narrowing(actor))
    if found is None:
        return render(request, "stream/counting.html", {"address": Address(asked)})
    part = next((p for p in found.parts if p.code == request.GET.get("part")), found.parts[0])
    records = journeys_behind(
        actor,
        journeys=part.journeys,
        number=read_whole(request.GET.get("page", "1")) or 1,
    )
    return render(request, "stream/number.html", look_at_number(found, part, records))


@page
def fresh(request: HttpRequest) -> HttpResponse:
    """How fresh the stream is; tells the page when there is something new to show. 304 where nothing changed."""
    actor, asked = actor_of(request), asked_in(request.GET)
    try:
        shown = show_stream(asked=asked, **_narrowing(actor))
    except MissingTableError:
        return HttpResponse(status=204)
    if request.GET.get("counting"):
        # Asked by a page that waits for the first count: load it again, or wait on.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if shown.page else {})
    mark = _mark(shown)
    if request.headers.get("If-None-Match") == mark:
        unchanged = HttpResponseNotModified()
        unchanged.headers["ETag"] = mark
        return unchanged
    response = render(request, "stream/fresh.html", {"address": Address(asked), **freshness(shown)})
    response.headers["ETag"] = mark
    if shown.page is not None and request.GET.get("have", "") != shown.stamp:
        response.headers["HX-Trigger"] = "stream-changed"
    return response


def freshness(shown: Shown) -> dict[str, Any]:
    """What the line about freshness is made of."""
    at = datetime.fromtimestamp(shown.copied_at / 1e6, tz=UTC)
    return {
        "copied": at,
        "behind": shown.behind,
        "is_latest": shown.is_latest,
        "stamp": shown.stamp,
    }


def _mark(shown: Shown) -> str:
    said = ago(datetime.fromtimestamp(shown.copied_at / 1e6, tz=UTC))
    held = f"{shown.stamp} {shown.behind} {shown.is_latest} {lang()} {said}"
    return f'"{hashlib.sha256(held.encode()).hexdigest()[:24]}"'


class _Narrowing(TypedDict):
    teams: tuple[TeamChoice, ...]
    may_narrow: bool


def _narrowing(actor: Actor) -> _Narrowing:
    """What somebody may narrow the stream to."""
    if not works_here(actor):
        return {"teams": (), "may_narrow": False}
    teams = tuple(
        TeamChoice(code=team.code, label=team.label, owners=team.people)
        for team in teams_to_narrow_to(actor)
    )
    return {"teams": teams, "may_narrow": True}
