"""Which node holds revenue back: each one's gap to its reference, carried through to money per month.

In a stream every rate has the same elasticity, so the lowest rate says nothing. What counts is how far a node is from
what it has been (or was meant to be), times what passes there, times what is left of it further down, times the value of
a win. Every factor is uncertain; all are drawn together, and the answer is a median, an interval, and
the chance of being the largest. "None can be told apart" and "not enough history" are answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import Funnel, step_label
from kyogyo.analytics.gains import MONTH_DAYS, Projection, Valued, project, value_gap
from kyogyo.analytics.money import win_values
from kyogyo.analytics.node_levels import describe_nodes
from kyogyo.analytics.nodes import DRAWS, Node, Past, look_back
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.tables import table
from kyogyo.period import date_of
from kyogyo.words import Text, money, percent

AnswerStatus = Literal["named", "tie", "none_distinguishable", "not_enough_history"]
Basis = Literal["past", "target"]

# A gap that may be worth less than this share of the revenue of a month isn't worth naming (statistics.md, 3).
_WORTH_NAMING = 0.03


@dataclass(frozen=True)
class Bottleneck:
    """The answer. `ranked` has the valued nodes, dearest first, then those that couldn't be.

    `top` is the dearest of those that are sure, `surest` the one whose lower bound is highest. `basis` is what all nodes of
    the ranking are held against. `per_month` is the money the stream brings in a month at its present rates (minor units),
    None where wins have no known value; then gains are wins a month (`unit` 'wins').
    """

    status: AnswerStatus
    top: Valued | None
    ranked: tuple[Valued, ...]
    per_month: float | None
    unit: Literal["money", "wins"]
    result: Result
    surest: Valued | None = None
    basis: Basis = "past"
    past: Past | None = None
    stream: Projection | None = None

    @property
    def close(self) -> tuple[Valued, ...]:
        """The nodes that are sure and may each be the largest, dearest first."""
        return tuple(v for v in self.ranked if v.sure and (v.p_top or 0.0) >= _MAY_BE_TOP)


_MAY_BE_TOP = 0.1


def find_bottleneck(
    funnel: Funnel,
    *,
    forbidden: tuple[Caveat, ...] = (),
    seed: int = 20_260_401,
    basis: Basis | None = None,
    staff: Mapping[str, float] | None = None,
) -> Bottleneck:
    """Rank the nodes of a track by what their gap costs a month.

    `forbidden` are caveats found in the data; one that forbids 'node:volume' or 'node:value' takes that node out.
    `basis`: held against declared targets or against the past, never both in one ranking; None = targets where every
    conversion has one, else the past, and where nothing got worse the targets there are. `staff`: how many journeys a month
    the people of a department can take up, where known (None: what the model declares); more than that isn't counted on. The same history and seed give the same answer.
    """
    history, rng = funnel.history, np.random.default_rng(seed)
    staff = history.model.staff if staff is None else staff
    stage = history.model.value_stage(funnel.track)
    code = stage.code if stage else None
    values = win_values(history, track=funnel.track)
    past = look_back(funnel, values=values, value_stage=code, rng=rng)
    stream = project(funnel, past, values=values, value_stage=code, rng=rng, staff=staff)
    bans = {ban for caveat in forbidden for ban in caveat.forbids}
    nodes = [
        _banned(node, bans)
        for node in describe_nodes(funnel, past, values=values, value_stage=code)
    ]
    chosen = basis or _basis(nodes)
    ranked, status = _rank(nodes, chosen, past, stream)
    if basis is None and status == "none_distinguishable" and any(n.target for n in nodes):
        # Nothing got worse; then what people meant it to be is the question.
        chosen = "target"
        ranked, status = _rank(nodes, chosen, past, stream)
    sure = [v for v in ranked if v.sure]
    return Bottleneck(
        status=status,
        top=ranked[0] if status in {"named", "tie"} else None,
        ranked=ranked,
        per_month=float(np.median(stream.revenue)) if stream.revenue is not None else None,
        unit=stream.unit,
        result=_result(history, funnel, ranked, status, stream, chosen),
        surest=max(sure, key=lambda v: v.lo or 0.0) if sure else None,
        basis=chosen,
        past=past,
        stream=stream,
    )


def _rank(
    nodes: list[Node], basis: Basis, past: Past, stream: Projection
) -> tuple[tuple[Valued, ...], AnswerStatus]:
    valued = [value_gap(_held_against(node, basis), past, stream) for node in nodes]
    ranked = _ranked(valued, stream)
    return ranked, _status(ranked, stream)


def _banned(node: Node, bans: set[str]) -> Node:
    if f"node:{node.kind}" in bans or f"node:{node.kind}:{node.step}" in bans:
        return replace(node, status="refused", now=None, reference=None, why="forbidden")
    return node


def _basis(nodes: list[Node]) -> Basis:
    conversions = [n for n in nodes if n.kind == "conversion" and n.status == "ok"]
    if conversions and all(n.target is not None for n in conversions):
        return "target"
    return "past"


def _held_against(node: Node, basis: Basis) -> Node:
    """The node as a ranking of this basis sees it: without its target, or only if it has one."""
    if basis == "past":
        return replace(node, target=None)
    if node.status != "ok":
        return node
    if node.target is None:
        return replace(node, status="refused", why="no_target")
    return replace(node, reference_kind="target", reference=None, changed_on=None)


def _ranked(valued: list[Valued], stream: Projection) -> tuple[Valued, ...]:
    """Those whose gap is sure first, then the others that could be valued, each dearest first; then the rest."""
    known = [v for v in valued if v.draws is not None]
    if not known:
        return tuple(valued)
    gains = np.stack([v.draws for v in known if v.draws is not None])
    best = np.argmax(gains, axis=0)
    positive = gains.max(axis=0) > 0
    # So many draws can't show a chance of exactly nothing, nor of certainty.
    shares = [
        (float(np.sum((best == i) & positive)) + 0.5) / (DRAWS + 1) for i in range(len(known))
    ]
    known = [
        replace(v, p_top=p, sure=_is_sure(v, stream)) for v, p in zip(known, shares, strict=True)
    ]
    known.sort(key=lambda v: (not v.sure, -_size(v)))
    return (*known, *(v for v in valued if v.draws is None))


def _size(v: Valued) -> float:
    """What a node is ranked by: the median once that is one, else the mean of what may be."""
    return (v.mid or 0.0) if v.sure else (v.mean or 0.0)


def _is_sure(v: Valued, stream: Projection) -> bool:
    """Whether the lower bound of the gain is worth naming. That nothing happened has its share of the draws."""
    if v.lo is None or stream.revenue is None:
        return False
    return v.lo > _WORTH_NAMING * float(np.median(stream.revenue))


def _status(ranked: tuple[Valued, ...], stream: Projection) -> AnswerStatus:
    known = [v for v in ranked if v.draws is not None]
    conversions = [v for v in known if v.node.kind == "conversion"]
    if not conversions or stream.revenue is None:
        return "not_enough_history"
    if not known[0].sure:
        return "none_distinguishable"
    return "named" if len(known) == 1 or (known[0].p_top or 0.0) >= 0.5 else "tie"


def _sentence(
    funnel: Funnel, ranked: tuple[Valued, ...], status: AnswerStatus, stream: Projection
) -> Text:
    if status not in {"named", "tie"}:
        return _SENTENCES[status]
    top = ranked[0]
    label = node_label(funnel, top.node)
    cost = gain_in_words(top, unit=stream.unit, currency=funnel.history.model.currency)
    chance = percent(top.p_top or 0.0, digits=0)
    return Text(
        en=f"“{label.en}” costs about {cost.en}; the chance that it is the largest is {chance}.",
        ja=f"「{label.ja}」の損失は{cost.ja}で、最大である確率は {chance} です。",
    )


def node_label(funnel: Funnel, node: Node) -> Text:
    """A node in the company's words."""
    model = funnel.history.model
    if node.kind == "conversion":
        return step_label(funnel, node.step)
    if node.kind == "delay":
        step = step_label(funnel, node.step)
        return Text(en=f"Days from {step.en}", ja=f"{step.ja}の所要日数")
    if node.kind == "capacity":
        start = model.stage(node.step.split(">")[0]).label.text
        people = next(d for d in model.departments if d.code == node.department).label.text
        return Text(
            en=f"Capacity of {people.en} at {start.en}",
            ja=f"「{start.ja}」を受ける{people.ja}の処理能力",
        )
    stage = model.stage(node.step).label.text
    if node.kind == "volume":
        return Text(en=f"New entries into {stage.en}", ja=f"{stage.ja}への新規流入")
    return _LABELS[node.kind]


