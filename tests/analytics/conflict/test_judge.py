"""The rule of the alarm: each sign, what is said without teams, and what must not change a judgement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kyogyo.analytics.conflict.judge import judge_panels, split_change
from kyogyo.analytics.conflict.panel import Panel, make_panel


def pushed(
    *, units: int = 6, blocks: int = 14, beta: float = -1.5, seed: int = 1, leads: float = 200
) -> Panel:
    """From block 7 on every team passes on 40% more; beside it each has its ups and downs."""
    rng = np.random.default_rng(seed)
    unit, block = np.meshgrid(np.arange(units), np.arange(blocks), indexing="ij")
    policy = rng.normal(0, 0.15, (units, blocks)) + np.where(block >= 7, np.log(1.4), 0.0)
    inputs = rng.poisson(leads, (units, blocks))
    volume = rng.binomial(inputs, np.clip(0.4 * np.exp(policy), 0, 0.95))
    successes = rng.binomial(volume, np.clip(0.3 * np.exp(beta * policy), 0, 0.95))
    return make_panel(
        unit=unit.ravel(), block=block.ravel(), inputs=inputs.ravel(), volume=volume.ravel(),
        successes=successes.ravel(),
    )  # fmt: skip


def steady(
    volume: tuple[float, float], quality: tuple[float, float], *, with_inputs: bool = True
) -> Panel:
    """Two teams of 100 inputs a block, five blocks before and five after a change."""
    unit, block = (x.ravel() for x in np.meshgrid([0, 1], np.arange(10), indexing="ij"))
    passed = np.where(block < 5, volume[0], volume[1])
    return make_panel(
        unit=unit, block=block, volume=passed, successes=passed * np.where(block < 5, quality[0], quality[1]),
        inputs=np.full(20, 100.0) if with_inputs else None,
    )  # fmt: skip


def test_parts_of_a_change_add_up_and_say_which_took_what() -> None:
    """40 of 100 passed on and a half of them won, then 50 and three in ten: 0.20 -> 0.15."""
    parts = split_change(steady((40, 50), (0.5, 0.3)))

    assert parts.since == 5
    assert (parts.before, parts.after) == pytest.approx((0.20, 0.15))
    assert parts.volume + parts.quality == pytest.approx(-0.05)
    # L(0.15, 0.20) x ln(50 / 40), by hand.
    assert parts.volume == pytest.approx(0.05 / np.log(4 / 3) * np.log(1.25))
    assert (parts.volume_before, parts.volume_after) == pytest.approx((0.4, 0.5))
    assert (parts.quality_before, parts.quality_after) == pytest.approx((0.5, 0.3))
    assert (parts.local_up, parts.goal_down) == (True, True)


def test_parts_without_inputs_are_counts_a_block() -> None:
    parts = split_change(steady((40, 50), (0.5, 0.5), with_inputs=False))

    assert (parts.before, parts.after) == pytest.approx((40.0, 50.0))
    assert (parts.volume, parts.quality) == pytest.approx((10.0, 0.0))
    assert (parts.local_up, parts.goal_down) == (True, False)


def test_another_mix_of_teams_is_no_change_of_the_goal() -> None:
    """The good team gets fewer inputs and the poor one more; each is as it was."""
    unit, block = (x.ravel() for x in np.meshgrid([0, 1], np.arange(10), indexing="ij"))
    inputs = np.where((block < 5) == (unit == 0), 150.0, 50.0)
    volume = inputs * np.where(unit == 0, 0.6, 0.2)
    parts = split_change(
        make_panel(unit=unit, block=block, inputs=inputs, volume=volume, successes=volume * 0.5)
    )

    assert (parts.volume, parts.quality) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_volume_that_wins_nothing_is_a_conflict() -> None:
    (found,) = judge_panels([pushed()])

    assert (found.kind, found.alarm) == ("conflict", True)
    assert found.elasticity is not None
    assert found.elasticity.value < 0
    assert found.q == found.elasticity.p
    assert found.e_value > 20
    assert found.parts is not None
    assert found.parts.since == 7


def test_volume_that_wins_less_than_its_share_is_dilution_and_no_alarm() -> None:
    """The goal per input still rises: beta is -0.6."""
    (found,) = judge_panels([pushed(beta=-0.6, leads=600)])

    assert (found.kind, found.alarm) == ("dilution", False)
    assert found.parts is not None
    assert not found.parts.goal_down


def test_volume_that_wins_its_share_is_nothing() -> None:
    (found,) = judge_panels([pushed(beta=0.0)])

    assert (found.kind, found.alarm) == ("none", False)


def test_two_teams_make_a_coincidence_in_time_and_never_a_conflict() -> None:
    (found,) = judge_panels([pushed(units=2, leads=800)])

    assert (found.kind, found.alarm) == ("coincidence", False)
    assert found.elasticity is None
    assert found.q is None
    assert found.e_value > 20


def test_few_blocks_are_too_early() -> None:
    (found,) = judge_panels([pushed(blocks=7)])

    assert (found.kind, found.alarm, found.parts) == ("not_enough_history", False, None)


def test_pairs_are_one_family_of_tests() -> None:
    """q is the p of the best of four times four, when the others show nothing."""
    panels = [pushed(seed=1), *(pushed(beta=0.0, seed=seed) for seed in (2, 3, 4))]
    alone, among = judge_panels(panels[:1])[0], judge_panels(panels)[0]

    assert alone.q is not None
    assert among.q == pytest.approx(4 * alone.q)


@pytest.mark.parametrize("beta", [-1.5, 0.0])
def test_names_of_teams_and_of_blocks_do_not_change_a_judgement(beta: float) -> None:
    panel = pushed(beta=beta)
    renamed = replace(panel, unit=99 - panel.unit, block=panel.block + 700).summed()
    (one,), (other,) = judge_panels([panel]), judge_panels([renamed])

    assert (one.kind, one.alarm, one.q) == (other.kind, other.alarm, pytest.approx(other.q))
    assert one.parts is not None
    assert other.parts is not None
    assert other.parts.since == one.parts.since + 700
    assert other.parts.quality == pytest.approx(one.parts.quality)
