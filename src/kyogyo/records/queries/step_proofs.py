"""What the records themselves show about a step of a countermeasure: whether it was done, journey by journey.

A rule is 'question:<code>' (that department answered it before the journey left the stage),
'criterion:<code>' (it was met by then) or 'activity:<kind>:<days>' (there was one within so many days
of the entry).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError
from kyogyo.records.models import Activity, Claim, CriterionCheck, StageEntry
from kyogyo.records.queries.wording import ACTIVITIES
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

RULES = ("question", "criterion", "activity")
_MOST = 500
_LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Stay:
    """A journey's stay in the stage: `left` None while it is still there."""

    journey_id: int
    entered: datetime
    left: datetime | None


@dataclass(frozen=True, slots=True)
class Proven:
    """Whether a step was done in a stay, as the records show it; None where its time isn't over."""

    journey_id: int
    entered: datetime
    is_done: bool | None


def require_rule(rule: str, *, model: RevenueModel) -> None:
    """Raise RuleError for a rule that the records can't answer; '' is a step that people score."""
    kind, _, rest = rule.partition(":")
    if not rule:
        return
    codes: set[str] = set()
    if kind == "question":
        codes = {one.code for one in model.questions}
    elif kind == "criterion":
        codes = {one.code for stage in model.stages for one in stage.exit_criteria}
    elif kind == "activity":
        what, _, days = rest.partition(":")
        if what in Activity.Kind.values and days.isdecimal() and 0 < int(days) <= _LONGEST_DAYS:
            return
    if rest not in codes:
        raise RuleError(
            en=f"The records can't show {rule!r}. Choose a question, a criterion or an activity from the list.",
            ja=f"{rule!r} は記録から判定できません。確認項目・完了条件・活動を一覧から選んでください。",
        )


def stays_of(
    *, track: str, stage: str, owners: Collection[int] | None, since: datetime
) -> tuple[Stay, ...]:
    """The last stays in `stage` that began since then with one of `owners` (None: anybody), at most 500, the oldest first."""
    found = StageEntry.objects.filter(
        stage=stage, journey__track=track, at__gte=since, undoes=None, undone_by__isnull=True
    )
    if owners is not None:
        found = found.filter(owner__in=owners)
    entries = list(found.order_by("-at", "-id").values_list("journey_id", "at", "id")[:_MOST])
    later: dict[int, list[datetime]] = {}
    for journey, at in (
        StageEntry.objects.filter(
            journey__in=[one[0] for one in entries], undoes=None, undone_by__isnull=True
        )
        .order_by("at", "id")
        .values_list("journey_id", "at")
    ):
        later.setdefault(journey, []).append(at)
    return tuple(
        Stay(journey, at, next((one for one in later[journey] if one > at), None))
        for journey, at, _ in reversed(entries)
    )


def prove_step(rule: str, *, stays: Iterable[Stay], now: datetime) -> tuple[Proven, ...]:
    """For each stay whether the rule was met in it. One query."""
    listed = tuple(stays)
    kind, _, rest = rule.partition(":")
    ids = [one.journey_id for one in listed]
    times: dict[int, list[datetime]] = {}
    for journey, at in _times(kind, rest, ids):
        times.setdefault(journey, []).append(at)
    days = int(rest.partition(":")[2]) if kind == "activity" else None
    return tuple(_proven(one, times.get(one.journey_id, []), days, now) for one in listed)


def rule_words(rule: str, *, model: RevenueModel) -> Text:
    """A rule in words, by the labels of the model."""
    kind, _, rest = rule.partition(":")
    if kind == "question":
        label = model.question(rest).label.text
        return Text(
            en=f"from the records: “{label.en}” is answered",
            ja=f"記録から判定：「{label.ja}」に回答済み",
        )
    if kind == "criterion":
        every = {one.code: one for stage in model.stages for one in stage.exit_criteria}
        label = every[rest].label.text
        return Text(
            en=f"from the records: “{label.en}” is met", ja=f"記録から判定：「{label.ja}」を満たす"
        )
    if kind == "activity":
        what, _, days = rest.partition(":")
        names = ACTIVITIES[what]
        return Text(
            en=f"from the records: “{names.en}” within {days} days",
            ja=f"記録から判定：{days}日以内の「{names.ja}」",
        )
    return Text(en="people say so", ja="担当者が記録")


def _times(kind: str, rest: str, ids: list[int]) -> Iterable[tuple[int, datetime]]:
    if kind == "question":
        return Claim.objects.filter(journey__in=ids, question=rest).values_list("journey_id", "at")
    if kind == "criterion":
        met = CriterionCheck.objects.filter(journey__in=ids, criterion=rest, is_met=True)
        return met.values_list("journey_id", "at")
    what = rest.partition(":")[0]
    return Activity.objects.filter(journey__in=ids, kind=what).values_list("journey_id", "at")


def _proven(stay: Stay, times: list[datetime], days: int | None, now: datetime) -> Proven:
    end = stay.left if days is None else stay.entered + timedelta(days=days)
    if days is not None:
        is_done = any(stay.entered <= at <= stay.entered + timedelta(days=days) for at in times)
    else:
        is_done = any(end is None or at <= end for at in times)
    if is_done:
        return Proven(stay.journey_id, stay.entered, is_done=True)
    is_over = end is not None and end <= now
    return Proven(stay.journey_id, stay.entered, is_done=False if is_over else None)
