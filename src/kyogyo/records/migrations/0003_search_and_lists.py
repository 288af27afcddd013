"""The words of accounts, people and journeys are indexed; lists are sorted and paged by indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

from kyogyo.records.guards import guard_history
from kyogyo.records.search_text import search_text

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

_NOUNS = ("account", "person", "journey")
_ROWS_AT_ONCE = 2_000

# The words lie in the table itself; FTS5 keeps only the index, which triggers hold in step. With
# secure-delete a word that was taken out is gone from the file, as erasing somebody promises.
_SQLITE = (
    (
        "CREATE VIRTUAL TABLE records_{noun}_words USING fts5("
        "search, content='records_{noun}', content_rowid='id',"
        "tokenize=\"unicode61 remove_diacritics 0 tokenchars '='\")"
    ),
    "INSERT INTO records_{noun}_words(records_{noun}_words, rank) VALUES ('secure-delete', 1)",
    (
        "CREATE TRIGGER records_{noun}_words_added AFTER INSERT ON records_{noun} BEGIN "
        "INSERT INTO records_{noun}_words(rowid, search) VALUES (new.id, new.search); END"
    ),
    (
        "CREATE TRIGGER records_{noun}_words_removed AFTER DELETE ON records_{noun} BEGIN "
        "INSERT INTO records_{noun}_words(records_{noun}_words, rowid, search) "
        "VALUES ('delete', old.id, old.search); END"
    ),
    (
        "CREATE TRIGGER records_{noun}_words_changed AFTER UPDATE OF search ON records_{noun} "
        "WHEN old.search <> new.search BEGIN "
        "INSERT INTO records_{noun}_words(records_{noun}_words, rowid, search) "
        "VALUES ('delete', old.id, old.search); "
        "INSERT INTO records_{noun}_words(rowid, search) VALUES (new.id, new.search); END"
    ),
    "INSERT INTO records_{noun}_words(records_{noun}_words) VALUES ('rebuild')",
)
_SQLITE_BACK = (
    "DROP TRIGGER records_{noun}_words_added",
    "DROP TRIGGER records_{noun}_words_removed",
    "DROP TRIGGER records_{noun}_words_changed",
    "DROP TABLE records_{noun}_words",
)
# Not to_tsvector: its parser takes addresses and numbers apart by its own rules, and its letters
# depend on the locale. The words are already cut.
_POSTGRES = (
    (
        "CREATE INDEX records_{noun}_words ON records_{noun} "
        "USING gin (array_to_tsvector(string_to_array(search, ' ')))"
    ),
)
_POSTGRES_BACK = ("DROP INDEX records_{noun}_words",)


def make_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- Django calls it so
    """Index the words of each noun, with what the database has for it."""
    _run(schema_editor, sqlite=_SQLITE, postgres=_POSTGRES)


def drop_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- Django calls it so
    """Take the indexes away again."""
    _run(schema_editor, sqlite=_SQLITE_BACK, postgres=_POSTGRES_BACK)


def _run(
    schema_editor: BaseDatabaseSchemaEditor, *, sqlite: tuple[str, ...], postgres: tuple[str, ...]
) -> None:
    statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgres
    for noun in _NOUNS:
        for statement in statements:
            schema_editor.execute(statement.format(noun=noun))


def fill_search(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- Django calls it so
    """Write the words of the rows that are there already."""
    names = {
        "Account": ("name", "kana", "domain"),
        "Person": ("name", "kana", "email"),
        "Journey": ("title",),
    }
    for model_name, fields in names.items():
        model = apps.get_model("records", model_name)
        last = 0
        while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:_ROWS_AT_ONCE]):
            for row in rows:
                row.search = search_text(*(getattr(row, field) for field in fields))
            model.objects.bulk_update(rows, ["search"])
            last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("records", "0002_history_is_only_added_to")]

    operations = [
        migrations.AddField("journey", "search", models.TextField(blank=True)),
        migrations.AddIndex(
            "journey", models.Index(fields=["opened_at", "id"], name="journey_by_opened")
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["stage_entered_at", "id"], name="journey_by_entered")
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["last_activity_at", "id"], name="journey_by_activity")
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["amount", "id"], name="journey_by_amount")
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["next_step_on", "id"], name="journey_by_next_step")
        ),
        migrations.AddIndex(
            "journey",
            models.Index(fields=["stage_type", "opened_at", "id"], name="journey_by_type_opened"),
        ),
        migrations.AddIndex(
            "journey",
            models.Index(fields=["track", "stage", "amount", "team"], name="journey_stage_sums"),
        ),
        migrations.AddIndex(
            "journey",
            models.Index(
                fields=["team"], condition=models.Q(owner=None), name="journey_without_owner"
            ),
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["source", "opened_at", "id"], name="journey_by_source")
        ),
        migrations.AddIndex(
            "journey", models.Index(fields=["campaign"], name="journey_by_campaign")
        ),
        migrations.AddIndex("account", models.Index(fields=["segment"], name="account_by_segment")),
        migrations.RunPython(fill_search, migrations.RunPython.noop),
        migrations.RunPython(make_index, drop_index),
        # On SQLite the new column made the table anew, without its guards.
        migrations.RunPython(guard_history, migrations.RunPython.noop),
    ]
