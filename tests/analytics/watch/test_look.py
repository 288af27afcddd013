"""The steps of a history, watched: what is told to whom, charts beside it, young weeks left out."""

from __future__ import annotations

import pytest

from kyogyo.analytics.watch import Watch, chart_result, watch_steps
from tests.analytics.small_history import alike, small_history
from tests.analytics.small_stream import Change, make_stream


@pytest.fixture(scope="module")
def fallen() -> Watch:
    history = make_stream(days=420, changes={"lead>meeting": Change(300, 0.6)})
    return watch_steps(history, track="new")


def test_a_planted_fall_is_one_alert_to_its_department(fallen: Watch) -> None:
    (alert,) = fallen.alerts

    assert alert.key == "new:conversion:lead>meeting:down:2024-10-28"
    assert (alert.department, alert.better) == ("marketing", False)
    assert alert.sentence is fallen.sentence
    assert alert.sentence.en.startswith(
        "Lead → Meeting (Marketing) has fallen since the week of 2024-10-28: "
    )
    assert alert.sentence.ja.startswith(
        "リード→商談（マーケティング）が 2024-10-28 の週から下がっています。"
    )
    assert [(c.what, c.step) for c in alert.follows][:1] == [("entries", "meeting")]
    assert "entries into Meeting" in alert.why.en


def test_nobody_is_told_twice(fallen: Watch) -> None:
    (alert,) = fallen.alerts

    assert fallen.untold([]) == (alert,)
    assert fallen.untold([alert.key]) == ()
    assert fallen.untold(["new:conversion:lead>meeting:down:2024-11-11"]) == ()


def test_old_news_is_no_alert() -> None:
    history = make_stream(days=420, changes={"lead>meeting": Change(150, 0.6)})
    old = watch_steps(history, track="new", news_weeks=8)

    assert old.alerts == ()
    assert [
        c.direction
        for step in old.steps
        for c in step.changes
        if step.series.step == "lead>meeting"
    ] == ["down"]


def test_every_stage_and_step_has_its_chart_since_the_last_change(fallen: Watch) -> None:
    assert [step.label.en for step in fallen.steps] == [
        "entries into Lead", "Lead → Meeting", "entries into Meeting", "Meeting → Won", "entries into Won",
    ]  # fmt: skip
    step = fallen.steps[1]
    assert step.status == "ok"
    assert int(step.series.weeks[step.chart_from]) == step.changes[-1].since
    assert step.chart.values.size == step.series.weeks.size - step.chart_from
    assert step.chart.centre < 0.4
    assert [caveat.code for caveat in fallen.caveats] == ["watch_season_unknown"]


def test_chart_of_a_step_is_a_result_with_its_limits(fallen: Watch) -> None:
    entries, conversion = (chart_result(fallen, step) for step in fallen.steps[:2])

    assert (entries.definition.unit, conversion.definition.unit) == ("count", "share")
    assert conversion.table.column_names == ["week", "n", "value", "centre", "lower", "upper", "outside"]  # fmt: skip
    assert conversion.table.num_rows == fallen.steps[1].chart.values.size
    assert conversion.table["week"][0].as_py() == "2024-10-28"


def test_weeks_too_young_to_judge_are_left_out(fallen: Watch) -> None:
    """A meeting takes up to 9 days, so the newest conversions are of an older week than the newest entries."""
    newest = {step.label.en: int(step.series.weeks[-1]) for step in fallen.steps}

    assert newest["Lead → Meeting"] < newest["entries into Lead"]
    assert all(week % 7 == 4 for week in newest.values())  # Mondays: 1970-01-05 is day 4


def test_few_weeks_are_too_early_and_say_so() -> None:
    rows = alike(1, 60, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5}, every=1)

    early = watch_steps(small_history(rows, as_of="2026-03-10"), track="new")

    assert early.alerts == ()
    assert {step.status for step in early.steps} == {"too_early"}
    assert early.sentence.ja == "まだ見張れません。判断できる古さの週が 12 週ある区間がありません。"
    assert all(step.signals == () for step in early.steps)


def test_steady_stream_has_nothing_to_tell() -> None:
    calm = watch_steps(make_stream(days=420), track="new")

    assert calm.alerts == ()
    assert calm.sentence.en == "Nothing out of the ordinary (5 series watched)."
