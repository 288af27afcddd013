"""Which step holds revenue back: each node's gap to its reference, carried through to money per month.

In a stream every rate has the same elasticity, so the lowest rate says nothing. What counts is how far a node is from
what it has been (or was meant to be), times what passes there, times what is left of it further down, times the value of
a win. Every factor is uncertain; all are drawn together, and the answer is a median, an interval, and
the chance of being the largest. "None can be told apart" and "not enough history" are answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import Funnel, rate_of, step_label
from kyogyo.analytics.money import WinValues, win_values
from kyogyo.analytics.nodes import Level, Node, conversion_node, value_node, volume_node
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.tables import table
from kyogyo.words import Text, money, percent

AnswerStatus = Literal["named", "tie", "none_distinguishable", "not_enough_history"]

DRAWS = 4_000
_MONTH_DAYS = 365.25 / 12
# A gap worth less than this share of the revenue of a month isn't worth naming (statistics.md, 3).
_WORTH_NAMING = 0.03
_LO, _HI = 0.05, 0.95
_BOOTSTRAP_CAP = 3_000


@dataclass(frozen=True)
class Valued:
    """A node with what restoring it would bring a month, one value a draw; `draws` None = can't be valued."""

    node: Node
    draws: np.ndarray | None
    mid: float | None = None
    lo: float | None = None
    hi: float | None = None
    p_top: float | None = None


@dataclass(frozen=True)
class Bottleneck:
    """The answer. `ranked` has the valued nodes, dearest first, then those that couldn't be.

    `per_month` is the money the stream brings in a month at its present rates (minor units), None where
    wins have no known value; then gains are wins a month (`unit` 'wins').
    """

    status: AnswerStatus
    top: Valued | None
    ranked: tuple[Valued, ...]
    per_month: float | None
    unit: Literal["money", "wins"]
    result: Result


def find_bottleneck(funnel: Funnel, *, forbidden: tuple[Caveat, ...] = (), seed: int = 20_260_401) -> Bottleneck:
    """Rank the nodes of a track by what their gap costs a month.

    `forbidden` are caveats found in the data; one that forbids 'node:volume' or 'node:value' takes that node out.
    The same history and seed give the same answer.
    """
    history, rng = funnel.history, np.random.default_rng(seed)
    stage = history.model.value_stage(funnel.track)
    values = win_values(history, track=funnel.track)
    bans = {ban for caveat in forbidden for ban in caveat.forbids}
    nodes = _nodes(funnel, values=values, value_stage=stage.code if stage else None, bans=bans)
    drawn = _Drawn.of(funnel, nodes=nodes, values=values, value_stage=stage.code if stage else None, rng=rng)
    valued = [_valued(node, drawn) for node in nodes]
    ranked = _ranked(valued)
    status = _status(ranked, drawn)
    top = ranked[0] if status in {"named", "tie"} else None
    return Bottleneck(
        status=status,
        top=top,
        ranked=ranked,
        per_month=float(np.median(drawn.revenue)) if drawn.revenue is not None else None,
        unit=drawn.unit,
        result=_result(history, funnel, ranked, status, drawn),
    )


def _nodes(funnel: Funnel, *, values: WinValues, value_stage: str | None, bans: set[str]) -> list[Node]:
    if not funnel.steps:
        return []
    tests = len(funnel.steps) + 2
    nodes = [volume_node(funnel, tests=tests)]
    nodes += [conversion_node(funnel, step=step, tests=tests) for step in funnel.steps]
    if value_stage is not None:
        nodes.append(value_node(funnel, values=values, stage=value_stage, tests=tests))
    return [
        Node(kind=node.kind, step=node.step, status="refused", n=node.n, why="forbidden")
        if f"node:{node.kind}" in bans or f"node:{node.kind}:{node.step}" in bans
        else node
        for node in nodes
    ]


