"""A chart is drawn once, and again as soon as anything that it is drawn from differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from kyogyo.analytics.readable import Voice
from kyogyo.analytics.single_case.picture import phases_result
from kyogyo.usecases import draw_once as drawing
from tests.usecases.countermeasures.test_picture import judged


def test_chart_is_drawn_again_only_for_another_table_language_or_width(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "counted": {**settings.CACHES["counted"], "LOCATION": tmp_path / "counted"},
    }
    drawn: list[int] = []
    really = drawing.chart_svg

    def count(**given: Any) -> object:
        drawn.append(given["width"])
        return really(**given)

    monkeypatch.setattr(drawing, "chart_svg", count)
    found = judged()
    assert found.panel is not None
    assert found.pattern is not None
    result = phases_result(panel=found.panel, pattern=found.pattern, as_of=0, sentence=found.says)
    asked: dict[str, Any] = {
        "chart": "phases", "result": result, "voice": Voice(lang="en"), "width": 600, "key": "k",
        "title": "T", "says": "S",
    }  # fmt: skip
    first, second = drawing.draw_once(**asked), drawing.draw_once(**asked)
    assert first == second
    assert drawn == [600]
    shorter = replace(result, table=result.table.slice(0, 3))
    for change in ({"result": shorter}, {"voice": Voice(lang="ja")}, {"width": 300}):
        drawing.draw_once(**{**asked, **change})
    assert drawn == [600, 600, 600, 300]
