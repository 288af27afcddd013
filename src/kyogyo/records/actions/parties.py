"""Who may give a journey on, who may take it, and to whom an offer goes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from kyogyo.errors import ModelError, NotAllowedError, RuleError
from kyogyo.records.access import journeys_for, not_found
from kyogyo.records.actions.keeping import take, take_time
from kyogyo.records.models import Handoff, Journey, Membership, Team, User
from kyogyo.records.queries.sides import is_on_receiving_side, may_give, may_take

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.revenue_model import Handoff as Declared
    from kyogyo.revenue_model import RevenueModel


def handoff_for(*, actor: Actor, handoff_id: int) -> Handoff:
    """A handoff with its journey, the journey locked until the transaction ends.

    Raises MissingRecordError where there is none that `actor` may see, and NotAllowedError for
    somebody who may only read.
    """
    rows = Handoff.objects.filter(pk=handoff_id, journey__in=journeys_for(actor))
    key = rows.values_list("journey_id", flat=True).first()
    if key is None:
        raise not_found(en="handoff", ja="引き継ぎ", key=handoff_id)
    # The journey first, as every other action does: two that want both never wait for each other.
    journey = take(actor=actor, journey_id=key)
    handoff = Handoff.objects.select_related("offered_by", "receiver_user", "receiver_team").get(
        pk=handoff_id
    )
    handoff.journey = journey
    return handoff


def moment(
    handoff: Handoff, *, at: datetime | None, now: datetime | None
) -> tuple[datetime, datetime]:
    """When something happens with a handoff, and when it is recorded: never before what happened last.

    A machine's clock that was set back can't turn the order round; a time that somebody gives can't either.
    """
    journey = handoff.journey
    last = handoff.events.order_by("-id").first()
    known = [handoff.offered_at, journey.stage_entered_at or journey.opened_at]
    earliest = max(known if last is None else [*known, last.at])
    now = max(now or timezone.now(), earliest, last.recorded_at if last else earliest)
    when = take_time(at, now=now)
    if when < handoff.offered_at or (last is not None and when < last.at):
        raise RuleError(
            en="That lies before what happened last with this handoff. Give a later time.",
            ja="この引き継ぎの直前の記録より前の日時です。それより後の日時を入れてください。",
        )
    return when, now


def declared_of(handoff: Handoff, model: RevenueModel) -> Declared:
    """The handoff as the model declares it. Raises RuleError where it no longer does."""
    try:
        return model.handoff(handoff.code)
    except ModelError as error:
        raise RuleError(en=error.text.en, ja=error.text.ja) from None


def require_giver(actor: Actor, journey: Journey, declared: Declared, model: RevenueModel) -> None:
    """Raise NotAllowedError for somebody of another department."""
    if may_give(actor, journey, declared):
        return
    giver = model.department(declared.giver).label
    raise NotAllowedError(
        en=f"This handoff is given by {giver.en}. Ask the journey's owner to do it.",
        ja=f"この引き継ぎを行うのは{giver.ja}です。案件の担当者に依頼してください。",
    )


def require_taker(actor: Actor, handoff: Handoff) -> None:
    """Raise NotAllowedError for somebody to whom it wasn't offered."""
    if may_take(actor, handoff):
        return
    whom = str(handoff.receiver_user or handoff.receiver_team or "")
    raise NotAllowedError(
        en=f"This was offered to {whom}. Only they, or their manager, can decide on it.",
        ja=f"この引き継ぎは{whom}への提示です。判断できるのは本人か、その管理者だけです。",
    )


def require_reporter(actor: Actor, handoff: Handoff) -> None:
    """Raise NotAllowedError for somebody who neither was offered it nor works on it now."""
    if not is_on_receiving_side(actor, handoff):
        require_taker(actor, handoff)


def find_receiver(
    *, declared: Declared, user_id: int | None, team_id: int | None, model: RevenueModel
) -> tuple[User | None, Team]:
    """To whom the offer goes: somebody and their team, or a team. Raises RuleError where it isn't clear.

    Nobody named: the receiving department's team, if it has one.
    """
    label = model.department(declared.receiver).label
    teams = Team.objects.filter(department=declared.receiver).order_by("id")
    if team_id is not None:
        teams = teams.filter(pk=team_id)
    if user_id is not None:
        held = (
            Membership.objects.select_related("user", "team")
            .filter(user=user_id, until=None, user__is_active=True, team__in=teams)
            .order_by("id")
            .first()
        )
        if held is None:
            raise RuleError(
                en=f"The person chosen doesn't work in {label.en}. Choose somebody of that department, or its team.",
                ja=f"選んだ人は{label.ja}に所属していません。{label.ja}の人かチームを選んでください。",
            )
        return held.user, held.team
    found = list(teams[:2])
    if len(found) == 1:
        return None, found[0]
    if not found:
        raise RuleError(
            en=f"There is no such team in {label.en}. Choose another one, or ask an administrator to add it.",
            ja=f"{label.ja}に該当するチームがありません。別のチームを選ぶか、管理者に追加を依頼してください。",
        )
    raise RuleError(
        en=f"{label.en} has several teams. Choose the one, or the person, to whom this is offered.",
        ja=f"{label.ja}には複数のチームがあります。提示先のチームか人を選んでください。",
    )


def new_owner(actor: Actor, handoff: Handoff) -> tuple[int | None, int | None]:
    """Who has the journey once it is accepted, as ids of a user and a team.

    Whoever was named; else whoever accepts, if they are in the receiving department; else the team.
    """
    user = handoff.receiver_user_id
    if user is None and actor.user is not None:
        in_team = handoff.receiver_team_id in actor.own_teams
        user = actor.user.pk if in_team or handoff.receiver in actor.departments else None
    return user, handoff.receiver_team_id
