"""The server under load: people, writers and listeners, each check with its goal and what was measured.

    .venv/bin/python benchmarks/load.py                  # 30 seconds each
    .venv/bin/python benchmarks/load.py --full           # 600 seconds for 100 people
    .venv/bin/python benchmarks/load.py --checks 4 5

100, 200 and 300 people (1 to 3 seconds of thinking; 60% pages, 25% JSON, 15% POST), 20 writers without a pause,
300 listeners at /events beside JSON, and a cold start. All of it goes to this machine alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pysqlite3 as sqlite3
from client import Answer, Client, Times, quantile, summary, work
from clock import Clock
from company import fill
from serving import LetIn, Served, copy, let_in, load, prepare, serve

PAGES = (
    "/desk/",
    "/desk/",
    "/board/",
    "/journeys/",
    "/journeys/?stage=discovery",
    "/handoffs/",
    "/",
)
LISTENERS = 300
WRITERS = 20
REST_S = 10.0


@dataclass(frozen=True)
class Found:
    """One check: what was wanted, what was measured, and whether it fits."""

    check: str
    goal: str
    measured: str
    fits: bool
    figures: dict[str, object]


def report(check: str, goal: str, measured: str, *, fits: bool, **figures: object) -> Found:
    found = Found(check, goal, f"{measured}; load {load()}", fits, {**figures, "load": load()})
    print(f"{'ok    ' if fits else 'MISSED'} {check}: {goal} | {found.measured}", flush=True)
    return found


class Colleague:
    """Somebody who opens pages, with a program that asks and writes for them."""

    def __init__(
        self, served: Served, entered: LetIn, user: int, *, number: int, times: Times
    ) -> None:
        self.page = Client(served.port, session=entered.sessions[user])
        self.program = Client(served.port, key=entered.keys[user])
        self._journeys, self._times = entered.seen[user], times
        self._chance = random.Random(number)  # noqa: S311 -- what comes next is no secret

    async def turn(self) -> None:
        (what,) = self._chance.choices(("page", "json", "post"), (60, 25, 15))
        journey = self._chance.choice(self._journeys)
        if what == "page":
            path = self._chance.choice((*PAGES, f"/journeys/{journey}/", f"/journeys/{journey}/"))
            answer = await self.page.ask(path)
        elif what == "json":
            path = self._chance.choice(("/api/v1/journeys/", f"/api/v1/journeys/{journey}/", "/api/v1/handoffs/"))  # fmt: skip
            answer = await self.program.ask(path)
        else:
            sent = {"kind": "note", "words": "打ち合わせの日程を調整した。"}
            answer = await self.program.ask(f"/api/v1/journeys/{journey}/activities/", send=sent)
        self._times.add(what, answer, fits=answer.status == (201 if what == "post" else 200))

    async def leave(self) -> None:
        await self.page.leave()
        await self.program.leave()


async def people(served: Served, entered: LetIn, *, number: int, seconds: float) -> tuple[Times, float, float]:  # fmt: skip
    """So many people at work; their times, requests a second, and the seconds of the processor that the asking itself took."""
    times, users = Times(), list(entered.sessions)
    some = [Colleague(served, entered, users[n % len(users)], number=n, times=times) for n in range(number)]  # fmt: skip
    with Clock() as own:
        took = await work([one.turn for one in some], seconds=seconds, think=(1.0, 3.0))
    for one in some:
        await one.leave()
    return times, len(times.every()) / took, own.cpu


async def crowd(served: Served, entered: LetIn, *, seconds: float, first: float) -> list[Found]:
    """Checks 1 to 3. 100 people once more ten seconds after the 300 have gone."""
    found = []
    await people(
        served, entered, number=40, seconds=min(10.0, seconds)
    )  # what a process makes once is made
    for check, number, most_ms, least in (("1", 100, 300, 48.0), ("2", 200, 1_000, 0.0), ("3", 300, 2_500, 0.0)):  # fmt: skip
        times, rate, own = await people(served, entered, number=number, seconds=first if check == "1" else seconds)  # fmt: skip
        p99 = quantile(times.every(), 0.99) * 1_000
        goal = f"{number} people: {f'>= {least:.0f} req/s, ' if least else ''}0 errors, p99 <= {most_ms} ms"
        fits = not times.errors and p99 <= most_ms and rate >= least
        said = f"{rate:.1f} req/s, {len(times.errors)} errors, p99 {p99:.0f} ms"
        kinds = {what: summary(some) for what, some in times.seconds.items()}
        found.append(report(check, goal, said, fits=fits, kinds=kinds, errors=times.errors[:10], own_cpu_s=own))  # fmt: skip
    await asyncio.sleep(REST_S)
    times, rate, _ = await people(served, entered, number=100, seconds=min(20.0, seconds))
    p99 = quantile(times.every(), 0.99) * 1_000
    said = f"{rate:.1f} req/s, {len(times.errors)} errors, p99 {p99:.0f} ms"
    found.append(report("3, afterwards", "100 people 10 s later: p99 <= 300 ms", said, fits=not times.errors and p99 <= 300))  # fmt: skip
    return found


async def writers(served: Served, entered: LetIn, home: Path, *, seconds: float) -> Found:
    """Check 4: each POST makes an account with its rows of audit and outbox; all are looked for afterwards."""
    times, said = Times(), list[str]()
    able = [user for user, key in entered.keys.items() if await _may_write(served, key)]

    def writer(number: int) -> Callable[[], Awaitable[None]]:
        client, made = Client(served.port, key=entered.keys[able[number % len(able)]]), 0

        async def turn() -> None:
            nonlocal made
            name = f"Load {number} {made} {time.time_ns()}"
            made += 1
            answer = await client.ask("/api/v1/accounts/", send={"name": name})
            times.add("post", answer, fits=answer.status == 201)
            if answer.status == 201:
                said.append(name)

        return turn

    took = await work([writer(n) for n in range(WRITERS)], seconds=seconds, think=(0.0, 0.0))
    with sqlite3.connect(home / "kyogyo.sqlite3") as records:
        rows = dict(
            records.execute("SELECT name, id FROM records_account WHERE name LIKE 'Load %'")
        )
        audited = {row for (row,) in records.execute("SELECT row FROM records_auditevent WHERE noun = 'account' AND action = 'make'")}  # fmt: skip
    lost = sum(name not in rows or rows[name] not in audited for name in said)
    rate, p99 = len(said) / took, quantile(times.every(), 0.99) * 1_000
    return report(
        "4", "20 writers: >= 100 POST/s with audit row, 0 errors, p99 <= 1,000 ms",
        f"{rate:.0f} POST/s, {len(times.errors)} errors, p99 {p99:.0f} ms, {lost} without their rows",
        fits=rate >= 100 and not times.errors and p99 <= 1_000 and not lost, **summary(times.every()), errors=times.errors[:10],
    )  # fmt: skip


async def _may_write(served: Served, key: str) -> bool:
    client = Client(served.port, key=key)
    answer: Answer = await client.ask("/api/v1/accounts/", send={"name": f"Load probe {key[:12]}"})
    await client.leave()
    return answer.status == 201


async def listeners(served: Served, entered: LetIn, *, seconds: float) -> Found:
    """Check 5: all listen, and are told of one change at the end."""
    sessions, heard = list(entered.sessions.values()), Heard()
    streams = [asyncio.create_task(heard.listen(served.port, sessions[n % len(sessions)])) for n in range(LISTENERS)]  # fmt: skip
    until = time.monotonic() + 30
    while heard.open < LISTENERS and time.monotonic() < until:
        await asyncio.sleep(0.1)
    times, users = Times(), list(entered.keys)

    def asker(number: int) -> Callable[[], Awaitable[None]]:
        user = users[number % len(users)]
        client, journeys = Client(served.port, key=entered.keys[user]), entered.seen[user]

        async def turn() -> None:
            answer = await client.ask(f"/api/v1/journeys/{journeys[number % len(journeys)]}/")
            times.add("json", answer, fits=answer.status == 200)

        return turn

    took = await work([asker(n) for n in range(20)], seconds=seconds, think=(0.0, 0.02))
    opened, before = heard.open, heard.changes
    able = [key for key in entered.keys.values() if await _may_write(served, key)]
    await asyncio.sleep(4)
    told = heard.changes - before
    for stream in streams:
        stream.cancel()
    rate, p99 = len(times.every()) / took, quantile(times.every(), 0.99) * 1_000
    return report(
        "5", "300 listeners and >= 100 JSON/s: p99 <= 500 ms",
        f"{opened} listening, {rate:.0f} JSON/s, {len(times.errors)} errors, p99 {p99:.0f} ms, {told} events of a change told",
        fits=opened == LISTENERS and told >= LISTENERS and rate >= 100 and p99 <= 500 and not times.errors,
        writers=len(able), **summary(times.every()), errors=times.errors[:10],
    )  # fmt: skip


class Heard:
    """What the listeners were told."""

    def __init__(self) -> None:
        self.open = self.changes = 0

    async def listen(self, port: int, session: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\n\r\n".encode())  # fmt: skip
            if b" 200 " not in await reader.readline():
                return
            self.open += 1
            while line := await reader.readline():
                self.changes += line.startswith(b"event: change")
            self.open -= 1
        finally:
            writer.close()


def cold_start(*, rounds: int = 3) -> list[Found]:
    """Check 7, in an installation that has only its tables: the sign-in page, the memory, and `--help`."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with serve(home) as served:
            empty = served.started_in
        starts = []
        for _ in range(rounds):
            with serve(home) as served:
                starts.append(served.started_in)
                time.sleep(5)
                memory = served.rss_by_process
    helps = []
    for _ in range(rounds):
        with Clock(children=True) as taken:
            subprocess.run([sys.executable, "-m", "kyogyo", "--help"], check=True, capture_output=True)  # fmt: skip
        helps.append(taken)
    start, help_s = sorted(starts)[rounds // 2], sorted(one.wall for one in helps)[rounds // 2]
    cpu, each = min(one.cpu for one in helps), {name.rpartition(" ")[0]: round(mb) for name, mb in memory.items()}  # fmt: skip
    web = max(mb for name, mb in memory.items() if name.startswith("kyogyo.config.server"))
    return [
        report("7, start", "first page within 10 s", f"{start:.1f} s, in an empty folder {empty:.1f} s", fits=max(start, empty) <= 10),
        report("7, help", "--help within 0.5 s", f"{help_s:.2f} s ({cpu:.2f} s of the processor)", fits=help_s <= 0.5),
        report("7, memory", "web process idle <= 250 MiB", f"{web:.0f} MiB; all processes {sum(memory.values()):.0f}", fits=web <= 250, each=each),
    ]  # fmt: skip


def main() -> None:
    """Make a company or take one, serve it, and go through the checks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="one that company.py made; it is written to")
    parser.add_argument("--journeys", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--full", action="store_true", help="check 1 for 600 seconds")
    parser.add_argument("--checks", nargs="*", default=["1", "4", "5", "7"], help="1 (with 2 and 3), 4, 5, 7")  # fmt: skip
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="web processes; 0: as many as `kyogyo serve` takes by itself",
    )
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if asked.home is None:
            prepare(home)
            fill(home / "kyogyo.sqlite3", journeys=asked.journeys, people=asked.people)
        copy(home)
        entered = let_in(home, list(range(4, asked.people + 1)))
        with serve(home, workers=asked.workers) as served:
            if "1" in asked.checks:
                first = 600 if asked.full else asked.seconds
                found += asyncio.run(crowd(served, entered, seconds=asked.seconds, first=first))
            if "4" in asked.checks:
                found.append(asyncio.run(writers(served, entered, home, seconds=asked.seconds)))
            if "5" in asked.checks:
                found.append(asyncio.run(listeners(served, entered, seconds=asked.seconds)))
            print(f"memory at the end: {served.rss_mb:.0f} MiB, all processes")
    if "7" in asked.checks:
        found += cold_start()
    if asked.out is not None:
        told = [vars(one) for one in found]
        asked.out.write_text(
            json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
