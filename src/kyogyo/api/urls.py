"""Addresses of the API, written whole: config/urls.py includes this file at the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import OperationalError
from django.urls import path
from ninja import NinjaAPI

from kyogyo.api import accounts, alerts, bottleneck, countermeasures, handoffs, journeys, model
from kyogyo.api.identity import KeyAuth, SessionAuth
from kyogyo.api.problems import busy, problem
from kyogyo.errors import KyogyoError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

api = NinjaAPI(
    title="Kyogyo",
    version="1",
    description="The records of a revenue organisation. The same rules and the same sight as on the pages.",
    urls_namespace="api",
    docs_url=None,
    auth=[KeyAuth(), SessionAuth()],
)
api.add_router("/journeys", journeys.router)
api.add_router("/handoffs", handoffs.router)
api.add_router("/accounts", accounts.router)
api.add_router("/model", model.router)
api.add_router("/bottleneck", bottleneck.router)
api.add_router("/countermeasures", countermeasures.router)
api.add_router("/alerts", alerts.router)


@api.exception_handler(KyogyoError)
def _say(request: HttpRequest, error: KyogyoError) -> HttpResponse:
    return problem(request, error)


@api.exception_handler(OperationalError)
def _say_busy(request: HttpRequest, error: OperationalError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    return busy(error)


urlpatterns = [path("api/v1/", api.urls)]
