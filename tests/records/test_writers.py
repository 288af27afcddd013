"""Twenty writers at once lose nothing, on a SQLite file and on PostgreSQL.

KYOGYO_TEST_ROUNDS is how much each of them writes (3 by default): `KYOGYO_TEST_ROUNDS=500 pytest
tests/records/test_writers.py` for an hour of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import REPOSITORY

WRITERS = 20
ROUNDS = int(os.environ.get("KYOGYO_TEST_ROUNDS", "3"))


def run_on(database: str, *, request: pytest.FixtureRequest, home: Path) -> dict[str, str]:
    """The environment of a process that works on an empty database of this kind."""
    around = {
        **os.environ,
        "KYOGYO_HOME": str(home),
        "KYOGYO_DATABASE_URL": "",
        "PYTHONPATH": str(REPOSITORY),
    }
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
        name = f"records_{uuid4().hex}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        around["KYOGYO_DATABASE_URL"] = f"postgresql://postgres@/{name}"
        around["PGHOST"] = parse_qs(urlsplit(url).query)["host"][0]
    return around


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_twenty_writers_lose_nothing_and_overwrite_nothing(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tests/records/writers.py", str(WRITERS), str(ROUNDS)],
        env=run_on(database, request=request, home=tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    result = json.loads(done.stdout)

    expected = WRITERS * ROUNDS
    result["told"].pop("conflicts", None)  # told, and tried again: how many is chance
    assert result["told"] == {"raised": expected, "activities": expected}
    assert result["held"] == {
        "amount": expected,
        "revision": 1 + 2 * expected,
        "activities": expected,
        "audit": 2 * expected,
        "outbox": 2 * expected,
    }


def test_the_rules_and_the_guards_hold_on_postgresql(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = REPOSITORY / "tests/records"
    # One open at a time, and history that the database keeps: of decisions taken back, and of what is tried.
    actions = [
        "test_undoing.py::test_an_acceptance_taken_back_leaves_everything_as_it_was",
        "test_undoing.py::test_another_decision_can_follow_and_the_first_one_holds_again",
        "test_undoing.py::test_the_database_lets_nothing_but_a_decision_of_the_same_handoff_be_taken_back",
        "test_countermeasures.py::test_end_can_be_taken_back_unless_the_place_is_taken",
        "test_countermeasures.py::test_history_of_a_countermeasure_is_kept_by_the_database",
        "test_alerts.py::test_same_thing_is_told_once",
        "test_reviews.py::test_review_lists_its_points_and_only_one_is_open",
        "test_imports.py",
    ]
    chosen = [folder / "test_guards.py", *(f"{folder}/actions/{name}" for name in actions)]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *chosen],
        env=run_on("postgresql", request=request, home=tmp_path),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
