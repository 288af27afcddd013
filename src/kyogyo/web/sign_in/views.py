"""One-click sign-in to the demo company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.views.decorators.http import require_POST

from kyogyo.errors import KyogyoError
from kyogyo.records.queries.people import demo_person
from kyogyo.web.errors import say_error
from kyogyo.web.render import go

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Be one of the people of the demo company. Only there: elsewhere there is nothing here."""
    try:
        user = demo_person(request.POST.get("person", ""))
    except KyogyoError as error:
        return say_error(request, error)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user=user, method="demo")
    return go(request, "/")
