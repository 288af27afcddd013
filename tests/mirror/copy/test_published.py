"""Reading what is published: it stays what it was, and is opened anew when there is another."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kyogyo.errors import MissingTableError, StoreError
from kyogyo.mirror.copy import Place, Reader
from kyogyo.usecases.measure_records import open_measured
from tests.analytics.small_history import LEAD
from tests.mirror.copy.records import Records, wait_until
from tests.mirror.copy.tables import ask, copy


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
