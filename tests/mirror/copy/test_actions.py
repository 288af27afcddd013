"""What the records' own actions tell is enough to follow them: merges, splits and erasures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kyogyo.mirror.copy import Place
from tests.mirror.copy.records import Records
from tests.mirror.copy.tables import ask, copy, copy_beside, entries, everything

# The application in a process of its own, which takes one act after the other: starting it is dear.
_APPLICATION = """
import json, sys
from pathlib import Path
import django
from kyogyo.usecases.prepare_home import choose_home
choose_home(Path(sys.argv[1])); django.setup()
from django.db import connection
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.accounts import add_person, merge_accounts, split_accounts
from kyogyo.records.actions.erasing import erase_account, erase_person
for line in sys.stdin:
    path, code, ids = json.loads(line)
    connection.close()
    connection.settings_dict["NAME"] = path
    exec(code)
    connection.close()
    print("done", flush=True)
"""
Application = subprocess.Popen[str]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _APPLICATION, tmp_path_factory.mktemp("home")],
        env={**os.environ, "KYOGYO_DATABASE_URL": ""},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        yield running
        assert running.stdin is not None
        running.stdin.close()


def act(application: Application, records: Records, code: str, *ids: int) -> None:
    """Run actions on these records; that it failed is in the captured errors."""
    assert application.stdin is not None
    assert application.stdout is not None
    application.stdin.write(json.dumps([records.source.address, code, ids]) + "\n")
    application.stdin.flush()
    assert application.stdout.readline() == "done\n"


@pytest.fixture
def two(sqlite_only: Records) -> tuple[Records, int, int]:
    """Two accounts with a journey each, and revenue of one month that both have."""
    records = sqlite_only
    first = records.account("Aoba", segment="tsubakiya-honten")
    second = records.account("Wakaba", segment="large")
    for account, asked in ((first, "Kuroda Jiro"), (second, "somebody")):
        records.enter(records.journey(account, facts={"asked": asked}), "lead")
        records.revenue(account, "2026-01-01", "2026-02-01", 100)
    records.revenue(second, "2026-02-01", "2026-03-01", 7)
    copy(records)
    return records, first, second


def same_as_at_once(records: Records, beside: Path) -> bool:
    return everything(records.home) == everything(copy_beside(records, beside))


def test_merge_and_split_by_the_actions_are_followed(
    application: Application, two: tuple[Records, int, int], tmp_path: Path
) -> None:
    records, first, second = two

    act(
        application,
        records,
        "merge_accounts(actor=SYSTEM, keep_id=ids[0], merge_id=ids[1])",
        first,
        second,
    )
    copied = copy(records)
    merged = ask(records.home, "SELECT account, SUM(amount) FROM revenue GROUP BY 1")
    as_merged = same_as_at_once(records, tmp_path / "merged")
    act(application, records, "split_accounts(actor=SYSTEM, merged_id=ids[0])", second)
    copy(records)

    assert (copied.is_whole, merged, as_merged) == (False, [(first, 207)], True)
    assert ask(records.home, "SELECT account, SUM(amount) FROM revenue GROUP BY 1 ORDER BY 1") == [
        (first, 100),
        (second, 107),
    ]
    assert same_as_at_once(records, tmp_path / "split")


def test_erasing_an_account_by_the_action_leaves_no_trace(
    application: Application, two: tuple[Records, int, int], tmp_path: Path
) -> None:
    records, first, second = two
    assert b"tsubakiya" in Place(records.home).published.read_bytes()

    act(application, records, "erase_account(actor=SYSTEM, account_id=ids[0])", first)
    copy(records)

    files = [path.read_bytes() for path in records.home.glob("mirror*") if path.is_file()]
    assert [b"tsubakiya" in content for content in files] == [False] * 3
    assert ask(records.home, "SELECT DISTINCT account FROM entries") == [(second,)]
    assert same_as_at_once(records, tmp_path / "beside")


def test_erasing_a_person_by_the_action_leaves_no_trace_of_the_name(
    application: Application, two: tuple[Records, int, int], tmp_path: Path
) -> None:
    records, first, _ = two
    both = entries(records.home)
    assert b"Kuroda" in Place(records.home).published.read_bytes()

    act(application, records, "erase_person(actor=SYSTEM, person_id=add_person(actor=SYSTEM, account_id=ids[0], name='Kuroda Jiro').pk)", first)  # fmt: skip
    # Neither in the records, nor in what the database deleted, nor in its log.
    held = [path.read_bytes() for path in records.home.glob("kyogyo.sqlite3*")]
    assert (len(held) > 0, [b"Kuroda" in content for content in held if b"Kuroda" in content]) == (
        True, [],
    )  # fmt: skip
    copy(records)

    files = [path.read_bytes() for path in records.home.glob("mirror*") if path.is_file()]
    assert [b"Kuroda" in content for content in files] == [False] * 3
    assert entries(records.home) == both
    assert same_as_at_once(records, tmp_path / "beside")
