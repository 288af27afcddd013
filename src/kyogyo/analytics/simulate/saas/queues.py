"""Waiting for people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.saas.clock import Clock
from kyogyo.analytics.simulate.saas.profile import QueueProfile
from kyogyo.analytics.simulate.saas.world import World
from kyogyo.analytics.simulate.simulation import Fault

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Where everybody has left, the head of the department does a tenth of one person's work.
_LEAST = 0.1


class Line:
    """One stream of work, first come first served, paced by the people who are there.

    A journey is taken up when it has come and the one before it was taken up long enough ago:
    `gaps` are the working seconds between two starts, by working day. Who has waited more than
    `patience` working days by then is gone, and takes no one's time.
    """

    def __init__(self, clock: Clock, *, gaps: Floats, patience: float) -> None:
        self._clock = clock
        self._gaps = gaps.tolist()
        self._patience = patience * clock.length
        self._free_at = 0.0

    def wait(self, arrived: Ints) -> tuple[Ints, Floats]:
        """When each of those who `arrived`, in order, is taken up, and the working days until then.

        Those without patience are in it too, with the time at which they would have been.
        """
        length, gaps, last = self._clock.length, self._gaps, len(self._gaps) - 1
        came = self._clock.business(arrived)
        starts = []
        free = self._free_at
        for came_at in came.tolist():
            start = free if free > came_at else came_at
            starts.append(start)
            if start - came_at <= self._patience:
                free = start + gaps[min(int(start // length), last)]
        self._free_at = free
        started = np.array(starts, dtype=np.float64)
        at = self._clock.from_business(started.astype(np.int64))
        return np.maximum(at, arrived), (started - came) / length


def make_line(world: World, queue: QueueProfile, *, fault: Fault | None) -> Line:
    """The queue as the staff of each month can serve it, under a fault or not."""
    clock = world.clock
    month = clock.month[clock.day]
    pace = world.pace[queue.role]
    served = world.people.roles[queue.role].strength(month) * pace
    if fault and fault.kind == "capacity" and fault.stage == queue.stage:
        is_faulty = (month >= fault.from_month - 1) & (month < world.months)
        served = served * np.where(is_faulty, fault.factor, 1.0)
    gaps = clock.length / np.maximum(served, _LEAST * pace)
    return Line(clock, gaps=np.asarray(gaps), patience=queue.patience)