@dataclass(frozen=True)
class _Drawn:
    """Joint draws of what the gains are made of."""

    now: dict[str, np.ndarray]
    inflow: dict[str, float]
    later: dict[str, np.ndarray | None]
    value: np.ndarray | None
    revenue: np.ndarray | None
    unit: Literal["money", "wins"]
    rng: np.random.Generator

    @staticmethod
    def of(funnel: Funnel, *, nodes: list[Node], values: WinValues, value_stage: str | None, rng: np.random.Generator) -> _Drawn:
        now = {}
        for node in nodes:
            if node.kind == "conversion":
                rates = _rate_now(funnel, node, rng)
                if rates is not None:
                    now[node.step] = rates
        steps = list(funnel.steps)
        places = [step.split(">")[0] for step in steps] + ([steps[-1].split(">")[1]] if steps else [])
        target = places.index(value_stage) if value_stage in places else None
        inflow = {step: _inflow(funnel, step) for step in steps}
        later: dict[str, np.ndarray | None] = {}
        for i, step in enumerate(steps):
            # After the sale only revenue says what a customer who stays is worth; a deal's amount is booked either way.
            after_sale = target is not None and i + 1 > target
            later[step] = None if after_sale and not values.months else _product(now, steps, i + 1, target)
        value = _mean_draws(_recent_values(values), rng) if values.n else None
        to_win = _product(now, steps, 0, target)
        revenue = None
        if steps and to_win is not None and target is not None:
            wins = inflow[steps[0]] * to_win
            revenue = wins * (value if value is not None else 1.0)
        return _Drawn(now=now, inflow=inflow, later=later, value=value, revenue=revenue,
                      unit="money" if value is not None else "wins", rng=rng)  # fmt: skip


def _product(now: dict[str, np.ndarray], steps: list[str], start: int, target: int | None) -> np.ndarray | None:
    """Share of those at place `start` that reach the place where value is counted; None where it can't be said.

    Beyond that place the value is that of a win divided by the share that gets so far (see `_valued`).
    """
    if target is None:
        return None
    product = np.ones(DRAWS)
    chain, sign = (steps[start:target], 1) if start <= target else (steps[target:start], -1)
    for step in chain:
        if step not in now:
            return None
        product = product * now[step] if sign > 0 else product / np.maximum(now[step], 1e-6)
    return product


def _rate_now(funnel: Funnel, node: Node, rng: np.random.Generator) -> np.ndarray | None:
    if node.now is not None:
        return np.minimum(_gamma(node.now, node.phi, rng), 1.0)
    rate = rate_of(funnel.steps[node.step].clean(), horizon=funnel.horizons[node.step])
    if rate.value is None or rate.lo is None or rate.hi is None:
        return None
    spread = max((rate.hi - rate.lo) / 3.92, 1e-6)
    return np.clip(rng.normal(rate.value, spread, DRAWS), 1e-6, 1.0)


def _gamma(level: Level, phi: float, rng: np.random.Generator) -> np.ndarray:
    """Draws of a rate given successes over exposure, the variance widened by `phi`."""
    return np.asarray(rng.gamma((level.successes + 0.5) / phi, phi / level.exposure, DRAWS))


def _inflow(funnel: Funnel, step: str) -> float:
    """Journeys a month into the step's first stage, over the window that ends with its last entry."""
    counts = funnel.steps[step]
    if not counts.n:
        return 0.0
    days = funnel.history.model.bottleneck.window_days
    last = int(counts.day.max())
    days = min(days, last - int(counts.day.min()) + 1)
    return float(counts.count[counts.day > last - days].sum()) / days * _MONTH_DAYS


def _recent_values(values: WinValues) -> np.ndarray:
    """Single values of the wins of the last year of wins."""
    recent = values.since(int(values.day.max()) - 365)
    return np.repeat(recent.value, recent.count).astype(float)


