"""The company's tables at the end of the data, in words: the text contract of the analytics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.saas.journeys import NEVER
from kyogyo.analytics.simulate.saas.log import CAUSES, Log
from kyogyo.analytics.simulate.saas.names import company_name, person_name
from kyogyo.analytics.simulate.saas.past import Past
from kyogyo.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]


class Numbered:
    """The journeys that have begun, numbered from 1 on by the time of their first entry."""

    def __init__(self, log: Log) -> None:
        first = np.flatnonzero(
            np.concatenate([[True], log.row[1:] != log.row[:-1]])[: len(log.row)]
        )
        by_time = first[np.lexsort((log.row[first], log.at[first]))]
        self.rows = log.row[by_time]
        self._number = np.zeros(int(log.row.max(initial=0)) + 1, dtype=np.int64)
        self._number[self.rows] = np.arange(1, len(self.rows) + 1)

    def names(self, rows: Ints) -> Words:
        labels = np.array(["", *(f"J{n:06d}" for n in range(1, len(self.rows) + 1))], dtype=object)
        return np.asarray(labels[self._number[rows]])

    def order(self, rows: Ints) -> Ints:
        return np.asarray(self._number[rows])


def entry_table(past: Past, log: Log, *, lang: Lang) -> pa.Table:
    """One row an entry into a stage, by journey and time."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    model, clock = past.world.model, past.world.clock
    numbered = Numbered(log)
    log = log.take(np.argsort(numbered.order(log.row), kind="stable"))
    people = [None, *(person_name(n, lang=lang) for n in range(len(past.world.people.everybody)))]
    tracks = [track.code for track in past.world.tracks]
    has_amount = log.amount > 0
    columns = {
        "journey_id": pa.array(numbered.names(log.row), pa.string()),
        "account_id": pa.array(_accounts(past.journeys.root(log.row), lang=lang), pa.string()),
        "at": clock.micros(log.at),
        "recorded_at": clock.micros(log.recorded_at),
        "track": _words(tracks, past.journeys.track[log.row]),
        "stage": _words([stage.code for stage in model.stages], log.column),
        "department": _words([stage.department for stage in model.stages], log.column),
        "owner": _words(people, log.owner),
        "amount": pa.array(log.amount, mask=~has_amount),
        "currency": _words([None, model.currency], has_amount.astype(np.int64)),
        "cause": _words(CAUSES, log.cause),
        "inferred": pa.array(np.zeros(len(log.row), dtype=np.bool_)),
        "precision": _words(["second", "day"], log.by_day.astype(np.int64)),
    }
    return pa.table(columns)


def revenue_table(past: Past, *, lang: Lang, months: int) -> pa.Table:
    """What each account paid in each of the first `months`: one row a month with pay, by account and month."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    world, customers = past.world, past.customers
    old = np.cumsum(customers.row == NEVER) - 1
    account = np.where(
        customers.row == NEVER, len(past.leads) + old, past.journeys.root(customers.row)
    )
    who, month = np.nonzero(customers.paid[:, :months])
    starts = world.clock.day_number(world.clock.month_starts)
    return pa.table(
        {
            "account_id": pa.array(_accounts(account[who], lang=lang), pa.string()),
            "period_start": pa.array(starts[month], pa.int32()),
            "period_end": pa.array(starts[month + 1], pa.int32()),
            "amount": pa.array(customers.paid[who, month], pa.int64()),
        }
    )


# --- words for numbers ------------------------------------------------------------------------


def _words(words: Sequence[str | None], numbers: Ints) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.array(words, pa.string()).take(pa.array(numbers))


def _accounts(numbers: Ints, *, lang: Lang) -> Words:
    accounts, place = np.unique(numbers, return_inverse=True)
    names = np.array([company_name(n, lang=lang) for n in accounts.tolist()], dtype=object)
    return np.asarray(names[place])
