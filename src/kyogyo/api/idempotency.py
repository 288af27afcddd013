"""Requests that change something and carry an Idempotency-Key are carried out once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse

from kyogyo.api.identity import actor_of
from kyogyo.api.problems import problem
from kyogyo.errors import KyogyoError
from kyogyo.records.actions.requests import Answer, answer_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class IdempotencyMiddleware:
    """Replays what was answered to the same key of the same person; elsewhere it does nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method in _SAFE or not request.path.startswith("/api/"):
            return self.get_response(request)
        actor = actor_of(request)
        if actor is None or actor.user is None:
            return self.get_response(request)
        said: list[HttpResponse] = []

        def work() -> Answer:
            said.append(self.get_response(request))
            return Answer(said[0].status_code, said[0].content.decode())

        try:
            answer = answer_once(user=actor.user, key=key, digest=_digest(request), work=work)
        except KyogyoError as error:
            return problem(request, error)
        if said and not answer.is_replayed:
            return said[0]
        response = HttpResponse(
            answer.body, status=answer.status, content_type="application/json; charset=utf-8"
        )
        response["Idempotent-Replayed"] = "true"
        return response


def _digest(request: HttpRequest) -> str:
    parts = (request.method or "", request.get_full_path(), request.content_type or "")
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).hexdigest()