_LABELS = {
    "mix": Text("Mix of who comes", "流入の構成"),
    "value": Text("Value of a win", "受注 1 件の価値"),
    "churn": Text("Customers who leave", "解約"),
    "expansion": Text("Customers who take more", "既存顧客の拡大"),
}


def gain_in_words(valued: Valued, *, unit: Literal["money", "wins"], currency: str) -> Text:
    """The cost a month with its 90% interval, in money, or in wins where wins have no known value."""
    numbers = [value or 0.0 for value in (valued.mid, valued.lo, valued.hi)]
    if unit == "wins":
        mid, lo, hi = (f"{value:,.1f}" for value in numbers)
        return Text(
            en=f"{mid} wins a month (90% interval {lo} to {hi})",
            ja=f"月あたり受注 {mid} 件（90% 区間 {lo}〜{hi} 件）",
        )
    en = [money(value, currency=currency, lang="en") for value in numbers]
    ja = [money(value, currency=currency, lang="ja") for value in numbers]
    return Text(
        en=f"{en[0]} a month (90% interval {en[1]} to {en[2]})",
        ja=f"月あたり {ja[0]}（90% 区間 {ja[1]}〜{ja[2]}）",
    )


_COLUMNS = (
    "step", "kind", "n", "current", "reference", "gap", "cost_mid", "cost_lo", "cost_hi", "p_top", "status", "why_en", "why_ja",
    "reference_kind", "likely", "current_from", "current_to", "reference_from", "reference_to",
)  # fmt: skip


