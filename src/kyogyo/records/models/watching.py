"""What was noticed about the stream, and the meetings that look at it: alerts, their answers, reviews and what they decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyogyo.records.models.countermeasures import Countermeasure
from kyogyo.records.models.people import User


class Alert(models.Model):
    """Something that a chart or a rule noticed. `key` names it for ever: nobody is told twice of one thing.

    `says` holds the words in both languages, `numbers` what they rest on. Only ever added to.
    """

    class Kind(models.TextChoices):
        SHIFT = "shift"
        CONFLICT = "conflict"
        COINCIDENCE = "coincidence"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    track = models.CharField(max_length=64)
    node = models.CharField(max_length=128)
    department = models.CharField(max_length=64, blank=True)
    is_good = models.BooleanField(default=False)
    since = models.DateField()
    says = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["department", "raised_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["shift", "conflict", "coincidence"]),
                name="alert_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class AlertAnswer(models.Model):
    """What somebody said to an alert; the last one holds. A countermeasure may be what was done about it."""

    class Kind(models.TextChoices):
        SEEN = "seen"
        KNOWN = "known"
        ACTED = "acted"
        OPEN = "open"

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=500, blank=True)
    countermeasure = models.ForeignKey(
        Countermeasure, null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["seen", "known", "acted", "open"]),
                name="alert_answer_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.kind}"


class Review(models.Model):
    """One meeting over the stream: its agenda is made of what changed and what is open."""

    held_on = models.DateField()
    track = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["track"], condition=Q(closed_at=None), name="review_one_open_a_track"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} {self.held_on}"


class ReviewPoint(models.Model):
    """One point of a review's agenda, why it is there, and what was decided: by whom it is done, by when.

    `subject` names what it is about ('alert:12', 'countermeasure:3', 'node:conversion:mql'); a point
    that was not settled is `carried_from` one review to the next.
    """

    class Decision(models.TextChoices):
        NONE = ""
        DO = "do"
        SETTLED = "settled"
        CARRY = "carry"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=200)
    says = models.JSONField(default=dict)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True, blank=True)
    carried_from = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="carried_to"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "subject"], name="review_point_once"),
            models.CheckConstraint(
                condition=~Q(decision="do") | (Q(owner__isnull=False) & Q(due_on__isnull=False)),
                name="review_point_to_do_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "do", "settled", "carry"]),
                name="review_point_decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
