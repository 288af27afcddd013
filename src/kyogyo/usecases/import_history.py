"""Bring in a history: find the files, read each by its source's mapping, account for every row."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import SourceError
from kyogyo.mirror import Store
from kyogyo.usecases.guess_mapping import why_unmapped
from kyogyo.usecases.importing.find_files import (
    FoundFile,
    Match,
    find_files,
    looks_like_table,
    match_files,
)
from kyogyo.usecases.importing.import_file import FileImport, FileReport, Progress
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

__all__ = ["FileReport", "ImportReport", "Progress", "Unmatched", "import_history"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A file that no source of the model reads, and what can be done about it."""

    path: Path
    says: Text


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import. `kept` False: a dry run, or the person said no."""

    files: tuple[FileReport, ...]
    unmatched: tuple[Unmatched, ...]
    without_file: tuple[str, ...]
    kept: bool

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files of which nothing was imported."""
        return tuple(file for file in self.files if file.error is not None)


def import_history(
    *,
    paths: Sequence[str | Path],
    model: RevenueModel,
    store: Store,
    dry_run: bool = False,
    confirm: Callable[[ImportReport], bool] | None = None,
    verdict_dir: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    label: str | None = None,
    sheet: str | None = None,
    lang: Lang = "en",
    now: int | None = None,
) -> ImportReport:
    """Import files and folders into `store`, each file all or nothing.

    `dry_run` does everything and keeps nothing. With `confirm` everything is done in one
    transaction, which is kept if `confirm`, called with the report, says so. `label` replaces the
    file's name as the identity of its content (for a single file); `sheet` the mapping's sheet.
    `now` is the instant of the import in epoch microseconds; times after it are refused.

    Raises SourceError when a path leads nowhere. What is wrong with a single file is said in its
    report, and the others are imported.
    """
    now = time.time_ns() // 1_000 if now is None else now
    files = find_files([Path(path) for path in paths])
    matches = match_files(files, model=model, label=label)
    if label is not None and len({match.file.path for match in matches}) > 1:
        raise SourceError(
            en="--as names one file, and several were found. Name the file itself.",
            ja="--as は 1 つのファイルに付ける名前ですが、複数のファイルが見つかりました。ファイルを直接指定してください。",
        )
    folder = None if verdict_dir is None else _made(Path(verdict_dir))
    work = FileImport(
        model=model,
        store=store,
        now=now,
        lang=lang,
        files=len(matches),
        sheet=sheet,
        verdict_dir=folder,
        progress=progress,
    )
    unmatched = _unmatched(files, matches, model=model)
    read = {match.source.name for match in matches}
    report = ImportReport(
        files=(),
        unmatched=unmatched,
        without_file=tuple(source.name for source in model.sources if source.name not in read),
        kept=not dry_run,
    )
    if not dry_run and confirm is None:
        return replace(report, files=_run(work, matches))
    with store.one_transaction() as keep:
        report = replace(report, files=_run(work, matches), kept=False)
        if dry_run or confirm is None or not confirm(report):
            return report
        if not report.failed:
            keep()
            return replace(report, kept=True)
    # One that failed may have left something in the shared transaction, so each gets its own.
    return replace(report, files=_run(work, matches), kept=True)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            en=f"The folder {folder} for the verdicts can't be made: {error.strerror}. Name another "
            "with --verdicts.",
            ja=f"判定ファイルのフォルダー {folder} を作れません: {error.strerror}。--verdicts で別の場所を指定してください。",
        ) from error
    return folder


def _run(work: FileImport, matches: Sequence[Match]) -> tuple[FileReport, ...]:
    return tuple(work.run(match, number=number) for number, match in enumerate(matches, start=1))


def _unmatched(
    files: Sequence[FoundFile], matches: Sequence[Match], *, model: RevenueModel
) -> tuple[Unmatched, ...]:
    read = {match.file.path for match in matches}
    return tuple(
        Unmatched(file.path, why_unmapped(file.path, model=model))
        for file in files
        if file.path not in read and looks_like_table(file)
    )
