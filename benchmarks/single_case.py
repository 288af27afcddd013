"""How often the verdict on a countermeasure is wrong, and how often it finds one that works.

    nice -n 15 .venv/bin/python benchmarks/single_case.py            # about 2 minutes of CPU
    nice -n 15 .venv/bin/python benchmarks/single_case.py --trials 100

The generator is this script's own, unlike the one in `single_case.power`: shares of 40 cases a
week on the logit scale, weeks of a team that depend on each other (AR(1), phi 0, 0.3 and 0.6,
standard deviation 0.2), a trend of 0.03 a week, and shocks that hit all teams at once (a random
walk, 0.1 a week). The measured figures stand in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import mannwhitneyu, ttest_ind

from kyogyo.analytics.single_case import (
    Design,
    Measure,
    Panel,
    Plan,
    TeamWeeks,
    design_after_the_fact,
    draw_one,
    judge,
    order_design,
    reversal_design,
    staggered_design,
    start_design,
)
from kyogyo.analytics.single_case.designs import draw_assignments
from kyogyo.analytics.single_case.power import prepare
from kyogyo.analytics.single_case.randomisation import compare_starts, compare_with
from kyogyo.analytics.single_case.support import step_by_counts, step_by_ols
from kyogyo.words import Text

PHIS = (0.0, 0.3, 0.6)
CASES, SPREAD, LEVEL = 40, 0.2, -1.4
MEASURE = Measure(Text(en="rate", ja="率"))


@dataclass(frozen=True)
class World:
    phi: float
    trend: float = 0.0
    shock: float = 0.0
    effect: float = 0.0  # on the logit


def weeks_of(world: World, pattern: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Successes [teams, weeks] of CASES cases each."""
    teams, weeks = pattern.shape
    noise = rng.normal(size=(teams, weeks)) * SPREAD
    for t in range(1, weeks):
        noise[:, t] = world.phi * noise[:, t - 1] + np.sqrt(1 - world.phi**2) * noise[:, t]
    common = np.cumsum(rng.normal(size=weeks)) * world.shock + world.trend * np.arange(weeks)
    level = LEVEL + rng.normal(size=(teams, 1)) * 0.2
    logit = level + noise + common - common.mean() + world.effect * pattern
    return rng.binomial(CASES, 1 / (1 + np.exp(-logit))).astype(float)


def panel_of(won: np.ndarray, **more: tuple[int, ...]) -> Panel:
    cases = np.full(won.shape[1], float(CASES))
    teams = tuple(TeamWeeks(f"T{k}", row, cases, **more) for k, row in enumerate(won))
    return Panel(MEASURE, teams, tuple(str(week) for week in range(won.shape[1])))


# ---- one team, 12 weeks before and 12 after: what each test alone says


def one_series(world: World, *, trials: int) -> dict[str, float]:
    rng, on = np.random.default_rng(1), np.arange(24) >= 12
    hits: dict[str, list[bool]] = {}
    for _ in range(trials):
        won = weeks_of(world, on[None, :], rng)[0]
        a, b = won[:12] / CASES, won[12:] / CASES
        ps = {
            "Mann-Whitney (NAP)": mannwhitneyu(a, b, alternative="two-sided").pvalue,
            "t test": ttest_ind(a, b).pvalue,
            "ITS, least squares": step_by_ols(values=won / CASES, on=on).p,
            "ITS, binomial with phi": step_by_counts(
                successes=won, exposure=np.full(24, CASES), on=on
            ).p,
        }
        for name, p in ps.items():
            hits.setdefault(name, []).append(bool(p <= 0.05))
    return {name: float(np.mean(each)) for name, each in hits.items()}


# ---- designs with a lot: the test of the draw, and its interval


def drawn(design: Design, world: World, *, trials: int) -> dict[str, float]:
    rng = np.random.default_rng(2)
    contrast, exact = prepare(design, np.ones((design.teams, design.weeks)), rng=rng)
    rise, covered = [], []
    # A change on the logit is a smaller one of the log rate.
    rate = 1 / (1 + np.exp(-LEVEL))
    true = np.log((1 / (1 + np.exp(-LEVEL - world.effect))) / rate)
    for _ in range(trials):
        pattern = design.pattern(draw_assignments(design, draws=1, rng=rng)[0])
        won = weeks_of(world, pattern, rng)
        logs = np.log((won + 0.5) / (CASES + 0.5))
        test = compare_with(contrast, pattern=pattern, logs=logs, exact=exact)
        rise.append(test.p_rise <= 0.05)
        covered.append(test.lo <= true <= test.hi)
    return {"p <= .05": float(np.mean(rise)), "covered": float(np.mean(covered))}


