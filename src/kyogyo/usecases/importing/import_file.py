"""One file from its bytes to the store: read, staged, compared, its verdicts written, kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import KyogyoError, SourceError, StoreError
from kyogyo.mirror import Delivery, Intake, Outcome, Store
from kyogyo.usecases.importing import shapes
from kyogyo.usecases.importing.find_files import REFUSED, VERDICTS, Match, verdict_name
from kyogyo.usecases.importing.open_source import open_source
from kyogyo.usecases.importing.reading import Plan, Reading
from kyogyo.usecases.importing.stage_words import department_words, stage_words, status_words
from kyogyo.usecases.importing.verdict_files import ADDED, as_it_was, write_verdicts
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    from kyogyo.connectors.rows import Batch, Table
    from kyogyo.connectors.tables.values import DateOrder
    from kyogyo.revenue_model import RevenueModel, Source

# A clock that runs a little ahead, or a date in a zone further east, is no plan.
_SLACK = 86_400_000_000
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one file has come. `rows_estimate` is about; with `is_read` all rows are read, and
    they are being compared with what is known."""

    file: str
    rows: int
    rows_estimate: int
    number: int
    files: int
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file under one source. `rows` = taken + unchanged + refused + ignored.

    `error` says why nothing of the file was imported; then all counts are 0. `retracted` counts
    rows of the file's earlier version that no longer hold. `reasons` are the most frequent reasons
    of refusals, each with its count and first row.
    """

    path: Path
    source: str
    label: str
    rows: int = 0
    taken: int = 0
    unchanged: int = 0
    refused: int = 0
    ignored: int = 0
    retracted: int = 0
    verdicts_path: Path | None = None
    refused_path: Path | None = None
    notes: tuple[Text, ...] = ()
    reasons: tuple[tuple[Text, int, int], ...] = ()
    error: Text | None = None


@dataclass(frozen=True)
class FileImport:
    """How the files of one import are read; `now` is its instant in epoch microseconds."""

    model: RevenueModel
    store: Store
    now: int
    lang: Lang
    files: int
    sheet: str | None = None
    verdict_dir: Path | None = None
    progress: Callable[[Progress], None] | None = None

    def run(self, match: Match, *, number: int) -> FileReport:
        """Import one file, the `number`th; what is wrong with it is said in its report."""
        import duckdb  # noqa: PLC0415 -- slow import

        failed = FileReport(match.file.path, match.source.name, match.label)
        try:
            return self._import(match, number)
        except KyogyoError as error:
            return replace(failed, error=error.text)
        except duckdb.Error as error:
            return replace(failed, error=_not_written(error).text)
        except OSError as error:
            return replace(failed, error=_not_read(match, error).text)

    def _import(self, match: Match, number: int) -> FileReport:
        digest = _digest(match.file.path)
        with _open(match, sheet=self.sheet) as table:
            _require_columns(match, table)
            plan = _plan(match, table, model=self.model, now=self.now + _SLACK)
            delivery = _delivery(match, model=self.model, digest=digest, now=self.now)
            with Intake(store=self.store, delivery=delivery) as intake:
                rows = self._read(match, table, plan, intake, number)
                if _digest(match.file.path) != digest:
                    raise _changed_meanwhile(match)
                outcome = intake.settle()
                if outcome.rows != rows:
                    message = f"{outcome.rows} verdicts for {rows} rows of {match.file.path.name}"
                    raise AssertionError(message)
                paths = self._write_verdicts(match, table, intake)
                reasons = intake.reasons()
                intake.keep()
        return _report(match, outcome, notes=table.notes, paths=paths, reasons=reasons)

    def _read(self, match: Match, table: Table, plan: Plan, intake: Intake, number: int) -> int:
        rows = 0
        for batch in table.batches(size=_BATCH):
            reading = Reading(_restored(batch), plan)
            intake.add(shapes.read(reading))
            rows += len(batch.rows) + len(batch.refusals)
            self._tell(match, rows, max(table.info.rows_estimate, rows), number)
        self._tell(match, rows, rows, number, is_read=True)
        return rows

    def _tell(
        self, match: Match, rows: int, estimate: int, number: int, *, is_read: bool = False
    ) -> None:
        if self.progress is not None:
            name, files = match.file.name, self.files
            self.progress(Progress(name, rows, estimate, number, files, is_read=is_read))

    def _write_verdicts(
        self, match: Match, table: Table, intake: Intake
    ) -> tuple[Path | None, Path | None]:
        if self.verdict_dir is None:
            return None, None
        base = verdict_name(match)
        verdicts, refused = (
            self.verdict_dir / (base + VERDICTS),
            self.verdict_dir / (base + REFUSED),
        )
        columns = [name for name in table.info.columns if name not in ADDED]
        if match.file.path.resolve() == refused.resolve():
            refused = self.verdict_dir / (base + ".again" + REFUSED)
        # Closed also when writing fails: an open result would block what comes after it.
        with intake.verdicts(lang=self.lang) as batches:
            is_refused = write_verdicts(
                batches,
                verdicts_path=verdicts,
                refused_path=refused,
                columns=columns,
                lang=self.lang,
            )
        return verdicts, refused if is_refused else None


def _report(
    match: Match,
    outcome: Outcome,
    *,
    notes: tuple[Text, ...],
    paths: tuple[Path | None, Path | None],
    reasons: tuple[tuple[Text, int, int], ...],
) -> FileReport:
    return FileReport(
        path=match.file.path,
        source=match.source.name,
        label=match.label,
        rows=outcome.rows,
        taken=outcome.taken,
        unchanged=outcome.unchanged,
        refused=outcome.refused,
        ignored=outcome.ignored,
        retracted=outcome.retracted,
        verdicts_path=paths[0],
        refused_path=paths[1],
        notes=notes + outcome.notes,
        reasons=reasons,
    )


def _open(match: Match, *, sheet: str | None) -> Table:
    source = match.source
    if match.file.name.endswith(REFUSED):
        return open_source(match.file.path)
    return open_source(
        match.file.path,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=sheet or source.sheet,
    )


def _require_columns(match: Match, table: Table) -> None:
    from kyogyo.connectors.rows import missing_columns  # noqa: PLC0415 -- slow import

    wanted = dict.fromkeys(shapes.mapped_columns(match.source).values())
    missing = [name for name in wanted if name not in table.info.columns]
    if missing:
        raise missing_columns(missing, info=table.info)


def _plan(match: Match, table: Table, *, model: RevenueModel, now: int) -> Plan:
    source = match.source
    return Plan(
        source=source,
        model=model,
        now=now,
        orders=_date_orders(table, source),
        stages=stage_words(source=source, model=model),
        status=status_words(source=source, model=model),
        departments=department_words(model=model),
    )


def _date_orders(table: Table, source: Source) -> dict[str, DateOrder | None]:
    """The order of day and month in each column of times: declared, or proved by the cells."""
    from kyogyo.connectors.tables.values import detect_date_order  # noqa: PLC0415 -- slow import

    columns = shapes.time_columns(source)
    orders: dict[str, DateOrder | None] = dict.fromkeys(columns, source.dates)
    open_columns = () if source.dates is not None else columns
    for batch in table.batches(columns=columns, size=_BATCH) if open_columns else ():
        undecided = []
        for column in open_columns:
            cells = batch.columns[column]
            found = detect_date_order(cells)
            if found == "mixed":
                raise _two_orders(table, column)
            if found in ("mdy", "dmy"):
                orders[column] = found
            elif found is None and any(cells):
                # Only a later batch may tell; each must be read the same way.
                undecided.append(column)
        open_columns = tuple(undecided)
        if not open_columns:
            break
    return orders


def _two_orders(table: Table, column: str) -> SourceError:
    name = table.info.path.name
    return SourceError(
        en=f'The dates in column "{column}" of {name} are written in two orders: some only make '
        "sense with the day first, others with the month first. Correct the export; guessing "
        "would put events into wrong months.",
        ja=f"{name} の列「{column}」には、日が先でなければ読めない日付と月が先でなければ読めない日付が混在しています。"
        "推測すると月を取り違えるため取り込めません。書き出しを直してください。",
    )


def _restored(batch: Batch) -> Batch:
    """A batch of corrected refusals: the cells as they were before they were made harmless."""
    if not set(ADDED) <= set(batch.columns):
        return batch
    columns = {
        name: [as_it_was(cell) for cell in cells]
        for name, cells in batch.columns.items()
        if name not in ADDED
    }
    return replace(batch, columns=columns)


def _delivery(match: Match, *, model: RevenueModel, digest: str, now: int) -> Delivery:
    source = match.source
    decides = {
        "source": source.model_dump(mode="json"),
        "place": match.place,
        "time_zone": model.time_zone,
        "currency": model.currency,
    }
    text = json.dumps(decides, ensure_ascii=False, sort_keys=True)
    return Delivery(
        source=source.name,
        label=match.label,
        digest=digest,
        mapping_digest=hashlib.sha256(text.encode()).hexdigest(),
        imported_at=now,
        place=match.place,
        track=model.track_number(source.track) if source.track else 0,
        enters=model.stage_number(source.enters) if source.enters else 0,
        has_entries=source.shape in ("record", "events", "history"),
        drops_repeats=source.shape == "history" and source.columns.old is None,
        checks_continuity=source.shape == "history" and source.columns.old is not None,
        checks_order=source.shape == "record",
        zones=tuple(dict.fromkeys((model.time_zone, source.time_zone or model.time_zone))),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _changed_meanwhile(match: Match) -> SourceError:
    name = match.file.path.name
    return SourceError(
        en=f"{name} was changed while it was read. Nothing of it was imported; import it again "
        "when it is complete.",
        ja=f"{name} は読み込み中に変更されました。何も取り込んでいません。書き込みが終わってから、もう一度取り込んでください。",
    )


def _not_written(error: Exception) -> StoreError:
    first = str(error).splitlines()[0]
    return StoreError(
        en=f"The store could not be written: {first}. Nothing of this file was imported. Check "
        "that there is room on the disk.",
        ja=f"保存先に書き込めませんでした: {first}。このファイルは何も取り込んでいません。ディスクの空きを確かめてください。",
    )


def _not_read(match: Match, error: OSError) -> SourceError:
    return SourceError(
        en=f"{match.file.path.name} could not be read or its verdicts not written: {error.strerror}. "
        "Nothing of this file was imported.",
        ja=f"{match.file.path.name} を読めないか、判定ファイルを書けませんでした: {error.strerror}。"
        "このファイルは何も取り込んでいません。",
    )
