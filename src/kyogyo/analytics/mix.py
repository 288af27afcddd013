"""Which kinds of journeys come: what each kind is worth beside the average, and how the mix changed.

A rate over everybody falls when other people come, though each kind goes on as often as before (Simpson's trap). So
kinds are told apart first: a step is held against what its mix would bring, and the mix is a node of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.events import OF_WORK
from kyogyo.analytics.sql import ROWS, Question, case, emit, emit_union, total
from kyogyo.analytics.step_weeks import WEEK, StepWeeks, grown
from kyogyo.analytics.steps import ENOUGH_AT_RISK

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MOST_VALUES, _MOST_ATTRIBUTES = 12, 2
_LEAST_SHARE = 0.01
_KNOWN, _SAME_KNOWN = 0.6, 0.15
_ENOUGH = 150


@dataclass(frozen=True)
class Mix:
    """Kinds of journeys by the attributes that tell them apart, at most two.

    `weights` by step code: what the mix of each week would bring beside the average; `worth` and `noise`: the log of
    what a journey of each week is worth by its kinds, and the variance of that. `shares` of value by (attribute, value); `kinds` by step: of each of those, by week, how many
    have gone on and how many mature entries they are of.
    """

    attributes: tuple[str, ...]
    weights: Mapping[str, Floats] = field(default_factory=dict)
    worth: Floats = field(default_factory=lambda: np.empty(0))
    noise: Floats = field(default_factory=lambda: np.empty(0))
    shares: Mapping[tuple[str, int], float] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[tuple[str, int], tuple[Floats, Floats]]] = field(
        default_factory=dict
    )


def usable_attributes(funnel: Funnel) -> tuple[str, ...]:
    """Attributes with a few values, known of most journeys, and no oftener of those who went on than of the others."""
    history = funnel.history
    if not funnel.steps:
        return ()
    codes = list(funnel.steps)
    i = history.stage_code(codes[0].split(">")[0])
    j = history.stage_code(codes[len(codes) // 2].split(">")[1])
    found = []
    for name, code in history.attributes.items():
        if name in OF_WORK:
            continue
        columns = history.engine.integers(
            emit(
                Question(
                    source="journeys",
                    keys=(("value", f"a_{code}"), ("went", case((f"r_{j} > 0", 1), otherwise=0))),
                    measures=(("n", ROWS),),
                    where=(f"track = {history.track_code(funnel.track)}", f"r_{i} > 0"),
                )
            )
        )
        if _is_usable(columns["value"], columns["went"], columns["n"]):
            found.append(name)
    return tuple(found)


def _is_usable(value: Ints, went: Ints, n: Ints) -> bool:
    every = n.sum()
    if not every:
        return False
    if n[value > 0].sum() < _KNOWN * every:
        return False
    known = [
        n[(went == flag) & (value > 0)].sum() / n[went == flag].sum()
        for flag in (0, 1)
        if n[went == flag].sum() >= ENOUGH_AT_RISK
    ]
    if len(known) == 2 and abs(known[0] - known[1]) > _SAME_KNOWN:
        return False
    values = np.unique(value[value > 0])
    sizes = np.array([n[value == v].sum() for v in values])
    return bool(2 <= (sizes >= _LEAST_SHARE * every).sum() <= _MOST_VALUES)


@dataclass(frozen=True)
class _Cells:
    """Entries by step, week and values of the attributes; `went` on so far, `money` won in the end."""

    step: Ints
    week: Ints
    values: tuple[Ints, ...]
    n: Ints
    went: Ints
    won: Ints
    money: Ints


def find_mix(funnel: Funnel, *, weeks: Mapping[str, StepWeeks], value_stage: str | None) -> Mix:
    """The kinds of journeys of a track, and what their mix was worth week by week."""
    usable = usable_attributes(funnel)
    if not usable or not weeks or value_stage is None:
        return Mix(())
    cells = _count(funnel, usable, weeks=weeks, value_stage=value_stage)
    spreads = {}
    for place, name in enumerate(usable):
        _, spread = _worth(cells, place)
        if spread > 0:
            spreads[name] = spread
    kept = sorted(spreads, key=lambda name: -spreads[name])[:_MOST_ATTRIBUTES]
    if not kept:
        return Mix(())
    places = [usable.index(name) for name in kept]
    weights = {
        code: _weights(cells, number, places, step)
        for number, (code, step) in enumerate(weeks.items())
    }
    first = next(iter(weeks.values()))
    worth, noise = _worth_by_week(cells, places, first)
    shares = {(usable[p], v): share for p in places for v, share in _value_shares(cells, p).items()}
    kinds = {
        code: _by_kind(cells, number, step, shares=shares, usable=usable)
        for number, (code, step) in enumerate(weeks.items())
    }
    return Mix(tuple(kept), weights, worth, noise, shares, kinds)


def _by_kind(
    cells: _Cells,
    number: int,
    step: StepWeeks,
    *,
    shares: Mapping[tuple[str, int], float],
    usable: tuple[str, ...],
) -> dict[tuple[str, int], tuple[Floats, Floats]]:
    mine = (cells.step == number) & (cells.week >= 0) & (cells.week < step.weeks)
    found = {}
    for name, value in shares:
        rows = mine & (cells.values[usable.index(name)] == value)
        week = cells.week[rows]
        went = np.bincount(week, cells.went[rows].astype(float), minlength=step.weeks)
        came = np.bincount(week, cells.n[rows].astype(float), minlength=step.weeks)
        found[name, value] = (
            np.asarray(went, float),
            np.asarray(came * grown(step.pace, step.ages), float),
        )
    return found


def _count(
    funnel: Funnel, attributes: tuple[str, ...], *, weeks: Mapping[str, StepWeeks], value_stage: str
) -> _Cells:
    history = funnel.history
    k = history.stage_code(value_stage)
    questions = []
    for number, (code, step) in enumerate(weeks.items()):
        i, j = (history.stage_code(stage) for stage in code.split(">"))
        start = int(step.starts[0])
        questions.append(
            Question(
                source="journeys",
                keys=(
                    ("step", str(number)),
                    ("day", f"d_{i} - {start}"),
                    *((f"v{p}", f"a_{history.attributes[a]}") for p, a in enumerate(attributes)),
                ),
                measures=(
                    ("n", ROWS),
                    ("went", total(case((f"r_{j} > 0", 1), otherwise=0))),
                    ("won", total(case((f"r_{k} > 0", 1), otherwise=0))),
                    ("money", total(case((f"r_{k} > 0", "won_amount"), otherwise=0))),
                ),
                where=(
                    f"track = {history.track_code(funnel.track)}",
                    f"r_{i} > 0",
                    "recycled = 0",
                    f"d_{i} >= {start}",
                    f"d_{i} < {int(step.starts[-1]) + WEEK}",
                ),
            )
        )
    c = history.engine.integers(emit_union(questions))
    return _Cells(c["step"], c["day"] // WEEK, tuple(c[f"v{p}"] for p in range(len(attributes))), c["n"], c["went"], c["won"], c["money"])  # fmt: skip


def _relative(
    value: Ints, events: Floats, exposures: Floats, *, noise: float
) -> tuple[dict[int, float], float]:
    """log of each value's rate beside the average, shrunk to it, and how much values differ beyond chance.

    `noise`: the variance that one event adds, times the events. Between-variance by DerSimonian & Laird (1986).
    """
    values, place = np.unique(value, return_inverse=True)
    a = np.bincount(place, events, minlength=values.size)
    e = np.bincount(place, exposures, minlength=values.size)
    rate = a.sum() / max(e.sum(), 1e-9)
    if rate <= 0:
        return {}, 0.0
    log = np.log((a + 0.5) / (np.maximum(e, 1e-9) * rate + 0.5))
    variance = noise / (np.maximum(e * rate, 0.0) + 0.5)
    weight = 1 / variance
    mean = (weight * log).sum() / weight.sum()
    q = (weight * (log - mean) ** 2).sum()
    between = (q - (values.size - 1)) / max(weight.sum() - (weight**2).sum() / weight.sum(), 1e-9)
    if between <= 0:
        return dict.fromkeys(values.tolist(), 0.0), 0.0
    shrunk = log * between / (between + variance)
    share = e / e.sum()
    spread = float((share * (shrunk - (share * shrunk).sum()) ** 2).sum())
    return dict(zip(values.tolist(), shrunk.tolist(), strict=True)), spread


def _worth(cells: _Cells, place: int) -> tuple[dict[int, float], float]:
    """What a journey is worth by one attribute, of those that entered the first step in the older half."""
    rows = (cells.step == 0) & (cells.week <= np.median(cells.week[cells.step == 0]))
    money = cells.money[rows].astype(float)
    if not money.sum():
        money = cells.won[rows].astype(float)
    wins = cells.won[rows].astype(float)
    if wins.sum() < 20:
        return {}, 0.0
    # Money of a win varies; so few wins are as good as half as many events.
    mean = money.sum() / wins.sum()
    return _relative(
        cells.values[place][rows], money / mean, cells.n[rows].astype(float), noise=2.0
    )


def _mapped(value: Ints, table: Mapping[int, float]) -> Floats:
    values, place = np.unique(value, return_inverse=True)
    return np.asarray([table.get(v, 0.0) for v in values.tolist()])[place]


def _weights(cells: _Cells, number: int, places: list[int], step: StepWeeks) -> Floats:
    rows = (cells.step == number) & (cells.week >= 0) & (cells.week < step.weeks)
    if not rows.any():
        return np.ones(step.weeks)
    week, n = cells.week[rows], cells.n[rows].astype(float)
    exposures = n * grown(step.pace, step.ages)[week]
    log = np.zeros(n.size)
    for p in places:
        table, _ = _relative(
            cells.values[p][rows], cells.went[rows].astype(float), exposures, noise=1.0
        )
        log = log + _mapped(cells.values[p][rows], table)
    likely = np.exp(log)
    likely = likely / np.average(likely, weights=n)
    came = np.bincount(week, n, minlength=step.weeks)
    brings = np.bincount(week, n * likely, minlength=step.weeks)
    return np.asarray(np.where(came > 0, brings / np.maximum(came, 1e-9), 1.0))


def _worth_by_week(cells: _Cells, places: list[int], first: StepWeeks) -> tuple[Floats, Floats]:
    rows = (cells.step == 0) & (cells.week >= 0) & (cells.week < first.weeks)
    week, n = cells.week[rows], cells.n[rows].astype(float)
    log = np.zeros(n.size)
    for p in places:
        table, _ = _worth(cells, p)
        log = log + _mapped(cells.values[p][rows], table)
    worth = np.exp(log)
    came = np.bincount(week, n, minlength=first.weeks)
    mean = np.bincount(week, n * worth, minlength=first.weeks) / np.maximum(came, 1e-9)
    every = np.average(worth, weights=n)
    spread = np.average((worth - every) ** 2, weights=n) / every**2
    variance = np.where(came > 0, spread / np.maximum(came, 1e-9), np.inf)
    return np.log(np.maximum(mean, 1e-9) / every), variance


def _value_shares(cells: _Cells, place: int) -> dict[int, float]:
    """Each value's share of what is won, for values with enough entries."""
    rows = cells.step == 0
    value, n = cells.values[place][rows], cells.n[rows]
    money = cells.money[rows] if cells.money[rows].sum() else cells.won[rows]
    whole = max(float(money.sum()), 1e-9)
    return {
        int(v): float(money[value == v].sum()) / whole
        for v in np.unique(value)
        if v > 0 and n[value == v].sum() >= _ENOUGH
    }
