"""The columns of the board, and the gates that it shows beforehand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kyogyo.errors import MissingRecordError
from kyogyo.records.queries.board import gates_from, read_board
from kyogyo.records.queries.journey_filter import JourneyFilter
from kyogyo.records.queries.model import current
from tests.records.people import MONDAY, Company, make_journey

pytestmark = pytest.mark.django_db


def test_board_counts_sums_and_puts_the_longest_in_a_stage_first(company: Company) -> None:
    new = make_journey(company, at=MONDAY + timedelta(days=9), amount=500)
    old = make_journey(company, at=MONDAY)
    mid = make_journey(company, at=MONDAY + timedelta(days=5), amount=200)
    make_journey(company, stage="mql", amount=70)

    board = read_board(
        actor=company.as_admin, asked=JourneyFilter(), cards=2, now=MONDAY + timedelta(days=36)
    )

    lead, mql, *rest = board.columns
    assert (lead.stage.code, lead.count, lead.amount, lead.unknown, lead.more) == (
        "lead",
        3,
        700,
        1,
        1,
    )
    assert [(row.journey.pk, row.is_stalled) for row in lead.rows] == [
        (old.pk, True),
        (mid.pk, True),
    ]
    assert new.pk not in [row.journey.pk for row in lead.rows]
    assert (mql.stage.code, mql.count, mql.amount, mql.unknown) == ("mql", 1, 70, 0)
    assert sum(column.count for column in rest) == 0
    assert "lost" in [stage.code for stage in board.exits]


def test_board_has_what_somebody_may_see(company: Company) -> None:
    make_journey(company, owner="marketer")
    make_journey(company, owner="inside", stage="working")

    def seen(name: str) -> list[str]:
        board = read_board(actor=company.actor(name), asked=JourneyFilter())
        return [column.stage.code for column in board.columns if column.count]

    assert seen("marketer") == ["lead"]
    assert seen("manager") == ["working"]
    assert seen("admin") == ["lead", "working"]
    assert read_board(actor=company.as_outsider, asked=JourneyFilter()).is_empty


@pytest.mark.parametrize("rows", [1, 3])
def test_board_reads_in_a_fixed_number_of_queries(company: Company, rows: int) -> None:
    for _ in range(rows):
        make_journey(company)
        make_journey(company, stage="mql")
    actor = company.as_admin
    assert actor.sees_all
    current()

    with CaptureQueriesContext(connection) as queries:
        read_board(actor=actor, asked=JourneyFilter())

    assert len(queries) == 4


def test_gates_say_what_each_stage_needs(company: Company) -> None:
    journey = make_journey(company)

    gates = gates_from(actor=company.as_marketer, journey_id=journey.pk)

    assert [(one.kind, one.code) for one in gates["mql"].missing] == [
        ("criterion", "fit_and_interest")
    ]
    assert (gates["lost"].kind, gates["lost"].needs_reason) == ("exit", True)
    assert "lead" not in gates
    assert "churned" not in gates


def test_gates_of_a_journey_of_others_are_not_found(company: Company) -> None:
    journey = make_journey(company)

    with pytest.raises(MissingRecordError):
        gates_from(actor=company.as_outsider, journey_id=journey.pk)
