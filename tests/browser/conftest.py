"""The application as `kyogyo serve` runs it, with people in it, and browsers that overlook nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

PASSWORD = "seven quiet rivers"  # noqa: S105 -- of nobody
REPOSITORY = Path(__file__).parent.parent.parent
# Its models can be imported only when Django is set up.
_FILL = "import django; django.setup(); from tests.browser.company import main; main()"
_DEMO = "import django; django.setup(); from tests.browser.demo import main; main()"
# The day on which the demo company is looked at: another day is another company.
DEMO_DAY = "2026-11-24T12:00:00+09:00"
_CLOCK = Path(__file__).parent / "stopped_clock"
_CSP = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI));"""


@dataclass(frozen=True)
class Served:
    """A running application: its address, the sessions of its people, the ids of what lies there."""

    address: str
    cookie: str
    sessions: dict[str, str] = field(default_factory=dict)
    found: dict[str, dict[str, int]] = field(default_factory=dict)


@contextmanager
def _serve(home: Path, *words: str, fill: str = _FILL, day: str = "") -> Iterator[Served]:
    around = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KYOGYO_")},
        "KYOGYO_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "kyogyo.config.settings",
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY / "src"), str(REPOSITORY))),
        "KYOGYO_WORKERS": "1",
    }
    if day:
        around |= {
            "KYOGYO_TEST_DAY": day,
            "PYTHONPATH": os.pathsep.join([str(_CLOCK), str(REPOSITORY)]),
        }
    filled = subprocess.run(
        [sys.executable, "-c", fill, *words],
        env=around, cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert filled.returncode == 0, filled.stderr
    told = json.loads(filled.stdout)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "kyogyo.config.server", "--port", str(port)],
            env=around, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/healthz/live", server, home / "log")
        yield Served(address, **told)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 -- our own server
        except OSError:
            if time.monotonic() > until or server.poll() is not None:
                pytest.fail(f"The server does not answer: {log.read_text()}")
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The company with its journeys. Tests share it: each works on journeys of its own."""
    with _serve(tmp_path_factory.mktemp("full")) as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo company, whose people improve their stream, on `DEMO_DAY`."""
    with _serve(tmp_path_factory.mktemp("demo"), fill=_DEMO, day=DEMO_DAY) as running:
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same people on their first day."""
    with _serve(tmp_path_factory.mktemp("empty"), "empty") as running:
        yield running


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An installation that nobody has set up."""
    with _serve(tmp_path_factory.mktemp("new"), "new") as running:
        yield running


@dataclass
class Visit:
    """Browsers of the people of one company, in one language and width.

    Whatever goes wrong in any of them (an error in the console, a refusal by the CSP, an answer of
    400 or more that was not `expected`) is in `wrong`.
    """

    chromium: Browser
    at: Served
    lang: str = "en"
    width: int = 1440
    scheme: str = "light"
    has_script: bool = True
    expected: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def t(self, en: str, ja: str) -> str:
        """The words of this visit's language."""
        return ja if self.lang == "ja" else en

    def found(self, key: str) -> int:
        return self.at.found[self.lang][key]

    def page(self, who: str, path: str = "") -> Page:
        """The page of somebody ('' for nobody signed in), at `path` where one is given."""
        if who not in self.pages:
            self.pages[who] = self._open(who)
        if path:
            self.pages[who].goto(f"{self.at.address}{path}")
        return self.pages[who]

    def turn(self, who: str, path: str, *, scheme: str) -> Page:
        """The page at `path`, of whoever it is now: a browser of its own for each would cost more than the look."""
        page = self.page("")
        context = self.contexts[""]
        context.clear_cookies()
        if who:
            self._sign_in(context, who)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{self.at.address}{path}")
        return page

    def _sign_in(self, context: BrowserContext, who: str) -> None:
        session = self.at.sessions[who if self.lang == "en" else f"{who}-ja"]
        context.add_cookies([{"name": self.at.cookie, "value": session, "url": self.at.address}])

    def _open(self, who: str) -> Page:
        options: dict[str, Any] = {
            "viewport": {"width": self.width, "height": 900},
            "locale": "ja-JP" if self.lang == "ja" else "en-US",
            "timezone_id": "Asia/Tokyo",
            "color_scheme": self.scheme,
            "java_script_enabled": self.has_script,
            "has_touch": self.width < 500,
        }
        context = self.chromium.new_context(**options)
        context.set_default_timeout(20_000)
        context.add_init_script(_CSP)
        if who:
            self._sign_in(context, who)
        self.contexts[who] = context
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        page.on("response", self._see)
        return page

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        status = re.search(r"responded with a status of (\d+)", message.text)
        if message.type in ("error", "warning") and not (
            status and int(status[1]) in self.expected
        ):
            self.wrong.append(f"{page.url}: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()


@pytest.fixture
def visit(chromium: Browser, served: Served) -> Iterator[Callable[..., Visit]]:
    """`visit(lang="ja", width=390)` is a Visit; at its end nothing went wrong."""
    made: list[Visit] = []

    def begin(**options: Any) -> Visit:
        made.append(Visit(chromium, options.pop("at", served), **options))
        return made[-1]

    yield begin
    for one in made:
        one.close()
    assert "\n".join(wrong for one in made for wrong in one.wrong) == ""


# Each test runs once in either language, once in either width.
BOTH = [
    pytest.param({"lang": "en", "width": 1440}, id="en-1440"),
    pytest.param({"lang": "ja", "width": 390}, id="ja-390"),
]


@pytest.fixture(params=BOTH)
def people(request: pytest.FixtureRequest, visit: Callable[..., Visit]) -> Visit:
    """A visit in English at a desk, then one in Japanese on a phone."""
    return visit(**request.param)


@pytest.fixture(params=[
    pytest.param({"lang": "ja", "width": 1440}, id="ja-1440"),
    pytest.param({"lang": "en", "width": 390}, id="en-390"),
])  # fmt: skip
def others(request: pytest.FixtureRequest, visit: Callable[..., Visit]) -> Visit:
    """The other two pairs: Japanese at a desk, English on a phone."""
    return visit(**request.param)
