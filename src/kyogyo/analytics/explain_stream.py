"""Beside the ranking: what moved, where journeys wait, which kinds and which journeys carry it.

What moved and what is worth mending are two questions, and differ where a queue is full: then more leads move nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.decompose import lmdi
from kyogyo.analytics.intervals import benjamini_hochberg
from kyogyo.analytics.mix import usable_attributes
from kyogyo.analytics.nodes import Node, Past
from kyogyo.analytics.step_weeks import WEEK
from kyogyo.analytics.steps import ADVANCED, StepCounts, count_steps, incidence
from kyogyo.analytics.stock import flows
from kyogyo.analytics.survival import maturity

if TYPE_CHECKING:
    from kyogyo.analytics.bottleneck import Bottleneck
    from kyogyo.analytics.funnel import Funnel

_FALSE_SHARE = 0.1
_SMALL = 20
_BACKLOG_DAYS = 28
_MOST_JOURNEYS = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """What one factor did to the money of a month (minor units) between two stretches; all of them add up to the change.

    `kind` and `step` as of a node; `before` and `now` the factor's levels.
    """

    kind: str
    step: str
    before: float
    now: float
    effect: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """One step's times and stock: mean days to the next stage as usual and now, journeys in its first stage then and now,
    and what came and went there a week lately."""

    step: str
    days_usual: float
    days_now: float
    stock_before: float
    stock_now: float
    came_a_week: float
    went_a_week: float


@dataclass(frozen=True, slots=True)
class KindMoved:
    """How one kind of journeys went on before and now, at a step; `q` is the share of false ones to expect among kinds
    called changed at this q (Benjamini & Hochberg 1995), over all kinds looked at."""

    attribute: str
    value: int
    before: float
    before_n: float
    now: float
    now_n: float
    share_of_change: float
    q: float

    @property
    def changed(self) -> bool:
        return self.q <= _FALSE_SHARE


def what_moved(bottleneck: Bottleneck) -> tuple[Moved, ...]:
    """LMDI of the money of a month, from the reference of the nodes to now: demand, every rate, the value of a win.

    Exact: the effects add up to the change. The levels are those that the nodes are shown with, matured.
    """
    stream = bottleneck.stream
    if stream is None or stream.revenue is None:
        return ()
    keys = [("volume", None), *(("conversion", code) for code in stream.chain), ("value", None)]
    factors: list[tuple[Node, float, float]] = []
    for kind, step in keys:
        node = next(
            (
                v.node
                for v in bottleneck.ranked
                if v.node.kind == kind and step in (None, v.node.step)
            ),
            None,
        )
        past = _reference_in_past(node)
        if node is None or node.now is None or past is None:
            if kind == "value":
                continue  # without amounts the wins are decomposed
            return ()
        factors.append((node, past, node.now.rate))
    before, after = (np.array([[f[i] for f in factors]]) for i in (1, 2))
    # From what passes a week to what passes a month.
    months = 365.25 / 12 / WEEK
    effects = lmdi(before=before, after=after).effects * months
    return tuple(
        Moved(node.kind, node.step, past, now, float(effect))
        for (node, past, now), effect in zip(factors, effects, strict=True)
    )


def _reference_in_past(node: Node | None) -> float | None:
    return None if node is None or node.reference is None else node.reference.rate


def where_they_wait(funnel: Funnel, past: Past) -> tuple[Waiting, ...]:
    """Times and stock of every step that can be looked at, in the order of the stream."""
    found = []
    stock = flows(funnel.history, track=funnel.track)
    for code, shift in past.shifts.items():
        weeks = past.weeks[code]
        flow = stock.get(code.split(">")[0])
        if flow is None:
            continue
        slow = shift.is_("pace", "wait", "rate_and_pace")
        more = float(np.median(shift.days[slow])) if slow.mean() >= 0.5 else 0.0
        balance, recent = flow.balance, min(_BACKLOG_DAYS, flow.arrivals.size)
        since = (
            max(int(weeks.starts[shift.at]) - flow.first, 1)
            if slow.mean() >= 0.5
            else balance.size - recent
        )
        earlier = balance[max(0, since - 182) : since]
        found.append(
            Waiting(
                step=code,
                days_usual=weeks.usual_days,
                days_now=weeks.usual_days + more,
                stock_before=float(earlier.mean()) if earlier.size else float("nan"),
                stock_now=float(balance[-7:].mean()),
                came_a_week=float(flow.arrivals[-recent:].sum()) / recent * WEEK,
                went_a_week=float(flow.departures[-recent:].sum()) / recent * WEEK,
            )
        )
    return tuple(found)


def kinds_that_moved(
    funnel: Funnel, *, node: Node, attributes: tuple[str, ...] | None = None
) -> tuple[KindMoved, ...]:
    """How each kind of journeys went on at the node's step before and now, those with most of the change first.

    Only kinds with enough journeys on both sides; false discoveries are held at a tenth over all of them together.
    """
    if node.now is None or node.reference is None or node.step not in funnel.steps:
        return ()
    step = funnel.steps[node.step].step
    rows: list[tuple[str, int, float, float, float, float]] = []
    for name in usable_attributes(funnel) if attributes is None else attributes:
        counts = count_steps(
            funnel.history, steps=(step,), by=name, clean_from=funnel.clean_from()
        )[node.step].clean()
        rows += [(name, *row) for row in _rates(counts, node)]
    if not rows:
        return ()
    p = np.array([_two_sided(*row[2:]) for row in rows])
    q = benjamini_hochberg(p=p)
    lost = sum(max((r0 - r1) * n1, 0.0) for _, _, r0, _, r1, n1 in rows) or 1.0
    found = [
        KindMoved(name, value, r0, n0, r1, n1, max((r0 - r1) * n1, 0.0) / lost, float(each))
        for (name, value, r0, n0, r1, n1), each in zip(rows, q, strict=True)
    ]
    by_attribute = {
        name: sum(k.share_of_change for k in found if k.attribute == name) or 1.0
        for name in {k.attribute for k in found}
    }
    found = [
        KindMoved(
            k.attribute,
            k.value,
            k.before,
            k.before_n,
            k.now,
            k.now_n,
            k.share_of_change / by_attribute[k.attribute],
            k.q,
        )
        for k in found
    ]
    return tuple(sorted(found, key=lambda k: -k.share_of_change))


def _rates(counts: StepCounts, node: Node) -> list[tuple[int, float, float, float, float]]:
    """By value: rate and mature-equivalent journeys before, and now."""
    assert node.now is not None and node.reference is not None  # noqa: S101, PT018 -- asked by the caller
    values, place = np.unique(counts.value, return_inverse=True)
    went = counts.cause == ADVANCED
    if not went.any():
        return []
    horizon = int(counts.lag[went].max())
    curve = incidence(counts)
    try:
        grown = np.nan_to_num(
            maturity(
                base_incidence=curve,
                horizon=min(horizon, int(curve.followed_to)),
                ages=np.maximum(counts.until - counts.day, 0),
            )
        )
    except ValueError:
        return []
    sides = []
    for level in (node.reference, node.now):
        inside = (counts.day >= level.start) & (counts.day < level.stop)
        n = np.bincount(place[inside], (counts.count * grown)[inside], minlength=values.size)
        k = np.bincount(place[inside & went], counts.count[inside & went], minlength=values.size)
        sides.append((n, k))
    (n0, k0), (n1, k1) = sides
    return [
        (
            int(values[i]),
            float(min(k0[i] / n0[i], 1.0)),
            float(n0[i]),
            float(min(k1[i] / n1[i], 1.0)),
            float(n1[i]),
        )
        for i in range(values.size)
        if values[i] > 0 and n0[i] >= _SMALL and n1[i] >= _SMALL
    ]


def _two_sided(r0: float, n0: float, r1: float, n1: float) -> float:
    """p of no difference between two shares, by the pooled score test on mature-equivalent counts."""
    from scipy.stats import norm  # noqa: PLC0415 -- slow import

    pooled = (r0 * n0 + r1 * n1) / (n0 + n1)
    spread = np.sqrt(max(pooled * (1 - pooled), 1e-12) * (1 / n0 + 1 / n1))
    return float(2 * norm.sf(abs(r0 - r1) / spread))


def journeys_that_carry(funnel: Funnel, *, node: Node) -> tuple[int, ...]:
    """Numbers of journeys to look at: those longest in the step's first stage since it changed, still there; newest none first.

    For the page to list; at most twenty.
    """
    if ">" not in node.step:
        return ()
    history = funnel.history
    stage = history.stage_code(node.step.split(">")[0])
    since = f" AND day >= {node.changed_on}" if node.changed_on is not None else ""
    found = history.engine.integers(
        f"SELECT journey, at_us FROM visits WHERE track = {history.track_code(funnel.track)} AND stage = {stage} "
        f"AND ended = 0{since} ORDER BY at_us, journey LIMIT {_MOST_JOURNEYS}"
    )
    return tuple(int(j) for j in found["journey"])
