"""What restoring a node would bring a month: every draw of what happened, carried through the stream.

The stream is projected as it runs now, and again with one node as it was. More journeys into a queue that is full
bring next to nothing: what comes in on top waits, and leaves. So a node is worth what its gap lets through to the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from kyogyo.analytics.level_shift import LevelShift
from kyogyo.analytics.nodes import DRAWS, Node, Past, all_over_first
from kyogyo.analytics.step_shift import WANDER

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.money import WinValues
    from kyogyo.analytics.step_shift import StepShift
    from kyogyo.analytics.step_weeks import Floats

MONTH_DAYS = 365.25 / 12
_LO, _HI = 0.05, 0.95
_BOOTSTRAP_CAP = 3_000
# Of what comes on top into a queue that is full.
_THROUGH_FULL, _MAYBE_FULL = 0.05, 0.3
_WINDOW_WEEKS = 12
_FEW_WINS, _YEAR, _HALF_YEAR = 60, 365, 182
_COOLING = 0.02
_MONTHS_OF_WORTH = 12


@dataclass(frozen=True)
class Valued:
    """A node with what restoring it would bring a month, one value a draw; `draws` None = can't be valued.

    `mid` is the median, `lo` and `hi` hold 90 %. `p_top` is the chance that no other node would bring more; `p_gain` that it
    would bring anything; `sure`, that the gap is beyond chance and worth naming.
    """

    node: Node
    draws: np.ndarray | None
    mid: float | None = None
    lo: float | None = None
    hi: float | None = None
    p_top: float | None = None
    sure: bool = False
    mean: float | None = None
    p_gain: float | None = None


@dataclass(frozen=True)
class Projection:
    """The stream as it runs now, in draws: what it brings a month, and what scales it.

    `revenue` a month at present rates, None where no chain of rates leads to a win; `arrivals` first entries a month; `rates` by step, all
    attempts together; `chain` the steps up to where value is counted; `worth` of a win; `unit` 'wins' without any amounts.
    `apart` by step: the log of how much its levels now and before differ for no reason that has an end.
    """

    arrivals: Floats
    rates: Mapping[str, Floats]
    chain: tuple[str, ...]
    after: tuple[str, ...]
    worth: Floats
    revenue: Floats | None
    unit: Literal["money", "wins"]
    margin: float
    by_revenue: bool
    ceilings: Mapping[str, float] = field(default_factory=dict)
    apart: Mapping[str, Floats] = field(default_factory=dict)


def project(
    funnel: Funnel,
    past: Past,
    *,
    values: WinValues,
    value_stage: str | None,
    rng: np.random.Generator,
    staff: Mapping[str, float] | None = None,
) -> Projection:
    """The stream as it runs now. `staff`: journeys a month that a department's people can take up, where known."""
    steps = list(funnel.steps)
    places = [step.split(">")[0] for step in steps] + ([steps[-1].split(">")[1]] if steps else [])
    target = places.index(value_stage) if value_stage in places else None
    chain = tuple(steps[:target]) if target is not None else ()
    arrivals = _arrivals(funnel, rng)
    rates = {
        code: np.minimum(shift.rate_now * all_over_first(funnel, code, past.weeks[code]), 1.0)
        for code, shift in past.shifts.items()
    }
    margin = funnel.history.model.bottleneck.gross_margin or 1.0
    worth = _worth(values, past.prices, rng) * margin if values.n else np.ones(DRAWS)
    revenue = None
    if chain and all(code in rates for code in chain):
        revenue = arrivals * worth * _to_come([rates[code] for code in chain], rng)
        for code in chain:
            revenue = revenue * rates[code]
    return Projection(
        arrivals=arrivals,
        rates=rates,
        chain=chain,
        after=tuple(steps[target:]) if target is not None else (),
        worth=worth,
        revenue=revenue,
        unit="money" if values.n else "wins",
        margin=margin,
        by_revenue=values.months > 0,
        ceilings={
            code: staff[served_by(funnel, code)]
            for code in chain
            if staff and hands_over(funnel, code) and served_by(funnel, code) in staff
        },
        apart={code: rng.normal(0.0, WANDER * np.sqrt(2), DRAWS) for code in past.shifts},
    )


def _to_come(rates: list[Floats], rng: np.random.Generator) -> Floats:
    """By what the months that come differ from the last ones: demand and each rate wander, each for itself.

    What a gain a month will be is asked, and that isn't known better than what it is a share of. Of n that all go on
    none more can.
    """
    sizes = [WANDER, *(WANDER * min(1.0, 2 * (1 - float(np.median(rate)))) for rate in rates)]
    return np.asarray(np.exp(rng.normal(0.0, np.linalg.norm(sizes), DRAWS)))


