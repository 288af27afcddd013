"""The whole diagnosis of a track in one call: what holds revenue back, what it costs, how sure, and the evidence.

    diagnosis = find_bottleneck(history=history)          # the track with most journeys
    diagnosis = find_bottleneck(history=history, track="new_business", basis="target")

The signature and the result types are what the page, the command, the programming interface and the notebook build on; they
only show what is in a `Diagnosis`. The report and the page of the stream show the same figures, since all come from
`analytics.bottleneck.find_bottleneck` with the same seed. Money is in minor units of `currency`, or in wins (`unit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from kyogyo.analytics import bottleneck as measured
from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.explain_stream import (
    KindMoved,
    Moved,
    Waiting,
    journeys_that_carry,
    kinds_that_moved,
    what_moved,
    where_they_wait,
)
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.gains import Valued, gain_of
from kyogyo.period import date_of
from kyogyo.reports.contents import MoneyRange
from kyogyo.usecases.answer import word_answer
from kyogyo.usecases.next_actions import next_actions
from kyogyo.usecases.node_words import compare_node, say_level
from kyogyo.usecases.report_funnel import explain_bottleneck, main_track
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyogyo.analytics.events import History
    from kyogyo.analytics.explain import Explanation
    from kyogyo.analytics.nodes import NodeKind, ReferenceKind
    from kyogyo.analytics.results import Caveat, Result

# The stops of the "what if" slider: which part of a node's gap is closed.
FRACTIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

NodeVerdict = Literal[
    "named", "candidate", "not_distinguishable", "improved", "refused", "not_enough_history"
]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What closing `fraction` of a node's gap would bring a month. `level` is the node's level then, in its own unit."""

    fraction: float
    gain: MoneyRange
    level: float | None


@dataclass(frozen=True)
class NodeAnswer:
    """One node, ready to be shown.

    `key` ('conversion:mql>won') is the same as long as model and kinds are: for addresses, and to not propose a countermeasure
    twice. `stage` is where the node begins, `department` who works it. `now`, `reference` are said in `now_words`,
    `reference_words`. `since` is the day of the likeliest change, None where probably nothing changed; `likely` the chance
    that something did. `gain` None = can't be valued, `why` says why. `what_if` is empty then.
    """

    key: str
    kind: NodeKind
    step: str
    stage: str
    department: str
    label: Text
    verdict: NodeVerdict
    why: Text
    n: int
    now: float | None
    reference: float | None
    now_words: Text
    reference_words: Text
    comparison: Text
    reference_kind: ReferenceKind
    since: date | None
    likely: float
    gain: MoneyRange | None
    p_top: float | None
    p_gain: float | None
    what_if: tuple[WhatIf, ...]


@dataclass(frozen=True)
class Evidence:
    """What stands beside the ranking: what moved the money of a month (adds up exactly), where journeys wait, how each kind
    of journey went on at the named step (with `value_names`), mix against rate by attribute, and journeys to look at."""

    moved: tuple[Moved, ...]
    waiting: tuple[Waiting, ...]
    kinds: tuple[KindMoved, ...]
    value_names: Mapping[int, str]
    mix_or_rate: tuple[Explanation, ...]
    journeys: tuple[int, ...]


@dataclass(frozen=True)
class Diagnosis:
    """The answer to "what holds revenue back".

    `headline` is the sentence a CEO reads, `paragraph` what RevOps reads. `largest` is the node that costs most of those that
    are sure, `surest` the one whose lower bound is highest, `ties` those that may each be the largest (two or more, else
    empty). All nodes of `nodes` are held against the same kind of reference (`basis`), dearest first, then those that can't be valued.
    """

    track: str
    as_of: int
    status: measured.AnswerStatus
    basis: measured.Basis
    unit: Literal["money", "wins"]
    currency: str
    per_month: float | None
    headline: Text
    paragraph: Text
    reasons: tuple[Text, ...]
    actions: tuple[Text, ...]
    largest: NodeAnswer | None
    surest: NodeAnswer | None
    ties: tuple[NodeAnswer, ...]
    nodes: tuple[NodeAnswer, ...]
    evidence: Evidence
    caveats: tuple[Caveat, ...]
    result: Result

    def node(self, key: str) -> NodeAnswer | None:
        """The node of this key, None where the track has none such."""
        return next((node for node in self.nodes if node.key == key), None)


def find_bottleneck(
    *,
    history: History,
    track: str | None = None,
    basis: measured.Basis | None = None,
    staff: Mapping[str, float] | None = None,
) -> Diagnosis:
    """Diagnose one track of a history; without `track`, the one with most journeys.

    `basis`: 'past' or 'target', None = targets where every step has one, else the past. `staff`: for each department that is
    known, how many journeys a month its people can take up (headcount x productivity); it says whether more could be served.

    Raises:
        MissingTableError: no journey is on any declared track.
        ModelError: there is no such track.
    """
    return diagnose_funnel(
        open_funnel(history, track=track or main_track(history)), basis=basis, staff=staff
    )


