"""What the receiver decides: accept, return with a reason, or ask for more. The first decision holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kyogyo.errors import ModelError, RuleError
from kyogyo.records.actions import journal
from kyogyo.records.actions.journeys import assign_journey
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.actions.parties import (
    declared_of,
    handoff_for,
    moment,
    new_owner,
    require_taker,
)
from kyogyo.records.actions.rounds import decide, decided
from kyogyo.records.actions.stages import check_criterion, enter_stage
from kyogyo.records.models import HandoffEvent
from kyogyo.records.queries.model import current
from kyogyo.records.queries.route import Route

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff
    from kyogyo.revenue_model import Reason, RevenueModel

LONGEST = 5_000


@transaction.atomic
def accept_handoff(
    *,
    actor: Actor,
    handoff_id: int,
    words: str = "",
    criteria: Sequence[str] = (),
    override_reason: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> HandoffEvent:
    """Take a journey over: it is the receiver's from then on, in the stage that accepting enters.

    `criteria` are codes of exit criteria that the receiver says are met. Whatever that stage's gate
    still misses raises RuleError, unless there is an `override_reason`. Raises ConflictError if
    somebody decided before.
    """
    handoff = _to_decide(actor, handoff_id)
    model = current().model
    declared = declared_of(handoff, model)
    at, now = moment(handoff, at=at, now=now)
    said = take_text(words, limit=LONGEST, en="text", ja="内容")
    journey = handoff.journey
    route = Route(model=model, track=journey.track)
    target = declared.accepted_stage or declared.to_stage
    # Somebody may have gone on with a reason while the offer was open: then it stays where it is.
    goes_on = route.position(journey.stage) < route.position(target)
    event = decide(
        actor=actor,
        handoff=handoff,
        kind=HandoffEvent.Kind.ACCEPTED,
        at=at,
        now=now,
        words=said,
        packet={"then": target if goes_on else "", "criteria": list(dict.fromkeys(criteria))},
    )
    _note(actor, handoff, event)
    for code in dict.fromkeys(criteria):
        check_criterion(
            actor=actor, journey_id=journey.pk, criterion=code, evidence=said, at=at, now=now
        )
    user, team = new_owner(actor, handoff)
    assign_journey(
        actor=actor, journey_id=journey.pk, user_id=user, team_id=team, is_taken_over=True, now=now
    )
    if goes_on:
        enter_stage(
            actor=actor,
            journey_id=journey.pk,
            stage=target,
            at=at,
            override_reason=override_reason,
            allows_handoff=True,
            now=now,
        )
    return event


@transaction.atomic
def return_handoff(
    *,
    actor: Actor,
    handoff_id: int,
    reason: str,
    words: str,
    then: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> HandoffEvent:
    """Give it back with one of the handoff's reasons, and in words.

    `then`: "keep" leaves the journey with its giver, who may complete and offer it again; "recycle"
    ends it where the reason leads (nurture, disqualified, ...), or the code of an exit says where.
    Left out, the reason's own kind decides.
    """
    handoff = _to_decide(actor, handoff_id)
    model = current().model
    why = _reason(handoff, reason, model)
    said = take_text(words, limit=LONGEST, en="text", ja="内容")
    if not said:
        raise RuleError(
            en="Say in a sentence why you return it: the giver reads it at once and learns from it.",
            ja="差し戻す理由を1文で書いてください。渡し手にすぐ表示され、次の改善に使われます。",
        )
    at, now = moment(handoff, at=at, now=now)
    stage = _where_to(handoff, why, then, model)
    event = decide(
        actor=actor,
        handoff=handoff,
        kind=HandoffEvent.Kind.RETURNED,
        at=at,
        now=now,
        reason=why.code,
        words=said,
        packet={"then": stage or "keep"},
    )
    _note(actor, handoff, event)
    if stage:
        enter_stage(
            actor=actor,
            journey_id=handoff.journey_id,
            stage=stage,
            at=at,
            reason=why.code,
            our_view=said,
            allows_handoff=True,
            now=now,
        )
    return event


@transaction.atomic
def need_work(
    *,
    actor: Actor,
    handoff_id: int,
    words: str = "",
    asks: Sequence[str] = (),
    at: datetime | None = None,
    now: datetime | None = None,
) -> HandoffEvent:
    """Neither yes nor no: say what is still to be found out (`asks` are questions of the model)."""
    handoff = _to_decide(actor, handoff_id)
    model = current().model
    said = take_text(words, limit=LONGEST, en="text", ja="内容")
    codes = _questions(asks, model)
    if not said and not codes:
        raise RuleError(
            en="What is missing? Choose the questions, or write it in a sentence.",
            ja="不足しているものを、確認項目から選ぶか、文章で書いてください。",
        )
    at, now = moment(handoff, at=at, now=now)
    event = decide(
        actor=actor,
        handoff=handoff,
        kind=HandoffEvent.Kind.NEEDS_WORK,
        at=at,
        now=now,
        words=said,
        packet={"asks": codes},
    )
    _note(actor, handoff, event)
    return event


def _to_decide(actor: Actor, handoff_id: int) -> Handoff:
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    # Whoever came second is told so, even if they may no longer decide now that it is another's.
    if handoff.open_round is None:
        raise decided(handoff)
    require_taker(actor, handoff)
    return handoff


def _note(actor: Actor, handoff: Handoff, event: HandoffEvent) -> None:
    after: dict[str, Any] = {"event": event.pk, "words": event.words, **event.packet}
    if event.reason:
        after["reason"] = event.reason
    journal.note(
        actor=actor,
        action=str(event.kind),
        noun="handoff",
        row=handoff.pk,
        journey=handoff.journey_id,
        account=handoff.journey.account_id,
        before={"round": event.round},
        after=after,
    )


def _reason(handoff: Handoff, code: str, model: RevenueModel) -> Reason:
    allowed = declared_of(handoff, model).returns
    if code in allowed:
        return model.reason(code)
    labels = [model.reason(one).label for one in allowed]
    raise RuleError(
        en=f"Choose why it is returned: {', '.join(label.en for label in labels)}.",
        ja=f"差し戻しの理由を選んでください：{'、'.join(label.ja for label in labels)}",
    )


def _where_to(handoff: Handoff, why: Reason, then: str, model: RevenueModel) -> str:
    """The exit that the journey enters, '' if it stays with its giver."""
    if then == "keep" or (then == "" and why.kind == "handoff_return"):
        return ""
    route = Route(model=model, track=handoff.journey.track)
    fitting = [
        one for one in route.exits if why.code in {each.code for each in route.reasons(one.code)}
    ]
    if then in ("", "recycle"):
        # What is no reason to return to a giver alone leads to one kind of end.
        found = [one.code for one in fitting if why.kind != "handoff_return"]
    else:
        found = [one.code for one in fitting if one.code == then]
    if found:
        return found[0]
    raise RuleError(
        en=f"“{why.label.en}” doesn't say where the journey should end. "
        "Leave it with the giver, or choose another reason.",
        ja=f"「{why.label.ja}」では案件の終わり方が決まりません。"
        "渡し手に戻すか、別の理由を選んでください。",
    )


def _questions(codes: Sequence[str], model: RevenueModel) -> list[str]:
    try:
        return [model.question(code).code for code in dict.fromkeys(codes)]
    except ModelError as error:
        raise RuleError(en=error.text.en, ja=error.text.ja) from None
