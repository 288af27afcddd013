"""A manager's desk: only what went out of line; and the short summary for those who only look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, F
from django.utils import timezone

from kyogyo.records.access import journeys_for, on_seen_journeys
from kyogyo.records.models import Cause, Handoff, Journey, Role, StageEntry
from kyogyo.records.queries.desk import Desk, desk_for
from kyogyo.records.queries.desk_facts import NOT_CLOSED, local_day
from kyogyo.records.queries.desk_handoffs import Owed, owed_on
from kyogyo.records.queries.journeys import stalled_at
from kyogyo.records.queries.model import current
from kyogyo.records.queries.wording import department_label, gap_label, stage_label
from kyogyo.records.undone import that_stand
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from kyogyo.records.access import Actor
    from kyogyo.revenue_model.schema import RevenueModel

SHOWN = 15
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
    seen = journeys_for(actor).filter(stage_type__in=NOT_CLOSED)
    last_stages = {track.stages[-1] for track in model.tracks}
    stalled = seen.filter(stalled_at(model=model, now=now))
    past = seen.filter(next_step_on__lt=today)
    unplanned = seen.filter(next_step_on=None).exclude(stage__in=last_stages)
    return Exceptions(
        overdue=_overdue(actor, model=model, now=now),
        stalled=tuple(
            _stalled(journey, model=model, now=now)
            for journey in _first(stalled, "stage_entered_at")
        ),
        stalled_count=_count(stalled),
        past=tuple(
            _past(journey, model=model, now=now) for journey in _first(past, "next_step_on")
        ),
        past_count=_count(past),
        unplanned=tuple(
            _unplanned(journey, model=model, now=now)
            for journey in _first(unplanned, F("last_activity_at").asc(nulls_first=True))
        ),
        unplanned_count=_count(unplanned),
        overrides=_overrides(actor, model=model, now=now),
        as_of=now,
    )


def _first(rows: QuerySet[Journey], by: str | OrderBy) -> list[Journey]:
    """Those to be shown. Their order is found by their numbers alone: whole rows are slow to sort."""
    ids = list(rows.order_by(by, "id").values_list("pk", flat=True)[:SHOWN])
    found = Journey.objects.select_related("account", "owner", "team").in_bulk(ids)
    return [found[pk] for pk in ids]


def _count(rows: QuerySet[Journey]) -> int:
    return rows.order_by()[: COUNTED + 1].count()


def _overdue(actor: Actor, *, model: RevenueModel, now: datetime) -> tuple[Owed, ...]:
    waiting = (
        on_seen_journeys(Handoff.objects.filter(open_round__isnull=False), actor)
        .select_related("journey__account", "offered_by", "receiver_user", "receiver_team")
        .order_by("offered_at", "id")[:200]
    )
    owed = owed_on(list(waiting), model=model, now=now)
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
    # What an import could not show was nobody's decision.
    entries = (
        that_stand(StageEntry.objects.filter(at__gte=now - OVERRIDES_SINCE))
        .exclude(override_reason="")
        .exclude(cause=Cause.IMPORT)
    )
    rows = (
        on_seen_journeys(entries, actor)
        .select_related("journey__account", "by")
        .order_by("-at", "-id")[:SHOWN]
    )
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


def open_desk(actor: Actor, *, now: datetime | None = None) -> OpenDesk:
    """A member's queue; for managers, RevOps and admins what went out of line first; for viewers a summary."""
    now = now or timezone.now()
    leads = bool(actor.roles & {Role.MANAGER, Role.REVOPS, Role.ADMIN})
    looks = not actor.may_write
    return OpenDesk(
        queue=None if looks else desk_for(actor, now=now),
        exceptions=exceptions_for(actor, now=now) if leads else None,
        summary=summary_for(actor, now=now) if looks else None,
    )
