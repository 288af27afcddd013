"""A report straight from files: import into memory, or open a store, then measure and word it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import KyogyoError, SourceError
from kyogyo.mirror import Store
from kyogyo.period import midnight
from kyogyo.reports.contents import FileRead
from kyogyo.usecases.import_history import ImportReport, Progress, import_history
from kyogyo.usecases.measure_history import measure_history
from kyogyo.usecases.report_funnel import report_funnel

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.reports.contents import Report
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.words import Lang, Text


def report_data(
    *,
    data: Path,
    model: RevenueModel,
    track: str | None = None,
    as_of: str | None = None,
    verdict_dir: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    notice: Text | None = None,
    lang: Lang = "en",
) -> Report:
    """The report on `data`: a store (a .duckdb file), or files that the model's sources read.

    `as_of` is a local date, the last one observed. Nothing is kept: files are read into memory.

    Raises:
        KyogyoError: the data can't be read, no source fits, or nothing is there to measure.
    """
    instant = None if as_of is None else end_of(as_of, zone=model.time_zone)
    opened = _open(
        data=data, model=model, as_of=instant, verdict_dir=verdict_dir, progress=progress, lang=lang
    )
    with opened.store:
        return report_funnel(
            history=opened.history,
            made_at=opened.now,
            files=opened.files,
            notice=notice,
            track=track,
        )


def open_data(*, data: Path, model: RevenueModel, lang: Lang = "en") -> tuple[Store, History]:
    """The store that holds `data`, to be kept open as long as it is asked, and its history.

    Raises:
        KyogyoError: as `report_data`.
    """
    opened = _open(data=data, model=model, as_of=None, verdict_dir=None, progress=None, lang=lang)
    return opened.store, opened.history


@dataclass(frozen=True)
class _Opened:
    store: Store
    history: History
    files: tuple[FileRead, ...]
    now: int


def _open(
    *,
    data: Path,
    model: RevenueModel,
    as_of: int | None,
    verdict_dir: Path | None,
    progress: Callable[[Progress], None] | None,
    lang: Lang,
) -> _Opened:
    now = time.time_ns() // 1_000
    is_store = data.suffix == ".duckdb"
    if is_store and not data.is_file():
        raise SourceError(
            en=f"There is no store {data}. Make it with: kyogyo import DATA --store {data}",
            ja=f"保存先 {data} がありません。次で作成できます: kyogyo import データ --store {data}",
        )
    store = Store.open(data if is_store else ":memory:", model=model)
    try:
        files: tuple[FileRead, ...]
        if is_store:
            files = _kept_files(store)
        else:
            imported = import_history(
                paths=[data],
                model=model,
                store=store,
                verdict_dir=verdict_dir,
                progress=progress,
                lang=lang,
                now=now,
            )
            _require_something(imported, data=data)
            files = files_read(imported)
        return _Opened(store, measure_history(store=store, as_of=as_of), files, now)
    except BaseException:
        store.close()
        raise


def end_of(day: str, *, zone: str) -> int:
    """The last instant of a local day, as 2026-04-30. Raises KyogyoError for what is no date."""
    try:
        asked = date.fromisoformat(day)
    except ValueError as error:
        raise KyogyoError(
            en=f"{day!r} is not a date. Write it as 2026-04-30.",
            ja=f"{day!r} は日付ではありません。2026-04-30 のように書いてください。",
        ) from error
    return midnight((asked + timedelta(days=1) - date(1970, 1, 1)).days, zone=zone) - 1


def _require_something(imported: ImportReport, *, data: Path) -> None:
    """Stop with the reasons when no file gave anything."""
    if any(file.error is None and file.rows for file in imported.files):
        return
    problems = [
        (path.name, says)
        for path, says in (
            *((file.path, file.error) for file in imported.files if file.error is not None),
            *((unmatched.path, unmatched.says) for unmatched in imported.unmatched),
        )
    ]
    if not problems:
        raise SourceError(
            en=f"Nothing in {data} fits a [[sources]] section of the model. Add one: kyogyo import {data} --guess --model FILE",
            ja=f"{data} に、モデルの [[sources]] に合うデータがありません。次で追加できます: kyogyo import {data} --guess --model ファイル",
        )
    raise SourceError(
        en="\n".join(f"{name}: {says.en}" for name, says in problems[:5]),
        ja="\n".join(f"{name}: {says.ja}" for name, says in problems[:5]),
    )


def files_read(imported: ImportReport) -> tuple[FileRead, ...]:
    """What became of each file, as the report says it."""
    return tuple(
        FileRead(
            name=file.path.name, source=file.source, taken=file.taken, unchanged=file.unchanged, refused=file.refused,
            retracted=file.retracted, verdicts=str(file.verdicts_path) if file.verdicts_path else None,
            notes=((file.error,) if file.error is not None else ()) + file.notes + tuple(reason for reason, _, _ in file.reasons),
        )
        for file in imported.files
    )  # fmt: skip


def _kept_files(store: Store) -> tuple[FileRead, ...]:
    return tuple(
        FileRead(
            name=file.label,
            source=file.source,
            taken=file.taken,
            unchanged=file.unchanged,
            refused=file.refused,
            retracted=file.retracted,
        )
        for file in store.files()
    )
