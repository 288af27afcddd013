"""A next step can have a time of day: a meeting."""

from __future__ import annotations

from django.db import migrations, models

from kyogyo.records.guards import guard_history


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_who_sees_what"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="next_step_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="nextstep",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="nextstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at", None), ("due_on__isnull", False), _connector="OR"),
                name="next_step_time_has_a_day",
            ),
        ),
        # SQLite made the table of next steps anew, without its triggers.
        migrations.RunPython(guard_history, migrations.RunPython.noop),
    ]
