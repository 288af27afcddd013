"""Taking back what was done last: a step, or a decision on a handoff. By new rows; nothing is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import journeys_for, not_found
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import keep, standing_entries, take, take_text
from kyogyo.records.actions.parties import handoff_for, moment
from kyogyo.records.actions.rounds import decided, open_next
from kyogyo.records.models import (
    Assignment,
    AuditEvent,
    Cause,
    CriterionCheck,
    HandoffEvent,
    Journey,
    Role,
    StageEntry,
)
from kyogyo.records.queries.decisions import (
    TAKEN_BACK,
    built_on,
    last_decision,
    may_take_back,
    standing_events,
)
from kyogyo.records.queries.model import current
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff

_UNDONE_WITHIN = timedelta(hours=24)


@transaction.atomic
def undo_decision(
    *,
    actor: Actor,
    handoff_id: int,
    event_id: int | None = None,
    words: str = "",
    now: datetime | None = None,
) -> HandoffEvent:
    """Take the last decision on a handoff back, with all that came of it; it awaits a decision again.

    For whoever decided, within a day, or their manager, RevOps and administrators; only while
    nothing is built on it. The step that it made is taken back, what it said of criteria too, and
    the journey goes back to who had it. Raises ConflictError where `event_id` is no longer the last.
    """
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    event = last_decision(handoff)
    if event is None or event.kind not in TAKEN_BACK or event_id not in (None, event.pk):
        raise decided(handoff)
    at, now = moment(handoff, at=None, now=now)
    if not may_take_back(actor, handoff, event, now=now):
        raise NotAllowedError(
            en="Only the one who decided can take it back, within 24 hours; after that their manager, "
            "RevOps or an administrator can. Ask one of them.",
            ja="取り消せるのは、判断した本人（24時間以内）か、その管理者・RevOps・管理者権限のある人だけです。"
            "いずれかの人に依頼してください。",
        )
    built = built_on(handoff, event)
    if built is not None:
        raise RuleError(
            en=f"This can't be taken back any more: {built.en}. "
            "Say what has changed on the journey, or move it back with a reason.",
            ja=f"もう取り消せません。{built.ja}。"
            "変わったことは案件に記録するか、理由を付けて前のフェーズに戻してください。",
        )
    said = take_text(words, limit=2_000, en="reason", ja="理由")
    undone = _reopen(actor=actor, handoff=handoff, event=event, words=said, at=at, now=now)
    _take_back_checks(actor=actor, event=event, journey=handoff.journey, at=at, now=now)
    _take_back_step(actor=actor, event=event, journey=handoff.journey, now=now)
    if event.kind == HandoffEvent.Kind.ACCEPTED:
        _give_back(actor=actor, event=event, journey=handoff.journey, at=at, now=now)
    return undone


@transaction.atomic
def undo_entry(*, actor: Actor, entry_id: int, now: datetime | None = None) -> StageEntry:
    """Take the last entry of a journey back: neither it nor the taking back counts from then on.

    Only while nothing is built on it, and only for the one who made it (within a day) or for
    managers, RevOps and administrators. An offer that ended with the journey is open again. Raises
    ConflictError when it is no longer the last.
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
    closed = (
        standing_events()
        .filter(
            handoff__journey=journey,
            recorded_at=entry.recorded_at,
            kind__in=(HandoffEvent.Kind.WITHDRAWN, HandoffEvent.Kind.RETURNED),
        )
        .select_related("handoff")
        .last()
    )
    if closed is not None:
        closed.handoff.journey = journey
        at, now = moment(closed.handoff, at=None, now=now)
        _reopen(actor=actor, handoff=closed.handoff, event=closed, words="", at=at, now=now)
    return _write(actor=actor, journey=journey, entry=entry, back=standing[-2], now=now)


def _write(
    *, actor: Actor, journey: Journey, entry: StageEntry, back: StageEntry, now: datetime
) -> StageEntry:
    """The row that takes `entry` back; the journey stands where it was before, since when it was there."""
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


