"""How faithfully a countermeasure was done: what people said, and what the records show."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.analytics.fidelity import Fidelity, Mark, Marked, Step, score_fidelity
from kyogyo.records.queries.model import current
from kyogyo.records.queries.step_proofs import prove_step, stays_of
from kyogyo.records.queries.teams import people_of_teams
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.queries.countermeasures import Opened, Scored

_MARKS: dict[str, Mark] = {"yes": "yes", "no": "no", "na": "not_applicable"}


def read_fidelity(
    opened: Opened, *, team_id: int | None = None, now: datetime | None = None
) -> Fidelity:
    """The fidelity of one countermeasure, in all its teams or in one of them.

    Where several people scored the same occasion, the first counts and the second is held against it.
    Steps with a rule are scored from the records as well, journey by journey, from the start in each team on.
    """
    now = now or datetime.now(UTC)
    steps = tuple(
        Step(str(one.id), Text(en=one.text, ja=one.text), critical=one.is_critical)
        for one in opened.steps
    )
    scored = [one for one in opened.scores if team_id is None or one.team_id == team_id]
    return score_fidelity(
        steps=steps, marks=[*_said(scored), *_shown(opened, team_id=team_id, now=now)]
    )


def count_scores(opened: Opened) -> Counter[int | None]:
    """How many scores people gave, by team."""
    return Counter(one.team_id for one in opened.scores)


def _said(scored: list[Scored]) -> list[Marked]:
    return [
        Marked(
            step=str(one.step_id),
            occasion=f"{one.on}/{one.team_id}/{one.journey_id}",
            mark=_MARKS[one.score],
            observer=str(one.by_id),
        )
        for one in scored
    ]


def _shown(opened: Opened, *, team_id: int | None, now: datetime) -> list[Marked]:
    """The marks that the records give: one a stay whose time is over."""
    ruled = [one for one in opened.steps if one.rule]
    stage = opened.line.node.partition(":")[2]
    if not ruled or not stage:
        return []
    zone = ZoneInfo(current().model.time_zone)
    began = [
        one
        for one in opened.starts
        if one.on and one.is_on and (team_id is None or one.team_id == team_id)
    ]
    people = people_of_teams([one.team_id for one in began if one.team_id is not None])
    marks: dict[tuple[str, str], Marked] = {}
    for start in began:
        assert start.on is not None  # noqa: S101 -- kept above
        stays = stays_of(
            track=opened.line.track,
            stage=stage,
            owners=None if start.team_id is None else people[start.team_id],
            since=datetime.combine(start.on, time(), tzinfo=zone),
        )
        for step in ruled:
            for one in prove_step(step.rule, stays=stays, now=now):
                if one.is_done is None:
                    continue
                occasion = f"{one.journey_id}/{one.entered.isoformat()}"
                mark: Mark = "yes" if one.is_done else "no"
                marks[str(step.id), occasion] = Marked(str(step.id), occasion, mark)
    return list(marks.values())
