"""Request bodies are read whole before anything works on them: who sends slowly keeps nobody waiting.

A thread of Django's that waited for the rest of a body would be lost to everybody else; sixteen such
requests would stop the server.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import IO, Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

# A body may take this long, and longer the more of it has come: so slow lines can send big files.
PATIENCE_S = 30.0
LEAST_BYTES_A_SECOND = 20_000
IN_MEMORY = 1 << 20
_PART = 1 << 16


class TooSlowError(Exception):
    """The body didn't come in time."""


class TooLargeError(Exception):
    """There is more of the body than is taken."""


class GoneError(Exception):
    """The client went away while sending."""


async def spool(receive: Receive, *, most: int, patience: float = PATIENCE_S) -> IO[bytes]:
    """The whole body, at its beginning. Raises TooSlowError, TooLargeError or GoneError."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- given to the caller, who closes it
    try:
        await _fill(body, receive, most=most, patience=patience)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


async def _fill(body: IO[bytes], receive: Receive, *, most: int, patience: float) -> None:
    began, size, has_more = time.monotonic(), 0, True
    while has_more:
        left = began + patience + size / LEAST_BYTES_A_SECOND - time.monotonic()
        try:
            message = await asyncio.wait_for(_one(receive), timeout=max(left, 0.001))
        except TimeoutError:
            raise TooSlowError from None
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLargeError
        body.write(part)
        has_more = message.get("more_body", False)


async def _one(receive: Receive) -> Message:
    # The server's receive gives a future of its own kind, which wait_for doesn't take.
    return await receive()


def replay(body: IO[bytes]) -> Receive:
    """A receive that gives a spooled body."""

    async def receive() -> Message:
        part = body.read(_PART)
        return {"type": "http.request", "body": part, "more_body": len(part) == _PART}

    return receive