def _reopen(
    *,
    actor: Actor,
    handoff: Handoff,
    event: HandoffEvent,
    words: str,
    at: datetime,
    now: datetime,
) -> HandoffEvent:
    """The offer awaits a decision again: in a round of its own, so that one decision wins once more."""
    open_next(handoff=handoff, number=event.round + 1)
    undone = HandoffEvent.objects.create(
        handoff=handoff,
        kind=HandoffEvent.Kind.UNDONE,
        round=event.round,
        at=at,
        recorded_at=now,
        by=actor.user,
        words=words,
        undoes=event,
    )
    journal.note(
        actor=actor,
        action="undone",
        noun="handoff",
        row=handoff.pk,
        journey=handoff.journey_id,
        account=handoff.journey.account_id,
        before={"event": event.pk, "decision": event.kind, "round": event.round},
        after={"event": undone.pk, "round": event.round + 1, "words": words},
    )
    return undone


def _take_back_checks(
    *, actor: Actor, event: HandoffEvent, journey: Journey, at: datetime, now: datetime
) -> None:
    """What was said of exit criteria in the same act as the decision."""
    said = that_stand(
        CriterionCheck.objects.filter(
            journey=journey,
            recorded_at=event.recorded_at,
            criterion__in=event.packet.get("criteria", ()),
        )
    )
    CriterionCheck.objects.bulk_create(
        CriterionCheck(
            journey=journey,
            stage=one.stage,
            criterion=one.criterion,
            is_met=one.is_met,
            by=actor.user,
            at=at,
            recorded_at=now,
            undoes=one,
        )
        for one in said.order_by("id")
    )


def _take_back_step(*, actor: Actor, event: HandoffEvent, journey: Journey, now: datetime) -> None:
    """The step that the decision made, if it made one."""
    standing = list(standing_entries(journey.pk))
    then = event.packet.get("then")
    made = standing[-1] if len(standing) > 1 else None
    if made is None or made.recorded_at != event.recorded_at or then not in (None, made.stage):
        return
    if event.kind != HandoffEvent.Kind.NEEDS_WORK:
        _write(actor=actor, journey=journey, entry=made, back=standing[-2], now=now)


def _give_back(
    *, actor: Actor, event: HandoffEvent, journey: Journey, at: datetime, now: datetime
) -> None:
    """The journey to who had it before it was accepted."""
    given = Assignment.objects.filter(journey=journey, recorded_at=event.recorded_at).last()
    if given is None:
        return
    noted = AuditEvent.objects.filter(noun="journey", action="assign", row=given.pk).first()
    before = noted.before if noted else {}
    if set(before) != {"owner", "team"}:
        return
    now_held = {"owner": journey.owner_id, "team": journey.team_id}
    keep(journey, owner_id=before["owner"], team_id=before["team"])
    made = Assignment.objects.create(
        journey=journey,
        user_id=before["owner"],
        team_id=before["team"],
        at=at,
        recorded_at=now,
        by=actor.user,
    )
    journal.note(
        actor=actor,
        action="assign",
        noun="journey",
        row=made.pk,
        journey=journey.pk,
        account=journey.account_id,
        before=now_held,
        after=before,
    )


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
    if accepted.exists():
        raise RuleError(
            en="This step came of a decision on a handoff. Take that decision back instead, "
            "on the page of the handoff: the step goes with it.",
            ja="このステップは引き継ぎの判断によるものです。引き継ぎの画面で判断を取り消してください。"
            "ステップも一緒に取り消されます。",
        )
    decided_since = standing_events().filter(
        handoff__journey=entry.journey_id, recorded_at__gt=entry.recorded_at
    )
    reopened = Journey.objects.filter(previous=entry.journey_id, opened_at__gte=entry.at)
    if decided_since.exists() or reopened.exists():
        raise RuleError(
            en="This step can't be undone: a handoff or a later journey is built on it. "
            "Move the journey back with a reason instead.",
            ja="このステップは取り消せません。引き継ぎ、または後の案件がこれを前提にしています。"
            "理由を付けて前のフェーズに戻してください。",
        )
