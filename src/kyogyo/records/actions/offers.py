"""What the giver does: offer a journey with its packet, offer it again, take the offer back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.actions import journal
from kyogyo.records.actions.commitments import promise
from kyogyo.records.actions.keeping import take, take_text, take_time
from kyogyo.records.actions.parties import (
    declared_of,
    find_receiver,
    handoff_for,
    moment,
    require_giver,
)
from kyogyo.records.actions.rounds import another_is_open, decide, decided, open_next
from kyogyo.records.models import Handoff, HandoffEvent
from kyogyo.records.queries.clocks import is_sent_back
from kyogyo.records.queries.decisions import last_decision
from kyogyo.records.queries.model import InForce, current
from kyogyo.records.queries.packet import make_packet, missing_to_offer
from kyogyo.records.queries.route import Route

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Journey
    from kyogyo.records.queries.gate import Missing
    from kyogyo.revenue_model import Handoff as Declared
    from kyogyo.revenue_model import RevenueModel

Promise = tuple[str, date | None]


@transaction.atomic
def offer_handoff(
    *,
    actor: Actor,
    journey_id: int,
    why_now: str,
    code: str = "",
    receiver_user_id: int | None = None,
    receiver_team_id: int | None = None,
    commitments: Sequence[Promise] = (),
    override_reason: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> Handoff:
    """Offer a journey to the next department, with what is known, promised and done so far.

    Without `code` it is the handoff that leaves the stage where the journey stands; one that was
    sent back to be completed is offered again. Missing answers or criteria raise one RuleError
    that lists them; with an `override_reason` they are named in the packet instead.
    """
    journey = take(actor=actor, journey_id=journey_id)
    in_force = current()
    declared = _find(journey, code, in_force.model)
    require_giver(actor, journey, declared, in_force.model)
    last = Handoff.objects.filter(journey=journey).order_by("-id").first()
    if Handoff.objects.filter(journey=journey, open_round__isnull=False).exists():
        raise another_is_open()
    for text, due_on in commitments:
        promise(actor=actor, journey_id=journey_id, text=text, due_on=due_on, now=now)
    if last is not None and last.code == declared.code:
        sent_back = _sent_back(last)
        if sent_back is not None:
            last.journey = journey
            return _again(
                actor, last, sent_back, in_force, why_now, override_reason, at, now,
                receiver=(receiver_user_id, receiver_team_id),
            )  # fmt: skip
    user, team = find_receiver(
        declared=declared, user_id=receiver_user_id, team_id=receiver_team_id, model=in_force.model
    )
    now = max(now or timezone.now(), journey.stage_entered_at or journey.opened_at)
    why_now, override_reason = _words(why_now, override_reason)
    missing = missing_to_offer(journey, declared, model=in_force.model)
    _require(missing, declared, override_reason, in_force.model)
    when = take_time(at, now=now)
    try:
        with transaction.atomic():
            handoff = Handoff.objects.create(
                journey=journey,
                code=declared.code,
                giver=declared.giver,
                receiver=declared.receiver,
                from_stage=declared.from_stage,
                to_stage=declared.to_stage,
                offered_by=actor.user,
                receiver_user=user,
                receiver_team=team,
                model_version=in_force.version,
                offered_at=when,
            )
    except IntegrityError:
        raise another_is_open() from None
    _offered(actor, handoff, 1, why_now, missing, override_reason, when, now)
    return handoff


@transaction.atomic
def offer_again(
    *,
    actor: Actor,
    handoff_id: int,
    why_now: str,
    override_reason: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> Handoff:
    """Offer what was sent back once more, to the same receiver, after what was asked for is there."""
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    in_force = current()
    require_giver(actor, handoff.journey, declared_of(handoff, in_force.model), in_force.model)
    if handoff.open_round is not None:
        raise another_is_open()
    sent_back = _sent_back(handoff)
    if sent_back is None:
        raise decided(handoff)
    return _again(actor, handoff, sent_back, in_force, why_now, override_reason, at, now)


@transaction.atomic
def withdraw_handoff(
    *, actor: Actor, handoff_id: int, words: str = "", now: datetime | None = None
) -> HandoffEvent:
    """Take an offer back that nobody has decided on yet."""
    handoff = handoff_for(actor=actor, handoff_id=handoff_id)
    model = current().model
    require_giver(actor, handoff.journey, declared_of(handoff, model), model)
    at, now = moment(handoff, at=None, now=now)
    event = decide(
        actor=actor,
        handoff=handoff,
        kind=HandoffEvent.Kind.WITHDRAWN,
        at=at,
        now=now,
        words=take_text(words, limit=2_000, en="reason", ja="理由"),
    )
    journal.note(
        actor=actor,
        action="withdrawn",
        noun="handoff",
        row=handoff.pk,
        journey=handoff.journey_id,
        account=handoff.journey.account_id,
        before={"round": event.round},
        after={"event": event.pk, "words": event.words},
    )
    return event


def _again(
    actor: Actor,
    handoff: Handoff,
    sent_back: HandoffEvent,
    in_force: InForce,
    why_now: str,
    override_reason: str,
    at: datetime | None,
    now: datetime | None,
    receiver: tuple[int | None, int | None] = (None, None),
) -> Handoff:
    journey = handoff.journey
    declared = _find(journey, handoff.code, in_force.model)
    why_now, override_reason = _words(why_now, override_reason)
    missing = missing_to_offer(journey, declared, model=in_force.model, asked=sent_back)
    _require(missing, declared, override_reason, in_force.model)
    at, now = moment(handoff, at=at, now=now)
    if receiver != (None, None):
        user, team = find_receiver(
            declared=declared, user_id=receiver[0], team_id=receiver[1], model=in_force.model
        )
        handoff.receiver_user, handoff.receiver_team = user, team
        handoff.save(update_fields=["receiver_user", "receiver_team"])
    open_next(handoff=handoff, number=sent_back.round + 1)
    _offered(actor, handoff, sent_back.round + 1, why_now, missing, override_reason, at, now)
    return handoff


def _offered(
    actor: Actor,
    handoff: Handoff,
    number: int,
    why_now: str,
    missing: Sequence[Missing],
    override_reason: str,
    at: datetime,
    now: datetime,
) -> None:
    event = HandoffEvent.objects.create(
        handoff=handoff,
        kind=HandoffEvent.Kind.OFFERED,
        round=number,
        at=at,
        recorded_at=now,
        by=actor.user,
        words=why_now,
        packet=make_packet(
            handoff.journey,
            why_now=why_now,
            missing=missing,
            override_reason=override_reason if missing else "",
        ),
    )
    journal.note(
        actor=actor,
        action="offered",
        noun="handoff",
        row=handoff.pk,
        journey=handoff.journey_id,
        account=handoff.journey.account_id,
        after={
            "event": event.pk,
            "code": handoff.code,
            "round": number,
            "receiver_user": handoff.receiver_user_id,
            "receiver_team": handoff.receiver_team_id,
            "missing": event.packet["missing"],
            "override_reason": event.packet["override_reason"],
        },
    )


def _find(journey: Journey, code: str, model: RevenueModel) -> Declared:
    """The declared handoff that the journey can be offered by, where it stands."""
    route = Route(model=model, track=journey.track)
    for declared in route.handoffs():
        waits = (declared.to_stage,) if declared.accepted_stage else ()
        if journey.stage in (declared.from_stage, *waits) and code in ("", declared.code):
            return declared
    stage = model.stage(journey.stage).label if journey.stage else None
    raise RuleError(
        en=f"There is nothing to hand over from {stage.en if stage else 'here'}. "
        + _begins(route, model, lang="en"),
        ja=f"「{stage.ja if stage else '現在のフェーズ'}」からの引き継ぎはありません。"
        + _begins(route, model, lang="ja"),
    )


def _begins(route: Route, model: RevenueModel, *, lang: str) -> str:
    """Where the handoffs of a track begin."""
    labels = [model.stage(one.from_stage).label for one in route.handoffs()]
    if lang == "ja":
        names = "、".join(f"「{label.ja}」" for label in labels)
        return f"この商流の引き継ぎは{names}から始まります。" if names else "この商流に引き継ぎはありません。"  # fmt: skip
    names = ", ".join(label.en for label in labels)
    return f"The handoffs of this track begin at: {names}." if names else "This track has none."


def _sent_back(handoff: Handoff) -> HandoffEvent | None:
    """The decision by which it is with its giver to be completed; None if it isn't."""
    last = last_decision(handoff)
    return last if last is not None and is_sent_back(last) else None


def _words(why_now: str, override_reason: str) -> tuple[str, str]:
    said = take_text(why_now, limit=2_000, en="reason", ja="理由")
    if not said:
        raise RuleError(
            en="Why now? Say in a sentence what makes this the moment to hand it over.",
            ja="「なぜ今か」を1文で書いてください。受け手が最初に読む内容です。",
        )
    return said, take_text(override_reason, limit=1_000, en="reason", ja="理由")


def _require(
    missing: Sequence[Missing], declared: Declared, override_reason: str, model: RevenueModel
) -> None:
    if not missing or override_reason:
        return
    to = model.department(declared.receiver).label
    en = "\n".join(f"- {one.label.en}: {one.how.en}" for one in missing)
    ja = "\n".join(f"・{one.label.ja}（{one.how.ja}）" for one in missing)
    raise RuleError(
        en=f"It can't be offered to {to.en} yet. This is still missing:\n{en}\n"
        "Add it, or offer it with a reason that everybody will see.",
        ja=f"まだ{to.ja}に提示できません。次のものが不足しています。\n{ja}\n"
        "補うか、理由を書いて提示してください（理由は全員に表示されます）。",
    )
