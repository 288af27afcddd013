"""History is only added to, on both databases; and on PostgreSQL the outbox knows its transaction.

A follower that remembered the last `id` would miss rows of transactions that commit late, so on
PostgreSQL it reads by `xid`, below the oldest transaction still running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

from kyogyo.records.guards import guard_history, unguard_history

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps


def number_transactions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Give each row of the outbox the number of the transaction that wrote it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE records_outbox ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"
        )
        schema_editor.execute("CREATE INDEX records_outbox_xid ON records_outbox (xid, id)")


def forget_transactions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Take the numbers away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE records_outbox DROP COLUMN xid")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunPython(guard_history, unguard_history),
        migrations.RunPython(number_transactions, forget_transactions),
    ]
