"""A part of a history is what a history of those journeys alone would be; the whole isn't touched."""

from __future__ import annotations

import numpy as np
import pytest
from small_history import LEAD, MEETING, WON, Row, entry, small_history

from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import open_funnel, reopen_funnel
from kyogyo.analytics.restrict import Restriction, restrict, values_of
from kyogyo.analytics.steps import consecutive_steps, count_steps
from kyogyo.analytics.stock import came_from, flows
from kyogyo.analytics.timing import time_in_stage

WEB, EVENT = (1, 3, 5), (2, 4)


def rows() -> list[Row]:
    """Five leads of owner 7 (1, 2, 3) and 8 (4, 5); 1, 2 and 4 meet with owner 9, 1 wins."""
    return [
        *(entry(j, LEAD, f"2026-04-0{j} 10:00", owner=7 if j < 4 else 8) for j in range(1, 6)),
        *(entry(j, MEETING, f"2026-04-1{j} 10:00", owner=9) for j in (1, 2, 4)),
        entry(1, WON, "2026-04-20 10:00", owner=9, amount=500),
    ]


def history() -> History:
    source = dict.fromkeys(WEB, "web") | dict.fromkeys(EVENT, "event")
    return small_history(rows(), attributes={"source": source}, as_of="2026-04-30")


def part_of(whole: History, value: str) -> History:
    codes = {name: code for code, name in whole.value_names.items()}
    kept = Restriction({whole.attributes["source"]: frozenset({codes[value]})})
    return restrict(whole, restriction=kept)


def test_restriction_to_nothing_in_particular_is_the_history_itself() -> None:
    whole = history()
    assert restrict(whole, restriction=Restriction()) is whole


def test_part_counts_the_journeys_with_the_value_and_the_whole_stays() -> None:
    whole = history()
    part = part_of(whole, "event")

    assert (part.journeys, part.entries) == (2, 4)
    held = {code: int(flow.balance[-1]) for code, flow in flows(part, track="new").items()}
    assert held == {"lead": 0, "meeting": 2, "won": 0}
    assert int(flows(whole, track="new")["lead"].balance[-1]) == 2
    assert whole.engine.integers("SELECT COUNT(*) AS n FROM journeys")["n"].tolist() == [5]


def test_part_has_the_numbers_of_a_history_of_those_journeys_alone() -> None:
    part = part_of(history(), "web")
    alone = small_history([r for r in rows() if r["journey"] in WEB], as_of="2026-04-30")

    steps = consecutive_steps(alone, track="new")
    for code, counts in count_steps(alone, steps=steps).items():
        same = count_steps(part, steps=steps)[code]
        for name in ("day", "lag", "cause", "count"):
            assert getattr(same, name).tolist() == getattr(counts, name).tolist()
    assert time_in_stage(part, track="new").table.equals(time_in_stage(alone, track="new").table)


def test_value_that_is_not_recorded_is_a_value() -> None:
    whole = small_history(rows(), attributes={"source": {1: "web"}}, as_of="2026-04-30")
    unknown = restrict(whole, restriction=Restriction({1: frozenset({0})}))

    assert values_of(whole, attribute="source", track="new") == {0: 4, 1: 1}
    assert unknown.journeys == 4


def test_no_value_keeps_nothing() -> None:
    none = restrict(history(), restriction=Restriction({1: frozenset()}))
    assert (none.journeys, none.entries, flows(none, track="new")) == (0, 0, {})


def test_owners_keep_their_own_stays_and_the_steps_that_began_with_them() -> None:
    part = restrict(history(), restriction=Restriction(owners=frozenset({7})))

    assert part.journeys == 3
    steps = count_steps(part, steps=consecutive_steps(part, track="new"))
    assert {code: counts.n for code, counts in steps.items()} == {
        "lead>meeting": 3,
        "meeting>won": 0,
    }
    assert steps["lead>meeting"].within(30) == 2
    came = came_from(part, track="new", since_day=0, until_day=10**6)
    assert came == {(LEAD, 0): 3}


def test_two_parts_at_once_do_not_see_each_other() -> None:
    whole = history()
    web, event = part_of(whole, "web"), part_of(whole, "event")
    assert (web.journeys, event.journeys) == (3, 2)
    assert web.engine.integers("SELECT COUNT(*) AS n FROM journeys")["n"].tolist() == [3]


def test_reopened_funnel_is_judged_as_the_whole_one() -> None:
    funnel = open_funnel(history(), track="new")
    part = reopen_funnel(funnel, history=part_of(funnel.history, "web"), total="lead>won")

    assert part.horizons == funnel.horizons
    assert {code: counts.n for code, counts in part.steps.items()} == {"lead>meeting": 3, "meeting>won": 1}  # fmt: skip
    assert list(part.totals) == ["lead>won"]


def test_since_day_leaves_out_who_entered_the_first_stage_before() -> None:
    whole = history()
    day = int(whole.engine.integers("SELECT MAX(day) AS d FROM visits WHERE stage = 1")["d"][0])
    steps = consecutive_steps(whole, track="new")[:1]
    assert count_steps(whole, steps=steps, since_day=day - 1)["lead>meeting"].n == 2


@pytest.mark.parametrize(("first", "last", "n"), [(1, 6, 5), (2, 4, 2)])
def test_time_in_stage_can_be_of_those_who_entered_in_a_span(first: int, last: int, n: int) -> None:
    whole = history()
    start = int(np.min(whole.engine.integers("SELECT day FROM visits ORDER BY day")["day"])) - 1
    found = time_in_stage(whole, track="new", since_day=start + first, until_day=start + last)
    assert found.table.to_pylist()[0]["n"] == n
