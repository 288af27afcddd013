"""The two-way fit: against the likelihood it solves, by hand, and under changes that must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from kyogyo.analytics.conflict.elasticity import measure_elasticity
from kyogyo.analytics.conflict.panel import Panel, make_panel
from kyogyo.analytics.conflict.two_way import fit_two_way


def teams(
    *,
    units: int = 6,
    blocks: int = 13,
    beta: float = 0.0,
    seed: int = 1,
    leads: float = 100,
    market: float = 0.0,
) -> Panel:
    """Teams that pass on more or less from block to block; `beta` is what that does to each one's success."""
    rng = np.random.default_rng(seed)
    unit, block = np.meshgrid(np.arange(units), np.arange(blocks), indexing="ij")
    policy = rng.normal(0, 0.2, (units, blocks)) + market * block
    inputs = rng.poisson(leads, (units, blocks))
    volume = rng.binomial(inputs, np.clip(0.4 * np.exp(policy), 0, 0.95))
    quality = np.clip(0.3 * np.exp(beta * policy - 2 * market * block), 0, 0.95)
    return make_panel(
        unit=unit.ravel(), block=block.ravel(), inputs=inputs.ravel(), volume=volume.ravel(),
        successes=rng.binomial(volume, quality).ravel(),
    )  # fmt: skip


def exact(volume: list[list[float]], successes: list[list[float]]) -> Panel:
    v, w = np.array(volume), np.array(successes)
    unit, block = np.meshgrid(np.arange(v.shape[0]), np.arange(v.shape[1]), indexing="ij")
    return make_panel(unit=unit.ravel(), block=block.ravel(), volume=v.ravel(), successes=w.ravel())


def test_fit_finds_an_elasticity_that_is_exactly_so() -> None:
    """w = team x block x volume^0.5: beta is -0.5, but for the half added before the log."""
    rng = np.random.default_rng(2)
    v = 1000.0 * rng.integers(100, 400, (4, 6))
    w = np.array([0.1, 0.2, 0.3, 0.4])[:, None] * np.array([1, 1.5, 0.7, 1, 2, 1.2]) * v**0.5

    fit = fit_two_way(exact(v.tolist(), w.tolist()))

    assert fit is not None
    assert fit.beta == pytest.approx(-0.5, abs=1e-4)
    assert fit.phi == 1.0


def test_fit_solves_the_equations_of_its_likelihood() -> None:
    """A quasi-Poisson fit with effects reproduces the totals of each team; with few of them by Newton on all dummies."""
    panel = teams(units=3, blocks=5, beta=-1.0)
    z = np.log(
        (panel.volume + 0.5) / (panel.inputs * panel.volume.sum() / panel.inputs.sum() + 0.5)
    )
    design = np.column_stack(
        [panel.unit == u for u in range(3)] + [panel.block == b for b in range(1, 5)] + [z]
    ).astype(float)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        mu = panel.exposure * np.exp(design @ at)
        return float(np.sum(mu - panel.successes * np.log(mu))), design.T @ (mu - panel.successes)

    best = minimize(loss, np.full(8, -1.0), jac=True, method="BFGS", options={"gtol": 1e-9})
    fit = fit_two_way(panel)

    assert fit is not None
    assert fit.beta == pytest.approx(best.x[-1], abs=1e-6)
    assert fit.free == 15 - 8


def test_opposite_trends_of_the_market_are_no_conflict() -> None:
    """Volume up 5% and quality down 10% a block for all teams: the block takes both."""
    panel = teams(market=0.05, seed=3)
    quality = [
        panel.keep(panel.block == b).successes.sum() / panel.keep(panel.block == b).volume.sum()
        for b in (0, 12)
    ]
    fit = fit_two_way(panel)

    assert quality[1] < 0.5 * quality[0]
    assert fit is not None
    assert fit.p > 0.05
    assert fit.e_value < 20


