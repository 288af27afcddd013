"""Simulated organisations whose truth is known, to show what Kyogyo does and to score its methods.

A generator is a module that makes a `Simulation` (see `simulation`, which knows no generator): the
tables of the text contract, and beside them the truth. `saas` is the first one; another, unlike it,
would stand beside it and share nothing but `simulation`. `entries` makes many entries fast.
"""

from kyogyo.analytics.simulate.entries import simulate_entries
from kyogyo.analytics.simulate.saas.company import DEMO_FAULT, simulate_company
from kyogyo.analytics.simulate.simulation import (
    Fault,
    FaultKind,
    Intervention,
    InterventionTruth,
    Simulation,
    StepTruth,
    Truth,
)

__all__ = [
    "DEMO_FAULT",
    "Fault",
    "FaultKind",
    "Intervention",
    "InterventionTruth",
    "Simulation",
    "StepTruth",
    "Truth",
    "simulate_company",
    "simulate_entries",
]
