"""The numbers of the relay, and how they change in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator

Floats = npt.NDArray[np.float64]

SEGMENTS = ("small", "middle", "large")
SOURCES = ("web", "event", "referral")
# By segment.
MIX = np.array([0.5, 0.35, 0.15])
PRICE = np.array([600_000.0, 1_500_000.0, 4_000_000.0])
CHURN = np.array([0.022, 0.014, 0.009])
RATE_OF_SEGMENT = {
    "working": np.array([0.85, 1.1, 1.25]),
    "deal": np.array([1.0, 1.0, 0.95]),
    "proposal": np.array([1.1, 1.0, 0.8]),
}
SOURCE_SHARE = np.array([0.6, 0.25, 0.15])
RATE_OF_SOURCE = np.array([1.0, 0.8, 1.3])
BASE_RATE = {"working": 0.38, "deal": 0.55, "proposal": 0.36}
# Median days and log spread from entry to the next stage.
DAYS = {"working": (5.0, 0.7), "deal": (12.0, 0.6), "proposal": (15.0, 0.6)}
COOLING = {
    "working": 0.02,
    "deal": 0.008,
    "proposal": 0.006,
}  # of the log rate, a day of work beyond the median
QUEUE_COOLING = {"lead": 0.03, "meeting": 0.02}  # of the log rate, a day of waiting
PATIENCE = {"lead": 14.0, "meeting": 25.0}
LOAD = 0.75
EXPANSION, GROWTH_STEP = 0.03, 0.2
RETURN_SHARE, RETURN_DAYS = 0.15, 60.0
RATE_OF_RETURNED = 0.7
DRIFT = 0.04


@dataclass(frozen=True)
class World:
    """What is multiplied from `fault_at` to `restored_at`, by name; days count from the start of the data.

    Names: 'volume', 'rate:working', 'days:deal', 'capacity:lead', 'price', 'churn', 'expansion', 'returns'.
    `large_share` the share of large and middle customers under the fault (None = as always). `capacity_set` gives
    capacities a day from `restored_at` on, where what they were isn't what is needed.
    """

    leads_a_day: float = 12.0
    days: int = 455
    fault_at: float = 371.0
    factors: Mapping[str, float] = field(default_factory=dict)
    only_segment: int | None = None
    poorer_mix: float = 1.0
    growth: float = 1.0  # how many times the leads at the end, growing since `growth_from`
    growth_from: float = 100.0
    season: float = 0.0
    season_phase: float = 0.0
    lumpy: float = 0.0
    spare: Mapping[str, float] = field(default_factory=dict)
    slow: Mapping[str, float] = field(default_factory=dict)
    drifting: bool = True
    restored: frozenset[str] = frozenset()
    capacity_set: Mapping[str, float] = field(default_factory=dict)
    beyond: float = 0.0

    def restore(self, name: str, capacity: Mapping[str, float] | None = None) -> World:
        return replace(self, restored=self.restored | {name}, capacity_set=dict(capacity or {}))

    def factor(self, name: str, t: Floats) -> Floats:
        """What `name` is multiplied by at each time."""
        if name not in self.factors:
            return np.ones(np.shape(t))
        until = self.days if name in self.restored else np.inf
        return np.where((t >= self.fault_at) & (t < until), self.factors[name], 1.0)

    def arrivals(self, t: Floats, *, seed: int) -> Floats:
        """Leads a day at each time."""
        ramp = np.clip((t - self.growth_from) / (self.days - self.growth_from), 0, 1)
        grown = 1 + (self.growth - 1) * ramp
        before_end = np.minimum(t, self.days)
        season = 1 + self.season * np.sin(2 * np.pi * (before_end / 365.25 + self.season_phase))
        season = np.where(t > self.days, 1.0, season)
        lumps = np.ones(np.shape(t))
        if self.lumpy:
            week = (t // 7).astype(int) + 60
            lumps = np.exp(
                self.lumpy * generator(seed, "lumps").standard_normal(2000)[week]
                - self.lumpy**2 / 2
            )
        return np.asarray(
            self.leads_a_day
            * grown
            * season
            * lumps
            * self.drift("volume", t, seed=seed)
            * self.factor("volume", t)
        )

    def drift(self, name: str, t: Floats, *, seed: int) -> Floats:
        """A slow wander of a few percent around 1, month by month."""
        if not self.drifting:
            return np.ones(np.shape(t))
        steps = generator(seed, "drift", name).standard_normal(120)
        wander = np.empty(120)
        wander[0] = steps[0]
        for i in range(1, 120):
            wander[i] = 0.6 * wander[i - 1] + 0.8 * steps[i]
        log = DRIFT * np.interp(t, (np.arange(120) - 12) * 30.4, wander)
        return np.asarray(np.exp(np.where(t > self.days, 0.0, log)))

    def mix(self, t: Floats) -> Floats:
        """Shares of the segments at each time [n, 3]."""
        poorer = MIX * np.array([1.0, self.poorer_mix, self.poorer_mix])
        poorer = poorer / poorer.sum()
        until = self.days if "mix" in self.restored else np.inf
        under = ((t >= self.fault_at) & (t < until))[:, None]
        return np.where(under, poorer, MIX)

    def capacity(self, queue: str, t: Floats) -> Floats:
        """How many are taken up a day."""
        base = self.base_capacity(queue) * self.spare.get(queue, 1.0)
        cap = base * self.factor(f"capacity:{queue}", t)
        if queue in self.capacity_set:
            cap = np.where(t >= self.days, self.capacity_set[queue], cap)
        return np.asarray(cap)

    def base_capacity(self, queue: str) -> float:
        leads = self.leads_a_day * (1 + RETURN_SHARE * 0.6)
        if queue == "lead":
            return leads / LOAD
        return leads * BASE_RATE["working"] * 0.93 / LOAD
