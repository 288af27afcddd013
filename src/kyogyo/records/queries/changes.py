"""The number of the last change, for those who wait for one: pages that are open, and the server's pulse."""

from __future__ import annotations

from kyogyo.records.models import Outbox


def last_change() -> int:
    """The id of the last outbox row, 0 before there is any. One look-up in an index."""
    found = Outbox.objects.order_by("-id").values_list("id", flat=True).first()
    return found or 0
