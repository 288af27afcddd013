"""`kyogyo import`: bring in a history, with every row accounted for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.words import Text, count

if TYPE_CHECKING:
    from rich.console import Console

    from kyogyo.usecases.import_history import FileReport, ImportReport
    from kyogyo.words import Lang

EXIT_A_FILE_FAILED = 1
_MODEL = "kyogyo.toml"
_STORE = "kyogyo.duckdb"
_VERDICTS = "kyogyo-verdicts"
_NOTES_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add `import` to the program."""
    app.command("import")(import_)


def import_(
    data: Annotated[
        list[Path], typer.Argument(help="Files, or folders with files. ファイルまたはフォルダー。")
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            help=f"The model file, with its [[sources]] (default: {_MODEL}). モデルのファイル。",
        ),
    ] = None,
    records: Annotated[
        bool,
        typer.Option(
            "--records",
            help="Into the records that `kyogyo serve` serves. アプリケーションの記録に取り込む。",
        ),
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            help="Where the records are kept (default: KYOGYO_HOME, else kyogyo-data). 記録の置き場所。",
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store",
            help=f"Where the history is kept (default: {_STORE} beside the model). 保存先。",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Read and check everything, keep nothing. 何も保存せずに確認だけ行う。",
        ),
    ] = False,
    guess: Annotated[
        bool,
        typer.Option(
            "--guess",
            help="Propose a mapping for a file that no source reads. 列の対応付けを提案する。",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask for confirmation. 確認を求めない。")
    ] = False,
    label: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="Another name for the file's content: what comes later under it replaces it. 内容の名前。",
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(
            "--sheet", help="The sheet of a workbook, or the list of a JSON file. シート名。"
        ),
    ] = None,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            "--verdicts",
            help=f"Where to write what became of each row (default: {_VERDICTS} beside the store). 判定の出力先。",
        ),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="ja or en; otherwise as your system is set. 言語。")
    ] = None,
) -> None:
    """Bring in a history: every row is taken, unchanged, refused with its reason, or ignored. 履歴を取り込みます。

    Everything is read and checked first and shown as a summary; on a terminal you are then asked.
    Each file is imported whole or not at all. The same file twice changes nothing; a corrected
    file under the same name replaces what it said. Exit status: 0 also when rows were refused
    (they are reported, and written to a file to be corrected), 1 when a file could not be imported.

    Example: kyogyo import exports/ --model kyogyo.toml --lang ja
    """
    from rich.console import Console  # noqa: PLC0415 -- slow import

    from kyogyo.cli.progress import import_progress  # noqa: PLC0415 -- slow import
    from kyogyo.mirror import Store  # noqa: PLC0415 -- slow import
    from kyogyo.revenue_model import load_model  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.import_history import import_history  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    console = Console()
    asks = sys.stdin.isatty() and not yes and not dry_run
    if records:
        from kyogyo.cli.into_records import import_into_records  # noqa: PLC0415 -- slow import

        is_whole = import_into_records(
            data, model=model, home=home, dry_run=dry_run, asks=asks, label=label, sheet=sheet,
            verdicts=verdicts, lang=chosen, console=console,
        )  # fmt: skip
        raise typer.Exit(0 if is_whole else EXIT_A_FILE_FAILED)
    model = model or Path(_MODEL)
    declared = load_model(model)
    if guess:
        from kyogyo.cli.guesses import propose  # noqa: PLC0415 -- slow import

        declared = propose(
            data,
            model_file=model,
            model=declared,
            sheet=sheet,
            yes=yes,
            lang=chosen,
            console=console,
        )
    place = store or model.parent / _STORE
    folder = verdicts or place.parent / _VERDICTS
    is_new = not place.exists()
    from_folder = any(path.is_dir() for path in data)
    with Store.open(place, model=declared) as opened, import_progress(lang=chosen) as progress:

        def confirm(report: ImportReport) -> bool:
            progress.stop()
            summarise(report, lang=chosen, console=console, whole=from_folder)
            return typer.confirm(ASK.say(chosen))

        report = import_history(
            paths=data,
            model=declared,
            store=opened,
            dry_run=dry_run,
            confirm=confirm if asks else None,
            verdict_dir=folder,
            progress=progress,
            label=label,
            sheet=sheet,
            lang=chosen,
        )
    if not report.kept and is_new:
        # Nothing was kept, so neither is the empty store that was made for it.
        place.unlink(missing_ok=True)
    if not asks:
        summarise(report, lang=chosen, console=console, whole=from_folder)
    conclude(report, place=place, lang=chosen, console=console, dry_run=dry_run)
    if report.failed:
        raise typer.Exit(EXIT_A_FILE_FAILED)


