"""A manager's desk: only what went out of line; and the short summary for those who only look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, F
from django.utils import timezone

from kyogyo.records.access import journeys_for, on_seen_journeys, seen_by, seen_rows_by
from kyogyo.records.models import Cause, Handoff, Journey, Role, StageEntry
from kyogyo.records.prepared import prepared
from kyogyo.records.queries import desk_rows
from kyogyo.records.queries.desk import SHOWN as SHOWN_PLACES
from kyogyo.records.queries.desk import Desk, desk_for
from kyogyo.records.queries.desk_facts import local_day
from kyogyo.records.queries.desk_handoffs import Owed, owed_on
from kyogyo.records.queries.desk_rows import NOT_CLOSED, entered_by
from kyogyo.records.queries.journeys import latest_entries
from kyogyo.records.queries.model import current
from kyogyo.records.queries.wording import department_label, gap_label, stage_label
from kyogyo.records.undone import that_stand
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from kyogyo.records.access import Actor
    from kyogyo.revenue_model.schema import RevenueModel

SHOWN = 8
# A count is followed this far; beyond it a page says "more than".
COUNTED = 1_000
OVERRIDES_SINCE = timedelta(days=30)


@dataclass(frozen=True)
class Stray:
    """A journey that went out of line, and how, in words."""

    journey: Journey
    stage: Text
    says: Text


@dataclass(frozen=True)
class Override:
    """A stage entered although something was missing."""

    entry: StageEntry
    stage: Text
    missing: tuple[Text, ...]


@dataclass(frozen=True)
class Exceptions:
    """What went out of line among all that a manager sees; each list is cut, its count is not (up to `COUNTED`)."""

    overdue: tuple[Owed, ...]
    stalled: tuple[Stray, ...]
    stalled_count: int
    past: tuple[Stray, ...]
    past_count: int
    unplanned: tuple[Stray, ...]
    unplanned_count: int
    overrides: tuple[Override, ...]
    as_of: datetime

    @property
    def is_clear(self) -> bool:
        return not (self.overdue or self.stalled or self.past or self.unplanned or self.overrides)


def exceptions_for(actor: Actor, *, now: datetime | None = None) -> Exceptions:
    """What a manager's people, or for RevOps and admins everybody, need help with."""
    now = now or timezone.now()
    model = current().model
    today = local_day(now, zone=model.time_zone)
    keys, many = actor.keys_or_all, actor.sees_many
    stages, latest = latest_entries(model=model, now=now)
    stalled = _stalled_ones(keys=keys, many=many, stages=stages, latest=latest)
    past = _past_ones(keys=keys, many=many, today=today)
    last_stages = {track.stages[-1] for track in model.tracks}
    unplanned = _unplanned_ones(keys=keys, many=many, last_stages=last_stages)
    shown = {pk for ids in (stalled, past, unplanned) for pk in ids[:SHOWN]}
    named = {one.pk: one for one in desk_rows.names_of(ids=shown)}
    return Exceptions(
        overdue=_overdue(actor, model=model, now=now),
        stalled=tuple(_stalled(named[pk], model=model, now=now) for pk in stalled[:SHOWN]),
        stalled_count=len(stalled),
        past=tuple(_past(named[pk], model=model, now=now) for pk in past[:SHOWN]),
        past_count=len(past),
        unplanned=tuple(_unplanned(named[pk], model=model, now=now) for pk in unplanned[:SHOWN]),
        unplanned_count=len(unplanned),
        overrides=_overrides(actor, model=model, now=now),
        as_of=now,
    )


def _open(keys: Collection[int] | None, *, many: bool) -> QuerySet[Journey]:
    """The journeys under way or won that the holder of `keys` sees, all of them where it is None."""
    return seen_by(Journey.objects.filter(stage_type__in=NOT_CLOSED), keys, many=many)


# Each goes so far that its rows can be counted; the ids alone, as whole rows are slow to sort.
@prepared
def _stalled_ones(
    *,
    keys: Collection[int] | None,
    many: bool,
    stages: Collection[str],
    latest: Collection[datetime],
) -> QuerySet[Journey, int]:
    rows = _open(keys, many=many).filter(entered_by(stages, latest))
    return rows.order_by("stage_entered_at", "id").values_list("pk", flat=True)[: COUNTED + 1]


@prepared
def _past_ones(*, keys: Collection[int] | None, many: bool, today: date) -> QuerySet[Journey, int]:
    rows = _open(keys, many=many).filter(next_step_on__lt=today)
    return rows.order_by("next_step_on", "id").values_list("pk", flat=True)[: COUNTED + 1]


@prepared
def _unplanned_ones(
    *, keys: Collection[int] | None, many: bool, last_stages: Collection[str]
) -> QuerySet[Journey, int]:
    rows = _open(keys, many=many).filter(next_step_on=None).exclude(stage__in=last_stages)
    rows = rows.order_by(F("last_activity_at").asc(nulls_first=True), "id")
    return rows.values_list("pk", flat=True)[: COUNTED + 1]


@prepared
def _waiting(*, keys: Collection[int] | None) -> QuerySet[Handoff]:
    rows = seen_rows_by(Handoff.objects.filter(open_round__isnull=False), keys)
    return rows.select_related("journey__account", "offered_by").order_by("offered_at", "id")[:200]


