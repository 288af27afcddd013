"""The number of the last change, for those who wait for one: pages that are open, and the server's pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.models import AuditEvent, Outbox
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


def last_change() -> int:
    """The id of the last outbox row, 0 before there is any. One look-up in an index."""
    return next(iter(_last()), 0)


@prepared
def _last() -> QuerySet[Outbox, int]:
    return Outbox.objects.order_by("-id").values_list("id", flat=True)[:1]


def last_change_of(journey_id: int) -> int:
    """The id of the last row of audit about a journey, 0 before there is any."""
    return next(iter(_last_of(journey=journey_id)), 0)


@prepared
def _last_of(*, journey: int) -> QuerySet[AuditEvent, int]:
    rows = AuditEvent.objects.filter(journey_id=journey)
    return rows.order_by("-id").values_list("id", flat=True)[:1]
