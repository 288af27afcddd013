"""Journeys through the relay, four weeks at a time: nobody comes back within four weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import Draws, generator
from kyogyo.analytics.simulate.relay.world import (
    BASE_RATE,
    COOLING,
    DAYS,
    PATIENCE,
    PRICE,
    QUEUE_COOLING,
    RATE_OF_RETURNED,
    RATE_OF_SEGMENT,
    RATE_OF_SOURCE,
    RETURN_DAYS,
    RETURN_SHARE,
    SOURCE_SHARE,
    World,
)
from kyogyo.analytics.simulate.trial import EntryLog

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAD, WORKING, MEETING, DEAL, PROPOSAL, WON, LOST, RECYCLED = range(1, 9)
BURN_IN = 140.0
_BLOCK = 28.0
_PRICE_SPREAD = 0.5
_END_OPEN, _END_LOST = 0.15, 0.7


@dataclass(eq=False)
class Line:
    """Who waits for one group of people; first come first served."""

    queue: str
    days: Floats
    work: Floats  # how many could have been taken up by each day
    free: float = 0.0

    @staticmethod
    def of(world: World, queue: str, *, end: float, scale: float) -> Line:
        days = np.arange(-BURN_IN, end + 400.0, 1.0)
        done = np.cumsum(world.capacity(queue, days)) * scale
        return Line(queue, days, np.concatenate([[0.0], done[:-1]]))

    def serve(self, at: Floats) -> Floats:
        """When each, in order of arrival, is taken up; inf for those who lose patience first."""
        came = np.interp(at, self.days, self.work).tolist()
        latest = np.interp(at + PATIENCE[self.queue], self.days, self.work).tolist()
        free, starts = self.free, []
        for a, deadline in zip(came, latest, strict=True):
            start = free if free > a else a
            if start <= deadline:
                starts.append(start)
                free = start + 1.0
            else:
                starts.append(np.inf)
        self.free = free
        started = np.array(starts)
        gone = np.isinf(started)
        found = np.interp(np.where(gone, 0.0, started), self.work, self.days)
        return np.asarray(np.where(gone, np.inf, np.maximum(found, at)))


@dataclass(eq=False)
class Run:
    """One organisation at work, from before the data until day `end`."""

    world: World
    seed: int
    end: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        self.log = EntryLog()
        self._arrive()
        n = self.first_at.size
        self.draws = Draws(seed=self.seed, replication=7, size=2 * n)
        self.n = n
        self.at = np.concatenate([self.first_at, np.full(n, np.inf)])
        share = self.world.mix(self.first_at)
        self.segment = np.tile(
            (self.draws.uniform("segment")[:n, None] > np.cumsum(share, axis=1))
            .sum(axis=1)
            .clip(0, 2),
            2,
        )
        source = np.searchsorted(np.cumsum(SOURCE_SHARE), self.draws.uniform("source")[:n]).clip(
            0, 2
        )
        self.source = np.tile(source, 2)
        self.won_at = np.full(2 * n, np.inf)
        self.amount = np.zeros(2 * n, np.int64)
        self.waiting: dict[str, list[tuple[Ints, Floats]]] = {"meeting": []}
        self.lines = {q: Line.of(self.world, q, end=self.end, scale=self.scale) for q in PATIENCE}

    def _arrive(self) -> None:
        """Candidates at the highest rate, thinned: who comes in two runs is the same but for what differs."""
        rng = generator(self.seed, "arrivals")
        most = self.world.leads_a_day * max(self.world.growth, 1.0) * 1.9 * self.scale
        span = self.end + BURN_IN
        n = rng.poisson(most * span)
        at = np.sort(rng.random(n) * span) - BURN_IN
        keep = rng.random(n) * most < self.world.arrivals(at, seed=self.seed) * self.scale
        self.first_at = np.where(keep, at, np.inf)

    def go(self) -> Run:
        start = -BURN_IN
        new = np.flatnonzero(np.isfinite(self.first_at))
        new = new[np.argsort(self.at[new], kind="stable")]
        while start < self.end:
            stop = start + _BLOCK
            again = self.n + np.flatnonzero(
                (self.at[self.n :] >= start) & (self.at[self.n :] < stop)
            )
            upto = np.searchsorted(self.at[new], stop)
            rows = np.concatenate([new[:upto], again])
            new = new[upto:]
            self._take_leads(rows[np.argsort(self.at[rows], kind="stable")])
            self._take_meetings(stop)
            start = stop
        return self

    def _take_leads(self, rows: Ints) -> None:
        at = self.at[rows]
        self.log.add(rows, LEAD, at)
        started = self.lines["lead"].serve(at)
        gone = np.isinf(started)
        self._end(rows[gone], at[gone] + PATIENCE["lead"], stage=RECYCLED)
        rows, at, started = rows[~gone], at[~gone], started[~gone]
        self.log.add(rows, WORKING, started)
        rows, met = self._work(rows, started, "working", waited=started - at, queue="lead")
        self.log.add(rows, MEETING, met)
        self.waiting["meeting"].append((rows, met))

    def _take_meetings(self, stop: float) -> None:
        rows = np.concatenate([r for r, _ in self.waiting["meeting"]])
        at = np.concatenate([a for _, a in self.waiting["meeting"]])
        due = at < stop
        self.waiting["meeting"] = [(rows[~due], at[~due])]
        order = np.argsort(at[due], kind="stable")
        rows, at = rows[due][order], at[due][order]
        started = self.lines["meeting"].serve(at)
        gone = np.isinf(started)
        self._end(rows[gone], at[gone] + PATIENCE["meeting"], stage=LOST)
        rows, at, started = rows[~gone], at[~gone], started[~gone]
        self.log.add(rows, DEAL, started)
        rows, proposed = self._work(rows, started, "deal", waited=started - at, queue="meeting")
        self.log.add(rows, PROPOSAL, proposed)
        rows, won = self._work(rows, proposed, "proposal", waited=np.zeros(rows.size), queue=None)
        noise = np.exp(_PRICE_SPREAD * self.draws.normal("price")[rows] - _PRICE_SPREAD**2 / 2)
        price = PRICE[self.segment[rows]] * self.world.factor("price", won) * noise
        self.won_at[rows], self.amount[rows] = won, price.astype(np.int64)
        self.log.add(rows, WON, won, self.amount[rows])

    def _work(
        self, rows: Ints, at: Floats, stage: str, *, waited: Floats, queue: str | None
    ) -> tuple[Ints, Floats]:
        """Who goes on from a stage entered `at`, and when; the others end or stay open."""
        median, spread = DAYS[stage]
        median *= self.world.slow.get(stage, 1.0)
        slower = self.world.factor(f"days:{stage}", at)
        days = median * slower * np.exp(spread * self.draws.normal("days " + stage)[rows])
        extra = median * (slower - 1) * np.exp(spread**2 / 2)
        worse = self.world.factor(f"rate:{stage}", at)
        if self.world.only_segment is not None:
            worse = np.where(self.segment[rows] == self.world.only_segment, worse, 1.0)
        rate = (
            BASE_RATE[stage]
            * RATE_OF_SEGMENT[stage][self.segment[rows]]
            * worse
            * self.world.drift(stage, at, seed=self.seed)
            * np.exp(-COOLING[stage] * extra)
        )
        if queue is not None:
            rate = rate * np.exp(-QUEUE_COOLING[queue] * waited)
        if stage == "working":
            rate = (
                rate
                * RATE_OF_SOURCE[self.source[rows]]
                * np.where(rows >= self.n, RATE_OF_RETURNED, 1.0)
            )
        goes = self.draws.uniform("rate " + stage)[rows] < rate
        self._end(rows[~goes], (at + 1.2 * days)[~goes])
        return rows[goes], (at + days)[goes]

    def _end(self, rows: Ints, at: Floats, stage: int | None = None) -> None:
        how = self.draws.uniform("end")[rows]
        if stage is None:
            lost, recycled = (how >= _END_OPEN) & (how < _END_LOST), how >= _END_LOST
            self.log.add(rows[lost], LOST, at[lost])
            self.log.add(rows[recycled], RECYCLED, at[recycled])
            rows, at = rows[recycled], at[recycled]
        else:
            self.log.add(rows, stage, at)
        first = rows < self.n
        rows, at = rows[first], at[first]
        share = np.minimum(3 * RETURN_SHARE * self.world.factor("returns", at), 1.0)
        back = self.draws.uniform("return")[rows] < share
        later = 30.0 + RETURN_DAYS * self.draws.uniform("return days")[rows]
        self.at[self.n + rows[back]] = at[back] + later[back]
