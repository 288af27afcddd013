"""Taking an import back: what may be, and the rows that say that it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.errors import RuleError
from kyogyo.records.access import not_found, require_importer
from kyogyo.records.actions import journal
from kyogyo.records.actions.imports import begin_import
from kyogyo.records.models import ImportBatch

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


def require_undoable(*, actor: Actor, batch_id: int) -> tuple[str, ...]:
    """The labels of the files that an import brought in, if it can be taken back; else RuleError."""
    require_importer(actor)
    batch = _found(batch_id)
    if batch.state != ImportBatch.State.DONE:
        raise RuleError(
            en="Only an import that is done can be taken back, and only once.",
            ja="取り消せるのは完了した取り込みだけです（取り消しは1回だけです）。",
        )
    labels = _labels(batch)
    if not labels:
        raise RuleError(
            en="This import brought no file in, so there is nothing to take back.",
            ja="この取り込みで反映されたファイルはないため、取り消すものがありません。",
        )
    others = ImportBatch.objects.filter(state=ImportBatch.State.DONE).exclude(pk=batch.pk)
    shared = {label for one in others for label in _labels(one)} & set(labels)
    if shared:
        name = min(shared).partition(":")[2]
        raise RuleError(
            en=f"{name} came in by another import too. Import the version that shall hold once more instead.",
            ja=f"{name} は別の取り込みでも反映されています。取り消す代わりに、正しい版をもう一度取り込んでください。",
        )
    return labels


@transaction.atomic
def mark_undone(*, actor: Actor, batch_id: int, now: datetime | None = None) -> ImportBatch:
    """Say that an import was taken back, and begin the one that writes so into the records."""
    batch = _found(batch_id)
    undoing = begin_import(actor=actor, label=f"↶ {batch.label}", now=now)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.UNDONE)
    journal.note(
        actor=actor,
        action="undo",
        noun="import",
        row=batch.pk,
        before={"state": batch.state},
        after={"state": ImportBatch.State.UNDONE, "by_import": undoing.pk},
    )
    return undoing


def _found(batch_id: int) -> ImportBatch:
    found = ImportBatch.objects.filter(pk=batch_id).first()
    if found is None:
        raise not_found(en="import", ja="取り込み", key=batch_id)
    return found


def _labels(batch: ImportBatch) -> tuple[str, ...]:
    files = batch.says.get("files", []) if isinstance(batch.says, dict) else []
    return tuple(str(one["label"]) for one in files if not one.get("error"))
