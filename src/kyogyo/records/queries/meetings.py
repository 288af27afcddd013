"""For when a meeting was set: a next step with a time of day."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from kyogyo.records.models import NextStep
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from kyogyo.records.models import HandoffEvent

# When it was set, and for when.
Appointment = tuple[datetime, datetime]


def appointments_of(journeys: Iterable[int]) -> defaultdict[int, list[Appointment]]:
    """What was set on each of `journeys`, in the order of setting; one query, none for none."""
    asked = set(journeys)
    found: defaultdict[int, list[Appointment]] = defaultdict(list)
    if asked:
        for journey_id, set_at, due_at in _set(journeys=asked):
            if due_at is not None:
                found[journey_id].append((set_at, due_at))
    return found


@prepared
def _set(*, journeys: Collection[int]) -> QuerySet[NextStep, tuple[int, datetime, datetime | None]]:
    rows = NextStep.objects.filter(journey__in=journeys, due_at__isnull=False).order_by("id")
    return rows.values_list("journey_id", "at", "due_at")


def meeting_time(
    appointments: Sequence[Appointment], events: Sequence[HandoffEvent]
) -> datetime | None:
    """For when the meeting was set that a handoff with these events is about, by the time it was accepted.

    It can be set anew before it begins, and after nobody came; what is planned after it took place
    is another meeting. One that the receiver sets later doesn't put off what they owe.
    """
    accepted = next((one.at for one in reversed(events) if one.kind == "accepted"), None)
    missed = [one.at for one in events if one.kind == "result" and not one.packet.get("met", True)]
    held: datetime | None = None
    for set_at, due_at in appointments:
        is_first = accepted is not None and set_at <= accepted
        is_moved = held is not None and set_at <= held
        if is_first or is_moved or any((held or at) <= at <= set_at for at in missed):
            held = due_at
    return held
