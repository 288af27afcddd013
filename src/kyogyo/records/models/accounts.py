"""The companies that are dealt with, and the people in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kyogyo.records.models.people import User


class Account(models.Model):
    """A company. `search` holds its names normalised and cut for searching; `merged_into` a later decision that it is another one."""

    name = models.CharField(max_length=300)
    kana = models.CharField(max_length=300, blank=True)
    search = models.TextField(blank=True)
    domain = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    segment = models.CharField(max_length=100, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name"]),
            models.Index(fields=["domain"]),
            models.Index(fields=["segment"], name="account_by_segment"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="account_is_not_its_own_merge"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody at an account."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=200)
    kana = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    search = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Revenue(models.Model):
    """What an account brought in a span of days (`period_end` outside), in minor units."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="revenue")
    period_start = models.DateField()
    period_end = models.DateField()
    amount = models.BigIntegerField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "period_start", "period_end"], name="revenue_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")), name="revenue_period_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_start}"
