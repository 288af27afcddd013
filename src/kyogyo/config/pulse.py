"""One question to the database each second, for everything in the process that waits.

Its answer is the number of the last change, which open pages are told of; that it comes at all says
that the database is there. One thread, one connection, however many people have a page open.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

EVERY_S = 1.0
# Longer without an answer, and the database counts as away: pages then say so at once.
PATIENCE_S = 4.0

_log = logging.getLogger("kyogyo.server")


class Pulse:
    """Asks `ask` every second in a thread of its own, from `start` on."""

    def __init__(self, ask: Callable[[], int], *, every: float = EVERY_S) -> None:
        self.last_change = 0
        self._ask = ask
        self._every = every
        self._answered_at = time.monotonic()
        self._failed = False
        self._parent = os.getppid()

    def start(self) -> None:
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    @property
    def is_away(self) -> bool:
        """Whether the database doesn't answer: it refused, or an answer is overdue."""
        return self._failed or time.monotonic() - self._answered_at > self._every + PATIENCE_S

    def look(self) -> bool:
        """Ask now, out of turn, and return whether the database is away."""
        try:
            self.last_change = self._ask()
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with the database is what is to be found out
            if not self._failed:
                _log.warning("The database doesn't answer: %s", type(error).__name__)
            self._failed = True
        else:
            if self._failed:
                _log.warning("The database answers again.")
            self._failed = False
            self._answered_at = time.monotonic()
        return self._failed

    def _beat(self) -> None:
        while True:
            _end_with_parent(self._parent)
            self.look()
            time.sleep(self._every)


def _end_with_parent(parent: int) -> None:
    """End this process in good order when the one that started it is gone: nothing outlives the server."""
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def ask_database() -> int:
    """The number of the last change. Closes the connection after an error, so that the next is a new one."""
    from django.db import connection  # noqa: PLC0415 -- slow import

    from kyogyo.records.queries.changes import last_change  # noqa: PLC0415 -- slow import

    try:
        found = last_change()
    except BaseException:
        connection.close()
        raise
    # With CONN_MAX_AGE 0 a connection goes back to its pool; otherwise it stays open for the next beat.
    connection.close_if_unusable_or_obsolete()
    return found
