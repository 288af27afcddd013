"""Wakes all who listen for a change at once: one look at the pulse for the process, however many there are."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from kyogyo.config.pulse import Pulse

_LOOK_S = 0.25
_WAKING: WeakKeyDictionary[Pulse, Waking] = WeakKeyDictionary()


class Waking:
    """The listeners of one pulse. Looks at it only while somebody listens."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._listeners = 0
        self._next: asyncio.Future[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def after(self, told: int, *, gone: asyncio.Future[None], within: float) -> int:
        """The number of the last change: as soon as it isn't `told`, after `within` seconds, or when `gone` is done."""
        if self._pulse.last_change != told:
            return self._pulse.last_change
        self._listeners += 1
        try:
            await asyncio.wait(
                {gone, self._changed()}, timeout=within, return_when="FIRST_COMPLETED"
            )
        finally:
            self._listeners -= 1
        return self._pulse.last_change

    def _changed(self) -> asyncio.Future[None]:
        if self._next is None or self._next.done():
            self._next = asyncio.get_running_loop().create_future()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look(self._pulse.last_change))
        return self._next

    async def _look(self, known: int) -> None:
        while self._listeners:
            await asyncio.sleep(_LOOK_S)
            if self._pulse.last_change != known:
                known = self._pulse.last_change
                if self._next is not None and not self._next.done():
                    self._next.set_result(None)


def waking_of(pulse: Pulse) -> Waking:
    """The one that all listeners of `pulse` share."""
    found = _WAKING.get(pulse)
    if found is None:
        found = _WAKING[pulse] = Waking(pulse)
    return found