def _result(
    history: History,
    funnel: Funnel,
    ranked: tuple[Valued, ...],
    status: AnswerStatus,
    stream: Projection,
    basis: Basis,
) -> Result:
    rows = [_row(v, status, first=i == 0) for i, v in enumerate(ranked)]
    return Result(
        question="bottleneck",
        definition=definitions.BOTTLENECK,
        as_of=history.as_of,
        n=next(iter(funnel.steps.values())).n if funnel.steps else 0,
        table=table(rows, _COLUMNS),
        sentence=_sentence(funnel, ranked, status, stream),
        status="not_enough_history" if status == "not_enough_history" else "ok",
        model_version=history.model.version,
        facts={"track": funnel.track, "unit": stream.unit, "draws": DRAWS, "basis": basis},
    )


def _row(v: Valued, status: AnswerStatus, *, first: bool) -> dict[str, Any]:
    node = v.node
    scale = MONTH_DAYS / 7 if node.kind == "volume" else 1.0
    current = node.now.rate * scale if node.now is not None else None
    if current is not None and node.kind == "conversion":
        current = min(current, 1.0)
    reference = (
        node.target
        if node.target is not None
        else node.reference.rate * scale
        if node.reference
        else None
    )
    return {
        "step": node.step, "kind": node.kind, "n": node.n, "current": current, "reference": reference,
        "gap": reference - current if current is not None and reference is not None else None,
        "cost_mid": v.mid, "cost_lo": v.lo, "cost_hi": v.hi, "p_top": v.p_top,
        "status": _row_status(v, status, first=first), "why_en": _WHY[node.why].en, "why_ja": _WHY[node.why].ja,
        "reference_kind": node.reference_kind if v.draws is not None else None,
        "likely": node.likely,
        **_stretches(node),
    }  # fmt: skip


def _stretches(node: Node) -> dict[str, Any]:
    days: dict[str, Any] = dict.fromkeys(
        ("current_from", "current_to", "reference_from", "reference_to")
    )
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
    return "candidate" if v.sure else "not_distinguishable"


_WHY = {
    "": Text("", ""),
    "few": Text("too few journeys or weeks", "案件数または週数が不足"),
    "no_recent": Text(
        "no entries in the recent weeks, so there is no present level",
        "直近の数週間に該当がなく、現在の水準を計算できない",
    ),
    "no_amounts": Text("no amounts in the data", "金額のデータなし"),
    "dated_by_period": Text(
        "dated by month or quarter, so weeks can't be compared",
        "月・四半期単位の日付のため週ごとに比較できない",
    ),
    "no_kinds": Text(
        "no attribute tells kinds of journeys apart", "案件の種類を区別できる属性がない"
    ),
    "no_revenue": Text("no revenue by account", "取引先別の売上がない"),
    "no_target": Text("no target is declared", "目標値の宣言がない"),
    "forbidden": Text("forbidden by what was found in the data", "データの制約により算出しない"),
    "not_valued": Text(
        "after the sale: needs revenue by account to be valued",
        "受注後の区間：取引先別の売上がなく金額にできない",
    ),
}
_SENTENCES: dict[str, Text] = {
    "none_distinguishable": Text(
        en="No node can be told apart from its own past by more than chance.",
        ja="偶然を超えて過去と区別できる区間はありません。",
    ),
    "not_enough_history": Text(
        en="Not enough history for an answer.", ja="答えを出すだけの履歴がありません。"
    ),
}
