"""`kyogyo demo`: a company that never was, to be worked in as if it were yours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.cli.report import LangOption, show
from kyogyo.cli.serve import HostOption, PortOption, address_of, require_free, run_application
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.reports.contents import FileRead
    from kyogyo.words import Lang


def register(app: typer.Typer) -> None:
    """Add `demo` to the program."""
    app.command("demo")(demo)


def demo(
    folder: Annotated[
        Path,
        typer.Option("--folder", help="Where the company is kept. 会社のデータの置き場所。"),
    ] = Path("kyogyo-demo"),
    seed: Annotated[
        int, typer.Option("--seed", help="Another seed is another company. 乱数の種。")
    ] = 2026,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Make the company anew. 会社を作り直す。"),
    ] = False,
    no_serve: Annotated[
        bool,
        typer.Option("--no-serve", help="End after the report. レポートを出して終了する。"),
    ] = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help="Write the files, print only where they are. 端末には要約を出さない。"
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Make a company with one hidden fault, report on it, and serve it to work in. 架空の会社で試します。

    Three years that end today, about 20,000 journeys, and one log-in for each role. The company is
    kept: the second time it is served at once, without the report. Ctrl-C ends it.

    Example: kyogyo demo --lang ja
    """
    from kyogyo.usecases.prepare_home import choose_home, prepare_database  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.show_demo import clear_demo, is_made, report_demo  # noqa: PLC0415 -- needs django.setup()

    chosen = chosen_lang(lang)
    if not no_serve:
        require_free(host, port)
    # The demo keeps its own records, whatever real ones this machine serves.
    os.environ.pop("KYOGYO_DATABASE_URL", None)
    if fresh or not is_made(folder):
        clear_demo(folder)
    home = choose_home(folder)
    files: tuple[FileRead, ...] = ()
    is_kept = is_made(folder)
    if is_kept:
        prepare_database()
        _say_kept(folder, lang=chosen)
    else:
        files = _make(home, seed=seed, lang=chosen)
    if no_serve or not is_kept:
        # A company that is opened again is measured by what follows its records, while it is served.
        report = report_demo(folder=home, files=files, tell=lambda says: _step(says, chosen))
        out, json_file = folder / "report.html", folder / "report.json"
        show(report, out=out, json_file=json_file, quiet=quiet, lang=chosen)
    if not no_serve:
        typer.echo(_how_to_enter(host, port, lang=chosen))
        run_application(host=host, port=port)


def _make(home: Path, *, seed: int, lang: Lang) -> tuple[FileRead, ...]:
    from kyogyo.cli.progress import import_progress  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.prepare_home import prepare_database  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.show_demo import begin_demo, end_demo, fill_demo, improve_demo  # noqa: PLC0415 -- needs django.setup()

    begin_demo(home, seed=seed, lang=lang)
    prepare_database()
    with import_progress(lang=lang) as progress:
        files = fill_demo(
            folder=home,
            seed=seed,
            lang=lang,
            progress=progress,
            tell=lambda says: _step(says, lang),
        )
    improve_demo(folder=home, lang=lang, tell=lambda says: _step(says, lang))
    end_demo(home, seed=seed, lang=lang)
    return files


def _step(says: Text, lang: Lang) -> None:
    typer.echo(f"… {says.say(lang)}", err=True)


def _say_kept(folder: Path, *, lang: Lang) -> None:
    from kyogyo.usecases.show_demo import kept_lang  # noqa: PLC0415 -- slow import

    says = Text(
        en=f"The company of before is kept in {folder}. To make it anew: kyogyo demo --fresh",
        ja=f"前回の会社を {folder} から開きます。作り直す場合: kyogyo demo --fresh",
    )
    if kept_lang(folder) != lang:
        says = Text(
            en=f"{says.en} --lang en (its names and notes are in Japanese now)",
            ja=f"{says.ja} --lang ja（現在の会社の名前やメモは英語です）",
        )
    typer.echo(says.say(lang), err=True)


def _how_to_enter(host: str, port: int, *, lang: Lang) -> str:
    from kyogyo.usecases.show_demo import log_ins  # noqa: PLC0415 -- slow import

    people = log_ins()
    width = max(len(one.email) for one in people)
    lines = [
        Text(
            en=f"Open {address_of(host, port)} and choose who you are, or sign in (password {people[0].password}):",
            ja=f"{address_of(host, port)} を開いて役割を選ぶか、次のアドレスでログインしてください（パスワード {people[0].password}）:",
        ).say(lang),
        *(f"  {one.email:<{width}}  {one.job.say(lang)}" for one in people),
        Text(en="Ctrl-C ends it.", ja="Ctrl-C で終了します。").say(lang),
    ]
    return "\n" + "\n".join(lines)
