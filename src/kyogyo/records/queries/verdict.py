"""What somebody needs to decide on a handoff, or to file its result: one handoff in full."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from kyogyo.records.access import Actor
from kyogyo.records.models import Handoff, HandoffEvent, Journey, Membership, NextStep, Team
from kyogyo.records.queries.claims import Table, table_of
from kyogyo.records.queries.clocks import handoff_from
from kyogyo.records.queries.decisions import to_take_back
from kyogyo.records.queries.gate import Missing, gate_for
from kyogyo.records.queries.handoffs import HandoffRow, handoff_row
from kyogyo.records.queries.model import current
from kyogyo.records.queries.packet import Packet, last_sent_back, missing_to_offer, packet_of
from kyogyo.records.queries.route import Route
from kyogyo.records.queries.sides import is_on_receiving_side, may_give, may_take
from kyogyo.records.queries.wording import DECISIONS, reason_label
from kyogyo.words import Text

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.revenue_model import Handoff as Declared
    from kyogyo.revenue_model import RevenueModel

Act = Literal["decide", "report", "withdraw", "offer_again"]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a handoff, in words. `is_undone`: it was taken back and doesn't count."""

    event_id: int
    kind: str
    label: Text
    round: int
    at: datetime
    by: str
    reason: Text | None
    words: str
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """A reason to return it, and whether the journey then stays with its giver."""

    code: str
    label: Text
    next_action: Text | None
    stays: bool


@dataclass(frozen=True, slots=True)
class HandoffPage:
    """One handoff: its packet as offered last, what the departments say now, and what `acts` one may do.

    `open_criteria` are the exit criteria without which accepting needs a reason; `undoable` is the
    decision that one may take back, `planned_since` the next step where it isn't the packet's any more.
    """

    row: HandoffRow
    packet: Packet
    table: Table
    history: tuple[Happened, ...]
    acts: frozenset[Act]
    open_criteria: tuple[Missing, ...]
    returns: tuple[ReturnReason, ...]
    missing_to_offer: tuple[Missing, ...]
    questions: tuple[str, ...]
    undoable: Happened | None
    planned_since: NextStep | None


@dataclass(frozen=True, slots=True)
class OfferForm:
    """What an offer needs: to whom it can go, and what is still missing."""

    code: str
    label: Text
    receiver: Text
    teams: tuple[tuple[int, Text], ...]
    people: tuple[tuple[int, str], ...]
    missing: tuple[Missing, ...]
    table: Table
    sent_back: Happened | None


def handoff_page(*, actor: Actor, handoff_id: int, now: datetime | None = None) -> HandoffPage:
    """Everything about one handoff. Raises MissingRecordError where there is none that `actor` may see."""
    now = now or timezone.now()
    model = current().model
    row = handoff_row(actor=actor, handoff_id=handoff_id, now=now)
    handoff = Handoff.objects.select_related("journey__account", "receiver_team").get(pk=handoff_id)
    events = list(handoff.events.select_related("by").order_by("id"))
    declared = next((one for one in model.handoffs if one.code == handoff.code), None)
    offer = next(event for event in reversed(events) if event.kind == "offered")
    last = to_take_back(actor, handoff, now=now)
    asked = declared.questions if declared else ()
    return HandoffPage(
        row=row,
        packet=packet_of(offer, model=model),
        table=table_of(handoff.journey, model=model, questions=asked),
        history=_history(events, model),
        acts=acts_on(actor, handoff, row, declared),
        open_criteria=_open_criteria(handoff.journey, declared, model),
        returns=_returns(declared, model),
        missing_to_offer=missing_to_offer(
            handoff.journey, declared, model=model, asked=last_sent_back(handoff)
        )
        if declared and row.is_with_giver
        else (),
        questions=asked,
        undoable=_happened(last, model) if last else None,
        planned_since=_planned_since(handoff.journey, offer),
    )


