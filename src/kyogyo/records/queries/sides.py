"""Who stands on which side of a handoff: who may give a journey on, who may take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff, Journey
    from kyogyo.revenue_model import Handoff as Declared


def may_give(actor: Actor, journey: Journey, declared: Declared) -> bool:
    """The owner, the giving department, a manager of either, and those who see everything."""
    return (
        actor.sees_all
        or (actor.user is not None and journey.owner_id == actor.user.pk)
        or declared.giver in actor.departments
        or journey.team_id in actor.seen_teams
    )


def may_take(actor: Actor, handoff: Handoff) -> bool:
    """Whom it was offered to, their manager, and those who see everything."""
    if actor.sees_all:
        return True
    if actor.user is not None and handoff.receiver_user_id == actor.user.pk:
        return True
    if handoff.receiver_user_id is None and handoff.receiver_team_id in actor.own_teams:
        return True
    return handoff.receiver_team_id in actor.seen_teams


def is_on_receiving_side(actor: Actor, handoff: Handoff) -> bool:
    """The receiving department, and whoever has the journey once it was taken: they say what they found."""
    owns = actor.user is not None and handoff.journey.owner_id == actor.user.pk
    return handoff.receiver in actor.departments or (owns and handoff.open_round is None)
