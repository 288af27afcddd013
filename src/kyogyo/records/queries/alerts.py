"""Alerts as pages read them: those that nobody has answered yet, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery

from kyogyo.records.access import not_found
from kyogyo.records.models import Alert, AlertAnswer
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """An alert and the last answer to it; `answer` is '' where nobody answered, or somebody opened it again."""

    id: int
    kind: str
    track: str
    node: str
    department: str
    is_good: bool
    since: date
    says: Text
    numbers: dict[str, Any]
    raised_at: datetime
    answer: str
    words: str
    by: str
    countermeasure_id: int | None


def list_alerts(
    actor: Actor, *, is_open: bool | None = None, departments: tuple[str, ...] = ()
) -> tuple[Told, ...]:
    """The last 200 alerts, the newest first, of `departments` where given. Nothing for who works nowhere here."""
    if not (actor.is_system or actor.memberships):
        return ()
    found = Alert.objects.order_by("-raised_at", "-id")
    if departments:
        found = found.filter(department__in=departments)
    rows = list(found[:_MOST])
    answers = {
        one.alert_id: one
        for one in AlertAnswer.objects.filter(alert__in=rows).select_related("by").order_by("id")
    }
    told = tuple(_told(one, answers.get(one.pk)) for one in rows)
    return told if is_open is None else tuple(one for one in told if (not one.answer) == is_open)


def read_alert(actor: Actor, alert_id: int) -> Told:
    """One alert and the last answer to it. Raises MissingRecordError, also for who works nowhere here."""
    found = Alert.objects.filter(pk=alert_id).first()
    if found is None or not (actor.is_system or actor.memberships):
        raise not_found(en="alert", ja="アラート", key=alert_id)
    answer = found.answers.select_related("by").order_by("-id").first()
    return _told(found, answer)


def told_keys(track: str) -> tuple[str, ...]:
    """The keys of all that was ever told of a track."""
    return tuple(Alert.objects.filter(track=track).values_list("key", flat=True))


def open_keys(track: str) -> tuple[str, ...]:
    """The keys of those that nobody has answered, or that were opened again."""
    last = AlertAnswer.objects.filter(alert=OuterRef("pk")).order_by("-id").values("kind")[:1]
    found = Alert.objects.filter(track=track).annotate(last=Subquery(last))
    waiting = found.filter(Q(last=None) | Q(last="open"))
    return tuple(waiting.values_list("key", flat=True))


def count_open_alerts(actor: Actor) -> int:
    """How many alerts of the actor's departments (all, for who has none) nobody has answered."""
    return len(list_alerts(actor, is_open=True, departments=actor.departments))


def _told(alert: Alert, answer: AlertAnswer | None) -> Told:
    is_answered = answer is not None and answer.kind != "open"
    return Told(
        id=alert.pk,
        kind=alert.kind,
        track=alert.track,
        node=alert.node,
        department=alert.department,
        is_good=alert.is_good,
        since=alert.since,
        says=Text(en=alert.says["en"], ja=alert.says["ja"]),
        numbers=alert.numbers,
        raised_at=alert.raised_at,
        answer=answer.kind if answer is not None and is_answered else "",
        words=answer.words if answer is not None and is_answered else "",
        by=answer.by.name if answer is not None and is_answered else "",
        countermeasure_id=answer.countermeasure_id if answer is not None and is_answered else None,
    )
