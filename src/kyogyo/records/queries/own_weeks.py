"""Somebody's last weeks, act by act: for themselves and their manager alone.

A week counts from Monday to Sunday where the organisation is; the running one isn't among them. What
somebody did is divided by what there was to do: handoffs answered, handoffs given, working days.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone

from kyogyo.records.access import journeys_for, on_seen_journeys
from kyogyo.records.models import Activity, Handoff, HandoffEvent, Journey
from kyogyo.records.queries.calendar import hours_of
from kyogyo.records.queries.clocks import clocks_of_many
from kyogyo.records.queries.credit import find_seen_person
from kyogyo.records.queries.decisions import standing_events
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyogyo.records.access import Actor
    from kyogyo.records.models import User

WEEKS = 12
ActCode = Literal["answered_in_time", "accepted_at_first", "contacts"]
_DECIDED = ("accepted", "returned", "needs_work")
_CONTACTS = ("call", "mail", "meeting")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """One week of an act: `done` of `exposure` (0: there was nothing to do, or nothing is recorded)."""

    monday: date
    done: int
    exposure: int

    @property
    def rate(self) -> float | None:
        return self.done / self.exposure if self.exposure else None


@dataclass(frozen=True, slots=True)
class Aid:
    """The one record to open next: a handoff, or a journey, and whose."""

    address: str
    account: str


@dataclass(frozen=True, slots=True)
class OwnAct:
    """An act over the last twelve weeks, oldest first, and what to open next for it (None: nothing waits)."""

    code: ActCode
    weeks: tuple[OwnWeek, ...]
    aid: Aid | None


def own_weeks_of(*, actor: Actor, user_id: int, now: datetime | None = None) -> tuple[OwnAct, ...]:
    """The weekly acts of somebody that the records know of; an act without any record isn't among them.

    Raises MissingRecordError for anybody but themselves and a manager of theirs, whatever else they may see.
    """
    user, now = find_seen_person(actor, user_id), now or timezone.now()
    zone = ZoneInfo(current().model.time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    mondays = tuple(monday - _WEEK * back for back in range(WEEKS, 0, -1))
    since = datetime.combine(mondays[0], time(), tzinfo=zone)
    until = datetime.combine(monday, time(), tzinfo=zone)
    acts = (
        OwnAct(
            "answered_in_time",
            _weeks(mondays, _answered(actor, user, since, until, now), zone),
            _waiting(actor, user),
        ),
        OwnAct(
            "accepted_at_first",
            _weeks(mondays, _first_decisions(actor, user, since, until), zone),
            _sent_back(actor, user),
        ),
        OwnAct("contacts", _contacts(actor, user, mondays, zone), _quiet(actor, user)),
    )
    return tuple(act for act in acts if any(week.exposure for week in act.weeks))


def _weeks(
    mondays: Iterable[date], found: Iterable[tuple[datetime, bool]], zone: ZoneInfo
) -> tuple[OwnWeek, ...]:
    done, all_of_them = Counter[date](), Counter[date]()
    for at, is_done in found:
        monday = _monday(at, zone)
        all_of_them[monday] += 1
        done[monday] += is_done
    return tuple(OwnWeek(monday, done[monday], all_of_them[monday]) for monday in mondays)


def _monday(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _answered(
    actor: Actor, user: User, since: datetime, until: datetime, now: datetime
) -> list[tuple[datetime, bool]]:
    """Their last answer to each handoff that has a clock for it, and whether it came within it."""
    seen = on_seen_journeys(Handoff.objects.all(), actor)
    events = standing_events().filter(
        by=user, kind__in=_DECIDED, at__gte=since, at__lt=until, handoff__in=seen.values("pk")
    )
    last = {event.handoff_id: event.at for event in events}
    handoffs = list(Handoff.objects.filter(pk__in=list(last)).select_related("journey"))
    clocks = clocks_of_many(handoffs, model=current().model, now=now)
    # A clock that was stopped by a later answer, of somebody else, says nothing of this one.
    return [
        (last[one.pk], clock.state == "met")
        for one in handoffs
        for clock in clocks[one.pk]
        if clock.until == "decision"
        and clock.owner == one.receiver
        and clock.state in ("met", "missed")
        and clock.stopped_at == last[one.pk]
    ]


def _first_decisions(
    actor: Actor, user: User, since: datetime, until: datetime
) -> list[tuple[datetime, bool]]:
    """The first answer to each handoff that they gave, and whether it was an acceptance."""
    given = on_seen_journeys(Handoff.objects.filter(offered_by=user), actor)
    decided = standing_events().filter(kind__in=_DECIDED)
    recent = given.filter(pk__in=decided.order_by().filter(at__gte=since).values("handoff"))
    first: dict[int, HandoffEvent] = {}
    for event in decided.filter(handoff__in=recent.values("pk")):
        first.setdefault(event.handoff_id, event)
    return [
        (event.at, event.kind == "accepted")
        for event in first.values()
        if since <= event.at < until
    ]


def _contacts(
    actor: Actor, user: User, mondays: tuple[date, ...], zone: ZoneInfo
) -> tuple[OwnWeek, ...]:
    """Calls, mails and meetings by the working days of the week; a week without any record was one away."""
    since = datetime.combine(mondays[0], time(), tzinfo=zone)
    until = datetime.combine(mondays[-1] + _WEEK, time(), tzinfo=zone)
    rows = on_seen_journeys(Activity.objects.filter(by=user, at__gte=since, at__lt=until), actor)
    made: defaultdict[date, int] = defaultdict(int)
    for at, kind in rows.values_list("at", "kind"):
        made[_monday(at, zone)] += kind in _CONTACTS
    hours = hours_of(current().model)
    return tuple(
        OwnWeek(
            monday,
            made.get(monday, 0),
            sum(hours.works_on(monday + timedelta(days=day)) for day in range(7))
            if monday in made
            else 0,
        )
        for monday in mondays
    )


def _waiting(actor: Actor, user: User) -> Aid | None:
    rows = on_seen_journeys(
        Handoff.objects.filter(receiver_user=user, open_round__isnull=False), actor
    )
    oldest = rows.select_related("journey__account").order_by("offered_at", "id").first()
    return _of_handoff(oldest)


def _sent_back(actor: Actor, user: User) -> Aid | None:
    """The last handoff of theirs that was returned, or for which more was asked."""
    given = on_seen_journeys(Handoff.objects.filter(offered_by=user), actor)
    event = (
        standing_events()
        .filter(kind__in=("returned", "needs_work"), handoff__in=given.values("pk"))
        .select_related("handoff__journey__account")
        .last()
    )
    return _of_handoff(event.handoff if event else None)


def _quiet(actor: Actor, user: User) -> Aid | None:
    """Their open journey whose buyer has heard nothing for longest."""
    rows = journeys_for(actor).filter(owner=user, stage_type="open")
    quiet = rows.filter(last_activity_at__isnull=False).select_related("account")
    one: Journey | None = quiet.order_by("last_activity_at", "id").first()
    return None if one is None else Aid(f"/journeys/{one.pk}/", one.account.name)


def _of_handoff(handoff: Handoff | None) -> Aid | None:
    if handoff is None:
        return None
    return Aid(f"/handoffs/{handoff.pk}/", handoff.journey.account.name)
