"""The pages on which a journey is offered, and on which its receiver says what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import journey_for
from kyogyo.records.queries.verdict import OfferForm, offer_form

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.queries.claims import Said
    from kyogyo.records.queries.verdict import HandoffPage


def offer_page(*, actor: Actor, journey_id: int) -> OfferForm | None:
    """What offering a journey that `actor` may see needs; None where nothing is handed over there."""
    return offer_form(journey=journey_for(actor, journey_id))


def told_to_receiver(page: HandoffPage) -> dict[str, Said]:
    """By question, the newest word of anybody but the receiving department: what it confirms or corrects."""
    others = {code for code, label in page.table.departments if label != page.row.receiver}
    told: dict[str, Said] = {}
    for row in page.table.rows:
        said = [one for one in row.said if one is not None and one.department in others]
        if said:
            told[row.code] = max(said, key=lambda one: one.claim_id)
    return told
