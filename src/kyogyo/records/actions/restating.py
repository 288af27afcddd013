"""Making the columns of a journey that repeat its history anew from it: for repairs."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from kyogyo.records.actions.keeping import keep, standing_entries
from kyogyo.records.models import Activity, Assignment, Journey, NextStep
from kyogyo.records.queries.model import current


@transaction.atomic
def restate(journey: Journey) -> Journey:
    """Make the columns that repeat history anew from it: as the last of each kind says."""
    entry = standing_entries(journey.pk).last()
    held = Assignment.objects.filter(journey=journey).order_by("at", "id").last()
    planned = NextStep.objects.filter(journey=journey).order_by("id").last()
    keep(
        journey,
        stage=entry.stage if entry else "",
        stage_type=current().model.stage(entry.stage).type if entry else "",
        stage_entered_at=entry.at if entry else None,
        owner_id=held.user_id if held else None,
        team_id=held.team_id if held else None,
        next_step=planned.text if planned else "",
        next_step_on=planned.due_on if planned else None,
        next_step_at=planned.due_at if planned else None,
        last_activity_at=Activity.objects.filter(journey=journey).aggregate(Max("at"))["at__max"],
    )
    return journey
