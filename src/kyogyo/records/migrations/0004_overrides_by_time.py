"""The steps that were taken with a reason although something was missing are found by their time."""

from __future__ import annotations

from django.db import migrations, models

from kyogyo.records.guards import guard_history


class Migration(migrations.Migration):
    dependencies = [("records", "0003_search_and_lists")]

    operations = [
        migrations.AddIndex(
            "stageentry",
            models.Index(
                fields=["at"],
                condition=~models.Q(override_reason=""),
                name="entry_with_override",
            ),
        ),
        # An index alone leaves the guards standing; setting them up again costs nothing.
        migrations.RunPython(guard_history, migrations.RunPython.noop),
    ]
