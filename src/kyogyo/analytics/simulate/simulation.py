"""What a simulated organisation is made of, whichever generator made it.

A generator makes a `Simulation`: the tables that a real organisation would have, and beside them
the truth that no real organisation knows. Whoever scores a method reads only this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.revenue_model import RevenueModel

FaultKind = Literal["conversion", "delay", "capacity", "volume", "price", "churn"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong from the first instant of a month on, and stays wrong.

    `from_month` counts the simulated months from 1 on. What `factor` multiplies depends on `kind`:

    * 'conversion': the chance that a journey which enters `stage` from then on goes further;
    * 'delay': the time that such a journey takes to leave `stage`;
    * 'capacity': how many journeys waiting in `stage` are taken up in an hour of work;
    * 'volume': how many new journeys arrive (`stage` is the first of the track);
    * 'price': the amounts of the deals that are opened from then on (`stage` is the won stage);
    * 'churn': the monthly risk that a customer leaves (`stage` is the last of the track).
    """

    stage: str
    kind: FaultKind
    from_month: int
    factor: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something that people do about one step, team by team.

    The people who own `stage` are divided into as many teams as there are `starts`. A journey that enters
    the stage in a team on its day or later has `factor` times the chance to go further; nothing else
    changes. None: that team never begins.
    """

    stage: str
    factor: float
    starts: tuple[date | None, ...]


@dataclass(frozen=True, slots=True)
class InterventionTruth:
    """What an intervention did: of the `entered` journeys that it met, those that went on with and without it.

    Counted over the same organisations as the fault's cost, up to `as_of`; alike to the last random number.
    """

    intervention: Intervention
    entered: int
    with_it: int
    without_it: int

    @property
    def change(self) -> float:
        """The relative change of the share that goes on; 0 where it met nobody."""
        return self.with_it / self.without_it - 1 if self.without_it else 0.0


@dataclass(frozen=True, slots=True)
class StepTruth:
    """How many of the journeys that entered `stage` went on to `next_stage` in the end.

    All attempts together, followed until nothing is open that will ever move; `before` and `after`
    by the month in which the stage was entered, None where no journey entered it. `days` are means
    from entry to the next stage in calendar days, of those that went on.
    """

    track: str
    stage: str
    next_stage: str
    before: float | None
    after: float | None
    days_before: float | None
    days_after: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What was done to the organisation, and what it cost.

    `from_at` (epoch microseconds, None without a fault) up to `as_of`, not included, is the time
    under the fault. `cost_per_month` are minor units of the amounts won in the end that the fault
    took, a month of the fault; `revenue_cost_per_month` the revenue it took by twelve months after
    `as_of`. Both are the difference between organisations with and without the fault that are
    otherwise alike to the last random number, mean over `replications` of them, with the
    standard error of that mean. Steps and costs are those without the `intervention`, whose effect
    stands beside them.
    """

    fault: Fault | None
    from_at: int | None
    as_of: int
    steps: tuple[StepTruth, ...]
    cost_per_month: float
    cost_error: float
    revenue_cost_per_month: float
    revenue_cost_error: float
    replications: int
    intervention: InterventionTruth | None = None

    @property
    def fault_stage(self) -> str | None:
        return self.fault.stage if self.fault else None

    @property
    def fault_kind(self) -> FaultKind | None:
        return self.fault.kind if self.fault else None

    def step(self, *, track: str, stage: str) -> StepTruth:
        """The step out of `stage` on `track`. Raises KeyError where the track has none."""
        for step in self.steps:
            if (step.track, step.stage) == (track, stage):
                return step
        raise KeyError((track, stage))


@dataclass(frozen=True)
class Simulation:
    """The tables of a simulated organisation, as they stood at `as_of`.

    `stage_entries`, `attributes` and `revenue` have the columns of the text contract (see
    `analytics.events`); instants are epoch microseconds, all before `as_of`. `truth` is worked out
    when it is first asked for, by more simulations, which takes seconds. `teams` has for the people of
    an intervention the position of their team among its starts.
    """

    model: RevenueModel = field(repr=False)
    as_of: int
    stage_entries: pa.Table = field(repr=False)
    attributes: pa.Table = field(repr=False)
    revenue: pa.Table = field(repr=False)
    find_truth: Callable[[], Truth] = field(repr=False)
    teams: Mapping[str, int] = field(default_factory=dict, repr=False)

    @cached_property
    def truth(self) -> Truth:
        return self.find_truth()
