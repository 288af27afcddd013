"""Which journeys stand in a stage, the latest to enter it first: for what works through many of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kyogyo.records.access import journey_for, journeys_for

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """A journey where it stands."""

    journey_id: int
    account_id: int
    owner_id: int | None
    amount: int | None
    entered_at: datetime


def standing_in(*, actor: Actor, stage: str, track: str) -> list[Standing]:
    """The journeys of a track that stand in `stage` and that `actor` may see."""
    rows = (
        journeys_for(actor)
        .filter(stage=stage, track=track, stage_entered_at__isnull=False)
        .order_by("-stage_entered_at", "-id")
        .values_list("id", "account_id", "owner_id", "amount", "stage_entered_at")
    )
    return [
        Standing(journey, account, owner, amount, at)
        for journey, account, owner, amount, at in rows
        if at is not None
    ]


def promises_on(*, actor: Actor, journey_id: int) -> list[int]:
    """The ids of what was promised on a journey, in the order of promising."""
    found = journey_for(actor, journey_id).commitments.order_by("id")
    return list(found.values_list("id", flat=True))