def _mean_draws(each: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bayesian bootstrap of a mean: no shape is assumed, so a few large deals show up as width."""
    if each.size > _BOOTSTRAP_CAP:
        # With that many the mean is normal; its spread keeps the heavy tail.
        return np.maximum(rng.normal(each.mean(), each.std(ddof=1) / np.sqrt(each.size), DRAWS), 0.0)
    sums, tops = np.zeros(DRAWS), np.zeros(DRAWS)
    for start in range(0, each.size, 500):
        weights = rng.standard_exponential((DRAWS, each[start : start + 500].size))
        sums += weights.sum(axis=1)
        tops += weights @ each[start : start + 500]
    return np.asarray(tops / sums)


def _valued(node: Node, drawn: _Drawn) -> Valued:
    if node.status != "ok" or node.now is None:
        return Valued(node, None)
    gain = _gain(node, drawn)
    if gain is None:
        return Valued(Node(**{name: getattr(node, name) for name in Node.__dataclass_fields__} | {"status": "refused", "why": "not_valued"}), None)
    lo, mid, hi = np.quantile(gain, [_LO, 0.5, _HI])
    return Valued(node, gain, mid=float(mid), lo=float(lo), hi=float(hi))


def _gain(node: Node, drawn: _Drawn) -> np.ndarray | None:
    worth = drawn.value if drawn.value is not None else np.ones(DRAWS)
    if node.kind == "conversion":
        after = drawn.later[node.step]
        if after is None:
            return None
        reference = np.full(DRAWS, node.target) if node.target is not None else np.minimum(_reference(node, drawn), 1.0)
        return np.asarray(drawn.inflow[node.step] * (reference - drawn.now[node.step]) * after * worth)
    steps = list(drawn.later)
    to_win = drawn.later[steps[0]]
    if to_win is None or steps[0] not in drawn.now:
        return None
    whole = to_win * drawn.now[steps[0]]
    if node.kind == "volume" and node.now is not None:
        gap = _reference(node, drawn) - _gamma(node.now, node.phi, drawn.rng)
        return np.asarray(gap * _MONTH_DAYS / 7 * whole * worth)
    if node.values is None or drawn.value is None:
        return None
    now, reference = (_mean_draws(part, drawn.rng) for part in node.values)
    return np.asarray(drawn.inflow[steps[0]] * whole * (reference - now))


def _reference(node: Node, drawn: _Drawn) -> np.ndarray:
    assert node.reference is not None
    return _gamma(node.reference, node.phi, drawn.rng)


def _ranked(valued: list[Valued]) -> tuple[Valued, ...]:
    known = [v for v in valued if v.draws is not None]
    if not known:
        return tuple(valued)
    gains = np.stack([v.draws for v in known if v.draws is not None])
    best = np.argmax(gains, axis=0)
    positive = gains.max(axis=0) > 0
    shares = [float(np.mean((best == i) & positive)) for i in range(len(known))]
    known = [Valued(v.node, v.draws, v.mid, v.lo, v.hi, p) for v, p in zip(known, shares, strict=True)]
    known.sort(key=lambda v: -(v.mid or 0.0))
    return (*known, *(v for v in valued if v.draws is None))


def _status(ranked: tuple[Valued, ...], drawn: _Drawn) -> AnswerStatus:
    known = [v for v in ranked if v.draws is not None]
    conversions = [v for v in known if v.node.kind == "conversion"]
    if not conversions or drawn.revenue is None:
        return "not_enough_history"
    least = _WORTH_NAMING * float(np.median(drawn.revenue))
    sure = [v for v in known if (v.lo or 0.0) > 0 and (v.mid or 0.0) > least]
    if not sure:
        return "none_distinguishable"
    if sure[0] is known[0] and (known[0].p_top or 0.0) >= 0.5:
        return "named"
    return "tie" if len(known) > 1 else "none_distinguishable"


def _sentence(funnel: Funnel, ranked: tuple[Valued, ...], status: AnswerStatus, drawn: _Drawn) -> Text:
    if status not in {"named", "tie"}:
        return _SENTENCES[status]
    top = ranked[0]
    label = node_label(funnel, top.node)
    cost = gain_in_words(top, unit=drawn.unit, currency=funnel.history.model.currency)
    chance = percent(top.p_top or 0.0, digits=0)
    return Text(
        en=f"“{label.en}” costs about {cost.en}; the chance that it is the largest is {chance}.",
        ja=f"「{label.ja}」の損失は{cost.ja}で、最大である確率は {chance} です。",
    )


def node_label(funnel: Funnel, node: Node) -> Text:
    """A node in the company's words."""
    if node.kind == "conversion":
        return step_label(funnel, node.step)
    stage = funnel.history.model.stage(node.step).label.text
    if node.kind == "volume":
        return Text(en=f"New entries into {stage.en}", ja=f"{stage.ja}への新規流入")
    return Text(en="Value of a win", ja="受注 1 件の価値")


def gain_in_words(valued: Valued, *, unit: Literal["money", "wins"], currency: str) -> Text:
    """The cost a month with its 90% interval, in money, or in wins where wins have no known value."""
    numbers = [value or 0.0 for value in (valued.mid, valued.lo, valued.hi)]
    if unit == "wins":
        mid, lo, hi = (f"{value:,.1f}" for value in numbers)
        return Text(en=f"{mid} wins a month (90% interval {lo} to {hi})", ja=f"月あたり受注 {mid} 件（90% 区間 {lo}〜{hi} 件）")
    en = [money(value, currency=currency, lang="en") for value in numbers]
    ja = [money(value, currency=currency, lang="ja") for value in numbers]
    return Text(en=f"{en[0]} a month (90% interval {en[1]} to {en[2]})", ja=f"月あたり {ja[0]}（90% 区間 {ja[1]}〜{ja[2]}）")


_COLUMNS = (
    "step", "kind", "n", "current", "reference", "gap", "cost_mid", "cost_lo", "cost_hi", "p_top", "status", "why_en", "why_ja",
    "reference_kind", "current_from", "current_to", "reference_from", "reference_to",
)  # fmt: skip


def _result(history: History, funnel: Funnel, ranked: tuple[Valued, ...], status: AnswerStatus, drawn: _Drawn) -> Result:
    rows = [_row(v, status, first=i == 0, drawn=drawn) for i, v in enumerate(ranked)]
    return Result(
        question="bottleneck",
        definition=definitions.BOTTLENECK,
        as_of=history.as_of,
        n=next(iter(funnel.steps.values())).n if funnel.steps else 0,
        table=table(rows, _COLUMNS),
        sentence=_sentence(funnel, ranked, status, drawn),
        status="not_enough_history" if status == "not_enough_history" else "ok",
        model_version=history.model.version,
        facts={"track": funnel.track, "unit": drawn.unit, "draws": DRAWS},
    )


def _row(v: Valued, status: AnswerStatus, *, first: bool, drawn: _Drawn) -> dict[str, Any]:
    node = v.node
    scale = _MONTH_DAYS / 7 if node.kind == "volume" else 1.0
    current = node.now.rate * scale if node.now is not None else None
    if current is not None and node.kind == "conversion":
        current = min(current, 1.0)
    reference = node.target if node.target is not None else node.reference.rate * scale if node.reference else None
    return {
        "step": node.step, "kind": node.kind, "n": node.n, "current": current, "reference": reference,
        "gap": reference - current if current is not None and reference is not None else None,
        "cost_mid": v.mid, "cost_lo": v.lo, "cost_hi": v.hi, "p_top": v.p_top,
        "status": _row_status(v, status, first=first), "why_en": _WHY[node.why].en, "why_ja": _WHY[node.why].ja,
        "reference_kind": node.reference_kind if v.draws is not None else None,
        **_stretches(node),
    }  # fmt: skip


def _stretches(node: Node) -> dict[str, Any]:
    from kyogyo.period import date_of

    days: dict[str, Any] = dict.fromkeys(("current_from", "current_to", "reference_from", "reference_to"))
    for name, level in (("current", node.now), ("reference", node.reference)):
        if level is not None:
            days[f"{name}_from"] = date_of(level.start).isoformat()
            days[f"{name}_to"] = date_of(level.stop - 1).isoformat()
    return days


def _row_status(v: Valued, status: AnswerStatus, *, first: bool) -> str:
    if v.draws is None:
        return v.node.status
    if first and status == "named":
        return "named"
    if (v.hi or 0.0) < 0:
        return "improved"
    return "candidate" if (v.lo or 0.0) > 0 else "not_distinguishable"


_WHY = {
    "": Text("", ""),
    "few": Text("too few journeys or weeks", "案件数または週数が不足"),
    "no_amounts": Text("no amounts in the data", "金額のデータなし"),
    "dated_by_period": Text("dated by month or quarter, so weeks can't be compared", "月・四半期単位の日付のため週ごとに比較できない"),
    "forbidden": Text("forbidden by what was found in the data", "データの制約により算出しない"),
    "not_valued": Text("after the sale: needs revenue by account to be valued", "受注後の区間：取引先別の売上がなく金額にできない"),
}
_SENTENCES: dict[str, Text] = {
    "none_distinguishable": Text(
        en="No node can be told apart from its own past by more than chance.", ja="偶然を超えて過去と区別できる区間はありません。"
    ),
    "not_enough_history": Text(en="Not enough history for an answer.", ja="答えを出すだけの履歴がありません。"),
}
