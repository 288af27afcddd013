"""What is done about one node of the stream: registered before it starts, scored while it runs, judged after."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyogyo.records.models.journeys import Journey
from kyogyo.records.models.organisation import ModelVersion
from kyogyo.records.models.people import Team, User


class Countermeasure(models.Model):
    """An experiment on one node: what is expected, who owns it, what is done, where and when it starts.

    What stands here is the registration as it holds now; `events` keep each version of it.
    `design` holds what the design can reach, said before the start. Its state is the last of
    its events; `is_open` makes sure that two of the same scope, node and reason aren't tried at one time.
    """

    class Reason(models.TextChoices):
        VOLUME = "volume"
        CONVERSION = "conversion"
        DELAY = "delay"
        VALUE = "value"
        CAPACITY = "capacity"
        CHURN = "churn"

    title = models.CharField(max_length=200)
    hypothesis = models.TextField()
    track = models.CharField(max_length=64)
    node = models.CharField(max_length=128)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    segment = models.CharField(max_length=64, blank=True)
    segment_value = models.CharField(max_length=200, blank=True)
    improves_up = models.BooleanField(default=True)
    guard = models.CharField(max_length=128, blank=True)
    department = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="countermeasures")
    expected = models.BigIntegerField(null=True)
    expected_low = models.BigIntegerField(null=True)
    expected_high = models.BigIntegerField(null=True)
    design = models.JSONField(default=dict, blank=True)
    baseline_from = models.DateField()
    review_on = models.DateField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["is_open", "review_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["track", "node", "reason", "segment", "segment_value"],
                condition=Q(is_open=True),
                name="countermeasure_one_open_a_scope",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="countermeasure_has_a_title"),
            models.CheckConstraint(
                condition=Q(
                    reason__in=["volume", "conversion", "delay", "value", "capacity", "churn"]
                ),
                name="countermeasure_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CountermeasureStep(models.Model):
    """One act of the task analysis: small, and others can see whether it was done.

    `rule` names what the records show about it; empty, a person scores it. A step that was
    changed is retired and stands beside the new one: what was scored stays true.
    """

    countermeasure = models.ForeignKey(
        Countermeasure, on_delete=models.PROTECT, related_name="steps"
    )
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    evidence = models.CharField(max_length=500)
    rule = models.CharField(max_length=64, blank=True)
    is_critical = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(evidence=""), name="step_says_what_is_seen"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class CountermeasureStart(models.Model):
    """When a phase starts in a team: the day that was registered, and the day it really was.

    `is_on`: the countermeasure is in force from there on; otherwise the phase takes it away again (ABAB).
    """

    countermeasure = models.ForeignKey(
        Countermeasure, on_delete=models.PROTECT, related_name="starts"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    phase = models.PositiveSmallIntegerField(default=1)
    is_on = models.BooleanField(default=True)
    planned_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["countermeasure", "team", "phase"], name="start_once_a_team_and_phase"
            ),
            models.UniqueConstraint(
                fields=["countermeasure", "phase"],
                condition=Q(team=None),
                name="start_once_everywhere_and_phase",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.countermeasure_id} {self.team_id} {self.planned_on}"


class CountermeasureEvent(models.Model):
    """What was done with a countermeasure. Only ever added to; `data` holds the values before and after."""

    class Kind(models.TextChoices):
        REGISTERED = "registered"
        CHANGED = "changed"
        STARTED = "started"
        REVIEWED = "reviewed"
        ENDED = "ended"
        REOPENED = "reopened"

    countermeasure = models.ForeignKey(
        Countermeasure, on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["countermeasure", "id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["registered", "changed", "started", "reviewed", "ended", "reopened"]
                ),
                name="countermeasure_event_is_known",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "keep", "fix", "coach", "drop", "wait"]),
                name="countermeasure_decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.countermeasure_id} {self.kind}"


class StepScore(models.Model):
    """Whether a step was done, as one person saw it on a day, in a team, perhaps on one journey. Only ever added to.

    The last score of one observer about the same holds. It is about the work, not about a person.
    """

    class Score(models.TextChoices):
        YES = "yes"
        NO = "no"
        NOT_APPLICABLE = "na"

    step = models.ForeignKey(CountermeasureStep, on_delete=models.PROTECT, related_name="scores")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    score = models.CharField(max_length=3, choices=Score.choices)
    words = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["step", "on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__in=["yes", "no", "na"]), name="step_score_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.score}"
