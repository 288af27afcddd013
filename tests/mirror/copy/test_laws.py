"""Whatever happened in whatever order, following it gives what copying at once gives. KYOGYO_TEST_HISTORIES makes it more."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analytics.small_history import MODEL_TEXT
from tests.mirror.copy.records import Records, sqlite_records
from tests.mirror.copy.tables import copy, copy_beside, everything

HISTORIES = int(os.environ.get("KYOGYO_TEST_HISTORIES", "5"))


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
