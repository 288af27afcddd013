"""The report as JSON: complete, in one order, and nothing that JSON doesn't have."""

import json
from dataclasses import replace

import pyarrow as pa

from kyogyo.reports.contents import Answer
from kyogyo.reports.machine import SCHEMA, render_json, result_as_json


def test_json_goes_around_unchanged(report):
    made = render_json(report=report)
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_json_is_the_same_every_time(sample, report):
    again = sample.sample_report()
    assert json.dumps(render_json(report=again)) == json.dumps(render_json(report=report))


def test_json_has_the_documented_keys_in_order(report):
    assert list(render_json(report=report)) == [
        "schema", "title", "organisation", "notice", "model_version", "as_of", "covers", "made_at",
        "zone", "currency", "generated_from", "answer", "next_actions", "stream", "sections",
        "caveats", "definitions", "files", "labels",
    ]  # fmt: skip
    assert SCHEMA == 1


def test_a_result_has_its_rows_and_its_conditions(sample):
    made = result_as_json(sample.by_source())
    assert made["definition"] == "win_rate@1"
    assert (made["basis"], made["unit"], made["n"], made["as_of"]) == (
        "cohort",
        "share",
        7940,
        sample.AS_OF,
    )
    assert made["columns"] == ["segment", "n", "k", "rate", "lo", "hi"]
    assert made["rows"] == sample.by_source().table.to_pylist()
    assert made["facts"] == {"by": "source"}
    assert made["status"] == "ok"


def test_nan_and_infinity_are_unknown(sample):
    table = pa.table({"a": [1.5, float("nan")], "b": [float("inf"), None]})
    made = result_as_json(replace(sample.funnel(), table=table, facts={"p": float("nan")}))
    assert made["rows"] == [{"a": 1.5, "b": None}, {"a": None, "b": None}]
    assert made["facts"] == {"p": None}


def test_an_unmeasured_stage_is_unknown_and_not_zero(report):
    last = render_json(report=report)["stream"][-1]
    assert (last["code"], last["measured"], last["entered"], last["balance"]) == (
        "adopted",
        False,
        None,
        None,
    )


def test_an_answer_without_a_named_step_has_nulls(sample, report):
    answer = Answer(
        status="not_enough_history",
        headline=sample.text("a", "b"),
        paragraph=sample.text("c", "d"),
        candidates=sample.candidates(),
    )
    made = render_json(report=replace(report, answer=answer))["answer"]
    assert [
        made[key] for key in ("status", "stage", "step", "cost_per_month", "probability_top")
    ] == [
        "not_enough_history",
        None,
        None,
        None,
        None,
    ]


def test_every_definition_that_a_result_names_is_there(report):
    made = render_json(report=report)
    named = {
        exhibit["result"]["definition"]
        for section in made["sections"]
        for exhibit in section["exhibits"]
    } | {made["answer"]["candidates"]["definition"]}
    assert {each["key"] for each in made["definitions"]} == named
