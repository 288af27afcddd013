"""Taking something off one's desk: what was to be done is done, and nothing new is planned yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.records.access import journey_for
from kyogyo.records.actions.journeys import plan_next_step
from kyogyo.records.queries.calendar import local_time

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@dataclass(frozen=True, slots=True)
class Before:
    """What was planned until then, so that it can be planned again. `says` names it, or the account."""

    text: str
    due_on: date | None
    due_time: time | None
    says: str


@transaction.atomic
def deal_with(*, actor: Actor, journey_id: int, now: datetime | None = None) -> Before:
    """Note that what waited on a journey was dealt with. Its plan is empty after it."""
    journey = journey_for(actor, journey_id)
    before = Before(
        text=journey.next_step,
        due_on=journey.next_step_on,
        due_time=local_time(journey.next_step_at),
        says=journey.next_step or str(journey.account),
    )
    plan_next_step(actor=actor, journey_id=journey_id, text="", due_on=None, now=now)
    return before
