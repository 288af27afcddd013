"""Writing beside reading: one writer, many readers, killed writers, late commits, random histories."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kyogyo.errors import MissingTableError, StoreError
from kyogyo.mirror.copy import Place, Reader, hold_alone
from kyogyo.usecases.copy_records import Copied, copy_records, follow
from kyogyo.usecases.measure_records import open_measured
from tests.analytics.small_history import LEAD, MODEL_TEXT
from tests.mirror.copy.records import Records, sqlite_records
from tests.mirror.copy.tables import ask, copy, copy_beside, everything

KILLS = int(os.environ.get("KYOGYO_TEST_KILLS", "3"))
WRITERS_S = float(os.environ.get("KYOGYO_TEST_WRITERS_S", "1"))
HISTORIES = int(os.environ.get("KYOGYO_TEST_HISTORIES", "5"))


# ------------------------------------------------------------------------------ readers


def test_reader_without_a_copy_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(MissingTableError, match="kyogyo mirror"), open_measured(home=tmp_path):
        pass


def test_reader_keeps_what_it_holds_and_gets_the_new_one_when_it_asks_again(
    sqlite_only: Records,
) -> None:
    records = sqlite_only
    journey = records.journey(records.account())
    records.enter(journey, "lead")
    copy(records)

    with open_measured(home=records.home) as old:
        records.enter(journey, "meeting", days=1)
        copy(records)
        with open_measured(home=records.home) as new:
            seen = [
                int(one.history.engine.integers("SELECT COUNT(*) AS n FROM entries")["n"][0])
                for one in (old, new)
            ]

    assert seen == [1, 2]
    assert (old.history.entries, new.history.entries) == (1, 2)
    assert old.key != new.key
    assert old.copied_at < new.copied_at


def test_asking_again_when_nothing_changed_takes_less_than_a_millisecond(
    sqlite_only: Records,
) -> None:
    sqlite_only.enter(sqlite_only.journey(sqlite_only.account()), "lead")
    copy(sqlite_only)
    taken = []
    for _ in range(50):
        began = time.perf_counter()
        with open_measured(home=sqlite_only.home):
            taken.append(time.perf_counter() - began)

    assert sorted(taken)[25] < 0.001


def test_threads_ask_while_copies_are_published(sqlite_only: Records) -> None:
    records = sqlite_only
    account = records.account()
    records.enter(records.journey(account), "lead")
    copy(records)
    stop, wrong, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            try:
                with open_measured(home=records.home) as measured:
                    rows = measured.history.engine.integers(
                        "SELECT COUNT(*) AS n, (SELECT COUNT(*) FROM visits) AS v FROM entries"
                    )
                    assert rows["n"][0] == rows["v"][0] == measured.history.entries
                    seen.add(int(rows["n"][0]))
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test has to say it
                wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        records.enter(records.journey(account), "lead")
        copy(records)
    wait_until(lambda: bool(wrong) or 5 in seen)
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert seen <= {1, 2, 3, 4, 5}


def test_broken_copy_says_how_to_make_it_anew(sqlite_only: Records) -> None:
    sqlite_only.enter(sqlite_only.journey(sqlite_only.account()), "lead")
    copy(sqlite_only)
    Place(sqlite_only.home).published.write_bytes(b"something else")

    with pytest.raises(StoreError, match="--rebuild"):
        Reader(Place(sqlite_only.home)).current()

    assert copy(sqlite_only).is_published is True
    assert ask(sqlite_only.home, "SELECT stage FROM entries") == [(LEAD,)]


# ------------------------------------------------------------------------------ the writer


def test_second_writer_is_told_that_there_is_one(sqlite_only: Records) -> None:
    with hold_alone(Place(sqlite_only.home)), pytest.raises(StoreError, match="already"):
        copy(sqlite_only)


def test_records_open_in_this_process_are_read_with_its_own_library(sqlite_only: Records) -> None:
    records = sqlite_only
    owner = records.user("Sato")
    journey = records.journey(records.account(segment="small"), source="web")
    records.enter(journey, "lead", owner_id=owner, amount=5)
    held = records.connect()
    held.execute("SELECT 1 FROM records_user").fetchall()
    try:
        copy(records)
    finally:
        held.close()
    here = everything(records.home)

    copy(records, rebuild=True)

    assert everything(records.home) == here


def test_records_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    absent = Records(sqlite_source(tmp_path / "none.sqlite3"), tmp_path)

    with pytest.raises(StoreError, match=r"no records at .*none\.sqlite3"):
        copy(absent)


def test_database_without_tables_says_to_bring_it_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite3").touch()

    with pytest.raises(StoreError, match="don't have the tables"):
        copy(Records(sqlite_source(tmp_path / "empty.sqlite3"), tmp_path))


def sqlite_source(path: Path):
    from kyogyo.mirror.copy import Source  # noqa: PLC0415 -- beside its use

    return Source("sqlite", str(path))


def test_private_file_that_is_broken_is_made_anew(sqlite_only: Records) -> None:
    sqlite_only.enter(sqlite_only.journey(sqlite_only.account()), "lead")
    copy(sqlite_only)
    Place(sqlite_only.home).private.write_bytes(b"\0" * 20_000)

    assert copy(sqlite_only).is_whole is True
    assert ask(sqlite_only.home, "SELECT stage FROM entries") == [(LEAD,)]


def test_following_brings_changes_until_it_is_stopped(records: Records) -> None:
    account = records.account()
    told: list[Copied] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=follow,
        kwargs={"stop": stop, "source": records.source, "home": records.home, "every": 0.02, "told": told.append},
    )  # fmt: skip
    thread.start()
    wait_until(lambda: len(told) > 0)
    for n in range(3):
        records.enter(records.journey(account), "lead", days=n)
    wait_until(lambda: told[-1].entries == 3)
    stop.set()
    thread.join()

    assert told[0].is_whole is True
    assert sum(one.changes for one in told[1:]) == 6
    assert ask(records.home, "SELECT COUNT(*) FROM visits") == [(3,)]


def wait_until(is_so: Callable[[], bool], *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_following_waits_for_records_that_are_not_there_yet(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyogyo.usecases.copy_records._WAIT_FOR_RECORDS_S", 0.05)
    home = tmp_path / "home"
    told: list[Copied] = []
    stop = threading.Event()
    source = sqlite_source(home / "kyogyo.sqlite3")
    thread = threading.Thread(
        target=follow,
        kwargs={"stop": stop, "source": source, "home": home, "every": 0.02, "told": told.append},
    )
    thread.start()
    time.sleep(0.2)
    records = sqlite_records(sqlite_template, home)
    wait_until(lambda: bool(told))
    records.adopt()
    records.enter(records.journey(records.account()), "lead")
    wait_until(lambda: told[-1].entries == 1)
    stop.set()
    thread.join()

    assert told[0].is_set_up is False


# ------------------------------------------------------------------------------ faults

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

    writer = threading.Thread(target=write)
    writer.start()
    readable = 0
    try:
        for _ in range(KILLS):
            words = [records.source.kind, records.source.address, str(records.home)]
            child = subprocess.Popen(
                [sys.executable, "-c", FOLLOWER, *words], stdout=subprocess.PIPE, text=True
            )
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.05, 1.2))
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            if Place(records.home).published.exists():
                # What is published is always whole: its derived tables know all its entries.
                readable += 1
                rows = ask(records.home, "SELECT (SELECT COUNT(DISTINCT journey) FROM entries), (SELECT COUNT(*) FROM journeys)")  # fmt: skip
                assert rows[0][0] == rows[0][1] > 0
    finally:
        stop.set()
        writer.join()

    copy(records)

    assert readable > 0
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


# ------------------------------------------------------------------------------ laws

STAGES = ("lead", "meeting", "won", "lost", "recycled")
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["journey", "enter", "enter", "undo", "change account", "change journey", "merge", "split",
             "erase", "revenue", "adopt", "copy", "copy"]
        ),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=5,
    max_size=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def folders() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@given(steps=steps)
@settings(max_examples=HISTORIES, suppress_health_check=list(HealthCheck))
def test_following_any_history_equals_copying_it_at_once(
    steps: list[tuple[str, int, int]], sqlite_template: Path, folders: Path
) -> None:
    with tempfile.TemporaryDirectory(dir=folders) as folder:
        records = sqlite_records(sqlite_template, Path(folder) / "home")
        records.adopt()
        live(records, steps)

        copy(records)

        beside = copy_beside(records, Path(folder) / "beside")
        assert everything(records.home) == everything(beside)


def live(records: Records, steps: list[tuple[str, int, int]]) -> None:
    """Do what the steps say, as far as it is possible."""
    accounts = [records.account(f"a{n}", segment=f"s{n}") for n in range(3)]
    journeys = [records.journey(accounts[0], source="web")]
    records.enter(journeys[0], "lead")
    owners = [records.user("Sato"), records.user("Suzuki")]
    model = 0
    for place, (what, a, b) in enumerate(steps):
        account = accounts[a % len(accounts)]
        there = [row[0] for row in records.run("SELECT id FROM records_journey ORDER BY id")]
        journey = there[a % len(there)] if there else None
        if what == "journey":
            records.journey(account, source=f"c{b}", facts={"f": b} if b % 2 else {})
        elif what == "enter" and journey is not None:
            records.enter(journey, STAGES[b % 5], days=place, owner_id=owners[b % 2], amount=b * 10)
        elif what == "undo" and journey is not None:
            last = records.run("SELECT MAX(id) FROM records_stageentry WHERE journey_id = ? AND undoes_id IS NULL AND id NOT IN (SELECT undoes_id FROM records_stageentry WHERE undoes_id IS NOT NULL)", journey)[0][0]  # fmt: skip
            if last is not None:
                records.undo(journey, last, stage="lead", days=place)
        elif what == "change account":
            records.change("account", account, segment=f"s{b}", facts={"f": b} if b % 2 else {})
        elif what == "change journey" and journey is not None:
            records.change("journey", journey, source=f"c{b}" if b else "")
        elif what == "merge":
            merge(records, accounts, a, b)
        elif what == "split":
            records.split(account)
        elif what == "erase" and b == 0:
            records.erase_account(account)
        elif what == "revenue":
            if not records.run("SELECT 1 FROM records_revenue WHERE account_id = ? AND period_start = ?", account, f"2026-0{b + 1}-01"):  # fmt: skip
                records.revenue(account, f"2026-0{b + 1}-01", f"2026-0{b + 2}-01", a)
        elif what == "adopt":
            model += 1
            order = ("lost", "recycled") if model % 2 else ("recycled", "lost")
            text = MODEL_TEXT.replace('["lost", "recycled"]', f'["{order[0]}", "{order[1]}"]')
            records.adopt(f"# {model}\n{text}")
        elif what == "copy":
            copy(records)


def merge(records: Records, accounts: list[int], a: int, b: int) -> None:
    keep, gone = accounts[a % 3], accounts[b % 3]
    root = keep
    while (into := records.run("SELECT merged_into_id FROM records_account WHERE id = ?", root)[0][0]) is not None:  # fmt: skip
        root = into
    if gone != root:
        records.merge(root, gone)


def test_rebuilding_tells_how_far_it_is(sqlite_only: Records) -> None:
    sqlite_only.enter(sqlite_only.journey(sqlite_only.account()), "lead")
    told: list[int] = []

    copy_records(source=sqlite_only.source, home=sqlite_only.home, rebuild=True, tell=told.append)

    assert told == [1]
