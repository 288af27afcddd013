"""Somebody's handoffs: counted from what stands, and shown to them and their manager alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kyogyo.errors import MissingRecordError
from kyogyo.records.actions.handoffs import accept_handoff, return_handoff, undo_decision
from kyogyo.records.queries.credit import Side, credit_of, people_of
from tests.records.actions.test_handoffs import meeting, offer
from tests.records.people import MONDAY, Company

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def _numbers(side: Side) -> dict[str, int]:
    states = ("accepted", "returned", "offered")
    return {state: side.count(state) for state in states} | {"late": side.late}


@pytest.fixture
def worked(company: Company) -> Company:
    """Three offered: one accepted, one returned, one accepted and taken back."""
    accepted, returned, back = (offer(company, meeting(company)) for _ in range(3))
    for handoff in (accepted, back):
        accept_handoff(
            actor=company.as_field, handoff_id=handoff.pk, override_reason="Fine", now=MONDAY + HOUR
        )
    undo_decision(actor=company.as_field, handoff_id=back.pk, now=MONDAY + 2 * HOUR)
    return_handoff(
        actor=company.as_field, handoff_id=returned.pk, reason="no_need", words="None",
        now=MONDAY + HOUR,
    )  # fmt: skip
    return company


def test_credit_comes_from_the_receivers_act_and_goes_with_it(worked: Company) -> None:
    now = MONDAY + 3 * HOUR
    giver = credit_of(actor=worked.as_inside, user_id=worked.inside.pk, now=now)
    taker = credit_of(actor=worked.as_manager, user_id=worked.field.pk, now=now)

    assert _numbers(giver.given) == {"accepted": 1, "returned": 1, "offered": 1, "late": 0}
    assert (giver.answered.handoffs, taker.given.handoffs) == ((), ())
    assert _numbers(taker.answered) == {"accepted": 1, "returned": 1, "offered": 0, "late": 0}


def test_late_is_said_of_the_side_whose_clock_ran_out(worked: Company) -> None:
    giver = credit_of(actor=worked.as_inside, user_id=worked.inside.pk, now=MONDAY + 20 * DAY)
    taker = credit_of(actor=worked.as_field, user_id=worked.field.pk, now=MONDAY + 20 * DAY)

    # The returned one was never offered again; the accepted one never reported.
    assert [one.state for one in giver.given.handoffs if one.is_late] == ["returned"]
    assert [one.state for one in taker.answered.handoffs if one.is_late] == ["accepted"]
    old = credit_of(actor=worked.as_inside, user_id=worked.inside.pk, now=MONDAY + 91 * DAY)
    assert old.given.handoffs == ()


def test_only_oneself_and_ones_manager_see_it(worked: Company) -> None:
    for who in ("inside", "revops", "admin", "viewer", "outsider"):
        with pytest.raises(MissingRecordError):
            credit_of(actor=worked.actor(who), user_id=worked.field.pk)

    assert [one.name for one in people_of(worked.as_manager)] == [
        "Fumi Field", "Ichiro Inside", "Sora Success",
    ]  # fmt: skip
    assert (people_of(worked.as_admin), people_of(worked.as_field)) == ((), ())
