"""A dispatcher driven without a network: scopes, bodies in pieces, what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from kyogyo.config.asgi import Dispatcher
from kyogyo.config.pulse import Pulse

Message = dict[str, Any]


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application that says what it was asked."""
    body = environ["wsgi.input"].read()
    said = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['CONTENT_LENGTH']} {len(body)}"
    start("200 OK", [("Content-Type", "text/plain")])
    return [said.encode()]


class Away(Pulse):
    """The pulse of a database that doesn't answer."""

    @property
    def is_away(self) -> bool:
        return True


def still() -> Pulse:
    """A pulse that was just answered, and isn't asked again."""
    return Pulse(lambda: 0)


def make(*, pulse: Pulse | None = None, pages: Any = echo, threads: int = 2) -> Dispatcher:
    return Dispatcher(pages=pages, pulse=pulse or still(), threads=threads)


def scope(path: str, *, method: str = "GET", **headers: str) -> Message:
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "headers": named,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip


class Client:
    """One request: gives its parts, then nothing for ever; keeps what is sent."""

    def __init__(self, *parts: bytes, ends: bool = True) -> None:
        self._parts = list(parts or (b"",))
        self._ends = ends
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if not self._parts:
            await asyncio.Event().wait()
        body = self._parts.pop(0)
        return {
            "type": "http.request",
            "body": body,
            "more_body": bool(self._parts) or not self._ends,
        }

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(one.get("body", b"") for one in self.sent[1:]).decode()

    def header(self, name: bytes) -> bytes:
        return dict(self.sent[0]["headers"])[name]


def ask(dispatcher: Dispatcher, asked: Message, client: Client | None = None) -> Client:
    client = client or Client()
    asyncio.run(dispatcher(asked, client.receive, client.send))
    return client
