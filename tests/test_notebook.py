"""The library: every question one call, shown as sentence, chart and table."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import kyogyo
from kyogyo.errors import KyogyoError, SourceError
from kyogyo.notebook import Funnel
from tests.analytics.small_history import MODEL_TEXT, tokyo

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "small.toml"
    path.write_text(MODEL_TEXT, encoding="utf-8")
    return path


def entries() -> dict[str, list[object]]:
    """60 leads, one a day; every second meets after two days, every fourth is won after ten."""
    rows: list[tuple[str, int, str]] = []
    for n in range(60):
        start = tokyo("2025-10-01 10:00") + n * DAY
        rows.append((f"J{n}", start, "lead"))
        if n % 2 == 0:
            rows.append((f"J{n}", start + 2 * DAY, "meeting"))
        if n % 4 == 0:
            rows.append((f"J{n}", start + 10 * DAY, "won"))
    names = ("journey_id", "at", "stage")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


@pytest.fixture(scope="module")
def funnel(model: Path) -> Funnel:
    attributes = {"journey_id": [f"J{n}" for n in range(60)], "attribute": ["source"] * 60,
                  "value": ["<b>web</b>" if n < 30 else "event" for n in range(60)]}  # fmt: skip
    return kyogyo.measure(
        stage_entries=pa.table(entries()),
        attributes=pa.table(attributes),
        model=model,
        as_of=tokyo("2026-06-30 00:00"),
    )


def test_measure_counts_the_steps_of_a_frame(funnel: Funnel) -> None:
    found = {row["step"]: (row["n"], row["k"]) for row in funnel.steps().table.to_pylist()}

    assert found == {"lead>meeting": (60, 30), "meeting>won": (30, 15)}


def test_measure_gives_the_same_from_polars_and_arrow(funnel: Funnel, model: Path) -> None:
    other = kyogyo.measure(
        stage_entries=pl.DataFrame(entries()), model=model, as_of=tokyo("2026-06-30 00:00")
    )

    assert other.steps().table.equals(funnel.steps().table)


QUESTIONS = [
    "steps",
    "totals",
    "times",
    "stock",
    "moves",
    "deviations",
    "value_per_win",
    "revenue",
    "concentration",
    "bottleneck",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_shows_sentence_conditions_and_table(funnel: Funnel, question: str) -> None:
    shown = getattr(funnel, question)()

    page = shown._repr_html_()

    assert shown.sentence in repr(shown)
    assert f"n = {shown.result.n:,}" in page
    assert "<table>" in page


def test_cohorts_are_drawn_as_a_chart(funnel: Funnel) -> None:
    shown = funnel.cohorts("lead>meeting")

    assert "<svg" in shown._repr_html_()
    assert shown.altair() is not None


def test_shown_result_escapes_what_came_from_the_data(funnel: Funnel) -> None:
    page = funnel.by("source", step="lead>meeting")._repr_html_()

    assert "<b>web</b>" not in page
    assert "&lt;b&gt;web&lt;/b&gt;" in page


def test_unknown_step_is_an_error_that_names_the_measured_ones(funnel: Funnel) -> None:
    with pytest.raises(KyogyoError) as raised:
        funnel.cohorts("lead>moon")

    assert str(raised.value) == (
        "There is no measured step 'lead>moon'. Measured are lead>meeting, meeting>won, lead>won."
    )


def test_unknown_attribute_is_an_error_that_names_the_known_ones(funnel: Funnel) -> None:
    with pytest.raises(KyogyoError) as raised:
        funnel.by("colour", step="lead>meeting")

    assert str(raised.value) == "There is no attribute 'colour'. There are source."


def test_missing_column_is_an_error_that_names_it(model: Path) -> None:
    with pytest.raises(SourceError) as raised:
        kyogyo.measure(stage_entries=pa.table({"journey_id": ["a"], "at": [1]}), model=model)

    assert str(raised.value) == (
        "The table stage_entries has no column stage. It has journey_id, at; rename or add what is missing."
    )


def test_report_is_saved_as_one_page(funnel: Funnel, tmp_path: Path) -> None:
    path = funnel.save_report(tmp_path / "report.html")

    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_package_loads_the_library_on_first_use_only() -> None:
    assert kyogyo.open_model().name.text.en
    with pytest.raises(AttributeError):
        kyogyo.nothing_of_that_name  # noqa: B018 -- the access is the test


def test_watch_and_conflicts_are_of_the_funnels_track(funnel: Funnel) -> None:
    assert (funnel.watch().track, funnel.conflicts().track) == ("new", "new")
    assert {one.series.step for one in funnel.watch().steps} >= set(funnel.step_codes)
