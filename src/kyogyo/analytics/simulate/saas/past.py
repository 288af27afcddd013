"""One company's past: leads, what became of them, and what customers paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.simulate.draws import Draws
from kyogyo.analytics.simulate.saas.customers import Customers, Deals, bill, price_deals
from kyogyo.analytics.simulate.saas.demand import Leads, make_leads
from kyogyo.analytics.simulate.saas.flow import Flow
from kyogyo.analytics.simulate.saas.journeys import Journeys
from kyogyo.analytics.simulate.saas.market import REGIONS
from kyogyo.analytics.simulate.saas.profile import ATTEMPTS
from kyogyo.analytics.simulate.saas.world import World
from kyogyo.analytics.simulate.simulation import Fault, Intervention


@dataclass(frozen=True, eq=False)
class Past:
    """Everything that happened in one company, also what nobody could know at the end of the data."""

    world: World
    leads: Leads
    journeys: Journeys
    deals: Deals
    customers: Customers
    fault: Fault | None


def most_leads(fault: Fault | None) -> float:
    """How many times the usual leads there must be to choose from, for a fault that brings more."""
    return max(1.0, fault.factor) if fault and fault.kind == "volume" else 1.0


def live(
    *,
    world: World,
    replication: int,
    fault: Fault | None,
    most: float,
    settle: bool,
    intervention: Intervention | None = None,
) -> Past:
    """One company's past. `replication` 0 is the company itself, others are its twins.

    `most` >= 1 is how many times the usual leads there are to choose from; runs that are compared
    must be given the same. `settle` goes on after the data until nothing is open that will move.
    """
    leads = make_leads(
        seed=world.seed,
        replication=replication,
        clock=world.clock,
        monthly_leads=world.monthly_leads,
        start_month=world.start_month,
        most=most,
    )
    track = np.where(leads.region == len(REGIONS), len(world.tracks) - 1, 0)
    journeys = Journeys(
        leads=len(leads), stages=len(world.model.stages), track=track, most_leads=most
    )
    draws = Draws(seed=world.seed, replication=replication, size=len(leads) * ATTEMPTS)
    Flow(world, leads, draws, fault, journeys, intervention).run(settle=settle)
    deals = price_deals(world=world, leads=leads, journeys=journeys, draws=draws, fault=fault)
    customers = bill(
        world=world, leads=leads, journeys=journeys, deals=deals, draws=draws, fault=fault
    )
    return Past(world, leads, journeys, deals, customers, fault)
