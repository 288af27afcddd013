"""A form of another site changes nothing: without the token every unsafe request is refused."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client

from kyogyo.records.models import Account
from tests.security.sent import OTHERS, body_of
from tests.security.world import World, every_route

# The company's directory sends the browser here with a signed assertion and no token of ours;
# allauth checks the signature and the request that it answers.
SIGNED_INSTEAD = {
    "sign-in/saml/<organization_slug>/acs/",
}


def _browser(world: World, role: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return client


@pytest.mark.parametrize("method", ["post", "delete"])
def test_page_without_the_token_is_refused(world: World, method: str) -> None:
    client, ids = _browser(world, "admin"), {**OTHERS, **world.ids}
    answers = {
        route.pattern: getattr(client, method)(
            route.path(ids), body_of(route.pattern, world) if method == "post" else ""
        ).status_code
        for route in every_route()
    }

    assert {pattern for pattern, status in answers.items() if status != 403} == SIGNED_INSTEAD


def test_operation_by_session_without_the_token_is_refused(world: World) -> None:
    client = _browser(world, "admin")
    described = json.loads(client.get("/api/v1/openapi.json").content)
    answers = {}
    for path, operations in described["paths"].items():
        filled = path.format(**world.ids)
        for method in operations:
            if method != "get":
                sent = getattr(client, method)(filled, {}, content_type="application/json")
                answers[method, path] = sent.status_code

    assert len(answers) > 10
    assert {one: status for one, status in answers.items() if status != 403} == {}


def test_key_that_is_sent_along_does_not_open_the_session(world: World) -> None:
    """A wrong key beside a session is nobody: else another site could dodge the token by sending one."""
    client = _browser(world, "admin")
    sent = client.post(
        "/api/v1/accounts/",
        {"name": "Nagi Foods"},
        content_type="application/json",
        headers={"Authorization": "Bearer kyo_x_y", "Idempotency-Key": "one"},
    )

    assert sent.status_code == 403
    assert Account.objects.filter(name="Nagi Foods").count() == 0
