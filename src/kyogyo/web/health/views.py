"""For whatever watches over the server, where no dispatcher answers before Django."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from kyogyo.records.queries.organisation import is_set_up


def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- every view takes the request
    return HttpResponse("live\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    try:
        is_set_up()
    except DatabaseError:
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")
