"""`/events`: tells open pages of signed-in people that something changed, as server-sent events.

What changed isn't said, so nobody learns of what they may not see: the page asks again for its own
part. All of them are fed by the one pulse of the process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from kyogyo.config.answers import Scope, Send, answer, header
from kyogyo.config.pulse import Pulse
from kyogyo.config.waking import waking_of

Receive = Callable[[], Awaitable[dict[str, Any]]]

_STILL_THERE_S = 15.0
# Who signs out or is let go stops hearing after this long.
_LASTS_S = 300.0


async def tell_changes(
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    pulse: Pulse,
    who: Callable[[str], Awaitable[bool]],
) -> None:
    """Send an event with each change until the client goes, for five minutes; browsers then ask again."""
    if scope["method"] != "GET":
        await answer(send, status=405, body="", kind="text/plain", more={b"allow": b"GET"})
        return
    if not await who(_session(scope)):
        await answer(send, status=401, body="", kind="text/plain")
        return
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/event-stream"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
            ],
        }
    )
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await _feed(send, pulse=pulse, gone=gone)
    finally:
        gone.cancel()


async def _feed(send: Send, *, pulse: Pulse, gone: asyncio.Future[None]) -> None:
    told, until = pulse.last_change, time.monotonic() + _LASTS_S
    await _say(send, f"retry: 3000\nid: {told}\n\n")
    while not gone.done() and time.monotonic() < until:
        last = await waking_of(pulse).after(told, gone=gone, within=_STILL_THERE_S)
        if last != told:
            told = last
            await _say(send, f"event: change\nid: {told}\ndata: {told}\n\n")
        elif not gone.done():
            await _say(send, ":\n\n")
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _say(send: Send, words: str) -> None:
    await send({"type": "http.response.body", "body": words.encode(), "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _session(scope: Scope) -> str:
    """The key of the session in the cookies, '' where there is none."""
    from django.conf import settings  # noqa: PLC0415 -- slow import

    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def is_signed_in(session_key: str) -> bool:
    """Whether the session is that of somebody who may sign in still. Asks the database."""
    from django.contrib.auth import get_user  # noqa: PLC0415 -- slow import
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 -- slow import
    from django.db import close_old_connections  # noqa: PLC0415 -- slow import
    from django.http import HttpRequest  # noqa: PLC0415 -- slow import

    if not session_key:
        return False
    close_old_connections()
    try:
        request = HttpRequest()
        request.session = SessionStore(session_key)
        return get_user(request).is_authenticated
    finally:
        close_old_connections()
