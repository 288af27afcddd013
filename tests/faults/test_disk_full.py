"""The disk is full: writing is refused in words, reading goes on, nothing is half written, and it works again once there is room.

On a file system of some megabytes in memory, which only root may mount; elsewhere these are skipped.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from django.db import DatabaseError, OperationalError

from kyogyo.mirror.copy import Place, publish
from kyogyo.records.queries.database import is_full
from kyogyo.usecases.import_uploads import keep_uploads
from tests.faults.serving import copy_home, served

_MEGABYTES = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of some megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"A small disk can't be mounted here (that takes root): {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """No room at all on the disk, as long as the block lasts."""
    filler = disk / "filler"
    size = 1 << 20
    with filler.open("ab", buffering=0) as written:
        while size:
            try:
                written.write(bytes(size))
            except OSError:
                size //= 4
    try:
        yield
    finally:
        filler.unlink()


def test_full_disk_refuses_writes_in_words_and_loses_nothing(
    installation: tuple[Path, str], small_disk: Path
) -> None:
    home, secret = copy_home(installation[0], small_disk / "home"), installation[1]
    said: list[str] = []
    with served(home) as running, _program(running.address, secret) as program:
        assert _make(program, "before", said).status_code == 201
        with filled(small_disk):
            # What is written first may find room in the log as it is; not for long.
            answers = [_make(program, f"full {n}", said) for n in range(60)]
            refused = [answer for answer in answers if answer.status_code != 201]
            assert {answer.status_code for answer in refused} == {507}
            assert json.loads(refused[-1].text)["error"]["code"] == "disk_full"
            assert program.get("/api/v1/accounts/", params={"q": "before"}).status_code == 200
            assert httpx.get(f"{running.address}/sign-in/login/").status_code == 200
            assert httpx.get(f"{running.address}/healthz/ready").status_code == 200
            page = httpx.post(
                f"{running.address}/sign-in/login/", headers={"Accept-Language": "ja"}
            )
            assert page.status_code in (403, 507)  # without a token, or without room for a session
        assert _make(program, "after", said).status_code == 201

    with sqlite3.connect(home / "kyogyo.sqlite3") as records:
        health = records.execute("PRAGMA integrity_check").fetchone()
        accounts = dict(records.execute("SELECT name, id FROM records_account"))
        audited = {row for (row,) in records.execute("SELECT row FROM records_auditevent WHERE noun = 'account' AND action = 'make'")}  # fmt: skip
    records.close()
    assert health == ("ok",)
    assert sorted(said) == sorted(accounts)
    assert [name for name, pk in accounts.items() if pk not in audited] == []


def test_bodies_that_find_no_room_are_refused_in_words(
    installation: tuple[Path, str], small_disk: Path, tmp_path: Path
) -> None:
    home = copy_home(installation[0], tmp_path / "home")
    with served(home, TMPDIR=str(small_disk)) as running:
        # Each of the web processes has chosen where temporary files lie, whichever is asked first.
        with filled(small_disk):
            sent = httpx.post(f"{running.address}/setup/", content=bytes(3_000_000), timeout=20)
            assert (sent.status_code, "ディスク" in sent.text) == (507, True)
            assert httpx.get(f"{running.address}/sign-in/login/").status_code == 200
        again = httpx.post(f"{running.address}/setup/", content=bytes(3_000_000), timeout=20)
        assert again.status_code != 507


def test_upload_that_finds_no_room_leaves_nothing_behind(small_disk: Path) -> None:
    with filled(small_disk):
        os.truncate(small_disk / "filler", (small_disk / "filler").stat().st_size - 400_000)
        with pytest.raises(OSError, match="No space left") as refused:
            keep_uploads(home=small_disk, files=[_Sent("deals.csv", 1_000_000)])
        assert is_full(refused.value)
        assert list((small_disk / "uploads").iterdir()) == []
    word = keep_uploads(home=small_disk, files=[_Sent("deals.csv", 1_000_000)])
    assert (small_disk / "uploads" / word / "deals.csv").stat().st_size == 1_000_000


def test_copy_that_finds_no_room_is_not_published(small_disk: Path) -> None:
    place = Place(small_disk)
    place.published.write_bytes(b"what readers have")
    place.private.write_bytes(bytes(2_000_000))
    with filled(small_disk), pytest.raises(OSError, match="No space left") as refused:
        publish(place)
    assert is_full(refused.value)
    assert place.published.read_bytes() == b"what readers have"

    publish(place)

    assert place.published.stat().st_size == 2_000_000


def test_full_disk_is_told_from_other_errors() -> None:
    full = OperationalError("database or disk is full")
    assert is_full(full)
    assert is_full(OSError(errno.EDQUOT, "over quota"))
    assert not is_full(DatabaseError("database disk image is malformed"))
    assert not is_full(OSError(errno.EACCES, "denied"))
    assert not is_full(ValueError("database or disk is full"))


class _Sent:
    """A file as the browser sends it."""

    def __init__(self, name: str, size: int) -> None:
        self.name: str | None = name
        self._size = size

    def chunks(self) -> Iterator[bytes]:
        content = BytesIO(bytes(self._size))
        while part := content.read(65_536):
            yield part


def _program(address: str, secret: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.Client(base_url=address, headers=headers, timeout=30)


def _make(program: httpx.Client, name: str, said: list[str]) -> httpx.Response:
    answer = program.post("/api/v1/accounts/", json={"name": name, "industry": "i" * 90})
    if answer.status_code == 201:
        said.append(name)
    return answer
