"""The truth: what each kind of fault does, and that the tables follow it."""

from __future__ import annotations

import duckdb
import pytest

from kyogyo.analytics.simulate import DEMO_FAULT, Fault, Simulation, Truth
from kyogyo.analytics.simulate.saas.truth import find_truth
from kyogyo.analytics.simulate.saas.world import World, make_world
from kyogyo.period import first_day, midnight
from kyogyo.revenue_model import default_model

START = 2023 * 12 + 3
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def world() -> World:
    """Half the usual company, for two years."""
    return make_world(
        model=default_model(), seed=2, start_month=START, months=24, monthly_leads=280
    )


def truth(world: World, fault: Fault | None) -> Truth:
    return find_truth(world=world, fault=fault, replications=3)


@pytest.fixture(scope="module")
def sound(world: World) -> Truth:
    return truth(world, None)


def ratio(found: Truth, stage: str) -> float:
    step = found.step(track="new_business", stage=stage)
    assert step.before is not None
    assert step.after is not None
    return step.after / step.before


def test_without_a_fault_there_is_no_cost_and_no_after(sound: Truth) -> None:
    assert (sound.cost_per_month, sound.revenue_cost_per_month) == (0.0, 0.0)
    assert (sound.fault_stage, sound.fault_kind, sound.from_at) == (None, None, None)
    assert all(step.after is None for step in sound.steps)
    assert sound.as_of == midnight(first_day(START + 24), zone="Asia/Tokyo")


def test_rates_are_those_of_the_profile_on_average(sound: Truth) -> None:
    """A lead is won in about 3 of 100 cases, an accepted meeting in about 28."""
    rates = {step.stage: step.before for step in sound.steps if step.track == "new_business"}
    won = 1.0
    for rate in [rate for stage, rate in rates.items() if stage not in ("won", "onboarding")]:
        assert rate is not None
        won *= rate

    assert won == pytest.approx(0.033, abs=0.008)
    assert rates["won"] == 1.0
    assert rates["pending_acceptance"] == pytest.approx(0.75, abs=0.03)


def test_conversion_fault_multiplies_its_rate_and_costs_what_it_lets_go(world: World) -> None:
    fault = Fault("pending_acceptance", "conversion", 13, 0.5)

    found = truth(world, fault)

    assert ratio(found, "pending_acceptance") == pytest.approx(0.5, abs=0.06)
    assert ratio(found, "evaluation") == pytest.approx(1.0, abs=0.15)
    assert found.cost_per_month > 4 * found.cost_error > 0
    assert found.revenue_cost_per_month > 0
    assert found.from_at == midnight(first_day(START + 12), zone="Asia/Tokyo")


def test_better_conversion_is_a_gain(world: World) -> None:
    found = truth(world, Fault("evaluation", "conversion", 13, 1.2))

    assert ratio(found, "evaluation") == pytest.approx(1.2, abs=0.12)
    assert found.cost_per_month < 0


def test_delay_fault_lengthens_its_step_and_loses_who_cools(world: World) -> None:
    found = truth(world, Fault("evaluation", "delay", 13, 2.5))
    step = found.step(track="new_business", stage="evaluation")

    assert step.days_after is not None
    assert step.days_before is not None
    assert step.days_after / step.days_before == pytest.approx(2.5, abs=0.5)
    assert step.after is not None
    assert step.before is not None
    assert step.after < step.before


def test_capacity_fault_makes_people_wait_and_fewer_go_on(world: World) -> None:
    found = truth(world, Fault("mql", "capacity", 13, 0.55))
    step = found.step(track="new_business", stage="mql")

    assert step.days_after is not None
    assert step.days_before is not None
    assert step.days_after > 3 * step.days_before
    assert ratio(found, "mql") < 0.8
    assert found.cost_per_month > 0


def test_volume_fault_costs_though_no_rate_changes(world: World) -> None:
    found = truth(world, Fault("lead", "volume", 13, 0.6))

    assert ratio(found, "pending_acceptance") == pytest.approx(1.0, abs=0.08)
    assert found.cost_per_month > 4 * found.cost_error > 0


def test_more_leads_than_people_can_work_make_all_of_them_wait(world: World) -> None:
    found = truth(world, Fault("lead", "volume", 13, 1.4))
    step = found.step(track="new_business", stage="mql")

    assert step.days_after is not None
    assert step.days_before is not None
    assert step.days_after > 2 * step.days_before
    assert ratio(found, "lead") == pytest.approx(1.0, abs=0.05)
    assert ratio(found, "mql") < 0.9


def test_price_fault_costs_money_and_no_customer(world: World, sound: Truth) -> None:
    found = truth(world, Fault("won", "price", 13, 0.7))

    assert found.cost_per_month > 0
    for step in sound.steps:
        now = found.step(track=step.track, stage=step.stage)
        assert (now.before is None) == (step.before is None)
        assert ratio_or_one(found, step.track, step.stage) == pytest.approx(1.0, abs=0.35)


def ratio_or_one(found: Truth, track: str, stage: str) -> float:
    step = found.step(track=track, stage=stage)
    return step.after / step.before if step.before and step.after else 1.0


def test_churn_fault_costs_revenue_and_no_deal(world: World) -> None:
    found = truth(world, Fault("adopted", "churn", 13, 3.0))

    assert found.cost_per_month == 0.0
    assert found.revenue_cost_per_month > 4 * found.revenue_cost_error > 0


def test_step_of_no_such_stage_is_an_error(sound: Truth) -> None:
    with pytest.raises(KeyError):
        sound.step(track="new_business", stage="adopted")


def test_tables_of_the_demo_follow_its_truth(company: Simulation) -> None:
    found = company.truth
    assert found is company.truth  # worked out once
    assert found.fault == DEMO_FAULT
    connection = duckdb.connect()
    connection.register("entry_rows", company.stage_entries)
    bounds = {
        "before": (0, found.from_at),
        "after": (found.from_at, company.as_of - 90 * DAY),
    }
    checked = 0
    for step in found.steps:
        if step.track != "new_business" or step.stage in ("lead", "won", "onboarding"):
            continue
        for part, (first, beyond) in bounds.items():
            ((n, k),) = connection.execute(
                "SELECT COUNT(*), COUNT(went_on) FROM (SELECT MIN(CASE stage WHEN "
                f"'{step.stage}' THEN \"at\" END) AS entered, MIN(CASE stage WHEN '{step.next_stage}' "
                "THEN \"at\" END) AS went_on, MAX(CASE stage WHEN 'churned' THEN 1 END) AS left_us "
                "FROM entry_rows WHERE track = 'new_business' GROUP BY journey_id) "
                f"WHERE entered >= {first} AND entered < {beyond}"
            ).fetchall()
            rate = getattr(step, part)
            # Skipped stages are entered unseen: the tables show slightly fewer than went on.
            assert k / n == pytest.approx(rate, abs=4 * (rate * (1 - rate) / n) ** 0.5 + 0.035)
            checked += 1
    assert checked == 18
    assert found.cost_per_month > 8 * found.cost_error
