"""The weeks an effect is judged by: what was counted, among how many, and which weeks don't count.

Weeks are those in which the cases began (cohorts), oldest first, the same for all teams.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.overlap import theil_sen
from kyogyo.analytics.single_case.sizes import Improvement
from kyogyo.words import Text

MeasureKind = Literal["share", "count"]
WhyLeftOut = Literal["trigger", "immature", "empty"]
Bools = NDArray[np.bool_]

# Below this share of what will come, a week says more about waiting than about the team (statistics.md, 10).
LEAST_MATURITY = 0.5


@dataclass(frozen=True, slots=True)
class TeamWeeks:
    """One team's weeks, each [weeks]. `successes` of `cases` (or events over days, for a count).

    `maturity` is the share of the final successes that can be known by now (1 = all), absent =
    all weeks are mature. `trigger` lists the weeks whose bad number set the countermeasure off:
    they are worse than usual by choice, and would make any action look good.
    """

    team: str
    successes: FloatArray
    cases: FloatArray
    maturity: FloatArray | None = None
    trigger: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted. `share`: successes among cases; `count`: events over an exposure."""

    label: Text
    improvement: Improvement = "up"
    kind: MeasureKind = "share"


@dataclass(frozen=True, slots=True)
class Panel:
    """The weeks of all teams. `weeks` are the first days, for people to read."""

    measure: Measure
    teams: tuple[TeamWeeks, ...]
    weeks: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.weeks)
        for team in self.teams:
            mature = np.ones(n) if team.maturity is None else team.maturity
            shapes = {np.shape(x) for x in (team.successes, team.cases, mature)}
            if shapes != {(n,)} or not all(0 <= week < n for week in team.trigger):
                message = f"team {team.team}: its series must have the {n} weeks of the panel"
                raise ValueError(message)
            short = np.asarray(team.successes) > np.asarray(team.cases)
            if np.any(np.asarray(team.successes) < 0) or np.any(np.asarray(team.cases) < 0):
                message = f"team {team.team}: a number is below 0"
                raise ValueError(message)
            if self.measure.kind == "share" and np.any(short):
                message = f"team {team.team}: more successes than cases"
                raise ValueError(message)

    @property
    def successes(self) -> FloatArray:
        """[teams, weeks]."""
        return np.stack([np.asarray(team.successes, float) for team in self.teams])

    @property
    def exposure(self) -> FloatArray:
        """[teams, weeks]: cases as far as they are mature; 0 in a week that is left out."""
        mature = np.stack([maturity_of(team) for team in self.teams])
        cases = np.stack([np.asarray(team.cases, float) for team in self.teams])
        return np.where(self.usable, cases * mature, 0.0)

    @property
    def usable(self) -> Bools:
        """[teams, weeks]: which weeks count."""
        return np.array(
            [[not why for why in self.why_left_out(k)] for k in range(len(self.teams))], bool
        ).reshape(len(self.teams), len(self.weeks))

    def why_left_out(self, place: int) -> list[WhyLeftOut | None]:
        """For each week of team `place` why it doesn't count, None where it does."""
        team = self.teams[place]
        mature, cases = maturity_of(team), np.asarray(team.cases, float)
        return [
            "trigger" if week in team.trigger
            else "empty" if not cases[week] > 0
            else "immature" if mature[week] < LEAST_MATURITY
            else None
            for week in range(len(self.weeks))
        ]  # fmt: skip

    def rates(self) -> FloatArray:
        """[teams, weeks]: successes by exposure, nan in a week that is left out."""
        e = self.exposure
        return np.asarray(np.where(e > 0, self.successes / np.where(e > 0, e, 1.0), np.nan))

    def logs(self) -> FloatArray:
        """[teams, weeks]: log rates, half a success added so that a week without one has a log.

        nan in a week that is left out. A change of it is a relative change of the rate.
        """
        e = self.exposure
        below = e + 0.5 if self.measure.kind == "share" else e
        x = np.log((self.successes + 0.5) / np.where(below > 0, below, 1.0))
        return np.asarray(np.where(e > 0, x, np.nan))

    def only(self, places: Sequence[int]) -> Panel:
        """The same weeks of some of the teams."""
        return Panel(self.measure, tuple(self.teams[k] for k in places), self.weeks)


def baseline_trend(panel: Panel, pattern: Bools) -> float:
    """How the rate moved a week before the start, relative, over all teams; nan for too few weeks.

    The mean of the teams' Theil-Sen slopes of the log rate, weighted by their weeks.
    """
    slopes, weights = [], []
    for logs, on in zip(panel.logs(), pattern, strict=True):
        start = int(np.argmax(on)) if np.any(on) else on.size
        known = np.flatnonzero(~np.isnan(logs[:start]))
        if known.size >= 3:
            slopes.append(theil_sen(t=known, values=logs[known])[0])
            weights.append(known.size)
    return math.expm1(float(np.average(slopes, weights=weights))) if slopes else math.nan


def autocorrelation(*, values: FloatArray, lag: int = 1) -> float:
    """How much a week resembles the one `lag` before it; nan for a series that doesn't vary.

    The usual estimate, which is too low by about (1 + 3 r) / n in n weeks.
    """
    x = np.asarray(values, float)
    x = x - x.mean()
    total = float(np.sum(x**2))
    return float(np.sum(x[lag:] * x[:-lag])) / total if total > 0 else math.nan


def maturity_of(team: TeamWeeks) -> FloatArray:
    """[weeks]: the share of the final successes that can be known by now."""
    ones = np.ones(np.shape(team.cases))
    return ones if team.maturity is None else np.asarray(team.maturity, float)
