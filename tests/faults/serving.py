"""A real installation in a folder, served by real processes on a free port of this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

_PREPARE = """
import json
from pathlib import Path
from kyogyo.usecases.prepare_home import choose_home, prepare_database
choose_home(Path("."))
prepare_database()
from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.keys import make_api_key
from kyogyo.records.actions.model import adopt
from kyogyo.records.actions.people import add_membership, make_team, make_user
from kyogyo.revenue_model.load import DEFAULT_FILE
adopt(actor=SYSTEM, text=DEFAULT_FILE.read_text(encoding="utf-8"))
team = make_team(actor=SYSTEM, code="company", label_en="Company", label_ja="会社")
user = make_user(actor=SYSTEM, email="ops@example.com", name="Ops")
add_membership(actor=SYSTEM, user_id=user.pk, team_id=team.pk, role="revops")
_, secret = make_api_key(actor=Actor(user=user), name="test", can_write=True)
print(json.dumps(secret))
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KYOGYO_")}
    return {
        **kept,
        "KYOGYO_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "kyogyo.config.settings",
        **more,
    }


def prepare(home: Path, **more: str) -> str:
    """Make the tables, a model in force and one person; returns the secret of that person's key."""
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE], cwd=home, env=environment(home, **more), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return str(json.loads(done.stdout.splitlines()[-1]))


def copy_home(home: Path, target: Path) -> Path:
    shutil.copytree(home, target)
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A running server. `process` is the one that the test started."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, path: str = "/healthz/live", *, within: float) -> float:
        """Seconds until the server answers 200. Fails when it takes longer than `within`."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            try:
                if httpx.get(self.address + path, timeout=2).status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        pytest.fail(f"{path} didn't answer within {within} s")


@contextmanager
def served(home: Path, *words: str, **more: str) -> Iterator[Served]:
    """Run `python -m <words>` (the web server's own process if there are none) until the block ends."""
    port = free_port()
    command = [*(words or ("kyogyo.config.server",)), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=home, env=environment(home, **more),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    running = Served(process, port)
    try:
        running.answers(within=60)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, read from /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if after[0] != "Z":
                parents[int(entry.name)] = int(after[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]
