"""What the settings pages show beside people: fields, versions of the model, the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F

from kyogyo.records.access import not_found, require_admin
from kyogyo.records.models import AuditEvent, CustomField, ModelVersion, User
from kyogyo.words import read_whole

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor


def fields_for(actor: Actor) -> QuerySet[CustomField]:
    """Every field that was added, those still asked for first."""
    require_admin(actor)
    return CustomField.objects.order_by(F("retired_at").asc(nulls_first=True), "noun", "id")


def versions_for(actor: Actor) -> QuerySet[ModelVersion]:
    """Every version of the model, the newest first, without their texts."""
    require_admin(actor)
    return ModelVersion.objects.defer("text").select_related("by").order_by("-id")


def version_for(actor: Actor, version_id: int) -> ModelVersion:
    """One version with its text. Raises MissingRecordError."""
    require_admin(actor)
    found = ModelVersion.objects.select_related("by").filter(pk=version_id).first()
    if found is None:
        raise not_found(en="version of the model", ja="モデルの版", key=version_id)
    return found


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which of the audit log: `by` an id or 'system', days both inside."""

    noun: str = ""
    action: str = ""
    by: str = ""
    row: int | None = None
    since: date | None = None
    until: date | None = None


def audit_for(actor: Actor, *, asked: AuditFilter, zone: ZoneInfo) -> QuerySet[AuditEvent]:
    """Who did what, the newest first."""
    require_admin(actor)
    wanted: dict[str, Any] = {}
    if asked.noun:
        wanted["noun"] = asked.noun
    if asked.action:
        wanted["action"] = asked.action
    if asked.row is not None:
        wanted["row"] = asked.row
    if asked.by == "system":
        wanted["by"] = None
    elif (by := read_whole(asked.by)) is not None:
        wanted["by_id"] = by
    if asked.since:
        wanted["at__gte"] = _in_utc(datetime.combine(asked.since, time.min, zone))
    if asked.until:
        wanted["at__lte"] = _in_utc(datetime.combine(asked.until, time.max, zone))
    return AuditEvent.objects.select_related("by", "key").filter(**wanted).order_by("-id")


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # the first or the last day of all
        return at.replace(tzinfo=UTC)


def audit_words(actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(nouns, actions) that occur in the log, for its filter."""
    require_admin(actor)
    nouns = AuditEvent.objects.order_by("noun").values_list("noun", flat=True).distinct()
    actions = AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct()
    return tuple(nouns), tuple(actions)


def people_named(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(id, name) of everybody who can have acted."""
    require_admin(actor)
    rows = User.objects.filter(is_placeholder=False).order_by("name").values_list("id", "name")
    return tuple((str(number), name) for number, name in rows)
