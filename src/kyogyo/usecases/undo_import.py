"""Take an import back: its files then say nothing any more, and the records follow by new rows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError
from kyogyo.mirror import Delivery, Intake, Store
from kyogyo.records.actions.import_leftovers import Erased, erase_leftovers, require_unworked
from kyogyo.records.actions.import_state import mark_undone, require_undoable
from kyogyo.records.actions.imports import end_import
from kyogyo.records.queries.model import current
from kyogyo.usecases.import_records import STAGING
from kyogyo.usecases.importing.current_state import revenue_said
from kyogyo.usecases.importing.into_records import paid_for, write_touched

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.records.access import Actor
    from kyogyo.records.actions.imports import Taken
    from kyogyo.records.models import ImportBatch


def may_undo(*, actor: Actor, batch_id: int) -> None:
    """Raise RuleError, with the reason, for an import that can't be taken back."""
    require_undoable(actor=actor, batch_id=batch_id)
    require_unworked(batch_id)


def undo_import(
    *, actor: Actor, batch_id: int, home: Path, now: datetime | None = None
) -> tuple[ImportBatch, Taken, Erased]:
    """Take back what the files of an import say: by new rows, and what came with it alone is erased.

    Only where each of its files came in for the first time by it (a corrected file is undone by
    importing the earlier one again), and nobody worked on its journeys since. Owners and amounts
    that it changed on journeys of before stay. Returns the import that took it back.

    Raises:
        NotAllowedError: imports are not for this actor.
        RuleError: it was undone already, hasn't ended, a file of it was there before or came again,
            or people have worked on its journeys.
    """
    labels = require_undoable(actor=actor, batch_id=batch_id)
    require_unworked(batch_id)
    with Store.open(home / STAGING, model=current().model) as staging:
        kept = {file.label: file.source for file in staging.files()}
        if lost := sorted(set(labels) - set(kept)):
            raise RuleError(
                en=f"What {lost[0]} said is not kept here any more, so it can't be taken back.",
                ja=f"{lost[0]} の内容が保存されていないため、取り消せません。",
            )
        said = revenue_said(staging)
        with staging.one_transaction() as keep:
            for label in labels:
                _say_nothing(staging, source=kept[label], label=label)
            keep()
        batch = mark_undone(actor=actor, batch_id=batch_id, now=now)
        taken = write_touched(actor=actor, batch=batch, staging=staging, now=now)
        gone = said - revenue_said(staging)
    erased = erase_leftovers(actor=actor, batch_id=batch_id, paid=paid_for(gone), now=now)
    return end_import(actor=actor, batch=batch), taken, erased


def _say_nothing(staging: Store, *, source: str, label: str) -> None:
    """Deliver the file empty. Under no digest, so that the same file can come in again later."""
    delivery = Delivery(
        source=source,
        label=label,
        digest="",
        mapping_digest="",
        imported_at=time.time_ns() // 1_000,
        place=0,
    )
    with Intake(store=staging, delivery=delivery) as intake:
        intake.settle()
        intake.keep()
