"""My desk: what waits for me, in one order, each with the reason for its place; and what others owe me.

Candidates are found by a few narrow look-ups, each cut at `PROBE` rows and ordered as `priority`
orders its own band; only what they find is looked at closely. A desk with more is said to be cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from kyogyo.records.queries import desk_rows
from kyogyo.records.queries.clocks import offer_clocks
from kyogyo.records.queries.desk_facts import facts_of, local_day, read_bulk
from kyogyo.records.queries.desk_handoffs import DeskHandoffs, desk_handoffs, running_clocks
from kyogyo.records.queries.desk_rows import CLOSED, PROBE
from kyogyo.records.queries.journeys import latest_entries
from kyogyo.records.queries.model import current
from kyogyo.records.queries.priority import HOT, Band, Reason, order
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.access import Actor
    from kyogyo.records.models import Commitment, Handoff, Journey
    from kyogyo.records.queries.clocks import ClockReading
    from kyogyo.records.queries.desk_facts import Bulk
    from kyogyo.records.queries.desk_handoffs import Owed
    from kyogyo.revenue_model.schema import RevenueModel

# Places that are written out at once; the rest when they are asked for.
SHOWN = 20
MOST = 200
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
    """A desk as it lies now: the first places of `count`, `late` of which are overdue. `is_cut`: the records
    hold more than was looked at. `is_new` says that nothing was ever given to this person."""

    places: tuple[Place, ...]
    count: int
    late: int
    is_cut: bool
    meetings: tuple[Meeting, ...]
    handoffs: DeskHandoffs
    is_new: bool
    as_of: datetime

    @property
    def more(self) -> int:
        """How many lie beneath those that are shown."""
        return self.count - len(self.places)

    @property
    def i_owe(self) -> tuple[Owed, ...]:
        return self.handoffs.i_owe

    @property
    def owed_me(self) -> tuple[Owed, ...]:
        return self.handoffs.owed_me


def desk_for(actor: Actor, *, now: datetime | None = None, limit: int = SHOWN) -> Desk:
    """The desk of whoever asks: their own journeys, what their team holds in common, what was handed to them."""
    now = now or timezone.now()
    model = current().model
    handoffs = desk_handoffs(actor, model=model, now=now)
    ids, is_cut = _candidates(actor, model=model, now=now)
    journeys = desk_rows.seen_journeys(ids=ids | set(handoffs.by_journey), keys=actor.keys_or_all)
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
    meetings = _meetings(journeys, model=model, bulk=bulk, handoffs=handoffs, now=now)
    _name([*(one.journey for one in places[:limit]), *(one.journey for one in meetings)])
    return Desk(
        places=tuple(places[:limit]),
        count=len(places),
        late=sum(place.reason.tone == "late" for place in places),
        is_cut=is_cut,
        meetings=meetings,
        handoffs=handoffs,
        is_new=not places and not _ever_had_any(actor),
        as_of=now,
    )


def _name(journeys: Sequence[Journey]) -> None:
    """Whose they are and at which company: read for those alone that are shown."""
    named = {one.pk: one for one in desk_rows.names_of(ids={one.pk for one in journeys})}
    for journey in journeys:
        journey.account, journey.owner = named[journey.pk].account, named[journey.pk].owner


def _candidates(actor: Actor, *, model: RevenueModel, now: datetime) -> tuple[set[int], bool]:
    """Their open journeys that may have to lie on the desk, and whether a look-up found more than it takes."""
    if actor.user is None or not actor.memberships:
        return set(), False
    user, teams, below = actor.user.pk, actor.own_teams, actor.seen_teams
    # Whose owner has left is for those who see the team's work.
    left = desk_rows.who_left() if below else []
    today = local_day(now, zone=model.time_zone)
    stages, latest = latest_entries(model=model, now=now)
    found = [
        desk_rows.due_steps(user=user, teams=teams, today=today),
        desk_rows.lately_touched(user=user, teams=teams, since=now - HOT),
        desk_rows.with_due_promises(user=user, teams=teams, today=today),
        desk_rows.before_handoffs(
            user=user, teams=teams, stages={one.from_stage for one in model.handoffs}
        ),
        desk_rows.stalled(user=user, teams=teams, stages=stages, latest=latest),
        desk_rows.unplanned(
            user=user, teams=teams, last_stages={track.stages[-1] for track in model.tracks}
        ),
        desk_rows.to_revisit(
            user=user, teams=teams, left=left, below=below if left else (), today=today
        ),
    ]
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
    if actor.user is None:
        return False
    user = actor.user.pk
    return bool(
        desk_rows.was_ever_given(user=user) or desk_rows.has_any(user=user, teams=actor.own_teams)
    )


def _as_is(code: str) -> Text:
    return Text(en=code, ja=code)
