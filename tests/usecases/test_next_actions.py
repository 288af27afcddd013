"""What to do next fits the node, is about the work, and names where to click; no rival that costs nothing is named."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kyogyo.analytics.bottleneck import Bottleneck, find_bottleneck
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.gains import Valued
from kyogyo.analytics.nodes import Level, Node
from kyogyo.usecases.answer import word_answer
from kyogyo.usecases.next_actions import actions_at
from kyogyo.words import Text
from tests.analytics.small_history import alike, small_history

KINDS = ("volume", "mix", "conversion", "delay", "capacity", "value", "churn", "expansion")
PAGES = (
    ("Bottleneck", "ボトルネック"),
    ("List", "一覧"),
    ("Review", "振り返り"),
    ("feedback", "フィードバック"),
)


@cache
def funnel() -> Funnel:
    """Sixty leads; what is said doesn't depend on them."""
    rows = alike(1, 60, "2026-01-01", {"lead": 0, "meeting": 3, "won": 9}, every=1)
    return open_funnel(small_history(rows), track="new")


def node_of(kind: str, *, changed_on: int | None = 20_500) -> Node:
    step = "lead>meeting" if kind in {"conversion", "delay", "capacity"} else "lead"
    step = "won" if kind in {"value", "churn", "expansion"} else step
    level = Level(30.0, 60.0, 20_500, 20_560)
    return Node(kind=kind, step=step, status="ok", n=60, now=level, reference=replace(level, successes=40.0),
                changed_on=changed_on, department="sales" if kind == "capacity" else "")  # fmt: skip


@pytest.mark.parametrize("changed_on", [None, 20_500])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_node_has_three_things_to_do_and_a_page_to_click(
    kind: str, changed_on: int | None
) -> None:
    actions = actions_at(funnel(), node_of(kind, changed_on=changed_on))
    assert len(actions) == 3
    assert all(a.en.endswith((".", "?")) and a.ja.endswith(("。", "）。", "か。")) for a in actions)
    for page_en, page_ja in PAGES:
        # What one language sends to a page, the other does too.
        assert [page_en in a.en for a in actions] == [page_ja in a.ja for a in actions]
    assert any(en in a.en for a in actions for en, _ in PAGES)
    assert any("2026-02-16" in a.en and "2026-02-16" in a.ja for a in actions) is (
        changed_on is not None and kind != "capacity"
    )


def test_no_two_kinds_are_told_the_same_to_look_at() -> None:
    first = [actions_at(funnel(), node_of(kind))[0] for kind in KINDS]
    assert len({a.en for a in first}) == len({a.ja for a in first}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_countermeasure_is_offered_where_the_page_can_plan_one(kind: str) -> None:
    offered = any("Start a countermeasure" in a.en for a in actions_at(funnel(), node_of(kind)))
    assert offered is (kind in {"volume", "conversion", "delay"})


def test_discounts_are_spoken_of_only_where_the_value_fell() -> None:
    spoken = [k for k in KINDS if any("discount" in a.en for a in actions_at(funnel(), node_of(k)))]
    assert spoken == ["value"]


def test_a_queue_is_handled_by_those_who_give_and_those_who_take_up() -> None:
    first = actions_at(funnel(), node_of("capacity"))[0]
    assert "Marketing and Sales agree how many come to “Lead” a week" in first.en
    assert "マーケティングと営業で、「リード」に週何件まで渡すか" in first.ja


# ------------------------------------------------------- ties


@cache
def measured() -> Bottleneck:
    return find_bottleneck(funnel())


def valued(kind: str, *, mid: float, sure: bool, p_top: float) -> Valued:
    return Valued(node_of(kind), np.zeros(1), mid=mid, lo=mid / 2, hi=2 * mid + 1, mean=mid, p_top=p_top, sure=sure)  # fmt: skip


def said(*others: Valued) -> tuple[Text, Text]:
    top = valued("volume", mid=5e5, sure=True, p_top=0.45)
    found = replace(measured(), status="tie", unit="money", top=top, ranked=(top, *others))
    answer = word_answer(funnel(), found, ())
    return answer.headline, answer.paragraph


@pytest.mark.parametrize("mid", [0.0, -10.0, float("nan")])
def test_a_rival_that_more_likely_costs_nothing_isn_t_named(mid: float) -> None:
    headline, paragraph = said(valued("value", mid=mid, sure=False, p_top=0.4))
    assert headline.en.startswith("“New entries into Lead” is what holds you back: it costs about ¥500k")  # fmt: skip
    assert headline.ja.startswith(
        "売上を止めているのは「リードへの新規流入」です。損失は月あたり ¥50万"
    )
    assert "No other node can be told from chance" in paragraph.en
    for text in (headline.en, headline.ja, paragraph.en, paragraph.ja):
        assert not any(word in text for word in ("Value of a win", "受注 1 件の価値", "nan", "¥0"))


def test_the_rival_is_the_first_that_may_cost_something() -> None:
    headline, paragraph = said(
        valued("value", mid=0.0, sure=False, p_top=0.3),
        valued("delay", mid=2e5, sure=False, p_top=0.2),
    )
    assert headline.en == "“New entries into Lead” holds you back; whether “Days from Lead → Meeting” costs you more can't be said."  # fmt: skip
    assert "¥200k" in paragraph.en


def test_two_that_are_sure_are_both_named() -> None:
    headline, _ = said(valued("value", mid=4e5, sure=True, p_top=0.4))
    assert (
        headline.ja
        == "売上を止めているのは「リードへの新規流入」と「受注 1 件の価値」で、どちらが大きいかは言い切れません。"
    )


def test_a_level_that_is_no_number_isn_t_said() -> None:
    empty = replace(node_of("volume"), now=Level(0.0, 0.0, 20_500, 20_500))
    top = replace(valued("volume", mid=5e5, sure=True, p_top=0.9), node=empty)
    answer = word_answer(funnel(), replace(measured(), status="named", unit="money", top=top, ranked=(top,)), ())  # fmt: skip
    assert "nan" not in answer.paragraph.en + answer.paragraph.ja + answer.headline.en
