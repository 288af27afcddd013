"""The weeks of a countermeasure, drawn."""

from __future__ import annotations

import re

import numpy as np

from kyogyo.analytics.single_case import Measure, Panel, TeamWeeks
from kyogyo.usecases.countermeasures import Judged, draw_weeks, save_weeks
from kyogyo.words import Text

NAMES = {7: Text(en="Inside", ja="インサイド"), None: Text(en="Everywhere", ja="全体")}


def judged() -> Judged:
    weeks = tuple(f"2026-01-{day:02}" for day in (5, 12, 19, 26))
    team = TeamWeeks("7", np.array([2.0, 2, 4, 4]), np.array([10.0, 10, 10, 10]))
    panel = Panel(Measure(Text(en="Conversion", ja="転換率")), (team,), weeks)
    pattern = np.array([[False, False, True, True]])
    return Judged(
        "not_started", Text(en="So", ja="それ"), 0, is_early=True, panel=panel, pattern=pattern
    )


def test_chart_of_a_page_says_its_levels_and_names_its_teams() -> None:
    drawn = draw_weeks(judged(), names=NAMES, lang="ja", width=600)
    assert drawn is not None
    assert "インサイド：打ち手なし20.0%、打ち手あり40.0%" in drawn
    # The content policy allows no style in an element.
    assert re.search(r"\sstyle=", drawn) is None


def test_chart_is_saved_as_svg_and_png() -> None:
    svg = save_weeks(judged(), names=NAMES, lang="en", kind="svg")
    png = save_weeks(judged(), names=NAMES, lang="en", kind="png")
    assert svg is not None
    assert b"Inside" in svg
    assert png is not None
    assert png[:8] == b"\x89PNG\r\n\x1a\n"


def test_nothing_is_drawn_where_nothing_was_counted() -> None:
    empty = Judged("not_measurable", Text(en="So", ja="それ"), 0, is_early=True)
    assert draw_weeks(empty, names=NAMES, lang="en", width=600) is None
    assert save_weeks(empty, names=NAMES, lang="en", kind="svg") is None
