"""One step of a journey into a stage, on a journey that was taken: the rules, then the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.actions import journal
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.keeping import keep, take_text
from kyogyo.records.models import Commitment, Handoff, HandoffEvent, StageEntry
from kyogyo.records.queries.gate import Gate, StepKind, gate_for, refuse
from kyogyo.records.queries.model import InForce, current
from kyogyo.records.queries.proofs import promises_question
from kyogyo.records.queries.wording import NONE_PROMISED

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Journey
    from kyogyo.revenue_model import RevenueModel

Promise = tuple[str, date | None]


@dataclass(frozen=True)
class Said:
    """What comes with a step: why it is made, how it ended in whose words, what was promised."""

    override_reason: str = ""
    reason: str = ""
    buyer_words: str = ""
    our_view: str = ""
    revisit_on: date | None = None
    commitments: Sequence[Promise] = ()
    none_promised: bool = False


def step(
    *,
    actor: Actor,
    journey: Journey,
    stage: str,
    at: datetime,
    said: Said,
    cause: str,
    now: datetime,
    allows_handoff: bool = False,
) -> StageEntry:
    """The step itself, on a journey that was taken in this transaction."""
    force = current()
    gate = gate_for(journey=journey, to_stage=stage, model=force.model, now=now)
    gate = _without_what_comes_along(
        gate, said=said, allows_handoff=allows_handoff, model=force.model
    )
    said = _checked(gate, said=said, model=force.model, at=at)
    _comes_after_the_last(journey, at)
    before = {"stage": journey.stage}
    if gate.kind == StepKind.EXIT:
        _close_handoff(actor=actor, journey=journey, said=said, at=at, now=now)
    _promise(actor=actor, journey=journey, promises=said.commitments, at=at, now=now)
    is_sold = force.model.stage(stage).type == "won"
    if is_sold and said.none_promised and not said.commitments:
        _say_none_promised(actor=actor, journey=journey, model=force.model, at=at, now=now)
    entry = _write(actor=actor, journey=journey, stage=stage, at=at, said=said, cause=cause, now=now,
                   gate=gate, force=force)  # fmt: skip
    journal.note(
        actor=actor,
        action="enter_stage",
        noun="journey",
        row=entry.pk,
        journey=journey.pk,
        account=journey.account_id,
        before=before,
        after={
            "stage": stage,
            "missing": entry.missing,
            "override_reason": entry.override_reason,
            "reason": entry.reason,
            "accepts": allows_handoff,
            "none_promised": said.none_promised and not said.commitments,
        },
    )
    return entry


def _without_what_comes_along(
    gate: Gate, *, said: Said, allows_handoff: bool, model: RevenueModel
) -> Gate:
    """The gate without what this very step brings: the acceptance, and the promises."""
    taken = {
        one.code
        for one in model.handoffs
        if allows_handoff and (one.accepted_stage or one.to_stage) == gate.to_stage
    }
    promises_said = bool(said.commitments) or said.none_promised
    left = tuple(
        one
        for one in gate.missing
        if not (one.kind == "handoff" and one.code in taken)
        and not (one.kind == "promise" and promises_said)
    )
    return replace(gate, missing=left)


def _checked(gate: Gate, *, said: Said, model: RevenueModel, at: datetime) -> Said:
    """What was said, as far as the step needs it. Raises RuleError for what the step lacks."""
    label = model.stage(gate.to_stage).label
    if gate.kind == StepKind.REOPEN:
        raise RuleError(
            en="This journey has ended. If the buyer is back, open it again: that makes a new journey, linked to this one.",
            ja="この案件は終了しています。再び動き出した場合は「再開」してください。この案件につながる新しい案件になります。",
        )
    if gate.kind == StepKind.BACK and not said.override_reason:
        raise RuleError(
            en=f"Going back to {label.en} needs a reason. Write why; everybody will see it.",
            ja=f"「{label.ja}」に戻すには理由が必要です。理由を書いてください（全員に表示されます）。",
        )
    if gate.missing and not said.override_reason:
        raise refuse(gate, model=model)
    _require_reason(gate, said=said, model=model)
    overrides = gate.kind == StepKind.BACK or bool(gate.missing)
    return replace(
        said,
        override_reason=said.override_reason if overrides else "",
        revisit_on=_revisit_on(gate, said=said, model=model, at=at),
    )


def _require_reason(gate: Gate, *, said: Said, model: RevenueModel) -> None:
    if gate.kind == StepKind.EXIT and gate.reasons and said.reason not in gate.reasons:
        labels = [model.reason(code).label for code in gate.reasons]
        to = model.stage(gate.to_stage).label
        raise RuleError(
            en=f"{to.en} needs one of its reasons. Choose from: {', '.join(one.en for one in labels)}.",
            ja=f"「{to.ja}」には理由の選択が必要です。次から選んでください: {'、'.join(one.ja for one in labels)}",
        )
    if said.reason and all(one.code != said.reason for one in model.reasons):
        raise RuleError(
            en=f"The model has no reason {said.reason!r}. Choose one that it has.",
            ja=f"モデルに理由 {said.reason!r} がありません。モデルにある理由を選んでください。",
        )


def _revisit_on(gate: Gate, *, said: Said, model: RevenueModel, at: datetime) -> date | None:
    """The day told, or what the reason says; only an end has one."""
    if gate.kind != StepKind.EXIT:
        return None
    today = at.astimezone(ZoneInfo(model.time_zone)).date()
    if said.revisit_on is not None:
        if said.revisit_on <= today:
            raise RuleError(
                en=f"The day to look again, {said.revisit_on}, is not after {today}. Choose a later day.",
                ja=f"見直す日 {said.revisit_on} が {today} より後ではありません。後の日付を選んでください。",
            )
        return said.revisit_on
    days = model.reason(said.reason).revisit_days if said.reason else None
    return today + timedelta(days=days) if days is not None else None


def _comes_after_the_last(journey: Journey, at: datetime) -> None:
    last = journey.stage_entered_at
    if last is not None and at < last:
        raise RuleError(
            en=f"The journey entered its present stage at {last:%Y-%m-%d %H:%M} UTC, after the time that "
            "you gave. Give a later one.",
            ja=f"この案件が現在のフェーズに入ったのは {last:%Y-%m-%d %H:%M}（UTC）で、指定の日時より後です。"
            "それより後の日時を入力してください。",
        )


def _close_handoff(
    *, actor: Actor, journey: Journey, said: Said, at: datetime, now: datetime
) -> None:
    """An offer of a journey that ends is decided with it: returned if the receiver ends it, else withdrawn."""
    handoff = Handoff.objects.filter(journey=journey, open_round__isnull=False).first()
    if handoff is None or handoff.open_round is None:
        return
    number = handoff.open_round
    won = Handoff.objects.filter(pk=handoff.pk, open_round=number).update(open_round=None)
    if not won:
        raise ConflictError(
            en="The handoff of this journey was decided meanwhile. Reload the page and look first.",
            ja="この案件の引き継ぎが、いま別の人によって判断されました。ページを読み直して確認してください。",
        )
    returns = actor.department == handoff.receiver and bool(said.reason)
    kind = HandoffEvent.Kind.RETURNED if returns else HandoffEvent.Kind.WITHDRAWN
    event = HandoffEvent.objects.create(
        handoff=handoff,
        kind=kind,
        round=number,
        at=at,
        recorded_at=now,
        by=actor.user,
        reason=said.reason,
        words=said.our_view or said.buyer_words,
    )
    journal.note(
        actor=actor,
        action=kind.value,
        noun="handoff",
        row=handoff.pk,
        journey=journey.pk,
        account=journey.account_id,
        after={"event": event.pk, "round": number, "reason": said.reason},
    )


def _promise(
    *, actor: Actor, journey: Journey, promises: Sequence[Promise], at: datetime, now: datetime
) -> None:
    for words, due_on in promises:
        text = take_text(words, limit=500, en="promise", ja="約束")
        if not text:
            raise RuleError(
                en="A promise has no words. Write what was promised, or take the line out.",
                ja="約束の内容が空です。内容を書くか、その行を削除してください。",
            )
        made = Commitment.objects.create(
            journey=journey,
            text=text,
            due_on=due_on,
            promised_by=actor.user,
            department=actor.department,
            at=at,
            recorded_at=now,
        )
        journal.note(
            actor=actor,
            action="promise",
            noun="commitment",
            row=made.pk,
            journey=journey.pk,
            account=journey.account_id,
            after={"text": text, "due_on": due_on.isoformat() if due_on else None},
        )


def _say_none_promised(
    *, actor: Actor, journey: Journey, model: RevenueModel, at: datetime, now: datetime
) -> None:
    """The same word as the answer of the question on promises: whoever takes over reads it there."""
    question = promises_question(model)
    if question is not None:
        answer_question(
            actor=actor, journey_id=journey.pk, question=question.code,
            answer=NONE_PROMISED.en, at=at, now=now,
        )  # fmt: skip


def _write(
    *,
    actor: Actor,
    journey: Journey,
    stage: str,
    at: datetime,
    said: Said,
    cause: str,
    now: datetime,
    gate: Gate,
    force: InForce,
) -> StageEntry:
    declared = force.model.stage(stage)
    entry = StageEntry.objects.create(
        journey=journey,
        stage=stage,
        at=at,
        recorded_at=now,
        by=actor.user,
        cause=cause,
        department=declared.department,
        owner=journey.owner,
        amount=journey.amount,
        model_version=force.version,
        missing=[one.code for one in gate.missing],
        override_reason=said.override_reason,
        reason=said.reason,
        buyer_words=said.buyer_words,
        our_view=said.our_view,
        revisit_on=said.revisit_on,
    )
    keep(journey, stage=stage, stage_type=declared.type, stage_entered_at=at)
    return entry
