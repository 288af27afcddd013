"""An installation served by `kyogyo serve` on a free port, and who may come in: sessions and keys without the sign-in page."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PREPARE = "import sys; from pathlib import Path; from kyogyo.usecases.prepare_home import *; choose_home(Path(sys.argv[1])); prepare_database()"
_COPY = "import django; django.setup(); from kyogyo.usecases.copy_records import copy_records; print(copy_records().seconds)"
_LET_IN = """
import json, sys
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from kyogyo.records.access import Actor, journeys_for
from kyogyo.records.actions.keys import make_api_key

sessions, keys, seen = {}, {}, {}
for user in get_user_model().objects.filter(pk__in=json.loads(sys.argv[1])).order_by("pk"):
    held = SessionStore()
    held[SESSION_KEY] = str(user.pk)
    held[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    held[HASH_SESSION_KEY] = user.get_session_auth_hash()
    held.create()
    sessions[user.pk] = held.session_key
    actor = Actor(user=user)
    keys[user.pk] = make_api_key(actor=actor, name="benchmark", can_write=actor.may_write)[1]
    theirs = journeys_for(actor).order_by("-opened_at", "-pk")
    under_way = theirs.filter(stage_type__in=["open", "ongoing"])
    seen[user.pk] = list((under_way if under_way.exists() else theirs).values_list("pk", flat=True)[:40])
print(json.dumps({"sessions": sessions, "keys": keys, "seen": seen}))
"""


@dataclass(frozen=True)
class LetIn:
    """By person: the key of a session, the secret of an API key, and some journeys that they see."""

    sessions: dict[int, str]
    keys: dict[int, str]
    seen: dict[int, list[int]]


@dataclass(frozen=True)
class Served:
    """A running `kyogyo serve`."""

    process: subprocess.Popen[bytes]
    port: int
    started_in: float

    @property
    def rss_mb(self) -> float:
        """Resident memory of the program and all below it, MiB. Shared pages count once for each."""
        return sum(self.rss_by_process.values())

    @property
    def rss_by_process(self) -> dict[str, float]:
        found = {}
        for pid in [self.process.pid, *descendants(self.process.pid)]:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            name = next((one for one in words if one.startswith("kyogyo")), words[0])
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            found[f"{name} {pid}"] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        return found


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KYOGYO_")}
    return {**kept, "KYOGYO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kyogyo.config.settings"}


def prepare(home: Path) -> None:
    """An installation with its tables."""
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-c", _PREPARE, str(home)], check=True, env=environment(home))


def copy(home: Path) -> float:
    """Make the measuring copy; seconds that it took."""
    done = subprocess.run(
        [sys.executable, "-c", _COPY], check=True, env=environment(home), capture_output=True
    )
    return float(done.stdout)


def let_in(home: Path, users: list[int]) -> LetIn:
    """A session and a key for each of these people, and up to forty of the journeys under way that they see."""
    done = subprocess.run(
        [sys.executable, "-c", _LET_IN, json.dumps(users)], check=True, env=environment(home), capture_output=True
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    return LetIn(**{kind: {int(user): held for user, held in one.items()} for kind, one in told.items()})  # fmt: skip


@contextmanager
def serve(home: Path, *, workers: int = 0) -> Iterator[Served]:
    """`kyogyo serve` in `home`, until the block ends; it begins when the sign-in page answers."""
    port = free_port()
    command = [sys.executable, "-m", "kyogyo", "serve", "--home", str(home), "--port", str(port), "--workers", str(workers)]  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )  # fmt: skip
    try:
        wait_for(port, path="/sign-in/login/", within=120, process=process)
        yield Served(process, port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(
    port: int, *, path: str, within: float, process: subprocess.Popen[bytes] | None = None
) -> None:
    """Until the page is there. Ends the program when it isn't in time, or the server has ended."""
    until = time.monotonic() + within
    while time.monotonic() < until and (process is None or process.poll() is None):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"The server didn't answer within {within:.0f} s.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, read from /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(after[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def load() -> float:
    """What the machine has to do: processes that run or wait, over the last minute."""
    return round(os.getloadavg()[0], 1)
