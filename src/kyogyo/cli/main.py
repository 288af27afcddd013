"""`kyogyo`: the program's commands, and how it says what went wrong."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kyogyo import __version__
from kyogyo.cli import demo, imports, mirror, model, report, serve, watch
from kyogyo.cli.language import chosen_lang
from kyogyo.errors import KyogyoError
from kyogyo.words import Lang

EXIT_WRONG_INPUT = 2

app = typer.Typer(
    name="kyogyo",
    help="Measures every step from lead to customer, names the one that holds revenue back, and says what the data can't tell.\n\n"
    "リードから顧客までの各区間を計測し、売上を止めている区間を示し、データから言えないことも伝えます。\n\n"
    "Start with: kyogyo demo. For your own organisation: kyogyo serve. For a look at data without it: kyogyo init, kyogyo import DATA --guess, kyogyo report DATA --model kyogyo.toml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"kyogyo {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version. バージョンを表示。",
            is_eager=True,
            callback=_version,
        ),
    ] = False,
) -> None:
    pass


demo.register(app)
serve.register(app)
mirror.register(app)
watch.register(app)
report.register(app)
imports.register(app)
model.register(app)


def main() -> None:
    """Run the program. What a person can act on is said in words; everything else is a defect and shows its trace."""
    try:
        app(prog_name="kyogyo")
    except KyogyoError as error:
        sys.stderr.write(f"{error.say(_said_language())}\n")
        sys.exit(EXIT_WRONG_INPUT)


def _said_language() -> Lang:
    """The language of the message: --lang if it was given, else as set."""
    asked = next(
        (sys.argv[i + 1] for i, word in enumerate(sys.argv[:-1]) if word == "--lang"), None
    )
    try:
        return chosen_lang(asked)
    except KyogyoError:
        return chosen_lang()
