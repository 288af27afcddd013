"""The indexes by which SQLite answers the main questions: a wrong one once took seconds of a million journeys."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection

from kyogyo.records.access import accounts_for, found_by, journeys_for, on_seen_journeys
from kyogyo.records.models import Handoff
from kyogyo.records.queries import desk_rows
from kyogyo.records.queries.journey_filter import JourneyFilter
from kyogyo.records.queries.journeys import matching
from kyogyo.records.queries.model import current
from tests.records.people import Company

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own plans"),
]
# Of a company of a million journeys, as ANALYZE found them.
SIZES = {
    "records_sight": {"sight_of_key": "2950902 12611 4485 1", "records_sight": "2950902 3 1"},
    "records_stageentry": {"records_sta_journey_a2de81_idx": "3836074 4 1 1"},
    "records_journey": {
        "journey_by_source": "1000000 142858 1 1", "journey_without_owner": "469934 58742",
        "journey_stage_sums": "1000000 250000 23256 1 1", "journey_by_type_opened": "1000000 200000 1 1",
        "journey_by_next_step": "1000000 40000 1", "journey_by_amount": "1000000 1 1",
        "journey_by_activity": "1000000 2 1", "journey_by_entered": "1000000 1 1",
        "journey_by_opened": "1000000 1 1", "records_jou_account_56fbee_idx": "1000000 3",
        "records_jou_stage_t_765498_idx": "1000000 200000 18868",
        "records_jou_team_id_de3132_idx": "1000000 31250 8334 3907",
        "records_jou_owner_i_68caf1_idx": "1000000 6897 1728 769",
        "records_jou_track_6d8279_idx": "1000000 250000 23256 1",
        "records_journey_previous_id_7b1d6e7b": "1000000 1000000",
        "records_journey_team_id_db9d92c9": "1000000 31250",
        "records_journey_owner_id_6f9ba863": "1000000 6897",
    },
    "records_account": {"account_by_segment": "400000 133334"},
}  # fmt: skip
BY_OWNER = "SEARCH records_journey USING INDEX records_jou_owner"
BY_TEAM = "SEARCH records_journey USING INDEX records_jou_team"
ONE_SIGHT = "SEARCH U0 USING PRIMARY KEY (journey_id=? AND key=?)"
THEIR_SIGHTS = "U0 USING COVERING INDEX sight_of_key (key=? AND outcome=?)"


@pytest.fixture(autouse=True)
def sizes(company: Company) -> Iterator[None]:
    """SQLite takes the tables to be as large as that, while a test runs."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        rows = [
            (table, index, stat) for table, some in SIZES.items() for index, stat in some.items()
        ]
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (%s, %s, %s)", rows)
        cursor.execute("ANALYZE sqlite_schema")
        yield
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")


def _plan(question: Any, **given: Any) -> str:
    rows = inspect.unwrap(question)(**given) if given else question
    return str(rows.explain())


def test_what_is_seen_is_looked_up_by_key(company: Company) -> None:
    actor = company.as_inside

    assert ONE_SIGHT in _plan(journeys_for(actor).order_by("-opened_at", "-id")[:50])
    assert "SCAN records_journey USING INDEX journey_by_opened" in _plan(
        journeys_for(actor).order_by("-opened_at", "-id")[:50]
    )
    assert ONE_SIGHT in _plan(
        on_seen_journeys(Handoff.objects.filter(open_round__isnull=False), actor)
    )
    assert "PRIMARY KEY (journey_id=? AND key=?)" in _plan(accounts_for(actor)[:50])
    assert THEIR_SIGHTS in _plan(found_by(actor.sight_keys, outcome=0))


@pytest.mark.parametrize("asked", [{"source": "web"}, {"segment": "mid"}, {"stage": ("lead",)}])
def test_a_narrowed_list_begins_with_what_is_seen(company: Company, asked: dict[str, Any]) -> None:
    rows = matching(actor=company.as_inside, asked=JourneyFilter(**asked), model=current().model)

    plan = _plan(rows.order_by("-amount", "-pk")[:50])
    assert THEIR_SIGHTS in plan
    assert "SEARCH records_journey USING INTEGER PRIMARY KEY" in plan


def test_desk_begins_with_what_is_ones_own(company: Company) -> None:
    mine: dict[str, Any] = {"user": 1, "teams": (2, 3)}
    today = date(2026, 4, 6)
    plans = [
        _plan(desk_rows.due_steps, **mine, today=today),
        _plan(desk_rows.with_due_promises, **mine, today=today),
        _plan(desk_rows.before_handoffs, **mine, stages=("lead", "mql")),
        _plan(desk_rows.unplanned, **mine, last_stages=("won",)),
        _plan(desk_rows.to_revisit, **mine, left=(), below=(), today=today),
    ]

    assert [(BY_OWNER in plan, BY_TEAM in plan) for plan in plans] == [(True, True)] * 5  # fmt: skip
    assert "SEARCH U0 USING INDEX records_sta_journey" in plans[-1]
    assert "SCAN" not in "".join(plans)
