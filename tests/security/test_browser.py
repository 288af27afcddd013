"""Chromium opens the pages that hold payloads: no dialog, no error, nothing that the policy had to stop.

The browser's requests are answered by Django in this process, with the headers that it gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from tests.security.payloads import every_page
from tests.security.world import World

pytest.importorskip("playwright")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

_SITE = "http://testserver"
# Pages of the same templates over and over aren't opened again.
_NOT_OPENED = ("/sign-in/", "/healthz/", "/settings/imports/1", "/setup/")


@pytest.fixture(scope="module", autouse=True)
def _in_the_browsers_thread() -> Iterator[None]:
    """Playwright's loop runs in this thread, where Django's database would refuse to work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@dataclass(frozen=True)
class Answer:
    """What Django gave for an address. All is asked for before: in the browser's callbacks it has no database."""

    status: int
    headers: dict[str, str]
    body: bytes


def _answer(world: World, path: str) -> Answer:
    given = world.ask("admin", "GET", path)
    body = b"".join(given.streaming_content) if given.streaming else given.content
    return Answer(given.status_code, dict(given.headers), body)


def _with_files(world: World, answers: dict[str, Answer]) -> dict[str, Answer]:
    """The pages, and the files that they name."""
    named = {
        path.decode()
        for answer in answers.values()
        for path in re.findall(rb'(?:href|src)="(/static/[^"#?]+)', answer.body)
    }
    return answers | {path: _answer(world, path) for path in named}


def _open(chromium: Browser, answers: dict[str, Answer], troubles: list[str]) -> Page:
    page = chromium.new_page()

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        is_file = parts.path.startswith("/static/")  # their address ends in ?v= and a digest
        whole = f"{parts.path}?{parts.query}" if parts.query and not is_file else parts.path
        known = answers.get(whole)
        if known is None:
            route.fulfill(status=204)
        else:
            route.fulfill(status=known.status, headers=known.headers, body=known.body)

    page.route("**/*", answer)
    page.on("dialog", lambda one: (troubles.append(f"dialog {one.message}"), one.dismiss()))
    page.on("pageerror", lambda error: troubles.append(f"error {error}"))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return page


def test_pages_with_payloads_run_nothing(chromium: Browser, filled: World) -> None:
    pages = {}
    for path, query in every_page(filled):
        if not path.startswith(_NOT_OPENED):
            address = f"{path}?{urlencode(query)}" if query else path
            answer = _answer(filled, address)
            if answer.status in (200, 422) and answer.headers["Content-Type"].startswith(
                "text/html"
            ):
                pages[address] = answer
    troubles: list[str] = []
    page = _open(chromium, _with_files(filled, pages), troubles)
    for address in pages:
        before = len(troubles)
        page.goto(_SITE + address)
        troubles[before:] = [f"{address[:60]}: {one}" for one in troubles[before:]]
    page.goto(f"{_SITE}/desk/")
    runs = page.evaluate("typeof htmx")
    page.close()

    assert troubles == []
    assert (len(pages) > 25, runs) == (True, "object")


def test_policy_stops_what_a_template_would_let_through(chromium: Browser, world: World) -> None:
    """The control: the same headers over a page with a script, a handler and a style in it."""
    headers = _answer(world, "/desk/").headers
    body = b"<script>alert(1)</script><img src=/x onerror=alert(2)><a id=a href='javascript:alert(3)'>a</a>"
    troubles: list[str] = []
    page = _open(chromium, {"/desk/": Answer(200, headers, body)}, troubles)
    page.goto(f"{_SITE}/desk/")
    page.click("#a")
    page.close()

    assert len(troubles) >= 3
    assert [one for one in troubles if one.startswith("dialog")] == []
