"""The table of who sees what: equal to the rules after whatever is written, by whichever way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kyogyo.records import access
from kyogyo.records.actions.erasing import delete_with_history, erasure
from kyogyo.records.models import (
    Assignment,
    Handoff,
    HandoffEvent,
    Journey,
    JourneySight,
    Membership,
)
from kyogyo.records.sight import Differences, differences, fill_anew, trigger_names
from tests.records.people import MONDAY, PEOPLE, Company, make_account, make_journey

pytestmark = pytest.mark.django_db
NAMES = ("marketer", "inside", "field", "manager", "outsider")
TEAMS = ("marketing", "inside", "field", "revenue")
EQUAL = Differences(missing=0, extra=0, outdated=0)


def _by_the_rules(actor: access.Actor) -> set[int]:
    """What somebody sees, worked out from the rows themselves."""
    if actor.sees_all:
        return set(Journey.objects.values_list("pk", flat=True))
    if not actor.memberships:
        return set()
    user, own, below = actor.user, actor.own_teams, actor.seen_teams
    was_there = Q(offered_by__memberships__until=None) | Q(
        offered_by__memberships__until__gte=F("offered_at")
    )
    handoffs = (
        Q(offered_by=user)
        | Q(receiver_user=user)
        | Q(receiver_user=None, receiver_team__in=own)
        | Q(receiver_team__in=below, open_round__isnull=False)
        | (Q(offered_by__memberships__team__in=below) & was_there)
    )
    journeys = Q(owner=user) | Q(owner=None, team__in=own) | Q(team__in=below)
    return {
        *Journey.objects.filter(journeys).values_list("pk", flat=True),
        *Assignment.objects.filter(user=user).values_list("journey", flat=True),
        *Handoff.objects.filter(handoffs).values_list("journey", flat=True),
        *HandoffEvent.objects.filter(by=user).values_list("handoff__journey", flat=True),
    }


def _is_kept(company: Company) -> None:
    assert differences() == EQUAL
    for who, *_ in PEOPLE:
        seen = set(access.journeys_for(company.actor(who)).values_list("pk", flat=True))
        assert (who, seen) == (who, _by_the_rules(company.actor(who)))


def _offer(company: Company, journey: Journey, *, by: str | None, team: str | None = "field", **fields: Any) -> Handoff:  # fmt: skip
    return Handoff.objects.create(
        journey=journey, code="inside_sales_to_field_sales", giver="inside_sales", receiver="field_sales",
        from_stage="meeting_set", to_stage="pending_acceptance",
        offered_by=company.users[by] if by else None,
        receiver_team=company.teams[team] if team else None,
        model_version=company.version, offered_at=MONDAY, **fields,
    )  # fmt: skip


def test_every_trigger_stands_after_all_migrations() -> None:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'records_sight%'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'records_sight%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        assert {name for (name,) in cursor.fetchall()} == trigger_names()


def test_giver_and_their_manager_keep_seeing_what_was_taken(company: Company) -> None:
    company.teams["field"].parent = company.teams["company"]  # no longer below the giver's manager
    company.teams["field"].save()
    journey = make_journey(company, owner="field", stage="discovery")
    _offer(company, journey, by="inside", open_round=None)

    seen = {
        who
        for who, *_ in PEOPLE
        if access.journeys_for(company.actor(who)).filter(pk=journey.pk).exists()
    }
    assert seen == {"inside", "manager", "field", "revops", "admin", "viewer"}


def test_manager_of_a_giver_who_left_keeps_seeing(company: Company) -> None:
    company.teams["field"].parent = company.teams["company"]
    company.teams["field"].save()
    _offer(company, make_journey(company, owner="field"), by="inside", open_round=None)
    _offer(company, make_journey(company, owner="field"), by="inside", open_round=None)
    later = Handoff.objects.order_by("pk").last()
    assert later is not None
    Membership.objects.filter(user=company.inside).update(until=MONDAY + timedelta(days=1))
    Handoff.objects.filter(pk=later.pk).update(offered_at=MONDAY + timedelta(days=2))

    seen = access.journeys_for(company.as_manager).values_list("pk", flat=True)
    assert set(seen) == set(Journey.objects.exclude(pk=later.journey_id).values_list("pk", flat=True))  # fmt: skip
    assert differences() == EQUAL


def test_outcome_follows_the_stage(company: Company) -> None:
    journey = make_journey(company)
    found = []
    for kind in ("open", "won", "ongoing", "lost", "recycled", "on_hold"):
        Journey.objects.filter(pk=journey.pk).update(stage_type=kind)
        found.append(set(JourneySight.objects.values_list("outcome", flat=True)))

    assert found == [{0}, {1}, {0}, {2}, {2}, {0}]


def test_erased_journeys_are_seen_by_nobody(company: Company) -> None:
    kept, gone = make_journey(company, owner="inside"), make_journey(company, owner="inside")
    for journey in (kept, gone):
        offered = _offer(company, journey, by="inside")
        HandoffEvent.objects.create(
            handoff=offered, kind="offered", round=1, at=MONDAY, by=company.manager
        )
    with transaction.atomic(), erasure(company.as_admin, what="a test", now=MONDAY):
        delete_with_history([gone.pk])
        Assignment.objects.filter(journey=kept).delete()
        HandoffEvent.objects.filter(handoff__journey=kept).delete()
        Handoff.objects.filter(journey=kept).delete()

    _is_kept(company)
    assert set(JourneySight.objects.values_list("journey", flat=True)) == {kept.pk}
    assert JourneySight.objects.count() == 2  # its owner, and who sees the team


def test_table_that_lost_rows_is_told_and_filled_anew(company: Company) -> None:
    first, second = make_journey(company), make_journey(company)
    fits = set(JourneySight.objects.values_list("journey", "key", "outcome"))
    JourneySight.objects.filter(journey=first.pk).delete()
    JourneySight.objects.filter(journey=second.pk).update(outcome=2)
    JourneySight.objects.create(journey=second, key=8 * company.outsider.pk, outcome=2)

    found = differences()
    fill_anew()

    assert (found, differences()) == (Differences(missing=2, extra=1, outdated=3), EQUAL)
    assert set(JourneySight.objects.values_list("journey", "key", "outcome")) == fits


names = st.one_of(st.none(), st.sampled_from(NAMES))
teams = st.one_of(st.none(), st.sampled_from(TEAMS))
which = st.integers(0, 1)
acts = st.one_of(
    st.tuples(st.just("give"), which, names, teams),
    st.tuples(st.just("assign"), which, names),
    st.tuples(st.just("stage"), which, st.sampled_from(["open", "won", "lost", "recycled"])),
    st.tuples(st.just("offer"), which, names, names, teams),
    st.tuples(st.just("again"), which, names, teams, st.integers(0, 3)),
    st.tuples(st.just("close"), which),
    st.tuples(st.just("event"), which, names),
    st.tuples(st.just("join"), st.sampled_from(NAMES), st.sampled_from(TEAMS)),
    st.tuples(st.just("leave"), st.sampled_from(NAMES), st.integers(-1, 3)),
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(acts, min_size=1, max_size=8))
def test_table_is_what_the_rules_give_after_any_writes(
    company: Company, sequence: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        journeys = [
            make_journey(company, account=make_account(), owner=one) for one in ("inside", "field")
        ]
        for name, *told in sequence:
            _write(company, journeys, name, told)
        _is_kept(company)
        transaction.set_rollback(True)


def _write(company: Company, journeys: list[Journey], name: str, told: list[Any]) -> None:
    user = {None: None, **company.users}
    team = {None: None, **company.teams}
    if name == "join":
        if not Membership.objects.filter(user=user[told[0]], team=team[told[1]], until=None):
            Membership.objects.create(user=user[told[0]], team=team[told[1]], role="manager")
        return
    if name == "leave":
        ends = MONDAY + timedelta(days=told[1])
        Membership.objects.filter(user=user[told[0]], until=None).update(until=ends)
        return
    journey = journeys[told[0]]
    offers = Handoff.objects.filter(journey=journey).order_by("pk")
    last = offers.last()
    if name == "give":
        Journey.objects.filter(pk=journey.pk).update(owner=user[told[1]], team=team[told[2]])
    elif name == "assign":
        Assignment.objects.create(journey=journey, user=user[told[1]], at=MONDAY)
    elif name == "stage":
        Journey.objects.filter(pk=journey.pk).update(stage_type=told[1])
    elif name == "offer":
        offers.update(open_round=None)
        _offer(company, journey, by=told[1], receiver_user=user[told[2]], team=told[3])
    elif name == "again" and last is not None:
        last.offered_by, last.receiver_team = user[told[1]], team[told[2]]
        last.receiver_user, last.open_round = None, last.open_round and 2
        last.offered_at = MONDAY + timedelta(days=told[3])
        last.save()
    elif name == "close":
        offers.update(open_round=None)
    elif name == "event" and last is not None:
        HandoffEvent.objects.create(
            handoff=last, kind="result", round=1, at=MONDAY, by=user[told[1]]
        )
