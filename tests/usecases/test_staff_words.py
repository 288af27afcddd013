"""Whether more could be served: said where the model tells how many people there are, asked for once where not."""

from __future__ import annotations

import pytest

from kyogyo.analytics.bottleneck import Bottleneck, find_bottleneck
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.nodes import Node
from kyogyo.usecases.staff_words import ask_for_staff, say_staff
from kyogyo.words import Text
from tests.analytics.small_history import changed_model, small_history
from tests.usecases.test_answer import stream

SALES = '{ code = "sales", label = { en = "Sales", ja = "営業" } }'
WAITING = Node("capacity", "lead>meeting", "ok", 100, department="sales")
FEWER = Node("volume", "lead", "ok", 100)
NOTHING = Text("", "")


def looked(staff: str = "") -> tuple[Funnel, Bottleneck]:
    """40 leads a week, which is 174 a month, wait for sales."""
    model = changed_model((SALES, SALES.replace(" } }", " }" + staff + " }")))
    rows = stream(weeks=30, rates=[0.5] * 30)
    funnel = open_funnel(small_history(rows, as_of="2025-08-03", model=model), track="new")
    return funnel, find_bottleneck(funnel)


@pytest.mark.parametrize(
    ("people", "node", "verdict"),
    [
        (20, WAITING, "More can't be served: it takes more people, or less time for each."),
        (40, WAITING, "More could be served: that they wait isn't for want of people"),
        (40, FEWER, "more could be served; no more are counted on."),
    ],
)
def test_whether_more_could_be_served_is_said(people: int, node: Node, verdict: str) -> None:
    funnel, found = looked(f", headcount = {people}, per_person_month = 8")
    said = say_staff(funnel, found, node)

    assert said.en.startswith(
        f"Sales can take up about {people * 8} journeys a month ({people} people × 8); about "
    )
    assert verdict in said.en
    assert said.ja.startswith(f"営業が対応できるのは月に約 {people * 8} 件（{people} 人 × 8 件）で")
    assert ask_for_staff(funnel, found, node) is None
    assert found.stream is not None
    assert found.stream.ceilings == {"lead>meeting": people * 8}


def test_staff_that_isnt_told_is_asked_for_and_nothing_said() -> None:
    funnel, found = looked()
    asked = ask_for_staff(funnel, found, WAITING)

    assert say_staff(funnel, found, WAITING) == NOTHING
    assert asked is not None
    assert "write headcount and per_person_month of Sales in the model file" in asked.en
    assert "営業の headcount（人数）" in asked.ja


def test_nobody_is_asked_for_where_nobody_takes_over() -> None:
    funnel, found = looked()
    later = Node("conversion", "meeting>won", "ok", 100)
    leaving = Node("churn", "won", "ok", 100)

    assert ask_for_staff(funnel, found, later) is None
    assert ask_for_staff(funnel, found, leaving) is None
