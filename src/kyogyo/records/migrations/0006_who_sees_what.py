"""Who sees which journey is kept as a table, by triggers."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from kyogyo.records.sight import drop_sight, guard_sight, make_sight, unguard_sight


class Migration(migrations.Migration):
    dependencies = [("records", "0005_decisions_are_taken_back")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make_sight, drop_sight)],
            state_operations=[
                migrations.CreateModel(
                    name="JourneySight",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "journey",
                                "key",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "journey",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="sights",
                                to="records.journey",
                            ),
                        ),
                        ("key", models.BigIntegerField()),
                        ("outcome", models.SmallIntegerField()),
                    ],
                    options={
                        "db_table": "records_sight",
                        "indexes": [
                            models.Index(fields=["key", "outcome", "journey"], name="sight_of_key")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(guard_sight, unguard_sight),
    ]
