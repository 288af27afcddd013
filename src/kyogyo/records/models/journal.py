"""What is written beside each change, in the same transaction: who did what, and what others must be told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyogyo.records.models.people import ApiKey, User


class AuditEvent(models.Model):
    """Who did what to which row, with the values before and after. Only ever added to."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=64)
    noun = models.CharField(max_length=32)
    row = models.BigIntegerField(null=True)
    journey_id = models.BigIntegerField(null=True, db_index=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["noun", "row"]),
            models.Index(fields=["by", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.noun} {self.row}"


class Outbox(models.Model):
    """What happened, for those who follow: the measuring copy, and what will send notices.

    The journeys touched are `journey_from` to `journey_to`, both inside (one row can stand for a
    whole import); `account_id` is set where an account's own data changed. On PostgreSQL a column
    `xid` beside these holds the number of the transaction, so that late commits are not missed.
    """

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=64)
    journey_from = models.BigIntegerField(null=True)
    journey_to = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(journey_from=None, journey_to=None)
                | Q(journey_from__isnull=False, journey_to__isnull=False),
                name="outbox_journeys_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Erasure(models.Model):
    """Open while somebody's data is being erased: the only time when history lets a row go."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.what


class IdempotencyKey(models.Model):
    """What was answered to a request, so that the same request sent again gets the same answer."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_a_user"),
        ]

    def __str__(self) -> str:
        return self.key


class ImportBatch(models.Model):
    """One import: which files, under which model, how far it is, and what became of the rows."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        UNDONE = "undone"

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    says = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "failed", "undone"]),
                name="import_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label
