"""An entry that no source says, but that must have been there, stays known as inferred."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_next_steps_have_a_time"),
    ]

    operations = [
        # Without a default: on SQLite the table is not made anew, and keeps its triggers.
        migrations.AddField(
            model_name="stageentry",
            name="is_inferred",
            field=models.BooleanField(null=True),
        ),
    ]
