"""Why a rate moved: other journeys than before, or the same kinds doing worse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_history import Row, alike, changed_model, day, small_history

from kyogyo.analytics.explain import explain_step
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.nodes import Level, Node

STEP = "lead>meeting"
LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip
BEFORE, NOW = "2026-01-01", "2026-04-01"
Cell = tuple[int, int]  # (n, k): so many leads, of which so many meet


def opened(cells: dict[str, tuple[Cell, Cell]], *, more: dict[str, dict[str, str]] | None = None) -> Funnel:  # fmt: skip
    """Groups of leads before and now; '' = without a value."""
    rows: list[Row] = []
    source: dict[int, str] = {}
    first = 1
    for name, sides in cells.items():
        for start, (n, k) in zip((BEFORE, NOW), sides, strict=True):
            rows += alike(first, k, start, {"lead": 0, "meeting": 5})
            rows += alike(first + k, n - k, start, {"lead": 0})
            if name:
                source |= dict.fromkeys(range(first, first + n), name)
            first += n
    attributes = {"source": source, "nothing": dict.fromkeys(range(1, first), "same")}
    history = small_history(rows, attributes=attributes, model=changed_model(LEAD_30))
    return open_funnel(history, track="new")


def moved(funnel: Funnel) -> Node:
    """The step from the day of the first leads to that of the others."""
    before, now = (Level(1.0, 1.0, day(start), day(start) + 1) for start in (BEFORE, NOW))
    return Node(kind="conversion", step=STEP, status="ok", n=1, now=now, reference=before)


def test_the_same_kinds_doing_worse_is_no_mix() -> None:
    funnel = opened({"web": ((100, 60), (100, 30)), "fair": ((100, 40), (100, 38))})
    (found,) = explain_step(funnel, node=moved(funnel), attributes=("source",))
    assert found.change == pytest.approx((30 + 38) / 200 - (60 + 40) / 200)
    assert (found.mix, found.rate) == (pytest.approx(0.0), pytest.approx(-0.16))
    assert (found.worst, found.worst_before, found.worst_now, found.worst_n) == ("web", 0.6, 0.3, 100)  # fmt: skip
    assert found.worst_share_of_change == pytest.approx(0.15 / 0.16)
    assert (found.groups, found.fell) == (2, 2)


def test_other_journeys_than_before_is_all_mix() -> None:
    """Simpson: each kind does as well as before, but more of the poor kind came."""
    funnel = opened({"web": ((150, 90), (50, 30)), "fair": ((50, 10), (150, 30))})
    (found,) = explain_step(funnel, node=moved(funnel), attributes=("source",))
    assert found.change == pytest.approx(60 / 200 - 100 / 200)
    assert (found.mix, found.rate) == (pytest.approx(-0.2), pytest.approx(0.0))
    assert (found.groups, found.fell) == (2, 0)


def test_mix_and_rate_add_up_to_the_change() -> None:
    funnel = opened({"web": ((70, 30), (50, 11)), "fair": ((50, 20), (90, 44)), "": ((25, 2), (30, 1))})  # fmt: skip
    (found,) = explain_step(funnel, node=moved(funnel), attributes=("source",))
    assert found.mix + found.rate == pytest.approx(found.change)


def test_journeys_without_a_value_are_a_group_of_their_own() -> None:
    funnel = opened({"web": ((50, 20), (50, 20)), "": ((50, 30), (50, 5))})
    (found,) = explain_step(funnel, node=moved(funnel), attributes=("source",))
    assert found.worst == "(unknown)"


@pytest.mark.parametrize("tiny", [((19, 19), (60, 0)), ((60, 60), (19, 0)), ((19, 19), (19, 0))])
def test_a_group_too_small_on_a_side_is_not_the_worst(tiny: tuple[Cell, Cell]) -> None:
    funnel = opened({"web": ((60, 30), (60, 25)), "tiny": tiny})
    (found,) = explain_step(funnel, node=moved(funnel), attributes=("source",))
    assert (found.worst, found.groups) == ("web", 1)


def test_attributes_that_can_t_tell_are_left_out_and_the_largest_mix_comes_first() -> None:
    """One value only, or too few journeys on a side."""
    funnel = opened({"web": ((150, 90), (50, 30)), "fair": ((50, 10), (150, 30))})
    found = explain_step(funnel, node=moved(funnel), attributes=("nothing", "source"))
    assert [e.attribute for e in found] == ["source"]
    few = opened({"web": ((10, 5), (60, 30)), "fair": ((9, 5), (60, 3))})
    assert explain_step(few, node=moved(few), attributes=("source",)) == ()


def test_without_a_reference_or_a_horizon_there_is_nothing_to_explain() -> None:
    funnel = opened({"web": ((60, 30), (60, 25)), "fair": ((60, 30), (60, 25))})
    node = moved(funnel)
    assert explain_step(funnel, node=replace(node, reference=None), attributes=("source",)) == ()
    assert explain_step(funnel, node=replace(node, now=None), attributes=("source",)) == ()
    unknown = replace(funnel, horizons={STEP: None})
    assert explain_step(unknown, node=node, attributes=("source",)) == ()
