"""One call gives all that a page needs, and the same figures as the report."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kyogyo.analytics.bottleneck import find_bottleneck as measure_bottleneck
from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.simulate.relay import Relay
from kyogyo.analytics.simulate.trial import Trial
from kyogyo.usecases.find_bottleneck import FRACTIONS, Diagnosis, find_bottleneck
from kyogyo.usecases.report_funnel import report_funnel


@cache
def trial(name: str) -> Trial:
    return Relay().make(name, seed=1)


@cache
def diagnosis(name: str) -> Diagnosis:
    return find_bottleneck(history=trial(name).open())


@pytest.mark.parametrize("name", ["p1", "is_capacity"])
def test_the_fault_is_named_and_its_cost_lies_in_the_interval(name: str) -> None:
    found, made = diagnosis(name), trial(name)
    assert found.status == "named"
    assert found.largest is not None
    assert made.best == (found.largest.kind, found.largest.step)
    assert found.largest.gain is not None
    assert found.largest.gain.lo < made.gains[made.best] < found.largest.gain.hi
    assert found.largest.label.en in found.headline.en
    assert found.largest.label.ja in found.headline.ja


def test_the_slider_runs_from_nothing_to_the_whole_gap() -> None:
    node = diagnosis("p1").largest
    assert node is not None
    assert node.gain is not None
    assert [w.fraction for w in node.what_if] == list(FRACTIONS)
    assert (node.what_if[0].gain.mid, node.what_if[0].level) == (0.0, node.now)
    assert node.what_if[-1].gain.mid == pytest.approx(node.gain.mid)
    assert node.what_if[-1].level == pytest.approx(node.reference)
    assert [w.gain.mid for w in node.what_if] == sorted(w.gain.mid for w in node.what_if)
    assert all(w.gain.lo <= w.gain.mid <= w.gain.hi for w in node.what_if)


def test_what_moved_adds_up_to_the_change() -> None:
    moved = diagnosis("p1").evidence.moved
    months = 365.25 / 12 / 7
    before, now = (np.prod([getattr(m, side) for m in moved]) * months for side in ("before", "now"))  # fmt: skip
    assert sum(m.effect for m in moved) == pytest.approx(now - before)


def test_kinds_and_journeys_stand_beside_a_step_that_fell() -> None:
    found = diagnosis("p1")
    changed = {(k.attribute, found.evidence.value_names[k.value]) for k in found.evidence.kinds if k.changed}  # fmt: skip
    assert {("segment", "small"), ("segment", "middle")} <= changed
    assert 0 < len(found.evidence.journeys) <= 20


def test_the_queue_is_seen_in_waits_and_stock() -> None:
    (queue,) = [w for w in diagnosis("is_capacity").evidence.waiting if w.step == "lead>working"]
    assert queue.days_now > 5 * queue.days_usual
    assert queue.stock_now > 10 * queue.stock_before


def test_the_report_shows_the_same_figures() -> None:
    history = trial("p1").open()
    answer = report_funnel(history=history, made_at=0).answer
    found = diagnosis("p1")
    assert answer.headline == found.headline
    assert answer.candidates.table.to_pylist() == found.result.table.to_pylist()


def test_the_numbers_of_journeys_and_the_unit_of_money_change_nothing_but_themselves() -> None:
    made = trial("p1")
    size = int(made.entries["journey"].max())
    shuffled = np.random.default_rng(5).permutation(len(made.entries["journey"]))
    entries = {name: column[shuffled] for name, column in made.entries.items()}
    entries = entries | {"journey": size + 1 - entries["journey"], "amount": entries["amount"] * 10}
    attributes = made.attributes | {"journey": size + 1 - made.attributes["journey"]}
    revenue = made.revenue | {"amount": made.revenue["amount"] * 10}
    history = replace(made, entries=entries, attributes=attributes, revenue=revenue).open()
    again, once = find_bottleneck(history=history), diagnosis("p1")
    assert [n.key for n in again.nodes[:1]] == [n.key for n in once.nodes[:1]]
    assert again.largest is not None
    assert once.largest is not None
    assert again.largest.gain is not None
    assert once.largest.gain is not None
    assert again.largest.gain.mid == pytest.approx(10 * once.largest.gain.mid, rel=0.02)
    assert again.largest.since == once.largest.since


def test_staff_that_is_at_its_limit_lets_no_more_through() -> None:
    funnel = open_funnel(trial("p1").open(), track="new")
    caveats = find_caveats(funnel)
    free = measure_bottleneck(funnel, forbidden=caveats)
    tight = measure_bottleneck(funnel, forbidden=caveats, staff={"field_sales": 1.0})
    of = {v.node.step: v.mid for v in tight.ranked if v.node.kind == "conversion"}
    assert free.top is not None
    assert of[free.top.node.step] == pytest.approx(0.05 * (free.top.mid or 0.0), rel=0.1)
