"""Whether the steps of a countermeasure were done, as people saw it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import NotAllowedError, RuleError
from kyogyo.records.access import journey_for, not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.models import CountermeasureStep, StepScore
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import countermeasure_for, may_start

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_LONGEST = 500


@transaction.atomic
def score_step(
    *,
    actor: Actor,
    step_id: int,
    team_id: int | None,
    on: date,
    score: str,
    journey_id: int | None = None,
    words: str = "",
    now: datetime | None = None,
) -> StepScore:
    """Say whether a step was done on a day: yes, no, or not applicable. One's later word on the same replaces the earlier.

    People score the teams that they are in or that they manage; who registers countermeasures scores any.
    """
    step = CountermeasureStep.objects.filter(pk=step_id, retired_at=None).first()
    if step is None:
        raise not_found(en="such step", ja="手順", key=step_id)
    made = countermeasure_for(actor, step.countermeasure_id)
    require_writer(actor)
    if actor.user is None:
        raise NotAllowedError(
            en="Only a person can say what they saw.",
            ja="手順の実施を記録できるのは担当者だけです。",
        )
    _require_team(actor, step, team_id)
    if score not in StepScore.Score.values:
        raise RuleError(
            en="Was it done? Choose yes, no or not applicable.",
            ja="実施されたかどうかを「はい」「いいえ」「該当なし」から選んでください。",
        )
    now = now or timezone.now()
    if not made.baseline_from <= on <= local_date(now):
        raise RuleError(
            en=f"{on} lies outside this countermeasure: give a day from {made.baseline_from} to today.",
            ja=f"{on} はこの打ち手の対象期間外です。{made.baseline_from} から今日までの日付を入力してください。",
        )
    journey = journey_for(actor, journey_id) if journey_id is not None else None
    scored = StepScore.objects.create(
        step=step,
        team_id=team_id,
        journey=journey,
        on=on,
        score=score,
        words=take_text(words, limit=_LONGEST, en="text", ja="内容"),
        by=actor.user,
        at=now,
    )
    journal.note(
        actor=actor,
        action="score",
        noun="countermeasure",
        row=made.pk,
        after={"step": step.pk, "team": team_id, "on": on.isoformat(), "score": score},
    )
    return scored


def _require_team(actor: Actor, step: CountermeasureStep, team_id: int | None) -> None:
    teams: set[int | None] = set(step.countermeasure.starts.values_list("team_id", flat=True))
    if team_id not in teams:
        raise not_found(en="team in this countermeasure", ja="この打ち手の対象チーム", key=team_id)
    if team_id is None or may_start(actor) or team_id in actor.own_teams | actor.seen_teams:
        return
    raise NotAllowedError(
        en="You can score the steps of your own team.",
        ja="記録できるのは自分のチームの手順だけです。",
    )
