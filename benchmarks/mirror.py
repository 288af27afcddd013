"""The measuring copy of many records on SQLite: all of it, then a thousand entries at a time.

    .venv/bin/python benchmarks/mirror.py --entries 1_000_000

Times are from the look at the records until readers find the new copy.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
from clock import Clock, peak_mb

from kyogyo.mirror.copy import Place, Source, publish
from kyogyo.revenue_model import default_model
from kyogyo.usecases.copy_records import copy_records
from kyogyo.usecases.measure_records import open_measured

START = datetime(2023, 1, 1, tzinfo=UTC)
A_JOURNEY = 4
_ENTRY = (
    "INSERT INTO records_stageentry (journey_id, stage, at, recorded_at, precision, cause, department, owner_id, "
    "amount, model_version_id, missing, override_reason, reason, buyer_words, our_view) "
    "VALUES (?, ?, ?, ?, 'second', 'person', '', ?, ?, 1, '[]', '', '', '', '')"
)
_NOTE = (
    "INSERT INTO records_outbox (at, kind, journey_from, journey_to, payload) "
    "VALUES (?, 'journey.enter', ?, ?, '{}')"
)


def prepare(home: Path) -> None:
    """An installation with its tables."""
    code = "import sys; from pathlib import Path; from kyogyo.usecases.prepare_home import *; choose_home(Path(sys.argv[1])); prepare_database()"
    subprocess.run([sys.executable, "-c", code, str(home)], check=True)


def text_of(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", timespec="microseconds")


def fill(path: Path, *, entries: int, seed: int) -> None:
    """Journeys of four entries each, two of each account, thirty owners, and one row of the outbox for all."""
    journeys = entries // A_JOURNEY
    rng = np.random.default_rng(seed)
    track = default_model().tracks[0]
    now = text_of(datetime.now(UTC))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    text = (files("kyogyo.revenue_model") / "the_model.toml").read_text(encoding="utf-8")
    connection.execute("INSERT INTO records_modelversion (id, version, text, digest, since) VALUES (1, '1', ?, 'd', ?)", [text, now])  # fmt: skip
    connection.executemany(
        "INSERT INTO records_user (id, password, is_superuser, email, name, lang, is_active, is_placeholder, joined_at) "
        "VALUES (?, '', 0, ?, ?, 'ja', 1, 0, ?)",
        ((n, f"{n}@example.com", f"Owner {n}", now) for n in range(1, 31)),
    )
    connection.executemany(
        "INSERT INTO records_account (id, name, kana, search, domain, segment, industry, region, facts, made_at) "
        "VALUES (?, ?, '', '', '', ?, ?, ?, ?, ?)",
        ((n, f"Company {n}", f"segment {n % 3}", f"industry {n % 11}", f"region {n % 8}", json.dumps({"plan": f"p{n % 5}"}), now)
         for n in range(1, journeys // 2 + 2)),
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO records_journey (id, account_id, title, search, track, attempt, source, campaign, facts, opened_at, "
        "stage, stage_type, next_step, revision) VALUES (?, ?, '', '', ?, 1, ?, '', '{}', ?, '', '', '', 1)",
        ((n, 1 + n // 2, track.code, f"source {n % 7}", now) for n in range(1, journeys + 1)),
    )  # fmt: skip
    connection.executemany(_ENTRY, _entries(rng, journeys=journeys, stages=track.stages))
    connection.execute(_NOTE, [now, 1, journeys])
    connection.execute("COMMIT")
    connection.close()


def _entries(
    rng: np.random.Generator, *, journeys: int, stages: tuple[str, ...]
) -> Iterator[tuple[object, ...]]:
    days = np.sort(rng.uniform(0, 1_000, journeys))
    for journey, day in enumerate(days.tolist(), start=1):
        for place, stage in enumerate(stages[:A_JOURNEY]):
            at = text_of(START + timedelta(days=day + 9 * place))
            yield journey, stage, at, at, 1 + journey % 30, 1_000 * place


def enter_some(path: Path, *, size: int, journeys: int, round_: int, stage: str) -> None:
    """One more entry of `size` journeys spread over all, each with its row of the outbox."""
    now = text_of(datetime.now(UTC))
    chosen = ((np.arange(size) * max(1, journeys // size) + round_) % journeys + 1).tolist()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    connection.executemany(_ENTRY, ((n, stage, now, now, 1, 5_000) for n in chosen))
    connection.executemany(_NOTE, ((now, n, n) for n in chosen))
    connection.execute("COMMIT")
    connection.close()


def measure(home: Path, *, entries: int, size: int, rounds: int) -> dict[str, object]:
    """The figures. The process does nothing else, so its peak of memory is that of copying and reading."""
    path = home / "kyogyo.sqlite3"
    source, place = Source("sqlite", str(path)), Place(home)
    stage = default_model().tracks[0].stages[A_JOURNEY]
    with Clock() as whole:
        copied = copy_records(source=source, home=home)
    peak = peak_mb()
    clocks, sizes = [], []
    for number in range(rounds + 1):  # the first one warms up
        enter_some(path, size=size, journeys=entries // A_JOURNEY, round_=number, stage=stage)
        with Clock() as taken:
            brought = copy_records(source=source, home=home)
        assert (brought.changes, brought.is_whole) == (size, False)
        clocks.append(taken)
        sizes.append(place.published.stat().st_size)
    with Clock() as nothing:
        assert not copy_records(source=source, home=home).is_published
    with Clock() as publishing:
        publish(place)
    with Clock() as opening, open_measured(home=home):
        pass
    with Clock() as asking:
        for _ in range(1_000):
            with open_measured(home=home):
                pass
    some = statistics.median(one.wall for one in clocks[1:])
    cpu = statistics.median(one.cpu for one in clocks[1:])
    return {
        "entries": copied.entries, "whole_s": round(whole.wall, 2), "whole_cpu_s": round(whole.cpu, 2),
        "some": size, "some_s": round(some, 3), "some_cpu_s": round(cpu, 3),
        "some_share": round(some / whole.wall, 4), "nothing_s": round(nothing.wall, 3),
        "publish_s": round(publishing.wall, 3), "open_s": round(opening.wall, 3),
        "ask_ms": round(asking.wall, 3), "file_mb": [round(one / 2**20, 1) for one in sizes],
        "peak_mb_whole": round(peak), "peak_mb": round(peak_mb()),
    }  # fmt: skip


def main() -> None:
    """Fill a database in a process of its own, then measure in this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fill", type=Path)
    asked = parser.parse_args()
    if asked.fill is not None:
        fill(asked.fill, entries=asked.entries, seed=11)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        words = ["--entries", str(asked.entries), "--fill", str(home / "kyogyo.sqlite3")]
        subprocess.run([sys.executable, __file__, *words], check=True)
        found = measure(home, entries=asked.entries, size=asked.size, rounds=asked.rounds)
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
