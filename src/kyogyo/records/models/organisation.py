"""The organisation itself, and each version of the model that it declared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyogyo.records.models.people import User


class Organisation(models.Model):
    """The one organisation of this installation: whether it is set up, and whether it is the demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField(default=False)
    set_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="organisation_is_one"),
        ]

    def __str__(self) -> str:
        return "organisation"


class ModelVersion(models.Model):
    """A declared model as it stood from `since` on. Only ever added to; the last one holds."""

    version = models.CharField(max_length=100)
    text = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.version


class CustomField(models.Model):
    """A field that the company added itself. Its values stand in `facts` of the noun's rows, by code."""

    class Noun(models.TextChoices):
        JOURNEY = "journey"
        ACCOUNT = "account"

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        CHOICE = "choice"
        MONEY = "money"

    noun = models.CharField(max_length=16, choices=Noun.choices)
    code = models.SlugField()
    label_en = models.CharField(max_length=200)
    label_ja = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    choices = models.JSONField(default=list, blank=True)
    required_to_leave = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["noun", "code"], name="custom_field_code_is_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "number", "date", "choice", "money"]),
                name="custom_field_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(noun__in=["journey", "account"]), name="custom_field_noun_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code