def offer_form(*, journey: Journey) -> OfferForm | None:
    """What offering a journey needs where it stands; None where nothing is handed over there."""
    model = current().model
    declared = handoff_from(journey, model)
    if declared is None:
        return None
    last = Handoff.objects.filter(journey=journey, code=declared.code).order_by("-id").first()
    back = last_sent_back(last) if last is not None and last.open_round is None else None
    teams = list(Team.objects.filter(department=declared.receiver).order_by("id"))
    people = (
        Membership.objects.select_related("user")
        .filter(team__in=teams, until=None, user__is_active=True)
        .exclude(role="viewer")
        .order_by("user__name", "user_id")
    )
    return OfferForm(
        code=declared.code,
        label=declared.label.text,
        receiver=model.department(declared.receiver).label.text,
        teams=tuple((team.pk, _team_label(team)) for team in teams),
        people=tuple({one.user_id: str(one.user) for one in people}.items()),
        missing=missing_to_offer(journey, declared, model=model, asked=back),
        table=table_of(journey, model=model, questions=declared.questions),
        sent_back=_happened(back, model) if back else None,
    )


def _planned_since(journey: Journey, offer: HandoffEvent) -> NextStep | None:
    """What is planned now, where the packet says something else: a meeting may have been moved."""
    told = (offer.packet.get("next_step", ""), offer.packet.get("next_step_on"))
    clock = offer.packet.get("next_step_at")
    last = NextStep.objects.filter(journey=journey).order_by("id").last()
    if last is None or not last.text:
        return None
    planned = (last.text, last.due_on.isoformat() if last.due_on else None)
    is_same = planned == told and (last.due_at.isoformat() if last.due_at else None) == clock
    return None if is_same else last


def acts_on(
    actor: Actor, handoff: Handoff, row: HandoffRow, declared: Declared | None
) -> frozenset[Act]:
    """What `actor` may do with it now."""
    if not actor.may_write or declared is None:
        return frozenset()
    acts: set[Act] = set()
    takes, gives = may_take(actor, handoff), may_give(actor, handoff.journey, declared)
    reports = takes or is_on_receiving_side(actor, handoff)
    if row.is_open:
        acts |= {"decide"} if takes else set()
        acts |= {"withdraw"} if gives else set()
    if reports and (row.is_open or row.state == "accepted"):
        acts.add("report")
    if gives and row.is_with_giver:
        acts.add("offer_again")
    return frozenset(acts)


def _open_criteria(
    journey: Journey, declared: Declared | None, model: RevenueModel
) -> tuple[Missing, ...]:
    """What the gate of accepting still misses, but for the acceptance itself."""
    if declared is None or not journey.stage:
        return ()
    route = Route(model=model, track=journey.track)
    target = declared.accepted_stage or declared.to_stage
    if route.is_exit(journey.stage) or not 0 <= route.position(journey.stage) < route.position(
        target
    ):
        return ()
    gate = gate_for(journey=journey, to_stage=target, model=model)
    return tuple(one for one in gate.missing if one.kind != "handoff")


def _returns(declared: Declared | None, model: RevenueModel) -> tuple[ReturnReason, ...]:
    reasons = [model.reason(code) for code in declared.returns] if declared else []
    return tuple(
        ReturnReason(
            code=one.code,
            label=one.label.text,
            next_action=one.next_action.text if one.next_action else None,
            stays=one.kind == "handoff_return",
        )
        for one in reasons
    )


def _history(events: list[HandoffEvent], model: RevenueModel) -> tuple[Happened, ...]:
    by_id = {event.pk: event for event in events}
    undone = {event.undoes_id for event in events if event.undoes_id is not None}
    return tuple(
        replace(
            _happened(event, model),
            is_undone=event.pk in undone,
            label=_label_of(event, by_id.get(event.undoes_id or 0)),
        )
        for event in events
    )


def _label_of(event: HandoffEvent, undoes: HandoffEvent | None) -> Text:
    label = DECISIONS[event.kind]
    if undoes is None:
        return label
    what = DECISIONS[undoes.kind]
    return Text(en=f"{label.en}: {what.en.lower()}", ja=f"{label.ja}（{what.ja}）")


def _happened(event: HandoffEvent, model: RevenueModel) -> Happened:
    return Happened(
        event_id=event.pk,
        kind=event.kind,
        label=DECISIONS[event.kind],
        round=event.round,
        at=event.at,
        by=str(event.by or ""),
        reason=reason_label(model, event.reason) if event.reason else None,
        words=event.words,
    )


def _team_label(team: Team) -> Text:
    return Text(en=team.label_en, ja=team.label_ja)
