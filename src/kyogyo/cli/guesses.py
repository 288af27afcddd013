"""`kyogyo import --guess`: show a proposed mapping, ask, and remember it in the model file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kyogyo.words import Text

if TYPE_CHECKING:
    from rich.console import Console

    from kyogyo.revenue_model import RevenueModel
    from kyogyo.usecases.guess_mapping import Proposal
    from kyogyo.words import Lang

_HEADINGS = (
    Text(en="Column", ja="列"),
    Text(en="Taken as", ja="使い方"),
    Text(en="Why", ja="理由"),
    Text(en="How sure", ja="確かさ"),
)
_SURENESS = (
    (0.9, Text(en="sure", ja="高い")),
    (0.7, Text(en="likely", ja="中くらい")),
    (0.0, Text(en="perhaps", ja="低い")),
)
_REMEMBER = Text(en="Write this into {file}?", ja="この対応付けを {file} に書き込みますか")
_NOT_ASKED = Text(
    en="Not remembered: there is no terminal to ask on. Add --yes to accept it, or copy the section "
    "above into {file}.",
    ja="端末ではないため確認できず、書き込んでいません。--yes を付けるか、上の内容を {file} に写してください。",
)


def propose(
    data: Sequence[Path],
    *,
    model_file: Path,
    model: RevenueModel,
    sheet: str | None,
    yes: bool,
    lang: Lang,
    console: Console,
) -> RevenueModel:
    """Propose a mapping for each file that no source reads; returns the model with those accepted."""
    from kyogyo.usecases.guess_mapping import guess_mapping  # noqa: PLC0415 -- slow import
    from kyogyo.usecases.importing.find_files import (  # noqa: PLC0415 -- slow import
        find_files,
        looks_like_table,
        match_files,
    )
    from kyogyo.usecases.remember_mapping import (  # noqa: PLC0415 -- slow import
        remember_mapping,
    )

    files = find_files(data)
    read = {match.file.path for match in match_files(files, model=model)}
    for file in files:
        named = file.path in data
        if file.path in read or not (named or looks_like_table(file)):
            continue
        proposal = guess_mapping(file.path, model=model, sheet=sheet)
        show(proposal, lang=lang, console=console)
        if proposal.source is None:
            continue
        if yes or (
            sys.stdin.isatty() and typer.confirm(_REMEMBER.say(lang).format(file=model_file))
        ):
            model = remember_mapping(model_file=model_file, source=proposal.source)
        elif not sys.stdin.isatty():
            _say(console, _NOT_ASKED.say(lang).format(file=model_file))
    return model


def show(proposal: Proposal, *, lang: Lang, console: Console) -> None:
    """Print a proposal: what each column is taken for, what is left to decide, and the section."""
    from rich.table import Table  # noqa: PLC0415 -- slow import

    from kyogyo.usecases.remember_mapping import section_of  # noqa: PLC0415 -- slow import

    if proposal.source is None:
        why = proposal.refusal.say(lang) if proposal.refusal is not None else ""
        _say(console, f"{proposal.path.name}: {why}")
        return
    table = Table(box=None, pad_edge=False, title=proposal.path.name, title_justify="left")
    for heading in _HEADINGS:
        table.add_column(heading.say(lang))
    for guess in proposal.guesses:
        sure = next(text for least, text in _SURENESS if guess.confidence >= least)
        table.add_row(guess.column, guess.role, guess.why.say(lang), sure.say(lang))
    console.print(table)
    if proposal.unused:
        unused = Text(en="Left out", ja="使わない列").say(lang)
        _say(console, f"{unused}: {', '.join(proposal.unused)}")
    for point in proposal.open:
        _say(console, f"? {point.say(lang)}")
    _say(console, "")
    _say(console, section_of(proposal.source))


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
