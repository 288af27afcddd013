"""Entering stages, ending journeys and taking an entry back. Every path goes through one gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import journey_for, journeys_for, not_found
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import (
    keep,
    require_holder,
    standing_entries,
    take,
    take_text,
    take_time,
)
from kyogyo.records.actions.steps import Promise, Said, step
from kyogyo.records.models import (
    AuditEvent,
    Cause,
    CriterionCheck,
    HandoffEvent,
    Journey,
    Role,
    StageEntry,
)
from kyogyo.records.queries.model import current
from kyogyo.records.queries.route import Route

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_UNDONE_WITHIN = timedelta(hours=24)


@transaction.atomic
def enter_stage(
    *,
    actor: Actor,
    journey_id: int,
    stage: str,
    at: datetime | None = None,
    override_reason: str = "",
    reason: str = "",
    buyer_words: str = "",
    our_view: str = "",
    revisit_on: date | None = None,
    commitments: Sequence[Promise] = (),
    none_promised: bool = False,
    revision: int | None = None,
    cause: str = Cause.PERSON,
    allows_handoff: bool = False,
    now: datetime | None = None,
) -> StageEntry:
    """Move a journey into `stage`, if its gate lets it.

    What is missing raises one RuleError that lists all of it; with an `override_reason` the step
    is made and both are kept on the entry. `allows_handoff` is for accepting: the handoff into
    `stage` then counts as taken, and whoever accepts need not hold the journey yet.
    """
    now = now or timezone.now()
    journey = take(actor=actor, journey_id=journey_id, revision=revision)
    if not allows_handoff:
        require_holder(actor=actor, journey=journey)
    said = Said(
        override_reason=take_text(override_reason, limit=1000, en="reason", ja="理由"),
        reason=reason,
        buyer_words=take_text(buyer_words, limit=20_000, en="buyer's words", ja="顧客の言葉"),
        our_view=take_text(our_view, limit=20_000, en="text of our view", ja="当社の見立て"),
        revisit_on=revisit_on,
        commitments=commitments,
        none_promised=none_promised,
    )
    return step(
        actor=actor,
        journey=journey,
        stage=stage,
        at=take_time(at, now=now),
        said=said,
        cause=cause,
        allows_handoff=allows_handoff,
        now=now,
    )


def win(
    *,
    actor: Actor,
    journey_id: int,
    commitments: Sequence[Promise] = (),
    none_promised: bool = False,
    at: datetime | None = None,
    override_reason: str = "",
    revision: int | None = None,
    cause: str = Cause.PERSON,
    now: datetime | None = None,
) -> StageEntry:
    """Enter the stage of the sale, with what was promised to the buyer or the word that nothing was."""
    journey = journey_for(actor, journey_id)
    route = Route(model=current().model, track=journey.track)
    won = [one.code for one in route.path[route.position(journey.stage) + 1 :] if one.type == "won"]
    if not won:
        raise RuleError(
            en="This journey was won already, or its track has no stage for a sale.",
            ja="この案件はすでに受注済みか、商流に受注のフェーズがありません。",
        )
    return enter_stage(
        actor=actor, journey_id=journey_id, stage=won[0], at=at, override_reason=override_reason,
        commitments=commitments, none_promised=none_promised, revision=revision, cause=cause,
        now=now,
    )  # fmt: skip


def lose(
    *,
    actor: Actor,
    journey_id: int,
    reason: str,
    stage: str = "",
    buyer_words: str = "",
    our_view: str = "",
    revisit_on: date | None = None,
    at: datetime | None = None,
    revision: int | None = None,
    cause: str = Cause.PERSON,
    now: datetime | None = None,
) -> StageEntry:
    """End a journey without a sale, in `stage` or the first end of its track that `reason` fits."""
    journey = journey_for(actor, journey_id)
    route = Route(model=current().model, track=journey.track)
    fits = (
        one.code
        for one in route.exits
        if one.type == "lost" and reason in {fit.code for fit in route.reasons(one.code)}
    )
    ends = (one.code for one in route.exits if one.type == "lost")
    stage = stage or next(fits, "") or next(ends, "")
    if not stage:
        raise _no_such_end(en="lost", ja="失注")
    return enter_stage(
        actor=actor, journey_id=journey_id, stage=stage, at=at, reason=reason,
        buyer_words=buyer_words, our_view=our_view, revisit_on=revisit_on, revision=revision,
        cause=cause, now=now,
    )  # fmt: skip


def recycle(
    *,
    actor: Actor,
    journey_id: int,
    reason: str,
    revisit_on: date | None = None,
    buyer_words: str = "",
    our_view: str = "",
    at: datetime | None = None,
    revision: int | None = None,
    cause: str = Cause.PERSON,
    now: datetime | None = None,
) -> StageEntry:
    """Send a journey back to be nurtured, to be looked at again on `revisit_on` (or when the reason says)."""
    journey = journey_for(actor, journey_id)
    route = Route(model=current().model, track=journey.track)
    stage = next((one.code for one in route.exits if one.type == "recycled"), "")
    if not stage:
        raise _no_such_end(en="recycled", ja="還流")
    return enter_stage(
        actor=actor, journey_id=journey_id, stage=stage, at=at, reason=reason,
        buyer_words=buyer_words, our_view=our_view, revisit_on=revisit_on, revision=revision,
        cause=cause, now=now,
    )  # fmt: skip


@transaction.atomic
def check_criterion(
    *,
    actor: Actor,
    journey_id: int,
    criterion: str,
    is_met: bool = True,
    evidence: str = "",
    stage: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> CriterionCheck:
    """Say that an exit criterion is met (or not), and what proves it. The last word holds.

    Without `stage`, it is the criterion of the stage that the journey is in, or else the first
    stage of its track that has one of this code.
    """
    now = now or timezone.now()
    journey = take(actor=actor, journey_id=journey_id)
    stage = _stage_of(journey, criterion=criterion, stage=stage)
    check = CriterionCheck.objects.create(
        journey=journey,
        stage=stage,
        criterion=criterion,
        is_met=is_met,
        evidence=take_text(evidence, limit=20_000, en="evidence", ja="証拠"),
        by=actor.user,
        at=take_time(at, now=now),
        recorded_at=now,
    )
    journal.note(
        actor=actor,
        action="check_criterion",
        noun="journey",
        row=check.pk,
        journey=journey.pk,
        account=journey.account_id,
        after={
            "stage": stage,
            "criterion": criterion,
            "is_met": is_met,
            "evidence": check.evidence,
        },
    )
    return check


@transaction.atomic
def undo_entry(*, actor: Actor, entry_id: int, now: datetime | None = None) -> StageEntry:
    """Take the last entry of a journey back: neither it nor the taking back counts from then on.

    Only while nothing is built on it, and only for the one who made it (within a day) or for
    managers, RevOps and administrators. Raises ConflictError when it is no longer the last.
    """
    now = now or timezone.now()
    entry = StageEntry.objects.filter(pk=entry_id, journey__in=journeys_for(actor)).first()
    if entry is None:
        raise not_found(en="stage entry", ja="フェーズの記録", key=entry_id)
    journey = take(actor=actor, journey_id=entry.journey_id)
    _may_undo(actor=actor, entry=entry, now=now)
    standing = list(standing_entries(journey.pk))
    if not standing or standing[-1].pk != entry.pk:
        raise ConflictError(
            en="This is no longer the last step of the journey, so it can't be undone. "
            "Reload the page, and undo the steps after it first.",
            ja="このステップは最後のものではなくなったため、取り消せません。"
            "ページを読み直し、後のステップから順に取り消してください。",
        )
    if len(standing) == 1:
        raise RuleError(
            en="A journey's first stage can't be undone: it would be nowhere. "
            "If it was opened by mistake, end it with the reason.",
            ja="案件の最初のフェーズは取り消せません。誤って作成した場合は、理由を付けて終了してください。",
        )
    _nothing_is_built_on(entry)
    back = standing[-2]
    undo = StageEntry.objects.create(
        journey=journey,
        stage=back.stage,
        at=now,
        recorded_at=now,
        by=actor.user,
        cause=Cause.PERSON,
        department=back.department,
        owner=journey.owner,
        amount=journey.amount,
        model_version=current().version,
        undoes=entry,
    )
    stage = current().model.stage(back.stage)
    keep(journey, stage=back.stage, stage_type=stage.type, stage_entered_at=back.at)
    journal.note(
        actor=actor,
        action="undo_entry",
        noun="journey",
        row=undo.pk,
        journey=journey.pk,
        account=journey.account_id,
        before={"stage": entry.stage, "entry": entry.pk},
        after={"stage": back.stage},
    )
    return undo


def _stage_of(journey: Journey, *, criterion: str, stage: str) -> str:
    path = Route(model=current().model, track=journey.track).path
    having = [
        one.code
        for one in path
        if any(each.code == criterion and each.met_by != "acceptance" for each in one.exit_criteria)
    ]
    chosen = stage or journey.stage
    if chosen in having:
        return chosen
    if stage or not having:
        raise RuleError(
            en=f"There is no exit criterion {criterion!r} that somebody can check off here. "
            "Choose one of those that the stage lists; what an acceptance proves is checked off by accepting.",
            ja=f"ここで確認できる完了条件 {criterion!r} はありません。フェーズに表示されている完了条件から"
            "選んでください。引き継ぎの受け入れで満たされる条件は、受け入れによって記録されます。",
        )
    return having[0]


def _may_undo(*, actor: Actor, entry: StageEntry, now: datetime) -> None:
    own = actor.user is not None and entry.by_id == actor.user.pk
    if actor.is_system or (own and now - entry.recorded_at <= _UNDONE_WITHIN):
        return
    if not actor.roles & {Role.MANAGER, Role.REVOPS, Role.ADMIN}:
        raise NotAllowedError(
            en="Only the one who made this step can undo it, within 24 hours; after that a manager, "
            "RevOps or an administrator can. Ask one of them.",
            ja="取り消せるのは、記録した本人（24時間以内）か、マネージャー・RevOps・管理者だけです。"
            "いずれかの人に依頼してください。",
        )


def _nothing_is_built_on(entry: StageEntry) -> None:
    accepted = AuditEvent.objects.filter(
        noun="journey", action="enter_stage", row=entry.pk, after__accepts=True
    )
    decided = HandoffEvent.objects.filter(
        handoff__journey=entry.journey_id, recorded_at__gt=entry.recorded_at
    )
    reopened = Journey.objects.filter(previous=entry.journey_id, opened_at__gte=entry.at)
    if accepted.exists() or decided.exists() or reopened.exists():
        raise RuleError(
            en="This step can't be undone: a handoff or a later journey is built on it. "
            "Move the journey back with a reason instead.",
            ja="このステップは取り消せません。引き継ぎ、または後の案件がこれを前提にしています。"
            "理由を付けて前のフェーズに戻してください。",
        )


def _no_such_end(*, en: str, ja: str) -> RuleError:
    return RuleError(
        en=f"The track of this journey has no end of the kind {en}. Choose another stage.",
        ja=f"この案件の商流には「{ja}」の終わり方がありません。別のフェーズを選んでください。",
    )
