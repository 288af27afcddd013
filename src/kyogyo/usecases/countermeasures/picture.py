"""The weeks of a countermeasure as behaviour analysts draw them: in the page, and as a file for a slide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kyogyo.analytics.readable import Voice
from kyogyo.analytics.single_case import Panel
from kyogyo.analytics.single_case.picture import phases_result, say_levels
from kyogyo.reports.svg import FileKind, chart_file
from kyogyo.usecases.draw_once import draw_once

if TYPE_CHECKING:
    from markupsafe import Markup

    from kyogyo.analytics.results import Result
    from kyogyo.usecases.countermeasures.judge import Judged
    from kyogyo.words import Lang, Text

_FILE_WIDTH = 960


def draw_weeks(
    judged: Judged, *, names: Mapping[int | None, Text], lang: Lang, width: int
) -> Markup | None:
    """The chart for a page; None where there is nothing to draw. `names` are those of the teams."""
    found = _result(judged, names, lang)
    if found is None:
        return None
    result, panel = found
    assert judged.pattern is not None  # noqa: S101 -- `_result` asks
    return draw_once(
        chart="phases",
        result=result,
        voice=Voice(lang=lang),
        width=width,
        key=f"weeks-{width}",
        title=panel.measure.label.say(lang),
        says=say_levels(panel, judged.pattern).say(lang),
    )


def save_weeks(
    judged: Judged, *, names: Mapping[int | None, Text], lang: Lang, kind: FileKind
) -> bytes | None:
    """The chart as a file that stands alone; None where there is nothing to draw."""
    found = _result(judged, names, lang)
    if found is None:
        return None
    return chart_file(
        chart="phases", result=found[0], voice=Voice(lang=lang), width=_FILE_WIDTH, kind=kind
    )


def _result(
    judged: Judged, names: Mapping[int | None, Text], lang: Lang
) -> tuple[Result, Panel] | None:
    if judged.panel is None or judged.pattern is None:
        return None
    teams = tuple(
        replace(one, team=names[int(one.team) if one.team else None].say(lang))
        for one in judged.panel.teams
    )
    panel = replace(judged.panel, teams=teams)
    result = phases_result(
        panel=panel, pattern=judged.pattern, as_of=judged.as_of, sentence=judged.says
    )
    return result, panel
