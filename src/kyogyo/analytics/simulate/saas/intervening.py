"""Whom an intervention meets: the teams of the people who own its stage, and from when on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.saas.clock import DAY_S
from kyogyo.analytics.simulate.saas.journeys import Journeys
from kyogyo.analytics.simulate.saas.people import Role
from kyogyo.analytics.simulate.saas.world import Step, World
from kyogyo.analytics.simulate.simulation import Intervention

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_NO_TEAM = -1


def step_of(world: World, intervention: Intervention) -> Step | None:
    """The step of the divided track that it is about; None where the track has none."""
    steps = world.tracks[0].steps
    return next((step for step in steps if step.code == intervention.stage), None)


def team_numbers(world: World, intervention: Intervention) -> Ints:
    """For each person's code the position of the team.

    Who owns the stage is dealt out one by one, first those who are there at the end, by the kind of
    customers that they have: so the teams are alike in size and work.
    """
    teams = np.full(len(world.people.effect), _NO_TEAM, dtype=np.int64)
    step = step_of(world, intervention)
    role: Role | None = world.people.roles.get(step.role) if step else None
    if role is not None:
        dealt = np.lexsort((role.codes, role.team, role.output[-1] == 0))
        teams[role.codes[dealt]] = np.arange(len(dealt)) % len(intervention.starts)
    return teams


def is_met(
    world: World, journeys: Journeys, intervention: Intervention, *, rows: Ints, entered: Ints
) -> Bools:
    """Which of the journeys that `entered` the stage then did so in a team that had begun."""
    step = step_of(world, intervention)
    if step is None:
        return np.zeros(len(rows), dtype=np.bool_)
    never = np.iinfo(np.int64).max
    begins = [
        never if day is None else (day - world.clock.first).days * DAY_S
        for day in intervention.starts
    ]
    # The last is for who is in no team.
    from_when = np.array([*begins, never], dtype=np.int64)
    owner = journeys.owner(rows, step.role)
    return np.asarray(entered >= from_when[team_numbers(world, intervention)[owner]])
