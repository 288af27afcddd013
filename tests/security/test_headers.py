"""What production tells browsers, and what it keeps out of its log."""

from __future__ import annotations

import ast
import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from kyogyo.records.actions.keys import make_api_key
from kyogyo.records.models import Account, Journey
from tests.security.world import World

_ASK = """
import django, json
django.setup()
from django.core.management import call_command
call_command("check", "--deploy", fail_level="WARNING", verbosity=0)
call_command("migrate", verbosity=0)
from django.test import Client
from kyogyo.records.actions.first_run import set_up
from kyogyo.revenue_model.load import DEFAULT_FILE
set_up(email="a@example.com", name="A", lang="en", password="seven quiet rivers", model_text=DEFAULT_FILE.read_text())
client = Client(headers={"Host": "kyogyo.example.com"})
plain = client.get("/desk/")
client.get("/sign-in/login/", secure=True)
client.post("/sign-in/login/", {"login": "a@example.com", "password": "seven quiet rivers"}, secure=True)
client.post("/settings/appearance/", {"theme": "dark"}, secure=True)
page = client.get("/desk/", secure=True)
wrong = client.get("/nothing/", secure=True)
cookies = {name: [bool(one[k]) for k in ("secure", "httponly")] + [one["samesite"]] for name, one in client.cookies.items()}
other = Client(headers={"Host": "evil.example.com"}).get("/desk/", secure=True)
print(json.dumps({"plain": [plain.status_code, plain.headers["Location"]], "page": [page.status_code, dict(page.headers)],
  "wrong": dict(wrong.headers), "cookies": cookies, "other": other.status_code}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The answers of an installation under https, in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KYOGYO_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", _ASK],
        env={**kept, "DJANGO_SETTINGS_MODULE": "kyogyo.config.settings",
             "KYOGYO_HOME": str(tmp_path_factory.mktemp("home")),
             "KYOGYO_URL": "https://kyogyo.example.com"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = ast.literal_eval(
        done.stdout.splitlines()[-1].replace("true", "True").replace("false", "False")
    )
    return found


def test_page_tells_browsers_what_to_refuse(told: dict[str, object]) -> None:
    for headers in (told["page"][1], told["wrong"]):  # type: ignore[index]
        policy = {
            one.split()[0]: one.split()[1:]
            for one in headers["Content-Security-Policy"].split(";")
            if one
        }
        assert policy["default-src"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["form-action"] == ["'self'"]
        assert "script-src" not in policy
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
    assert told["page"][0] == 200  # type: ignore[index]
    assert "private" in told["page"][1]["Cache-Control"]  # type: ignore[index]


def test_plain_http_leads_to_https_and_another_host_nowhere(told: dict[str, object]) -> None:
    assert told["plain"] == [301, "https://kyogyo.example.com/desk/"]
    assert told["other"] == 400


def test_cookies_are_for_this_site_and_no_script(told: dict[str, object]) -> None:
    assert told["cookies"] == {
        "csrftoken": [True, True, "Lax"],
        "sessionid": [True, True, "Lax"],
        "kyogyo_theme": [True, True, "Lax"],
    }


# --- the log --------------------------------------------------------------------------------------

CANARIES = {
    "password": "canary-password-81",
    "e-mail": "canary.person@example.com",
    "name": "Canary Personsson",
    "words": "canary words of a buyer",
    "token": "canary-token-77",
}


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Every line that the log gets at the level of production and above."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter("%(name)s %(levelname)s %(message)s").format(record))

    logging.disable(logging.NOTSET)
    keep = Keep(level=logging.INFO)
    root = logging.getLogger()
    root.addHandler(keep)
    yield lines
    root.removeHandler(keep)
    logging.disable(logging.CRITICAL)


def test_pages_that_fail_write_no_secret_and_nobodys_name(
    world: World, written: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way to fail: a defect, a refusal, a wrong password, a wrong key, a missing page."""
    settings.AXES_ENABLED = True
    _, secret = make_api_key(actor=world.company.as_inside, name="k", can_write=True)
    Account.objects.filter(pk=world.ids["account_id"]).update(name=CANARIES["name"])
    sent = {
        "login": CANARIES["e-mail"], "password": CANARIES["password"], "name": CANARIES["name"],
        "email": CANARIES["e-mail"], "words": CANARIES["words"], "token": CANARIES["token"],
        "kind": "note", "q": CANARIES["name"],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}"}
    for _ in range(7):
        Client().post("/sign-in/login/", sent)
    Client().post("/setup/", sent)
    Client().get("/setup/", sent)
    Client().get("/nothing/", sent)
    Client(enforce_csrf_checks=True).post("/sign-in/login/", sent)
    Client().get("/api/v1/journeys/999/", headers=headers)
    Client().get("/api/v1/journeys/", headers={"Authorization": f"Bearer {secret}x"})
    world.do("inside", "POST", "/journeys/999/activity/", sent)
    world.do("admin", "POST", "/settings/people/", {**sent, "email": "no address"})

    def fail(*_: object, **__: object) -> None:
        msg = "a defect"
        raise RuntimeError(msg)

    monkeypatch.setattr(Journey, "save", fail)
    monkeypatch.setattr("kyogyo.records.queries.search.accounts_for", fail)
    path = f"/journeys/{world.ids['journey_id']}/activity/"
    failed = [
        world.do("inside", "GET", "/search/", sent).status_code,
        world.do("inside", "GET", "/search/", sent, headers=headers).status_code,
        Client(raise_request_exception=False)
        .get("/api/v1/accounts/", sent, headers=headers)
        .status_code,
    ]
    world.do("inside", "POST", path, sent)

    text = "\n".join(written)
    keys = {**CANARIES, "key": secret.split("_", 2)[2], "session": world.sessions["inside"],
            "secret": django_settings.SECRET_KEY}  # fmt: skip
    assert failed[:2] == [500, 500]
    assert "a defect" in text
    assert [what for what, value in keys.items() if value in text] == []
