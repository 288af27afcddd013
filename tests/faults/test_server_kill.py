"""The server under force: killed while people write, killed workers, hostile clients, a database that is gone.

KYOGYO_FAULT_KILLS and KYOGYO_FAULT_WRITERS set how much; the bar is 50 kills under 20 writers.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.faults.serving import Served, copy_home, descendants, free_port, prepare, served

KILLS = int(os.environ.get("KYOGYO_FAULT_KILLS", "2"))
WRITERS = int(os.environ.get("KYOGYO_FAULT_WRITERS", "6"))
HEADS = int(os.environ.get("KYOGYO_FAULT_HALF_HEADERS", "300"))
BODIES = int(os.environ.get("KYOGYO_FAULT_HALF_BODIES", "16"))


class Writer(threading.Thread):
    """Makes one account after the other; `said` are those that the server acknowledged."""

    def __init__(self, number: int, *, secret: str) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.said: list[str] = []
        self.refused: list[str] = []
        self.address = ""
        self.stop = threading.Event()
        self._secret = secret

    def run(self) -> None:
        made = 0
        with httpx.Client(
            headers={"Authorization": f"Bearer {self._secret}"}, timeout=15
        ) as client:
            while not self.stop.is_set():
                name = f"Writer {self.number} account {made}"
                try:
                    answer = client.post(f"{self.address}/api/v1/accounts/", json={"name": name})
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                made += 1
                if answer.status_code == 201:
                    self.said.append(name)
                elif answer.status_code != 503:
                    self.refused.append(f"{answer.status_code} {answer.text[:200]}")


@contextmanager
def writing(*, secret: str, address: str) -> Iterator[list[Writer]]:
    writers = [Writer(number, secret=secret) for number in range(WRITERS)]
    for writer in writers:
        writer.address = address
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.stop.set()
        for writer in writers:
            writer.join(timeout=30)


def require_all_kept(home: Path, writers: list[Writer]) -> None:
    """Everything acknowledged is there, with its audit and outbox row, and the file is whole."""
    with sqlite3.connect(home / "kyogyo.sqlite3") as records:
        accounts = dict(records.execute("SELECT name, id FROM records_account"))
        audited = {row for (row,) in records.execute("SELECT row FROM records_auditevent WHERE noun = 'account' AND action = 'make'")}  # fmt: skip
        told = {row for (row,) in records.execute("SELECT account_id FROM records_outbox")}
        health = records.execute("PRAGMA integrity_check").fetchone()
    said = [name for writer in writers for name in writer.said]

    assert health == ("ok",)
    assert len(said) > 0
    assert [name for name in said if name not in accounts] == []
    assert [name for name, pk in accounts.items() if pk not in audited or pk not in told] == []
    assert [refused for writer in writers for refused in writer.refused] == []


def test_kill_9_of_the_server_under_writers_loses_nothing_acknowledged_and_ctrl_c_ends_every_process(
    installation: tuple[Path, str], tmp_path: Path
) -> None:
    home, secret = copy_home(installation[0], tmp_path / "home"), installation[1]
    # All of the program: a server whose worker dies twice within 5.5 s gives up, and is started again.
    with served(home, "kyogyo", "serve", "--home", str(home)) as running:
        with writing(secret=secret, address=running.address) as writers:
            for _ in range(KILLS):
                _wait_until_written(writers, more=5)
                os.kill(_worker_of(running), signal.SIGKILL)
                assert running.answers(within=30) < 10
            _wait_until_written(writers, more=5)
        # One start for both: it is the dearest part of them.
        # The server, its workers and the follower; the server may just be started anew.
        _until(lambda: len(descendants(running.process.pid)) >= 3, within=30)
        below = descendants(running.process.pid)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=20) == 0
        _wait_until_gone(below, within=1)

    require_all_kept(home, writers)


def test_kill_9_of_the_whole_program_leaves_no_process_and_loses_nothing(
    installation: tuple[Path, str], tmp_path: Path
) -> None:
    home, secret = copy_home(installation[0], tmp_path / "home"), installation[1]
    with (
        served(home, "kyogyo", "serve", "--home", str(home)) as running,
        writing(secret=secret, address=running.address) as writers,
    ):
        _wait_until_written(writers, more=10)
        below = descendants(running.process.pid)
        running.process.kill()
        running.process.wait()
        _wait_until_gone(below, within=15)

    require_all_kept(home, writers)


def test_half_requests_keep_nobody_waiting(installation: tuple[Path, str]) -> None:
    with served(installation[0]) as running:
        held = [_half(running.port, b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ") for _ in range(HEADS)]
        body = b"POST /setup/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
        held += [_half(running.port, body) for _ in range(BODIES)]
        times = []
        for _ in range(20):
            began = time.monotonic()
            assert httpx.get(f"{running.address}/sign-in/login/", timeout=20).status_code == 200
            times.append(time.monotonic() - began)
        for one in held:
            one.close()

    # The first page of a process is slower, and there are some processes.
    assert sorted(times)[len(times) // 2] < 2


def _half(port: int, sent: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    one.sendall(sent)
    return one


def test_database_that_is_away_is_said_within_five_seconds_and_noticed_when_back(
    postgres_url: str, tmp_path: Path
) -> None:
    relay = Relay(postgres_url)
    with relay:
        more = {"KYOGYO_DATABASE_URL": relay.url}
        secret = prepare(tmp_path, **more)
        with served(tmp_path, **more) as running:
            asked = {"Authorization": f"Bearer {secret}"}
            page = f"{running.address}/api/v1/model/"
            assert httpx.get(page, headers=asked, timeout=20).status_code == 200
            relay.cut()
            began = time.monotonic()
            first = httpx.get(page, headers=asked, timeout=20)
            took = time.monotonic() - began
            _until(
                lambda: httpx.get(f"{running.address}/healthz/ready").status_code == 503, within=7
            )
            assert (first.status_code, took < 6) == (503, True)
            assert httpx.get(f"{running.address}/healthz/live").status_code == 200
            assert (
                "データベース"
                in httpx.get(f"{running.address}/", headers={"Accept-Language": "ja"}).text
            )
            relay.mend()
            assert running.answers("/healthz/ready", within=15) < 10
            # Each process notices by itself.
            _until(lambda: httpx.get(page, headers=asked, timeout=20).status_code == 200, within=10)


class Relay:
    """Stands between the server and PostgreSQL, so that the line can be cut."""

    def __init__(self, url: str) -> None:
        self._folder = url.partition("host=")[2]
        self._port = free_port()
        self._open: list[socket.socket] = []
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", self._port))

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listener.close()

    def cut(self) -> None:
        self._is_cut = True
        for one in self._open:
            one.close() if one.fileno() < 0 else one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self._is_cut = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self._folder}/.s.PGSQL.5432")
            self._open += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65_536):
            target.sendall(part)
    except OSError:
        pass
    for one in (source, target):
        one.close()


def _worker_of(running: Served) -> int:
    """The process that answers: the one below the server's own."""
    pids = descendants(running.process.pid)
    return next(
        pid
        for pid in reversed(pids)
        if b"kyogyo.config.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def _wait_until_written(writers: list[Writer], *, more: int) -> None:
    before = sum(len(writer.said) for writer in writers)
    _until(lambda: sum(len(writer.said) for writer in writers) >= before + more, within=60)


def _wait_until_gone(pids: list[int], *, within: float) -> None:
    _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), within=within)


def _until(holds, *, within: float) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.05)
    pytest.fail(f"It didn't happen within {within} s.")