def hands_over(funnel: Funnel, code: str) -> bool:
    """Whether a step leads from one department to another."""
    start, stop = (funnel.history.model.stage(stage) for stage in code.split(">"))
    return start.department != stop.department


def served_by(funnel: Funnel, code: str) -> str:
    """The department whose people a queue before a step waits for."""
    return funnel.history.model.stage(code.split(">")[1]).department


def _arrivals(funnel: Funnel, rng: np.random.Generator) -> Floats:
    """Entries into the first stage a month, of the last weeks, all attempts together."""
    if not funnel.steps:
        return np.zeros(DRAWS)
    counts = next(iter(funnel.steps.values()))
    if not counts.n:
        return np.zeros(DRAWS)
    last = min(funnel.history.as_of_day, int(counts.entered.max()))
    days = min(7 * _WINDOW_WEEKS, last - int(counts.entered.min()) + 1)
    n = float(counts.count[(counts.entered > last - days) & (counts.entered <= last)].sum())
    return np.asarray(rng.gamma(n + 0.5, 1.0, DRAWS) / days * MONTH_DAYS)


def _worth(values: WinValues, prices: LevelShift | None, rng: np.random.Generator) -> Floats:
    """The mean value of a win now, in draws: of half a year of wins where they are enough, those before a change put right."""
    last = int(values.day.max())
    recent = values.since(last - _HALF_YEAR)
    if recent.n < _FEW_WINS:
        recent = values.since(last - _YEAR)
    each = np.repeat(recent.value, recent.count).astype(float)
    mean = _mean_draws(each, rng)
    if prices is None:
        return mean
    days = np.repeat(recent.day, recent.count)
    since = last - 7 * (int(np.ceil((last - int(values.day.min()) + 1) / 7)) - prices.at) + 1
    before = float(each[days < since].sum()) / max(float(each.sum()), 1e-9)
    return np.asarray(mean * (1 - before + before * np.exp(prices.log_ratio)))


