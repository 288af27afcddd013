from __future__ import annotations

from datetime import timedelta

import pytest

from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.models import HandoffEvent
from kyogyo.records.queries.handoff_boxes import Side, side_of
from tests.records.actions.test_handoffs import meeting, offer
from tests.records.people import MONDAY, Company

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _codes(handoff: object) -> list[str]:
    return [handoff.code]  # type: ignore[attr-defined]


def _event(handoff: object, kind: str, *, days: int, **packet: object) -> HandoffEvent:
    at = MONDAY + days * DAY
    return HandoffEvent.objects.create(
        handoff=handoff, kind=kind, round=1, at=at, recorded_at=at, packet=packet
    )


def _closed(company: Company, *, days: int) -> object:
    handoff = offer(company, meeting(company))
    _event(handoff, "accepted", days=days)
    type(handoff).objects.filter(pk=handoff.pk).update(open_round=None)
    return handoff


@pytest.mark.parametrize(
    ("packet", "number"), [({"met": False}, 1), ({"met": True}, 0), ({}, 0), (None, 1)]
)
def test_result_is_owed_until_a_meeting_took_place(
    company: Company, packet: dict[str, bool] | None, number: int
) -> None:
    handoff = _closed(company, days=1)
    if packet is not None:
        _event(handoff, "result", days=2, **packet)

    owed = side_of(company.as_field).to_report(codes=_codes(handoff))

    assert owed == [handoff.pk][:number]  # type: ignore[attr-defined]
    assert Side(None, (), (), None).to_report(codes=_codes(handoff)) == owed
    assert side_of(company.actor("outsider")).to_report(codes=_codes(handoff)) == []


def test_decided_lately_is_by_the_last_event_each_once(company: Company) -> None:
    first, second, third = (_closed(company, days=days) for days in (1, 2, 3))
    _event(first, "result", days=4)
    ids = [one.pk for one in (first, third, second)]  # type: ignore[attr-defined]

    def decided(actor: Actor, *, since: int, number: int = 30) -> list[int]:
        return side_of(actor).decided(since=MONDAY + since * DAY, number=number)

    assert decided(company.as_field, since=0) == ids
    assert decided(company.as_field, since=0, number=2) == ids[:2]
    assert decided(company.as_field, since=3) == ids[:2]
    assert decided(SYSTEM, since=3) == ids[:2]
    assert decided(company.as_inside, since=0) == []
    assert side_of(company.as_inside).settled(since=MONDAY) == ids
    assert side_of(company.as_inside).settled(since=MONDAY, sent_back=True) == []


def test_open_ones_are_in_the_order_of_offering(company: Company) -> None:
    ids = [offer(company, meeting(company)).pk for _ in range(3)]
    assert side_of(company.as_field).to_decide() == ids
    assert side_of(company.as_inside).waiting() == ids
