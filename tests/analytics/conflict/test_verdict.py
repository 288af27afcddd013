"""From a history to verdicts in words: which pairs, which teams, and what is said."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kyogyo.analytics.conflict import ConflictWatch, Pair, pairs_of, watch_conflicts
from kyogyo.analytics.conflict.count import count_pairs, first_day_of
from kyogyo.period import date_of
from kyogyo.revenue_model import default_model
from tests.analytics.small_history import (
    MODEL_TEXT,
    Row,
    alike,
    entry,
    parse_model,
    small_history,
)

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
METRICS = """
metrics = [
  { code = "meetings", label = { en = "Meetings", ja = "商談数" }, department = "marketing", unit = "share", stage_from = "lead", stage_to = "meeting", guard = "wins" },
  { code = "wins", label = { en = "Wins", ja = "受注率" }, department = "sales", unit = "share", stage_from = "meeting", stage_to = "won", guard = "loyalty" },
  { code = "loyalty", label = { en = "Loyalty", ja = "継続率" }, department = "sales", unit = "share" },
]
"""


@pytest.fixture(scope="module")
def relay() -> Iterator[ModuleType]:
    """The worlds of the benchmark, which is a script and no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module("conflict")


@pytest.fixture(scope="module")
def strong(relay: ModuleType) -> ConflictWatch:
    model = relay.parse_model(relay.MODEL, name="relay.toml")
    history = relay.make_history(relay.simulate(relay.EFFECTS["strong"], seed=5), model=model)
    return watch_conflicts(history, track="new")


def test_a_planted_conflict_is_the_answer_in_both_languages(strong: ConflictWatch) -> None:
    (alarm,) = strong.alarms

    assert alarm.pair == Pair("lead", "meeting", "won", "is", "fs")
    assert alarm is strong.verdicts[0]
    assert strong.sentence.en.startswith("Conflict: Inside sales passes ")
    assert strong.sentence.ja.startswith("対立：Inside sales")
    assert [why.en.rsplit("? ", 1)[1].split(" ")[0] for why in alarm.why] == ["yes"] * 4
    assert alarm.key.startswith("conflict:lead>meeting>won:")
    assert sorted(alarm.unit_names.values()) == [f"Team {i}" for i in range(1, 7)]


def test_the_other_pairs_are_told_beside_it(strong: ConflictWatch) -> None:
    assert {v.pair.code: (v.status, v.alarm) for v in strong.verdicts[1:]} == {
        "lead>meeting": ("ok", False),
        "meeting>won>active": ("ok", False),
    }


def test_counts_of_the_database_and_of_the_benchmark_are_the_same(relay: ModuleType) -> None:
    """Trends, mix, young weeks: what the benchmark scores is what a history is judged by."""
    journeys = relay.simulate(relay.NULLS["all"], seed=3)
    history = relay.make_history(journeys, model=relay.parse_model(relay.MODEL, name="relay.toml"))
    direct = relay.count_directly(journeys)
    asked = count_pairs(history, track="new", pairs=relay.PAIRS, segment="segment")

    for one, other in zip(direct, asked, strict=True):
        for name in ("unit", "block", "segment", "inputs", "volume", "exposure", "successes"):
            assert np.allclose(getattr(one.panel, name), getattr(other.panel, name)), name


def test_pairs_follow_the_departments_and_the_declared_guards() -> None:
    rows = alike(1, 3, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5, "active": 9})
    model = parse_model(MODEL_TEXT + METRICS, name="guards.toml")

    pairs, unwatched = pairs_of(small_history(rows, model=model), track="new")

    assert pairs == (
        Pair(None, "lead", "meeting", "marketing", "sales"),
        Pair("lead", "meeting", "won", "marketing", "sales"),
    )
    assert [(u.metric, u.guard) for u in unwatched] == [("wins", "loyalty")]
    assert "stage_from" in unwatched[0].why.ja