def _mean_draws(each: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bayesian bootstrap of a mean: no shape is assumed, so a few large deals show up as width."""
    if each.size > _BOOTSTRAP_CAP:
        # With that many the mean is normal; its spread keeps the heavy tail.
        return np.maximum(
            rng.normal(each.mean(), each.std(ddof=1) / np.sqrt(each.size), DRAWS), 0.0
        )
    sums, tops = np.zeros(DRAWS), np.zeros(DRAWS)
    for start in range(0, each.size, 500):
        weights = rng.standard_exponential((DRAWS, each[start : start + 500].size))
        sums += weights.sum(axis=1)
        tops += weights @ each[start : start + 500]
    return np.asarray(tops / sums)


def gain_of(node: Node, past: Past, stream: Projection, *, fraction: float = 1.0) -> Floats | None:
    """What closing `fraction` (0 to 1) of a node's gap would bring a month, by draw; None where it can't be said."""
    if stream.revenue is None:
        return None
    if node.kind in {"churn", "expansion"}:
        return _gain_of_customers(node, past, stream, fraction)
    if node.kind in {"volume", "mix", "value"}:
        shift = {"volume": past.volume, "mix": past.mixed, "value": past.prices}[node.kind]
        if shift is None:
            return None
        more = np.exp(-shift.log_ratio) - 1
        start = {"volume": 0, "mix": 1, "value": len(stream.chain)}[node.kind]
        return stream.revenue * _carried(past, stream, start=start, more=fraction * more)
    shift_of_step = past.shifts.get(node.step)
    if shift_of_step is None:
        return None
    more = _more_from_step(node, past, stream, shift_of_step)
    if node.step in stream.chain:
        start = stream.chain.index(node.step) + 1
        return stream.revenue * _carried(past, stream, start=start, more=fraction * more)
    if node.step in stream.after and stream.by_revenue:
        return np.asarray(stream.revenue * fraction * more)
    return None


def _more_from_step(node: Node, past: Past, stream: Projection, shift: StepShift) -> Floats:
    """By how much more journeys would leave a step, were this node of it as it was."""
    if node.target is not None and node.kind == "conversion":
        return np.asarray(node.target / np.maximum(stream.rates[node.step], 1e-6) - 1)
    ratio = shift.ratio * np.exp(stream.apart.get(node.step, np.zeros(DRAWS)))
    missing = 1 / ratio - 1
    if node.kind == "conversion":
        own = np.where(shift.is_("rate"), missing, 0.0)
        both = np.exp(-_COOLING * np.minimum(shift.days, 35.0))
        own = np.where(shift.is_("rate_and_pace"), both / ratio - 1, own)
        return np.asarray(own)
    kind: Literal["wait", "pace"] = "wait" if node.kind == "capacity" else "pace"
    found = np.where(shift.is_(kind), missing, 0.0)
    if kind == "pace":
        cooled = np.exp(_COOLING * np.clip(shift.days, -35.0, 35.0)) - 1
        found = np.where(shift.is_("rate_and_pace"), cooled, found)
    following = _following(past, node.step)
    if following is not None:
        later = past.shifts[following]
        mine = shift.is_(kind) & later.is_("cooled")
        found = np.where(mine, (1 + found) / later.ratio - 1, found)
    return np.asarray(found)


def _following(past: Past, code: str) -> str | None:
    stage = code.split(">")[1]
    return next((step for step in past.shifts if step.split(">")[0] == stage), None)


def _carried(past: Past, stream: Projection, *, start: int, more: Floats) -> Floats:
    """What is left at the end of `more` (a share) coming into the step at place `start`."""
    for place, code in enumerate(stream.chain):
        if place < start:
            continue
        shift = past.shifts[code]
        # A queue that probably isn't there holds up nothing.
        if shift.likely["wait"] >= _MAYBE_FULL:
            full = shift.is_("wait") & (more > 0)
            more = np.where(full, more * _THROUGH_FULL, more)
        if code in stream.ceilings:
            room = stream.ceilings[code] / np.maximum(_comes_to(stream, place), 1e-9) - 1
            more = np.minimum(more, np.maximum(room, _THROUGH_FULL * more))
    return np.asarray(more)


def _comes_to(stream: Projection, place: int) -> Floats:
    """Journeys a month that come to the step at a place, as things are."""
    flow = stream.arrivals
    for code in stream.chain[:place]:
        flow = flow * stream.rates[code]
    return flow


def _gain_of_customers(
    node: Node, past: Past, stream: Projection, fraction: float
) -> Floats | None:
    """What a month with the usual churn, or the usual growth of customers, brings within a year."""
    months, shift = past.customers, past.churn if node.kind == "churn" else past.expansion
    if months is None or shift is None:
        return None
    events = months.left if node.kind == "churn" else months.grew
    n = months.periods
    upto = np.concatenate([[0.0], np.cumsum(events)])
    at_risk = np.concatenate([[0.0], np.cumsum(months.accounts)])
    week = np.minimum(shift.week, n)
    ratio = np.exp(shift.log_ratio)
    total = at_risk[week] + ratio * (at_risk[n] - at_risk[week])
    usual = np.asarray(upto[n] / np.maximum(total, 1e-9))
    now = usual * ratio
    kept = (1 - np.minimum(usual if node.kind == "churn" else _churn_now(past), 1.0))[:, None]
    periods = max(1, round(_MONTHS_OF_WORTH / months.months))
    worth = (kept ** np.arange(periods)[None, :]).sum(axis=1)
    mean = months.paid.sum() / max(months.accounts.sum(), 1e-9)
    amount = months.left_paid if node.kind == "churn" else months.grew_by
    # Who leaves may pay less than others; how much more who grows pays is what it is.
    share = (amount.sum() / max(events.sum(), 1e-9)) / max(mean, 1e-9)
    gap = (now - usual) if node.kind == "churn" else (usual - now)
    return np.asarray(
        fraction * gap * share * months.paying * worth / months.months * stream.margin
    )


def _churn_now(past: Past) -> Floats:
    months = past.customers
    if months is None:
        return np.zeros(DRAWS)
    return np.full(DRAWS, months.left.sum() / max(months.accounts.sum(), 1e-9))


def value_gap(node: Node, past: Past, stream: Projection) -> Valued:
    """A node with what restoring it wholly would bring."""
    if node.status != "ok":
        return Valued(node, None)
    gain = gain_of(node, past, stream)
    if gain is None:
        return Valued(replace(node, status="refused", why="not_valued"), None)
    lo, mid, hi = np.quantile(gain, [_LO, 0.5, _HI])
    return Valued(
        node,
        gain,
        mid=float(mid),
        lo=float(lo),
        hi=float(hi),
        mean=float(gain.mean()),
        p_gain=float(np.mean(gain > 0)),
    )
