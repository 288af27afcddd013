"""Triggers that keep history as it was: what the database itself refuses, whoever asks.

Rows of history are never changed or deleted, journeys and the like never deleted, except while an
`Erasure` is open, which only an erasing transaction sees. For migrations: SQLite loses the
triggers of a table that a migration makes anew, so such a migration ends with `guard_history`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

ONLY_ADDED_TO = (
    "stageentry", "criterioncheck", "assignment", "nextstep", "activity", "handoffevent", "claim",
    "commitment", "commitmentoutcome", "auditevent", "modelversion", "countermeasureevent", "stepscore",
    "alert", "alertanswer",
)  # fmt: skip
NEVER_DELETED = (
    "journey", "account", "person", "handoff", "countermeasure", "countermeasurestep",
    "countermeasurestart", "review", "reviewpoint",
)  # fmt: skip

_SAYS = "Kyogyo keeps history: rows are added, never changed or deleted, outside an erasure."
_IS_OPEN = "EXISTS (SELECT 1 FROM records_erasure WHERE is_open)"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION records_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {_IS_OPEN} THEN
        RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""


def guard_history(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Set up every trigger, or set it up again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_FUNCTION)
    _drop(schema_editor)
    made = set(schema_editor.connection.introspection.table_names())
    # An earlier migration sets up the guards of the tables that there are by then.
    standing = [(noun, verb) for noun, verb in _guarded() if f"records_{noun}" in made]
    for noun, verb in standing:
        table, name = f"records_{noun}", _name(noun, verb)
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN NOT {_IS_OPEN} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION records_keep_history()"
            )
    if schema_editor.connection.vendor == "postgresql":
        for noun in dict.fromkeys(noun for noun, _ in standing):
            schema_editor.execute(
                f"CREATE TRIGGER {_name(noun, 'TRUNCATE')} BEFORE TRUNCATE ON records_{noun} "
                "FOR EACH STATEMENT EXECUTE FUNCTION records_keep_history()"
            )


def unguard_history(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Take every trigger away."""
    _drop(schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS records_keep_history()")


def _guarded() -> list[tuple[str, str]]:
    changed = [(noun, verb) for noun in ONLY_ADDED_TO for verb in ("UPDATE", "DELETE")]
    return changed + [(noun, "DELETE") for noun in NEVER_DELETED]


def _name(noun: str, verb: str) -> str:
    return f"records_{noun}_keeps_{verb.lower()}"


def _drop(schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    truncated = [(noun, "TRUNCATE") for noun in (*ONLY_ADDED_TO, *NEVER_DELETED)]
    made = set(schema_editor.connection.introspection.table_names())
    for noun, verb in (*_guarded(), *(truncated if is_postgres else [])):
        if f"records_{noun}" not in made:
            continue
        on = f" ON records_{noun}" if is_postgres else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {_name(noun, verb)}{on}")


_UNDOES_A_DECISION = """EXISTS (
    SELECT 1 FROM records_handoffevent WHERE id = NEW.undoes_id AND handoff_id = NEW.handoff_id
    AND round = NEW.round AND kind IN ('accepted', 'returned', 'needs_work', 'withdrawn'))"""
_UNDOING_SAYS = "Kyogyo takes back decisions alone, each in its own handoff and round."


def guard_undoing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What takes a decision back names one of the same handoff; a migration that makes the table anew ends with this too."""
    unguard_undoing(apps, schema_editor)
    name = "records_handoffevent_undoes_a_decision"
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON records_handoffevent "
            f"WHEN NEW.undoes_id IS NOT NULL AND NOT {_UNDOES_A_DECISION} "
            f"BEGIN SELECT RAISE(ABORT, '{_UNDOING_SAYS}'); END"
        )
        return
    schema_editor.execute(
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.undoes_id IS NOT NULL AND NOT {_UNDOES_A_DECISION} THEN
                RAISE EXCEPTION '{_UNDOING_SAYS}' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$"""
    )
    schema_editor.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON records_handoffevent "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def unguard_undoing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Take that trigger away."""
    name = "records_handoffevent_undoes_a_decision"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON records_handoffevent")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
