"""Trials of the relay: one history a seed, and the truth by the same relay many times larger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from kyogyo.analytics.events import ATTRIBUTES, DAY
from kyogyo.analytics.simulate.relay.customers import base_gains, bill
from kyogyo.analytics.simulate.relay.flow import Run
from kyogyo.analytics.simulate.relay.world import MIX, PRICE, SEGMENTS, SOURCES, World
from kyogyo.analytics.simulate.trial import FIRST_DAY, NodeKey, Trial
from kyogyo.revenue_model import RevenueModel, parse_model

_MODEL = """
version = "1"
name = { en = "Relay", ja = "リレー" }
currency = "JPY"
time_zone = "Asia/Tokyo"
departments = [
  { code = "marketing", label = { en = "Marketing", ja = "マーケティング" } },
  { code = "inside_sales", label = { en = "Inside sales", ja = "インサイドセールス" } },
  { code = "field_sales", label = { en = "Field sales", ja = "フィールドセールス" } },
  { code = "customer_success", label = { en = "Customer success", ja = "カスタマーサクセス" } },
]
tracks = [{ code = "new", label = { en = "New business", ja = "新規" }, exits = ["lost", "recycled"], stages = ["lead", "working", "meeting", "deal", "proposal", "won"] }]
stages = [
  { code = "lead", label = { en = "Lead", ja = "リード" }, department = "marketing" },
  { code = "working", label = { en = "Working", ja = "対応中" }, department = "inside_sales" },
  { code = "meeting", label = { en = "Meeting", ja = "アポ" }, department = "inside_sales" },
  { code = "deal", label = { en = "Deal", ja = "商談" }, department = "field_sales" },
  { code = "proposal", label = { en = "Proposal", ja = "提案" }, department = "field_sales" },
  { code = "won", label = { en = "Won", ja = "受注" }, department = "field_sales", type = "won" },
  { code = "lost", label = { en = "Lost", ja = "失注" }, department = "field_sales", type = "lost" },
  { code = "recycled", label = { en = "Recycled", ja = "還流" }, department = "marketing", type = "recycled" },
]
"""
# Which node of the diagnosis a name of the world is.
NODES: Mapping[str, NodeKey] = {
    "volume": ("volume", "lead"),
    "mix": ("mix", "lead"),
    "capacity:lead": ("capacity", "lead>working"),
    "capacity:meeting": ("capacity", "meeting>deal"),
    "rate:working": ("conversion", "working>meeting"),
    "rate:deal": ("conversion", "deal>proposal"),
    "rate:proposal": ("conversion", "proposal>won"),
    "days:working": ("delay", "working>meeting"),
    "days:deal": ("delay", "deal>proposal"),
    "price": ("value", "won"),
    "churn": ("churn", "won"),
    "expansion": ("expansion", "won"),
}
_SMALL = 4.5  # leads a day
FAULTS: Mapping[str, World] = {
    "leads": World(factors={"volume": 0.62}),
    "mix": World(factors={"mix": 1.0}, poorer_mix=0.35),
    "p1": World(factors={"rate:working": 0.62}),
    "p2": World(factors={"rate:deal": 0.62}),
    "p3": World(factors={"rate:proposal": 0.6}),
    "price": World(factors={"price": 0.65}),
    "churn": World(factors={"churn": 3.5}),
    "is_capacity": World(factors={"capacity:lead": 0.5}),
    "fs_capacity": World(factors={"capacity:meeting": 0.5}),
    "growth_is": World(growth=2.0, spare={"meeting": 2.2}),
    "growth_fs": World(growth=2.0, spare={"lead": 2.2, "meeting": 0.9}),
    "p1_while_fs_full": World(factors={"rate:working": 0.8, "capacity:meeting": 0.42}),
    "recycled": World(factors={"returns": 2.2}, spare={"lead": 0.85}, growth=1.15),
    "small_p2": World(factors={"rate:deal": 0.5}, leads_a_day=_SMALL),
    "small_fs_capacity": World(factors={"capacity:meeting": 0.45}, leads_a_day=_SMALL),
    "delay_1": World(factors={"days:working": 4.0}),
    "delay_2": World(factors={"days:deal": 3.5}),
    "segment_p2": World(factors={"rate:deal": 0.4}, only_segment=2),
    "p1_in_growth": World(
        factors={"rate:working": 0.62}, growth=1.7, spare={"lead": 2.0, "meeting": 2.0}
    ),
    "immature_p3": World(factors={"rate:proposal": 0.5}, slow={"proposal": 2.5}),
    "season_p2": World(factors={"rate:deal": 0.62}, season=0.2),
    "lumpy_p1": World(factors={"rate:working": 0.62}, lumpy=0.35),
    "two_faults": World(factors={"rate:deal": 0.6, "price": 0.85}),
}
CALM: Mapping[str, World] = {
    "calm": World(),
    "calm_small": World(leads_a_day=_SMALL),
    "calm_growth": World(growth=1.6, spare={"lead": 2.0, "meeting": 2.0}),
    "calm_lumpy": World(lumpy=0.35),
    "season": World(season=0.22, spare={"lead": 1.35, "meeting": 1.35}),
    "season_tight": World(season=0.22),
    "season_years": World(season=0.22, days=820, spare={"lead": 1.35, "meeting": 1.35}),
}
_SCALE, _SETTLE, _WINDOW = 16.0, 150.0, 480.0
_ENOUGH = 0.85  # how busy a group of people is that has enough of them
_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Relay:
    """Makes trials of the relay."""

    name: str = "relay"

    @property
    def faults(self) -> Sequence[str]:
        return tuple(FAULTS)

    @property
    def calm(self) -> Sequence[str]:
        return tuple(CALM)

    def make(self, name: str, *, seed: int, since: int = 84) -> Trial:
        world = {**FAULTS, **CALM}[name]
        world = replace(world, fault_at=float(world.days - since))
        if name.startswith("season"):
            # Whichever time of the year it is.
            world = replace(world, season_phase=(seed * 0.618) % 1.0)
        run = Run(world, seed, end=float(world.days)).go()
        entries = run.log.columns(until=world.days, since=0.0, account=np.arange(2 * run.n) % run.n)
        return Trial(
            name=name,
            model=relay_model(),
            as_of=int((FIRST_DAY + world.days) * DAY) - run.log.zone_us - 1,
            entries=entries,
            attributes=_attributes(run),
            revenue=bill(run),
            names=_names(),
            gains=truth(name) if name in FAULTS else {},
        )


@cache
def relay_model() -> RevenueModel:
    return parse_model(_MODEL, name="relay.toml")


def _attributes(run: Run) -> dict[str, np.ndarray]:
    rows = run.log.kept
    numbers = np.arange(1, rows.size + 1)
    values = [run.segment[rows] + 1, run.source[rows] + 1 + len(SEGMENTS)]
    return {
        name: np.concatenate(parts).astype(np.int64)
        for name, parts in zip(
            ATTRIBUTES,
            (
                [numbers, numbers],
                [np.full(rows.size, 1), np.full(rows.size, 2)],
                values,
            ),
            strict=True,
        )
    }


def _names() -> list[tuple[str, int, str]]:
    words = [("attribute", 1, "segment"), ("attribute", 2, "source")]
    return words + [
        ("value", code, word) for code, word in enumerate((*SEGMENTS, *SOURCES), start=1)
    ]


@cache
def truth(name: str) -> Mapping[NodeKey, float]:
    """What restoring each node from now on brings a month once it has gone through the stream, in minor units.

    The relay many times larger, without drift, with the node restored and without, on the same random numbers;
    wins of a window well after the end of the data, at their amounts; customers kept or grown, at what they pay within a year.
    """
    world = replace(FAULTS[name], drifting=False, lumpy=0.0, season=0.0)
    world = replace(world, fault_at=float(world.days - 84))
    now = _Measured.of(world)
    found: dict[NodeKey, float] = {}
    for node in sorted(_affected(world)):
        capacity = {}
        if node.startswith("capacity:"):
            queue = node.partition(":")[2]
            needed = now.load[queue] / _ENOUGH
            capacity = {
                queue: max(needed, world.base_capacity(queue) * world.spare.get(queue, 1.0))
            }
        restored = _Measured.of(world.restore(node, capacity))
        found[NODES[node]] = restored.worth - now.worth
    for node, gain in base_gains(world, paying=now.paying).items():
        found[NODES[node]] = gain
    return found


def _affected(world: World) -> set[str]:
    names = {name for name in world.factors if name in NODES} - {"churn", "expansion"}
    # Who grows, or gets more back, may be short of people though nobody left.
    if world.growth > 1 or "returns" in world.factors:
        names |= {"capacity:lead", "capacity:meeting"}
    return names


@dataclass(frozen=True)
class _Measured:
    """`worth` a month, what comes into each queue a day, and what customers pay a month by segment."""

    worth: float
    load: Mapping[str, float]
    paying: np.ndarray

    @staticmethod
    def of(world: World) -> _Measured:
        first = world.days + _SETTLE
        run = Run(world, 1, end=first + _WINDOW, scale=_SCALE).go()
        inside = (run.won_at >= first) & (run.won_at < first + _WINDOW)
        worth = run.amount[inside].sum()
        load = {}
        for queue, stage in (("lead", 1), ("meeting", 3)):
            at = np.concatenate([t for _, s, t, _ in run.log.parts if s.size and s[0] == stage])
            load[queue] = float(((at >= first) & (at < first + _WINDOW)).sum() / _WINDOW / _SCALE)
        return _Measured(
            worth=float(worth / _WINDOW * _MONTH / _SCALE), load=load, paying=_paying(run)
        )


def _paying(run: Run) -> np.ndarray:
    """What customers pay a month at the end of the data, by segment."""
    revenue = bill(run)
    last = revenue["period_start"] == revenue["period_start"].max()
    account, amount = revenue["account"][last], revenue["amount"][last]
    known = account < 10_000_000
    segment = np.where(known, run.segment[np.where(known, account - 1, 0)], -1)
    by = np.array([amount[segment == s].sum() for s in range(3)], float)
    old = amount[segment < 0].sum()
    return np.asarray((by + old * MIX * PRICE / (MIX * PRICE).sum()) / run.scale)
