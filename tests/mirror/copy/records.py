"""Records written by hand with small SQL, the same for SQLite and PostgreSQL: no Django in these tests."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from kyogyo.mirror.copy import Source
from tests.analytics.small_history import MODEL_TEXT

NOON = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)  # noon in Tokyo, a Monday

_DEFAULTS: dict[str, dict[str, Any]] = {
    "records_user": {
        "password": "", "is_superuser": False, "email": "", "name": "", "lang": "ja", "is_active": True,
        "is_placeholder": False, "joined_at": NOON,
    },
    "records_team": {"label_en": "", "label_ja": "", "department": ""},
    "records_modelversion": {"since": NOON},
    "records_account": {
        "kana": "", "search": "", "domain": "", "segment": "", "industry": "", "region": "", "facts": {},
        "made_at": NOON,
    },
    "records_journey": {
        "title": "", "search": "", "track": "new", "attempt": 1, "source": "", "campaign": "", "facts": {},
        "opened_at": NOON, "stage": "", "stage_type": "", "next_step": "", "revision": 1,
    },
    "records_stageentry": {
        "precision": "second", "cause": "person", "department": "", "missing": [], "override_reason": "",
        "reason": "", "buyer_words": "", "our_view": "",
    },
    "records_revenue": {"recorded_at": NOON},
    "records_outbox": {"payload": {}},
    "records_erasure": {"at": NOON, "what": "test", "is_open": True},
}  # fmt: skip


def migrate(home: Path, **environment: str) -> None:
    """Make the tables, in a process of its own."""
    code = "from kyogyo.usecases.prepare_home import *; choose_home(None); prepare_database()"
    told = {**os.environ, "KYOGYO_HOME": str(home), **environment}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=told, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


class Records:
    """A system of record. Every method is one transaction, like an action; `together` makes several one."""

    def __init__(self, source: Source, home: Path) -> None:
        self.source = source
        self.home = home
        self._inside: Any = None

    # --- plumbing ---

    def connect(self) -> Any:
        if self.source.kind == "sqlite":
            found = sqlite3.connect(self.source.address, isolation_level=None, timeout=20)
            found.execute("PRAGMA synchronous=OFF")
            return found
        return psycopg.connect(self.source.address, autocommit=True)

    @contextmanager
    def together(self) -> Iterator[Any]:
        if self._inside is not None:
            yield self._inside
            return
        connection = self.connect()
        try:
            connection.execute("BEGIN IMMEDIATE" if self.source.kind == "sqlite" else "BEGIN")
            self._inside = connection
            yield connection
            connection.execute("COMMIT")
        finally:
            self._inside = None
            connection.close()

    def run(self, sql: str, *values: Any) -> Any:
        text = sql if self.source.kind == "sqlite" else sql.replace("?", "%s")
        with self.together() as connection:
            cursor = connection.execute(text, [self._said(one) for one in values])
            return cursor.fetchall() if cursor.description else None

    def _said(self, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value)
        if isinstance(value, datetime) and self.source.kind == "sqlite":
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        return value

    def add(self, table: str, **values: Any) -> int:
        row = {**_DEFAULTS[table], **values}
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        return int(
            self.run(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", *row.values())[
                0
            ][0]
        )

    # --- what actions would do ---

    def note(self, kind: str, *, journey: int | None = None, to: int | None = None,
             account: int | None = None) -> None:  # fmt: skip
        """The row that `journal.note` writes."""
        last = to if to is not None else journey
        now = datetime.now(UTC)
        self.add("records_outbox", at=now, kind=kind, journey_from=journey, journey_to=last, account_id=account)  # fmt: skip

    def adopt(self, text: str = MODEL_TEXT) -> int:
        with self.together():
            number = self.run("SELECT COUNT(*) FROM records_modelversion")[0][0]
            made = self.add(
                "records_modelversion", version=f"v{number}", text=text, digest=f"digest {number}"
            )
            self.note("model.adopt")
        return made

    def user(self, name: str) -> int:
        with self.together():
            made = self.add("records_user", name=name, email=f"{name}@example.com")
            self.note("user.make")
        return made

    def account(self, name: str = "Aoba", **values: Any) -> int:
        with self.together():
            made = self.add("records_account", name=name, **values)
            self.note("account.make", account=made)
        return made

    def journey(self, account: int, **values: Any) -> int:
        with self.together():
            made = self.add("records_journey", account_id=account, **values)
            self.note("journey.open", journey=made)
        return made

    def enter(self, journey: int, stage: str, *, days: float = 0, **values: Any) -> int:
        at = NOON + timedelta(days=days)
        with self.together():
            version = self.run("SELECT MAX(id) FROM records_modelversion")[0][0]
            made = self.add(
                "records_stageentry", journey_id=journey, stage=stage, at=at, recorded_at=at,
                model_version_id=version, **values,
            )  # fmt: skip
            self.note("journey.enter", journey=journey)
        return made

    def undo(self, journey: int, entry: int, *, stage: str, days: float) -> int:
        return self.enter(journey, stage, days=days, undoes_id=entry)

    def change(self, noun: str, row: int, **values: Any) -> None:
        with self.together():
            told = ", ".join(f"{name} = ?" for name in values)
            self.run(f"UPDATE records_{noun} SET {told} WHERE id = ?", *values.values(), row)
            self.note(f"{noun}.change", **{noun: row} if noun in ("journey", "account") else {})

    def revenue(self, account: int, start: str, end: str, amount: int) -> None:
        with self.together():
            self.add("records_revenue", account_id=account, period_start=start, period_end=end, amount=amount)  # fmt: skip
            self.note("account.revenue", account=account)

    def merge(self, keep: int, merge: int) -> None:
        with self.together():
            self.run("UPDATE records_account SET merged_into_id = ? WHERE id = ?", keep, merge)
            self.note("account.merge", account=keep)

    def split(self, merged: int) -> None:
        with self.together():
            self.run("UPDATE records_account SET merged_into_id = NULL WHERE id = ?", merged)
            self.note("account.split", account=merged)

    def erase_account(self, account: int) -> None:
        """Its journeys and revenue go, its name and facts are emptied."""
        with self.together():
            erasure = self.add("records_erasure")
            mine = "SELECT id FROM records_journey WHERE account_id = ?"
            # One that undoes another goes before it.
            self.run(f"DELETE FROM records_stageentry WHERE undoes_id IS NOT NULL AND journey_id IN ({mine})", account)  # fmt: skip
            self.run(f"DELETE FROM records_stageentry WHERE journey_id IN ({mine})", account)
            for (journey,) in self.run(mine, account):
                self.note("journey.erase", journey=journey)
            self.run("DELETE FROM records_journey WHERE account_id = ?", account)
            self.run("DELETE FROM records_revenue WHERE account_id = ?", account)
            self.run(
                "UPDATE records_account SET name = 'erased', segment = '', industry = '', region = '', "
                "facts = ? WHERE id = ?", {}, account,
            )  # fmt: skip
            self.note("account.erase", account=account)
            self.run("UPDATE records_erasure SET is_open = NOT is_open WHERE id = ?", erasure)


def sqlite_records(template: Path, home: Path) -> Records:
    home.mkdir(parents=True, exist_ok=True)
    path = home / "kyogyo.sqlite3"
    shutil.copyfile(template, path)
    return Records(Source("sqlite", str(path)), home)


def sqlite_source(path: Path) -> Source:
    return Source("sqlite", str(path))


def wait_until(is_so: Callable[[], bool], *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
