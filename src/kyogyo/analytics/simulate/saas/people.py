"""Who works there: joiners with a ramp, leavers with a gap until somebody follows them, skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.saas.market import GROWTH
from kyogyo.analytics.simulate.saas.profile import ROLES, RoleProfile

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LEAVES = 0.008  # a month
_GAP = 1  # months until a leaver is followed
_TENURED = -24  # the month in which those who are there from the start have come


class Person(NamedTuple):
    """From `first` up to `last` month, not included. `skill` is on the log rate of their steps."""

    role: str
    team: int
    first: int
    last: int
    skill: float


@dataclass(frozen=True, eq=False)
class Role:
    """The people of one role: `output[month, person]` is 1 for a ramped person, 0 for an absent one.

    `codes` are their numbers among all people, from 1 on.
    """

    codes: Ints
    team: Ints
    output: Floats

    def strength(self, month: Ints) -> Floats:
        """The output of all of them together in each month, in ramped people."""
        return np.asarray(self.output.sum(axis=1)[np.minimum(month, len(self.output) - 1)])

    def choose(self, *, month: Ints, team: Ints, u: Floats) -> Ints:
        """One person for each row: of its team if there is one present, drawn by output."""
        chosen = np.empty(len(u), dtype=np.int64)
        month = np.minimum(month, len(self.output) - 1)
        for now, number in {*zip(month.tolist(), team.tolist(), strict=True)}:
            rows = (month == now) & (team == number)
            output = self.output[now]
            of_team = output * (self.team == number)
            # Of the whole role where nobody of the team is there; then of those who were once.
            weights = next((w for w in (of_team, output) if w.any()), np.ones(len(output)))
            total = np.cumsum(weights)
            chosen[rows] = self.codes[np.searchsorted(total, u[rows] * total[-1], side="right")]
        return chosen


@dataclass(frozen=True, eq=False)
class People:
    """Everybody. `effect[code]` is what a person adds to the log rate, 0 for code 0 (nobody)."""

    roles: Mapping[str, Role]
    effect: Floats
    everybody: tuple[Person, ...]


def make_people(*, seed: int, months: int, volume: float) -> People:
    """A staff for `volume` times the usual number of leads."""
    everybody: list[Person] = []
    effects = [0.0]
    roles = {}
    for profile in ROLES:
        staff = _staff(profile, seed=seed, months=months, volume=volume)
        first = len(everybody) + 1
        role = Role(
            codes=np.arange(first, first + len(staff), dtype=np.int64),
            team=np.array([person.team for person in staff], dtype=np.int64),
            output=np.array([_output(person, profile, months) for person in staff]).T,
        )
        # So that the rates of the profile are those of the whole staff, whoever was drawn.
        skill = np.array([person.skill for person in staff])
        done = role.output.sum(axis=0)
        effects += (skill - (done @ skill) / done.sum()).tolist()
        everybody += staff
        roles[profile.code] = role
    return People(roles=roles, effect=np.array(effects), everybody=tuple(everybody))


def _staff(profile: RoleProfile, *, seed: int, months: int, volume: float) -> list[Person]:
    """The head count grows with the leads; who leaves is followed by somebody new in the team."""
    rng = generator(seed, "people", profile.code)
    size = max(len(profile.teams), round(profile.size * volume))
    start = max(len(profile.teams), round(size * (1 - GROWTH / 2) / (1 + GROWTH / 2)))
    seats = np.arange(1, size - start + 1) / (size - start + 1)
    joins = (3 * np.round((months - 6) * seats / 3)).astype(int).tolist()  # with a quarter
    staff = []
    for seat, joined in enumerate([_TENURED] * start + joins):
        team = seat * len(profile.teams) // size if seat < start else seat % len(profile.teams)
        first = joined
        while first < months:
            stays = int(rng.geometric(_LEAVES))
            last = max(first, 0) + stays
            skill = float(rng.normal(0.0, profile.skill))
            staff.append(Person(profile.code, team, first, last, skill))
            first = last + _GAP
    return staff


def _output(person: Person, profile: RoleProfile, months: int) -> Floats:
    month = np.arange(months)
    tenure = np.minimum(np.maximum(month - person.first, 0), len(profile.ramp))
    output = np.array([*profile.ramp, 1.0])[tenure]
    present = (month >= person.first) & (month < person.last)
    return np.asarray(np.where(present, output, 0.0) * np.exp(person.skill))