def diagnose_funnel(
    funnel: Funnel,
    *,
    basis: measured.Basis | None = None,
    staff: Mapping[str, float] | None = None,
) -> Diagnosis:
    """The same of a track that is counted already."""
    history = funnel.history
    caveats = find_caveats(funnel)
    found = measured.find_bottleneck(funnel, forbidden=caveats, basis=basis, staff=staff)
    why = explain_bottleneck(funnel, found, caveats)
    answer = word_answer(funnel, found, why)
    rows = found.result.table.to_pylist()
    nodes = tuple(
        _node(funnel, found, valued, row) for valued, row in zip(found.ranked, rows, strict=True)
    )
    by_key = {node.key: node for node in nodes}
    close = [by_key[_key(v)] for v in found.close]
    return Diagnosis(
        track=funnel.track,
        as_of=history.as_of,
        status=found.status,
        basis=found.basis,
        unit=found.unit,
        currency=history.model.currency,
        per_month=found.per_month,
        headline=answer.headline,
        paragraph=answer.paragraph,
        reasons=answer.reasons,
        actions=next_actions(funnel, found, caveats),
        largest=by_key[_key(found.top)] if found.top is not None else None,
        surest=by_key[_key(found.surest)] if found.surest is not None else None,
        ties=tuple(close) if found.status == "tie" and len(close) > 1 else (),
        nodes=nodes,
        evidence=_evidence(funnel, found, why),
        caveats=caveats,
        result=found.result,
    )


def _key(valued: Valued) -> str:
    return f"{valued.node.kind}:{valued.node.step}"


def _node(
    funnel: Funnel, found: measured.Bottleneck, valued: Valued, row: Mapping[str, object]
) -> NodeAnswer:
    node, model = valued.node, funnel.history.model
    stage = node.step.split(">")[0]
    known = node.now is not None and (node.reference is not None or node.target is not None)
    gain = None
    if valued.draws is not None:
        gain = MoneyRange(valued.mid or 0.0, valued.lo or 0.0, valued.hi or 0.0, unit=found.unit)
    now_words = say_level(funnel, node, node.now) if known and node.now else Text("", "")
    return NodeAnswer(
        key=_key(valued),
        kind=node.kind,
        step=node.step,
        stage=stage,
        department=node.department or model.stage(stage).department,
        label=measured.node_label(funnel, node),
        verdict=row["status"],  # type: ignore[arg-type]
        why=Text(str(row["why_en"]), str(row["why_ja"])),
        n=node.n,
        now=row["current"],  # type: ignore[arg-type]
        reference=row["reference"],  # type: ignore[arg-type]
        now_words=now_words,
        reference_words=_reference_words(funnel, valued),
        comparison=compare_node(funnel, node),
        reference_kind=node.reference_kind,
        since=date_of(node.changed_on) if node.changed_on is not None else None,
        likely=node.likely,
        gain=gain,
        p_top=valued.p_top,
        p_gain=valued.p_gain,
        what_if=_what_if(found, valued, row),
    )


def _reference_words(funnel: Funnel, valued: Valued) -> Text:
    node = valued.node
    if node.target is not None:
        return Text(f"{node.target:.1%}", f"{node.target:.1%}")
    return Text("", "") if node.reference is None else say_level(funnel, node, node.reference)


def _what_if(
    found: measured.Bottleneck, valued: Valued, row: Mapping[str, object]
) -> tuple[WhatIf, ...]:
    """The slider: each part of the gap closed, with its interval."""
    if valued.draws is None or found.past is None or found.stream is None:
        return ()
    now, reference = row["current"], row["reference"]
    steps = []
    for fraction in FRACTIONS:
        gain = gain_of(valued.node, found.past, found.stream, fraction=fraction)
        if gain is None:
            return ()
        lo, mid, hi = (float(q) for q in np.quantile(gain, [0.05, 0.5, 0.95]))
        level = None
        if isinstance(now, float) and isinstance(reference, float):
            level = now + fraction * (reference - now)
        steps.append(WhatIf(fraction, MoneyRange(mid, lo, hi, unit=found.unit), level))
    return tuple(steps)


def _evidence(funnel: Funnel, found: measured.Bottleneck, why: tuple[Explanation, ...]) -> Evidence:
    top = found.top.node if found.top is not None else None
    kinds = (
        kinds_that_moved(funnel, node=top) if top is not None and top.kind == "conversion" else ()
    )
    names = {k.value: funnel.history.value_names.get(k.value, "") for k in kinds}
    return Evidence(
        moved=what_moved(found),
        waiting=where_they_wait(funnel, found.past) if found.past is not None else (),
        kinds=kinds,
        value_names=names,
        mix_or_rate=why,
        journeys=journeys_that_carry(funnel, node=top) if top is not None else (),
    )
