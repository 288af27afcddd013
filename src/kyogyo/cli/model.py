"""`kyogyo init` and `kyogyo model`: write a model file, check it, see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

_OWN_FILE = Path("kyogyo.toml")

LangOption = Annotated[
    str | None,
    typer.Option("--lang", help="ja or en; otherwise as your system is set. 言語。"),
]
FileArgument = Annotated[
    Path | None,
    typer.Argument(
        help="The model file. Left out: kyogyo.toml here, else the default model. モデルのファイル。"
    ),
]

model_app = typer.Typer(
    help="Check and show a model file. モデルの確認と表示。", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add `init` and `model` to the program."""
    app.command("init")(init)
    app.add_typer(model_app, name="model")


def init(
    path: Annotated[
        Path, typer.Argument(help="Where to write it: a file or a folder. 書き出す先。")
    ] = _OWN_FILE,
    lang: LangOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that is there. 上書きする。")
    ] = False,
) -> None:
    """Write a commented model file to start from. モデルのひな形を書き出します。

    Example: kyogyo init company.toml --lang ja
    """
    from kyogyo.revenue_model.template import write_template  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    written = write_template(path, lang=chosen, overwrite=force)
    _say(
        Text(
            en=f"Wrote {written}. Change it to fit your organisation, then run: "
            f"kyogyo model check {written}",
            ja=f"{written} を書き出しました。自社に合わせて直したら、確認してください: "
            f"kyogyo model check {written}",
        ),
        lang=lang,
    )


@model_app.command("check")
def check(file: FileArgument = None, lang: LangOption = None) -> None:
    """Say what is wrong or odd about a model file. モデルの誤りと注意点を示します。

    Example: kyogyo model check company.toml
    """
    from kyogyo.revenue_model import check_model  # noqa: PLC0415 -- slow import

    model, name = _open(file)
    warnings = check_model(model)
    _say(_all_well(model, name), lang=lang)
    for warning in warnings:
        _say(Text(en=f"  ! {warning.en}", ja=f"  ! {warning.ja}"), lang=lang)


@model_app.command("show")
def show(
    file: FileArgument = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Draw into this SVG file. SVGに描く。")
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", help="The track; otherwise the first. 商流のコード。")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Draw the stream of one track. 1つの商流の流れを図で示します。

    Example: kyogyo model show company.toml --svg stream.svg
    """
    from kyogyo.revenue_model.draw import draw_svg, draw_terminal  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    model, name = _open(file)
    if svg is not None:
        _write(svg, draw_svg(model, track=track, lang=chosen))
        _say(Text(en=f"Drew {name} into {svg}.", ja=f"{name} を {svg} に描きました。"), lang=lang)
        return
    from rich.console import Console  # noqa: PLC0415 -- slow import

    Console().print(draw_terminal(model, track=track, lang=chosen))
    shown = track or model.tracks[0].code
    others = ", ".join(each.code for each in model.tracks if each.code != shown)
    if others:
        _say(Text(en=f"\nOther tracks: {others}", ja=f"\nほかの商流: {others}"), lang=lang)


def _open(file: Path | None) -> tuple[RevenueModel, str]:
    """The model and what to call it."""
    from kyogyo.revenue_model import default_model, load_model  # noqa: PLC0415 -- slow import

    if file is None and not _OWN_FILE.exists():
        return default_model(), "THE MODEL"
    path = _OWN_FILE if file is None else file
    return load_model(path), str(path)


def _all_well(model: RevenueModel, name: str) -> Text:
    counts = (
        (len(model.departments), "departments", "部門"),
        (len(model.tracks), "tracks", "商流"),
        (len(model.stages), "stages", "フェーズ"),
        (len(model.handoffs), "handoffs", "引き継ぎ"),
        (len(model.metrics), "metrics", "指標"),
        (len(model.sources), "sources", "データ元"),
    )
    en = ", ".join(f"{word} {number}" for number, word, _ in counts)
    ja = "、".join(f"{word} {number}" for number, _, word in counts)
    return Text(en=f"{name} can be used: {en}.", ja=f"{name} は使えます（{ja}）。")


def _say(text: Text, *, lang: str | None) -> None:
    typer.echo(text.say(chosen_lang(lang)))


def _write(path: Path, content: str) -> None:
    from kyogyo.errors import ModelError  # noqa: PLC0415 -- slow import

    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ModelError(
            en=f"{path} can't be written: {error.strerror}.",
            ja=f"{path} を書き込めません（{error.strerror}）。",
        ) from None
