"""The one writer: alone, waiting for records, starting over where its file is broken."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kyogyo.errors import StoreError
from kyogyo.mirror.copy import Place, hold_alone
from kyogyo.usecases.copy_records import Copied, copy_records, follow
from tests.analytics.small_history import LEAD
from tests.mirror.copy.records import Records, sqlite_records, sqlite_source, wait_until
from tests.mirror.copy.tables import ask, copy, everything


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


def test_rebuilding_tells_how_far_it_is(sqlite_only: Records) -> None:
    sqlite_only.enter(sqlite_only.journey(sqlite_only.account()), "lead")
    told: list[int] = []

    copy_records(source=sqlite_only.source, home=sqlite_only.home, rebuild=True, tell=told.append)

    assert told == [1]
