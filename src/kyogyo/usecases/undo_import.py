"""Take an import back: its files then say nothing any more, and the records follow by new rows.

Every step can be done twice, and the row of the import that takes back remembers what is left to
do: stopped in the middle, it is gone on with where it was.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError
from kyogyo.mirror import Delivery, Intake, Store
from kyogyo.records.actions.import_leftovers import Erased, erase_leftovers, require_unworked
from kyogyo.records.actions.import_state import (
    begin_undoing,
    mark_undone,
    remember_paid,
    require_undoable,
)
from kyogyo.records.queries.model import current
from kyogyo.usecases.import_records import STAGING
from kyogyo.usecases.import_steps import Step
from kyogyo.usecases.importing.current_state import revenue_said
from kyogyo.usecases.importing.into_records import paid_for, write_touched

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kyogyo.records.access import Actor
    from kyogyo.records.actions.imports import Taken
    from kyogyo.records.models import ImportBatch


def may_undo(*, actor: Actor, batch_id: int) -> None:
    """Raise RuleError, with the reason, for an import that can't be taken back."""
    require_undoable(actor=actor, batch_id=batch_id)
    require_unworked(batch_id)


def begin_undo(
    *, actor: Actor, batch_id: int, home: Path, now: datetime | None = None
) -> ImportBatch:
    """The row of an undoing that `carry_on` then carries out.

    Only where each of its files came in for the first time by it (a corrected file is undone by
    importing the earlier one again), and nobody worked on its journeys since.

    Raises:
        NotAllowedError: imports are not for this actor.
        RuleError: it was undone already, hasn't ended, a file of it was there before or came again,
            or people have worked on its journeys.
    """
    labels = require_undoable(actor=actor, batch_id=batch_id)
    require_unworked(batch_id)
    with Store.open(home / STAGING, model=current().model) as staging:
        if lost := sorted(set(labels) - {file.label for file in staging.files()}):
            raise RuleError(
                en=f"What {lost[0]} said is not kept here any more, so it can't be taken back.",
                ja=f"{lost[0]} の内容が保存されていないため、取り消せません。",
            )
    return begin_undoing(actor=actor, batch_id=batch_id, now=now)


def carry_on(
    *,
    actor: Actor,
    undoing: ImportBatch,
    home: Path,
    progress: Callable[[Step], None] | None = None,
    now: datetime | None = None,
) -> tuple[ImportBatch, Taken, Erased]:
    """Take back what the files of an import say: by new rows, and what came with it alone is erased.

    Owners and amounts that it changed on journeys of before stay. Stopped at any point, the same
    call goes on; what was done is not done twice.
    """
    tell = progress or (lambda _: None)
    tell(Step("read"))
    batch_id = int(undoing.says["undoes"])
    with Store.open(home / STAGING, model=current().model) as staging:
        kept = {file.label: file.source for file in staging.files()}
        said = revenue_said(staging)
        with staging.one_transaction() as keep:
            for label in undoing.says["labels"]:
                if label in kept:
                    _say_nothing(staging, source=kept[label], label=label)
            remember_paid(undoing, said - revenue_said(staging))
            keep()
        taken = write_touched(
            actor=actor, batch=undoing, staging=staging, now=now,
            progress=lambda done, total: tell(Step("take_back", done, total)),
        )  # fmt: skip
    undoing.refresh_from_db()
    paid = [(str(account), int(first), int(stop)) for account, first, stop in undoing.says["paid"]]
    erased = erase_leftovers(
        actor=actor, batch_id=batch_id, paid=paid_for(paid), now=now,
        progress=lambda done, total: tell(Step("erase", done, total)),
    )  # fmt: skip
    gone = {
        "journeys_gone": erased.journeys,
        "accounts_gone": erased.accounts,
        "revenue_gone": erased.revenue,
    }
    counts = {name: number for name, number in gone.items() if number}
    return mark_undone(actor=actor, undoing=undoing, counts=counts), taken, erased


def undo_import(
    *, actor: Actor, batch_id: int, home: Path, now: datetime | None = None
) -> tuple[ImportBatch, Taken, Erased]:
    """Both in one call: begin to take an import back, and carry it out."""
    undoing = begin_undo(actor=actor, batch_id=batch_id, home=home, now=now)
    return carry_on(actor=actor, undoing=undoing, home=home, now=now)


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
