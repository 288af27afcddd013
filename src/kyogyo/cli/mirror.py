"""`kyogyo mirror`: the measuring copy of the records, brought up to date or made anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.cli.report import LangOption
from kyogyo.words import Text, count

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyogyo.usecases.copy_records import Copied
    from kyogyo.words import Lang


def register(app: typer.Typer) -> None:
    """Add `mirror` to the program."""
    app.command("mirror")(mirror)


def mirror(
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Make the copy anew from the records. 最初から作り直す。"),
    ] = False,
    keep_following: Annotated[
        bool, typer.Option("--follow", help="Go on until Ctrl-C. Ctrl-C まで追従を続ける。")
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            help="Where everything is kept (default: KYOGYO_HOME, else kyogyo-data). データの置き場所。",
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Bring the measuring copy up to the records; pages, report and notebook count on it. 計測用コピーを更新します。

    kyogyo serve does this by itself. Run it by hand where the application isn't running, or with --rebuild to
    make the copy anew: nothing a person entered lives only there.

    Example: kyogyo mirror --rebuild --home kyogyo-data
    """
    import django  # noqa: PLC0415 -- slow import

    from kyogyo.cli.progress import watch_copy  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.copy_records import copy_records  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.prepare_home import choose_home  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    place = choose_home(home)
    django.setup()
    if rebuild or not keep_following:
        with watch_copy(lang=chosen) as tell:
            copied = copy_records(rebuild=rebuild, tell=tell)
        typer.echo(_told(copied, place=place).say(chosen))
    if keep_following:
        _follow(lang=chosen, tell=lambda found: typer.echo(_told(found, place=place).say(chosen)))


def _follow(*, lang: Lang, tell: Callable[[Copied], None]) -> None:
    import signal  # noqa: PLC0415 -- slow import
    import threading  # noqa: PLC0415 -- slow import

    from kyogyo.usecases.copy_records import follow  # noqa: PLC0415 -- slow import

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    typer.echo(
        Text(en="Following the records (Ctrl-C ends it).", ja="記録に追従しています(Ctrl-C で終了)。").say(lang)
    )  # fmt: skip
    follow(stop=stop, told=tell)


def _told(copied: Copied, *, place: Path) -> Text:
    """What one look brought, in a sentence or two."""
    if not copied.is_set_up:
        return Text(
            en="Kyogyo is not set up there yet, so there is nothing to copy. Start it: kyogyo serve",
            ja="初期設定がまだなので、コピーするものがありません。kyogyo serve で起動してください。",
        )
    took = f"{copied.seconds:.1f}"
    entries, journeys, changes = (
        count(number) for number in (copied.entries, copied.journeys, copied.changes)
    )
    if copied.is_whole:
        said = Text(
            en=f"Copied all: {entries} entries of {journeys} journeys, in {took} s. → {place / 'mirror.duckdb'}",
            ja=f"すべてコピーしました: {journeys} 案件、{entries} 件の移行、{took} 秒。→ {place / 'mirror.duckdb'}",
        )
    elif copied.changes:
        said = Text(
            en=f"Brought {changes} changes of {journeys} journeys, visible after {took} s. Now {entries} entries.",
            ja=f"{changes} 件の変更({journeys} 案件)を反映しました。反映まで {took} 秒、移行は計 {entries} 件です。",
        )
    else:
        said = Text(
            en=f"Nothing had changed. The copy holds {entries} entries.",
            ja=f"変更はありませんでした。コピーには {entries} 件の移行があります。",
        )
    if not copied.left_out:
        return said
    left = count(copied.left_out)
    return Text(
        en=f"{said.en} {left} entries name a stage or track that the model doesn't have, and aren't counted.",
        ja=f"{said.ja} モデルにないフェーズや商流の記録が {left} 件あり、集計には含まれません。",
    )
