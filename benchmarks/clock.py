"""Seconds on the wall and of the processor, of this process or of those it started."""

from __future__ import annotations

import resource
import time
from types import TracebackType
from typing import Self


class Clock:
    """`with Clock() as taken:` and then `taken.wall` and `taken.cpu` in seconds.

    On a machine that does other things too the wall tells how long it took that day, the
    processor's time what the work costs: of all threads, and of finished children if `children`.
    """

    def __init__(self, *, children: bool = False) -> None:
        self._who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
        self.wall = self.cpu = 0.0

    def _used(self) -> float:
        used = resource.getrusage(self._who)
        return used.ru_utime + used.ru_stime

    def __enter__(self) -> Self:
        self._cpu, self._wall = self._used(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, self._used() - self._cpu


def peak_mb() -> float:
    """The most memory that this process ever had, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
