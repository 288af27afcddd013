"""What the receiver found, in one act: the visit result, and the kickoff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction
from django.db.models import Q

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.actions import journal
from kyogyo.records.actions.claims import answer_question, confirm_claim, correct_claim
from kyogyo.records.actions.commitments import settle_commitment
from kyogyo.records.actions.decisions import accept_handoff, need_work, return_handoff
from kyogyo.records.actions.journeys import change_journey, log_activity, plan_next_step
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.actions.parties import declared_of, handoff_for, moment, require_reporter
from kyogyo.records.actions.rounds import decided
from kyogyo.records.actions.stages import check_criterion, enter_stage
from kyogyo.records.models import Claim, Commitment, HandoffEvent
from kyogyo.records.queries.decisions import last_decision, standing_events
from kyogyo.records.queries.model import current
from kyogyo.records.queries.wording import question_label

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff
    from kyogyo.revenue_model import Handoff as Declared

Verdict = Literal["confirm", "correct", "new", "unknown"]
Decision = Literal["accept", "return", "need_work", "none"]
_OVER = ("returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class Answered:
    """One card: the giver's answer confirmed or corrected, something new, or still unknown."""

    question: str
    verdict: Verdict
    answer: str = ""
    certainty: str = "sure"


@dataclass(frozen=True, slots=True)
class Settled:
    """One promise: whether the buyer expects it as it was noted, or what became of it."""

    commitment_id: int
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How the decision is made, where the result comes with one."""

    reason: str = ""
    words: str = ""
    then: str = ""
    asks: Sequence[str] = ()
    override_reason: str = ""


@transaction.atomic
def file_result(
    *,
    actor: Actor,
    handoff_id: int,
    answers: Sequence[Answered] = (),
    decision: Decision = "none",
    met: bool = True,
    words: str = "",
    reason: str = "",
    then: str = "",
    asks: Sequence[str] = (),
    criteria: Sequence[str] = (),
    override_reason: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    next_step_time: time | None = None,
    amount: int | None = None,
    commitments: Sequence[Settled] = (),
    at: datetime | None = None,
    now: datetime | None = None,
) -> HandoffEvent:
    """Say what came of the meeting, all of it or nothing.

    `met` False: nobody came; then there is nothing to confirm, and the giver's clock for a new date
    runs if it is sent back. `criteria` are codes of exit criteria that the meeting met. A decision
    comes with it or was made before. Raises ConflictError where the result was filed already.
    """
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    require_reporter(actor, handoff)
    _is_wanted(handoff, decision)
    model = current().model
    declared = declared_of(handoff, model)
    at, now = moment(handoff, at=at, now=now)
    said = take_text(words, limit=5_000, en="text", ja="内容")
    if not met and answers:
        raise RuleError(
            en="Nobody came, so there is nothing to confirm. Take the answers away, or say that it took place.",
            ja="不実施の場合、回答の確認はできません。回答を外すか、「実施した」にしてください。",
        )
    journey_id, number = handoff.journey_id, _round(handoff)
    log_activity(
        actor=actor, journey_id=journey_id, kind="meeting" if met else "no_show", words=said,
        is_two_way=met, at=at, now=now,
    )  # fmt: skip
    for one in answers:
        _answer(actor, handoff, one, at, now)
    for settled in commitments:
        _settle(actor, handoff, settled, at, now)
    if amount is not None:
        change_journey(actor=actor, journey_id=journey_id, amount=amount, now=now)
    if next_step:
        plan_next_step(
            actor=actor,
            journey_id=journey_id,
            text=next_step,
            due_on=next_step_on,
            due_time=next_step_time,
            now=now,
        )
    for code in criteria:
        check_criterion(
            actor=actor, journey_id=journey_id, criterion=code, evidence=said, at=at, now=now
        )
    if met:
        _wait(actor, handoff, declared, decision, override_reason, at, now)
    verdicts = Verdicts(reason, said, then, asks, override_reason)
    _decide(actor, handoff.pk, decision, verdicts, at, now)
    return _file(actor, handoff, number, answers, decision, met=met, words=said, at=at, now=now)


def _is_wanted(handoff: Handoff, decision: Decision) -> None:
    last = last_decision(handoff)
    if handoff.open_round is None and (
        decision != "none" or last is None or last.kind != HandoffEvent.Kind.ACCEPTED
    ):
        raise decided(handoff)
    offers = standing_events().filter(handoff=handoff, kind=HandoffEvent.Kind.OFFERED)
    offered = offers.last()
    filed = (
        handoff.events.filter(
            Q(packet__met=True), kind="result", pk__gt=offered.pk if offered else 0
        )
        .select_related("by")
        .first()
    )
    if filed is not None:
        who = str(filed.by or "Kyogyo")
        raise ConflictError(
            en=f"{who} has filed this result already. Nothing was changed; correct single answers on the journey.",
            ja=f"この結果は{who}がすでに報告しています。変更していません。個々の回答は案件の画面で訂正できます。",
        )


def _round(handoff: Handoff) -> int:
    if handoff.open_round is not None:
        return handoff.open_round
    last = last_decision(handoff)
    return last.round if last else 1


def _answer(actor: Actor, handoff: Handoff, one: Answered, at: datetime, now: datetime) -> None:
    told = (
        Claim.objects.filter(journey=handoff.journey_id, question=one.question)
        .exclude(department=handoff.receiver)
        .order_by("-id")
        .first()
    )
    shared: dict[str, Any] = {
        "actor": actor, "certainty": one.certainty, "at": at, "handoff_id": handoff.pk, "now": now,
    }  # fmt: skip
    if one.verdict == "confirm":
        if told is None:
            label = question_label(current().model, one.question)
            raise RuleError(
                en=f"Nobody has answered “{label.en}” yet, so there is nothing to confirm. Answer it.",
                ja=f"「{label.ja}」にはまだ回答がないため、確認できません。回答を入力してください。",
            )
        confirm_claim(claim_id=told.pk, **shared)
        return
    is_unknown = one.verdict == "unknown"
    answer = "" if is_unknown else one.answer
    if told is not None and one.verdict in ("correct", "unknown"):
        correct_claim(claim_id=told.pk, answer=answer, is_unknown=is_unknown, **shared)
        return
    answer_question(
        journey_id=handoff.journey_id,
        question=one.question,
        answer=answer,
        is_unknown=is_unknown,
        **shared,
    )


def _settle(actor: Actor, handoff: Handoff, settled: Settled, at: datetime, now: datetime) -> None:
    of_journey = Commitment.objects.filter(pk=settled.commitment_id, journey=handoff.journey_id)
    if not of_journey.exists():
        raise RuleError(
            en="One of the promises belongs to another journey. Reload the page and file the result again.",
            ja="別の案件の約束が含まれています。画面を再読み込みして、もう一度報告してください。",
        )
    settle_commitment(
        actor=actor,
        commitment_id=settled.commitment_id,
        kind=settled.kind,
        words=settled.words,
        at=at,
        now=now,
    )


def _wait(
    actor: Actor,
    handoff: Handoff,
    declared: Declared,
    decision: Decision,
    override_reason: str,
    at: datetime,
    now: datetime,
) -> None:
    """The meeting took place: the journey now waits for the decision, which comes with it or later."""
    journey = handoff.journey
    waits = declared.accepted_stage is not None and journey.stage == declared.from_stage
    if not waits or handoff.open_round is None or decision == "return":
        return
    enter_stage(
        actor=actor,
        journey_id=journey.pk,
        stage=declared.to_stage,
        at=at,
        override_reason=override_reason,
        allows_handoff=True,
        now=now,
    )


def _decide(
    actor: Actor,
    handoff_id: int,
    decision: Decision,
    verdicts: Verdicts,
    at: datetime,
    now: datetime,
) -> None:
    if decision == "accept":
        accept_handoff(
            actor=actor, handoff_id=handoff_id, words=verdicts.words,
            override_reason=verdicts.override_reason, at=at, now=now,
        )  # fmt: skip
    elif decision == "return":
        return_handoff(
            actor=actor, handoff_id=handoff_id, reason=verdicts.reason, words=verdicts.words,
            then=verdicts.then, at=at, now=now,
        )  # fmt: skip
    elif decision == "need_work":
        need_work(
            actor=actor, handoff_id=handoff_id, words=verdicts.words, asks=verdicts.asks, at=at,
            now=now,
        )  # fmt: skip


def _file(
    actor: Actor,
    handoff: Handoff,
    number: int,
    answers: Sequence[Answered],
    decision: Decision,
    *,
    met: bool,
    words: str,
    at: datetime,
    now: datetime,
) -> HandoffEvent:
    event = HandoffEvent.objects.create(
        handoff=handoff,
        kind=HandoffEvent.Kind.RESULT,
        round=number,
        at=at,
        recorded_at=now,
        by=actor.user,
        words=words,
        packet={
            "met": met,
            "decision": decision,
            "verdicts": {one.question: one.verdict for one in answers},
        },
    )
    journal.note(
        actor=actor,
        action="result",
        noun="handoff",
        row=handoff.pk,
        journey=handoff.journey_id,
        account=handoff.journey.account_id,
        after={"event": event.pk, "met": met, "decision": decision,
               "answers": [asdict(one) for one in answers]},
    )  # fmt: skip
    return event
