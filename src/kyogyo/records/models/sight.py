"""Who sees which journey, by key: kept by the database itself (`records.sight`), only read here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kyogyo.records.models.journeys import Journey


class JourneySight(models.Model):
    """The holder of `key` sees the journey. `outcome` repeats how it stands: 0 goes on, 1 won, 2 closed."""

    pk = models.CompositePrimaryKey("journey", "key")
    # No constraint: only triggers write here, from rows of the journey itself, and they delete with it.
    journey = models.ForeignKey(
        Journey,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="sights",
    )
    key = models.BigIntegerField()
    outcome = models.SmallIntegerField()

    class Meta:
        db_table = "records_sight"
        indexes: ClassVar = [
            models.Index(fields=["key", "outcome", "journey"], name="sight_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} sees {self.journey_id}"
