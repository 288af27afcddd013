"""A step or an offer with what it lacked, said in the same breath: one act, kept whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.records.access import journey_for
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.decisions import accept_handoff
from kyogyo.records.actions.keeping import was_changed
from kyogyo.records.actions.offers import offer_handoff
from kyogyo.records.actions.parties import handoff_for, require_taker
from kyogyo.records.actions.stages import check_criterion, enter_stage

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff, HandoffEvent, StageEntry


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer given on the way: in words, or that nobody knows."""

    question: str
    answer: str = ""
    is_unknown: bool = False


@transaction.atomic
def move_journey(
    *,
    actor: Actor,
    journey_id: int,
    stage: str,
    met: Mapping[str, str] | None = None,
    answers: Sequence[Answered] = (),
    override_reason: str = "",
    reason: str = "",
    buyer_words: str = "",
    our_view: str = "",
    revisit_on: date | None = None,
    commitments: Sequence[tuple[str, date | None]] = (),
    none_promised: bool = False,
    revision: int | None = None,
    now: datetime | None = None,
) -> StageEntry:
    """Say which criteria are met (code to evidence) and answer what was asked, then enter `stage`.

    Raises what those three raise; nothing is kept then. The `revision` is that of the page: the
    criteria and answers of this very act don't count as a change by somebody else.
    """
    journey = journey_for(actor, journey_id)
    if revision is not None and journey.revision != revision:
        raise was_changed()
    _say_first(actor=actor, journey_id=journey_id, met=met or {}, answers=answers, now=now)
    return enter_stage(
        actor=actor,
        journey_id=journey_id,
        stage=stage,
        override_reason=override_reason,
        reason=reason,
        buyer_words=buyer_words,
        our_view=our_view,
        revisit_on=revisit_on,
        commitments=commitments,
        none_promised=none_promised,
        now=now,
    )


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    journey_id: int,
    why_now: str,
    met: Mapping[str, str] | None = None,
    answers: Sequence[Answered] = (),
    receiver_user_id: int | None = None,
    receiver_team_id: int | None = None,
    commitments: Sequence[tuple[str, date | None]] = (),
    override_reason: str = "",
    now: datetime | None = None,
) -> Handoff:
    """Say what the receiver was still to be told, then offer the journey: one act."""
    _say_first(actor=actor, journey_id=journey_id, met=met or {}, answers=answers, now=now)
    return offer_handoff(
        actor=actor,
        journey_id=journey_id,
        why_now=why_now,
        receiver_user_id=receiver_user_id,
        receiver_team_id=receiver_team_id,
        commitments=commitments,
        override_reason=override_reason,
        now=now,
    )


@transaction.atomic
def take_over(
    *,
    actor: Actor,
    handoff_id: int,
    words: str = "",
    criteria: Sequence[str] = (),
    unknown: Sequence[str] = (),
    override_reason: str = "",
    now: datetime | None = None,
) -> HandoffEvent:
    """Accept a handoff, and say of the questions in `unknown` that nobody can answer them yet."""
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    if unknown:
        require_taker(actor, handoff)
    for question in unknown:
        answer_question(
            actor=actor,
            journey_id=handoff.journey_id,
            question=question,
            is_unknown=True,
            handoff_id=handoff_id,
            now=now,
        )
    return accept_handoff(
        actor=actor,
        handoff_id=handoff_id,
        words=words,
        criteria=criteria,
        override_reason=override_reason,
        now=now,
    )


def _say_first(
    *,
    actor: Actor,
    journey_id: int,
    met: Mapping[str, str],
    answers: Sequence[Answered],
    now: datetime | None,
) -> None:
    for criterion, evidence in met.items():
        check_criterion(
            actor=actor, journey_id=journey_id, criterion=criterion, evidence=evidence, now=now
        )
    for one in answers:
        answer_question(
            actor=actor,
            journey_id=journey_id,
            question=one.question,
            answer=one.answer,
            is_unknown=one.is_unknown,
            now=now,
        )
