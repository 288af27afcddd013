"""From the counts of a step to the weeks an effect is judged by.

Weeks are those of entry, whole ones, from a first day on. How much of a young week can be known
by now is read off the step's own older entries (`survival.maturity`), the same for all teams.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.designs import Bools
from kyogyo.analytics.single_case.series import Measure, Panel, TeamWeeks
from kyogyo.analytics.steps import ADVANCED, StepCounts, incidence
from kyogyo.analytics.survival import maturity
from kyogyo.period import date_of

WEEK = 7


def share_panel(
    *,
    teams: Mapping[str, StepCounts],
    base: StepCounts,
    horizon: int,
    first_day: int,
    weeks: int,
    measure: Measure,
) -> Panel:
    """By team and week of entry: how many of those who entered went on within `horizon` days.

    `teams` are the same step counted for each team, `base` for all and all time. `first_day` is the
    first day of the first of `weeks` weeks (days since 1970-01-01). First passes only.
    """
    curve = incidence(base.clean())
    found = []
    for name, counts in teams.items():
        clean = counts.clean()
        week = (clean.day - first_day) // WEEK
        kept = clean.keep((week >= 0) & (week < weeks))
        place = (kept.day - first_day) // WEEK
        went = (kept.cause == ADVANCED) & (kept.lag <= horizon)
        cases = _sums(place, kept.count, weeks)
        known = np.nan_to_num(
            maturity(base_incidence=curve, horizon=horizon, ages=kept.until - kept.day), nan=0.0
        )
        expected = _sums(place, kept.count * known, weeks)
        found.append(
            TeamWeeks(
                team=name,
                successes=_sums(place[went], kept.count[went], weeks),
                cases=cases,
                maturity=np.divide(expected, cases, out=np.ones(weeks), where=cases > 0),
            )
        )
    return Panel(measure, tuple(found), _names(first_day, weeks))


def entry_panel(
    *,
    teams: Mapping[str, StepCounts],
    first_day: int,
    weeks: int,
    measure: Measure,
) -> Panel:
    """By team and week: how many entered, over the seven days of a week."""
    found = []
    for name, counts in teams.items():
        week = (counts.day - first_day) // WEEK
        kept = counts.keep((week >= 0) & (week < weeks) & (counts.recycled == 0))
        entered = _sums((kept.day - first_day) // WEEK, kept.count, weeks)
        found.append(TeamWeeks(team=name, successes=entered, cases=np.full(weeks, float(WEEK))))
    return Panel(measure, tuple(found), _names(first_day, weeks))


def median_days(counts: StepCounts, *, horizon: int) -> int | None:
    """The days within which half of those who go on within `horizon` have; None where nobody does."""
    clean = counts.clean()
    went = (clean.cause == ADVANCED) & (clean.lag <= horizon)
    if not went.any():
        return None
    order = np.argsort(clean.lag[went], kind="stable")
    upto = np.cumsum(clean.count[went][order])
    return int(clean.lag[went][order][np.searchsorted(upto, upto[-1] / 2)])


def first_monday(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def whole_weeks(*, first_day: int, until: int) -> int:
    """How many whole weeks lie between two days, both inside."""
    return max(0, (until - first_day + 1) // WEEK)


def pattern_of(
    switches: Mapping[str, tuple[tuple[int, bool], ...]], *, first_day: int, weeks: int
) -> Bools:
    """[teams, weeks] True where it was in force: `switches` has each team's days and whether it was put on.

    A week counts as with it from the first whole week on: the week in which it was switched is without it.
    """
    rows = np.zeros((len(switches), weeks), bool)
    for row, changes in zip(rows, switches.values(), strict=True):
        for day, is_on in sorted(changes):
            row[max(0, -((first_day - day) // WEEK)) :] = is_on
    return rows


def _sums(week: NDArray[np.int64], counts: NDArray[Any], weeks: int) -> FloatArray:
    return np.bincount(week, counts, minlength=weeks).astype(float)


def _names(first_day: int, weeks: int) -> tuple[str, ...]:
    return tuple(date_of(first_day + WEEK * week).isoformat() for week in range(weeks))
