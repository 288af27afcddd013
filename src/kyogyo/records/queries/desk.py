"""My desk: what waits for me, in one order, each with the reason for its place; and what others owe me.

Candidates are found by a few narrow look-ups, each cut at `PROBE` rows and ordered as `priority`
orders its own band; only what they find is looked at closely. A desk with more is said to be cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from kyogyo.records.access import own_journeys, seen_among
from kyogyo.records.models import Assignment, Handoff, Journey, User
from kyogyo.records.queries.clocks import offer_clocks
from kyogyo.records.queries.desk_facts import (
    CLOSED,
    NOT_CLOSED,
    ends_to_revisit,
    facts_of,
    local_day,
    open_promises,
    read_bulk,
)
from kyogyo.records.queries.desk_handoffs import DeskHandoffs, desk_handoffs, running_clocks
from kyogyo.records.queries.journeys import stalled_at
from kyogyo.records.queries.model import current
from kyogyo.records.queries.priority import HOT, Band, Reason, order
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor
    from kyogyo.records.models import Commitment
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.records.queries.desk_facts import Bulk
    from kyogyo.records.queries.desk_handoffs import Owed
    from kyogyo.revenue_model.schema import RevenueModel

PROBE = 60
Act = Literal["decide", "result", "complete", "promise", "offer", "step", "reopen"]


@dataclass(frozen=True)
class Place:
    """One journey on a desk: why it lies there, the weightiest reason first, and what to do about it."""

    journey: Journey
    stage: Text
    reasons: tuple[Reason, ...]
    act: Act
    handoff: Handoff | None = None
    promise: Commitment | None = None

    @property
    def reason(self) -> Reason:
        return self.reasons[0]

    @property
    def others(self) -> tuple[Reason, ...]:
        return self.reasons[1:]


@dataclass(frozen=True)
class Meeting:
    """What I am to meet today, with how many of the giver's answers wait for me to confirm."""

    journey: Journey
    handoff: Handoff | None
    answers: int


@dataclass(frozen=True)
class Desk:
    """A desk as it lies now. `is_new` says that nothing was ever given to this person."""

    places: tuple[Place, ...]
    is_cut: bool
    meetings: tuple[Meeting, ...]
    handoffs: DeskHandoffs
    is_new: bool
    as_of: datetime

    @property
    def late(self) -> int:
        return sum(place.reason.tone == "late" for place in self.places)

    @property
    def i_owe(self) -> tuple[Owed, ...]:
        return self.handoffs.i_owe

    @property
    def owed_me(self) -> tuple[Owed, ...]:
        return self.handoffs.owed_me


def desk_for(actor: Actor, *, now: datetime | None = None, limit: int = 50) -> Desk:
    """The desk of whoever asks: their own journeys, what their team holds in common, what was handed to them."""
    now = now or timezone.now()
    model = current().model
    handoffs = desk_handoffs(actor, model=model, now=now)
    mine = _mine(actor)
    ids, is_cut = _candidates(mine, _to_revisit(actor, model=model, now=now), model=model, now=now)
    wanted = ids | set(handoffs.by_journey)
    journeys = list(
        seen_among(Journey.objects.filter(pk__in=wanted), actor).select_related(
            "account", "owner", "team"
        )
    )
    bulk = read_bulk(journeys, since=now - HOT)
    offers = offer_clocks(journeys, model=model, now=now)
    places = [
        place
        for journey in journeys
        if (
            place := _place(
                journey, actor, model=model, bulk=bulk, handoffs=handoffs, offers=offers, now=now
            )
        )
    ]
    places.sort(key=lambda place: (place.reason.rank, place.journey.pk))
    return Desk(
        places=tuple(places[:limit]),
        is_cut=is_cut or len(places) > limit,
        meetings=_meetings(journeys, model=model, bulk=bulk, handoffs=handoffs, now=now),
        handoffs=handoffs,
        is_new=not places and not _ever_had_any(actor),
        as_of=now,
    )


def _mine(actor: Actor) -> QuerySet[Journey]:
    """The open journeys that are mine to move: my own, and those of my teams that nobody has."""
    return own_journeys(actor).filter(stage_type__in=NOT_CLOSED)


def _to_revisit(actor: Actor, *, model: RevenueModel, now: datetime) -> QuerySet[Journey]:
    """Those that have ended, to be looked at again by now, and that nobody has opened again.

    They are their last owner's; the team's where there is none, and those who see the team's work
    have them where that owner has left.
    """
    if actor.user is None or not actor.memberships:
        return Journey.objects.none()
    # Those who have left are few: found first, so that not every journey of the teams is looked at.
    left = list(User.objects.filter(is_active=False).values_list("pk", flat=True))
    # Whoever is one of these sees the journey, which need not be asked once more.
    own = Q(owner=actor.user) | Q(owner=None, team__in=actor.own_teams)
    if left:
        own |= Q(owner__in=left, team__in=actor.seen_teams)
    today = local_day(now, zone=model.time_zone)
    due = ends_to_revisit().filter(journey=OuterRef("pk"), revisit_on__lte=today)
    later = Journey.objects.filter(previous=OuterRef("pk"))
    return Journey.objects.filter(own, Exists(due), ~Exists(later), stage_type__in=CLOSED)


