"""Who waits for a thread gets it in the order of asking, and is told when it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

# Longer than anybody waits for a page.
PATIENCE_S = 20.0
_LOOK_S = 0.25


class Turns:
    """So many at one time; the others in a row, the first who came first."""

    def __init__(self, number: int) -> None:
        self._slots = asyncio.Semaphore(number)

    async def take(self, *, is_away: Callable[[], bool], patience: float = PATIENCE_S) -> bool:
        """Wait for a turn; whoever gets one gives it back. False: it took too long, or `is_away` says so.

        The place in the row is kept while it is looked whether to wait on.
        """
        place = asyncio.ensure_future(self._slots.acquire())
        waited = 0.0
        try:
            while not place.done() and waited < patience and not is_away():
                await asyncio.wait({place}, timeout=_LOOK_S)
                waited += _LOOK_S
        except asyncio.CancelledError:
            self._leave(place)
            raise
        if place.done():
            return True
        self._leave(place)
        return False

    def give_back(self) -> None:
        self._slots.release()

    def _leave(self, place: asyncio.Task[Literal[True]]) -> None:
        """Go from the row; a turn that came in the same moment goes to the next."""
        if place.done() and not place.cancelled():
            self._slots.release()
        else:
            place.cancel()