def test_the_guards_of_the_default_model_are_watched_at_each_handoff() -> None:
    model = default_model()
    path = ("lead", "mql", "working", "pending_acceptance", "discovery", "won", "adopted")
    rows = [
        entry(journey, model.stage_number(stage), f"2026-01-{5 + place:02d} 10:00")
        for journey in range(1, 4)
        for place, stage in enumerate(path)
    ]

    pairs, unwatched = pairs_of(small_history(rows, model=model), track="new_business")

    assert {(p.metric, p.guard): (p.code, p.giver, p.receiver) for p in pairs if p.metric} == {
        ("close_rate", "adoption_rate"): ("discovery>won>adopted", "field_sales", "customer_success"),
        ("sao_count", "fs_return_rate"): ("working>pending_acceptance>discovery", "inside_sales", "field_sales"),
        ("mql_accepted", "mql_return_rate"): ("lead>mql>working", "marketing", "inside_sales"),
    }  # fmt: skip
    assert [(u.metric, u.guard) for u in unwatched] == [
        ("new_arr", "first_year_retention"),
        ("nrr", "time_to_first_value"),
    ]


def three_teams() -> list[Row]:
    """28 leads a block and team over nine blocks, a half met after a day, a half of them won after two."""
    rows: list[Row] = []
    for team in (1, 2, 3):
        for i in range(4):
            moves = (
                {"lead": 0, "meeting": 1, "won": 3},
                {"lead": 0, "meeting": 1},
                {"lead": 0},
                {"lead": 0},
            )[i]
            first = 10_000 * team + 1_000 * i + 1
            rows += alike(first, 63, "2026-01-12", moves, every=4, owner=team)
    return rows


def test_blocks_are_whole_and_teams_are_those_at_the_start() -> None:
    history = small_history(three_teams(), as_of="2026-12-31")
    pair = Pair("lead", "meeting", "won", "marketing", "sales")
    names = {1: "North", 2: "North", 3: "South"}

    (counted,) = count_pairs(history, track="new", pairs=[pair], teams=names)

    assert counted.panel is not None
    assert counted.unit_names == {0: "North", 1: "South"}
    assert counted.unknown == 0.0
    # Nine blocks; the oldest is left out, since recording began in it.
    assert sorted(set(counted.panel.block.tolist())) == list(range(732, 740))
    assert date_of(first_day_of(732)).isoformat() == "2026-02-09"
    panel = counted.panel
    sums = [float(c.sum()) for c in (panel.inputs, panel.volume, panel.exposure, panel.successes)]
    assert sums == [8 * 84, 8 * 42, 8 * 42, 8 * 21]


def test_history_without_owners_is_a_coincidence_at_most() -> None:
    rows = [row | {"owner": 0} for row in three_teams()]

    found = watch_conflicts(small_history(rows), track="new")

    assert found.alarms == ()
    assert {v.judgement.units for v in found.verdicts} == {0}


def test_teams_may_be_an_attribute() -> None:
    rows = [row | {"owner": 0} for row in three_teams()]
    region = {
        row["journey"]: ("East", "West", "North")[row["journey"] // 10_000 - 1] for row in rows
    }
    history = small_history(rows, attributes={"region": region})

    found = watch_conflicts(history, track="new", unit_attribute="region")

    assert {v.judgement.units for v in found.verdicts} == {3}


def test_too_little_history_says_what_it_takes() -> None:
    rows = alike(1, 40, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5}, owner=1)

    found = watch_conflicts(small_history(rows), track="new")

    assert {v.status for v in found.verdicts} == {"not_enough_history"}
    assert found.sentence.en.startswith("It is too early")
    assert "まだ判断できません" in found.sentence.ja


def test_stage_dated_by_months_is_refused() -> None:
    rows = [row | {"prec": 3} if row["stage"] == 3 else row for row in three_teams()]

    found = watch_conflicts(small_history(rows), track="new")

    refused = [v for v in found.verdicts if v.status == "refused"]
    assert [v.pair.success for v in refused] == ["won"]
    assert "月または四半期" in refused[0].sentence.ja
