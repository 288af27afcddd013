from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Count

from kyogyo.records.models import Account, Journey
from kyogyo.records.prepared import prepared

pytestmark = pytest.mark.django_db
JANUARY, MAY = datetime(2026, 1, 31, 23, 59, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


@prepared
def _of_accounts(*, accounts, since, day=None, is_titled=False):
    rows = Journey.objects.filter(account__in=accounts, opened_at__gte=since)
    if day is not None:
        rows = rows.filter(next_step_on=day)
    if is_titled:
        rows = rows.exclude(title="")
    return rows.select_related("account").order_by("id")


@prepared
def _titles(*, name):
    return Journey.objects.filter(account__name=name).order_by("id").values_list("title", flat=True)


@prepared
def _pairs(*, accounts):
    rows = Journey.objects.filter(account__in=accounts).values("account__name")
    return rows.annotate(n=Count("id")).order_by("account__name").values_list("account__name", "n")


@pytest.fixture
def journeys():
    accounts = [Account.objects.create(name=name) for name in ("A", "B", "C")]
    return [
        Journey.objects.create(
            account=account,
            track="divided",
            title=title,
            opened_at=at,
            next_step_on=date(2026, 6, day),
        )
        for account, title, at, day in zip(
            [*accounts, accounts[0]],
            ("one", "", "three", "four"),
            (JANUARY, MAY, MAY, MAY),
            (1, 2, 3, 1),
            strict=True,
        )
    ]


def _ids(rows):
    return [row.pk for row in rows]


def test_prepared_gives_what_its_query_set_gives_for_each_value_and_shape(journeys):
    one, two, three, four = journeys
    accounts = [row.account_id for row in journeys[:3]]
    assert _ids(_of_accounts(accounts=accounts, since=JANUARY)) == _ids(journeys)
    assert _ids(_of_accounts(accounts=accounts, since=MAY)) == _ids([two, three, four])
    assert _ids(_of_accounts(accounts=accounts[:1], since=MAY)) == [four.pk]
    assert _ids(_of_accounts(accounts=set(accounts[1:2]), since=MAY)) == [two.pk]
    assert _ids(_of_accounts(accounts=(), since=MAY)) == []
    dated = _of_accounts(accounts=accounts, since=JANUARY, day=date(2026, 6, 1))
    assert _ids(dated) == [one.pk, four.pk]
    assert _ids(_of_accounts(accounts=accounts, since=MAY, is_titled=True)) == [three.pk, four.pk]


def test_prepared_makes_the_text_of_a_shape_once(journeys):
    made = []

    @prepared
    def opened(*, accounts):
        made.append(len(accounts))
        return Journey.objects.filter(account__in=accounts)

    for count in (1, 2, 3, 3, 2, 1):
        opened(accounts=[row.account_id for row in journeys[:count]])
    # Three are asked for as four, the last one twice.
    assert made == [1, 2, 4]


def test_rows_are_whole_with_what_was_selected_beside_them(journeys, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = _of_accounts(accounts=[journeys[0].account_id], since=JANUARY)
        assert [
            (one.opened_at, one.next_step_on, one.account.name, one.facts) for one in found
        ] == [
            (JANUARY, date(2026, 6, 1), "A", {}),
            (MAY, date(2026, 6, 1), "A", {}),
        ]


def test_value_lists_and_sums(journeys):
    assert _titles(name="A") == ["one", "four"]
    assert _titles(name="B") == [""]
    assert _pairs(accounts=[row.account_id for row in journeys]) == [("A", 2), ("B", 1), ("C", 1)]


def test_value_that_the_text_has_no_place_for_is_a_defect(journeys):
    @prepared
    def like(*, part):
        return Journey.objects.filter(title__contains=part)

    @prepared
    def fetched(*, account):
        return Account.objects.filter(pk=account).prefetch_related("journeys")

    @prepared
    def of_object(*, account):
        return Journey.objects.filter(account=account)

    with pytest.raises(TypeError, match="put"):
        like(part="n")
    with pytest.raises(TypeError, match="prefetch"):
        fetched(account=1)
    with pytest.raises(TypeError, match="is a Account"):
        of_object(account=journeys[0].account)
    with pytest.raises(TypeError, match="keyword"):
        _titles("A")


def test_what_changed_is_seen(journeys):
    assert _titles(name="B") == [""]
    Journey.objects.filter(pk=journeys[1].pk).update(title="two")
    assert _titles(name="B") == ["two"]
    assert connection.vendor == "sqlite"
