"""A decision on a handoff, and what was said with it, can be taken back by a row that names it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from kyogyo.records.guards import guard_history, guard_undoing, unguard_undoing


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_overrides_by_time"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="handoffevent",
            name="handoff_event_kind_is_known",
        ),
        migrations.AddField(
            model_name="criterioncheck",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="records.criterioncheck",
            ),
        ),
        migrations.AddField(
            model_name="handoffevent",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="records.handoffevent",
            ),
        ),
        migrations.AlterField(
            model_name="handoffevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("offered", "Offered"),
                    ("withdrawn", "Withdrawn"),
                    ("accepted", "Accepted"),
                    ("returned", "Returned"),
                    ("needs_work", "Needs Work"),
                    ("result", "Result"),
                    ("undone", "Undone"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="handoffevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "offered",
                            "withdrawn",
                            "accepted",
                            "returned",
                            "needs_work",
                            "result",
                            "undone",
                        ],
                    )
                ),
                name="handoff_event_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoffevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "undone"), ("undoes__isnull", False)),
                    models.Q(models.Q(("kind", "undone"), _negated=True), ("undoes", None)),
                    _connector="OR",
                ),
                name="handoff_event_undoes_where_it_says",
            ),
        ),
        # SQLite made both tables anew, without their triggers.
        migrations.RunPython(guard_history, migrations.RunPython.noop),
        migrations.RunPython(guard_undoing, unguard_undoing),
    ]
