"""A meeting that inside sales set and offers to field sales, by the rules."""

from __future__ import annotations

import pytest

from kyogyo.records.actions import claims, offers
from kyogyo.records.models import Handoff, Journey
from tests.records.people import Company, make_journey

TOLD = {
    "needs": "Fewer orders by hand",
    "current_state": "Spreadsheets",
    "deal_size": "1,200,000",
    "budget": "Secured",
    "authority": "Ms Sato",
    "timeframe": "2026-10-31",
    "next_step": "Demo",
}


@pytest.fixture
def meeting(company: Company) -> Journey:
    """A journey in meeting_set, with every answer that its size needs."""
    journey = make_journey(company, stage="meeting_set", owner="inside", amount=1_200_000)
    for question, answer in TOLD.items():
        claims.answer_question(
            actor=company.as_inside, journey_id=journey.pk, question=question, answer=answer
        )
    return journey


@pytest.fixture
def offered(company: Company, meeting: Journey) -> Handoff:
    return offers.offer_handoff(
        actor=company.as_inside,
        journey_id=meeting.pk,
        why_now="The contract ends in June",
        receiver_user_id=company.users["field"].pk,
    )
