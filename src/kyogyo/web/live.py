"""Parts of a page that follow what others do: they ask again every few seconds and mostly hear "nothing new"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone

from kyogyo.records.queries.changes import last_change

if TYPE_CHECKING:
    from django.http import HttpRequest

# Clocks are said in minutes and hours, so a part is made anew this often even when nothing happened.
_CLOCKS_MOVE_EVERY_S = 300


def mark() -> str:
    """Changes with every change of the records, and every five minutes."""
    return f"{last_change()}-{int(timezone.now().timestamp()) // _CLOCKS_MOVE_EVERY_S}"


def nothing_new(request: HttpRequest) -> HttpResponse | None:
    """The answer to a page that already shows the newest: it keeps what it has. None when there is more.

    A page says what it shows by `?seen=`; programs may ask by If-None-Match instead.
    """
    now = mark()
    if request.GET.get("seen") == now:
        return HttpResponse(status=204)
    if request.headers.get("If-None-Match") == f'"{now}"':
        return HttpResponse(status=304, headers={"ETag": f'"{now}"'})
    return None
