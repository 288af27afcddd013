"""The demonstration names the fault that was hidden in it, through files and import like real data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyogyo.analytics.simulate import DEMO_FAULT, simulate_company
from kyogyo.period import date_of, first_day
from kyogyo.reports.contents import Report
from kyogyo.revenue_model import default_model
from kyogyo.usecases.show_demo import SEED, START_MONTH, show_demo


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("demo")
    return show_demo(folder=folder, seed=SEED, lang="ja"), folder


def test_demo_names_the_hidden_fault(made: tuple[Report, Path]) -> None:
    answer = made[0].answer

    assert (answer.status, answer.stage) == ("named", DEMO_FAULT.stage)
    assert answer.candidates.table.to_pylist()[0]["kind"] == DEMO_FAULT.kind


def test_demo_dates_the_fault_to_within_a_month(made: tuple[Report, Path]) -> None:
    began = first_day(START_MONTH + DEMO_FAULT.from_month - 1)
    named = made[0].answer.candidates.table.to_pylist()[0]["current_from"]

    assert date_of(began - 31).isoformat() <= named <= date_of(began + 31).isoformat()


def test_demo_interval_of_the_cost_holds_the_true_cost(made: tuple[Report, Path]) -> None:
    truth = simulate_company(model=default_model(), seed=SEED, start_month=START_MONTH).truth
    cost = made[0].answer.cost_per_month

    assert cost is not None
    assert cost.lo <= truth.cost_per_month <= cost.hi


def test_demo_leaves_every_row_accounted_for(made: tuple[Report, Path]) -> None:
    report, folder = made

    assert {file.refused for file in report.files} == {0}
    for file in report.files:
        lines = (folder / "data" / file.name).read_text(encoding="utf-8").count("\n") - 1
        assert file.taken + file.unchanged == lines


def test_demo_says_that_it_is_simulated(made: tuple[Report, Path]) -> None:
    notice = made[0].notice

    assert notice is not None
    assert "架空" in notice.ja


def test_demo_shows_the_full_cycle_track_beside_the_divided_one(made: tuple[Report, Path]) -> None:
    tracks = next(section for section in made[0].sections if section.id == "tracks")

    assert [exhibit.title.ja for exhibit in tracks.exhibits if exhibit.title] == [
        default_model().track("full_cycle").label.text.ja
    ]


def test_demo_says_everything_in_both_languages(made: tuple[Report, Path]) -> None:
    report = made[0]
    said = [
        report.answer.headline,
        report.answer.paragraph,
        *report.answer.reasons,
        *report.next_actions,
    ]
    said += [caveat.says for caveat in report.caveats]
    said += [exhibit.result.sentence for section in report.sections for exhibit in section.exhibits]

    assert [text for text in said if not text.en or not text.ja] == []
    assert [text.ja for text in said if not any(ord(letter) > 0x3000 for letter in text.ja)] == []
