"""Scores the diagnosis of the bottleneck on organisations whose fault is known, beside simpler rules.

    python benchmarks/diagnosis.py                        # everything
    python benchmarks/diagnosis.py --generator relay --seeds 4 --kinds p1,p2

Prints, per generator: how often the worst node was named first and among the first two, what part of the achievable
gain following the answer would lose (regret), how often the 90 % interval held the true gain, how often something was
named where nothing was wrong. Method and rules see only the history.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from rules_of_thumb import RULES, rank_by_rule

from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.simulate.trial import MakesTrials, NodeKey, Trial

GENERATORS: Mapping[str, str] = {
    "relay": "kyogyo.analytics.simulate.relay:Relay",
    "saas": "kyogyo.analytics.simulate.saas.trials:Company",
}
# Held out: the method was made looking at the relay alone.
TUNED_ON = "relay"
ALIGNED, MISALIGNED = (84,), (56, 140)


@dataclass(frozen=True)
class Answer:
    """What a method said of one trial. `intervals` (lo, hi) by node, empty for rules that have none."""

    method: str
    ranked: tuple[NodeKey, ...]
    named: bool
    intervals: Mapping[NodeKey, tuple[float, float, float]]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """One trial and the answers to it."""

    generator: str
    name: str
    since: int
    seed: int
    gains: Mapping[NodeKey, float]
    answers: tuple[Answer, ...]


def diagnose(trial: Trial) -> list[Answer]:
    """The method's answer and those of the rules of thumb."""
    history = trial.open()
    track = history.model.tracks[0].code
    start = time.process_time()
    funnel = open_funnel(history, track=track)
    found = find_bottleneck(funnel)
    seconds = time.process_time() - start
    valued = [v for v in found.ranked if v.draws is not None]
    answers = [
        Answer(
            "kyogyo",
            tuple((v.node.kind, v.node.step) for v in valued),
            named=found.status in {"named", "tie"},
            intervals={
                (v.node.kind, v.node.step): (v.lo or 0.0, v.mid or 0.0, v.hi or 0.0) for v in valued
            },
            seconds=seconds,
        )
    ]
    answers += [
        Answer(rule, rank_by_rule(rule, funnel), named=True, intervals={}, seconds=0.0)
        for rule in RULES
    ]
    return answers


def run_one(job: tuple[str, str, int, int]) -> Outcome:
    generator, name, since, seed = job
    trial = make_generator(generator).make(name, seed=seed, since=since)
    return Outcome(generator, name, since, seed, trial.gains, tuple(diagnose(trial)))


def make_generator(name: str) -> MakesTrials:
    module, _, attribute = GENERATORS[name].partition(":")
    found: MakesTrials = getattr(import_module(module), attribute)()
    return found


# ------------------------------------------------------------------------------------ scores


def is_right(answer: Answer, outcome: Outcome, *, among: int) -> bool:
    """Whether the worst node is among the first; a rule that knows only steps is right with the step."""
    best = max(outcome.gains, key=lambda key: outcome.gains[key])
    return any(_same(key, best) for key in answer.ranked[:among])


def _same(said: NodeKey, truth: NodeKey) -> bool:
    return said == truth or (said[0] == "step" and said[1] == truth[1])


def regret(answer: Answer, outcome: Outcome) -> float:
    """The share of the achievable gain that is lost by doing what was named."""
    best = max(outcome.gains.values())
    if not answer.ranked:
        return 1.0
    got = max(
        (gain for key, gain in outcome.gains.items() if _same(answer.ranked[0], key)), default=0.0
    )
    return 1.0 - max(got, 0.0) / best


def coverage(outcomes: Iterable[Outcome]) -> tuple[float, float, int]:
    """How often the interval held the true gain of the worst node, the mean of estimate by truth, and of how many."""
    held, ratios = [], []
    for outcome in outcomes:
        best = max(outcome.gains, key=lambda key: outcome.gains[key])
        interval = outcome.answers[0].intervals.get(best)
        if interval is not None:
            held.append(interval[0] <= outcome.gains[best] <= interval[2])
            ratios.append(interval[1] / outcome.gains[best])
    if not held:
        return float("nan"), float("nan"), 0
    return float(np.mean(held)), float(np.median(ratios)), len(held)


def of_method(outcome: Outcome, method: str) -> Answer:
    return next(a for a in outcome.answers if a.method == method)


