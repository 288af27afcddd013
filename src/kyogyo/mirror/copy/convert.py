"""From rows of the records to the integers of the tables' contract, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kyogyo.period import local_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyogyo.revenue_model import RevenueModel

_CAUSES = ("person", "rule", "import", "sync")
_PRECISIONS = ("second", "day", "month", "quarter")
ENTRY_COLUMNS = (
    "journey", "seq", "track", "stage", "at_us", "day", "month", "department", "owner", "amount",
    "cause", "inferred", "prec", "account",
)  # fmt: skip


@dataclass(frozen=True)
class Roots:
    """To which account each merged one leads in the end."""

    merged: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    roots: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(cls, into: Mapping[int, int]) -> Roots:
        """From which account was merged into which: chains are followed to their end."""
        found = {}
        for account in into:
            root = account
            seen = set()
            while root in into and root not in seen:
                seen.add(root)
                root = into[root]
            found[account] = root
        merged = np.array(sorted(found), np.int64)
        return cls(merged, np.array([found[int(one)] for one in merged], np.int64))

    def __call__(self, accounts: np.ndarray) -> np.ndarray:
        if not self.merged.size or not accounts.size:
            return accounts
        place = np.minimum(np.searchsorted(self.merged, accounts), self.merged.size - 1)
        return np.where(self.merged[place] == accounts, self.roots[place], accounts)

    def family(self, accounts: np.ndarray) -> np.ndarray:
        """These accounts, those that they lead to, and all others that lead there."""
        roots = np.unique(self(accounts))
        return np.unique(np.concatenate([accounts, roots, self.merged[np.isin(self.roots, roots)]]))


class EntryWords:
    """The codes of a model's words. An entry that names a stage or a track that it doesn't have can't be counted.

    `left_out` holds the journeys of such entries, once for each.
    """

    def __init__(self, model: RevenueModel) -> None:
        self._zone = model.time_zone
        self._stages = pa.array([stage.code for stage in model.stages], pa.string())
        self._tracks = pa.array([track.code for track in model.tracks], pa.string())
        self._departments = pa.array([one.code for one in model.departments], pa.string())
        self._of_stage = np.array(
            [0, *(model.department_number(stage.department) for stage in model.stages)], np.int64
        )
        self.left_out: list[np.ndarray] = []

    def entries(self, batches: Iterable[Any], *, roots: Roots) -> Iterator[Any]:
        """Batches of `entries`. An entry without a department is its stage's."""
        for batch in batches:
            stage, track = (
                self._coded(batch, "stage", self._stages),
                self._coded(batch, "track", self._tracks),
            )
            at_us = instants(batch.column("at"))
            day, month = local_days(at_us, zone=self._zone)
            told = self._coded(batch, "department", self._departments)
            columns = {
                "journey": _whole(batch, "journey"),
                "seq": _whole(batch, "seq"),
                "track": track,
                "stage": stage,
                "at_us": at_us,
                "day": day,
                "month": month,
                "department": np.where(told > 0, told, self._of_stage[stage]),
                "owner": _whole(batch, "owner"),
                "amount": _whole(batch, "amount"),
                "cause": self._coded(batch, "cause", pa.array(_CAUSES)),
                "inferred": _whole(batch, "inferred"),
                "prec": self._coded(batch, "prec", pa.array(_PRECISIONS)),
                "account": roots(_whole(batch, "account")),
            }
            known = (stage > 0) & (track > 0)
            self.left_out.append(columns["journey"][~known])
            kept = [columns[name][known] for name in ENTRY_COLUMNS]
            yield pa.record_batch([pa.array(one) for one in kept], schema=ENTRY_SCHEMA)

    def _coded(self, batch: Any, name: str, words: Any) -> np.ndarray:
        """Position among `words` from 1, 0 for any other."""
        if not batch.num_rows:
            return np.empty(0, np.int64)
        found = pc.fill_null(pc.index_in(batch.column(name), value_set=words), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), np.int64) + 1


ENTRY_SCHEMA = pa.schema([(name, pa.int64()) for name in ENTRY_COLUMNS])
JOURNEY_SCHEMA = pa.schema([("journey", pa.int64()), ("account", pa.int64())])
REVENUE_SCHEMA = pa.schema(
    [(name, pa.int64()) for name in ("account", "period_start", "period_end", "amount")]
)


def journeys(batches: Iterable[Any], *, roots: Roots) -> Iterator[Any]:
    """Batches of journeys with the accounts that they lead to."""
    for batch in batches:
        columns = [_whole(batch, "journey"), roots(_whole(batch, "account"))]
        yield pa.record_batch([pa.array(one) for one in columns], schema=JOURNEY_SCHEMA)


def revenue(batches: Iterable[Any], *, roots: Roots) -> Iterator[Any]:
    """Batches of revenue with the accounts that they lead to, the days as numbers."""
    for batch in batches:
        columns = [
            roots(_whole(batch, "account")),
            _days(batch.column("period_start")),
            _days(batch.column("period_end")),
            _whole(batch, "amount"),
        ]
        yield pa.record_batch([pa.array(one) for one in columns], schema=REVENUE_SCHEMA)


def values_schema(noun: str) -> Any:
    """The columns of values of journeys or of accounts."""
    return pa.schema(
        [(noun, pa.int64()), ("place", pa.int64()), ("attribute", pa.string()), ("value", pa.string())]
    )  # fmt: skip


def values(batches: Iterable[Any], *, noun: str) -> Iterator[Any]:
    """Batches of values as they are, under one schema."""
    schema = values_schema(noun)
    for batch in batches:
        if batch.num_rows:
            columns = [batch.column(name).cast(schema.field(name).type) for name in schema.names]
            yield pa.record_batch(columns, schema=schema)


def instants(column: Any) -> np.ndarray:
    """Epoch microseconds of a column of times: of PostgreSQL's, or of SQLite's texts, which are UTC."""
    if not len(column):
        return np.empty(0, np.int64)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.timestamp("us"))
    return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False), np.int64)


def _days(column: Any) -> np.ndarray:
    if not len(column):
        return np.empty(0, np.int64)
    dates = column.cast(pa.date32()).cast(pa.int32())
    return np.asarray(dates.to_numpy(zero_copy_only=False), np.int64)


def _whole(batch: Any, name: str) -> np.ndarray:
    return np.asarray(batch.column(name).to_numpy(zero_copy_only=False), np.int64)
