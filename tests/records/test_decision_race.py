"""Many decide on the same handoff at the same moment: one of them wins, the others are told (check 22).

KYOGYO_RACE=40x20 runs the full size: handoffs x processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

HANDOFFS, DECIDERS = (int(n) for n in os.environ.get("KYOGYO_RACE", "6x3").split("x"))
WRITER = Path(__file__).with_name("race_writer.py")


def test_one_decision_wins_on_sqlite(tmp_path: Path) -> None:
    race({"KYOGYO_HOME": str(tmp_path)})


def test_one_decision_wins_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    name = f"race_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    socket = postgres_url.split("host=")[1]
    race({"KYOGYO_HOME": str(tmp_path), "KYOGYO_RACE_SOCKET": socket, "KYOGYO_RACE_DATABASE": name})


def race(where: dict[str, str]) -> None:
    environment = {**os.environ, **where, "DJANGO_SETTINGS_MODULE": "race_settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(WRITER.parent), str(WRITER.parents[2])])

    def start(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(WRITER), *words],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert read(start("prepare", str(HANDOFFS))) == ["ready"]
    deciders = [start("decide", str(number)) for number in range(DECIDERS)]
    for process in deciders:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
    for process in deciders:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [line.split() for process in deciders for line in read(process)]
    won = Counter(handoff for handoff, outcome, _ in told if outcome == "won")
    lost = [float(took) for _, outcome, took in told if outcome == "lost"]
    took = sorted(float(each) for _, _, each in told)

    assert sorted(won.values()) == [1] * HANDOFFS
    assert len(lost) == HANDOFFS * (DECIDERS - 1)
    # As many decisions in history as won, each with its audit row; nothing is left half done.
    assert read(start("check")) == [f"{HANDOFFS} {HANDOFFS} 0"]
    sys.stdout.write(
        f"{len(told)} decisions: median {took[len(took) // 2]:.3f} s, longest {took[-1]:.3f} s\n"
    )


def read(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out.splitlines()


if DECIDERS < 2:
    pytest.fail("A race needs two.")
