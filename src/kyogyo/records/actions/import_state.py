"""Taking an import back: what may be, and the rows that say that it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.errors import RuleError
from kyogyo.records.access import not_found, require_importer
from kyogyo.records.actions import journal
from kyogyo.records.actions.imports import begin_import, end_import
from kyogyo.records.models import ImportBatch

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


# What is said of an import that was stopped, until it is gone on with.
_OF_A_STOP = ("error", "stopped")


def require_undoable(*, actor: Actor, batch_id: int) -> tuple[str, ...]:
    """The labels of the files that an import brought in, if it can be taken back; else RuleError."""
    require_importer(actor)
    batch = _found(batch_id)
    if batch.state != ImportBatch.State.DONE:
        raise RuleError(
            en="Only an import that is done can be taken back, and only once.",
            ja="取り消せるのは完了した取り込みだけです（取り消しは1回だけです）。",
        )
    if (half := _undoing_of(batch)) is not None:
        raise RuleError(
            en=f"It is being taken back already, as “{half.label}”. Look at that one in the list.",
            ja=f"すでに取り消しが始まっています（「{half.label}」）。一覧でその行を確認してください。",
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
def begin_undoing(*, actor: Actor, batch_id: int, now: datetime | None = None) -> ImportBatch:
    """Begin the import that takes another one back. Raises RuleError where that can't be done.

    What it needs to be gone on with after a stop stands in its `says`: which one it `undoes`, the
    labels of its files, and (`remember_paid`) the revenue that is to go.
    """
    labels = require_undoable(actor=actor, batch_id=batch_id)
    batch = _found(batch_id)
    undoing = begin_import(actor=actor, label=f"↶ {batch.label}", now=now)
    undoing.says = {"undoes": batch.pk, "labels": list(labels)}
    undoing.save(update_fields=["says"])
    return undoing


def remember_paid(undoing: ImportBatch, paid: Iterable[tuple[str, int, int]]) -> None:
    """Keep which revenue is to go, before the files are made to say nothing any more."""
    known = {tuple(one) for one in undoing.says.get("paid", ())}
    undoing.says = undoing.says | {"paid": sorted([*known | set(paid)])}
    undoing.save(update_fields=["says"])


@transaction.atomic
def mark_undone(*, actor: Actor, undoing: ImportBatch, counts: Mapping[str, int]) -> ImportBatch:
    """Say that an import was taken back, all of it, by the one that did so."""
    batch = _found(int(undoing.says["undoes"]))
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.UNDONE)
    journal.note(
        actor=actor,
        action="undo",
        noun="import",
        row=batch.pk,
        before={"state": batch.state},
        after={"state": ImportBatch.State.UNDONE, "by_import": undoing.pk},
    )
    undoing.refresh_from_db()
    undoing.counts = undoing.counts | dict(counts)
    undoing.says = {name: said for name, said in undoing.says.items() if name not in _OF_A_STOP}
    undoing.save(update_fields=["counts", "says"])
    return end_import(actor=actor, batch=undoing)


def keep_word(batch: ImportBatch, *, word: str) -> None:
    """Keep under which word the files of an import are found, to go on with it after a stop."""
    batch.says = batch.says | {"word": word}
    batch.save(update_fields=["says"])


@transaction.atomic
def go_on_with(*, actor: Actor, batch_id: int) -> ImportBatch:
    """Set an undoing that was stopped going again. Raises RuleError where there is nothing to go on with."""
    require_importer(actor)
    undoing = _found(batch_id)
    if not is_unfinished(undoing):
        raise RuleError(
            en="There is nothing left of this import to go on with.",
            ja="この取り込みに、続きから実行するものは残っていません。",
        )
    undoing.state = ImportBatch.State.RUNNING
    kept = {name: said for name, said in undoing.says.items() if name not in _OF_A_STOP}
    undoing.says = kept | {"times": int(undoing.says.get("times", 1)) + 1}
    undoing.save(update_fields=["state", "says"])
    journal.note(
        actor=actor, action="go_on", noun="import", row=undoing.pk,
        after={"undoes": undoing.says["undoes"], "times": undoing.says["times"]}, tells=False,
    )  # fmt: skip
    return undoing


def is_unfinished(batch: ImportBatch) -> bool:
    """Whether it took an import back and was stopped before it had."""
    undoes = batch.says.get("undoes") if isinstance(batch.says, dict) else None
    return (
        undoes is not None
        and batch.state == ImportBatch.State.FAILED
        and ImportBatch.objects.filter(pk=undoes, state=ImportBatch.State.DONE).exists()
    )


def require_none_unfinished(actor: Actor) -> None:
    """Raise RuleError while an import is half taken back: what came in now would be mixed with that."""
    require_importer(actor)
    stopped = ImportBatch.objects.filter(says__has_key="undoes", state=ImportBatch.State.FAILED)
    half = next((one for one in stopped.order_by("id") if is_unfinished(one)), None)
    if half is not None:
        raise RuleError(
            en=f"“{half.label}” was stopped while it was being taken back. Go on with that first, "
            "on the page of the imports.",
            ja=f"「{half.label}」は取り消しの途中で停止しています。先に取り込みの画面で、取り消しの続きを実行してください。",
        )


def _found(batch_id: int) -> ImportBatch:
    found = ImportBatch.objects.filter(pk=batch_id).first()
    if found is None:
        raise not_found(en="import", ja="取り込み", key=batch_id)
    return found


def _undoing_of(batch: ImportBatch) -> ImportBatch | None:
    states = (ImportBatch.State.RUNNING, ImportBatch.State.FAILED)
    return ImportBatch.objects.filter(says__undoes=batch.pk, state__in=states).last()


def _labels(batch: ImportBatch) -> tuple[str, ...]:
    files = batch.says.get("files", []) if isinstance(batch.says, dict) else []
    return tuple(str(one["label"]) for one in files if not one.get("error"))
