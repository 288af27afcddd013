"""What was decided lately is found by the time of the events, not handoff by handoff."""

from __future__ import annotations

from django.db import migrations, models

from kyogyo.records.guards import guard_history


class Migration(migrations.Migration):
    dependencies = [("records", "0010_countermeasures")]

    operations = [
        migrations.AddIndex(
            "handoffevent",
            models.Index(fields=["at", "id"], name="handoff_event_by_time"),
        ),
        # An index alone leaves the guards standing; setting them up again costs nothing.
        migrations.RunPython(guard_history, migrations.RunPython.noop),
    ]
