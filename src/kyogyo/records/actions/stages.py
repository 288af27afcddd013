"""Entering stages and ending journeys. Every path goes through one gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import journey_for
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import require_holder, take, take_text, take_time
from kyogyo.records.actions.steps import Promise, Said, step
from kyogyo.records.models import Cause, CriterionCheck, StageEntry
from kyogyo.records.queries.model import current
from kyogyo.records.queries.route import Route

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Journey


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


def _no_such_end(*, en: str, ja: str) -> RuleError:
    return RuleError(
        en=f"The track of this journey has no end of the kind {en}. Choose another stage.",
        ja=f"この案件の商流には「{ja}」の終わり方がありません。別のフェーズを選んでください。",
    )
