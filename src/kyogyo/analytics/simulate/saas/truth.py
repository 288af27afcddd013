"""What the fault did, by letting companies live on that are alike but for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.saas.clock import DAY_S
from kyogyo.analytics.simulate.saas.customers import won_column
from kyogyo.analytics.simulate.saas.intervening import is_met, step_of
from kyogyo.analytics.simulate.saas.journeys import NEVER
from kyogyo.analytics.simulate.saas.past import Past, live, most_leads
from kyogyo.analytics.simulate.saas.world import Step, Track, World
from kyogyo.analytics.simulate.simulation import (
    Fault,
    Intervention,
    InterventionTruth,
    StepTruth,
    Truth,
)

Ints = npt.NDArray[np.int64]
REPLICATIONS = 8


def find_truth(
    *,
    world: World,
    fault: Fault | None,
    intervention: Intervention | None = None,
    replications: int = REPLICATIONS,
) -> Truth:
    """The truth about `world` under `fault`, and about an `intervention` while it is there.

    The same organisation (people, seasons, drift, days of trade shows) lives `replications` times
    with other leads and other luck, each time with and without the fault on the same random
    numbers, until everything that was under way at the end of the data has come to its end. Twins
    of the usual size and not one company many times larger: queues of a large company are shorter.
    """
    counts = _Counts(world, fault)
    met = _Met(world, intervention) if intervention else None
    lost, revenue = [], []
    for twin in range(1, replications + 1):
        faulty = _twin(world, twin, actual=fault, most=most_leads(fault))
        counts.add(faulty)
        if met is not None:
            met.add(
                faulty, _twin(world, twin, actual=fault, most=most_leads(fault), done=intervention)
            )
        if fault:
            sound = _twin(world, twin, actual=None, most=most_leads(fault))
            lost.append(_won_amount(sound) - _won_amount(faulty))
            revenue.append(float(sound.customers.paid.sum() - faulty.customers.paid.sum()))
    months = world.months - fault.from_month + 1 if fault else 1
    cost, cost_error = _mean(lost, months=months)
    revenue_cost, revenue_error = _mean(revenue, months=months)
    return Truth(
        fault=fault,
        from_at=_micros(world, fault.from_month - 1) if fault else None,
        as_of=_micros(world, world.months),
        steps=counts.steps(),
        cost_per_month=cost,
        cost_error=cost_error,
        revenue_cost_per_month=revenue_cost,
        revenue_cost_error=revenue_error,
        replications=replications,
        intervention=met.truth() if met is not None else None,
    )


def _twin(
    world: World,
    number: int,
    *,
    actual: Fault | None,
    most: float,
    done: Intervention | None = None,
) -> Past:
    return live(
        world=world, replication=number, fault=actual, most=most, settle=True, intervention=done
    )


def _micros(world: World, month: int) -> int:
    return int(world.clock.micros(np.array([world.clock.start(month)]))[0])


def _won_amount(past: Past) -> float:
    """All that was won in the end, each deal at what such deals are worth on average."""
    rows = np.arange(len(past.journeys.track))
    won = np.array([won_column(track) for track in past.world.tracks])[past.journeys.track]
    return float(past.deals.expected[past.journeys.reached[rows, won] != NEVER].sum())


def _mean(differences: list[float], *, months: int) -> tuple[float, float]:
    if not differences:
        return 0.0, 0.0
    each = np.array(differences) / months
    error = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else float("nan")
    return float(each.mean()), float(error)


class _Counts:
    """Entered, went on, and the days until then, by step and by before and under the fault."""

    def __init__(self, world: World, fault: Fault | None) -> None:
        self._from = world.clock.start(fault.from_month - 1) if fault else world.end
        self._end = world.end
        self._tracks = world.tracks
        self._sums: dict[tuple[str, str], npt.NDArray[np.float64]] = {}

    def add(self, past: Past) -> None:
        for number, track in enumerate(self._tracks):
            mine = past.journeys.track == number
            for step, following in zip(track.steps, track.steps[1:], strict=False):
                entered = past.journeys.reached[mine, step.column]
                reached = past.journeys.reached[mine, following.column]
                sums = self._sums.setdefault((track.code, step.code), np.zeros((2, 3)))
                sums += self._of_step(entered, reached)

    def _of_step(self, entered: Ints, reached: Ints) -> npt.NDArray[np.float64]:
        went_on = reached != NEVER
        rows = []
        for first, beyond in ((0, self._from), (self._from, self._end)):
            here = (entered >= first) & (entered < beyond)
            days = float((reached - entered)[here & went_on].sum()) / DAY_S
            rows.append([here.sum(), (here & went_on).sum(), days])
        return np.array(rows, dtype=np.float64)

    def steps(self) -> tuple[StepTruth, ...]:
        return tuple(
            self._step(track, step, following)
            for track in self._tracks
            for step, following in zip(track.steps, track.steps[1:], strict=False)
        )

    def _step(self, track: Track, step: Step, following: Step) -> StepTruth:
        rates: list[float | None] = []
        days: list[float | None] = []
        for entered, went_on, total in self._sums[track.code, step.code].tolist():
            rates.append(went_on / entered if entered else None)
            days.append(total / went_on if went_on else None)
        return StepTruth(track.code, step.code, following.code, *rates, *days)


class _Met:
    """Of the journeys that an intervention meets, how many go on with it and without it."""

    def __init__(self, world: World, intervention: Intervention) -> None:
        self._world = world
        self._intervention = intervention
        self._sums = np.zeros(3, dtype=np.int64)

    def add(self, without: Past, with_it: Past) -> None:
        step = step_of(self._world, self._intervention)
        if step is None:
            return
        track = self._world.tracks[0]
        following = track.steps[track.steps.index(step) + 1]
        # Whoever comes back later may do so because of it: only who entered in both is compared.
        entered = without.journeys.reached[:, step.column]
        rows = np.flatnonzero(
            (without.journeys.track == 0)
            & (entered != NEVER)
            & (entered < self._world.end)
            & (with_it.journeys.reached[:, step.column] == entered)
        )
        rows = rows[
            is_met(
                self._world,
                without.journeys,
                self._intervention,
                rows=rows,
                entered=entered[rows],
            )
        ]
        went = [
            (past.journeys.reached[rows, following.column] != NEVER).sum()
            for past in (with_it, without)
        ]
        self._sums += np.array([len(rows), *went])

    def truth(self) -> InterventionTruth:
        entered, with_it, without_it = self._sums.tolist()
        return InterventionTruth(self._intervention, entered, with_it, without_it)
