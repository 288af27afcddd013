"""Trials of the simulated company: thirteen stages, working hours, seasons, returning journeys, people who come and go.

Nothing is shared with `relay` but the shape of a trial. What a fault costs is worked out by twins (see `truth`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import ATTRIBUTES, ENTRIES, REVENUE
from kyogyo.analytics.frames import load_frames
from kyogyo.analytics.simulate.saas.company import simulate_company
from kyogyo.analytics.simulate.saas.truth import find_truth
from kyogyo.analytics.simulate.saas.world import make_world
from kyogyo.analytics.simulate.simulation import Fault
from kyogyo.analytics.simulate.trial import NodeKey, Trial
from kyogyo.revenue_model import default_model

_MONTHS, _LEADS, _START = 30, 400, 2023 * 12 + 3
# Stage, kind, factor, and the node that it is.
FAULTS: Mapping[str, tuple[str, str, float, NodeKey]] = {
    "demand": ("lead", "volume", 0.62, ("volume", "lead")),
    "mql_rate": ("lead", "conversion", 0.65, ("conversion", "lead>mql")),
    "contact": ("working", "conversion", 0.65, ("conversion", "working>qualifying")),
    "qualifying": ("qualifying", "conversion", 0.62, ("conversion", "qualifying>meeting_set")),
    "acceptance": ("pending_acceptance", "conversion", 0.62, ("conversion", "pending_acceptance>discovery")),
    "discovery": ("discovery", "conversion", 0.6, ("conversion", "discovery>evaluation")),
    "proposal": ("proposal", "conversion", 0.55, ("conversion", "proposal>negotiation")),
    "is_capacity": ("mql", "capacity", 0.5, ("capacity", "mql>working")),
    "fs_capacity": ("pending_acceptance", "capacity", 0.45, ("capacity", "pending_acceptance>discovery")),
    "slow_working": ("working", "delay", 5.0, ("delay", "working>qualifying")),
    "price": ("won", "price", 0.65, ("value", "won")),
    "churn": ("adopted", "churn", 4.0, ("churn", "won")),
}  # fmt: skip
_FROM = {84: 28, 56: 29, 140: 26}


@dataclass(frozen=True)
class Company:
    """Makes trials of the company; `since` 56, 84 or 140 stands for the month that is nearest."""

    name: str = "saas"

    @property
    def faults(self) -> Sequence[str]:
        return tuple(FAULTS)

    @property
    def calm(self) -> Sequence[str]:
        return ("calm",)

    def make(self, name: str, *, seed: int, since: int = 84) -> Trial:
        model, fault, gains = default_model(), None, {}
        if name in FAULTS:
            stage, kind, factor, node = FAULTS[name]
            fault = Fault(stage=stage, kind=kind, from_month=_FROM[since], factor=factor)  # type: ignore[arg-type]
            gains = {node: _cost(fault)}
        made = simulate_company(
            model=model,
            seed=seed,
            start_month=_START,
            months=_MONTHS,
            monthly_leads=_LEADS,
            fault=fault,
        )
        engine = DuckDBEngine(duckdb.connect())
        load_frames(
            engine,
            model=model,
            stage_entries=made.stage_entries,
            attributes=made.attributes,
            revenue=made.revenue,
        )
        read = {
            table: engine.integers(f"SELECT * FROM {table}")
            for table in ("entries", "attributes", "revenue")
        }
        names = engine.connection.execute(
            "SELECT kind, code, name FROM names WHERE kind IN ('attribute', 'value')"
        )
        return Trial(
            name=name,
            model=model,
            as_of=made.as_of,
            entries={c: read["entries"][c] for c in ENTRIES},
            attributes={c: read["attributes"][c] for c in ATTRIBUTES},
            revenue={c: read["revenue"][c] for c in REVENUE},
            names=[(str(k), int(c), str(n)) for k, c, n in names.fetchall()],
            gains=gains,
        )


@cache
def _cost(fault: Fault) -> float:
    """What the fault takes a month, by twins of one company."""
    world = make_world(
        model=default_model(), seed=1, start_month=_START, months=_MONTHS, monthly_leads=_LEADS
    )
    truth = find_truth(world=world, fault=fault, replications=4)
    return truth.revenue_cost_per_month if fault.kind == "churn" else truth.cost_per_month
