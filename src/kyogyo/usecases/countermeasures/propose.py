"""The experiment that is possible, drawn by lot, and what it can show: said before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics.single_case import (
    Panel,
    Power,
    Proposal,
    propose_design,
    say_before,
    visible_change,
)
from kyogyo.analytics.single_case.cohorts import first_monday
from kyogyo.records.queries.teams import people_of_teams
from kyogyo.usecases.countermeasures.measure import NodeWeeks, Scope, Unit, measure_node
from kyogyo.usecases.measure_records import open_measured
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.analytics.single_case import Design

BASELINE_WEEKS = 26
_TRIALS = 60


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """On which Monday a phase is to start in a team, as the lot fell."""

    team_id: int | None
    phase: int
    is_on: bool
    on: date


@dataclass(frozen=True)
class Proposed:
    """The experiment, and what is kept with it. `design` is empty and `phases` is, too, where none is possible."""

    phases: tuple[PlannedPhase, ...]
    design: dict[str, Any]
    baseline_from: date
    review_on: date
    proposal: Proposal
    power: Power | None
    weeks: NodeWeeks
    says: tuple[Text, ...]


def propose_countermeasure(
    *,
    scope: Scope,
    node: str,
    team_ids: Sequence[int | None],
    weeks_ahead: int,
    reversible: bool,
    improves_up: bool,
    seed: int,
    today: date,
    history: History | None = None,
) -> Proposed:
    """Propose where and when to start: staggered over teams, taken back for a while, or one drawn start.

    The same seed draws the same weeks. `team_ids` (None, None) alone is the whole organisation. `history` is what is
    known today, None for the published copy.
    Raises MissingTableError where nothing was copied yet, RuleError for a scope that isn't there.
    """
    people = people_of_teams([one for one in team_ids if one is not None])
    units = tuple(
        Unit(str(one), None if one is None else people[one]) for one in dict.fromkeys(team_ids)
    )
    next_week = first_monday(today) + timedelta(days=7)
    baseline_from = next_week - timedelta(weeks=BASELINE_WEEKS)
    with _known(history) as known:
        weeks = measure_node(
            known, scope=scope, node=node, units=units, since=baseline_from, up=improves_up
        )
    proposal = _draw(len(units), weeks_ahead=weeks_ahead, reversible=reversible, seed=seed)
    design = proposal.design
    power = _power(design, weeks.panel, up=improves_up) if design is not None else None
    return Proposed(
        phases=_phases(proposal, units=tuple(dict.fromkeys(team_ids)), first=baseline_from),
        design={} if design is None else _kept(design, proposal, power),
        baseline_from=baseline_from,
        review_on=next_week + timedelta(weeks=weeks_ahead),
        proposal=proposal,
        power=power,
        weeks=weeks,
        says=_says(proposal, design, power, weeks),
    )


def draw_starts(
    *,
    team_ids: tuple[int | None, ...],
    weeks_ahead: int,
    reversible: bool,
    seed: int,
    today: date,
) -> tuple[PlannedPhase, ...]:
    """Where and when it would start, without asking what that can show: the weeks that a proposal draws."""
    first = first_monday(today) + timedelta(days=7) - timedelta(weeks=BASELINE_WEEKS)
    proposal = _draw(len(team_ids), weeks_ahead=weeks_ahead, reversible=reversible, seed=seed)
    return _phases(proposal, units=team_ids, first=first)


def _draw(teams: int, *, weeks_ahead: int, reversible: bool, seed: int) -> Proposal:
    return propose_design(
        teams=teams,
        weeks_before=BASELINE_WEEKS,
        weeks_ahead=weeks_ahead,
        reversible=reversible,
        seed=seed,
    )


@contextmanager
def _known(history: History | None) -> Iterator[History]:
    if history is not None:
        yield history
        return
    with open_measured() as measured:
        yield measured.history


def _phases(
    proposal: Proposal, *, units: tuple[int | None, ...], first: date
) -> tuple[PlannedPhase, ...]:
    return (
        tuple(
            PlannedPhase(team, number, number % 2 == 1, first + timedelta(weeks=week))
            for team, changes in zip(units, proposal.changes, strict=True)
            for number, week in enumerate(changes, start=1)
        )
        if proposal.changes
        else ()
    )


def _power(design: Design, panel: Panel | None, *, up: bool) -> Power | None:
    """The smallest change that would be found, at the level and the volume of the baseline."""
    if panel is None:
        return None
    exposure, successes = panel.exposure, panel.successes
    known = exposure > 0
    if not known.any() or not successes[known].sum() > 0:
        return None
    rate = float(successes[known].sum() / exposure[known].sum())
    cases = float(exposure[known].mean())
    if panel.measure.kind == "share" and rate >= 1:
        return None
    return visible_change(
        design=design, rate=rate, cases=max(cases, 1e-9), kind=panel.measure.kind,
        improvement=1 if up else -1, trials=_TRIALS,
    )  # fmt: skip


def _kept(design: Design, proposal: Proposal, power: Power | None) -> dict[str, Any]:
    return {
        "plan": asdict(design),
        "seed": proposal.seed,
        "drawn": True,
        "smallest_p": proposal.smallest_p,
        "power": None if power is None else {"change": power.change, "power": float(np.round(power.power, 3))},
    }  # fmt: skip


def _says(
    proposal: Proposal, design: Design | None, power: Power | None, weeks: NodeWeeks
) -> tuple[Text, ...]:
    said = [proposal.why]
    if design is not None:
        said.append(say_before(design, power))
        if power is None and weeks.panel is not None:
            said.append(_TOO_FEW)
    if weeks.panel is None:
        said.append(weeks.says)
    return tuple(said)


_TOO_FEW = Text(
    en="At today's volume not even a doubling would be found reliably: let it run longer, take more "
    "teams, or choose a step with more cases.",
    ja="現在の件数では、2倍になっても確実には見つけられません。期間を延ばすか、チームを増やすか、件数の多い区間を選んでください。",
)
