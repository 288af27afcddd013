"""`kyogyo import --records`: a history into the records that people work in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kyogyo.cli.import_summary import ASK, conclude, summarise
from kyogyo.words import Text, count

if TYPE_CHECKING:
    from rich.console import Console

    from kyogyo.records.actions.imports import Taken
    from kyogyo.usecases.import_history import ImportReport
    from kyogyo.words import Lang

_VERDICTS = "verdicts"


def import_into_records(
    data: list[Path],
    *,
    model: Path | None,
    home: Path | None,
    dry_run: bool,
    asks: bool,
    label: str | None,
    sheet: str | None,
    verdicts: Path | None,
    lang: Lang,
    console: Console,
) -> bool:
    """Import, say what became of the files, and return whether every file was imported.

    A `model` file is adopted first: its mappings are then part of the model in force.
    """
    from kyogyo.cli.progress import import_progress  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.prepare_home import choose_home, prepare_database  # noqa: PLC0415 -- needs django.setup()

    place = choose_home(home)
    prepare_database()
    from kyogyo.records.access import SYSTEM  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.actions.model import adopt  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.import_lock import alone  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.usecases.import_records import import_records  # noqa: PLC0415 -- needs django.setup()

    if model is not None:
        adopt(actor=SYSTEM, text=model.read_text(encoding="utf-8"))
    whole = any(path.is_dir() for path in data)
    # A page that looks at the imports sees by the lock that this one is at work.
    with alone(place), import_progress(lang=lang) as progress:

        def confirm(report: ImportReport) -> bool:
            progress.stop()
            summarise(report, lang=lang, console=console, whole=whole)
            return typer.confirm(ASK.say(lang))

        made = import_records(
            actor=SYSTEM,
            paths=data,
            home=place,
            dry_run=dry_run,
            confirm=confirm if asks else None,
            verdict_dir=verdicts or place / _VERDICTS,
            progress=progress,
            label=label,
            sheet=sheet,
            lang=lang,
        )
    if not asks:
        summarise(made.files, lang=lang, console=console, whole=whole)
    conclude(made.files, place=place, lang=lang, console=console, dry_run=dry_run)
    if made.taken is not None:
        for line in (_said(made.taken), *_otherwise(made.taken)):
            console.print(line.say(lang), highlight=False, soft_wrap=True, markup=False)
    return not made.files.failed


def _otherwise(taken: Taken) -> list[Text]:
    """What is kept otherwise than the files say it."""
    said = []
    if taken.amounts_unknown:
        said.append(
            Text(
                en=f"! Amounts that are negative or too large for a deal, kept as unknown: {count(taken.amounts_unknown)}.",
                ja=f"! 金額が負の数か大きすぎるため、不明として保存したもの: {count(taken.amounts_unknown)} 件。",
            )
        )
    if taken.texts_cut:
        said.append(
            Text(
                en=f"! Records with a text too long to be kept whole, which was shortened: {count(taken.texts_cut)}.",
                ja=f"! 文字数が上限を超えたため、短くして保存したもの: {count(taken.texts_cut)} 件。",
            )
        )
    return said


def _said(taken: Taken) -> Text:
    return Text(
        en=f"In the records: {count(taken.accounts)} accounts, {count(taken.journeys)} journeys and "
        f"{count(taken.entries)} entries new or changed, {count(taken.voided)} entries taken back.",
        ja=f"記録への反映: 取引先 {count(taken.accounts)} 社、案件 {count(taken.journeys)} 件、"
        f"フェーズ移行 {count(taken.entries)} 件を追加・更新し、{count(taken.voided)} 件を取り消しました。",
    )
