"""Journeys through the stages, month by month: waiting for people, going on, ending, coming back.

The months are worked in order, because who waits for people waits for those before him. Within a
month the queues of a track are served from the first to the last. Nobody comes back in the month
in which his journey ended, so no later queue feeds an earlier one within a month.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import Draws
from kyogyo.analytics.simulate.saas.clock import DAY_S
from kyogyo.analytics.simulate.saas.demand import Leads
from kyogyo.analytics.simulate.saas.intervening import is_met
from kyogyo.analytics.simulate.saas.journeys import Journeys, Pool
from kyogyo.analytics.simulate.saas.market import SEGMENTS, SOURCES
from kyogyo.analytics.simulate.saas.profile import (
    ATTEMPTS,
    RETURNED_RATES,
    RETURNS,
    SOONEST_RETURN,
    QueueProfile,
)
from kyogyo.analytics.simulate.saas.queues import Line, make_line
from kyogyo.analytics.simulate.saas.world import SETTLING_MONTHS, Step, Track, World
from kyogyo.analytics.simulate.simulation import Fault, Intervention

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_PACE_OF_SEGMENT = np.array([segment.pace for segment in SEGMENTS])
_AT_ONCE = np.array([source.at_once for source in SOURCES])
_OUTBOUND = np.array([source.code == "outbound" for source in SOURCES], dtype=np.int64)
_SLOWER_END = 1.25  # who doesn't go on takes longer to say so
_BULK_CLOSING = 0.2  # of lost deals are only closed on the last working day of a quarter
_MONTH_END, _QUARTER_END = 0.3, 0.5  # of signatures wait for the last days of a month
_SURE = 0.985
_SIGNING = "negotiation"
_DEALS = frozenset({"discovery", "evaluation", "proposal", "negotiation"})


@dataclass(eq=False)
class Flow:
    """One company at work. `fault` None is the company without one, `intervention` None one that does nothing."""

    world: World
    leads: Leads
    draws: Draws
    fault: Fault | None
    journeys: Journeys
    intervention: Intervention | None = None
    pools: dict[tuple[int, int], Pool] = field(default_factory=dict)
    returning: Pool = field(default_factory=Pool)
    lines: dict[tuple[int, int], Line] = field(default_factory=dict)

    @property
    def fault_from(self) -> int:
        return self.world.clock.start(self.fault.from_month - 1) if self.fault else 0

    def run(self, *, settle: bool) -> Journeys:
        """Every month, and `settle` the months after them in which no new lead comes."""
        arrived = np.flatnonzero(self._arrives())
        last = self.world.months + (SETTLING_MONTHS if settle else 0)
        for month in range(last):
            until = self.world.clock.start(month + 1)
            first, beyond = np.searchsorted(self.leads.at[arrived], [0, until])
            new, arrived = arrived[first:beyond], arrived[beyond:]
            again, at_again = self.returning.due(until)
            rows = np.concatenate([new, again])
            at = np.concatenate([self.leads.at[new], at_again])
            self.journeys.own(rows, "marketing", self._people_for("marketing", rows, at))
            for number, track in enumerate(self.world.tracks):
                mine = self.journeys.track[rows] == number
                self._walk(number, track, rows[mine], at[mine], position=0)
                for position, step in enumerate(track.steps):
                    if step.queue:
                        self._serve(number, track, position, until=until)
        return self.journeys

    def _arrives(self) -> Bools:
        """Which leads come at all: a fault in the volume keeps some away, or brings more."""
        factor = self.fault.factor if self.fault and self.fault.kind == "volume" else 1.0
        most = self.journeys.most_leads
        share = np.where(self.leads.at >= self.fault_from, factor, 1.0)
        return np.asarray(self.leads.u_volume * most < share)

    # --- from stage to stage ------------------------------------------------------------------

    def _walk(self, number: int, track: Track, rows: Ints, at: Ints, *, position: int) -> None:
        """Enter the stage at `position`, and go on until a queue or the end."""
        while len(rows):
            step = track.steps[position]
            at = self.journeys.enter(rows, step.column, at)
            if position == 0:
                is_new = rows < len(self.leads)
                at = np.where(is_new, self.leads.known_at[self.journeys.root(rows)], at)
            if step.queue:
                self.pools.setdefault((number, position), Pool()).add(rows, at)
                return
            if position == len(track.steps) - 1:
                return
            rows, at = self._decide(
                track, position, rows, at, entered=at, waited=np.zeros(len(rows))
            )
            position += 1

    def _serve(self, number: int, track: Track, position: int, *, until: int) -> None:
        """The queue of one stage, first come first served, up to the end of a month."""
        step = track.steps[position]
        rows, arrived = self.pools.setdefault((number, position), Pool()).due(until)
        if step.queue is None or not len(rows):
            return
        if (number, position) not in self.lines:
            self.lines[number, position] = make_line(self.world, step.queue, fault=self.fault)
        started, waited = self.lines[number, position].wait(arrived)
        gone = waited > step.queue.patience
        self._lose_patience(rows[gone], arrived[gone], step, step.queue)
        rows, arrived, started, waited = rows[~gone], arrived[~gone], started[~gone], waited[~gone]
        self.journeys.own(rows, step.queue.role, self._people_for(step.queue.role, rows, started))
        rows, at = self._decide(track, position, rows, started, entered=arrived, waited=waited)
        self._walk(number, track, rows, at, position=position + 1)

    def _people_for(self, role: str, rows: Ints, at: Ints) -> Ints:
        root = self.journeys.root(rows)
        team = np.zeros(len(rows), dtype=np.int64)
        if role == "inside_sales":
            team = _OUTBOUND[self.leads.source[root]]
        elif role == "field_sales":
            team = (self.leads.segment[root] > 0).astype(np.int64)
        return self.world.people.roles[role].choose(
            month=self.world.clock.month_of(at),
            team=team,
            u=self.draws.uniform(f"owner {role}")[rows],
        )

    def _decide(
        self,
        track: Track,
        position: int,
        rows: Ints,
        at: Ints,
        *,
        entered: Ints,
        waited: Floats,
    ) -> tuple[Ints, Ints]:
        """Who goes on from `at`, and when; the others end, or stay open.

        `entered` is when they came into the stage, which is what a fault goes by; since then they
        have `waited` so many working days for somebody to take them up.
        """
        step, following = track.steps[position], track.steps[position + 1]
        faulty = self._is_faulty(step.code, entered)
        days = self._days(step, rows)
        if self.fault and self.fault.kind == "delay":
            slower = np.where(faulty, self.fault.factor - 1.0, 0.0)
            days = np.maximum(days + slower * (days + waited), 0.0)
        chance = self._chance(step, rows, at, faulty, days=days, waited=waited)
        if self.intervention and self.intervention.stage == step.code:
            met = is_met(self.world, self.journeys, self.intervention, rows=rows, entered=entered)
            chance = np.where(met, np.minimum(chance * self.intervention.factor, _SURE), chance)
        goes_on = self.draws.uniform("advance", step.column)[rows] < chance
        self._end(step, rows[~goes_on], at[~goes_on], days[~goes_on])
        rows, at, days = rows[goes_on], at[goes_on], days[goes_on]
        reached = self._time_of_next(step, rows, at, days)
        if following.is_won:
            reached = self._signed(rows, reached)
        self._stray(step, following, rows, reached)
        return rows, reached

    def _is_faulty(self, stage: str, entered: Ints) -> Bools:
        if self.fault is None or self.fault.stage != stage:
            return np.zeros(len(entered), dtype=np.bool_)
        return np.asarray((entered >= self.fault_from) & (entered < self.world.end))

    def _days(self, step: Step, rows: Ints) -> Floats:
        noise = np.exp(step.profile.spread * self.draws.normal("days", step.column)[rows])
        return np.asarray(self._pace(step, rows) * step.profile.days * noise)

    def _pace(self, step: Step, rows: Ints) -> Floats:
        """Larger buyers take longer, where it is for them to act."""
        if step.queue or step.profile.by_rule:
            return np.ones(len(rows))
        return np.asarray(_PACE_OF_SEGMENT[self.leads.segment[self.journeys.root(rows)]])

    def _chance(
        self,
        step: Step,
        rows: Ints,
        at: Ints,
        faulty: Bools,
        *,
        days: Floats,
        waited: Floats,
    ) -> Floats:
        if step.is_won:  # a customer is a customer, however long he waits
            return np.ones(len(rows))
        root = self.journeys.root(rows)
        month = np.minimum(self.world.clock.month_of(at), self.world.drift.shape[1] - 1)
        again = np.where(rows >= len(self.leads), RETURNED_RATES.get(step.code, 1.0), 1.0)
        usual = self._pace(step, rows) * step.profile.days * np.exp(step.profile.spread**2 / 2)
        log_rate = (
            self.world.drift[step.column, month]
            + self.world.people.effect[self.journeys.owner(rows, step.role)]
            - step.profile.cooling * (days - usual)
            - (step.queue.cooling * waited if step.queue else 0.0)
        )
        rate = step.rate[self.leads.source[root], self.leads.segment[root]]
        worse = self.fault.factor if self.fault and self.fault.kind == "conversion" else 1.0
        usual_chance = np.minimum(rate * again * np.exp(log_rate), _SURE)
        return np.asarray(usual_chance * np.where(faulty, worse, 1.0))

    def _time_of_next(self, step: Step, rows: Ints, at: Ints, days: Floats) -> Ints:
        clock = self.world.clock
        if not step.profile.by_rule:
            return clock.after(at, working_days=days)
        at_once = (
            self.draws.uniform("at_once", step.column)[rows]
            < _AT_ONCE[self.leads.source[self.journeys.root(rows)]]
        )
        minutes = 60 + (days * 60).astype(np.int64)
        return np.asarray(at + np.where(at_once, minutes, (days * DAY_S).astype(np.int64) + 60))

    def _signed(self, rows: Ints, at: Ints) -> Ints:
        """Some signatures are kept for, or pushed into, the last days of the month."""
        clock = self.world.clock
        day = clock.working_day(at)
        u = self.draws.uniform("signing")[rows]
        share = np.where(clock.is_quarter_end[day], _QUARTER_END, _MONTH_END)
        late = clock.closing_day[day] - (u / share * 4).astype(np.int64)
        moved = np.where((u < share) & (late > day), late, day)
        return np.asarray(at + (clock.day[moved] - clock.day[day]) * DAY_S)

    def _stray(self, step: Step, following: Step, rows: Ints, reached: Ints) -> None:
        """Stages passed without a record, and journeys that go back once and come again."""
        skipped = self.draws.uniform("skip", step.column)[rows] < step.profile.skip
        self.journeys.hide(rows[skipped], step.column)
        back = self.draws.uniform("back", following.column)[rows] < following.profile.back
        back &= ~skipped
        back &= self.draws.uniform("skip", following.column)[rows] >= following.profile.skip
        self.journeys.plan_return(
            rows[back],
            column=following.column,
            back_to=step.column,
            pause=self.world.clock.after(
                reached[back], working_days=1 + 4 * self.draws.uniform("pause")[rows[back]]
            ),
            again=self.world.clock.after(
                reached[back], working_days=6 + 9 * self.draws.uniform("again")[rows[back]]
            ),
        )

    # --- ends and returns ---------------------------------------------------------------------

    def _end(self, step: Step, rows: Ints, at: Ints, days: Floats) -> None:
        exits = step.exits
        if not len(rows) or not len(exits.columns):
            return
        how = np.searchsorted(
            exits.cumulative, self.draws.uniform("end", step.column)[rows], side="right"
        )
        ends = how < len(exits.columns)
        rows, at, days, how = rows[ends], at[ends], days[ends], how[ends]
        ended = self.world.clock.after(at, working_days=days * _SLOWER_END + 0.01)
        if step.code in _DEALS:
            ended = self._bulk_closed(rows, ended)
        self.journeys.end(rows, exits.columns[how], ended)
        for number, code in enumerate(exits.codes):
            self._come_back(rows[how == number], ended[how == number], code)

    def _bulk_closed(self, rows: Ints, at: Ints) -> Ints:
        clock = self.world.clock
        day = clock.working_day(at)
        last = clock.closing_day[day]
        late = (self.draws.uniform("bulk")[rows] < _BULK_CLOSING) & clock.is_quarter_end[day]
        evening = clock.day[last] * DAY_S + clock.opens + clock.length - 1_800
        return np.asarray(np.where(late & (evening > at), evening, at))

    def _lose_patience(self, rows: Ints, arrived: Ints, step: Step, queue: QueueProfile) -> None:
        """Nobody came in time: the journey is put back to be nurtured."""
        if not len(rows) or "recycled" not in step.exits.codes:
            return
        column = step.exits.columns[step.exits.codes.index("recycled")]
        ended = self.world.clock.after(arrived, working_days=np.full(len(rows), queue.patience))
        self.journeys.end(rows, np.full(len(rows), column), ended)
        self._come_back(rows, ended, "recycled")

    def _come_back(self, rows: Ints, ended: Ints, how: str) -> None:
        """Some come back later: a new journey of the same account, the next attempt."""
        chance, days = RETURNS.get(how, (0.0, 0.0))
        n = len(self.leads)
        back = self.draws.uniform("return")[rows] < chance
        back &= rows < n * (ATTEMPTS - 1)
        rows, ended = rows[back], ended[back]
        later = days * np.exp(0.6 * self.draws.normal("return")[rows])
        at = ended + (np.maximum(later, SOONEST_RETURN) * DAY_S).astype(np.int64)
        self.journeys.track[rows + n] = self.journeys.track[rows]
        self.returning.add(rows + n, at)
