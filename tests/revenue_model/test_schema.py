from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from kyogyo.errors import ModelError
from kyogyo.revenue_model import RevenueModel, Stage, parse_model
from kyogyo.words import Text


@pytest.fixture
def model(small: Callable[..., str]) -> RevenueModel:
    source = '[[sources]]\nname = "file"\nfile = "*.csv"\nshape = "events"\n'
    columns = 'columns = { journey = "id", stage = "s", at = "t" }\n'
    return parse_model(small(more=source + columns), name="acme.toml")


def codes(stages: tuple[Stage, ...]) -> list[str]:
    return [stage.code for stage in stages]


def test_numbers_begin_with_one(model: RevenueModel) -> None:
    assert [model.stage_number(code) for code in ("lead", "won", "later")] == [1, 3, 5]
    assert model.track_number("new") == 1
    assert [model.department_number(code) for code in ("marketing", "sales")] == [1, 2]


def test_entries_are_found_by_their_code(model: RevenueModel) -> None:
    assert model.stage("won") == model.stages[2]
    assert model.track("new") == model.tracks[0]
    assert model.department("sales") == model.departments[1]
    assert model.source("file") == model.sources[0]


def test_path_and_exits_are_stages_in_order(model: RevenueModel) -> None:
    assert codes(model.path("new")) == ["lead", "meeting", "won"]
    assert codes(model.exits("new")) == ["lost", "later"]


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (
            lambda model: model.stage("wonn"),
            Text(
                en='"wonn" is not a stage. Did you mean "won"? '
                "There are: lead, meeting, won, lost, later.",
                ja="「wonn」というフェーズはありません。「won」のことでしょうか。"
                "使えるもの: lead、meeting、won、lost、later。",
            ),
        ),
        (
            lambda model: model.path("old"),
            Text(
                en='"old" is not a track. There are: new.',
                ja="「old」という商流はありません。使えるもの: new。",
            ),
        ),
        (
            lambda model: model.source("files"),
            Text(
                en='"files" is not a source. Did you mean "file"? There are: file.',
                ja="「files」というデータ元はありません。「file」のことでしょうか。使えるもの: file。",
            ),
        ),
    ],
)
def test_unknown_code_is_told_with_the_nearest(
    model: RevenueModel, find: Callable[[RevenueModel], object], text: Text
) -> None:
    with pytest.raises(ModelError) as caught:
        find(model)

    assert caught.value.text == text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "won"),
        ([('value_stage = "won"', 'value_stage = "meeting"')], "meeting"),
        ([('value_stage = "won"', "window_days = 60")], "won"),
        ([('type = "won"', 'type = "open"'), ('value_stage = "won"', "window_days = 60")], None),
    ],
)
def test_value_stage_is_the_declared_one_else_the_first_sale(
    small: Callable[..., str], changes: list[tuple[str, str]], code: str | None
) -> None:
    stage = parse_model(small(*changes), name="acme.toml").value_stage("new")

    assert (stage.code if stage else None) == code


def test_model_never_changes(model: RevenueModel) -> None:
    with pytest.raises(ValidationError):
        model.version = "2"  # type: ignore[misc]


def test_plain_string_is_the_label_in_both_languages(small: Callable[..., str]) -> None:
    text = small(('name = "Acme"', 'name = "合同会社アクメ"'))

    assert parse_model(text, name="acme.toml").name.text == Text(
        en="合同会社アクメ", ja="合同会社アクメ"
    )


def test_what_is_left_out_is_as_documented(model: RevenueModel) -> None:
    calendar, bottleneck = model.calendar, model.bottleneck

    assert (model.format, model.version, model.fiscal_year_start) == (1, "1", 4)
    assert (calendar.holidays, calendar.extra_holidays) == ("JP", ())
    assert (calendar.working_days, calendar.open, calendar.close) == (
        (0, 1, 2, 3, 4),
        "09:00",
        "18:00",
    )
    assert (bottleneck.window_days, bottleneck.baseline_days) == (90, 365)
    assert (bottleneck.value, bottleneck.value_months, bottleneck.gross_margin) == (
        "amount",
        12,
        None,
    )
    assert model.stage("lead").type == "open"
    assert model.stage("lead").horizon_days is None
    assert model.handoffs[0].clocks[0].basis == "business"
    assert model.questions[0].required_from_amount is None
    assert model.sources[0].key == "journey"


def test_dates_of_the_file_are_days_off(small: Callable[..., str]) -> None:
    text = small(("name =", "calendar.extra_holidays = [2026-12-30]\nname ="))
    days = parse_model(text, name="acme.toml").calendar.extra_holidays

    assert [day.isoformat() for day in days] == ["2026-12-30"]
