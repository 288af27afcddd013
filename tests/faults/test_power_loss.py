"""The power goes in the middle of work: what was committed is there afterwards, and the file is whole.

On our tables with their triggers and search indexes, with the pragmas that the application sets; every commit has its
row of audit and of the outbox. With synchronous=NORMAL the same test must see losses: so it can see any.
KYOGYO_FAULT_POWER_CUTS sets how many cuts; the bar is 500.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from kyogyo.config.sqlite import PRAGMAS
from tests.faults.lossy_files import LossyFiles

CUTS = int(os.environ.get("KYOGYO_FAULT_POWER_CUTS", "12"))
_COMMITS = 40
_AT = "2026-04-01 09:00:00"


@dataclass
class Trials:
    """What became of the commits over all power cuts."""

    said: int = 0
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    syncs: int = 0


def commit(connection: apsw.Connection, name: str) -> None:
    """An account with what an action writes beside it, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO records_account (name, kana, search, domain, segment, industry, region, facts, made_at) "
        "VALUES (?, '', ?, '', '', '', '', '{}', ?)",
        (name, f"={name} 青空 空製 製作", _AT),
    )
    row = connection.last_insert_rowid()
    connection.execute(
        "INSERT INTO records_auditevent (at, action, noun, row, before, after) VALUES (?, 'make', 'account', ?, '{}', ?)",
        (_AT, row, f'{{"name": "{name}"}}'),
    )
    connection.execute(
        "INSERT INTO records_outbox (at, kind, account_id, payload) VALUES (?, 'account.make', ?, '{}')",
        (_AT, row),
    )
    connection.execute("COMMIT")


def cut_the_power(
    template: Path, folder: Path, *, number: int, pragmas: str, trials: Trials
) -> None:
    """Commit until the power goes at some write or sync, and look at what is left."""
    chance = random.Random(number)  # noqa: S311 -- which cut is no secret
    work, after = folder / f"work-{number}", folder / f"after-{number}"
    work.mkdir()
    after.mkdir()
    shutil.copyfile(template, work / "records.sqlite3")
    files = LossyFiles(f"lossy-{number}", after=chance.randrange(40, 1_200), chance=chance)
    connection = apsw.Connection(str(work / "records.sqlite3"), vfs=files.vfs_name)
    # To the end: a statement that gives a row would keep those after it waiting.
    connection.execute(pragmas).fetchall()
    # Small, so that the power also goes in the middle of copying the log back into the file.
    connection.execute(f"PRAGMA wal_autocheckpoint={chance.choice((8, 50, 1_000))}")
    said = []
    for n in range(_COMMITS):
        name = f"cut{number}commit{n}"
        commit(connection, name)
        if files.is_off:
            break
        said.append(name)
    else:
        files.cut()
    connection.close()
    assert files.survivors is not None
    for name, content in files.survivors.items():
        if not name.endswith("-shm"):
            (after / name).write_bytes(content)
    _look(after / "records.sqlite3", said=said, number=number, trials=trials)
    trials.said += len(said)
    trials.syncs += files.syncs
    shutil.rmtree(work)
    shutil.rmtree(after)


def _look(path: Path, *, said: list[str], number: int, trials: Trials) -> None:
    try:
        with sqlite3.connect(path) as records:
            health = records.execute("PRAGMA integrity_check").fetchone()[0]
            rows = dict(records.execute("SELECT name, id FROM records_account"))
            audited = {row for (row,) in records.execute("SELECT row FROM records_auditevent WHERE noun = 'account'")}  # fmt: skip
            told = {row for (row,) in records.execute("SELECT account_id FROM records_outbox")}
        records.close()
    except sqlite3.DatabaseError as error:
        trials.corrupt.append(f"cut {number}: {error}")
        return
    if health != "ok":
        trials.corrupt.append(f"cut {number}: {health}")
    trials.lost += [name for name in said if name not in rows]
    trials.torn += [name for name, pk in rows.items() if name.startswith("cut") and (pk not in audited or pk not in told)]  # fmt: skip


def run(template: Path, folder: Path, *, pragmas: str, cuts: int) -> Trials:
    trials = Trials()
    for number in range(cuts):
        cut_the_power(template, folder, number=number, pragmas=pragmas, trials=trials)
    return trials


@pytest.fixture(scope="module")
def template(installation: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of an installation as one file."""
    path = tmp_path_factory.mktemp("template") / "records.sqlite3"
    with sqlite3.connect(installation[0] / "kyogyo.sqlite3") as records:
        records.execute("VACUUM INTO ?", [str(path)])
    records.close()
    with sqlite3.connect(path) as records:
        records.execute("PRAGMA journal_mode=WAL")
    records.close()
    return path


def test_power_cuts_lose_nothing_committed_and_leave_the_file_whole(
    template: Path, tmp_path: Path
) -> None:
    trials = run(template, tmp_path, pragmas=PRAGMAS, cuts=CUTS)

    print(f"{CUTS} cuts, {trials.said} commits acknowledged, {trials.syncs} syncs")  # noqa: T201 -- asked for with -s
    assert trials.said > CUTS
    assert (trials.lost, trials.torn, trials.corrupt) == ([], [], [])


def test_same_cuts_with_synchronous_normal_are_seen_to_lose(template: Path, tmp_path: Path) -> None:
    weak = PRAGMAS.replace("synchronous=FULL", "synchronous=NORMAL")
    trials = run(template, tmp_path, pragmas=weak, cuts=CUTS)

    told = f"{CUTS} cuts, {trials.said} commits acknowledged, {len(trials.lost)} lost"
    print(told)  # noqa: T201 -- asked for with -s
    assert weak != PRAGMAS
    assert len(trials.lost) > 0
    assert (trials.torn, trials.corrupt) == ([], [])
