"""Searching companies, people and journeys by any part of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from kyogyo.records.queries.search import search
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@page
def find(request: HttpRequest) -> HttpResponse:
    """What was found of `q` among what one may see."""
    found = search(actor=actor_of(request), query=request.GET.get("q", ""))
    return render(request, "search/search.html", {"found": found}, partial="found")
