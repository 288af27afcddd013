"""How often the weekly watch tells of a change that isn't one, and how soon it sees one that is.

    nice -n 15 python benchmarks/watch.py --runs 200

Single series of weeks, run through `find_changes` as a history's are: baselines estimated from the series itself, a fall and a
rise looked for every week. `phi` is by how much weeks differ more than chance.
"""

from __future__ import annotations

import argparse

import numpy as np

from kyogyo.analytics.intervals import wilson
from kyogyo.analytics.watch import Series, find_changes
from kyogyo.analytics.watch.season import season_of

MONDAY = 20_000 - (20_000 + 3) % 7
# weeks, cases a week, rate, phi
CALM = (
    ("conversion", 64, 40, 0.25, 1), ("conversion", 64, 40, 0.25, 2), ("conversion", 156, 40, 0.25, 1), ("conversion", 156, 40, 0.25, 2),
    ("conversion", 156, 15, 0.3, 1), ("conversion", 156, 200, 0.1, 3), ("entries", 156, 40, 1, 1), ("entries", 156, 40, 1, 2), ("entries", 156, 200, 1, 3),
)  # fmt: skip
# weeks before the change, rate before, rate since; 40 cases a week
CHANGED = ((14, 0.25, 0.17), (26, 0.25, 0.20), (26, 0.25, 0.17), (60, 0.25, 0.20), (60, 0.25, 0.17))


def series(
    rng: np.random.Generator, what: str, cases: float, rate: np.ndarray, phi: float
) -> Series:
    """One series of weeks at the rates given."""
    weeks = MONDAY + 7 * np.arange(rate.size)
    if what == "entries":
        mean = cases * rate
        drawn = rng.gamma(mean / (phi - 1), phi - 1) if phi > 1 else mean
        k, n = rng.poisson(drawn).astype(float), np.ones(rate.size)
    else:
        n = rng.poisson(cases, rate.size).astype(float)
        strength = (cases - phi) / (phi - 1) if phi > 1 else None
        drawn = rng.beta(rate * strength, (1 - rate) * strength) if strength else rate
        k = rng.binomial(n.astype(int), drawn).astype(float)
    season = season_of(weeks, k, n)
    return Series(
        what,
        "a" if what == "entries" else "a>b",
        weeks,
        k,
        n,
        season,
        season_known=rate.size >= 104,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--runs", type=int, default=200)
    runs = arguments.parse_args().runs
    print(
        "| nothing changes | weeks | cases a week | rate | phi | series with an alert | 95% |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    )
    rng = np.random.default_rng(1)
    for what, weeks, cases, rate, phi in CALM:
        alarms = sum(
            bool(find_changes(series(rng, what, cases, np.full(weeks, float(rate)), phi)))
            for _ in range(runs)
        )
        lo, hi = wilson(successes=alarms, n=runs)
        print(
            f"| {what} | {weeks} | {cases} | {rate} | {phi} | {alarms / runs:.3f} | {lo:.3f}-{hi:.3f} |",
            flush=True,
        )
    sizes = 1 + 0.3 * np.sin(2 * np.pi * np.arange(156) / 52)
    seasonal = sum(bool(find_changes(series(rng, "entries", 40, sizes, 1))) for _ in range(runs))
    print(f"| entries, seasons of 30% | 156 | 40 | 1 | 1 | {seasonal / runs:.3f} | |", flush=True)
    print(
        "\n| a fall | after weeks | found within a year | median weeks until found | start off by weeks (10, 50, 90%) |\n| --- | ---: | ---: | ---: | --- |"
    )
    for at, before, since in CHANGED:
        rates = np.where(np.arange(at + 52) < at, before, since)
        falls = [
            [
                c
                for c in find_changes(series(rng, "conversion", 40, rates, 1))
                if c.direction == "down"
            ]
            for _ in range(runs)
        ]
        found = [f[0] for f in falls if f]
        delays = [(c.found - MONDAY) // 7 - at + 1 for c in found]
        off = (
            np.percentile([(c.since - MONDAY) // 7 - at for c in found], [10, 50, 90])
            .round()
            .astype(int)
            .tolist()
        )
        print(
            f"| {before:.0%} → {since:.0%} | {at} | {len(found) / runs:.2f} | {np.median(delays):.0f} | {off} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