def _candidates(
    mine: QuerySet[Journey], ended: QuerySet[Journey], *, model: RevenueModel, now: datetime
) -> tuple[set[int], bool]:
    today = local_day(now, zone=model.time_zone)
    last_stages = {track.stages[-1] for track in model.tracks}
    promises = open_promises().filter(journey=OuterRef("pk"), due_on__lte=today)
    probes = [
        mine.filter(next_step_on__lte=today).order_by("next_step_on", "id"),
        mine.filter(last_activity_at__gte=now - HOT).order_by("-last_activity_at", "id"),
        mine.filter(Exists(promises)).order_by("id"),
        mine.filter(stage__in=[one.from_stage for one in model.handoffs]).order_by(
            "-stage_entered_at", "id"
        ),
        mine.filter(stalled_at(model=model, now=now)).order_by("stage_entered_at", "id"),
        mine.filter(next_step_on=None)
        .exclude(stage__in=last_stages)
        .order_by(F("last_activity_at").asc(nulls_first=True), "id"),
        ended.order_by("stage_entered_at", "id"),
    ]
    found = [list(probe.values_list("pk", flat=True)[:PROBE]) for probe in probes]
    return {pk for ids in found for pk in ids}, any(len(ids) == PROBE for ids in found)


def _place(
    journey: Journey,
    actor: Actor,
    *,
    model: RevenueModel,
    bulk: Bulk,
    handoffs: DeskHandoffs,
    offers: dict[int, tuple[ClockReading, ...]],
    now: datetime,
) -> Place | None:
    held = handoffs.by_journey.get(journey.pk)
    # One that has ended is only found where it is mine to look at again.
    is_mine = actor.user is not None and (
        journey.owner_id == actor.user.pk
        or (journey.owner_id is None and journey.team_id in actor.own_teams)
        or (held is None and journey.stage_type in CLOSED)
    )
    clocks = () if held is None else held.clocks
    if is_mine and held is None:
        clocks = running_clocks(offers.get(journey.pk, ()))
    facts = facts_of(
        journey,
        model=model,
        bulk=bulk,
        now=now,
        clocks=clocks,
        handed=None if held is None else held.handed,
        is_mine=is_mine,
    )
    reasons = order(facts, now=now, zone=model.time_zone)
    if not reasons:
        return None
    stage = next((one.label.text for one in model.stages if one.code == journey.stage), None)
    promise = _due_promise(journey, bulk)
    return Place(
        journey=journey,
        stage=stage or _as_is(journey.stage),
        reasons=reasons,
        act=_act(reasons[0], held.act if held else "offer"),
        handoff=None if held is None else held.handoff,
        promise=promise if reasons[0].band in (Band.PROMISE_OVER, Band.PROMISE_TODAY) else None,
    )


def _act(first: Reason, held: Act) -> Act:
    """What opening the place does: the act that its first reason asks for."""
    if first.band in (Band.PROMISE_OVER, Band.PROMISE_TODAY):
        return "promise"
    if first.band == Band.REVISIT:
        return "reopen"
    clock = (Band.CLOCK_OVER, Band.CLOCK_TODAY, Band.CLOCK_RUNS, Band.HANDED_TO_ME)
    return held if first.band in clock else "step"


def _due_promise(journey: Journey, bulk: Bulk) -> Commitment | None:
    dated = [promise for promise in bulk.promises.get(journey.pk, ()) if promise.due_on]
    return dated[0] if dated else None


def _meetings(
    journeys: Sequence[Journey],
    *,
    model: RevenueModel,
    bulk: Bulk,
    handoffs: DeskHandoffs,
    now: datetime,
) -> tuple[Meeting, ...]:
    """Journeys handed to me whose next step is today: the meeting that somebody else set for me."""
    today = local_day(now, zone=model.time_zone)
    return tuple(
        Meeting(
            journey=journey,
            handoff=held.handoff,
            answers=len(bulk.answered.get(journey.pk, ())),
        )
        for journey in sorted(journeys, key=lambda one: (one.next_step_at or now, one.pk))
        if (held := handoffs.by_journey.get(journey.pk)) is not None
        and held.act in ("decide", "result")
        and journey.next_step_on == today
    )


def _ever_had_any(actor: Actor) -> bool:
    return Assignment.objects.filter(user=actor.user).exists() or _mine(actor).exists()


def _as_is(code: str) -> Text:
    return Text(en=code, ja=code)
