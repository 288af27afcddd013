"""People at work, as many connections of one process: a client that costs little, because it shares the machine with the server."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

TIMEOUT_S = 60.0
# The server closes a connection on which nothing comes for 30 s; programs that keep some leave them sooner.
IDLE_S = 20.0


@dataclass(frozen=True)
class Answer:
    """What came back. `status` 0: nothing did."""

    status: int
    body: bytes
    seconds: float


class Client:
    """One connection that is kept open, as a browser does."""

    def __init__(self, port: int, *, session: str = "", key: str = "") -> None:
        self._port = port
        self._who = f"Cookie: sessionid={session}\r\n" if session else ""
        self._who += f"Authorization: Bearer {key}\r\n" if key else ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = time.monotonic()

    async def ask(self, path: str, *, send: object = None) -> Answer:
        """GET, or POST of JSON if there is something to send. The time is until the last byte."""
        body = b"" if send is None else json.dumps(send).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        verb = "POST" if body else "GET"
        head = f"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{self._who}{kind}\r\n"
        if time.monotonic() - self._used > IDLE_S:
            await self.leave()
        began, is_kept = time.perf_counter(), self._streams is not None
        try:
            status, found = await asyncio.wait_for(self._exchange(head.encode() + body), TIMEOUT_S)
        except asyncio.IncompleteReadError as error:
            await self.leave()
            if is_kept and not error.partial and not body:
                # Closed by the server while nobody asked: a browser asks again on a new one.
                return await self.ask(path)
            status, found = 0, b""
        except (OSError, TimeoutError, ValueError):
            await self.leave()
            status, found = 0, b""
        self._used = time.monotonic()
        return Answer(status, found, time.perf_counter() - began)

    async def leave(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        status = int(head.split(" ", 2)[1])
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:] if line)
        }
        if headers.get("transfer-encoding") == "chunked":
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            await self.leave()
        return status, body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


@dataclass
class Times:
    """Seconds by what was asked, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, what: str, answer: Answer, *, fits: bool) -> None:
        self.seconds.setdefault(what, []).append(answer.seconds)
        if not fits:
            said = answer.body[:120].decode("utf8", "replace")
            self.errors.append(f"{what}: {answer.status} {said}")

    def every(self) -> list[float]:
        return [one for some in self.seconds.values() for one in some]


def quantile(seconds: list[float], share: float) -> float:
    """By rank: at least `share` of them took at most so long."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def summary(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 in milliseconds, and of how many."""
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {"n": len(seconds)} | {
        name: round(quantile(seconds, share) * 1_000, 1) for name, share in shares.items()
    }


async def work(
    turns: list[Callable[[], Awaitable[None]]], *, seconds: float, think: tuple[float, float]
) -> float:
    """Let everybody take turns, thinking in between, for so long; returns how long it took to the last answer."""
    until = time.monotonic() + seconds

    async def one(turn: Callable[[], Awaitable[None]], number: int) -> None:
        chance = random.Random(number)  # noqa: S311 -- who thinks how long is no secret
        await asyncio.sleep(chance.uniform(0, think[1]))
        while time.monotonic() < until:
            await turn()
            answered.append(time.monotonic())
            await asyncio.sleep(chance.uniform(*think))

    began = time.monotonic()
    answered = [began]
    await asyncio.gather(*(one(turn, number) for number, turn in enumerate(turns)))
    return max(answered) - began
