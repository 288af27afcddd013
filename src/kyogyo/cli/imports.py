"""`kyogyo import`: bring in a history, with every row accounted for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.import_summary import ASK, conclude, summarise
from kyogyo.cli.language import chosen_lang

if TYPE_CHECKING:
    from kyogyo.usecases.import_history import ImportReport

EXIT_A_FILE_FAILED = 1
_MODEL = "kyogyo.toml"
_STORE = "kyogyo.duckdb"
_VERDICTS = "kyogyo-verdicts"


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