ASK = Text(en="Import this?", ja="この内容で取り込みますか")
_HEADINGS = (
    Text(en="File", ja="ファイル"),
    Text(en="Source", ja="データ元"),
    Text(en="Rows", ja="行数"),
    Text(en="Taken", ja="取り込み"),
    Text(en="Unchanged", ja="変更なし"),
    Text(en="Refused", ja="受け付けず"),
    Text(en="Ignored", ja="対象外"),
    Text(en="Retracted", ja="取り消し"),
)


def summarise(report: ImportReport, *, lang: Lang, console: Console, whole: bool) -> None:
    """Print what became of each file: a table, then reasons, notes and what was not read.

    Sources without a file are only worth a line when `whole` folders were to be read.
    """
    from rich.table import Table  # noqa: PLC0415 -- slow import

    table = Table(box=None, pad_edge=False)
    for position, heading in enumerate(_HEADINGS):
        table.add_column(heading.say(lang), justify="left" if position < 2 else "right")
    for file in report.files:
        counts = (file.rows, file.taken, file.unchanged, file.refused, file.ignored, file.retracted)
        cells = ["-"] * len(counts) if file.error else [count(number) for number in counts]
        table.add_row(file.label.partition(":")[2], file.source, *cells)
    if report.files:
        console.print(table)
    for file in report.files:
        _explain(file, lang=lang, console=console)
    for unmatched in report.unmatched:
        _say(console, f"? {unmatched.path.name}: {unmatched.says.say(lang)}")
    if whole and report.without_file:
        names = ", ".join(report.without_file)
        says = Text(
            en=f"No file was given for: {names}.", ja=f"ファイルがなかったデータ元: {names}。"
        )
        _say(console, f"? {says.say(lang)}")


def _explain(file: FileReport, *, lang: Lang, console: Console) -> None:
    lines = []
    if file.error is not None:
        lines.append(f"  x {file.error.say(lang)}")
    for reason, times, row in file.reasons:
        where = Text(
            en=f"{times:,} refused, first in row {row}",
            ja=f"{times:,} 行を受け付けず(最初は {row} 行目)",
        )
        lines.append(f"  - {where.say(lang)}: {reason.say(lang)}")
    lines += [f"  ! {note.say(lang)}" for note in file.notes[:_NOTES_SHOWN]]
    if len(file.notes) > _NOTES_SHOWN:
        more = len(file.notes) - _NOTES_SHOWN
        lines.append(Text(en=f"  ! {more} more notes", ja=f"  ! ほかに {more} 件の注記").say(lang))
    for path in (file.verdicts_path, file.refused_path):
        if path is not None:
            lines.append(f"  → {path}")
    if lines:
        _say(console, file.label)
        for line in lines:
            _say(console, line)


def conclude(
    report: ImportReport, *, place: Path, lang: Lang, console: Console, dry_run: bool
) -> None:
    """Say what is kept now, and how many files failed."""
    if not report.files:
        says = Text(
            en="No file was read. Name files that a [[sources]] section of the model reads, or let "
            "one be proposed: kyogyo import FILE --guess",
            ja="読み込んだファイルはありません。モデルの [[sources]] に合うファイルを指定するか、対応付けの提案を"
            "使ってください: kyogyo import ファイル --guess",
        )
    elif dry_run:
        says = Text(en="Nothing was kept (dry run).", ja="確認のみ行い、何も保存していません。")
    elif not report.kept:
        says = Text(en="Nothing was kept.", ja="何も保存していません。")
    else:
        says = Text(en=f"Kept in {place}.", ja=f"{place} に保存しました。")
    _say(console, says.say(lang))
    failed = len(report.failed)
    if failed:
        says = Text(
            en=f"Files that could not be imported: {failed} of {len(report.files)}."
            + (" The others were." if report.kept and failed < len(report.files) else ""),
            ja=f"{len(report.files)} 件中 {failed} 件のファイルを取り込めませんでした。",
        )
        _say(console, says.say(lang))


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
