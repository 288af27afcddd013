"""`kyogyo report`: the main job on a file, a folder, a store, or the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang

if TYPE_CHECKING:
    from kyogyo.reports.contents import Report
    from kyogyo.words import Lang

LangOption = Annotated[
    str | None, typer.Option("--lang", help="ja or en; otherwise as your system is set. 言語。")
]


def register(app: typer.Typer) -> None:
    """Add `report` to the program."""
    app.command("report")(report)


def report(
    data: Annotated[
        Path | None,
        typer.Argument(
            help="A folder or file of data, or a store made by `kyogyo import`. データ。"
        ),
    ] = None,
    records: Annotated[
        bool,
        typer.Option(
            "--records",
            help="Report on what people work on in Kyogyo, instead of DATA. 業務の記録から作成。",
        ),
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            help="With --records: where everything is kept (default: KYOGYO_HOME, else kyogyo-data). データの置き場所。",
        ),
    ] = None,
    model: Annotated[
        Path,
        typer.Option("--model", help="The model file, with its [[sources]]. モデルのファイル。"),
    ] = Path("kyogyo.toml"),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Where to write the page (default: kyogyo-report.html). 出力先。"
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", help="Also write every result for machines. 機械可読の結果も書き出す。"
        ),
    ] = None,
    track: Annotated[
        str | None,
        typer.Option(
            "--track", help="The track to report on (default: the one with most journeys). 商流。"
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Observed up to this day, as 2026-04-30. 観測最終日。"),
    ] = None,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            "--verdicts", help="Where to write what became of each row. 各行の判定の出力先。"
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help="Write the files, print only where they are. 端末には要約を出さない。"
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Measure a history, name what holds revenue back, and write the report. 計測し、レポートを書き出します。

    Writes one self-contained HTML page, and prints the same in the terminal.

    Example: kyogyo report exports/ --model kyogyo.toml --json result.json --lang ja
    """
    from kyogyo.cli.progress import import_progress  # noqa: PLC0415 -- slow import
    from kyogyo.revenue_model import load_model  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.report_data import report_data  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.report_records import report_records  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    target = out or Path("kyogyo-report.html")
    if data is None or records:
        _require_one(data, records=records)
        made = report_records(home=home, track=track, as_of=as_of)
        show(made, out=target, json_file=json_file, quiet=quiet, lang=chosen)
        return
    declared = load_model(model)
    with import_progress(lang=chosen) as progress:
        made = report_data(
            data=data,
            model=declared,
            track=track,
            as_of=as_of,
            verdict_dir=verdicts,
            progress=progress,
            lang=chosen,
        )
    show(made, out=target, json_file=json_file, quiet=quiet, lang=chosen)


def _require_one(data: Path | None, *, records: bool) -> None:
    from kyogyo.errors import KyogyoError  # noqa: PLC0415 -- slow import

    if (data is None) == records:
        return
    raise KyogyoError(
        en="Say what to report on: either DATA (a folder, a file or a store), or --records for what people work on.",
        ja="何のレポートかを指定してください。データ(フォルダー、ファイル、保存先)か、業務の記録なら --records のどちらか一方です。",
    )


def show(made: Report, *, out: Path, json_file: Path | None, quiet: bool, lang: Lang) -> None:
    """Write the page, and the machine's version if asked; print the terminal's version unless `quiet`."""
    from rich.console import Console  # noqa: PLC0415 -- slow import

    from kyogyo.cli.files import write_text  # noqa: PLC0415 -- slow import
    from kyogyo.reports.html import render_html  # noqa: PLC0415 -- slow import
    from kyogyo.reports.machine import render_json  # noqa: PLC0415 -- slow import
    from kyogyo.reports.terminal import render_terminal  # noqa: PLC0415 -- slow import

    write_text(out, render_html(report=made, lang=lang))
    if json_file is not None:
        import json  # noqa: PLC0415 -- slow import

        write_text(
            json_file, json.dumps(render_json(report=made), ensure_ascii=False, indent=1) + "\n"
        )
    console = Console()
    if not quiet:
        render_terminal(report=made, lang=lang, console=console)
    console.print(
        f"→ {out}" + (f", {json_file}" if json_file is not None else ""),
        highlight=False,
        soft_wrap=True,
    )
