"""What departments tell and owe each other: answers, handoffs, promises to the buyer. Only ever added to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyogyo.records.models.journeys import Journey
from kyogyo.records.models.organisation import ModelVersion
from kyogyo.records.models.people import Team, User


class Handoff(models.Model):
    """One department offers a journey to another, with a packet: what is known, promised and done, and why now.

    Its state is the last of its events. `open_round` is the number of the offer that awaits a
    decision, NULL when none does: what makes sure that one decision wins.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="handoffs")
    code = models.CharField(max_length=64)
    giver = models.CharField(max_length=64)
    receiver = models.CharField(max_length=64)
    from_stage = models.CharField(max_length=64)
    to_stage = models.CharField(max_length=64)
    offered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="handoffs_given"
    )
    receiver_user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="handoffs_received"
    )
    receiver_team = models.ForeignKey(
        Team, null=True, on_delete=models.PROTECT, related_name="handoffs_received"
    )
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    open_round = models.PositiveIntegerField(null=True, default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["receiver_user", "open_round"]),
            models.Index(fields=["receiver_team", "open_round"]),
            models.Index(fields=["offered_by", "offered_at"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey"],
                condition=Q(open_round__isnull=False),
                name="handoff_one_open_a_journey",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.code}"


class HandoffEvent(models.Model):
    """What was done with a handoff. An offer carries the packet as it was then; a decision its reason and words.

    `undoes` takes back a decision: neither of the two then counts (`queries.standing_events`), and
    the offer awaits a decision again, in a round of the next number.
    """

    class Kind(models.TextChoices):
        OFFERED = "offered"
        WITHDRAWN = "withdrawn"
        ACCEPTED = "accepted"
        RETURNED = "returned"
        NEEDS_WORK = "needs_work"
        RESULT = "result"
        UNDONE = "undone"

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    round = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=64, blank=True)
    words = models.TextField(blank=True)
    packet = models.JSONField(default=dict, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["handoff", "id"]),
            models.Index(fields=["at", "id"], name="handoff_event_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["handoff", "round"],
                condition=Q(kind__in=["accepted", "returned", "needs_work", "withdrawn"]),
                name="handoff_one_decision_a_round",
            ),
            models.UniqueConstraint(
                fields=["handoff", "round"],
                condition=Q(kind="offered"),
                name="handoff_one_offer_a_round",
            ),
            models.CheckConstraint(
                condition=~Q(kind="returned") | ~Q(reason=""), name="handoff_return_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "offered",
                        "withdrawn",
                        "accepted",
                        "returned",
                        "needs_work",
                        "result",
                        "undone",
                    ]
                ),
                name="handoff_event_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", undoes__isnull=False)
                | (~Q(kind="undone") & Q(undoes=None)),
                name="handoff_event_undoes_where_it_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id} {self.kind}"


class Claim(models.Model):
    """What one department says about a question of the model. The last of each department holds.

    An unknown is an answer: `is_unknown` with an empty `answer`. `answers_to` is the claim that
    was confirmed or corrected, of another department or an earlier one of the same.
    """

    class Certainty(models.TextChoices):
        SURE = "sure"
        LIKELY = "likely"
        GUESS = "guess"

    class Verdict(models.TextChoices):
        NEW = "new"
        CONFIRMS = "confirms"
        CORRECTS = "corrects"

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="claims")
    question = models.CharField(max_length=64)
    answer = models.TextField(blank=True)
    is_unknown = models.BooleanField(default=False)
    certainty = models.CharField(max_length=8, choices=Certainty.choices, default=Certainty.SURE)
    evidence = models.TextField(blank=True)
    department = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.NEW)
    answers_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="answered_by"
    )
    handoff = models.ForeignKey(Handoff, null=True, on_delete=models.PROTECT, related_name="claims")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["journey", "question", "department", "id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_unknown=True, answer="") | (Q(is_unknown=False) & ~Q(answer="")),
                name="claim_answers_or_says_unknown",
            ),
            models.CheckConstraint(
                condition=Q(verdict="new") | Q(answers_to__isnull=False),
                name="claim_verdict_is_on_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["new", "confirms", "corrects"]),
                name="claim_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=["sure", "likely", "guess"]),
                name="claim_certainty_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.question}"


class Commitment(models.Model):
    """Something promised to the buyer: by whom, to be met by when."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="commitments")
    text = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    promised_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="commitments"
    )
    department = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="commitment_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class CommitmentOutcome(models.Model):
    """What became of a commitment, as somebody saw it; the last one holds."""

    class Kind(models.TextChoices):
        EXPECTED = "expected"
        NOT_EXPECTED = "not_expected"
        MET = "met"
        MISSED = "missed"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    words = models.TextField(blank=True)
    department = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["expected", "not_expected", "met", "missed"]),
                name="commitment_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.kind}"
