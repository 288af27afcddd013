"""A small stream of leads, meetings and wins with a planted change, to be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from kyogyo.analytics.derive import derive
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import ATTRIBUTES, DAY, ENTRIES, NAMES, REVENUE, History
from kyogyo.analytics.load import open_history
from kyogyo.revenue_model import RevenueModel
from tests.analytics.small_history import ACTIVE, LEAD, LOST, MEETING, WON, small_model, tokyo

START = "2024-01-01"
PER_DAY, TO_MEETING, TO_WON, TO_ACTIVE, AMOUNT = 6, 0.5, 0.4, 0.6, 100_000


@dataclass(frozen=True)
class Change:
    """From the day `day` on (counted from the start), what is named is multiplied by `factor`."""

    day: int
    factor: float


def make_stream(
    *,
    seed: int = 1,
    days: int = 500,
    per_day: float = PER_DAY,
    changes: Mapping[str, Change] | None = None,
    amounts: bool = True,
    active: bool = False,
    revenue: bool = False,
    model: RevenueModel | None = None,
    attribute: Sequence[str] = (),
    prec: int = 1,
) -> History:
    """`changes` by name: 'lead>meeting', 'meeting>won', 'won>active', 'volume', 'value'.

    Leads arrive by chance, meet after 2 to 9 days, win after 3 to 15, use it after 1 to 9; half of those that
    don't meet are lost. The value of `attribute` (the first half of the words or the second) decides nothing.
    """
    rng = np.random.default_rng(seed)
    changes = changes or {}

    def factor(name: str, day: np.ndarray) -> np.ndarray:
        change = changes.get(name, Change(10**9, 1.0))
        return np.where(day >= change.day, change.factor, 1.0)

    daily = rng.poisson(per_day * factor("volume", np.arange(days)))
    began = np.repeat(np.arange(days), daily)
    n = began.size
    meets = rng.random(n) < TO_MEETING * factor("lead>meeting", began)
    met = began + rng.integers(2, 10, n)
    wins = meets & (rng.random(n) < TO_WON * factor("meeting>won", met))
    won = met + rng.integers(3, 16, n)
    uses = wins & (rng.random(n) < TO_ACTIVE * factor("won>active", won)) & active
    used = won + rng.integers(1, 10, n)
    leaves = ~meets & (rng.random(n) < 0.5)
    left = began + rng.integers(2, 20, n)
    worth = np.round(AMOUNT * rng.lognormal(-0.08, 0.4, n) * factor("value", won)).astype(np.int64)
    journey = np.arange(1, n + 1)
    everyone = np.ones(n, bool)
    parts = []
    for stage, who, day in (
        (LEAD, everyone, began),
        (MEETING, meets, met),
        (WON, wins, won),
        (ACTIVE, uses, used),
        (LOST, leaves, left),
    ):
        seen = who & (day < days)
        amount = worth[seen] if stage == WON and amounts else np.zeros(int(seen.sum()), np.int64)
        parts.append((journey[seen], np.full(amount.size, stage), day[seen], amount))
    stacked = [np.concatenate([part[i] for part in parts]) for i in range(4)]
    paid = (journey[wins & (won < days)], won[wins & (won < days)], uses[wins & (won < days)])
    return _history(stacked, days=days, model=model or small_model(), attribute=attribute, prec=prec,
                    revenue=_revenue(*paid, days=days) if revenue else None)  # fmt: skip


def _revenue(
    account: np.ndarray, won: np.ndarray, uses: np.ndarray, *, days: int
) -> dict[str, np.ndarray]:
    """10,000 a period of 30 days for six periods after the win, one only from those who don't use it."""
    first = (tokyo(f"{START} 00:00") + 9 * 3_600_000_000) // DAY
    periods = np.arange(days // 30)
    rows = [
        (a, first + 30 * p, first + 30 * (p + 1), 10_000)
        for a, w, used in zip(account.tolist(), won.tolist(), uses.tolist(), strict=True)
        for p in periods
        if w // 30 <= p < w // 30 + (6 if used else 1)
    ]
    return {name: np.array(column, np.int64) for name, column in zip(REVENUE, zip(*rows, strict=True), strict=True)}  # fmt: skip


def _history(
    stacked: list[np.ndarray],
    *,
    days: int,
    model: RevenueModel,
    attribute: Sequence[str],
    prec: int,
    revenue: dict[str, np.ndarray] | None,
) -> History:
    journey, stage, on, amount = stacked
    start = tokyo(f"{START} 10:00")
    at = start + on * DAY
    day = (at + 9 * 3_600_000_000) // DAY
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    size = journey.size
    given = {"journey": journey, "seq": np.arange(1, size + 1), "track": np.ones(size, np.int64), "stage": stage, "at_us": at,
             "day": day, "month": months, "amount": amount, "cause": np.full(size, 3), "account": journey,
             "prec": np.full(size, prec)}  # fmt: skip
    connection = duckdb.connect()
    engine = DuckDBEngine(connection)
    for table, schema in (("entries", ENTRIES), ("attributes", ATTRIBUTES), ("revenue", REVENUE), ("names", NAMES)):  # fmt: skip
        connection.execute(
            f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in schema.items())})"
        )
    engine.load("entries", {name: given.get(name, np.zeros(size, np.int64)) for name in ENTRIES})
    if revenue is not None:
        engine.load("revenue", revenue)
    if attribute:
        everyone = np.unique(journey)
        engine.load("attributes", {"journey": everyone, "attribute": np.ones(everyone.size, np.int64),
                                   "value": 1 + everyone % len(attribute)})  # fmt: skip
        connection.execute("INSERT INTO names VALUES ('attribute', 1, 'source')")
        for code, word in enumerate(attribute, start=1):
            connection.execute("INSERT INTO names VALUES ('value', ?, ?)", [code, word])
    derive(engine, model=model, attributes=[1] if attribute else [])
    return open_history(engine, model=model, as_of=start + (days - 1) * DAY)
