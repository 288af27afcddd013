"""A trial of the diagnosis: a history whose fault is known, and what restoring each node would bring.

Any generator makes trials; a scorer reads only this module, and the method reads only the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.events import ATTRIBUTES, DAY, ENTRIES, NAMES, REVENUE

if TYPE_CHECKING:
    from kyogyo.analytics.engines.base import Columns
    from kyogyo.analytics.events import History
    from kyogyo.revenue_model import RevenueModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A node as the diagnosis names it: kind ('conversion', 'capacity', ...) and step or stage code.
NodeKey = tuple[str, str]


@dataclass(frozen=True)
class Trial:
    """A history and its truth. `gains` are minor units a month by node; a node that isn't in it gains nothing."""

    name: str
    model: RevenueModel = field(repr=False)
    as_of: int
    entries: Columns = field(repr=False)
    attributes: Columns = field(repr=False)
    revenue: Columns = field(repr=False)
    names: Sequence[tuple[str, int, str]] = field(repr=False)
    gains: Mapping[NodeKey, float]

    @property
    def best(self) -> NodeKey | None:
        """The node worth most, None where nothing is wrong."""
        return max(self.gains, key=lambda key: self.gains[key]) if self.gains else None

    def open(self) -> History:
        """The history, in a database of its own in memory."""
        import duckdb  # noqa: PLC0415 -- slow import

        from kyogyo.analytics.derive import rebuild  # noqa: PLC0415 -- slow import
        from kyogyo.analytics.engines import DuckDBEngine  # noqa: PLC0415 -- slow import
        from kyogyo.analytics.load import open_history  # noqa: PLC0415 -- slow import

        engine = DuckDBEngine(duckdb.connect())
        for table, schema in (
            ("entries", ENTRIES),
            ("attributes", ATTRIBUTES),
            ("revenue", REVENUE),
            ("names", NAMES),
        ):
            columns = ", ".join(f"{name} {kind}" for name, kind in schema.items())
            engine.run(f"CREATE TABLE {table} ({columns})")
        for table, data in (
            ("entries", self.entries),
            ("attributes", self.attributes),
            ("revenue", self.revenue),
        ):
            if next(iter(data.values())).size:
                engine.load(table, data)
        engine.connection.executemany("INSERT INTO names VALUES (?, ?, ?)", list(self.names))
        codes = [code for kind, code, _ in self.names if kind == "attribute"]
        rebuild(engine, model=self.model, attributes=codes)
        return open_history(engine, model=self.model, as_of=self.as_of)


class MakesTrials(Protocol):
    """A generator: which trials it knows, and one of them."""

    @property
    def faults(self) -> Sequence[str]:
        """Names of trials in which something is wrong."""

    @property
    def calm(self) -> Sequence[str]:
        """Names of trials in which nothing is, seasons among them."""

    def make(self, name: str, *, seed: int, since: int = 84) -> Trial:
        """The trial of a seed, whose fault began `since` days before the end."""


FIRST_DAY = 19_800  # of every trial: 2024-03-18


@dataclass
class EntryLog:
    """Entries as they are made, day by day as fractions since `FIRST_DAY`; becomes the integer table."""

    zone_us: int = 9 * 3_600_000_000
    parts: list[tuple[Ints, Ints, Floats, Ints]] = field(default_factory=list)

    def add(self, journey: Ints, stage: int, at: Floats, amount: Ints | None = None) -> None:
        size = journey.size
        money = np.zeros(size, np.int64) if amount is None else amount
        self.parts.append((journey, np.full(size, stage, np.int64), at, money))

    def columns(self, *, until: float, since: float, account: Ints, track: int = 1) -> Columns:
        """Entries of the journeys that begin from day `since` on, up to day `until`; renumbered from 1."""
        journey, stage, at, amount = (np.concatenate(p) for p in zip(*self.parts, strict=True))
        first = np.full(int(journey.max(initial=0)) + 1, np.inf)
        np.minimum.at(first, journey, at)
        keep = (at < until) & (first[journey] >= since)
        order = np.flatnonzero(keep)[np.lexsort((at[keep], journey[keep]))]
        journey, stage, at, amount = journey[order], stage[order], at[order], amount[order]
        _, place = np.unique(journey, return_inverse=True)
        at_us = ((at + FIRST_DAY) * DAY).astype(np.int64) - self.zone_us
        day = (at_us + self.zone_us) // DAY
        size = journey.size
        found = {
            "journey": place + 1,
            "seq": np.arange(1, size + 1),
            "track": np.full(size, track),
            "stage": stage,
            "at_us": at_us,
            "day": day,
            "month": month_numbers(day),
            "amount": amount,
            "cause": np.full(size, 3),
            "prec": np.ones(size, np.int64),
            "account": account[journey] + 1,
        }
        zeros = np.zeros(size, np.int64)
        self.kept = np.unique(journey)
        return {name: np.asarray(found.get(name, zeros), np.int64) for name in ENTRIES}


def month_numbers(day: Ints) -> Ints:
    """year * 12 + month - 1 of day numbers."""
    return np.asarray(day.astype("M8[D]").astype("M8[M]").astype(np.int64) + 1970 * 12)


def month_starts(*, until: float) -> Floats:
    """The days since `FIRST_DAY` on which months begin, from the first whole one up to `until`, inside."""
    days = FIRST_DAY + np.arange(int(until) + 2)
    months = month_numbers(days)
    starts = np.flatnonzero(np.diff(months, prepend=months[0] - 1) != 0)
    return np.asarray(starts[(starts > 0) | (months[0] != months[1])], float)


Cached = Callable[[], Mapping[NodeKey, float]]
