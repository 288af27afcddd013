"""How often the conflict alarm is wrong, and how often it sees a conflict: the whole rule, from the history on.

    nice -n 15 python benchmarks/conflict.py            # 200 histories a world
    python benchmarks/conflict.py --history --runs 40 --worlds trends,strong
    python benchmarks/conflict.py --peek

Each world is simulated journey by journey (teams pass leads on to meetings, meetings are won after
a delay) and judged by the whole rule: counted by team and block, matured, signs, two-way fit, false
discovery rate, e-value. In the first group nothing is at odds, whatever
trends, mix, age or season make it look like; a single alarm on any pair is a false alarm.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from kyogyo.analytics.conflict import Pair, judge_panels, watch_conflicts
from kyogyo.analytics.conflict.count import Counted, Legs, count_cells
from kyogyo.analytics.derive import derive
from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import ATTRIBUTES, DAY, ENTRIES, NAMES, REVENUE, History
from kyogyo.analytics.intervals import wilson
from kyogyo.analytics.load import open_history
from kyogyo.analytics.steps import Step, StepCounts
from kyogyo.revenue_model import RevenueModel, parse_model

MODEL = """
version = "1"
name = "Relay"
currency = "JPY"
time_zone = "UTC"
departments = [
  { code = "is", label = "Inside sales" }, { code = "fs", label = "Field sales" }, { code = "cs", label = "Customer success" },
]
tracks = [{ code = "new", label = "New", stages = ["lead", "meeting", "won", "active"], exits = ["lost"] }]
stages = [
  { code = "lead", label = "Lead", department = "is", horizon_days = 28 },
  { code = "meeting", label = "Meeting", department = "fs", horizon_days = 56 },
  { code = "won", label = "Won", department = "fs", type = "won", horizon_days = 28 },
  { code = "active", label = "Active", department = "cs", type = "ongoing" },
  { code = "lost", label = "Lost", department = "fs", type = "lost" },
]
"""
STAGES = ("lead", "meeting", "won", "active")
HORIZONS = (28, 56, 28)
PAIRS = (
    Pair(None, "lead", "meeting", "is", "fs"),
    Pair("lead", "meeting", "won", "is", "fs"),
    Pair("meeting", "won", "active", "fs", "cs"),
)
NEVER = -1
START = 20_000 - (20_000 + 3) % 28  # a day on which a block begins
BLOCK = 28


@dataclass(frozen=True)
class World:
    """One kind of history. Rates are logs; `drift` is per block; `swing` the size of a season of 13 blocks.

    `answer`: by how much the log of the win rate moves with that of the team's own meeting rate (beta); `push`: from a block
    of its own on, a team raises its meeting rate by this.
    """

    says: str
    conflict: bool = False
    units: int = 6
    blocks: int = 16
    leads: float = 100
    policy: float = 0.15
    answer: float = 0.0
    push: float = 0.0
    volume_drift: float = 0.0
    quality_drift: float = 0.0
    unit_drift: float = 0.0
    wander: float = 0.0
    swing: float = 0.0
    mix: float = 0.0
    growth: float = 0.0
    slow: float = 1.0
    pushers: float = 1.0


NULLS: Mapping[str, World] = {
    "still": World("nothing happens"),
    "trends": World(
        "all teams: volume up 4% a block, quality down 4% a block",
        volume_drift=0.04,
        quality_drift=-0.04,
    ),
    "own_trends": World(
        "the same, at a pace of each team's own",
        volume_drift=0.04,
        quality_drift=-0.04,
        unit_drift=0.02,
    ),
    "wander": World(
        "volume and quality of each team wander, each for itself",
        volume_drift=0.03,
        quality_drift=-0.03,
        wander=0.08,
    ),
    "mix": World(
        "more and more small customers, who meet easily and seldom buy, at a pace of each team's own",
        mix=0.06,
    ),
    "age": World(
        "leads double, wins take three times as long, volume pushed",
        growth=0.05,
        slow=3.0,
        push=0.3,
    ),
    "season": World("seasons of volume and quality, opposite", swing=0.3),
    "push": World("teams push their volume, quality stays as it is", push=0.4),
    "all": World(
        "trends, mix, age and season at once",
        volume_drift=0.03,
        quality_drift=-0.03,
        unit_drift=0.015,
        mix=0.04,
        growth=0.03,
        slow=2.0,
        swing=0.2,
    ),
    "two_teams": World(
        "opposite trends, two teams", units=2, volume_drift=0.04, quality_drift=-0.04
    ),
}
EFFECTS: Mapping[str, World] = {
    "strong": World("beta -1.5, every team pushes by 42%", conflict=True, answer=-1.5, push=0.35),
    "strong_26": replace(
        World("the same over 26 blocks of time", conflict=True, answer=-1.5, push=0.35), blocks=29
    ),
    "strong_trends": World(
        "strong, under trends, mix and season",
        conflict=True,
        answer=-1.5,
        push=0.35,
        volume_drift=0.02,
        quality_drift=-0.02,
        mix=0.03,
        swing=0.15,
    ),
    "strong_12": World(
        "strong, twelve teams of 50 leads",
        conflict=True,
        answer=-1.5,
        push=0.35,
        units=12,
        leads=50,
    ),
    "strong_half": World(
        "strong, half of the teams push", conflict=True, answer=-1.5, push=0.35, pushers=0.5
    ),
    "strong_3": World("strong, three teams", conflict=True, answer=-1.5, push=0.35, units=3),
    "strong_few": World(
        "strong, 50 leads a team and block", conflict=True, answer=-1.5, push=0.35, leads=50
    ),
    "dilution": World(
        "beta -0.6 (dilution), every team pushes by 42%", conflict=True, answer=-0.6, push=0.35
    ),
}


@dataclass(frozen=True)
class Journeys:
    """One row a journey: its team and kind, and the day of entry into each stage, `NEVER` if it never got there."""

    team: np.ndarray
    small: np.ndarray
    days: tuple[np.ndarray, ...]
    until: int


def simulate(world: World, *, seed: int) -> Journeys:
    """The journeys of one world, as far as they have come by its last day."""
    rng = np.random.default_rng(seed)
    u, b = world.units, world.blocks
    at = np.arange(b)
    own = rng.normal(0, world.unit_drift, (2, u, 1))
    walk = np.cumsum(rng.normal(0, world.wander, (2, u, b)), axis=2)
    season = world.swing * np.sin(2 * np.pi * at / 13)
    begins = rng.integers(b // 3, b // 3 + 7, u)[:, None]
    pushes = (np.arange(u) < round(world.pushers * u))[:, None] & (at >= begins)
    chosen = rng.normal(0, world.policy, (u, b)) + world.push * pushes
    meet = (
        rng.normal(0, 0.2, (u, 1)) + (world.volume_drift + own[0]) * at + walk[0] + season + chosen
    )
    win = rng.normal(0, 0.2, (u, 1)) + (world.quality_drift + own[1]) * at + walk[1] - season
    win = win + rng.normal(0, 0.05, (1, b)) + world.answer * chosen
    small = np.clip(0.3 + world.mix * at * rng.uniform(0.3, 1.7, (u, 1)), 0, 0.95)
    n = rng.poisson(world.leads * (1 + world.growth) ** at, (u, b)).ravel()
    team, block = np.repeat(np.arange(u), b).repeat(n), np.tile(at, u).repeat(n)
    size = team.size
    is_small = rng.random(size) < small[team, block]
    lead = START + block * BLOCK + rng.integers(0, BLOCK, size)
    p = 0.35 * np.exp(meet[team, block] + np.where(is_small, 0.35, -0.15))
    met = rng.random(size) < np.clip(p, 0, 0.95)
    meeting = lead + np.minimum(rng.geometric(1 / 6, size), 28)
    q = 0.3 * np.exp(win[team, block] + np.where(is_small, -0.7, 0.2))
    bought = met & (rng.random(size) < np.clip(q, 0, 0.95))
    won = meeting + np.minimum(rng.geometric(1 / (8 * world.slow ** (block / b))), 56)
    uses = bought & (rng.random(size) < 0.7)
    active = won + np.minimum(rng.geometric(1 / 8, size), 28)
    until = START + b * BLOCK - 1
    days = ((True, lead), (met, meeting), (bought, won), (uses, active))
    seen = tuple(np.where(who & (day <= until), day, NEVER) for who, day in days)
    return Journeys(team, is_small, seen, until)


def make_history(journeys: Journeys, *, model: RevenueModel) -> History:
    """The same as tables of a history."""
    number = np.arange(1, journeys.team.size + 1)
    parts = []
    for stage, day in enumerate(journeys.days, start=1):
        seen = day != NEVER
        parts.append(
            (number[seen], np.full(int(seen.sum()), stage), day[seen], journeys.team[seen] + 1)
        )
    j, stage, day, owner = (
        np.concatenate([part[i] for part in parts]).astype(np.int64) for i in range(4)
    )
    ones = np.ones(j.size, np.int64)
    columns = {name: np.zeros(j.size, np.int64) for name in ENTRIES}
    columns |= {
        "journey": j,
        "seq": np.arange(1, j.size + 1),
        "track": ones,
        "stage": stage,
        "at_us": day * DAY + stage * 3_600_000_000,
    }
    columns |= {"day": day, "month": _months(day), "owner": owner, "prec": ones}
    connection = duckdb.connect()
    engine = DuckDBEngine(connection)
    for table, schema in (
        ("entries", ENTRIES),
        ("attributes", ATTRIBUTES),
        ("revenue", REVENUE),
        ("names", NAMES),
    ):
        connection.execute(
            f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in schema.items())})"
        )
    engine.load("entries", columns)
    values = np.where(journeys.small, 2, 1)
    engine.load(
        "attributes", {"journey": number, "attribute": np.ones_like(number), "value": values}
    )
    names = [("attribute", 1, "segment"), ("value", 1, "large"), ("value", 2, "small")]
    names += [("owner", i + 1, f"Team {i + 1}") for i in range(int(journeys.team.max()) + 1)]
    connection.executemany("INSERT INTO names VALUES (?, ?, ?)", names)
    derive(engine, model=model, attributes=[1])
    return open_history(engine, model=model, as_of=(journeys.until + 1) * DAY - 1)


def _months(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def count_directly(journeys: Journeys) -> list[Counted]:
    """The panels of the three pairs without a database in between, as `count_pairs` makes them (a test compares the two)."""
    teams = {i + 1: f"Team {i + 1}" for i in range(int(journeys.team.max()) + 1)}
    found = []
    for pair, start in ((PAIRS[0], None), (PAIRS[1], 0), (PAIRS[2], 1)):
        volume = 0 if start is None else start + 1
        one = _counts(journeys, start, volume) if start is not None else None
        two = _counts(journeys, volume, volume + 1)
        legs = Legs(one, two, HORIZONS[start] if start is not None else 0, HORIZONS[volume])
        begin = journeys.days[volume if start is None else start]
        there = begin != NEVER
        middle, end = journeys.days[volume], journeys.days[volume + 1]
        on = there & (middle != NEVER) & (middle - begin <= (legs.horizon_1 if one else BLOCK))
        wins = (end != NEVER) & (end - middle <= legs.horizon_2)
        block = (begin + 3) // BLOCK
        given = _grouped(journeys, there, block, begin, x=there)
        passed = _grouped(journeys, on, block, middle, v=on, w=wins)
        found.append(count_cells(pair, given, passed, legs=legs, names=teams))
    return found


def _grouped(
    journeys: Journeys, rows: np.ndarray, block: np.ndarray, day: np.ndarray, **measures: np.ndarray
) -> dict[str, np.ndarray]:
    """Rows of journeys alike, as a database gives them."""
    first, teams = block[rows].min(), int(journeys.team.max()) + 1
    sizes = (int(block[rows].max() - first) + 1, teams, 2, int(day[rows].max()) - START + 1)
    flat = np.ravel_multi_index(
        (
            block[rows] - first,
            journeys.team[rows],
            journeys.small[rows].astype(int),
            day[rows] - START,
        ),
        sizes,
    )
    count = np.bincount(flat)
    there = np.flatnonzero(count)
    at = np.unravel_index(there, sizes)
    keys = {"block": at[0] + first, "unit": at[1] + 1, "value": at[2] + 1, "day": at[3] + START}
    sums = {
        name: np.bincount(flat, column[rows])[there].astype(np.int64)
        for name, column in measures.items()
    }
    return keys | sums


def _counts(journeys: Journeys, start: int, stop: int) -> StepCounts:
    begin, end = journeys.days[start], journeys.days[stop]
    there = begin != NEVER
    begin, end = begin[there], end[there]
    arrived = end != NEVER
    lag = np.where(arrived, end, journeys.until) - begin
    sizes = (journeys.until - START + 1, int(lag.max()) + 1, 2)
    count = np.bincount(np.ravel_multi_index((begin - START, lag, arrived.astype(int)), sizes))
    there = np.flatnonzero(count)
    day, lag, cause = (part.astype(np.int64) for part in np.unravel_index(there, sizes))
    zeros = np.zeros(there.size, np.int64)
    return StepCounts(
        step=Step("new", STAGES[start], STAGES[stop]), entered=day + START, day=day + START, month=zeros, lag=lag,
        cause=cause, recycled=zeros, inferred=zeros, value=zeros, count=count[there], until=journeys.until,
        clean_from=-(10**9),
    )  # fmt: skip


def score(
    world: World, *, runs: int, first_seed: int, model: RevenueModel | None
) -> tuple[int, Counter[str], Counter[str]]:
    """How many histories raised an alarm, its kinds, and all that was said of the pair IS > FS.

    With a `model` by `watch_conflicts` on a history, else by the same functions without the database.
    """
    alarms, kinds, said = 0, Counter(), Counter()
    for seed in range(first_seed, first_seed + runs):
        journeys = simulate(world, seed=seed)
        if model is None:
            judged = judge_panels(
                [counted.panel for counted in count_directly(journeys) if counted.panel is not None]
            )
            of_pair = judged[1]
        else:
            verdicts = watch_conflicts(make_history(journeys, model=model), track="new").verdicts
            judged = tuple(verdict.judgement for verdict in verdicts)
            of_pair = next(v.judgement for v in verdicts if v.pair == PAIRS[1])
        raised = [of_pair] if world.conflict else judged
        alarms += any(j.alarm for j in raised)
        kinds.update(j.kind for j in raised if j.alarm)
        said[of_pair.kind] += 1
    return alarms, kinds, said


def peek(world: World, *, runs: int, first_seed: int) -> int:
    """In how many histories there was an alarm at any of the looks, one a block as time went by."""
    alarms = 0
    for seed in range(first_seed, first_seed + runs):
        journeys = simulate(world, seed=seed)
        for stop in range(11, world.blocks + 1):
            until = START + stop * BLOCK - 1
            days = tuple(np.where(day <= until, day, NEVER) for day in journeys.days)
            there = days[0] != NEVER
            seen = Journeys(
                journeys.team[there], journeys.small[there], tuple(d[there] for d in days), until
            )
            panels = [c.panel for c in count_directly(seen) if c.panel is not None]
            if any(j.alarm for j in judge_panels(panels)):
                alarms += 1
                break
    return alarms


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--runs", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--worlds", default="", help="names, with commas; all if left out")
    arguments.add_argument(
        "--history", action="store_true", help="through the database and watch_conflicts"
    )
    arguments.add_argument(
        "--peek", action="store_true", help="only false alarms, looked at after every block"
    )
    asked = arguments.parse_args()
    model = parse_model(MODEL, name="relay.toml") if asked.history else None
    only = set(asked.worlds.split(",")) - {""}
    first_seed = asked.seed * 100_000
    groups = [("False alarms (any of three pairs)", NULLS), ("Power (the pair IS, FS)", EFFECTS)]
    for title, worlds in groups[: 1 if asked.peek else 2]:
        print(
            f"\n{title}\n\n| world | alarms of {asked.runs} | share | 95% | kinds | CPU s each |\n| --- | ---: | ---: | --- | --- | ---: |"
        )
        for name, world in worlds.items():
            if only and name not in only:
                continue
            before = time.process_time()
            if asked.peek:
                alarms, kinds, said = (
                    peek(world, runs=asked.runs, first_seed=first_seed),
                    Counter(),
                    Counter(),
                )
            else:
                alarms, kinds, said = score(
                    world, runs=asked.runs, first_seed=first_seed, model=model
                )
            seconds = (time.process_time() - before) / asked.runs
            lo, hi = wilson(successes=alarms, n=asked.runs)
            told = ", ".join(
                f"{kind} {n}" for kind, n in (kinds if world.conflict else said).most_common()
            )
            print(
                f"| `{name}`: {world.says} | {alarms} | {alarms / asked.runs:.3f} | {lo:.3f}-{hi:.3f} | {told} | {seconds:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
