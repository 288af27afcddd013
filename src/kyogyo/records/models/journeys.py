"""One pass of an account through a track, and everything that happened on it.

`StageEntry`, `CriterionCheck`, `Assignment`, `NextStep` and `Activity` are only ever added to. The
columns of `Journey` under "as it stands" repeat the last of them, so that lists are quick; the
actions keep them, and `actions.restating.restate` makes them anew.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kyogyo.records.models.accounts import Account, Person
from kyogyo.records.models.organisation import ModelVersion
from kyogyo.records.models.people import Team, User


class Cause(models.TextChoices):
    """What made an entry: somebody, a rule, an import, or a sync."""

    PERSON = "person"
    RULE = "rule"
    IMPORT = "import"
    SYNC = "sync"


class Journey(models.Model):
    """One pass of one account along one track. Coming back later is a new journey, linked to the last."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="journeys")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="journeys"
    )
    title = models.CharField(max_length=300, blank=True)
    search = models.TextField(blank=True)
    track = models.CharField(max_length=64)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later"
    )
    attempt = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    source = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    # As it stands: repeats of the last event of each kind.
    stage = models.CharField(max_length=64, blank=True)
    stage_type = models.CharField(max_length=16, blank=True)
    stage_entered_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="journeys"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="journeys"
    )
    amount = models.BigIntegerField(null=True, blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    next_step_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    # What somebody worked on when they read it: a second writer is told instead of overwriting.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["track", "stage", "stage_entered_at"]),
            models.Index(fields=["owner", "stage_type", "stage"]),
            models.Index(fields=["team", "stage_type", "stage"]),
            models.Index(fields=["stage_type", "next_step_on"]),
            models.Index(fields=["account"]),
            # What lists are sorted and paged by; and the sums of a board's columns.
            models.Index(fields=["opened_at", "id"], name="journey_by_opened"),
            models.Index(fields=["stage_entered_at", "id"], name="journey_by_entered"),
            models.Index(fields=["last_activity_at", "id"], name="journey_by_activity"),
            models.Index(fields=["amount", "id"], name="journey_by_amount"),
            models.Index(fields=["next_step_on", "id"], name="journey_by_next_step"),
            models.Index(fields=["stage_type", "opened_at", "id"], name="journey_by_type_opened"),
            models.Index(fields=["track", "stage", "amount", "team"], name="journey_stage_sums"),
            models.Index(fields=["team"], condition=Q(owner=None), name="journey_without_owner"),
            models.Index(fields=["source", "opened_at", "id"], name="journey_by_source"),
            models.Index(fields=["campaign"], name="journey_by_campaign"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(attempt__gte=1), name="journey_attempt_from_one"),
            models.CheckConstraint(condition=~Q(track=""), name="journey_has_a_track"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="journey_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(
                    stage_type__in=["", "open", "ongoing", "on_hold", "won", "lost", "recycled"]
                ),
                name="journey_stage_type_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"journey {self.pk}"


class StageEntry(models.Model):
    """A journey entered a stage. `undoes` takes back an entry: neither of the two is then counted.

    `is_inferred`: no source says so, but it must have been there by then. None: it was recorded.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="entries")
    stage = models.CharField(max_length=64)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    precision = models.CharField(max_length=8, default="second")
    # Not False where it was recorded: so the column costs a large database nothing when it comes in.
    is_inferred = models.BooleanField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    department = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(null=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    # Codes of criteria and questions that were not shown when the stage before was left, and why it was left all the same.
    missing = models.JSONField(default=list, blank=True)
    override_reason = models.CharField(max_length=1000, blank=True)
    # Why the journey ended or went back (a reason's code), in the buyer's words and in ours.
    reason = models.CharField(max_length=64, blank=True)
    buyer_words = models.TextField(blank=True)
    our_view = models.TextField(blank=True)
    revisit_on = models.DateField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "at", "id"]),
            # What managers look at: the steps that were taken although something was missing.
            models.Index(
                fields=["at"], condition=~Q(override_reason=""), name="entry_with_override"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__lte=F("recorded_at")), name="entry_not_ahead_of_its_record"
            ),
            models.CheckConstraint(condition=~Q(stage=""), name="entry_has_a_stage"),
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values), name="entry_cause_is_known"
            ),
            models.CheckConstraint(
                condition=Q(missing=[]) | ~Q(override_reason=""), name="entry_override_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(precision__in=["second", "day", "month", "quarter"]),
                name="entry_precision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.stage}"


class CriterionCheck(models.Model):
    """Somebody said that an exit criterion of a stage is met (or not), and what proves it.

    `undoes` takes back what was said with a decision that was undone: neither then counts.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="checks")
    stage = models.CharField(max_length=64)
    criterion = models.CharField(max_length=64)
    is_met = models.BooleanField()
    evidence = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["journey", "stage", "criterion"])]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.criterion}"


class Assignment(models.Model):
    """Who took a journey over, and when. Those who had it before still see what became of it."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="assignments")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "journey"]),
            models.Index(fields=["journey", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} to {self.user_id}"


class NextStep(models.Model):
    """What is to be done next and by when; the last one holds, an empty text means there is none.

    One with a time of day (`due_at`, on the day `due_on` of the organisation) is an appointment.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="next_steps")
    text = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_on__isnull=False), name="next_step_time_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Activity(models.Model):
    """Something that was done with the buyer. `is_two_way`: the buyer answered."""

    class Kind(models.TextChoices):
        CALL = "call"
        MAIL = "mail"
        MEETING = "meeting"
        NO_SHOW = "no_show"
        NOTE = "note"

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=64, blank=True)
    is_two_way = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="activities"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["journey", "at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["call", "mail", "meeting", "no_show", "note"]),
                name="activity_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.kind}"
