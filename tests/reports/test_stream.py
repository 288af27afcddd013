"""The picture of the stream: heights, departments in order, and what is unknown."""

from kyogyo.analytics.readable import Voice
from kyogyo.reports.contents import StreamStage
from kyogyo.reports.stream import stream_view
from kyogyo.words import Text

EN = Voice(lang="en")


def _stage(code, department, entered, **more):
    return StreamStage(
        code=code,
        label=Text(code, code),
        department=Text(department, department),
        entered=entered,
        balance=3,
        **more,
    )


def test_heights_are_per_cent_of_the_largest_and_lead_to_the_next():
    view = stream_view(
        stages=[_stage("a", "M", 200), _stage("b", "M", 50), _stage("c", "S", 1)], voice=EN
    )
    assert [department["label"] for department in view] == ["M", "S"]
    stages = [stage for department in view for stage in department["stages"]]
    assert [(stage["height"], stage["next"]) for stage in stages] == [
        (100.0, 25.0),
        (25.0, 1.5),
        (1.5, None),
    ]


def test_a_department_that_comes_back_is_drawn_again():
    view = stream_view(
        stages=[_stage("a", "M", 2), _stage("b", "S", 2), _stage("c", "M", 1)], voice=EN
    )
    assert [department["label"] for department in view] == ["M", "S", "M"]


def test_a_stage_without_data_has_no_height_and_zero_is_zero():
    view = stream_view(
        stages=[_stage("a", "M", 10), _stage("b", "M", 0), _stage("c", "M", 0, measured=False)],
        voice=EN,
    )
    heights = [stage["height"] for stage in view[0]["stages"]]
    assert heights == [100.0, 0.0, None]


def test_an_unknown_rate_says_why():
    stage = _stage("a", "M", 10, rate_note=Text("not enough history", "履歴不足"), rate_n=4)
    [department] = stream_view(stages=[stage], voice=Voice(lang="ja"))
    [view] = department["stages"]
    assert (view["rate"], view["rate_known"], view["interval"], view["n"]) == (
        "履歴不足",
        False,
        None,
        "4",
    )
    assert view["median"] == "未確認"


def test_a_known_rate_has_interval_and_n():
    stage = _stage(
        "a", "M", 10, rate=0.5, rate_lo=0.25, rate_hi=0.75, rate_n=1000, median_s=86_400.0
    )
    [department] = stream_view(stages=[stage], voice=EN)
    [view] = department["stages"]
    assert (view["rate"], view["interval"], view["n"], view["median"]) == (
        "50.0%",
        "25.0–75.0%",
        "1,000",
        "1.0 days",
    )


def test_water_is_carried_across_stages_without_data():
    stages = [
        _stage("a", "M", 100),
        _stage("b", "M", 0, measured=False),
        _stage("c", "M", 0, measured=False),
        _stage("d", "M", 40),
        _stage("e", "M", 0, measured=False),
    ]
    [department] = stream_view(stages=stages, voice=EN)
    said = [
        (view["height"], view["level"], view["next"], view["to"]) for view in department["stages"]
    ]
    assert said == [
        (100.0, 100.0, 80.0, "d"),
        (None, 80.0, 60.0, "d"),
        (None, 60.0, 40.0, None),
        (40.0, 40.0, None, None),
        (None, None, None, None),
    ]


def test_no_stages_give_no_picture():
    assert stream_view(stages=[], voice=EN) == []