def print_scores(outcomes: Sequence[Outcome], *, generator: str, faults: Sequence[str]) -> None:
    wrong = [o for o in outcomes if o.name in faults]
    for title, sinces in (("aligned", ALIGNED), ("misaligned", MISALIGNED)):
        some = [o for o in wrong if o.since in sinces]
        if not some:
            continue
        print(f"\n{generator}, {title}: {len(some)} trials of {len({o.name for o in some})} kinds")
        print(f"  {'':28} top-1  top-2  regret")
        for method in [a.method for a in some[0].answers]:
            answers = [(of_method(o, method), o) for o in some]
            top1, top2 = (np.mean([is_right(a, o, among=n) for a, o in answers]) for n in (1, 2))
            lost = np.mean([regret(a, o) for a, o in answers])
            print(f"  {method:28} {top1:.3f}  {top2:.3f}  {lost:.3f}")
        held, ratio, n = coverage(some)
        named = np.mean([o.answers[0].named for o in some])
        print(f"  interval holds the truth {held:.3f} (n = {n}), estimate/truth {ratio:.2f}, "
              f"named or tied {named:.3f}")  # fmt: skip
    calm = [o for o in outcomes if o.name not in faults]
    for name in dict.fromkeys(o.name for o in calm):
        some = [o for o in calm if o.name == name]
        alarms = np.mean([o.answers[0].named for o in some])
        print(f"  false alarms, {name}: {alarms:.3f} (n = {len(some)})")
    _print_kinds(wrong)
    seconds = [o.answers[0].seconds for o in outcomes]
    print(f"  processor a diagnosis: {np.mean(seconds):.2f} s, at most {max(seconds):.2f} s")


def _print_kinds(wrong: Sequence[Outcome]) -> None:
    print("  by kind (top-1 aligned | misaligned; interval; estimate/truth; what was said instead)")
    for name in dict.fromkeys(o.name for o in wrong):
        some = [o for o in wrong if o.name == name]
        parts = []
        for sinces in (ALIGNED, MISALIGNED):
            rows = [o for o in some if o.since in sinces]
            parts.append(
                f"{np.mean([is_right(o.answers[0], o, among=1) for o in rows]):.2f}"
                if rows
                else "  - "
            )
        held, ratio, _ = coverage(some)
        misses: dict[str, int] = {}
        for o in some:
            if not is_right(o.answers[0], o, among=1):
                said = ":".join(o.answers[0].ranked[0]) if o.answers[0].ranked else "nothing"
                misses[said] = misses.get(said, 0) + 1
        listed = ", ".join(f"{k} {n}" for k, n in sorted(misses.items(), key=lambda i: -i[1])[:4])
        print(f"    {name:20} {parts[0]} | {parts[1]}   {held:.2f}   {ratio:5.2f}   {listed}")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--generator", default=",".join(GENERATORS))
    parser.add_argument(
        "--seeds", type=int, default=6, help="seeds a kind, aligned; misaligned half each"
    )
    parser.add_argument("--first-seed", type=int, default=1001)
    parser.add_argument("--calm-seeds", type=int, default=20)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(argv)
    for generator in given.generator.split(","):
        made = make_generator(generator)
        wanted = set(given.kinds.split(",")) if given.kinds else set(made.faults) | set(made.calm)
        jobs = _jobs(generator, made, wanted, given)
        print_scores(
            run_all(jobs, processes=given.processes), generator=generator, faults=made.faults
        )


def run_all(jobs: Sequence[tuple[str, str, int, int]], *, processes: int) -> list[Outcome]:
    """The outcomes of the jobs; of those that are through when it is broken off (Ctrl-C)."""
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(processes) as pool:
        try:
            for outcome in pool.map(run_one, jobs):
                outcomes.append(outcome)  # noqa: PERF402 -- so that those before a break are kept
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            print(f"broken off after {len(outcomes)} of {len(jobs)} trials")
    return outcomes


def _jobs(
    generator: str, made: MakesTrials, wanted: set[str], given: argparse.Namespace
) -> list[tuple[str, str, int, int]]:
    first = given.first_seed
    jobs = []
    for name in made.faults:
        if name in wanted:
            jobs += [(generator, name, 84, first + i) for i in range(given.seeds)]
            for since in MISALIGNED:
                jobs += [
                    (generator, name, since, first + 500 + i) for i in range((given.seeds + 1) // 2)
                ]
    for name in made.calm:
        if name in wanted:
            jobs += [(generator, name, 84, first + i) for i in range(given.calm_seeds)]
    # By seed, so that a part of them is a sample of all.
    return sorted(jobs, key=lambda job: (job[3] % 500, job[2], job[1]))


if __name__ == "__main__":
    main()
