"""Killed writers and late commits: nothing is lost, and nothing is there twice.

KYOGYO_TEST_KILLS and KYOGYO_TEST_WRITERS_S make it more and longer.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from kyogyo.mirror.copy import Place
from tests.mirror.copy.records import Records, wait_until
from tests.mirror.copy.tables import ask, copy, copy_beside, everything

KILLS = int(os.environ.get("KYOGYO_TEST_KILLS", "3"))
WRITERS_S = float(os.environ.get("KYOGYO_TEST_WRITERS_S", "1"))


FOLLOWER = """
import sys, threading
from pathlib import Path
import adbc_driver_sqlite.dbapi, duckdb, pyarrow.compute
from kyogyo.mirror.copy import convert
from kyogyo.mirror.copy import Source
from kyogyo.usecases.copy_records import follow
print("ready", flush=True)
follow(stop=threading.Event(), source=Source(sys.argv[1], sys.argv[2]), home=Path(sys.argv[3]), every=0.0)
"""


def test_killed_at_any_point_nothing_is_lost_and_nothing_twice(
    sqlite_only: Records, tmp_path: Path
) -> None:
    records = sqlite_only
    account = records.account(segment="small")
    stop = threading.Event()
    chance = random.Random(int(os.environ.get("KYOGYO_TEST_SEED", "7")))  # noqa: S311 -- not secret

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            journey = records.journey(account, source=f"s{n % 5}")
            entry = records.enter(journey, "lead", days=n / 100)
            records.enter(journey, "meeting", days=n / 100 + 1, amount=n)
            if n % 7 == 0:
                records.undo(journey, entry, stage="lead", days=n / 100 + 2)
            if n % 11 == 0:
                records.change("account", account, segment=f"size {n}")
            if n % 13 == 0:
                gone = records.account(industry=f"erased {n}")
                records.enter(records.journey(gone), "lead")
                records.erase_account(gone)
            time.sleep(0.005)

    records.enter(records.journey(account), "lead")
    copy(records)
    published = Place(records.home).published
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for kill in range(KILLS):
            words = [records.source.kind, records.source.address, str(records.home)]
            child = subprocess.Popen(
                [sys.executable, "-c", FOLLOWER, *words], stdout=subprocess.PIPE, text=True
            )
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            if kill % 2 == 0:
                # At work for sure, however slow the machine: it has published something.
                seen = published.stat().st_mtime_ns
                wait_until(lambda seen=seen: published.stat().st_mtime_ns != seen, seconds=120)
            time.sleep(chance.uniform(0.0, 1.0))
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            # What is published is always whole: its derived tables know all its entries.
            rows = ask(records.home, "SELECT (SELECT COUNT(DISTINCT journey) FROM entries), (SELECT COUNT(*) FROM journeys)")  # fmt: skip
            assert rows[0][0] == rows[0][1] > 0
    finally:
        stop.set()
        writer.join()

    copy(records)

    assert everything(records.home) == everything(copy_beside(records, tmp_path / "beside"))


def test_late_commits_on_postgresql_are_not_missed(
    make_postgres: Callable[[Path], Records], tmp_path: Path
) -> None:
    records = make_postgres(tmp_path)
    records.adopt()
    account = records.account()
    copy(records)
    until = time.monotonic() + WRITERS_S
    kept: list[int] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- not secret
        mine = Records(records.source, records.home)
        while time.monotonic() < until:
            try:
                with mine.together():
                    journey = mine.journey(account)
                    time.sleep(chance.uniform(0, 0.05))
                    mine.enter(journey, "lead")
                    time.sleep(chance.uniform(0, 0.05))
                    if chance.random() < 0.2:
                        raise Changed_my_mind  # noqa: TRY301 -- what rolls back
                kept.append(journey)
            except Changed_my_mind:
                pass

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(8)]
    for writer in writers:
        writer.start()
    brought = 0
    while any(writer.is_alive() for writer in writers):
        brought += copy(records).changes
    for writer in writers:
        writer.join()
    brought += copy(records).changes

    assert ask(records.home, "SELECT journey FROM entries ORDER BY 1") == [(n,) for n in sorted(kept)]  # fmt: skip
    # Each change once: that opening and entering are seen apart doesn't happen, they are one commit.
    assert brought == 2 * len(kept)


class Changed_my_mind(Exception):  # noqa: N801 -- reads as what happened
    pass


def test_long_transaction_holds_back_only_what_came_after_it(
    make_postgres: Callable[[Path], Records], tmp_path: Path
) -> None:
    records = make_postgres(tmp_path)
    records.adopt()
    account = records.account()
    early = records.journey(account)
    records.enter(early, "lead")
    with psycopg.connect(records.source.address) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        copy(records)
        late = records.journey(account)
        records.enter(late, "lead")
        while_held = copy(records)
        slow.rollback()
    after = copy(records)

    assert (while_held.changes, after.changes) == (0, 2)
    assert ask(records.home, "SELECT journey FROM entries ORDER BY 1") == [(early,), (late,)]
