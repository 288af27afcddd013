"""Answering the questions of the model: each department in its own name, and on each other's answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import ModelError, RuleError
from kyogyo.records.access import journey_for, journeys_for, not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.answers import LONGEST, read_answer
from kyogyo.records.actions.keeping import take_text, take_time
from kyogyo.records.models import Claim, Handoff, Journey
from kyogyo.records.queries.model import InForce, current

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.revenue_model import Question


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said about a question, before it is known what it answers."""

    answer: str
    is_unknown: bool
    certainty: str
    evidence: str
    at: datetime
    now: datetime


@transaction.atomic
def answer_question(
    *,
    actor: Actor,
    journey_id: int,
    question: str,
    answer: str = "",
    is_unknown: bool = False,
    certainty: str = "sure",
    evidence: str = "",
    at: datetime | None = None,
    handoff_id: int | None = None,
    now: datetime | None = None,
) -> Claim:
    """Say what the actor's department knows about a question; "unknown" is an answer too.

    Said again by the same department it confirms or corrects what that department said before.
    Raises RuleError for a question the model doesn't have or an answer of another kind.
    """
    journey = journey_for(actor, journey_id)
    require_writer(actor)
    in_force = current()
    said = _read(
        _question(in_force, question), in_force, answer, is_unknown, certainty, evidence, at, now
    )
    handoff = _handoff(journey, handoff_id)
    department = speaks_for(actor=actor, journey=journey, in_force=in_force, handoff=handoff)
    before = (
        Claim.objects.filter(journey=journey, question=question, department=department)
        .order_by("-id")
        .first()
    )
    return _keep(actor, journey, question, department, said, before, handoff, in_force)


@transaction.atomic
def confirm_claim(
    *,
    actor: Actor,
    claim_id: int,
    certainty: str = "sure",
    evidence: str = "",
    at: datetime | None = None,
    handoff_id: int | None = None,
    now: datetime | None = None,
) -> Claim:
    """Say that an answer is as it was told: an answer of one's own with the same content."""
    claim = claim_for(actor, claim_id)
    require_writer(actor)
    return _react(
        actor,
        claim,
        _said(claim.answer, claim.is_unknown, certainty, evidence, at, now),
        handoff_id,
    )


@transaction.atomic
def correct_claim(
    *,
    actor: Actor,
    claim_id: int,
    answer: str = "",
    is_unknown: bool = False,
    certainty: str = "sure",
    evidence: str = "",
    at: datetime | None = None,
    handoff_id: int | None = None,
    now: datetime | None = None,
) -> Claim:
    """Say that it is otherwise than told. The same content as before confirms it instead."""
    claim = claim_for(actor, claim_id)
    require_writer(actor)
    in_force = current()
    question = _question(in_force, claim.question)
    said = _read(question, in_force, answer, is_unknown, certainty, evidence, at, now)
    return _react(actor, claim, said, handoff_id)


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """One answer. Raises MissingRecordError where there is none that `actor` may see."""
    found = (
        Claim.objects.select_related("journey")
        .filter(pk=claim_id, journey__in=journeys_for(actor))
        .first()
    )
    if found is None:
        raise not_found(en="answer", ja="回答", key=claim_id)
    return found


def speaks_for(
    *, actor: Actor, journey: Journey, in_force: InForce, handoff: Handoff | None = None
) -> str:
    """The department in whose name the actor speaks: one of the handoff's, their own, or that of the stage."""
    among: tuple[str, ...] = (handoff.receiver, handoff.giver) if handoff else ()
    stage: str = in_force.model.stage(journey.stage).department if journey.stage else ""
    for department in (*among, stage):
        if department in actor.departments:
            return department
    return actor.department or stage or (among[-1] if among else "")


def _react(actor: Actor, claim: Claim, said: _Said, handoff_id: int | None) -> Claim:
    in_force, journey = current(), claim.journey
    handoff = _handoff(journey, handoff_id)
    department = speaks_for(actor=actor, journey=journey, in_force=in_force, handoff=handoff)
    return _keep(actor, journey, claim.question, department, said, claim, handoff, in_force)


def _keep(
    actor: Actor,
    journey: Journey,
    question: str,
    department: str,
    said: _Said,
    before: Claim | None,
    handoff: Handoff | None,
    in_force: InForce,
) -> Claim:
    claim = Claim.objects.create(
        journey=journey,
        question=question,
        answer=said.answer,
        is_unknown=said.is_unknown,
        certainty=said.certainty,
        evidence=said.evidence,
        department=department,
        verdict=_verdict(said, before),
        answers_to=before,
        handoff=handoff,
        model_version=in_force.version,
        at=said.at,
        recorded_at=said.now,
        by=actor.user,
    )
    journal.note(
        actor=actor,
        action="answer",
        noun="claim",
        row=claim.pk,
        journey=journey.pk,
        before={"answer": before.answer, "is_unknown": before.is_unknown} if before else {},
        after={
            "question": question,
            "answer": claim.answer,
            "is_unknown": claim.is_unknown,
            "verdict": claim.verdict,
        },
    )
    return claim


def _verdict(said: _Said, before: Claim | None) -> Claim.Verdict:
    if before is None:
        return Claim.Verdict.NEW
    is_same = (said.answer, said.is_unknown) == (before.answer, before.is_unknown)
    return Claim.Verdict.CONFIRMS if is_same else Claim.Verdict.CORRECTS


def _read(
    question: Question,
    in_force: InForce,
    answer: str,
    is_unknown: bool,  # noqa: FBT001 -- in the order of the claim's columns
    certainty: str,
    evidence: str,
    at: datetime | None,
    now: datetime | None,
) -> _Said:
    if is_unknown and answer.strip():
        raise RuleError(
            en=f"“{question.label.en}” has an answer and is marked as unknown. Take one of the two away.",
            ja=f"「{question.label.ja}」に回答があるのに「未確認」になっています。どちらか一方にしてください。",
        )
    kept = "" if is_unknown else read_answer(question, answer, currency=in_force.model.currency)
    return _said(kept, is_unknown, certainty, evidence, at, now)


def _said(
    answer: str,
    is_unknown: bool,  # noqa: FBT001 -- in the order of the claim's columns
    certainty: str,
    evidence: str,
    at: datetime | None,
    now: datetime | None,
) -> _Said:
    now = now or timezone.now()
    if certainty not in Claim.Certainty.values:
        raise RuleError(
            en="How sure is it? Choose sure, likely or guess.",
            ja="確度は「確実」「おそらく」「推測」から選んでください。",
        )
    kept = take_text(evidence, limit=LONGEST, en="evidence", ja="根拠")
    return _Said(answer, is_unknown, certainty, kept, take_time(at, now=now), now)


def _question(in_force: InForce, code: str) -> Question:
    try:
        return in_force.model.question(code)
    except ModelError as error:
        raise RuleError(en=error.text.en, ja=error.text.ja) from None


def _handoff(journey: Journey, handoff_id: int | None) -> Handoff | None:
    if handoff_id is None:
        return None
    found = Handoff.objects.filter(pk=handoff_id, journey=journey).first()
    if found is None:
        raise not_found(en="handoff", ja="引き継ぎ", key=handoff_id)
    return found
