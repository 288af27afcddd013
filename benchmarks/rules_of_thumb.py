"""Rules that people name a bottleneck by, to be scored beside the method: none of them asks what a step is worth.

Each ranks nodes by (kind, step); 'step' as the kind says that the rule knows only where.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kyogyo.analytics.decompose import lmdi
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.money import win_values
from kyogyo.analytics.simulate.trial import NodeKey
from kyogyo.analytics.steps import ADVANCED
from kyogyo.analytics.stock import flows

RULES = (
    "longest wait",
    "lowest rate",
    "raw cohort drop",
    "LMDI on period counts",
    "LMDI + saturation flag",
)
_NOW, _BEFORE = 84, 252


def rank_by_rule(rule: str, funnel: Funnel) -> tuple[NodeKey, ...]:
    """The nodes, worst first, by one of `RULES`."""
    scores = {
        "longest wait": _waits,
        "lowest rate": _rates,
        "raw cohort drop": _cohort_drops,
        "LMDI on period counts": _moves,
        "LMDI + saturation flag": _moves_or_saturation,
    }[rule](funnel)
    return tuple(sorted(scores, key=lambda key: -scores[key]))


def _waits(funnel: Funnel) -> dict[NodeKey, float]:
    """Mean days from entry to the next stage, of those who got there lately."""
    now = funnel.history.as_of_day
    found = {}
    for code, counts in funnel.steps.items():
        rows = (counts.cause == ADVANCED) & (counts.day + counts.lag > now - _NOW)
        total = max(int(counts.count[rows].sum()), 1)
        found["step", code] = float((counts.lag * counts.count)[rows].sum()) / total
    return found


def _rates(funnel: Funnel) -> dict[NodeKey, float]:
    return {("step", code): -_cohort_rate(funnel, code, 0, 10_000) for code in funnel.steps}


def _cohort_drops(funnel: Funnel) -> dict[NodeKey, float]:
    found = {}
    for code in funnel.steps:
        before = _cohort_rate(funnel, code, _NOW, _NOW + _BEFORE)
        found["step", code] = 1 - _cohort_rate(funnel, code, 0, _NOW) / max(before, 1e-9)
    return found


def _cohort_rate(funnel: Funnel, code: str, youngest: int, oldest: int) -> float:
    """Went on so far, of those who entered between so many days ago."""
    counts = funnel.steps[code]
    age = funnel.history.as_of_day - counts.day
    rows = (age >= youngest) & (age < oldest)
    total = max(int(counts.count[rows].sum()), 1)
    return float(counts.count[rows & (counts.cause == ADVANCED)].sum()) / total


def _moves(funnel: Funnel) -> dict[NodeKey, float]:
    """What took most from the money of a day, by LMDI over entries of the two periods."""
    end = funnel.history.as_of_day + 1
    rows = []
    for first, last in ((end - _NOW - _BEFORE, end - _NOW), (end - _NOW, end)):
        days = last - first
        entered = []
        codes = list(funnel.steps)
        for code in codes:
            counts = funnel.steps[code]
            inside = (counts.day >= first) & (counts.day < last)
            entered.append(float(counts.count[inside].sum()) / days)
        values = win_values(funnel.history, track=funnel.track)
        inside = (values.day >= first) & (values.day < last)
        wins = float(values.count[inside].sum())
        price = float((values.value * values.count)[inside].sum()) / max(wins, 1.0)
        entered.append(wins / days)
        rates = [b / max(a, 1e-9) for a, b in pairwise(entered)]
        rows.append([entered[0], *rates, price])
    before, after = np.maximum(np.array(rows), 1e-9)
    effects = lmdi(before=before[None, :], after=after[None, :]).effects
    keys: list[NodeKey] = [("volume", next(iter(funnel.steps)).split(">")[0])]
    keys += [("step", code) for code in funnel.steps]
    keys.append(("value", list(funnel.steps)[-1].split(">")[1]))
    return {key: -float(effect) for key, effect in zip(keys, np.ravel(effects), strict=True)}


def _moves_or_saturation(funnel: Funnel) -> dict[NodeKey, float]:
    """The step whose stock grew to more than twice what it was, if there is one; else the largest move."""
    found = _moves(funnel)
    stock = flows(funnel.history, track=funnel.track)
    grown = {}
    for code in funnel.steps:
        balance = stock[code.split(">")[0]].balance
        before, now = balance[-_NOW - _BEFORE : -_NOW].mean(), balance[-28:].mean()
        if now > 2 * max(before, 1.0):
            grown[code] = now / max(before, 1.0)
    if grown:
        worst = max(grown, key=lambda code: grown[code])
        found["step", worst] = max(found.values()) + 1.0
    return found
