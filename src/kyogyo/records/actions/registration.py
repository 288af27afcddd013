"""What is said of a countermeasure before it starts, and whether it can be tested as it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kyogyo.errors import RuleError
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.models import Countermeasure, Team, User
from kyogyo.records.queries.step_proofs import require_rule
from kyogyo.records.queries.teams import FEWEST, people_of_teams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.queries.model import InForce
    from kyogyo.revenue_model import RevenueModel

LONGEST_WORDS = 5_000
_LONGEST_TITLE, _LONGEST_STEP = 200, 500
# What a node is about, for the nodes that belong to a stage and those of the whole track.
NODE_KINDS = ("volume", "mix", "conversion", "delay", "value", "capacity", "churn", "expansion")


@dataclass(frozen=True, slots=True)
class Step:
    """One act to be done, what others can see of it, and the rule that finds it in the records ('' for none)."""

    text: str
    evidence: str
    rule: str = ""
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where and when a phase is to start. `team_id` None is the whole organisation."""

    team_id: int | None
    planned_on: date
    phase: int = 1
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    """All that is said before a countermeasure starts. Money is in minor units a month, None unknown.

    `design` is what the design can reach (its kind, the smallest p, its power), as JSON values.
    """

    title: str
    hypothesis: str
    track: str
    node: str
    reason: str
    owner_id: int
    steps: tuple[Step, ...]
    starts: tuple[Start, ...]
    baseline_from: date
    review_on: date
    design: dict[str, Any]
    segment: str = ""
    segment_value: str = ""
    improves_up: bool = True
    guard: str = ""
    expected: int | None = None
    expected_low: int | None = None
    expected_high: int | None = None


def clean_registration(said: Registration, *, in_force: InForce) -> Registration:
    """The registration with its texts taken. Raises RuleError that names what is missing."""
    title = take_text(said.title, limit=_LONGEST_TITLE, en="title", ja="題名")
    hypothesis = take_text(said.hypothesis, limit=LONGEST_WORDS, en="hypothesis", ja="仮説")
    if not title or not hypothesis:
        raise RuleError(
            en="A countermeasure needs a title, and what you expect to happen and why.",
            ja="打ち手には題名と、何がなぜ起こると考えるか（仮説）が必要です。",
        )
    _require_node(said, in_force=in_force)
    _require_people(said)
    if not said.starts:
        raise RuleError(
            en="Say where and when it starts.", ja="どこでいつ始めるかを決めてください。"
        )
    first = min(one.planned_on for one in said.starts)
    if not said.baseline_from < first < said.review_on:
        raise RuleError(
            en="The baseline comes before the first start, and the review after it.",
            ja="基準期間は最初の開始日より前、振り返りの日は開始日より後にしてください。",
        )
    return replace(
        said,
        title=title,
        hypothesis=hypothesis,
        steps=clean_steps(said.steps, model=in_force.model),
    )


def _require_node(said: Registration, *, in_force: InForce) -> None:
    track = in_force.model.track(said.track)
    kind, _, stage = said.node.partition(":")
    stages = {one.code for one in in_force.model.path(track.code)}
    # An exit stage never loses anybody: only stages of the path have a node.
    if kind not in NODE_KINDS or (stage and stage not in stages):
        raise RuleError(
            en=f"There is no step {said.node!r} on this track. Choose it from the bottleneck page.",
            ja=f"この商流に {said.node!r} というステップはありません。ボトルネックの画面から選んでください。",
        )
    if said.reason not in Countermeasure.Reason.values:
        raise RuleError(en="Choose the reason from the list.", ja="理由は一覧から選んでください。")


def _require_people(said: Registration) -> None:
    if not User.objects.filter(pk=said.owner_id, is_active=True).exists():
        raise RuleError(
            en="Choose as owner somebody who works here.",
            ja="担当者は在籍している人から選んでください。",
        )
    teams = {one.team_id for one in said.starts if one.team_id is not None}
    if Team.objects.filter(pk__in=teams).count() != len(teams):
        raise RuleError(
            en="One of the teams does not exist.", ja="存在しないチームが含まれています。"
        )
    # What a countermeasure shows is everybody's, and an individual's numbers are not.
    if any(len(people) < FEWEST for people in people_of_teams(teams).values()):
        raise RuleError(
            en="A team of one is a person, whose numbers everybody would see here. Choose teams of two or more, "
            "or the team above.",
            ja="1人だけのチームでは、その人個人の数値が全員に見えてしまいます。2人以上のチームか、上位のチームを選んでください。",
        )


def clean_steps(steps: Sequence[Step], *, model: RevenueModel) -> tuple[Step, ...]:
    """The steps with their texts taken. Raises RuleError for none, one without evidence, or a rule that isn't there."""
    clean = tuple(
        replace(
            one,
            text=take_text(one.text, limit=_LONGEST_STEP, en="step", ja="手順"),
            evidence=take_text(
                one.evidence, limit=_LONGEST_STEP, en="evidence", ja="確認できる証拠"
            ),
        )
        for one in steps
    )
    if not clean or not all(one.text and one.evidence for one in clean):
        raise RuleError(
            en="List the acts, one a line, each with what others can see of it: without them nobody "
            "can tell whether it was done.",
            ja="手順を1つずつ、他の人が確認できる証拠とともに書いてください。これがないと、実施されたかどうかが分かりません。",
        )
    for one in clean:
        require_rule(one.rule, model=model)
    return clean


def columns_to_change(changes: dict[str, Any]) -> dict[str, Any]:
    known = {"title", "hypothesis", "owner_id", "guard", "review_on"}
    if unknown := set(changes) - known:
        msg = f"not to be changed: {sorted(unknown)}"
        raise TypeError(msg)
    columns = dict(changes)
    if "title" in columns:
        columns["title"] = take_text(columns["title"], limit=_LONGEST_TITLE, en="title", ja="題名")
    if "hypothesis" in columns:
        columns["hypothesis"] = take_text(columns["hypothesis"], limit=LONGEST_WORDS, en="hypothesis", ja="仮説")  # fmt: skip
    if not all(columns.get(name, "-") for name in ("title", "hypothesis")):
        raise RuleError(
            en="The title and the hypothesis can't be empty.", ja="題名と仮説は空にできません。"
        )
    owner = columns.get("owner_id")
    if owner is not None and not User.objects.filter(pk=owner, is_active=True).exists():
        raise RuleError(
            en="Choose as owner somebody who works here.",
            ja="担当者は在籍している人から選んでください。",
        )
    return columns


def as_values(said: Registration) -> dict[str, Any]:
    """The whole registration as JSON values: what was said before the start."""
    plain = {name: getattr(said, name) for name in Registration.__dataclass_fields__}
    plain["steps"] = [
        {
            "text": one.text,
            "evidence": one.evidence,
            "rule": one.rule,
            "is_critical": one.is_critical,
        }
        for one in said.steps
    ]
    plain["starts"] = [
        {
            "team": one.team_id,
            "phase": one.phase,
            "is_on": one.is_on,
            "on": as_value(one.planned_on),
        }
        for one in said.starts
    ]
    return {name: as_value(value) for name, value in plain.items()}


def as_value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
