"""Imports as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import not_found, require_importer
from kyogyo.records.models import ImportBatch

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor


def imports_for(actor: Actor) -> QuerySet[ImportBatch]:
    """Every import, the newest first."""
    require_importer(actor)
    return ImportBatch.objects.select_related("by").order_by("-id")


def import_for(actor: Actor, batch_id: int) -> ImportBatch:
    """One import. Raises MissingRecordError where there is none of this number."""
    found = imports_for(actor).filter(pk=batch_id).first()
    if found is None:
        raise not_found(en="import", ja="取り込み", key=batch_id)
    return found


def running_import(actor: Actor) -> ImportBatch | None:
    """The import that has begun and not ended, if there is one."""
    return imports_for(actor).filter(state=ImportBatch.State.RUNNING).first()
