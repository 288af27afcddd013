"""THE MODEL as it ships: complete, without an odd place, and readable in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kyogyo.revenue_model import Label, check_model, default_model
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.revenue_model.parts import Declared

MODEL = default_model()
JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龠]")
# Words that Japanese sales people write in Latin letters too.
SAME_IN_BOTH = {"MQL"}


def labels(declared: Declared) -> Iterator[Label]:
    for name in type(declared).model_fields:
        value = getattr(declared, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Label):
                yield part
            elif isinstance(part, Declared):
                yield from labels(part)


def test_nothing_about_it_is_odd() -> None:
    assert check_model(MODEL) == ()


def test_new_business_has_the_phases_of_the_model_in_order() -> None:
    assert [(stage.code, stage.department) for stage in MODEL.path("new_business")] == [
        ("lead", "marketing"),
        ("mql", "marketing"),
        ("working", "inside_sales"),
        ("qualifying", "inside_sales"),
        ("meeting_set", "inside_sales"),
        ("pending_acceptance", "field_sales"),
        ("discovery", "field_sales"),
        ("evaluation", "field_sales"),
        ("proposal", "field_sales"),
        ("negotiation", "field_sales"),
        ("won", "field_sales"),
        ("onboarding", "customer_success"),
        ("adopted", "customer_success"),
    ]


def test_full_cycle_has_no_handoff_before_the_contract() -> None:
    handoffs = {(handoff.from_stage, handoff.to_stage) for handoff in MODEL.handoffs}
    steps = list(pairwise(MODEL.track("full_cycle").stages))

    assert [step for step in steps if step in handoffs] == [("won", "onboarding")]


def test_a_handoff_stands_where_the_department_changes() -> None:
    changes = [
        (before.code, after.code)
        for before, after in pairwise(MODEL.path("new_business"))
        if before.department != after.department
    ]

    assert changes == [(each.from_stage, each.to_stage) for each in MODEL.handoffs[:3]]


def test_every_clock_runs_in_business_hours() -> None:
    clocks = [clock for handoff in MODEL.handoffs for clock in handoff.clocks]

    assert {clock.basis for clock in clocks} == {"business"}


@pytest.mark.parametrize("stage", [stage.code for stage in MODEL.stages])
def test_stage_says_what_the_buyer_does_and_when_it_is_left(stage: str) -> None:
    declared = MODEL.stage(stage)
    last = {"renewed", "expanded"}

    assert declared.buyer_state is not None
    assert bool(declared.exit_criteria) == (
        declared.type not in ("lost", "recycled") and stage not in last
    )


def test_bantch_is_asked_when_inside_sales_hands_over() -> None:
    handoff = next(each for each in MODEL.handoffs if each.code == "inside_sales_to_field_sales")

    bantch = ["budget", "authority", "needs", "timeframe", "competitor", "human_resources"]
    assert [code for code in bantch if code not in handoff.questions] == []


def test_every_department_but_the_first_has_a_way_back() -> None:
    givers = {channel.giver for channel in MODEL.channels}

    assert givers == {department.code for department in MODEL.departments[1:]}


def test_each_department_owns_one_number_with_a_guard() -> None:
    owned = [metric for metric in MODEL.metrics if metric.owner is not None]

    assert sorted(metric.department for metric in owned) == sorted(
        department.code for department in MODEL.departments
    )
    assert [metric.code for metric in owned if metric.guard is None] == []


def test_the_owned_numbers_of_each_handoff_have_a_guard_that_can_be_watched() -> None:
    steps = {metric.code: (metric.stage_from, metric.stage_to) for metric in MODEL.metrics}
    watched = [
        (steps[metric.code], steps[metric.guard])
        for metric in MODEL.metrics
        if metric.guard is not None and None not in steps[metric.code] + steps[metric.guard]
    ]

    assert sorted(watched) == [
        (("discovery", "won"), ("won", "adopted")),
        (("lead", "working"), ("mql", "working")),
        (("working", "discovery"), ("pending_acceptance", "discovery")),
    ]


def test_metric_tree_has_one_root_that_grows_and_no_targets_of_others() -> None:
    parents = {metric.parent for metric in MODEL.metrics}
    roots = [each.code for each in MODEL.metrics if each.code in parents and each.parent is None]

    assert roots == ["arr"]
    assert [metric.code for metric in MODEL.metrics if metric.target is not None] == []


def test_every_label_is_written_in_both_languages() -> None:
    every = list(labels(MODEL))

    assert len(every) > 250
    assert [label.en for label in every if JAPANESE.search(label.en)] == []
    assert [
        label.ja
        for label in every
        if not JAPANESE.search(label.ja) and label.ja not in SAME_IN_BOTH
    ] == []


def test_no_two_things_of_a_kind_have_the_same_name() -> None:
    for entries in (MODEL.stages, MODEL.reasons, MODEL.questions, MODEL.metrics, MODEL.tracks):
        for names in (
            [entry.label.en for entry in entries],
            [entry.label.ja for entry in entries],
        ):
            assert [name for name in names if names.count(name) > 1] == []


def test_every_key_of_the_schema_is_shown_or_explained_in_the_file() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")

    def keys(data: Any) -> Iterator[str]:
        if isinstance(data, dict):
            for key, value in data.items():
                yield key
                yield from keys(value)
        elif isinstance(data, list):
            for value in data:
                yield from keys(value)

    shown = set(keys(tomllib.loads(text)))
    sections = [type(entries[0]) for _, entries in MODEL if isinstance(entries, tuple) and entries]
    fields = {name for section in sections for name in section.model_fields}

    assert [name for name in sorted(fields - shown) if f"{name} =" not in text] == []
