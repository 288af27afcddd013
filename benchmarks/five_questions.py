"""The five questions that every contestant answers, and when two answers are the same.

An answer is a dict of columns: keys first, rows in any order. All are about the journeys of the
first track of the default model (nine in ten of the simulated ones).

- `funnel`: month, source, n, k2 ... k8: of the journeys that entered the path in that month, how
  many had reached each of the eight steps, or a later stage, within 180 days; mature months only.
- `stay`: stage, month, n, p50, p90: seconds in the stage of the visits that began in that month
  and have ended; exact quantiles, interpolated linearly.
- `stock`: stage, day, balance: journeys in the stage at the end of the day. Days on which nothing
  changed may be left out.
- `moves`: previous, stage, n: entries into the stage by the stage before, 0 for none.
- `wins`: owner, n, won: journeys that entered discovery by the owner of the first entry, and how
  many of them reached won or a later stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Answer = Mapping[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]]
Question = Callable[[], Answer]

TRACK = 1
FIRST, LAST = 1, 13  # the path of the track: codes of its stages, without a gap
STEPS = (1, 2, 3, 5, 7, 9, 10, 11)
OWNED, WON = 7, 11
WINDOW_DAYS = 180
WINDOW_US = WINDOW_DAYS * 86_400_000_000
SOURCES = 12

KEYS: Mapping[str, tuple[str, ...]] = {
    "funnel": ("month", "source"),
    "stay": ("stage", "month"),
    "stock": ("stage", "day"),
    "moves": ("previous", "stage"),
    "wins": ("owner",),
}
TITLES: Mapping[str, str] = {
    "funnel": "(a) funnel of 8 steps in 180 days, month x source",
    "stay": "(b) exact median and p90 of stay, stage x month",
    "stock": "(c) journeys in each stage each day",
    "moves": "(d) moves from stage to stage",
    "wins": "(e) wins by owner",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a contestant must know of the data: the last mature month of entry, the days, the size."""

    events: int
    journeys: int
    mature_month: int
    first_day: int
    last_day: int


def same(question: str, one: Answer, other: Answer, *, facts: Facts) -> bool:
    """Both say the same: integers equal, quantiles to a microsecond."""
    if question == "stock":
        return bool(np.array_equal(_dense(one, facts), _dense(other, facts)))
    if set(one) != set(other):
        return False
    a, b = _ordered(question, one), _ordered(question, other)
    return all(
        a[name].shape == b[name].shape and np.allclose(a[name], b[name], rtol=0, atol=1e-6)
        for name in a
    )


def _ordered(question: str, answer: Answer) -> dict[str, np.ndarray]:
    columns = {name: np.asarray(column) for name, column in answer.items()}
    order = np.lexsort([columns[key] for key in reversed(KEYS[question])])
    return {name: column[order] for name, column in columns.items()}


def _dense(answer: Answer, facts: Facts) -> np.ndarray:
    """Balance by stage and day, the last known one carried on."""
    days = facts.last_day - facts.first_day + 1
    table = np.zeros((LAST + 1, days), np.int64)
    columns = _ordered("stock", answer)
    changed = np.zeros((LAST + 1, days), np.bool_)
    place = columns["stage"], columns["day"] - facts.first_day
    table[place], changed[place] = columns["balance"], True
    latest = np.maximum.accumulate(np.where(changed, np.arange(days), 0), axis=1)
    return np.take_along_axis(table, latest, axis=1)
