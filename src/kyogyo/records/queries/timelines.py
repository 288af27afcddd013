"""The entries of a journey, for programs that read them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import journey_for
from kyogyo.records.models import StageEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor


def entries_of(*, actor: Actor, journey_id: int) -> QuerySet[StageEntry]:
    """Every stage entered, by time and then by record. Raises MissingRecordError as `journey_for` does."""
    journey = journey_for(actor, journey_id)
    return StageEntry.objects.filter(journey=journey).order_by("at", "id")
