"""The dispatcher: pages to Django's threads, events and health past them.

Django's pages are fastest under WSGI, and a server must not lose its few threads to whoever sends or
listens slowly. So bodies are read whole first (`spool`), events run without a thread (`live`), and
while the database is away a page says so instead of waiting for it (`pulse`).
"""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from a2wsgi import WSGIMiddleware

from kyogyo.config.answers import (
    AWAY,
    BUSY,
    FULL,
    TOO_LARGE,
    TOO_SLOW,
    Scope,
    Send,
    answer,
    header,
    say,
)
from kyogyo.config.environment import read_number
from kyogyo.config.live import Receive, is_signed_in, tell_changes
from kyogyo.config.pulse import Pulse, ask_database
from kyogyo.config.spool import GoneError, TooLargeError, TooSlowError, replay, spool
from kyogyo.config.turns import Turns
from kyogyo.config.wsgi import application as django_pages

THREADS = 4
# A little more than Django takes into memory, so that its own limit answers for forms.
MOST_BYTES = 6_000_000
# Files to be imported. How large each kind may be is said where they are read.
MOST_BYTES_OF_FILES = 210_000_000
_TAKES_FILES = ("/settings/imports/", "/setup/")
_DEFECT = 500


class Dispatcher:
    """The ASGI application. `pages` is Django as WSGI."""

    def __init__(self, *, pages: Any, pulse: Pulse, threads: int = THREADS) -> None:
        self._pulse = pulse
        self._pages: Any = WSGIMiddleware(pages, workers=threads)
        self._looks = ThreadPoolExecutor(max_workers=2, thread_name_prefix="looks")
        self._turns = Turns(threads)
        # Chosen now: with the disk full later, each process would look for a place elsewhere.
        tempfile.gettempdir()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_on(receive, send, start=self._pulse.start)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == "/healthz/live":
            await answer(send, status=200, body="live\n", kind="text/plain")
        elif scope["path"] == "/healthz/ready":
            status, body = (503, "database away\n") if self._pulse.is_away else (200, "ready\n")
            await answer(send, status=status, body=body, kind="text/plain")
        elif self._pulse.is_away:
            await say(scope, send, status=503, says=AWAY)
        elif scope["path"] == "/events":
            await tell_changes(scope, receive, send, pulse=self._pulse, who=self._who)
        else:
            await self._page(scope, receive, send)

    async def _who(self, session_key: str) -> bool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._looks, is_signed_in, session_key)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await spool(_refusing(scope, receive), most=_most(scope))
        except TooSlowError:
            await say(scope, send, status=408, says=TOO_SLOW)
        except TooLargeError:
            await say(scope, send, status=413, says=TOO_LARGE)
        except GoneError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            await say(scope, send, status=507, says=FULL)
        else:
            with body:
                await self._answer(scope, body, send)

    async def _answer(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        if not await self._turns.take(is_away=lambda: self._pulse.is_away):
            says = AWAY if self._pulse.is_away else BUSY
            await say(scope, send, status=503, says=says)
            return
        try:
            await self._pages(_measured(scope, body), replay(body), self._excusing(scope, send))
        finally:
            self._turns.give_back()

    def _excusing(self, scope: Scope, send: Send) -> Send:
        """The same send, except that a defect is said to be the database's when that is away."""
        is_excused = False

        async def checked(message: dict[str, Any]) -> None:
            nonlocal is_excused
            if message["type"] == "http.response.start" and message["status"] == _DEFECT:
                loop = asyncio.get_running_loop()
                is_excused = await loop.run_in_executor(self._looks, self._pulse.look)
                if is_excused:
                    await say(scope, send, status=503, says=AWAY)
            if not is_excused:
                await send(message)

        return checked


def _most(scope: Scope) -> int:
    return MOST_BYTES_OF_FILES if scope["path"].startswith(_TAKES_FILES) else MOST_BYTES


def _measured(scope: Scope, body: IO[bytes]) -> Scope:
    """With the length that the body has: one sent in chunks doesn't say it, and WSGI needs it."""
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    rest = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    return {**scope, "headers": [*rest, (b"content-length", str(size).encode())]}


def _refusing(scope: Scope, receive: Receive) -> Receive:
    """The same receive, unless the request says itself that it is too large."""
    length = header(scope, b"content-length")
    if length.isdigit() and int(length) > _most(scope):

        async def refuse() -> dict[str, Any]:
            raise TooLargeError

        return refuse
    return receive


async def _live_on(receive: Receive, send: Send, *, start: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


application = Dispatcher(
    pages=django_pages,
    pulse=Pulse(ask_database),
    threads=read_number("KYOGYO_THREADS", THREADS),
)
