"""What the clocks of handoffs are read from: stages entered, contacts, where journeys stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.models import Activity, Handoff, Journey, StageEntry
from kyogyo.records.prepared import prepared
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

_CONTACTS = ("call", "mail", "meeting")


@prepared
def entered(
    *, journeys: Collection[int], stages: Collection[str]
) -> QuerySet[StageEntry, tuple[int, str, datetime]]:
    """Stages entered, of those that count."""
    rows = that_stand(StageEntry.objects.filter(journey__in=journeys, stage__in=stages))
    return rows.values_list("journey_id", "stage", "at")


@prepared
def contacted(*, journeys: Collection[int]) -> QuerySet[Activity, tuple[int, str, datetime]]:
    """Calls, mails and meetings, with the department that had them."""
    rows = Activity.objects.filter(journey__in=journeys, kind__in=_CONTACTS)
    return rows.values_list("journey_id", "department", "at")


@prepared
def standing(
    *, journeys: Collection[int]
) -> QuerySet[Journey, tuple[int, str, str, datetime | None]]:
    """The track and stage where journeys stand, and since when."""
    rows = Journey.objects.filter(pk__in=journeys, stage_entered_at__isnull=False)
    return rows.values_list("id", "track", "stage", "stage_entered_at")


@prepared
def offers(*, journeys: Collection[int]) -> QuerySet[Handoff, tuple[int, str, datetime]]:
    """When which handoff of these journeys was offered."""
    rows = Handoff.objects.filter(journey__in=journeys)
    return rows.values_list("journey_id", "code", "offered_at")
