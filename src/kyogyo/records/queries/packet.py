"""The packet of a handoff: what the receiver is told, as it was when it was offered.

Answers, promises and activities are only ever added to, so their ids are the snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kyogyo.records.models import Activity, Claim, Commitment, Journey
from kyogyo.records.queries.decisions import standing_events
from kyogyo.records.queries.gate import Missing, gate_for
from kyogyo.records.queries.wording import (
    ACTIVITIES,
    answer_words,
    department_label,
    gap_label,
    question_label,
)
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyogyo.records.models import Handoff, HandoffEvent
    from kyogyo.revenue_model import Handoff as Declared
    from kyogyo.revenue_model import Question, RevenueModel

MOST_ACTIVITIES = 50


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """An answer as the giver's side knew it."""

    claim_id: int
    question: str
    label: Text
    answer: Text
    is_unknown: bool
    certainty: str
    evidence: str
    department: Text
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about one question: the last word, and what others said that differs from it."""

    last: ToldAnswer
    others: tuple[ToldAnswer, ...]


@dataclass(frozen=True, slots=True)
class ToldPromise:
    """What had been promised to the buyer."""

    commitment_id: int
    text: str
    due_on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class ToldActivity:
    """Something that had been done with the buyer."""

    kind: Text
    words: str
    is_two_way: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Packet:
    """What came with one offer. `missing` was not there then, `override_reason` says why it was offered all the same."""

    why_now: str
    answers: tuple[ToldAnswer, ...]
    promises: tuple[ToldPromise, ...]
    activities: tuple[ToldActivity, ...]
    missing: tuple[Text, ...]
    override_reason: str
    next_step: str
    next_step_on: date | None
    next_step_at: datetime | None
    amount: int | None

    @property
    def known(self) -> tuple[Known, ...]:
        """Each question once, in their order. An unknown says nothing against what others found."""
        by_question: dict[str, list[ToldAnswer]] = {}
        for one in self.answers:
            by_question.setdefault(one.question, []).append(one)
        return tuple(_known(said) for said in by_question.values())


def _known(said: list[ToldAnswer]) -> Known:
    newest = sorted(said, key=lambda one: (one.is_unknown, -one.at.timestamp(), -one.claim_id))
    last, *before = newest
    return Known(
        last=last,
        others=tuple(
            one for one in before if not one.is_unknown and one.answer.en != last.answer.en
        ),
    )


def make_packet(
    journey: Journey, *, why_now: str, missing: Sequence[Missing], override_reason: str
) -> dict[str, Any]:
    """The packet of an offer made now, as it is kept with the event. Three queries."""
    last: dict[tuple[str, str], int] = {}
    said = Claim.objects.filter(journey=journey).order_by("id")
    for claim_id, question, department in said.values_list("id", "question", "department"):
        last[question, department] = claim_id
    activities = Activity.objects.filter(journey=journey).order_by("-at", "-id")
    return {
        "why_now": why_now,
        "claims": sorted(last.values()),
        "commitments": list(
            Commitment.objects.filter(journey=journey).order_by("id").values_list("id", flat=True)
        ),
        "activities": list(activities.values_list("id", flat=True)[:MOST_ACTIVITIES]),
        "missing": [one.code for one in missing],
        "override_reason": override_reason,
        "next_step": journey.next_step,
        "next_step_on": journey.next_step_on.isoformat() if journey.next_step_on else None,
        "next_step_at": journey.next_step_at.isoformat() if journey.next_step_at else None,
        "amount": journey.amount,
        "stage": journey.stage,
    }


def packet_of(event: HandoffEvent, *, model: RevenueModel) -> Packet:
    """The packet of an offer in words. Three queries."""
    kept = event.packet
    order = {question.code: place for place, question in enumerate(model.questions)}
    claims = Claim.objects.filter(pk__in=kept.get("claims", ())).select_related("by")
    promises = Commitment.objects.filter(pk__in=kept.get("commitments", ())).select_related(
        "promised_by"
    )
    done = Activity.objects.filter(pk__in=kept.get("activities", ())).select_related("by")
    due, clock = kept.get("next_step_on"), kept.get("next_step_at")
    return Packet(
        why_now=kept.get("why_now", ""),
        answers=tuple(
            _told(claim, model)
            for claim in sorted(
                claims, key=lambda one: (order.get(one.question, len(order)), one.pk)
            )
        ),
        promises=tuple(
            ToldPromise(one.pk, one.text, one.due_on, str(one.promised_by or ""))
            for one in promises.order_by("id")
        ),
        activities=tuple(
            ToldActivity(ACTIVITIES[one.kind], one.words, one.is_two_way, str(one.by or ""), one.at)
            for one in done.order_by("-at", "-id")
        ),
        missing=tuple(gap_label(model, code) for code in kept.get("missing", ())),
        override_reason=kept.get("override_reason", ""),
        next_step=kept.get("next_step", ""),
        next_step_on=date.fromisoformat(due) if due else None,
        next_step_at=datetime.fromisoformat(clock) if clock else None,
        amount=kept.get("amount"),
    )


def missing_to_offer(
    journey: Journey,
    declared: Declared,
    *,
    model: RevenueModel,
    asked: HandoffEvent | None = None,
) -> tuple[Missing, ...]:
    """What has to be there before the journey is offered.

    The answers that the receiver needs; the exit criteria of the stage that accepting leaves at
    once (a journey that first waits for a decision is let on by its own gate); and what the
    receiver asked for when it sent the offer back (`asked`), unless somebody has answered since.
    """
    target = declared.accepted_stage or declared.to_stage
    gate = gate_for(journey=journey, to_stage=target, model=model)
    waits = declared.accepted_stage is not None
    found = [
        one
        for one in gate.missing
        if one.kind == "question" or (one.kind != "handoff" and not waits)
    ]
    if asked is not None:
        known = {one.code for one in found}
        found += [
            _open_question(question, declared)
            for question in _still_asked(journey, asked, model)
            if question.code not in known
        ]
    return tuple(found)


def asks_of(event: HandoffEvent, *, model: RevenueModel) -> tuple[Text, ...]:
    """The questions that somebody wants answered before they decide."""
    return tuple(question_label(model, code) for code in event.packet.get("asks", ()))


def last_sent_back(handoff: Handoff) -> HandoffEvent | None:
    """The last request for more work, or return that left the journey with the giver."""
    sent = standing_events().filter(handoff=handoff, kind__in=["needs_work", "returned"])
    return sent.last()


def _still_asked(journey: Journey, asked: HandoffEvent, model: RevenueModel) -> Iterable[Question]:
    wanted = [one for one in model.questions if one.code in asked.packet.get("asks", ())]
    since = set(
        Claim.objects.filter(
            journey=journey,
            question__in=[one.code for one in wanted],
            recorded_at__gte=asked.recorded_at,
        )
        .order_by()
        .values_list("question", flat=True)
    )
    return [one for one in wanted if one.code not in since]


def _open_question(question: Question, declared: Declared) -> Missing:
    return Missing(
        kind="question",
        code=question.code,
        label=question.label.text,
        how=Text(
            en="Answer it, or say that it is unknown.",
            ja="回答するか、「未確認」と記録してください。",
        ),
        stage=declared.from_stage,
    )


def _told(claim: Claim, model: RevenueModel) -> ToldAnswer:
    return ToldAnswer(
        claim_id=claim.pk,
        question=claim.question,
        label=question_label(model, claim.question),
        answer=answer_words(
            model, claim.question, answer=claim.answer, is_unknown=claim.is_unknown
        ),
        is_unknown=claim.is_unknown,
        certainty=claim.certainty,
        evidence=claim.evidence,
        department=department_label(model, claim.department),
        by=str(claim.by or ""),
        at=claim.at,
    )
