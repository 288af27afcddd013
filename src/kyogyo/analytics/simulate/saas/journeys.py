"""Where each journey has been: the record that the flow writes and the tables are made from.

Row n + k * leads is the journey of lead n at attempt k + 1. A journey that never began has no
entry. Instants are seconds on the company's clock, -1 is never.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.saas.profile import ATTEMPTS, ROLES

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -1
NOBODY = 0


class Detour(NamedTuple):
    """Extra entries: back into a stage, and again into the one after it."""

    rows: Ints
    columns: Ints
    at: Ints


class Journeys:
    """`reached[row, column]` is when a stage was first entered, also if nobody recorded it."""

    def __init__(self, *, leads: int, stages: int, track: Ints, most_leads: float) -> None:
        rows = leads * ATTEMPTS
        self.leads = leads
        self.most_leads = most_leads
        self.track = np.tile(track, ATTEMPTS)
        self.reached = np.full((rows, stages), NEVER, dtype=np.int64)
        self.hidden = np.zeros((rows, stages), dtype=np.bool_)
        self.ended_at = np.full(rows, NEVER, dtype=np.int64)
        self.end_column = np.full(rows, NEVER, dtype=np.int64)
        self.owners = {role.code: np.full(rows, NOBODY, dtype=np.int64) for role in ROLES}
        self.detours: list[Detour] = []
        self._again = np.full(rows, NEVER, dtype=np.int64)

    def root(self, rows: Ints) -> Ints:
        """The lead of each journey."""
        # A tiny company can go without a single lead.
        return rows % max(self.leads, 1)

    def enter(self, rows: Ints, column: int, at: Ints) -> Ints:
        """Note the first entry; returns from when on the journeys are there to stay."""
        self.reached[rows, column] = at
        again = self._again[rows]
        self._again[rows] = NEVER
        return np.asarray(np.where(again == NEVER, at, again))

    def hide(self, rows: Ints, column: int) -> None:
        """They pass the stage, but no one writes it down."""
        self.hidden[rows, column] = True

    def plan_return(
        self, rows: Ints, *, column: int, back_to: int, pause: Ints, again: Ints
    ) -> None:
        """After the entry into `column` that comes next: back at `pause`, and in it at `again`."""
        self._again[rows] = again
        for where, at in ((back_to, pause), (column, again)):
            self.detours.append(Detour(rows, np.full(len(rows), where, dtype=np.int64), at))

    def end(self, rows: Ints, columns: Ints, at: Ints) -> None:
        self.ended_at[rows] = at
        self.end_column[rows] = columns

    def own(self, rows: Ints, role: str, people: Ints) -> None:
        self.owners[role][rows] = people

    def owner(self, rows: Ints, role: str) -> Ints:
        return np.asarray(self.owners[role][rows])


@dataclass(eq=False)
class Pool:
    """Journeys that wait for their time."""

    _rows: list[Ints] = field(default_factory=list)
    _at: list[Ints] = field(default_factory=list)

    def add(self, rows: Ints, at: Ints) -> None:
        if len(rows):
            self._rows.append(rows)
            self._at.append(at)

    def due(self, until: int) -> tuple[Ints, Ints]:
        """Take out those before `until`, in order of time, of two at the same time the lower row."""
        if not self._rows:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing
        rows, at = np.concatenate(self._rows), np.concatenate(self._at)
        is_due = at < until
        self._rows, self._at = [rows[~is_due]], [at[~is_due]]
        rows, at = rows[is_due], at[is_due]
        order = np.lexsort((rows, at))
        return rows[order], at[order]
