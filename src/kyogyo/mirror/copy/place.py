"""The files of the copy in a folder: which one is published, and how the next one takes its place."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kyogyo.errors import StoreError


@dataclass(frozen=True)
class Place:
    """A folder with the copy: `published` is what readers open, `private` what the writer works in."""

    home: Path

    @property
    def published(self) -> Path:
        return self.home / "mirror.duckdb"

    @property
    def private(self) -> Path:
        return self.home / "mirror.private.duckdb"

    @property
    def lock(self) -> Path:
        return self.home / "mirror.lock"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what doesn't fit into memory."""
        return self.home / "mirror.spill"

    @property
    def coming(self) -> Path:
        """A file being made that nobody opens yet."""
        return self.home / "mirror.coming.duckdb"


@contextmanager
def hold_alone(place: Place) -> Iterator[None]:
    """Be the only writer in this folder. Removes what one that was killed left half-made.

    Raises:
        StoreError: another process writes there.
    """
    place.home.mkdir(parents=True, exist_ok=True)
    held = os.open(place.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                en=f"Another process already keeps the measuring copy in {place.home} up to date (kyogyo "
                "serve does so). Nothing needs to be done; to run this yourself, end that one first.",
                ja=f"{place.home} の計測用コピーは別の処理がすでに更新しています(kyogyo serve が行います)。"
                "対応は不要です。自分で実行する場合は、先にそちらを終了してください。",
            ) from None
        _sweep(place)
        yield
    finally:
        os.close(held)


def publish(place: Place) -> None:
    """Let readers find what is in the private file, which nobody may have open. One rename: old or new."""
    wal = Path(f"{place.private}.wal")
    if wal.exists():
        msg = "The private file was not closed in good order: it has a write-ahead log."
        raise RuntimeError(msg)
    _copy(place.private, place.coming)
    os.replace(place.coming, place.published)  # noqa: PTH105 -- says that it is one step
    _keep_names(place.home)


def take_over(place: Place, made: Path) -> None:
    """Make a file the private one, in one step."""
    os.replace(made, place.private)  # noqa: PTH105 -- says that it is one step
    _keep_names(place.home)


def remove_private(place: Place) -> None:
    """Forget the private file; what is published stays until something new is."""
    for path in (place.private, Path(f"{place.private}.wal")):
        path.unlink(missing_ok=True)


def _sweep(place: Place) -> None:
    for path in (place.coming, Path(f"{place.coming}.wal")):
        path.unlink(missing_ok=True)
    shutil.rmtree(place.spill, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """The bytes of a file, shared with it where the file system can do that, and safe on the disk."""
    with source.open("rb") as read, target.open("wb") as written:
        os.fchmod(written.fileno(), 0o600)
        left = os.fstat(read.fileno()).st_size
        while left > 0:
            moved = os.copy_file_range(read.fileno(), written.fileno(), left)
            if not moved:
                break
            left -= moved
        os.fsync(written.fileno())


def _keep_names(folder: Path) -> None:
    """Renames of a folder are on the disk only when the folder itself is."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