@prepared
def _overridden(*, keys: Collection[int] | None, since: datetime) -> QuerySet[StageEntry]:
    # What an import could not show was nobody's decision.
    entries = (
        that_stand(StageEntry.objects.filter(at__gte=since))
        .exclude(override_reason="")
        .exclude(cause=Cause.IMPORT)
    )
    rows = seen_rows_by(entries, keys).select_related("journey__account", "by")
    return rows.order_by("-at", "-id")[:SHOWN]


def _overdue(actor: Actor, *, model: RevenueModel, now: datetime) -> tuple[Owed, ...]:
    waiting = _waiting(keys=actor.keys_or_all)
    owed = owed_on(waiting, model=model, now=now)
    return tuple(one for one in owed if one.is_over)[:SHOWN]


def _stalled(journey: Journey, *, model: RevenueModel, now: datetime) -> Stray:
    days = 0 if journey.stage_entered_at is None else (now - journey.stage_entered_at).days
    stage = stage_label(model, journey.stage)
    expected = next((one.expected_days for one in model.stages if one.code == journey.stage), None)
    return Stray(
        journey,
        stage,
        Text(
            en=f"{days} days in {stage.en}, expected {expected}",
            ja=f"「{stage.ja}」に{days}日滞留（目安{expected}日）",
        ),
    )


def _past(journey: Journey, *, model: RevenueModel, now: datetime) -> Stray:
    assert journey.next_step_on is not None  # noqa: S101 -- the query asked for it
    days = (local_day(now, zone=model.time_zone) - journey.next_step_on).days
    return Stray(
        journey,
        stage_label(model, journey.stage),
        Text(en=f"{days} days past: {journey.next_step}", ja=f"{days}日超過：{journey.next_step}"),
    )


def _unplanned(journey: Journey, *, model: RevenueModel, now: datetime) -> Stray:
    days = _days_since(journey.last_activity_at, model=model, now=now)
    return Stray(
        journey,
        stage_label(model, journey.stage),
        Text(en="No activity yet", ja="活動の記録なし")
        if days is None
        else Text(en=f"Last activity {days} days ago", ja=f"最後の活動は{days}日前"),
    )


def _overrides(actor: Actor, *, model: RevenueModel, now: datetime) -> tuple[Override, ...]:
    rows = _overridden(keys=actor.keys_or_all, since=now - OVERRIDES_SINCE)
    return tuple(
        Override(
            entry=row,
            stage=stage_label(model, row.stage),
            missing=tuple(gap_label(model, code) for code in row.missing),
        )
        for row in rows
    )


def _days_since(at: datetime | None, *, model: RevenueModel, now: datetime) -> int | None:
    if at is None:
        return None
    zone = ZoneInfo(model.time_zone)
    return (now.astimezone(zone).date() - at.astimezone(zone).date()).days


@dataclass(frozen=True)
class Reach:
    """A department in the summary: what lies in its stages now."""

    code: str
    label: Text
    open: int
    waiting: int


@dataclass(frozen=True)
class Summary:
    """The state of things in a few numbers, for who only looks. The stream has the rest."""

    reaches: tuple[Reach, ...]
    overdue: tuple[Owed, ...]
    as_of: datetime


def summary_for(actor: Actor, *, now: datetime | None = None) -> Summary:
    """Per department: open journeys in its stages, and handoffs that wait for its decision."""
    now = now or timezone.now()
    model = current().model
    by_stage = dict(
        journeys_for(actor)
        .filter(stage_type__in=NOT_CLOSED)
        .values_list("stage")
        .annotate(count=Count("pk"))
        .order_by()
    )
    waiting = dict(
        on_seen_journeys(Handoff.objects.filter(open_round__isnull=False), actor)
        .values_list("receiver")
        .annotate(count=Count("pk"))
        .order_by()
    )
    reaches = tuple(
        Reach(
            code=department.code,
            label=department_label(model, department.code),
            open=sum(
                by_stage.get(stage.code, 0)
                for stage in model.stages
                if stage.department == department.code
            ),
            waiting=waiting.get(department.code, 0),
        )
        for department in model.departments
    )
    return Summary(reaches=reaches, overdue=_overdue(actor, model=model, now=now), as_of=now)


@dataclass(frozen=True)
class OpenDesk:
    """What lies on the desk of whoever asks, by what they are: a queue, exceptions and a queue, or a summary."""

    queue: Desk | None
    exceptions: Exceptions | None
    summary: Summary | None


def open_desk(actor: Actor, *, now: datetime | None = None, limit: int = SHOWN_PLACES) -> OpenDesk:
    """A member's queue; for managers, RevOps and admins what went out of line first; for viewers a summary."""
    now = now or timezone.now()
    leads = bool(actor.roles & {Role.MANAGER, Role.REVOPS, Role.ADMIN})
    looks = not actor.may_write
    return OpenDesk(
        queue=None if looks else desk_for(actor, now=now, limit=limit),
        exceptions=exceptions_for(actor, now=now) if leads else None,
        summary=summary_for(actor, now=now) if looks else None,
    )
