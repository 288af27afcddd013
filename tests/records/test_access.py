"""Who sees which journeys: the same by whichever way it is asked."""

from __future__ import annotations

from kyogyo.records import access
from kyogyo.records.models import Account, Assignment, Handoff, HandoffEvent, Journey, StageEntry
from tests.records.people import MONDAY, PEOPLE, Company, make_journey


def _four_journeys(company: Company) -> dict[str, int]:
    """One of the marketer's; one that nobody has; one handed to field sales; one that inside sales once had."""
    owned = make_journey(company, owner="marketer")
    shared = make_journey(company, owner="inside", stage="working")
    Journey.objects.filter(pk=shared.pk).update(owner=None)
    handed = make_journey(company, owner="marketer", stage="meeting_set")
    offer = Handoff.objects.create(
        journey=handed,
        code="inside_sales_to_field_sales",
        giver="inside_sales",
        receiver="field_sales",
        from_stage="meeting_set",
        to_stage="pending_acceptance",
        offered_by=company.users["inside"],
        receiver_team=company.teams["field"],
        model_version=company.version,
        offered_at=MONDAY,
    )
    HandoffEvent.objects.create(
        handoff=offer, kind="offered", round=1, at=MONDAY, by=company.users["inside"]
    )
    left = make_journey(company, owner="success", stage="onboarding")
    Assignment.objects.create(journey=left, user=company.users["inside"], at=MONDAY)
    return {"owned": owned.pk, "shared": shared.pk, "handed": handed.pk, "left": left.pk}


def test_everybody_sees_what_is_theirs_or_their_teams(company: Company) -> None:
    names = {pk: name for name, pk in _four_journeys(company).items()}
    every = {
        who: {names[one.pk] for one in access.journeys_for(company.actor(who))}
        for who, *_ in PEOPLE
    }

    all_of_them = {"owned", "shared", "handed", "left"}
    assert every == {
        "marketer": {"owned", "handed"},
        "inside": {"shared", "handed", "left"},
        "field": {"handed"},
        "success": {"left"},
        "manager": {"shared", "handed", "left"},
        "revops": all_of_them,
        "admin": all_of_them,
        "viewer": all_of_them,
        "outsider": set(),
    }


def test_what_is_ones_own_is_what_one_sees(company: Company) -> None:
    _four_journeys(company)
    for who, *_ in PEOPLE:
        own = set(access.own_journeys(company.actor(who)).values_list("pk", flat=True))
        seen = set(access.journeys_for(company.actor(who)).values_list("pk", flat=True))
        assert own - seen == set()


def test_rows_and_accounts_are_seen_with_their_journeys(company: Company) -> None:
    _four_journeys(company)
    for who, *_ in PEOPLE:
        actor = company.actor(who)
        journeys = access.journeys_for(actor)
        entries = access.on_seen_journeys(StageEntry.objects.all(), actor)
        assert {one.journey_id for one in entries} == {one.pk for one in journeys}
        assert {one.pk for one in access.accounts_for(actor)} == (
            {one.account_id for one in journeys}
            if not actor.sees_all
            else set(Account.objects.values_list("pk", flat=True))
        )
