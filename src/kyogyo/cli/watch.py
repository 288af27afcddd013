"""`kyogyo watch`: one look at every step of the records now, and what is told because of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.cli.report import LangOption
from kyogyo.words import Text, count

if TYPE_CHECKING:
    from kyogyo.usecases.watch_records import Look

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Where everything is kept (default: KYOGYO_HOME, else kyogyo-data). データの置き場所。",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `watch` to the program."""
    app.command("watch")(watch)


def watch(home: HomeOption = None, lang: LangOption = None) -> None:
    """Look at every step now and raise alerts for what moved or is at odds; each thing is told once. いま全区間を確認します。

    kyogyo serve looks once a day by itself. The alerts are answered on the page Improve > Alerts.

    Example: kyogyo watch --home kyogyo-data
    """
    import django  # noqa: PLC0415 -- slow import

    from kyogyo.usecases.prepare_home import choose_home  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    choose_home(home)
    django.setup()
    from kyogyo.usecases.watch_records import watch_records  # noqa: PLC0415 -- slow import

    look = watch_records()
    for one in look.told:
        typer.echo(f"- {one.says.say(chosen)}")
    typer.echo(_said(look).say(chosen))


def _said(look: Look) -> Text:
    """What the look came to, in a sentence."""
    tracks, standing, told = (count(n) for n in (look.tracks, look.standing, len(look.told)))
    seen = Text(
        en=f" {standing} told before still hold." if look.standing else "",
        ja=f"以前に知らせた {standing} 件は続いています。" if look.standing else "",
    )
    if not look.told:
        return Text(en=f"Looked at {tracks} tracks: nothing new to tell.", ja=f"{tracks} 商流を確認しました。新しく知らせることはありません。") + seen  # fmt: skip
    return Text(en=f"Looked at {tracks} tracks: told {told} things, on the page of alerts.", ja=f"{tracks} 商流を確認し、{told} 件をアラートに出しました。") + seen  # fmt: skip
