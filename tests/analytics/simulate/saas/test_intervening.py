"""Something done about one step by some teams: it raises that step there, and changes nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from kyogyo.analytics.simulate import Intervention, Simulation, simulate_company
from kyogyo.analytics.simulate.saas.truth import find_truth
from kyogyo.analytics.simulate.saas.world import make_world
from kyogyo.errors import KyogyoError
from kyogyo.period import day_of
from kyogyo.revenue_model import default_model

START = 2023 * 12 + 3
BEGINS = (date(2023, 10, 2), date(2023, 12, 4), None)
DONE = Intervention("pending_acceptance", 1.15, BEGINS)


def company(intervention: Intervention | None) -> Simulation:
    return simulate_company(
        model=default_model(), seed=5, start_month=START, months=12, monthly_leads=200, fault=None,
        intervention=intervention,
    )  # fmt: skip


@pytest.fixture(scope="module")
def usual() -> Simulation:
    return company(None)


@pytest.fixture(scope="module")
def helped() -> Simulation:
    return company(DONE)


def entered(simulation: Simulation) -> dict[str, tuple[str | None, date]]:
    """By journey: who had it in the step, and the day it entered."""
    rows = simulation.stage_entries.to_pylist()
    return {
        row["journey_id"]: (row["owner"], date(1970, 1, 1) + timedelta(days=day_of(row["at"], zone="Asia/Tokyo")))
        for row in rows
        if row["stage"] == "pending_acceptance"
    }  # fmt: skip


def went_on(simulation: Simulation) -> set[str]:
    rows = simulation.stage_entries.to_pylist()
    return {row["journey_id"] for row in rows if row["stage"] == "discovery" and row["track"] == "new_business"}  # fmt: skip


def test_it_raises_the_step_where_and_when_it_is_done(
    usual: Simulation, helped: Simulation
) -> None:
    met, others = Counter[str](), Counter[str]()
    for name, simulation in (("usual", usual), ("helped", helped)):
        gone = went_on(simulation)
        for journey, (owner, day) in entered(simulation).items():
            team = helped.teams.get(owner or "")
            begins = None if team is None else BEGINS[team]
            counts = met if begins is not None and day >= begins else others
            counts[name] += journey in gone

    assert met["helped"] > met["usual"] * 1.05
    # What it didn't meet differs by those alone who come back for another attempt, or don't.
    assert others["helped"] == pytest.approx(others["usual"], rel=0.03)


def test_nothing_changes_before_it_begins(usual: Simulation, helped: Simulation) -> None:
    first = 1_696_172_400_000_000  # the midnight before the first day of the first team
    before = [
        [row for row in simulation.stage_entries.to_pylist() if row["at"] < first and row["owner"]]
        for simulation in (usual, helped)
    ]
    places = [[(row["account_id"], row["stage"], row["at"]) for row in rows] for rows in before]

    assert sorted(places[0]) == sorted(places[1])


def test_people_are_dealt_into_teams_alike_in_size(helped: Simulation) -> None:
    sizes = Counter(helped.teams.values())

    assert sorted(sizes) == [0, 1, 2]
    assert max(sizes.values()) - min(sizes.values()) <= 1


def test_truth_says_what_it_did_beside_what_the_fault_did() -> None:
    world = make_world(
        model=default_model(), seed=5, start_month=START, months=12, monthly_leads=200
    )
    alone = find_truth(world=world, fault=None, replications=2)
    both = find_truth(world=world, fault=None, intervention=DONE, replications=2)

    assert both.steps == alone.steps
    assert both.intervention is not None
    assert both.intervention.intervention == DONE
    assert both.intervention.entered > 100
    # A chance of .76 times 1.15 is below certainty for most.
    assert both.intervention.change == pytest.approx(0.15, abs=0.05)


@pytest.mark.parametrize(
    "wrong", [Intervention("nowhere", 1.2, BEGINS), Intervention("discovery", 1.2, ()), Intervention("discovery", -1.0, BEGINS)]
)  # fmt: skip
def test_intervention_that_makes_no_sense_is_refused(wrong: Intervention) -> None:
    with pytest.raises(KyogyoError):
        company(wrong)
