"""The countermeasure that the demo company runs on its hidden fault: drawn as any other, weeks before today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kyogyo.analytics.simulate import Intervention
from kyogyo.usecases.countermeasures.propose import PlannedPhase, draw_starts

TEAMS = ("field_1", "field_2", "field_3", "field_4")
STAGE = "pending_acceptance"
# About half of what the fault takes comes back where it is done.
FACTOR = 1.5
WEEKS_AHEAD = 26
SEED = 1
# Registered so long ago that three of the drawn starts lie behind and the last one still ahead.
_REGISTERED_WEEKS_AGO = 20


@dataclass(frozen=True)
class Experiment:
    """When it was registered, and the drawn starts in the order of `TEAMS`."""

    registered_on: date
    starts: tuple[date, ...]

    def intervention(self) -> Intervention:
        """What it does to the simulated company: who starts on the drawn day, as written."""
        return Intervention(stage=STAGE, factor=FACTOR, starts=self.starts)


def draw_experiment(*, today: date) -> Experiment:
    """The experiment as the lot falls for a registration some weeks before `today`: the same weeks as `propose_asked` draws."""
    registered_on = today - timedelta(weeks=_REGISTERED_WEEKS_AGO)
    drawn: tuple[PlannedPhase, ...] = draw_starts(
        team_ids=tuple(range(len(TEAMS))),
        weeks_ahead=WEEKS_AHEAD,
        reversible=False,
        seed=SEED,
        today=registered_on,
    )
    return Experiment(registered_on, tuple(one.on for one in drawn))
