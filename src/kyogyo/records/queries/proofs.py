"""What the records themselves prove, so that nobody has to say it a second time.

A criterion says in the model what meets it (`met_by`): an activity in which the buyer answered, a
meeting, the answers that the next handoff needs, a next step with a date. A word by hand counts as
well, and a "no" by hand outweighs the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from kyogyo.records.models import Activity
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.wording import ACTIVITIES
from kyogyo.words import Text, minor_digits

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.models import Journey
    from kyogyo.records.queries.route import Route
    from kyogyo.revenue_model import Question, RevenueModel
    from kyogyo.revenue_model.schema import ExitCriterion, Handoff


@dataclass(frozen=True, slots=True)
class Contact:
    """An activity with the buyer."""

    activity_id: int
    kind: str
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Contacts:
    """The last activity in which the buyer answered, and the last meeting; each by when it was recorded."""

    answered: Contact | None = None
    meeting: Contact | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The row that proves something: what it is, its number where it is one row, and both in words."""

    noun: str
    row: int | None
    says: Text


def contacts_of(journeys: list[int]) -> dict[int, Contacts]:
    """The contacts of each journey, in one query."""
    answered: dict[int, Contact] = {}
    meeting: dict[int, Contact] = {}
    for journey, is_two_way, pk, kind, at, recorded_at in _contacts_of(journeys=journeys):
        contact = Contact(pk, kind, at, recorded_at)
        if is_two_way:
            answered[journey] = contact
        if contact.kind == "meeting":
            meeting[journey] = contact
    return {pk: Contacts(answered.get(pk), meeting.get(pk)) for pk in journeys}


@prepared
def _contacts_of(
    *, journeys: list[int]
) -> QuerySet[Activity, tuple[int, bool, int, str, datetime, datetime]]:
    return (
        Activity.objects.filter(Q(is_two_way=True) | Q(kind="meeting"), journey__in=journeys)
        .order_by("recorded_at", "id")
        .values_list("journey_id", "is_two_way", "id", "kind", "at", "recorded_at")
    )


def proof_of(
    criterion: ExitCriterion,
    *,
    stage: str,
    journey: Journey,
    route: Route,
    contacts: Contacts,
    answered: frozenset[str],
    now: datetime,
) -> Proof | None:
    """What proves a criterion of `stage`; None where no row does, or only somebody can say it."""
    zone = ZoneInfo(route.model.time_zone)
    if criterion.met_by == "contact":
        return _contact(contacts.answered, zone=zone)
    if criterion.met_by == "meeting":
        # The meeting that is meant comes after it was set: one recorded before is another one.
        since = journey.stage_entered_at if journey.stage == stage else None
        held = contacts.meeting
        return None if held and since and held.recorded_at < since else _contact(held, zone=zone)
    if criterion.met_by == "answers":
        return _answers(stage=stage, journey=journey, route=route, answered=answered)
    if criterion.met_by == "next_step":
        return _next_step(journey, today=now.astimezone(zone).date())
    return None


def how_to_meet(criterion: ExitCriterion) -> Text:
    """What somebody can do for a criterion that isn't met."""
    evidence = Text(en=f"Evidence: {criterion.evidence.en}", ja=f"証拠: {criterion.evidence.ja}")
    by_itself = _MEETS.get(criterion.met_by)
    if by_itself is None:
        return evidence
    return Text(
        en=f"{by_itself.en} Or tick it. {evidence.en}",
        ja=f"{by_itself.ja}手で確認することもできます。{evidence.ja}",
    )


_MEETS = {
    "contact": Text(
        en="Met by logging the call, mail or meeting in which the buyer answered.",
        ja="顧客の返答があった活動を記録すると満たされます。",
    ),
    "meeting": Text(en="Met by logging the meeting.", ja="商談の活動を記録すると満たされます。"),
    "answers": Text(
        en="Met by answering the required questions of the next handoff.",
        ja="次の引き継ぎの必須の確認項目に回答すると満たされます。",
    ),
    "next_step": Text(
        en="Met by a next step with a date.",
        ja="日付のある次回アクションを記録すると満たされます。",
    ),
}


def is_required(question: Question, amount: int | None, *, currency: str) -> bool:
    """Whether an answer is needed at this size (minor units; unknown counts as 0)."""
    if question.required_from_amount is None:
        return False
    whole: int = (amount or 0) // 10 ** minor_digits(currency)
    return whole >= question.required_from_amount


def promises_question(model: RevenueModel) -> Question | None:
    """The question that the promises themselves answer, if the model has one."""
    return next((one for one in model.questions if one.answered_by == "commitments"), None)


def _contact(contact: Contact | None, *, zone: ZoneInfo) -> Proof | None:
    if contact is None:
        return None
    day = contact.at.astimezone(zone).date()
    label = ACTIVITIES[contact.kind]
    says = Text(en=f"{label.en}, {day.isoformat()}", ja=f"{label.ja}（{_day(day)}）")
    return Proof("activity", contact.activity_id, says)


def _answers(
    *, stage: str, journey: Journey, route: Route, answered: frozenset[str]
) -> Proof | None:
    handoff = _next_handoff(stage, route=route)
    if handoff is None:
        return None
    model = route.model
    asked = [model.question(code) for code in handoff.questions]
    given = [one for one in asked if one.code in answered]
    lacking = [
        one
        for one in asked
        if one.code not in answered and is_required(one, journey.amount, currency=model.currency)
    ]
    if lacking or not given:
        return None
    says = Text(
        en=f"{len(given)} answers for “{handoff.label.en}”",
        ja=f"「{handoff.label.ja}」の確認項目への回答 {len(given)}件",
    )
    return Proof("claim", None, says)


def _next_handoff(stage: str, *, route: Route) -> Handoff | None:
    """The first handoff of the path at or after `stage`, also one that a single seller passes over."""
    here = route.position(stage)
    ahead: Iterable[Handoff] = (
        one for one in route.model.handoffs if route.position(one.from_stage) >= max(here, 0)
    )
    return min(ahead, key=lambda one: route.position(one.from_stage), default=None)


def _next_step(journey: Journey, *, today: date) -> Proof | None:
    due = journey.next_step_on
    if not journey.next_step or due is None or due < today:
        return None
    says = Text(
        en=f"Next step: {journey.next_step}, {due.isoformat()}",
        ja=f"次回アクション: {journey.next_step}（{_day(due)}）",
    )
    return Proof("next_step", None, says)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
