"""The history that the records make, as pages, report and notebook ask it: the published measuring copy."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import DAY
from kyogyo.analytics.load import open_history
from kyogyo.mirror.copy import Place, Reader

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.mirror.copy import Opened


@dataclass(frozen=True)
class Measured:
    """A history, and how fresh it is.

    `copied_at` (epoch microseconds) is when the records were last found changed and copied; `behind`
    how many changes wait since, None where the records weren't asked. `key` is another for each state
    of the copy: what was computed under one key holds as long as it is the same. `left_out` are entries that name
    a stage or track which the model doesn't have.
    """

    history: History
    copied_at: int
    behind: int | None
    key: str
    left_out: int
    engine: DuckDBEngine

    def until(self, as_of: int) -> History:
        """The history as it was known at an instant (epoch microseconds)."""
        return open_history(self.engine, model=self.history.model, as_of=as_of)


class _Kept:
    """What this process has open of one folder."""

    def __init__(self, home: Path) -> None:
        self._reader = Reader(Place(home))
        self._lock = threading.Lock()
        self._history: tuple[str, History] | None = None

    def current(self) -> tuple[Opened, History]:
        opened = self._reader.current()
        held = self._history
        if held is None or held[0] != opened.key:
            with self._lock:
                held = self._history
                if held is None or held[0] != opened.key:
                    cursor = opened.connection.cursor()
                    held = (opened.key, _observed(DuckDBEngine(cursor), opened))
                    self._history = held
        return opened, held[1]


# Where nothing was entered for longer than this, the records hold an old import that nobody works in.
_IN_USE = 14 * DAY


def _observed(engine: DuckDBEngine, opened: Opened) -> History:
    """The history up to the copy where the records are in use (that nothing was entered since is known too), else up to the last entry."""
    history = open_history(engine, model=opened.model)
    if not 0 < opened.copied_at - history.as_of <= _IN_USE:
        return history
    return open_history(engine, model=opened.model, as_of=opened.copied_at)


_KEPT: dict[Path, _Kept] = {}
_KEEPING = threading.Lock()


def find_home(home: Path | None = None) -> Path:
    """The folder of an installation, where Django isn't set up: the one given, else KYOGYO_HOME, else `kyogyo-data`."""
    return (home or Path(os.environ.get("KYOGYO_HOME", "kyogyo-data"))).absolute()


@contextmanager
def open_measured(*, home: Path | None = None) -> Iterator[Measured]:
    """The measuring copy as it is published now, for as long as the `with` statement lasts.

    Each thread gets a cursor of its own to one connection of the process, which is opened anew when
    another copy was published. Without `home` it is the folder of Django's settings, and the records
    are asked how many changes wait.

    Raises:
        MissingTableError: there is no copy yet, or nobody has entered any stage.
        StoreError: the copy can't be read.
    """
    asks = home is None
    if home is None:
        from kyogyo.records.queries import database  # noqa: PLC0415 -- needs django.setup()

        home = database.home()
    opened, history = _kept(home).current()
    cursor = opened.connection.cursor()
    engine = DuckDBEngine(cursor)
    try:
        yield Measured(
            history=replace(history, engine=engine),
            copied_at=opened.copied_at,
            behind=database.changes_waiting(watermark=opened.position.watermark) if asks else None,
            key=opened.key,
            left_out=opened.left_out,
            engine=engine,
        )
    finally:
        cursor.close()


def _kept(home: Path) -> _Kept:
    place = home.absolute()
    with _KEEPING:
        if place not in _KEPT:
            _KEPT[place] = _Kept(place)
        return _KEPT[place]
