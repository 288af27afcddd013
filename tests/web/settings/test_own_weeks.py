"""Somebody's weeks: counted by hand, with their exposure, and for nobody's eyes but theirs and their manager's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kyogyo.errors import MissingRecordError
from kyogyo.records.actions.handoffs import accept_handoff, return_handoff, undo_decision
from kyogyo.records.models import Activity, Journey
from kyogyo.records.queries.own_weeks import own_weeks_of
from kyogyo.usecases.show_own_weeks import show_own_weeks
from tests.records.actions.test_handoffs import meeting, offer
from tests.records.people import MONDAY, Company

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)

pytestmark = pytest.mark.django_db


def _done(company: Company, who: str, code: str, *, weeks_later: int = 1) -> list[tuple[int, int]]:
    """The weeks that have something to count, as (done, of)."""
    user = company.users[who]
    acts = own_weeks_of(
        actor=company.actor(who), user_id=user.pk, now=MONDAY + weeks_later * WEEK + DAY
    )
    return [(w.done, w.exposure) for a in acts if a.code == code for w in a.weeks if w.exposure]


@pytest.fixture
def worked(company: Company) -> Company:
    """Accepted within the clock, returned long after it, and accepted at once but taken back."""
    soon, late, back = (offer(company, meeting(company)) for _ in range(3))
    for handoff in (soon, back):
        accept_handoff(
            actor=company.as_field, handoff_id=handoff.pk, override_reason="Fine", now=MONDAY + HOUR
        )
    undo_decision(actor=company.as_field, handoff_id=back.pk, now=MONDAY + 2 * HOUR)
    return_handoff(
        actor=company.as_field, handoff_id=late.pk, reason="no_need", words="None",
        now=MONDAY + WEEK,
    )  # fmt: skip
    return company


def test_weeks_are_counted_from_what_stands_and_by_what_there_was_to_do(worked: Company) -> None:
    assert _done(worked, "field", "answered_in_time", weeks_later=2) == [(1, 1), (0, 1)]
    assert _done(worked, "inside", "accepted_at_first", weeks_later=2) == [(1, 1), (0, 1)]
    # The running week isn't counted, and what is older than twelve weeks neither.
    assert _done(worked, "field", "answered_in_time", weeks_later=1) == [(1, 1)]
    assert _done(worked, "field", "answered_in_time", weeks_later=13) == [(0, 1)]


def _contacts(company: Company, numbers: list[int]) -> None:
    """So many calls in each week before MONDAY, the oldest first."""
    journey = Journey.objects.filter(owner=company.inside).first() or meeting(company)
    for back, number in enumerate(reversed(numbers), 1):
        at = MONDAY - back * WEEK
        Activity.objects.bulk_create(
            Activity(journey=journey, kind="call", at=at, by=company.inside) for _ in range(number)
        )


def test_the_next_step_is_from_ones_own_weeks_and_names_what_to_open(company: Company) -> None:
    _contacts(company, [5, 5, 10, 5, 10, 5])
    acts = show_own_weeks(actor=company.as_inside, user_id=company.inside.pk, now=MONDAY)
    (act,) = [one for one in acts if one.label.en == "Calls, mails and meetings"]

    assert (act.step.status, act.step.weeks) == ("goal", 6)
    assert act.step.usual is not None
    assert act.step.goal is not None
    assert act.step.goal > act.step.usual >= 1.0
    assert [week.value for week in act.weeks[:6]] == [None] * 6
    assert len(act.runs) == 1
    assert act.goal_y is not None
    assert act.usual_y is not None
    assert act.goal_y < act.usual_y
    assert "6 of the last 12 weeks" in act.exposure.en
    assert "直近12週のうち6週" in act.exposure.ja


def test_only_oneself_and_ones_manager_see_the_weeks(worked: Company) -> None:
    now = MONDAY + 2 * WEEK
    for who in ("inside", "revops", "admin", "viewer", "outsider"):
        with pytest.raises(MissingRecordError):
            show_own_weeks(actor=worked.actor(who), user_id=worked.field.pk, now=now)

    own = show_own_weeks(actor=worked.as_field, user_id=worked.field.pk, now=now)
    assert own == show_own_weeks(actor=worked.as_manager, user_id=worked.field.pk, now=now)
    assert [act.label.en for act in own] == ["Handoffs answered within their clock"]


def test_weeks_stand_on_ones_own_page_and_a_managers_and_nowhere_else(
    company: Company, signed_in: Callable[[str], Client]
) -> None:
    theirs = f"/settings/numbers/{company.field.pk}/"
    company.field.lang = company.manager.lang = "en"
    company.field.save()
    company.manager.save()
    pages = {
        who: signed_in(who).get("/settings/" if who == "field" else theirs)
        for who in ("field", "manager", "admin", "inside", "revops")
    }

    empty = "Nothing is recorded in the last 12 weeks"
    assert {who: page.content.decode().count(empty) for who, page in pages.items()} == {
        "field": 1, "manager": 1, "admin": 0, "inside": 0, "revops": 0,
    }  # fmt: skip
    assert [pages[who].status_code for who in ("admin", "inside", "revops")] == [404] * 3
