"""What the customers of the relay pay, month by month, until they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.events import REVENUE
from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.relay.world import (
    CHURN,
    EXPANSION,
    GROWTH_STEP,
    MIX,
    PRICE,
    World,
)
from kyogyo.analytics.simulate.trial import FIRST_DAY, month_starts

if TYPE_CHECKING:
    from kyogyo.analytics.engines.base import Columns
    from kyogyo.analytics.simulate.relay.flow import Run

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_OLD_MONTHS = 14  # of wins there were before the first one that is in the data


def bill(run: Run) -> Columns:
    """One row an account and month with pay: those who won in the data, and older ones that pay from the start."""
    world = run.world
    starts = month_starts(until=world.days)
    won = np.flatnonzero((run.won_at >= 0) & (run.won_at < world.days))
    wins_a_month = max(won.size / world.days * 30.4, 1.0)
    rng = generator(run.seed, "old customers")
    old = round(wins_a_month * _OLD_MONTHS)
    old_segment = rng.choice(3, size=old, p=MIX)
    noise = np.exp(0.5 * rng.standard_normal(old) - 0.125)
    account = np.concatenate([won % run.n + 1, 10_000_000 + np.arange(old)])
    segment = np.concatenate([run.segment[won], old_segment])
    pay = np.concatenate([run.amount[won], PRICE[old_segment] * noise]) / 12.0
    since = np.concatenate([run.won_at[won], np.full(old, -1.0)])
    alive = np.ones(account.size, bool)
    rows: list[tuple[Ints, Ints, Ints, Ints]] = []
    for month in range(starts.size - 1):
        start, stop = starts[month], starts[month + 1]
        here = since < start
        t = np.array([start])
        risk = CHURN[segment] * world.factor("churn", t)
        grows = rng.random(account.size) < EXPANSION * world.factor("expansion", t)
        leaves = rng.random(account.size) < risk
        pay = np.where(here & grows, pay * (1 + GROWTH_STEP), pay)
        alive &= ~(here & leaves)
        who = np.flatnonzero(here & alive)
        first = np.full(who.size, FIRST_DAY + int(start))
        last = np.full(who.size, FIRST_DAY + int(stop))
        rows.append((account[who], first, last, pay[who].astype(np.int64)))
    return {name: np.concatenate([r[i] for r in rows]) for i, name in enumerate(REVENUE)}


def base_gains(world: World, *, paying: Floats) -> dict[str, float]:
    """What a month with the usual churn, and with the usual expansion, brings within a year; `paying` MRR by segment."""
    found = {}
    months = np.arange(12)
    if "churn" in world.factors:
        kept = CHURN * (world.factors["churn"] - 1)
        worth = ((1 - CHURN[:, None]) ** months).sum(axis=1)
        found["churn"] = float((paying * kept * worth).sum())
    if "expansion" in world.factors:
        grown = EXPANSION * (1 - world.factors["expansion"]) * GROWTH_STEP
        worth = ((1 - CHURN[:, None]) ** months).sum(axis=1)
        found["expansion"] = float((paying * grown * worth).sum())
    return found
