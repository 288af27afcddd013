"""The first run: once, and only for who may."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kyogyo.records.models import Membership, ModelVersion, Team, User
from kyogyo.revenue_model import default_model
from kyogyo.usecases.set_up_link import set_up_link
from tests.records.people import Company, default_text

pytestmark = pytest.mark.django_db
HERE = {"HTTP_HOST": "localhost:8000", "headers": {"Accept-Language": "en"}}
SENT = {
    "name": "青木 管理子", "email": "Admin@example.com", "password": "seven quiet rivers",
    "again": "seven quiet rivers", "lang": "ja", "model": "default",
}  # fmt: skip


def test_set_up_makes_administrator_model_and_teams_and_signs_in() -> None:
    client = Client(**HERE)
    answer = client.post("/setup/", SENT)
    admin = User.objects.get()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/imports/")
    assert (admin.email, admin.name, admin.lang) == ("admin@example.com", "青木 管理子", "ja")
    assert [m.role for m in Membership.objects.filter(user=admin)] == ["admin"]
    assert ModelVersion.objects.get().text == default_text()
    assert [team.department for team in Team.objects.order_by("id")] == [
        "",
        *[one.code for one in default_model().departments],
    ]
    assert client.get("/settings/people/").status_code == 200


def test_set_up_runs_once() -> None:
    Client(**HERE).post("/setup/", SENT)
    second = Client(**HERE)

    assert second.get("/setup/").status_code == 404
    assert second.post("/setup/", {**SENT, "email": "other@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_set_up_is_closed_where_people_are(company: Company) -> None:
    assert Client(**HERE).get("/setup/").status_code == 404


def test_set_up_takes_a_model_of_ones_own() -> None:
    text = default_text().replace('version = "2"', 'version = "mine"', 1)
    sent = {**SENT, "model": "own", "file": SimpleUploadedFile("m.toml", text.encode())}
    Client(**HERE).post("/setup/", sent)

    assert ModelVersion.objects.get().version == "mine"


def test_set_up_with_a_wrong_model_says_the_line_and_makes_nothing() -> None:
    text = default_text().replace('currency = "JPY"', 'currency = "YEN!"')
    sent = {**SENT, "model": "own", "file": SimpleUploadedFile("m.toml", text.encode())}
    answer = Client(**HERE).post("/setup/", sent)
    line = text.splitlines().index('currency = "YEN!"') + 1

    assert answer.status_code == 422
    assert re.findall(rf"line {line}\b", answer.content.decode()) == [f"line {line}"]
    assert (User.objects.count(), Team.objects.count(), ModelVersion.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"again": "other"}, "not the same"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"name": " "}, "The name is missing"),
        ({"model": "own"}, "Choose the file"),
    ],
)
def test_set_up_says_what_is_wrong_and_keeps_what_was_typed(
    change: dict[str, str], words: str
) -> None:
    answer = Client(**HERE).post("/setup/", {**SENT, **change})
    text = answer.content.decode()

    assert (answer.status_code, text.count(words), User.objects.count()) == (422, 1, 0)
    assert text.count(f'value="{SENT["email"]}"') == (0 if "email" in change else 1)


@pytest.mark.parametrize(
    "who",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"HTTP_HOST": "testserver"},
    ],
)
def test_set_up_from_elsewhere_needs_the_token(who: dict[str, str]) -> None:
    client = Client(**{**HERE, **who})
    link = set_up_link("http://localhost:8000/")
    assert link is not None
    token = link.split("token=")[1]

    assert client.get("/setup/").status_code == 403
    assert client.post("/setup/", {**SENT, "token": "wrong"}).status_code == 403
    assert client.get(f"/setup/?token={token}").status_code == 200
    assert client.post("/setup/", {**SENT, "token": token}).status_code == 303


def test_set_up_link_is_gone_once_somebody_can_sign_in(company: Company) -> None:
    assert set_up_link("http://localhost:8000/") is None
