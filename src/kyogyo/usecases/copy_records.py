"""Keep the measuring copy up to date: once, or until told to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kyogyo.errors import StoreError
from kyogyo.mirror.copy import (
    Brought,
    Place,
    Private,
    Source,
    bring_over,
    has_changed,
    hold_alone,
    publish,
    published_key,
    read_records,
)
from kyogyo.usecases.measure_history import derive_tables

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from kyogyo.mirror.copy import Position

_log = logging.getLogger("kyogyo.mirror")

EVERY_S = 1.0
# The share of its time that following may take: a long look is followed by a longer rest.
_REST = 4.0
_WAIT_FOR_RECORDS_S = 5.0


@dataclass(frozen=True)
class Copied:
    """What one look at the records brought. `seconds` is from the look to the published copy.

    `left_out`: entries that name a stage or track which the model doesn't have, and aren't counted.
    """

    changes: int = 0
    journeys: int = 0
    entries: int = 0
    left_out: int = 0
    seconds: float = 0.0
    is_whole: bool = False
    is_published: bool = False
    is_set_up: bool = True


def copy_records(
    *,
    source: Source | None = None,
    home: Path | None = None,
    rebuild: bool = False,
    tell: Callable[[int], None] | None = None,
) -> Copied:
    """Bring the copy in `home` up to the records, or with `rebuild` make it anew, and publish it.

    Without `source` and `home` those of Django's settings. `tell(entries)` is called while all is read.

    Raises:
        StoreError: the records can't be read, or another process keeps this copy.
    """
    place, records = _chosen(source, home)
    with hold_alone(place), read_records(records) as reading:
        private = Private.open(place, anew=rebuild)
        with _Writer(place, private) as writer:
            return writer.renew(lambda held: bring_over(held, reading, now=_now(), tell=tell))


def follow(
    *,
    stop: Event,
    source: Source | None = None,
    home: Path | None = None,
    every: float = EVERY_S,
    told: Callable[[Copied], None] | None = None,
) -> None:
    """Look every second (or seldomer, where a look takes long) until `stop` is set.

    Waits for records that can't be read. `told` is called with whatever was brought.

    Raises:
        StoreError: another process keeps this copy.
    """
    place, records = _chosen(source, home)
    with hold_alone(place):
        was, is_away = None, False
        while not stop.is_set():
            began = time.monotonic()
            try:
                was, copied = _look(place, records, was)
            except StoreError as error:
                if not is_away:
                    _log.warning("The measuring copy waits: %s", error)
                is_away = True
                stop.wait(_WAIT_FOR_RECORDS_S)
                continue
            if is_away:
                _log.warning("The measuring copy goes on.")
            is_away = False
            if told is not None and copied is not None:
                told(copied)
            stop.wait(max(every, _REST * (time.monotonic() - began)))


def _look(
    place: Place, records: Source, was: Position | None
) -> tuple[Position | None, Copied | None]:
    """One look: where the copy is after it, and what it brought; None where nothing had changed."""
    with read_records(records) as reading:
        if was is not None and not has_changed(reading, was=was):
            return was, None
        with _Writer(place, Private.open(place)) as writer:
            copied = writer.renew(lambda held: bring_over(held, reading, now=_now()))
            return writer.position, copied


class _Writer:
    """The private file, which may become another one while it is brought up to date, until it is published."""

    def __init__(self, place: Place, private: Private) -> None:
        self._place = place
        self._private = private
        self.position: Position | None = None

    def renew(self, bring: Callable[[Private], tuple[Private, Brought]]) -> Copied:
        """Bring in what is new, derive, and publish if what is published is another state.

        Killed anywhere in between, the next time goes on from what was kept.
        """
        began = time.monotonic()
        self._private, brought = bring(self._private)
        if not brought.is_set_up:
            return Copied(is_set_up=False)
        if self._private.is_behind_itself:
            derive_tables(store=self._private)
        self._private = self._private.settle()
        self.position = self._private.position
        copied = Copied(
            changes=brought.changes,
            journeys=brought.journeys,
            entries=self._count("entries"),
            left_out=self._count("left_out"),
            is_whole=brought.is_whole,
        )
        key = self._private.key
        self._private.close()
        if is_published := key != published_key(self._place):
            publish(self._place)
        return replace(copied, is_published=is_published, seconds=time.monotonic() - began)

    def _count(self, table: str) -> int:
        rows = self._private.connection.table(table).count("*").fetchall()
        return int(rows[0][0])

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._private.close()


def _chosen(source: Source | None, home: Path | None) -> tuple[Place, Source]:
    if source is not None and home is not None:
        return Place(home), source
    from kyogyo.records.queries import database  # noqa: PLC0415 -- needs django.setup()

    told = database.database()
    return Place(home or database.home()), source or Source(told.kind, told.address)


def _now() -> int:
    return time.time_ns() // 1_000
