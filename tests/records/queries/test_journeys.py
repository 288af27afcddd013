"""Lists: who sees what, each condition by hand, pages by place, and how many queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kyogyo.errors import RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.models import Assignment, CustomField, Handoff, Journey
from kyogyo.records.queries.journey_filter import JourneyFilter, parse_filter
from kyogyo.records.queries.journeys import count_up_to, ids_of, matching, read_page
from kyogyo.records.queries.model import current
from kyogyo.records.search_text import search_text
from tests.records.people import MONDAY, Company, make_account, make_journey

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=20)


def _found(actor: Any, **asked: Any) -> list[int]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in asked.items()}
    rows = matching(actor=actor, asked=parse_filter(lists), model=current().model, now=NOW)
    return sorted(rows.values_list("pk", flat=True))


def test_list_has_what_somebody_may_see(company: Company) -> None:
    marketing = make_journey(company, owner="marketer")
    inside = make_journey(company, owner="inside", stage="working")
    unowned = make_journey(company, owner="inside", stage="working")
    Journey.objects.filter(pk=unowned.pk).update(owner=None)

    assert _found(company.as_marketer) == [marketing.pk]
    assert _found(company.as_inside) == [inside.pk, unowned.pk]
    assert _found(company.as_manager) == [inside.pk, unowned.pk]
    assert _found(company.as_viewer) == [marketing.pk, inside.pk, unowned.pk]
    assert _found(company.as_outsider) == []


def test_list_of_a_manager_with_very_many_is_the_same(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_journey(company, owner="marketer")
    inside = make_journey(company, owner="inside", stage="working")
    field = make_journey(company, owner="field", stage="proposal")

    for place in ("access", "queries.journeys"):
        monkeypatch.setattr(f"kyogyo.records.{place}.has_many", lambda *_, **__: True)

    assert company.as_manager.sees_many
    page = read_page(actor=company.as_manager, asked=JourneyFilter())
    assert sorted(row.journey.pk for row in page.rows) == [inside.pk, field.pk]
    assert _found(company.as_manager) == [inside.pk, field.pk]


def test_list_keeps_what_was_ever_assigned_to_somebody(company: Company) -> None:
    journey = make_journey(company, owner="field", stage="proposal")
    Assignment.objects.create(journey=journey, user=company.inside, at=MONDAY)

    assert _found(company.as_inside) == [journey.pk]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "abc"),
        ({"type": "won"}, "d"),
        ({"type": "all"}, "abcd"),
        ({"stage": ["lead", "proposal"]}, "ac"),
        ({"track": "renewal"}, ""),
        ({"owner": "me"}, ""),
        ({"owner": "none"}, "b"),
        ({"source": "web"}, "a"),
        ({"campaign": "spring"}, "b"),
        ({"segment": "SMB"}, "abc"),
        ({"amount_from": "200"}, "c"),
        ({"amount_to": "199"}, "a"),
        ({"opened_from": "2026-04-07"}, "b"),
        ({"opened_to": "2026-04-06"}, "ac"),
        ({"entered_from": "2026-04-07", "type": "all"}, "b"),
        ({"stalled": "1"}, "b"),
        ({"next_step": "past"}, "a"),
        ({"next_step": "missing"}, "bc"),
        ({"next_step": "planned"}, ""),
        ({"handoff": "1"}, "b"),
        ({"text": "あおぞら"}, "abc"),
        ({"text": "新プラン"}, "c"),
        ({"text": "どこにもない"}, ""),
        ({"f.plan": "Pro"}, "a"),
        ({"f.seats.from": "30", "f.seats.to": "30"}, "a"),
        ({"f.seats.from": "31"}, "c"),
        ({"f.note": "印紙"}, "c"),
    ],
)
def test_list_narrows_to_each_condition(
    company: Company, asked: dict[str, Any], expected: str
) -> None:
    for code, kind in (("plan", "choice"), ("seats", "number"), ("note", "text")):
        CustomField.objects.create(
            noun="journey", code=code, label_en=code, label_ja=code, kind=kind, choices=["Pro"]
        )
    blue = make_account(segment="SMB", search=search_text("株式会社あおぞら"))
    made = {
        "a": make_journey(company, account=blue, source="web", amount=100, next_step="call",
                          next_step_on=MONDAY.date(), facts={"plan": "Pro", "seats": 30}),
        "b": make_journey(company, account=blue, stage="mql", campaign="spring",
                          at=MONDAY + timedelta(days=1)),
        "c": make_journey(company, account=blue, stage="proposal", amount=200, title="新プラン",
                          search=search_text("新プラン"), facts={"seats": 40, "note": "収入印紙"}),
        "d": make_journey(company, stage="won", owner="success"),
    }  # fmt: skip
    Journey.objects.filter(pk=made["b"].pk).update(owner=None)
    Handoff.objects.create(
        journey=made["b"], code="marketing_to_inside_sales", giver="marketing",
        receiver="inside_sales", from_stage="mql", to_stage="working",
        model_version=company.version,
    )  # fmt: skip

    found = _found(company.as_admin, **asked)

    assert found == sorted(made[name].pk for name in expected)


def test_list_with_a_field_that_is_gone_says_so(company: Company) -> None:
    with pytest.raises(RuleError, match="no field 'plan'"):
        _found(company.as_admin, **{"f.plan": "Pro"})


@pytest.mark.parametrize("rows", [1, 3])
def test_list_reads_in_a_fixed_number_of_queries(company: Company, rows: int) -> None:
    for _ in range(rows):
        make_journey(company)
    actor = company.as_admin
    assert actor.sees_all
    current()

    with CaptureQueriesContext(connection) as queries:
        read_page(actor=actor, asked=JourneyFilter(type="all"))

    assert len(queries) == 4  # the ids in order, their rows, their handoffs, the model


def test_count_stops_where_it_would_take_long(company: Company) -> None:
    for _ in range(3):
        make_journey(company)

    assert count_up_to(Journey.objects.all(), most=2) == (2, True)
    assert count_up_to(Journey.objects.all(), most=3) == (3, False)


def test_page_begins_at_no_place_is_said(company: Company) -> None:
    with pytest.raises(RuleError, match="where the page begins"):
        read_page(actor=SYSTEM, asked=JourneyFilter(), after="yesterday")


AMOUNTS = st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=9)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["amount", "-amount", "next_step", "-opened", "account", "-account"]),
    st.integers(1, 4),
)
def test_pages_show_each_row_once_while_rows_are_added(
    company: Company, amounts: list[int | None], added: list[int | None], sort: str, size: int
) -> None:
    def make(amount: int | None) -> int:
        day = None if amount is None else (MONDAY + timedelta(days=amount)).date()
        return make_journey(
            company,
            account=make_account(name=f"社{amount}"),
            amount=amount,
            next_step_on=day,
            at=MONDAY + timedelta(days=amount or 0),
        ).pk

    with transaction.atomic():
        there = {make(amount) for amount in amounts}
        seen: list[int] = []
        place, later, asked = "", list(added), JourneyFilter(type="all", sort=sort)
        while True:
            page = read_page(actor=SYSTEM, asked=asked, after=place, size=size)
            seen.extend(row.journey.pk for row in page.rows)
            if later:
                make(later.pop())
            place = page.after
            if not place:
                break

        assert len(seen) == len(set(seen))
        assert there <= set(seen)
        whole = ids_of(actor=SYSTEM, asked=asked, most=1000)
        assert [pk for pk in whole if pk in there] == [pk for pk in seen if pk in there]
        transaction.set_rollback(True)


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(AMOUNTS, st.sampled_from(["amount", "-amount"]), st.integers(1, 3))
def test_pages_backwards_are_the_pages_forwards(
    company: Company, amounts: list[int | None], sort: str, size: int
) -> None:
    with transaction.atomic():
        account = make_account()
        for amount in amounts:
            make_journey(company, account=account, amount=amount)
        asked = JourneyFilter(type="all", sort=sort)
        forwards, places = [], [""]
        while True:
            page = read_page(actor=SYSTEM, asked=asked, after=places[-1], size=size)
            forwards.append([row.journey.pk for row in page.rows])
            if not page.after:
                break
            places.append(page.after)

        backwards = [forwards[-1]]
        while page.before:
            page = read_page(actor=SYSTEM, asked=asked, before=page.before, size=size)
            backwards.insert(0, [row.journey.pk for row in page.rows])

        assert backwards == forwards
        transaction.set_rollback(True)
