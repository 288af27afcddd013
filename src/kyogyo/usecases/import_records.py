"""Bring a history into the records: read and checked as any import, then written as rows that are worked on.

The files go into a store of their own beside the records (`imports.duckdb`), which knows what each
file said: so the same file twice changes nothing, a corrected one replaces what it said, and every
row gets its verdict. What changed there is then written into the records in one transaction. Killed
in between, the next import begins with what was left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.mirror import Store
from kyogyo.records.actions.import_state import require_none_unfinished
from kyogyo.records.actions.imports import Taken, begin_import, end_import
from kyogyo.records.queries.model import current
from kyogyo.usecases.import_history import ImportReport, Progress, import_history
from kyogyo.usecases.import_steps import Step
from kyogyo.usecases.importing.current_state import count_touched
from kyogyo.usecases.importing.into_records import write_touched

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.records.access import Actor
    from kyogyo.records.models import ImportBatch
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.words import Lang

STAGING = "imports.duckdb"


@dataclass(frozen=True, slots=True)
class RecordsReport:
    """What became of the files and of their rows; `taken` None: nothing was written into the records."""

    files: ImportReport
    taken: Taken | None = None
    batch_id: int | None = None


def import_records(
    *,
    actor: Actor,
    paths: Sequence[str | Path],
    home: Path,
    model: RevenueModel | None = None,
    dry_run: bool = False,
    confirm: Callable[[ImportReport], bool] | None = None,
    verdict_dir: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    label: str | None = None,
    sheet: str | None = None,
    lang: Lang = "en",
    batch: ImportBatch | None = None,
    steps: Callable[[Step], None] | None = None,
    now: datetime | None = None,
) -> RecordsReport:
    """Import files and folders into the records that stand in `home`, mapped by `model` (that in force if None).

    As `import_history`: each file all or nothing, `dry_run` keeps nothing, `confirm` is asked
    before anything is kept. `batch` is a row that was begun already, by a page that shows it;
    `steps` is told how far it is.

    Raises:
        NotAllowedError: imports are not for this actor.
        KyogyoError: as `import_history`, or the records can't be written; then the next import
            begins with what this one left. RuleError while an import is half taken back.
    """
    model = model or current().model
    require_none_unfinished(actor)
    with Store.open(home / STAGING, model=model) as staging:
        report = import_history(
            paths=paths,
            model=model,
            store=staging,
            dry_run=dry_run,
            confirm=confirm,
            verdict_dir=verdict_dir,
            progress=progress or _reading(steps),
            label=label,
            sheet=sheet,
            lang=lang,
            now=None if now is None else int(now.timestamp() * 1_000_000),
        )
        if not report.kept:
            return RecordsReport(files=report)
        return _written(actor, staging, report, batch=batch, steps=steps, now=now)


def _written(
    actor: Actor,
    staging: Store,
    report: ImportReport,
    *,
    batch: ImportBatch | None,
    steps: Callable[[Step], None] | None,
    now: datetime | None,
) -> RecordsReport:
    touched = count_touched(staging)
    if batch is None:
        names = ", ".join(file.label.partition(":")[2] for file in report.files)
        batch = begin_import(actor=actor, label=names[:300], total=touched)
    try:
        taken = write_touched(
            actor=actor, batch=batch, staging=staging, now=now,
            progress=lambda done, total: steps(Step("write", done, total)) if steps else None,
        )  # fmt: skip
    except BaseException:
        end_import(actor=actor, batch=batch, says={"files": summary(report)}, failed=True)
        raise
    says = {"files": summary(report)}
    end_import(actor=actor, batch=batch, says=says, failed=not any_kept(report))
    return RecordsReport(files=report, taken=taken, batch_id=batch.pk)


def _reading(steps: Callable[[Step], None] | None) -> Callable[[Progress], None] | None:
    if steps is None:
        return None
    return lambda at: steps(Step("read", at.rows, max(at.rows, at.rows_estimate)))


def any_kept(report: ImportReport) -> bool:
    """Whether at least one file was imported."""
    return any(file.error is None for file in report.files)


def summary(report: ImportReport) -> list[dict[str, Any]]:
    """What became of each file, as JSON values: kept with the batch, and shown by the page."""
    return [
        {
            "label": file.label,
            "source": file.source,
            "rows": file.rows,
            "taken": file.taken,
            "unchanged": file.unchanged,
            "refused": file.refused,
            "ignored": file.ignored,
            "retracted": file.retracted,
            "verdicts": file.verdicts_path.name if file.verdicts_path else "",
            "refusals": file.refused_path.name if file.refused_path else "",
            "error": None if file.error is None else {"en": file.error.en, "ja": file.error.ja},
            "notes": [{"en": note.en, "ja": note.ja} for note in file.notes],
            "reasons": [
                {"en": reason.en, "ja": reason.ja, "times": times, "row": row}
                for reason, times, row in file.reasons
            ],
        }
        for file in report.files
    ]
