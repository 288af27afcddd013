"""My desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET, require_POST

from kyogyo.records.actions.dealing import deal_with
from kyogyo.records.queries.desk import MOST, SHOWN, desk_for
from kyogyo.records.queries.team_desk import open_desk
from kyogyo.web.live import mark, nothing_new
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, is_part, render
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@page
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for me, or for managers what went out of line, or a summary for who only looks."""
    seen = mark()
    opened = open_desk(actor_of(request), limit=_limit(request))
    return render(request, "desk/desk.html", {"opened": opened, "desk": opened.queue, "seen": seen})


@require_GET
@page
def queue(request: HttpRequest) -> HttpResponse:
    """The queue alone, for a page that is open."""
    return nothing_new(request) or show_queue(request)


@require_POST
@page
def done(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Dealt with: it leaves the desk until tomorrow, or until its next step. Undo plans the old step again."""
    before = deal_with(actor=actor_of(request), journey_id=journey_id)
    tell(
        request,
        Text(en=f"Done: {before.says}", ja=f"対応済み：{before.says}"),
        undo=f"/journeys/{journey_id}/next-step/",
        fields={
            "text": before.text,
            "due_on": before.due_on.isoformat() if before.due_on else "",
            "due_time": before.due_time.isoformat("minutes") if before.due_time else "",
            "back": "/desk/",
        },
    )
    return show_queue(request) if is_part(request) else go(request, "/desk/")


def show_queue(request: HttpRequest) -> HttpResponse:
    seen = mark()
    found = desk_for(actor_of(request), limit=_limit(request))
    return render(request, "desk/queue.html", {"desk": found, "seen": seen}, partial="queue")


def _limit(request: HttpRequest) -> int:
    """How many places are written out: the first, or all where the rest was asked for."""
    return MOST if request.GET.get("all") else SHOWN
