"""The dispatcher: what reaches Django, what is answered before it, and in which words."""

from __future__ import annotations

import json
import re

import pytest

from kyogyo.config import asgi
from kyogyo.config.spool import GoneError, TooLargeError, TooSlowError, spool
from tests.config.dispatch import Away, Client, ask, make, scope


def test_page_gets_its_whole_body_and_its_length() -> None:
    client = ask(make(), scope("/x/", method="POST"), Client(b"abc", b"de"))

    assert (client.status, client.text) == (200, "POST /x/ 5 5")


def test_body_that_says_it_is_too_large_is_refused_in_the_language_of_the_browser() -> None:
    asked = scope("/x/", method="POST", content_length="6000001", accept_language="en-GB,en;q=0.9,ja;q=0.8")  # fmt: skip
    client = ask(make(), asked, Client(b"a"))

    assert client.status == 413
    assert 'lang="en"' in client.text
    assert client.header(b"connection") == b"close"


def test_body_that_turns_out_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "MOST_BYTES", 4)

    assert ask(make(), scope("/x/", method="POST"), Client(b"abc", b"de")).status == 413


def test_files_to_import_may_be_larger() -> None:
    asked = scope("/settings/imports/", method="POST", content_length="7000000")

    assert ask(make(), asked, Client(b"a")).status == 200


def test_health_is_answered_while_the_database_is_away() -> None:
    dispatcher = make(pulse=Away(lambda: 0))

    assert ask(dispatcher, scope("/healthz/live")).status == 200
    assert ask(dispatcher, scope("/healthz/ready")).status == 503
    assert ask(make(), scope("/healthz/ready")).status == 200


def test_page_says_in_words_that_the_database_is_away() -> None:
    client = ask(make(pulse=Away(lambda: 0)), scope("/desk/", accept_language="ja"))

    assert (client.status, client.header(b"retry-after")) == (503, b"5")
    assert re.search(r"<h1>.+</h1><p>現在データベースに接続できません", client.text)


def test_program_is_told_in_json_that_the_database_is_away() -> None:
    client = ask(make(pulse=Away(lambda: 0)), scope("/api/v1/journeys"))

    assert json.loads(client.text)["message"].keys() == {"en", "ja"}


def test_events_are_only_for_those_who_are_signed_in() -> None:
    assert ask(make(), scope("/events")).status == 401
    assert ask(make(), scope("/events", method="POST")).status == 405


@pytest.mark.anyio
async def test_body_that_stops_coming_is_given_up() -> None:
    client = Client(b"abc", ends=False)

    with pytest.raises(TooSlowError):
        await spool(client.receive, most=100, patience=0.05)


@pytest.mark.anyio
async def test_body_of_a_client_that_went_away_is_dropped() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    with pytest.raises(GoneError):
        await spool(receive, most=100)


@pytest.mark.anyio
async def test_body_over_the_limit_is_not_kept() -> None:
    with pytest.raises(TooLargeError):
        await spool(Client(b"abc").receive, most=2)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
