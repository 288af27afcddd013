"""The decisions on handoffs: which of them count, who may take one back, and what is built on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kyogyo.records.models import Assignment, Handoff, HandoffEvent, Journey, Role, StageEntry
from kyogyo.records.prepared import prepared
from kyogyo.records.undone import that_stand
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

# An offer that was withdrawn is offered again; every decision of the receiver can be taken back.
TAKEN_BACK = (
    HandoffEvent.Kind.ACCEPTED,
    HandoffEvent.Kind.RETURNED,
    HandoffEvent.Kind.NEEDS_WORK,
)
WITHIN = timedelta(hours=24)


def standing_events() -> QuerySet[HandoffEvent]:
    """Every event that counts, in the order in which they were made."""
    return that_stand(HandoffEvent.objects.all()).order_by("id")


@prepared
def _events(*, handoffs: Collection[int]) -> QuerySet[HandoffEvent]:
    """Every event of these handoffs that counts, with who made it."""
    return standing_events().filter(handoff__in=handoffs).select_related("by")


def grouped_events(handoffs: Iterable[Handoff]) -> dict[int, list[HandoffEvent]]:
    """The events that count, by the id of the handoff, each handoff's in order."""
    found: dict[int, list[HandoffEvent]] = {row.pk: [] for row in handoffs}
    for event in _events(handoffs=list(found)):
        found[event.handoff_id].append(event)
    return found


def last_decision(handoff: Handoff) -> HandoffEvent | None:
    """The last event that says how the handoff stands: an offer or what was decided on it."""
    return (
        standing_events()
        .filter(handoff=handoff)
        .exclude(kind=HandoffEvent.Kind.RESULT)
        .select_related("by")
        .last()
    )


def may_take_back(actor: Actor, handoff: Handoff, event: HandoffEvent, *, now: datetime) -> bool:
    """Whoever decided, for a day; their manager or the receiving team's, RevOps and administrators."""
    if not actor.may_write:
        return False
    if actor.is_system or actor.roles & {Role.REVOPS, Role.ADMIN}:
        return True
    own = actor.user is not None and event.by_id == actor.user.pk
    if own and now - event.recorded_at <= WITHIN:
        return True
    if Role.MANAGER not in actor.roles:
        return False
    return handoff.receiver_team_id in actor.seen_teams or (
        event.by is not None and actor.is_manager_of(event.by)
    )


def built_on(handoff: Handoff, event: HandoffEvent) -> Text | None:
    """What came after a decision and rests on it, so that it stays; None where nothing does."""
    journey, since = handoff.journey_id, event.recorded_at
    later = standing_events().filter(handoff=handoff, pk__gt=event.pk, recorded_at__gt=since)
    if later.exists():
        return Text(
            en="the handoff went on since (a result was filed, or it was offered again)",
            ja="その後に引き継ぎが進んでいます（結果の報告または再提示）",
        )
    if Handoff.objects.filter(journey=journey, pk__gt=handoff.pk).exists():
        return Text(
            en="the journey was handed on since", ja="その後に次の引き継ぎが提示されています"
        )
    steps = that_stand(StageEntry.objects.filter(journey=journey, recorded_at__gt=since))
    if steps.exists():
        return Text(
            en="the journey has moved to another stage since; undo that step first",
            ja="その後に案件が別のフェーズへ移っています（先にそのステップを取り消してください）",
        )
    if Assignment.objects.filter(journey=journey, recorded_at__gt=since).exists():
        return Text(
            en="the journey was given to somebody else since",
            ja="その後に案件の担当者が変わっています",
        )
    if Journey.objects.filter(previous=journey).exists():
        return Text(
            en="the journey was opened again since",
            ja="その後に案件が再開され、新しい案件があります",
        )
    return None


def to_take_back(actor: Actor, handoff: Handoff, *, now: datetime) -> HandoffEvent | None:
    """The last decision, where `actor` may take it back now; None where there is nothing to take back."""
    event = last_decision(handoff)
    if event is None or event.kind not in TAKEN_BACK:
        return None
    if not may_take_back(actor, handoff, event, now=now) or built_on(handoff, event) is not None:
        return None
    return event
