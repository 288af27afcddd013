"""What restoring a node brings: nothing at 0, all at 1, little behind a full queue, and no label matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.bottleneck import Bottleneck
from kyogyo.analytics.explain_stream import Moved, what_moved
from kyogyo.analytics.gains import Projection, Valued, gain_of, value_gap
from kyogyo.analytics.level_shift import LevelShift
from kyogyo.analytics.mix import Mix
from kyogyo.analytics.nodes import DRAWS, Level, Node, NodeKind, Past
from kyogyo.analytics.results import Result
from kyogyo.analytics.step_shift import WHATS, StepShift, What

# 100 journeys a month, half of each step go on, a win is worth 8: 200 a month.
ARRIVE, RATE, WORTH = 100.0, 0.5, 8.0
FIRST, SECOND = "lead>meeting", "meeting>won"
FACTOR = st.floats(0.2, 0.95)
FEW = settings(max_examples=15, deadline=None)


def step(what: What, ratio: float, *, days: float = 0.0) -> StepShift:
    """What certainly happened to a step, as draws that are all alike."""
    return StepShift(
        what=np.full(DRAWS, WHATS.index(what)),
        week=np.full(DRAWS, 20),
        ratio=np.full(DRAWS, ratio),
        days=np.full(DRAWS, days),
        rate_now=np.full(DRAWS, RATE),
        rate_before=np.full(DRAWS, RATE / ratio),
        likely={name: float(name == what) for name in WHATS},
        at=20,
        shape=0,
        phi=1.0,
    )


def level(ratio: float) -> LevelShift:
    return LevelShift(np.full(DRAWS, np.log(ratio)), np.full(DRAWS, ratio != 1), np.full(DRAWS, 20), float(ratio != 1), 20)  # fmt: skip


SAME = step("nothing", 1.0)


def past_of(*, first: StepShift = SAME, second: StepShift = SAME, volume: float = 1.0, price: float = 1.0,
            codes: tuple[str, str] = (FIRST, SECOND)) -> Past:  # fmt: skip
    return Past(
        weeks={}, shifts=dict(zip(codes, (first, second), strict=True)), arrived=np.empty(0), volume=level(volume), mix=Mix(()),
        mixed=None, prices=level(price), customers=None, churn=None, expansion=None,
    )  # fmt: skip


def stream_of(*, scale: float = 1.0, codes: tuple[str, str] = (FIRST, SECOND)) -> Projection:
    full = np.ones(DRAWS)
    return Projection(
        arrivals=ARRIVE * full, rates=dict.fromkeys(codes, RATE * full), chain=codes, after=(), worth=scale * WORTH * full,
        revenue=scale * ARRIVE * RATE * RATE * WORTH * full, unit="money", margin=1.0, by_revenue=False,
    )  # fmt: skip


def node_of(kind: NodeKind, code: str = FIRST) -> Node:
    return Node(kind=kind, step=code, status="ok", n=100)


def gain(node: Node, past: Past, *, fraction: float = 1.0, stream: Projection | None = None) -> float:  # fmt: skip
    found = gain_of(node, past, stream or stream_of(), fraction=fraction)
    assert found is not None
    assert np.ptp(found) == 0
    return float(found[0])


@pytest.mark.parametrize(
    ("node", "past"),
    [
        (node_of("conversion"), past_of(first=step("rate", 0.5))),
        (node_of("conversion", SECOND), past_of(second=step("rate", 0.5))),
        (node_of("volume", "lead"), past_of(volume=0.5)),
        (node_of("value", "won"), past_of(price=0.5)),
        (node_of("delay"), past_of(first=step("pace", 0.5, days=9.0))),
        (node_of("capacity"), past_of(first=step("wait", 0.5, days=9.0))),
    ],
)
def test_what_was_halved_brings_as_much_again_when_restored(node: Node, past: Past) -> None:
    assert gain(node, past) == pytest.approx(200.0)
    assert gain(node, past, fraction=0.0) == 0.0
    assert gain(node, past, fraction=0.25) == pytest.approx(50.0)
    valued = value_gap(node, past, stream_of())
    assert (valued.lo, valued.mid, valued.hi) == (pytest.approx(200.0),) * 3
    assert valued.p_gain == 1.0


@pytest.mark.parametrize("kind", ["conversion", "delay", "capacity"])
def test_only_the_node_to_which_it_happened_brings_anything(kind: NodeKind) -> None:
    of: dict[NodeKind, What] = {"conversion": "rate", "delay": "pace", "capacity": "wait"}
    for mine, what in of.items():
        found = gain(node_of(kind), past_of(first=step(what, 0.5, days=9.0)))
        assert found == pytest.approx(200.0 if mine == kind else 0.0)


def test_more_into_a_full_queue_brings_next_to_nothing() -> None:
    queue = step("wait", 0.5, days=20.0)
    free = past_of(first=step("rate", 0.5), volume=0.5)
    full = past_of(first=step("rate", 0.5), second=queue, volume=0.5)
    for node in (node_of("conversion"), node_of("volume", "lead")):
        assert gain(node, full) == pytest.approx(0.05 * gain(node, free))
    # The queue itself, and the value of what leaves it, aren't held up by it.
    assert gain(node_of("capacity", SECOND), full) == pytest.approx(200.0)
    after = past_of(first=queue, second=step("rate", 0.5))
    assert gain(node_of("conversion", SECOND), after) == pytest.approx(200.0)


def test_what_people_can_take_up_is_the_most_that_is_counted_on() -> None:
    past = past_of(volume=0.5)
    # 50 a month come to the second step: with room for 60, a fifth more gets through.
    tight = replace(stream_of(), ceilings={SECOND: 60.0})
    assert gain(node_of("volume", "lead"), past, stream=tight) == pytest.approx(0.2 * 200.0)


@FEW
@given(ratio=FACTOR, fractions=st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_closing_more_of_a_gap_never_brings_less(ratio: float, fractions: list[float]) -> None:
    past = past_of(first=step("rate", ratio))
    found = [gain(node_of("conversion"), past, fraction=f) for f in sorted(fractions)]
    assert found == sorted(found)
    assert found[-1] <= 200.0 * (1 / ratio - 1) * (1 + 1e-9)


@FEW
@given(ratio=FACTOR, price=FACTOR, scale=st.floats(0.01, 1000))
def test_money_in_another_unit_changes_only_the_unit(ratio: float, price: float, scale: float) -> None:  # fmt: skip
    past = past_of(first=step("rate", ratio), price=price)
    for node in (node_of("conversion"), node_of("value", "won")):
        found = gain(node, past, stream=stream_of(scale=scale))
        assert found == pytest.approx(scale * gain(node, past))


@FEW
@given(ratio=FACTOR, other=FACTOR)
def test_a_node_is_worth_its_own_gap_whatever_fell_beside_it(ratio: float, other: float) -> None:
    alone = gain(node_of("conversion"), past_of(first=step("rate", ratio)))
    beside = past_of(first=step("rate", ratio), second=step("rate", other), price=other)
    assert gain(node_of("conversion"), beside) == pytest.approx(alone)


@FEW
@given(ratio=FACTOR)
def test_stages_may_be_called_anything(ratio: float) -> None:
    codes = ("x9>a", "a>k")
    renamed = past_of(first=step("rate", ratio), codes=codes)
    found = gain(node_of("conversion", codes[0]), renamed, stream=stream_of(codes=codes))
    assert found == gain(node_of("conversion"), past_of(first=step("rate", ratio)))


def test_what_cannot_be_said_has_no_gain() -> None:
    unsold = replace(stream_of(), revenue=None)
    assert gain_of(node_of("conversion"), past_of(), unsold) is None
    assert gain_of(node_of("mix", "lead"), past_of(), stream_of()) is None
    assert gain_of(node_of("conversion", "won>active"), past_of(), stream_of()) is None
    refused = value_gap(node_of("churn", "won"), past_of(), stream_of())
    assert (refused.draws, refused.node.status, refused.node.why) == (None, "refused", "not_valued")


# ------------------------------------------------------- what moved

MONTHS = 365.25 / 12 / 7


def factor(kind: NodeKind, code: str, before: float, now: float) -> Valued:
    levels = [Level(rate * 1000.0, 1000.0, 0, 7) for rate in (before, now)]
    return Valued(replace(node_of(kind, code), reference=levels[0], now=levels[1]), None)


def moved(before: list[float], now: list[float], *, order: int = 1) -> dict[str, Moved]:
    """LMDI of demand, two rates and the value of a win."""
    names: list[tuple[NodeKind, str]] = [("volume", "lead"), ("conversion", FIRST), ("conversion", SECOND), ("value", "won")]  # fmt: skip
    ranked = [factor(*name, b, a) for name, b, a in zip(names, before, now, strict=True)]
    nothing: Result = None  # type: ignore[assignment] -- not asked
    found = what_moved(Bottleneck("none_distinguishable", None, tuple(ranked[::order]), None, "money", nothing, stream=stream_of()))  # fmt: skip
    return {one.step: one for one in found}


@FEW
@given(
    before=st.lists(st.floats(0.05, 50), min_size=4, max_size=4),
    now=st.lists(st.floats(0.05, 50), min_size=4, max_size=4),
)
def test_effects_add_up_exactly_in_any_order_of_nodes(before: list[float], now: list[float]) -> None:  # fmt: skip
    found = moved(before, now)
    change = (np.prod(now) - np.prod(before)) * MONTHS
    assert sum(m.effect for m in found.values()) == pytest.approx(float(change), rel=1e-6, abs=1e-6)
    assert moved(before, now, order=-1) == found
    # What rose didn't take money away, nor the other way round.
    assert all((m.now - m.before) * m.effect >= 0 for m in found.values())


def test_a_factor_that_stayed_moved_nothing_and_one_that_came_to_nothing_took_all() -> None:
    found = moved([70.0, 0.5, 0.4, 1000.0], [70.0, 0.5, 0.0, 1000.0])
    assert found["lead"].effect == pytest.approx(0.0, abs=1e-3)
    assert found[SECOND].effect == pytest.approx(-70 * 0.5 * 0.4 * 1000 * MONTHS)


def test_two_rates_that_fell_by_the_same_share_carry_the_same() -> None:
    found = moved([70.0, 0.5, 0.4, 1000.0], [70.0, 0.25, 0.2, 1000.0])
    assert found[FIRST].effect == pytest.approx(found[SECOND].effect)
    assert found[FIRST].effect == pytest.approx(-0.75 * 70 * 0.5 * 0.4 * 1000 * MONTHS / 2)


def test_without_a_stream_or_a_reference_nothing_is_taken_apart() -> None:
    nothing: Result = None  # type: ignore[assignment] -- not asked
    assert what_moved(Bottleneck("not_enough_history", None, (), None, "money", nothing)) == ()
    known = (factor("volume", "lead", 70.0, 60.0),)
    assert what_moved(Bottleneck("not_enough_history", None, known, None, "money", nothing, stream=stream_of())) == ()  # fmt: skip
