"""What was counted of a published copy, kept until another is counted.

A request never waits long for a count: it gets what was counted of the copy before, which says as of
when, while one thread counts anew. What takes long to count is counted less often.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

T = TypeVar("T")

# Counting takes at most this share of the time of one thread for each thing that is asked for.
_REST = 30.0


@dataclass(frozen=True)
class Counted(Generic[T]):
    """A value, and the key of the copy that it was counted from."""

    value: T
    key: str
    at: float
    took: float


class Kept(Generic[T]):
    """The last value of each thing asked for, at most `most` of them: those asked for last."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._counted: OrderedDict[Hashable, Counted[T]] = OrderedDict()
        self._pending: dict[Hashable, Future[Counted[T]]] = {}

    def ask(
        self, what: Hashable, *, key: str, count: Callable[[], T], wait_s: float, stale: bool = True
    ) -> Counted[T] | None:
        """The value under `key`; one under an earlier key if it isn't counted within `wait_s` seconds.

        With `stale` False no earlier one will do. None: nothing is there yet, ask again. Raises what `count` raises.
        """
        with self._lock:
            known = self._counted.get(what)
            if known is not None:
                self._counted.move_to_end(what)
                if known.key == key:
                    return known
                if stale and time.monotonic() - known.at < _REST * known.took:
                    return known
            future = self._pending.get(what)
            if future is None:
                future = _thread().submit(self._count, what, key, count)
                self._pending[what] = future
        try:
            return future.result(timeout=wait_s)
        except NotYetError:
            return known if stale else None

    def _count(self, what: Hashable, key: str, count: Callable[[], T]) -> Counted[T]:
        began = time.monotonic()
        try:
            value = count()
            now = time.monotonic()
            counted = Counted(value, key, now, now - began)
            with self._lock:
                self._counted[what] = counted
                self._counted.move_to_end(what)
                while len(self._counted) > self._most:
                    self._counted.popitem(last=False)
            return counted
        finally:
            with self._lock:
                self._pending.pop(what, None)

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._counted.clear()


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="stream")
