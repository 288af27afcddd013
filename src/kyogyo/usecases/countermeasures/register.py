"""Registering a countermeasure with the experiment that was proposed for it, drawn from the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kyogyo.analytics.gains import MONTH_DAYS
from kyogyo.errors import RuleError
from kyogyo.records.actions.countermeasures import register_countermeasure
from kyogyo.records.actions.registration import Registration, Start, Step
from kyogyo.usecases.countermeasures.measure import NodeWeeks, Scope
from kyogyo.usecases.countermeasures.propose import Proposed, propose_countermeasure

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Countermeasure

_WEEK = 7
_REASONS = {"volume": "volume", "mix": "volume", "conversion": "conversion", "delay": "delay",
            "value": "value", "capacity": "capacity", "churn": "churn", "expansion": "value"}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What somebody wants to try. `change` is the relative change hoped for (0.2 = a fifth better), above 0.

    `team_ids` None alone is the whole organisation. `seed` draws the weeks.
    """

    scope: Scope
    node: str
    team_ids: tuple[int | None, ...]
    weeks_ahead: int
    reversible: bool
    change: float
    seed: int
    improves_up: bool = True


@dataclass(frozen=True)
class Words:
    """What is said of it: title, hypothesis, who owns it, what is done, what must not get worse."""

    title: str
    hypothesis: str
    owner_id: int
    steps: tuple[Step, ...]
    guard: str = ""


def propose_asked(asked: Asked, *, today: date, history: History | None = None) -> Proposed:
    """The experiment for what was asked, by the published copy or another `history`. Raises RuleError for numbers that make none."""
    if not asked.team_ids:
        raise RuleError(
            en="Choose at least one team, or everybody.",
            ja="チームを1つ以上、または全体を選んでください。",
        )
    if not 4 <= asked.weeks_ahead <= 52:
        raise RuleError(
            en="Let it run from 4 to 52 weeks.", ja="期間は4〜52週の範囲で指定してください。"
        )
    if not 0 < asked.change <= 3:
        raise RuleError(
            en="Say how much better you hope it gets: more than 0 and at most 300 percent.",
            ja="どれだけ改善すると見込むかを、0より大きく300％以下で入力してください。",
        )
    return propose_countermeasure(
        scope=asked.scope,
        node=asked.node,
        team_ids=asked.team_ids,
        weeks_ahead=asked.weeks_ahead,
        reversible=asked.reversible,
        improves_up=asked.improves_up,
        seed=asked.seed,
        today=today,
        history=history,
    )


def register_asked(
    *,
    actor: Actor,
    asked: Asked,
    words: Words,
    today: date,
    history: History | None = None,
    now: datetime | None = None,
) -> Countermeasure:
    """Register it as it was proposed: the same seed draws the same weeks again.

    `history` and `now` are for what was registered earlier: what was known then, and when it was.
    Raises RuleError where no experiment is possible, and as `register_countermeasure`.
    """
    proposed = propose_asked(asked, today=today, history=history)
    if not proposed.phases:
        raise RuleError(en=proposed.proposal.says.en, ja=proposed.proposal.says.ja)
    change = asked.change if asked.improves_up else -min(asked.change, 0.95)
    return register_countermeasure(
        actor=actor,
        now=now,
        said=Registration(
            title=words.title,
            hypothesis=words.hypothesis,
            track=asked.scope.track,
            node=asked.node,
            reason=_REASONS.get(asked.node.partition(":")[0], ""),
            owner_id=words.owner_id,
            steps=words.steps,
            starts=tuple(
                Start(one.team_id, one.on, one.phase, one.is_on) for one in proposed.phases
            ),
            baseline_from=proposed.baseline_from,
            review_on=proposed.review_on,
            design={**proposed.design, "expected_change": change},
            segment=asked.scope.segment,
            segment_value=asked.scope.segment_value,
            improves_up=asked.improves_up,
            guard=words.guard,
            expected=worth_of(proposed.weeks, change=asked.change),
        ),
    )


def worth_of(weeks: NodeWeeks, *, change: float) -> int | None:
    """What a relative change of the node is worth a month, at the level and the volume of its weeks; minor units."""
    if weeks.panel is None or weeks.value is None:
        return None
    panel = weeks.panel
    exposure, successes = panel.exposure, panel.successes
    total = float(exposure.sum())
    if total <= 0:
        return None
    usable = panel.usable.any(axis=0).sum()
    cases = sum(float(team.cases[panel.usable[k]].sum()) for k, team in enumerate(panel.teams))
    rate = float(successes[panel.usable].sum()) / total
    monthly = cases / float(usable) * MONTH_DAYS / _WEEK * rate
    return round(monthly * change * weeks.value.value)
