"""Parts of a page that follow what others do: they ask again when something changed (live.js) and often hear "nothing new"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone

from kyogyo.records.queries.changes import last_change, last_change_of

if TYPE_CHECKING:
    from django.http import HttpRequest

# Clocks are said in minutes and hours, so a part is made anew this often even when nothing happened.
_CLOCKS_MOVE_EVERY_S = 300


def mark(journey_id: int | None = None) -> str:
    """Changes with every change of the records (of one journey, where it is named), and every five minutes."""
    last = last_change() if journey_id is None else last_change_of(journey_id)
    return f"{last}-{int(timezone.now().timestamp()) // _CLOCKS_MOVE_EVERY_S}"


def nothing_new(request: HttpRequest, journey_id: int | None = None) -> HttpResponse | None:
    """The answer to a page that already shows the newest: it keeps what it has. None when there is more.

    A page says what it shows by `?seen=`; programs may ask by If-None-Match instead.
    """
    now = mark(journey_id)
    if request.GET.get("seen") == now:
        return HttpResponse(status=204)
    if request.headers.get("If-None-Match") == f'"{now}"':
        return HttpResponse(status=304, headers={"ETag": f'"{now}"'})
    return None
