"""Fifty people at work in a company of a million journeys: how long each page takes.

    .venv/bin/python benchmarks/web.py --journeys 1_000_000            # makes the company first: minutes
    .venv/bin/python benchmarks/web.py --home /tmp/big --seconds 120   # one that `company.py` made

Everybody opens one page after the other and thinks for 1 to 3 seconds in between. The empty page, with the same
session, middleware, templates and frame, tells what the framework alone takes; the time of the processor is the server's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import pysqlite3 as sqlite3
from client import Client, Times, summary, work
from clock import Clock
from company import fill
from serving import LetIn, Served, copy, descendants, let_in, load, prepare, serve

GOALS_MS = {"desk": 150, "board": 150, "list": 150, "list, filtered": 150, "stream": 150, "stream, filtered": 400, "journey": 150}  # fmt: skip
EMPTY = "empty page"
# How often each is opened, of a hundred.
SHARES = {"desk": 20, "board": 12, "list": 10, "list, filtered": 14, "stream": 10, "stream, filtered": 8, "journey": 20, EMPTY: 6}  # fmt: skip
LISTS = (
    "/journeys/?stage=discovery", "/journeys/?source=expo&sort=-amount", "/journeys/?type=all&segment=mid",
    "/journeys/?owner=me&sort=next_step", "/journeys/?stalled=1", "/journeys/?type=won&opened_from=2025-01-01",
)  # fmt: skip
STREAMS = ("/?source=expo", "/?segment=mid", "/?source=web&segment=small", "/?period=year&source=ads", "/?track=full_cycle&segment=enterprise")  # fmt: skip
BOARDS = ("/board/", "/board/?owner=me", "/board/?track=full_cycle")
STILL_COUNTING = b"/stream/fresh/?counting"


def some_users(path: Path, *, users: int) -> list[tuple[int, str]]:
    """People of every role, as they are distributed, most of them members: (id, role)."""
    with sqlite3.connect(path) as records:
        rows = records.execute("SELECT user_id, role FROM records_membership ORDER BY user_id").fetchall()  # fmt: skip
    step = max(1, len(rows) // users)
    return [rows[n * step % len(rows)] for n in range(users)]


class Visitor:
    """Somebody at work, who opens the pages by their shares."""

    def __init__(self, client: Client, times: Times, *, journeys: list[int], number: int, counting: Counter[str]) -> None:  # fmt: skip
        self._client, self._times, self._journeys = client, times, journeys
        self._chance = random.Random(number)  # noqa: S311 -- which page comes next is no secret
        self._counting = counting

    async def turn(self) -> None:
        (what,) = self._chance.choices(list(SHARES), list(SHARES.values()))
        await self.open(what, self._path(what))

    async def open(self, what: str, path: str) -> None:
        answer = await self._client.ask(path)
        self._times.add(what, answer, fits=answer.status == 200)
        if STILL_COUNTING in answer.body:
            self._counting[what] += 1

    def _path(self, what: str) -> str:
        some = {
            "desk": ("/desk/",), "board": BOARDS, "list": ("/journeys/",), "list, filtered": LISTS, "stream": ("/",),
            "stream, filtered": STREAMS, EMPTY: ("/search/",),
            "journey": tuple(f"/journeys/{one}/" for one in self._journeys),
        }[what]  # fmt: skip
        return self._chance.choice(some)


def processor_s(served: Served) -> float:
    """Seconds of the processor that the program has taken so far, of all its processes."""
    ticks = 0
    for pid in [served.process.pid, *descendants(served.process.pid)]:
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def alone(client: Client, visitor: Visitor, *, rounds: int) -> dict[str, dict[str, float]]:
    """Each page some times by one person while nobody else asks."""
    found = {}
    for what in SHARES:
        seconds = []
        for _ in range(rounds):
            answer = await client.ask(visitor._path(what))  # noqa: SLF001 -- the same choice of pages
            seconds.append(answer.seconds)
        found[what] = summary(seconds)
    live = [(await client.ask("/healthz/live")).seconds for _ in range(rounds)]
    return {**found, "live (no framework)": summary(live)}


async def measure(served: Served, *, seconds: float, users: list[tuple[int, str]], entered: LetIn, rounds: int, settle: float) -> dict[str, object]:  # fmt: skip
    """One person alone, then all of them at work."""
    counting, warm, times = Counter[str](), Times(), Times()
    clients = [Client(served.port, session=entered.sessions[user]) for user, _ in users]
    visitors = [
        Visitor(client, times, journeys=entered.seen[user], number=number, counting=counting)
        for number, ((user, _), client) in enumerate(zip(users, clients, strict=True))
    ]  # fmt: skip
    first = Visitor(clients[0], warm, journeys=entered.seen[users[0][0]], number=0, counting=Counter())  # fmt: skip
    for what, some in (("stream", ("/",)), ("stream, filtered", STREAMS), ("board", BOARDS), ("desk", ("/desk/",))):  # fmt: skip
        for one in some:
            await first.open(what, one)
    await asyncio.sleep(settle)  # what was still being counted is counted now
    calm = await alone(clients[len(clients) // 2], visitors[len(clients) // 2], rounds=rounds)
    before, load_before = processor_s(served), load()
    with Clock() as own:
        took = await work([one.turn for one in visitors], seconds=seconds, think=(1.0, 3.0))
    used = processor_s(served) - before
    for client in clients:
        await client.leave()
    pages = {what: summary(times.seconds[what]) for what in SHARES if what in times.seconds}
    return {
        "seconds": round(took, 1), "requests": len(times.every()), "a_second": round(len(times.every()) / took, 1),
        "load_before": load_before, "load_after": load(), "server_cpu_s": round(used, 1), "client_cpu_s": round(own.cpu, 1),
        "rss_mb": round(served.rss_mb), "errors": times.errors[:20], "error_count": len(times.errors),
        "first_time_ms": {what: round(max(some) * 1_000) for what, some in warm.seconds.items()},
        "counting_pages": dict(counting), "alone": calm, "pages": pages,
    }  # fmt: skip


def print_table(found: dict[str, object]) -> None:
    pages: dict[str, dict[str, float]] = found["pages"]  # type: ignore[assignment]
    calm: dict[str, dict[str, float]] = found["alone"]  # type: ignore[assignment]
    print(f"load {found['load_before']} before, {found['load_after']} after; {found['a_second']} requests/s, {found['error_count']} errors, "
          f"{found['server_cpu_s']} s of the processor for the server, {found['rss_mb']} MiB")  # fmt: skip
    print(
        f"{'page':18} {'n':>5} {'p50':>7} {'p95':>7} {'p99':>7} {'goal':>5}  x empty  alone p50  x empty"
    )
    for what, one in pages.items():
        goal = GOALS_MS.get(what)
        says = "" if goal is None else ("yes" if one["p95_ms"] <= goal else "no")
        print(f"{what:18} {one['n']:5.0f} {one['p50_ms']:7.0f} {one['p95_ms']:7.0f} {one['p99_ms']:7.0f} {goal or '':>5} {says:3}"
              f"{one['p50_ms'] / pages[EMPTY]['p50_ms']:7.1f} {calm[what]['p50_ms']:10.1f} {calm[what]['p50_ms'] / calm[EMPTY]['p50_ms']:7.1f}")  # fmt: skip
    for error in found["errors"]:  # type: ignore[attr-defined]
        print(error)


def main() -> None:
    """Make a company or take one, serve it, and let people work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--journeys", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rounds", type=int, default=15, help="of each page by one person alone")
    parser.add_argument(
        "--settle", type=float, default=45, help="seconds for what is counted once for each copy"
    )
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if asked.home is None:
            prepare(home)
            fill(home / "kyogyo.sqlite3", journeys=asked.journeys, people=asked.people)
        copied = copy(home)
        users = some_users(home / "kyogyo.sqlite3", users=asked.users)
        entered = let_in(home, [user for user, _ in users])
        with serve(home) as served:
            time.sleep(3)  # the follower has looked once
            found = asyncio.run(measure(served, seconds=asked.seconds, users=users, entered=entered, rounds=asked.rounds, settle=asked.settle))  # fmt: skip
        with sqlite3.connect(home / "kyogyo.sqlite3") as records:
            sizes = {noun: records.execute(f"SELECT count(*) FROM records_{noun}").fetchone()[0] for noun in ("journey", "stageentry", "account", "user")}  # fmt: skip
        size_mb = round((home / "kyogyo.sqlite3").stat().st_size / 2**20)
        found = {"users": asked.users, "roles": Counter(role for _, role in users), **sizes, "file_mb": size_mb,
                 "copy_s": round(copied, 1), "started_in_s": round(served.started_in, 1), **found}  # fmt: skip
    print_table(found)
    if asked.out is not None:
        asked.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