def test_correction_for_chance_recovers_the_true_elasticity() -> None:
    """Raw values lie nearer to 1 than the truth of -0.5; the mean of the corrected ones over 20 panels doesn't."""
    found = [measure_elasticity(teams(beta=-1.5, seed=seed)) for seed in range(20)]
    raw = np.mean([e.raw for e in found if e])
    corrected = np.mean([e.value for e in found if e])
    held = np.mean([e.lo <= -0.5 <= e.hi for e in found if e])

    assert raw > -0.25
    assert corrected == pytest.approx(-0.5, abs=0.15)
    assert held >= 0.75


def test_small_volumes_are_joined_to_longer_blocks_for_the_size() -> None:
    few = measure_elasticity(teams(leads=12, blocks=26, beta=-1.5))
    many = measure_elasticity(teams(leads=400, blocks=26, beta=-1.5))

    assert few is not None
    assert many is not None
    assert (few.joined, few.can_be_told) == (3, False)
    assert (many.joined, many.can_be_told) == (1, True)


@pytest.mark.parametrize("seed", [5, 6])
def test_names_of_teams_order_of_rows_and_splits_of_rows_do_not_matter(seed: int) -> None:
    panel = teams(beta=-1.0, seed=seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(panel.unit.size)
    shuffled = make_panel(
        unit=(41 - 7 * panel.unit)[order], block=(panel.block * 1 + 600)[order],
        inputs=panel.inputs[order], volume=panel.volume[order], successes=panel.successes[order],
    )  # fmt: skip
    halves = make_panel(
        unit=np.tile(panel.unit, 2), block=np.tile(panel.block, 2), inputs=np.tile(panel.inputs / 2, 2),
        volume=np.tile(panel.volume / 2, 2), successes=np.tile(panel.successes / 2, 2),
    )  # fmt: skip
    fit = fit_two_way(panel)

    assert fit is not None
    for other in (fit_two_way(shuffled), fit_two_way(halves)):
        assert other is not None
        assert (other.beta, other.p, other.e_value) == pytest.approx((fit.beta, fit.p, fit.e_value))


def test_immaturity_that_the_exposure_knows_changes_nothing() -> None:
    """Half of what will come of the newest blocks has been seen, and the exposure says so."""
    panel = teams(beta=0.0, seed=8, leads=4000)
    young = panel.block >= 10
    grown = make_panel(
        unit=panel.unit, block=panel.block, inputs=panel.inputs, volume=panel.volume,
        successes=np.where(young, panel.successes / 2, panel.successes),
        exposure=np.where(young, panel.volume / 2, panel.volume),
    )  # fmt: skip
    fit, other = fit_two_way(panel), fit_two_way(grown)

    assert fit is not None
    assert other is not None
    assert other.beta == pytest.approx(fit.beta, abs=0.02)


def test_a_mix_that_shifts_is_taken_by_the_segments() -> None:
    """One team after the other turns to small customers, who are easy to pass on and seldom buy; nobody's habit changes."""
    unit, block, segment = (
        x.ravel() for x in np.meshgrid(np.arange(4), np.arange(10), [0, 1], indexing="ij")
    )
    small = np.where(block > 2 * unit, 300.0, 100.0)
    inputs = np.where(segment == 1, small, 400 - small)
    volume = inputs * np.where(segment == 1, 0.8, 0.2)
    successes = volume * np.where(segment == 1, 0.1, 0.5)
    columns = {
        "unit": unit,
        "block": block,
        "inputs": inputs,
        "volume": volume,
        "successes": successes,
    }

    blind, seeing = (
        fit_two_way(make_panel(**columns)),
        fit_two_way(make_panel(**columns, segment=segment)),
    )

    assert blind is not None
    assert blind.beta < -0.3
    assert seeing is None or seeing.p > 0.4


def test_volumes_that_never_move_tell_nothing() -> None:
    assert fit_two_way(exact([[50.0] * 8] * 4, [[10.0] * 8] * 4)) is None


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        make_panel(unit=[1], block=[1, 2], volume=[1, 2], successes=[0, 1])
    with pytest.raises(ValueError, match="not negative"):
        make_panel(unit=[1], block=[1], volume=[-1], successes=[0])
