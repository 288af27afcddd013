"""What closing a gap would bring, by arithmetic: with next to no uncertainty the draws are the sum by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_history import changed_model
from small_stream import make_stream

from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.gains import DRAWS, MONTH_DAYS, Drawn, value_gap
from kyogyo.analytics.money import win_values
from kyogyo.analytics.nodes import Level, Node, conversion_node, volume_node


def level(rate: float) -> Level:
    """A rate that is known exactly, or nearly so."""
    return Level(successes=rate * 1e9, exposure=1e9, start=0, stop=7)


def surely(value: float) -> np.ndarray:
    return np.full(DRAWS, value)


def drawn(**more: object) -> Drawn:
    """100 leads a month of which half meet, 40% of those win 1,000 each, and 80% of the won become active."""
    made = Drawn(
        now={"lead>meeting": surely(0.5), "meeting>won": surely(0.4), "won>active": surely(0.8)},
        inflow={"lead>meeting": 100.0, "meeting>won": 50.0, "won>active": 20.0},
        later={"lead>meeting": surely(0.4), "meeting>won": surely(1.0), "won>active": None},
        value=surely(1000.0),
        revenue=surely(20_000.0),
        unit="money",
        margin=1.0,
        rng=np.random.default_rng(1),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def node(kind: str, step: str, **more: object) -> Node:
    more.setdefault("status", "ok")
    return Node(kind=kind, step=step, n=100, **more)  # type: ignore[arg-type]


def test_a_conversion_is_its_gap_times_what_passes_times_what_is_left_of_it() -> None:
    found = value_gap(node("conversion", "lead>meeting", now=level(0.5), reference=level(0.6)), drawn())  # fmt: skip
    assert found.mid == pytest.approx(100 * 0.1 * 0.4 * 1000, rel=1e-3)
    assert (found.p_top, found.sure) == (None, False)
    later = value_gap(node("conversion", "meeting>won", now=level(0.4), reference=level(0.3)), drawn())  # fmt: skip
    assert later.mid == pytest.approx(50 * -0.1 * 1000, rel=1e-3)


def test_a_target_is_taken_as_it_is() -> None:
    found = value_gap(node("conversion", "lead>meeting", now=level(0.5), target=0.7), drawn())
    assert found.mid == pytest.approx(100 * 0.2 * 0.4 * 1000)


def test_no_rate_is_above_one() -> None:
    found = value_gap(node("conversion", "lead>meeting", now=level(0.5), reference=level(1.5)), drawn())  # fmt: skip
    assert found.hi == pytest.approx(100 * 0.5 * 0.4 * 1000)


def test_a_volume_is_its_gap_a_month_times_the_whole_way() -> None:
    found = value_gap(node("volume", "lead", now=level(20.0), reference=level(25.0)), drawn())
    assert found.mid == pytest.approx(5 * MONTH_DAYS / 7 * 0.5 * 0.4 * 1000, rel=1e-2)


def test_a_value_is_its_gap_times_the_wins_of_a_month() -> None:
    values = (np.full(50, 800.0), np.full(50, 1000.0))
    found = value_gap(node("value", "won", now=level(800), reference=level(1000), values=values), drawn())  # fmt: skip
    assert found.mid == pytest.approx(100 * 0.5 * 0.4 * 200)


def test_without_a_value_gains_are_wins() -> None:
    without = drawn(value=None, revenue=surely(20.0), unit="wins")
    found = value_gap(node("conversion", "lead>meeting", now=level(0.5), reference=level(0.6)), without)  # fmt: skip
    assert found.mid == pytest.approx(100 * 0.1 * 0.4, rel=1e-3)
    worthless = value_gap(node("value", "won", now=level(1), reference=level(2), values=(np.ones(30), np.ones(30))), without)  # fmt: skip
    assert (worthless.draws, worthless.node.why) == (None, "not_valued")


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (node("conversion", "won>active", now=level(0.5), reference=level(0.6)), "not_valued"),
        (node("conversion", "lead>meeting", now=level(0.5)), "not_valued"),
        (node("volume", "lead", now=level(0.5)), "not_valued"),
        (node("volume", "lead", status="refused", why="forbidden", now=level(1), reference=level(2)), "forbidden"),
        (node("conversion", "lead>meeting", status="not_enough_history", why="few"), "few"),
    ],
)  # fmt: skip
def test_what_can_t_be_valued_says_why(refused: Node, why: str) -> None:
    found = value_gap(refused, drawn())
    assert (found.draws, found.mid, found.node.why) == (None, None, why)
    assert found.node.status != "ok"


def test_an_unknown_step_on_the_way_leaves_volume_and_value_unknown() -> None:
    unknown = drawn(now={"meeting>won": surely(0.4)})
    found = value_gap(node("volume", "lead", now=level(20.0), reference=level(25.0)), unknown)
    assert found.draws is None
    blocked = drawn(later={"lead>meeting": None, "meeting>won": surely(1.0)})
    assert value_gap(node("volume", "lead", now=level(20.0), reference=level(25.0)), blocked).draws is None  # fmt: skip


def test_noise_beyond_chance_widens_the_interval() -> None:
    rate = {"now": Level(100.0, 200.0, 0, 7), "reference": Level(120.0, 200.0, 0, 7)}
    quiet, noisy = (
        value_gap(node("volume", "lead", phi=phi, **rate), drawn()) for phi in (1.0, 4.0)
    )
    assert (noisy.hi - noisy.lo) / (quiet.hi - quiet.lo) == pytest.approx(2.0, rel=0.1)  # type: ignore[operator]


def test_the_draws_of_a_stream_are_made_of_its_own_rates() -> None:
    funnel = open_funnel(make_stream(active=True), track="new")
    nodes = [volume_node(funnel, tests=5), *(conversion_node(funnel, step=s, tests=5) for s in funnel.steps)]  # fmt: skip
    values = win_values(funnel.history, track="new")
    made = Drawn.of(
        funnel, nodes=nodes, values=values, value_stage="won", rng=np.random.default_rng(1)
    )
    assert list(made.now) == ["lead>meeting", "meeting>won", "won>active"]
    assert float(np.median(made.now["lead>meeting"])) == pytest.approx(0.5, abs=0.05)
    assert made.inflow["lead>meeting"] == pytest.approx(6 * MONTH_DAYS, rel=0.15)
    assert np.array_equal(made.later["lead>meeting"], made.now["meeting>won"])  # type: ignore[arg-type]
    assert np.array_equal(made.later["meeting>won"], np.ones(DRAWS))  # type: ignore[arg-type]
    assert made.later["won>active"] is None  # no revenue, so a customer who stays has no price
    assert made.unit == "money"
    assert float(np.median(made.value)) == pytest.approx(100_000, rel=0.05)  # type: ignore[arg-type]
    assert np.allclose(made.revenue, made.inflow["lead>meeting"] * made.now["lead>meeting"] * made.now["meeting>won"] * made.value)  # type: ignore[operator] # fmt: skip


def test_a_value_stage_off_the_path_leaves_everything_unknown() -> None:
    funnel = open_funnel(make_stream(), track="new")
    nodes = [conversion_node(funnel, step=s, tests=4) for s in funnel.steps]
    values = win_values(funnel.history, track="new")
    made = Drawn.of(funnel, nodes=nodes, values=values, value_stage=None, rng=np.random.default_rng(1))  # fmt: skip
    assert made.revenue is None
    assert set(made.later.values()) == {None}


def test_a_gross_margin_is_taken_of_what_a_win_brings_and_of_its_gap() -> None:
    halved = changed_model(more="\n[bottleneck]\ngross_margin = 0.5\n")
    found = []
    for model in (None, halved):
        funnel = open_funnel(make_stream(model=model), track="new")
        nodes = [conversion_node(funnel, step=s, tests=4) for s in funnel.steps]
        values = win_values(funnel.history, track="new")
        made = Drawn.of(funnel, nodes=nodes, values=values, value_stage="won", rng=np.random.default_rng(1))  # fmt: skip
        found.append(float(np.median(made.value)))  # type: ignore[arg-type]
    assert found[1] == pytest.approx(found[0] / 2)
    values = (np.full(50, 800.0), np.full(50, 1000.0))
    gap = value_gap(node("value", "won", now=level(800), reference=level(1000), values=values), drawn(margin=0.5))  # fmt: skip
    assert gap.mid == pytest.approx(100 * 0.5 * 0.4 * 200 * 0.5)
