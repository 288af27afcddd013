"""How far the copy is: which records it is of, under which model, and up to which change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kyogyo.mirror.copy.source import Reading


@dataclass(frozen=True)
class Position:
    """Where the records stand in a snapshot.

    `origin` tells one database from another. `watermark` is the last outbox id on SQLite, where
    ids are in the order of commits. On PostgreSQL it is the number of the oldest transaction that
    still runs: everything below it is visible, whatever committed late has a number from it on.
    `last` and `last_at` name the newest change seen: where it is gone, the database was put back.
    """

    origin: str
    watermark: int
    last: int
    last_at: str


@dataclass(frozen=True)
class Declared:
    """The declared model in force, as its text."""

    version: str
    digest: str
    text: str


@dataclass(frozen=True)
class Changes:
    """What happened after a watermark: which journeys (ids and whole ranges) and accounts it touched."""

    rows: int
    journeys: np.ndarray
    ranges: tuple[tuple[int, int], ...]
    accounts: np.ndarray
    is_erasure: bool


# Wider than this, a range of journeys is asked for as a range.
_EXPANDED = 1_000

_AT = {"sqlite": "CAST(at AS TEXT)", "postgresql": "CAST(EXTRACT(EPOCH FROM at) AS TEXT)"}
_XMIN = "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
_LAST = "(SELECT COALESCE(MAX(id), 0) FROM records_outbox)"


def find_position(reading: Reading) -> Position:
    """Where the records stand in this snapshot."""
    watermark = _LAST if reading.kind == "sqlite" else _XMIN
    found = reading.rows(
        "SELECT CAST((SELECT MIN(applied) FROM django_migrations) AS TEXT) AS origin, "
        f"{watermark} AS watermark, {_LAST} AS last, "
        f"COALESCE((SELECT {_AT[reading.kind]} FROM records_outbox WHERE id = {_LAST}), '') AS last_at"
    )[0]
    return Position(**found)


def find_model(reading: Reading) -> Declared | None:
    """The model in force, None where the organisation isn't set up."""
    found = reading.rows(
        "SELECT version, digest, text FROM records_modelversion ORDER BY id DESC LIMIT 1"
    )
    return Declared(**found[0]) if found else None


def follows(reading: Reading, *, was: Position, now: Position) -> bool:
    """Whether `now` is a later state of the same database as `was`: not another one, nor one put back."""
    if was.origin != now.origin or now.watermark < was.watermark or now.last < was.last:
        return False
    if not was.last:
        return True
    kept = reading.rows(
        f"SELECT {_AT[reading.kind]} AS last_at FROM records_outbox WHERE id = {was.last}"
    )
    return bool(kept) and kept[0]["last_at"] == was.last_at


def has_changed(reading: Reading, *, was: Position) -> bool:
    """Whether there is anything to bring since `was`. Cheap."""
    now = find_position(reading)
    if not follows(reading, was=was, now=now):
        return True
    return bool(reading.rows(f"SELECT COUNT(*) AS n FROM {_between(reading, was, now)}")[0]["n"])


def _between(reading: Reading, was: Position, now: Position) -> str:
    if reading.kind == "sqlite":
        return f"records_outbox WHERE id > {was.watermark} AND id <= {now.watermark}"
    return (
        f"records_outbox WHERE xid >= CAST('{was.watermark}' AS xid8) "
        f"AND xid < CAST('{now.watermark}' AS xid8)"
    )


def changes_between(reading: Reading, *, was: Position, now: Position) -> Changes:
    """What happened from `was` on and before `now`."""
    batches = list(
        reading.batches(
            "SELECT COALESCE(journey_from, 0) AS first, COALESCE(journey_to, 0) AS last, "
            "COALESCE(account_id, 0) AS account, "
            "CASE WHEN kind LIKE '%.eras%' OR kind LIKE 'eras%' THEN 1 ELSE 0 END AS erases "
            f"FROM {_between(reading, was, now)}"
        )
    )

    def column(name: str) -> np.ndarray:
        parts = [batch.column(name).to_numpy(zero_copy_only=False) for batch in batches]
        return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)

    first, last, account = column("first"), column("last"), column("account")
    journeys, ranges = _taken_apart(first[first > 0], last[first > 0])
    return Changes(
        rows=first.size,
        journeys=journeys,
        ranges=ranges,
        accounts=np.unique(account[account > 0]),
        is_erasure=bool(column("erases").any()),
    )


def _taken_apart(
    first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, tuple[tuple[int, int], ...]]:
    """Narrow ranges as ids, wide ones as they are, each journey once or more."""
    wide = last - first >= _EXPANDED
    ranges = {(int(a), int(b)) for a, b in zip(first[wide], last[wide], strict=True)}
    single = np.unique(first[first == last])
    narrow = [np.arange(a, b + 1) for a, b in zip(first[~wide], last[~wide], strict=True) if b > a]
    return np.unique(np.concatenate([single, *narrow])), tuple(sorted(ranges))


def conditions_on(ids: np.ndarray, column: str, *, at_once: int = 2_000) -> list[str]:
    """Conditions that hold for exactly these ids, each id in one of them: long runs as ranges."""
    ids = np.unique(ids)
    if not ids.size:
        return []
    begins = np.flatnonzero(np.diff(ids, prepend=ids[0] - 2) > 1)
    lengths = np.diff(begins, append=ids.size)
    is_long = lengths >= at_once
    found = [
        f"{column} BETWEEN {ids[first]} AND {ids[first + length - 1]}"
        for first, length in zip(begins[is_long], lengths[is_long], strict=True)
    ]
    single = ids[~np.repeat(is_long, lengths)]
    for start in range(0, single.size, at_once):
        listed = ", ".join(map(str, single[start : start + at_once].tolist()))
        found.append(f"{column} IN ({listed})")
    return found
