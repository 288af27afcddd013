"""What the files say now of the journeys that an import touched, in words instead of codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from kyogyo.mirror import Store

_JOURNEYS_A_PORTION = 20_000
_PRECISIONS = {1: "second", 2: "day", 3: "month", 4: "quarter"}


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """An entry as the files say it: codes of the model, instants in epoch microseconds, None = unknown."""

    stage: str
    at: int
    recorded_at: int | None
    precision: str
    department: str
    owner: str
    amount: int | None
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class SaidJourney:
    """A journey as the files say it. Without entries: no file speaks of it any more."""

    key: str
    account: str
    track: str
    entries: tuple[SaidEntry, ...]
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaidRevenue:
    """What an account brought in from a day up to another, that one not included."""

    account: str
    first_day: int
    stop_day: int
    amount: int


def count_touched(store: Store) -> int:
    """How many journeys have changed since the last `forget_touched`."""
    return int(store.tables().execute("SELECT COUNT(*) FROM touched").fetchall()[0][0])


def touched_journeys(store: Store) -> Iterator[list[SaidJourney]]:
    """The journeys that changed, in portions, in the order in which they first came."""
    connection = store.tables()
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE said_now AS SELECT DISTINCT journey, "
        "DENSE_RANK() OVER (ORDER BY journey) - 1 AS place FROM touched"
    )
    number, found = 0, True
    while found:
        first = number * _JOURNEYS_A_PORTION
        portion = _portion(store, connection, first, first + _JOURNEYS_A_PORTION)
        found = bool(portion)
        if portion:
            yield portion
        number += 1


def touched_revenue(store: Store) -> list[SaidRevenue]:
    """The revenue of the accounts that have a touched journey, and of those that have none at all."""
    rows = store.tables().execute(_REVENUE).fetchall()
    return [SaidRevenue(*row) for row in rows]


def revenue_said(store: Store) -> set[tuple[str, int, int]]:
    """The accounts and periods of which any file says what came in."""
    return set(store.tables().execute(_PERIODS).fetchall())


def forget_touched(store: Store) -> None:
    """To be called when the records say what the files say."""
    store.tables().execute("DELETE FROM touched")


def _portion(
    store: Store, connection: duckdb.DuckDBPyConnection, first: int, stop: int
) -> list[SaidJourney]:
    model = store.model
    stages = ["", *(stage.code for stage in model.stages)]
    tracks = ["", *(track.code for track in model.tracks)]
    departments = ["", *(one.code for one in model.departments)]
    asked = [first, stop]
    entries: dict[int, list[SaidEntry]] = {}
    track_of: dict[int, str] = {}
    for (
        journey,
        track,
        stage,
        at,
        recorded,
        prec,
        department,
        owner,
        amount,
        inferred,
    ) in connection.execute(_ENTRIES, asked).fetchall():
        track_of[journey] = tracks[track]
        entries.setdefault(journey, []).append(
            SaidEntry(
                stage=stages[stage],
                at=at,
                recorded_at=recorded or None,
                precision=_PRECISIONS[prec],
                department=departments[department],
                owner=owner or "",
                amount=amount or None,
                is_inferred=bool(inferred),
            )
        )
    attributes: dict[int, dict[str, str]] = {}
    for journey, name, value in connection.execute(_ATTRIBUTES, asked).fetchall():
        attributes.setdefault(journey, {})[name] = value
    return [
        SaidJourney(
            key=key,
            account=account or key,
            track=track_of.get(journey, ""),
            entries=tuple(entries.get(journey, ())),
            attributes=attributes.get(journey, {}),
        )
        for journey, key, account in connection.execute(_JOURNEYS, asked).fetchall()
    ]


_JOURNEYS = """
SELECT n.journey, k.name, a.name FROM said_now AS n
JOIN names AS k ON k.kind = 'journey' AND k.code = n.journey
LEFT JOIN accounts AS c ON c.journey = n.journey
LEFT JOIN names AS a ON a.kind = 'account' AND a.code = c.account
WHERE n.place >= $1 AND n.place < $2 ORDER BY n.journey
"""
# When it was written down is what the latest file says.
_ENTRIES = """
SELECT e.journey, e.track, e.stage, e.at_us, r.recorded_at, e.prec, e.department, o.name, e.amount, e.inferred
FROM entries AS e
JOIN said_now AS n ON n.journey = e.journey AND n.place >= $1 AND n.place < $2
LEFT JOIN names AS o ON o.kind = 'owner' AND o.code = e.owner
LEFT JOIN (
    SELECT s.journey, w.number AS stage, s.at_us, arg_max(s.recorded_at, f.rank) AS recorded_at
    FROM stated_entries AS s
    JOIN files AS f ON f.file = s.file
    JOIN model_words AS w ON w.kind = 'stage' AND w.code = s.stage
    JOIN said_now AS m ON m.journey = s.journey AND m.place >= $1 AND m.place < $2
    WHERE s.recorded_at <> 0 GROUP BY s.journey, w.number, s.at_us
) AS r ON r.journey = e.journey AND r.stage = e.stage AND r.at_us = e.at_us
ORDER BY e.journey, e.at_us, e.seq
"""
_ATTRIBUTES = """
SELECT a.journey, k.name, v.name FROM attributes AS a
JOIN said_now AS n ON n.journey = a.journey AND n.place >= $1 AND n.place < $2
JOIN names AS k ON k.kind = 'attribute' AND k.code = a.attribute
JOIN names AS v ON v.kind = 'value' AND v.code = a.value
"""
_PERIODS = """
SELECT k.name, r.period_start, r.period_end FROM revenue AS r
JOIN names AS k ON k.kind = 'account' AND k.code = r.account
"""
_REVENUE = """
SELECT k.name, r.period_start, r.period_end, r.amount FROM revenue AS r
JOIN names AS k ON k.kind = 'account' AND k.code = r.account
WHERE r.account NOT IN (SELECT account FROM accounts)
    OR r.account IN (SELECT c.account FROM accounts AS c JOIN touched AS t ON t.journey = c.journey)
ORDER BY k.name, r.period_start
"""
