"""Files of which only what was synced is sure to survive a power cut: a VFS for APSW.

SQLite writes through it to real files. `cut` gives the files as they may lie on the disk when the
power goes just then: everything up to the last sync of each file, and of what was written since any
sectors or none of them, in any order.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import apsw

SECTOR = 512


class _Shadow:
    """What is on the disk for sure, and what was written since."""

    def __init__(self, content: bytes) -> None:
        self.durable = bytearray(content)
        self.pending: list[tuple[int, bytes] | int] = []

    def write(self, data: bytes, offset: int) -> None:
        first = 0
        while first < len(data):
            size = min(SECTOR - (offset + first) % SECTOR, len(data) - first)
            self.pending.append((offset + first, data[first : first + size]))
            first += size

    def truncate(self, size: int) -> None:
        self.pending.append(size)

    def sync(self) -> None:
        self.durable = self.survivor(lambda: True)
        self.pending.clear()

    def survivor(self, survives: Callable[[], bool]) -> bytearray:
        content = bytearray(self.durable)
        for one in self.pending:
            if not survives():
                continue
            if isinstance(one, int):
                del content[one:]
                continue
            offset, data = one
            content.extend(bytes(max(0, offset + len(data) - len(content))))
            content[offset : offset + len(data)] = data
        return content


class LossyFiles(apsw.VFS):
    """The VFS. After `after` writes and syncs the power is off: `survivors` holds what is left, by the file's name."""

    def __init__(self, name: str, *, after: int, chance: random.Random) -> None:
        self.vfs_name = name
        self._shadows: dict[str, _Shadow] = {}
        self._left, self._chance = after, chance
        self.survivors: dict[str, bytes] | None = None
        self.syncs = 0
        super().__init__(name, "")

    @property
    def is_off(self) -> bool:
        return self.survivors is not None

    def xOpen(self, name: object, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 -- SQLite's name
        return _LossyFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 -- SQLite's name
        super().xDelete(filename, syncdir)
        self.shadow(filename).truncate(0)
        if syncdir:
            self.shadow(filename).sync()
        self.step()

    def shadow(self, filename: str) -> _Shadow:
        path = Path(filename)
        if path.name not in self._shadows:
            self._shadows[path.name] = _Shadow(path.read_bytes() if path.exists() else b"")
        return self._shadows[path.name]

    def step(self) -> None:
        """One write or sync more; the power may go right after it."""
        self._left -= 1
        if self._left == 0:
            self.cut()

    def cut(self) -> None:
        share = self._chance.choice((0.0, 0.1, 0.5, 0.9))
        self.survivors = {
            name: bytes(shadow.survivor(lambda: self._chance.random() < share))
            for name, shadow in self._shadows.items()
        }


class _LossyFile(apsw.VFSFile):
    def __init__(self, files: LossyFiles, name: object, flags: list[int]) -> None:
        self._files = files
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name or "")
        # Temporary files have no name, and nobody looks for them after a power cut.
        self._shadow = files.shadow(path) if path else None
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 -- SQLite's name
        super().xWrite(data, offset)
        if self._shadow is not None:
            self._shadow.write(bytes(data), offset)
            self._files.step()

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 -- SQLite's name
        super().xTruncate(newsize)
        if self._shadow is not None:
            self._shadow.truncate(newsize)
            self._files.step()

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 -- SQLite's name
        # The real disk need not wait: that nothing is lost there is not what is asked.
        if self._shadow is not None:
            self._shadow.sync()
            self._files.syncs += 1
            self._files.step()
