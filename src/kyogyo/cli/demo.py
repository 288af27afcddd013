"""`kyogyo demo`: a company that never was, reported on as if it were yours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.cli.report import LangOption, show


def register(app: typer.Typer) -> None:
    """Add `demo` to the program."""
    app.command("demo")(demo)


def demo(
    folder: Annotated[
        Path,
        typer.Option("--folder", help="Where the company's files go. 会社のデータの置き場所。"),
    ] = Path("kyogyo-demo"),
    seed: Annotated[
        int, typer.Option("--seed", help="Another seed is another company. 乱数の種。")
    ] = 2026,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help="Write the files, print only where they are. 端末には要約を出さない。"
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Simulate a company with one hidden fault, import it, and report. 架空の会社で試します。

    Three years, about 20,000 journeys; its files go through the same import as yours would.

    Example: kyogyo demo --lang ja
    """
    from kyogyo.cli.progress import import_progress  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.show_demo import show_demo  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    with import_progress(lang=chosen) as progress:
        made = show_demo(folder=folder, seed=seed, lang=chosen, progress=progress)
    show(
        made, out=folder / "report.html", json_file=folder / "report.json", quiet=quiet, lang=chosen
    )