def pre_post(world: World, design: Design, *, trials: int) -> dict[str, float]:
    """What plain comparisons say of four staggered teams."""
    rng = np.random.default_rng(3)
    plain, starts_only = [], []
    for _ in range(trials):
        pattern = design.pattern(draw_assignments(design, draws=1, rng=rng)[0])
        share = weeks_of(world, pattern, rng) / CASES
        plain.append(ttest_ind(share[~pattern], share[pattern], alternative="less").pvalue <= 0.05)
        starts = [int(row.argmax()) for row in pattern]
        test = compare_starts(series=list(share), starts=starts, least=(8, 4), draws=499)
        starts_only.append(test.p <= 0.05)
    return {"pooled before/after": float(np.mean(plain)), "mean, independent starts": float(np.mean(starts_only))}  # fmt: skip


# ---- the whole verdict


def verdicts(
    world: World,
    *,
    trials: int,
    choose: Callable[[World, np.random.Generator], tuple[Panel, Plan, np.ndarray]],
) -> dict[str, float]:
    rng = np.random.default_rng(4)
    said: dict[str, int] = {}
    for _ in range(trials):
        panel, plan, pattern = choose(world, rng)
        found = judge(panel=panel, plan=plan, pattern=pattern, draws=999)
        for name in (found.verdict, found.why):
            said[name] = said.get(name, 0) + 1
    names = ("supported", "not_supported", "cannot_tell", "false_start", "one_team")
    return {name: said.get(name, 0) / trials for name in names}


def by_lot(design: Design) -> Callable[[World, np.random.Generator], tuple[Panel, Plan, np.ndarray]]:  # fmt: skip
    def choose(world: World, rng: np.random.Generator) -> tuple[Panel, Plan, np.ndarray]:
        pattern = design.pattern(draw_one(design, seed=int(rng.integers(2**31))))
        return panel_of(weeks_of(world, pattern, rng)), Plan(design, drawn=True, expected=0.3), pattern  # fmt: skip

    return choose


def after_a_bad_week(*, exclude: bool, teams: int) -> Callable[[World, np.random.Generator], tuple[Panel, Plan, np.ndarray]]:  # fmt: skip
    """Each team begins the week after its worst of weeks 8 to 15, and the trigger is left out or not."""

    def choose(world: World, rng: np.random.Generator) -> tuple[Panel, Plan, np.ndarray]:
        flat = weeks_of(World(world.phi, world.trend, world.shock), np.zeros((teams, 24), bool), rng)  # fmt: skip
        worst = 8 + flat[:, 8:16].argmin(axis=1)
        pattern = np.arange(24)[None, :] > worst[:, None]
        cases = np.full(24, float(CASES))
        rows = tuple(
            TeamWeeks(f"T{k}", flat[k], cases, trigger=(int(worst[k]),) if exclude else ())
            for k in range(teams)
        )
        panel = Panel(MEASURE, rows, tuple(str(week) for week in range(24)))
        return panel, Plan(design_after_the_fact(pattern), drawn=False, expected=0.3), pattern

    return choose


def told(title: str, row: dict[str, float]) -> None:
    print(f"{title:52s}", "  ".join(f"{name} {value:.3f}" for name, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args().trials
    began = time.process_time()
    stormy = {"trend": 0.03, "shock": 0.1}
    designs = {
        "4 teams staggered, 24 weeks": staggered_design(teams=4, weeks=24, first=8, last=20, gap=3),
        "3 teams staggered, 24 weeks": staggered_design(teams=3, weeks=24, first=8, last=20, gap=3),
        "2 teams staggered, 24 weeks": staggered_design(teams=2, weeks=24, first=6, last=20, gap=2),
        "4 teams, order of 4 fixed starts": order_design(weeks=24, starts=[8, 12, 16, 20]),
        "1 team, ABAB, 32 weeks": reversal_design(weeks=32, first=5, least=4),
        "1 team, A-B, 32 weeks": start_design(weeks=32, first=5, last=27),
    }
    for phi in PHIS:
        print(f"\nphi {phi}, {trials} trials")
        told("one series, nothing done, no trend", one_series(World(phi), trials=trials))
        told("one series, nothing done, trend", one_series(World(phi, trend=0.03), trials=trials))
        told("4 teams, nothing done, trend and shocks", pre_post(World(phi, **stormy), designs["4 teams staggered, 24 weeks"], trials=trials // 4))  # fmt: skip
        for name, design in designs.items():
            told(f"{name}: nothing", drawn(design, World(phi, **stormy), trials=trials))
            told(f"{name}: +.4 logit", drawn(design, World(phi, effect=0.4, **stormy), trials=trials))  # fmt: skip
        staggered = designs["4 teams staggered, 24 weeks"]
        told("verdict, 4 teams by lot: nothing", verdicts(World(phi, **stormy), trials=trials // 4, choose=by_lot(staggered)))  # fmt: skip
        told("verdict, 4 teams by lot: +.4", verdicts(World(phi, effect=0.4, **stormy), trials=trials // 4, choose=by_lot(staggered)))  # fmt: skip
        for exclude in (False, True):
            title = f"verdict, 4 begin after a bad week, {'left out' if exclude else 'kept'}"
            told(title, verdicts(World(phi, **stormy), trials=trials // 4, choose=after_a_bad_week(exclude=exclude, teams=4)))  # fmt: skip
    print(f"\n{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
