"""What is known of each journey beside where it has been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.saas.log import Log
from kyogyo.analytics.simulate.saas.market import (
    COMPETITORS,
    FULL_CYCLE_REGION,
    REGIONS,
    SEGMENTS,
    SOURCES,
)
from kyogyo.analytics.simulate.saas.names import trade_of
from kyogyo.analytics.simulate.saas.past import Past
from kyogyo.analytics.simulate.saas.profile import MISMATCHED, REASON_WEIGHTS
from kyogyo.analytics.simulate.saas.tables import Numbered
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.revenue_model.schema import Reason

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

_RETURNED = Text("Came back", "掘り起こし")
_ASKED_IN = "discovery"
# Which of the model's kinds of reason goes with each end, and with a return by sales.
_REASONS = {
    "recycled": "recycle",
    "disqualified": "disqualify",
    "lost": "lost",
    "no_decision": "lost",
    "churned": "churn",
}
_ACCEPTED_IN, _RETURN, _MISMATCH = "pending_acceptance", "handoff_return", "info_mismatch"


def attribute_table(past: Past, log: Log, *, lang: Lang) -> pa.Table:
    """One row an attribute of a journey, by attribute and journey.

    `competitor` is asked for in discovery and `reason` when a journey ends, so neither is known of
    other journeys.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    numbered = Numbered(log)
    rows = numbered.rows
    root = past.journeys.root(rows)
    regions = [*(name for name, _ in REGIONS), FULL_CYCLE_REGION]
    known = [
        ("source", rows, _said([s.label for s in SOURCES], past.leads.source[root], lang)),
        ("campaign", rows, _campaigns(past, rows, lang=lang)),
        ("segment", rows, _said([s.label for s in SEGMENTS], past.leads.segment[root], lang)),
        ("industry", rows, _objects([trade_of(n).industry.say(lang) for n in root.tolist()])),
        ("region", rows, _said(regions, past.leads.region[root], lang)),
        ("competitor", *_competitors(past, log, lang=lang)),
        ("reason", *_reasons(past, log, lang=lang)),
    ]
    lengths = [len(who) for _, who, _ in known]
    return pa.table(
        {
            "journey_id": pa.array(numbered.names(np.concatenate([k[1] for k in known]))),
            "attribute": pa.array(np.repeat(_objects([k[0] for k in known]), lengths)),
            "value": pa.array(np.concatenate([k[2] for k in known])),
        },
        schema=pa.schema([(name, pa.string()) for name in ("journey_id", "attribute", "value")]),
    )


def _objects(words: Sequence[str]) -> Words:
    return np.array(words, dtype=np.object_)


def _said(words: Sequence[Text], numbers: Ints, lang: Lang) -> Words:
    return np.asarray(_objects([text.say(lang) for text in words])[numbers])


def _campaigns(past: Past, rows: Ints, *, lang: Lang) -> Words:
    """Standing campaigns by their name, webinars and trade shows by the month they were held in."""
    leads = past.leads
    root = past.journeys.root(rows)
    month = past.world.start_month + past.world.clock.month_of(leads.at[root])
    labels = np.empty(len(rows), dtype=np.object_)
    for position, source in enumerate(SOURCES):
        mine = leads.source[root] == position
        number = leads.campaign[root[mine]]
        if source.arrival in ("webinar", "event"):
            name = source.campaigns[0].say(lang)
            held = zip(month[mine].tolist(), number.tolist(), strict=True)
            labels[mine] = [f"{name} {m // 12}-{m % 12 + 1:02d} #{n + 1}" for m, n in held]
        else:
            labels[mine] = _said(source.campaigns, number, lang)
    labels[rows >= len(leads)] = _RETURNED.say(lang)
    return labels


def _competitors(past: Past, log: Log, *, lang: Lang) -> tuple[Ints, Words]:
    columns = [
        step.column for track in past.world.tracks for step in track.steps if step.code == _ASKED_IN
    ]
    rows = np.unique(log.row[np.isin(log.column, columns)])
    shares = np.cumsum([share for _, share in COMPETITORS])[:-1]
    u = generator(past.world.seed, "competitor").random(len(past.journeys.track))[rows]
    which = np.searchsorted(shares, u, side="right")
    return rows, _said([name for name, _ in COMPETITORS], which, lang)


def _reasons(past: Past, log: Log, *, lang: Lang) -> tuple[Ints, Words]:
    """Why each journey ended, of the reasons that the model has for such an end."""
    codes = np.array([stage.code for stage in past.world.model.stages], dtype=np.object_)
    last = np.concatenate([log.row[1:] != log.row[:-1], [True]])[: len(log.row)]
    end = np.flatnonzero(last & np.isin(codes[log.column], list(_REASONS)))
    rows = log.row[end]
    kinds = np.array([_REASONS[code] for code in codes[log.column[end]]], dtype=np.object_)
    kinds[(codes[log.column[end - 1]] == _ACCEPTED_IN) & (kinds == "recycle")] = _RETURN
    u = generator(past.world.seed, "reason").random((2, len(past.journeys.track)))[:, rows]
    labels = np.full(len(rows), "", dtype=np.object_)
    for kind in sorted({*_REASONS.values(), _RETURN}):
        reasons = _reasons_of_kind(past, kind)
        mine = kinds == kind
        if not reasons:
            continue
        weights = np.cumsum([REASON_WEIGHTS.get(reason.code, 1.0) for reason in reasons])
        which = np.searchsorted(weights, u[0, mine] * weights[-1], side="right")
        labels[mine] = _said([reason.label.text for reason in reasons], which, lang)
        mismatch = next((r for r in reasons if r.code == _MISMATCH), None)
        if mismatch:
            said = mine & (u[1] < np.where(_sales_accept_less(past, rows), *MISMATCHED[::-1]))
            labels[said] = mismatch.label.text.say(lang)
    is_known = np.asarray(labels != "")
    return rows[is_known], labels[is_known]


def _reasons_of_kind(past: Past, kind: str) -> list[Reason]:
    """Of a return by sales, those that the handoff to sales names."""
    model = past.world.model
    named = [code for one in model.handoffs if one.to_stage == _ACCEPTED_IN for code in one.returns]
    of_kind = [reason for reason in model.reasons if reason.kind == kind]
    if kind == _RETURN and named:
        return [reason for reason in of_kind if reason.code in named]
    return of_kind


def _sales_accept_less(past: Past, rows: Ints) -> npt.NDArray[np.bool_]:
    """Whose handover came under a fault in it: then it isn't what was noted before the meeting."""
    fault = past.fault
    columns = [s.column for s in past.world.tracks[0].steps if s.code == _ACCEPTED_IN]
    if fault is None or fault.stage != _ACCEPTED_IN or fault.kind != "conversion" or not columns:
        return np.zeros(len(rows), dtype=np.bool_)
    since = past.world.clock.start(fault.from_month - 1)
    return np.asarray(past.journeys.reached[rows, columns[0]] >= since)
