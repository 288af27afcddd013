"""Imports as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import require_admin
from kyogyo.records.models import ImportBatch

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor


def imports_for(actor: Actor) -> QuerySet[ImportBatch]:
    """Every import, the newest first."""
    require_admin(actor)
    return ImportBatch.objects.select_related("by").order_by("-id")


def running_import(actor: Actor) -> ImportBatch | None:
    """The import that has begun and not ended, if there is one."""
    return imports_for(actor).filter(state=ImportBatch.State.RUNNING).first()
