"""Who sees which journey, kept as a table: a row (journey, key) for each reason that somebody may see it.

A key is one number: the id of a person or of a team, and the kind of reason. What somebody may see is
then the rows of their few keys (`Actor.sight_keys`), and no page works the rules out again.

The rules stand once, as the view `records_sight_due`: the rows that the other tables give. Triggers
keep the table equal to it (whoever writes, and by whichever way), `differences` says whether it is.
`outcome` repeats how the journey stands (0 goes on, 1 won, 2 lost or recycled), so that what is
under way is found without looking at all that ever was.

For migrations: SQLite refuses to make a table anew that a view or another table's trigger names, and
loses the table's own triggers, so such a migration begins with `unguard_sight` and ends with `guard_sight`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps


class Kind(IntEnum):
    """Why a journey is seen, and by whom. The numbers stand in the statements below."""

    PERSON = 0  # had it, was assigned, offered, was offered, decided or reported: that person
    UNTAKEN = 1  # the team's, and nobody has it: its members
    TEAM = 2  # the team's: those who see the team's work
    HANDED = 3  # handed to the team and to nobody in it: its members
    OFFERED = 4  # offered to the team, not decided yet: those who see the team's work
    GIVEN = 5  # handed over by somebody who was in the team then or later: those who see the team's work


KINDS = 8


def key_of(kind: Kind, number: int) -> int:
    """The key of a person's or a team's id."""
    return number * KINDS + kind


class Outcome(IntEnum):
    """How a seen journey stands."""

    GOES_ON = 0
    WON = 1
    CLOSED = 2


_TABLE = """
CREATE TABLE records_sight (
    journey_id bigint NOT NULL, key bigint NOT NULL, outcome smallint NOT NULL,
    PRIMARY KEY (journey_id, key)
)"""
_VIEW = """
CREATE VIEW records_sight_due AS
SELECT id AS journey_id, owner_id * 8 AS key FROM records_journey WHERE owner_id IS NOT NULL
UNION ALL
SELECT journey_id, user_id * 8 FROM records_assignment WHERE user_id IS NOT NULL
UNION ALL
SELECT journey_id, offered_by_id * 8 FROM records_handoff WHERE offered_by_id IS NOT NULL
UNION ALL
SELECT journey_id, receiver_user_id * 8 FROM records_handoff WHERE receiver_user_id IS NOT NULL
UNION ALL
SELECT h.journey_id, e.by_id * 8 FROM records_handoff h
JOIN records_handoffevent e ON e.handoff_id = h.id WHERE e.by_id IS NOT NULL
UNION ALL
SELECT id, team_id * 8 + 1 FROM records_journey WHERE owner_id IS NULL AND team_id IS NOT NULL
UNION ALL
SELECT id, team_id * 8 + 2 FROM records_journey WHERE team_id IS NOT NULL
UNION ALL
SELECT journey_id, receiver_team_id * 8 + 3 FROM records_handoff
WHERE receiver_team_id IS NOT NULL AND receiver_user_id IS NULL
UNION ALL
SELECT journey_id, receiver_team_id * 8 + 4 FROM records_handoff
WHERE receiver_team_id IS NOT NULL AND open_round IS NOT NULL
UNION ALL
SELECT h.journey_id, m.team_id * 8 + 5 FROM records_handoff h
JOIN records_membership m ON m.user_id = h.offered_by_id
WHERE m.until IS NULL OR m.until >= h.offered_at
"""

_FILL = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT d.journey_id, d.key, {outcome of j}
FROM (SELECT DISTINCT journey_id, key FROM records_sight_due) d
JOIN records_journey j ON j.id = d.journey_id
ORDER BY d.journey_id, d.key
"""
_MISSING = """
SELECT COUNT(*) FROM (SELECT DISTINCT journey_id, key FROM records_sight_due) d WHERE NOT EXISTS (
    SELECT 1 FROM records_sight s WHERE s.journey_id = d.journey_id AND s.key = d.key
)
"""
_EXTRA = """
SELECT COUNT(*) FROM records_sight s WHERE NOT EXISTS (
    SELECT 1 FROM records_sight_due d WHERE d.journey_id = s.journey_id AND d.key = s.key
)
"""
_OUTDATED = """
SELECT COUNT(*) FROM records_sight s JOIN records_journey j ON j.id = s.journey_id WHERE s.outcome <>
    CASE j.stage_type WHEN 'won' THEN 1 WHEN 'lost' THEN 2 WHEN 'recycled' THEN 2 ELSE 0 END
"""

# The statements inside of the triggers, the same for both databases; `_written` puts in what several say.
_PARTS = {
    "{outcome of NEW}": "CASE NEW.stage_type WHEN 'won' THEN 1 WHEN 'lost' THEN 2 WHEN 'recycled' THEN 2 ELSE 0 END",
    "{outcome of j}": "CASE j.stage_type WHEN 'won' THEN 1 WHEN 'lost' THEN 2 WHEN 'recycled' THEN 2 ELSE 0 END",
    "{not due}": "NOT EXISTS (SELECT 1 FROM records_sight_due d"
    " WHERE d.journey_id = records_sight.journey_id AND d.key = records_sight.key)",
}
_JOURNEY_NOW = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT NEW.id, new_key, {outcome of NEW}
FROM (
    SELECT NEW.owner_id * 8 AS new_key
    UNION ALL SELECT NEW.team_id * 8 + 2
    UNION ALL SELECT CASE WHEN NEW.owner_id IS NULL THEN NEW.team_id * 8 + 1 END
) given WHERE new_key IS NOT NULL
ON CONFLICT (journey_id, key) DO NOTHING;
"""
_JOURNEY_BEFORE = """
DELETE FROM records_sight WHERE journey_id = NEW.id
AND key IN (OLD.owner_id * 8, OLD.team_id * 8 + 1, OLD.team_id * 8 + 2)
AND {not due};
"""
_OUTCOME = """
UPDATE records_sight SET outcome = {outcome of NEW}
WHERE journey_id = NEW.id;
"""
_PERSON_OF_ASSIGNMENT = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT j.id, NEW.user_id * 8, {outcome of j}
FROM records_journey j WHERE j.id = NEW.journey_id
ON CONFLICT (journey_id, key) DO NOTHING;
"""
_PERSON_OF_EVENT = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT j.id, NEW.by_id * 8, {outcome of j}
FROM records_handoff h JOIN records_journey j ON j.id = h.journey_id WHERE h.id = NEW.handoff_id
ON CONFLICT (journey_id, key) DO NOTHING;
"""
_HANDOFF_NOW = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT j.id, given.new_key, {outcome of j}
FROM records_journey j, (
    SELECT NEW.offered_by_id * 8 AS new_key
    UNION ALL SELECT NEW.receiver_user_id * 8
    UNION ALL SELECT CASE WHEN NEW.receiver_user_id IS NULL THEN NEW.receiver_team_id * 8 + 3 END
    UNION ALL SELECT CASE WHEN NEW.open_round IS NOT NULL THEN NEW.receiver_team_id * 8 + 4 END
    UNION ALL SELECT m.team_id * 8 + 5 FROM records_membership m
    WHERE m.user_id = NEW.offered_by_id AND (m.until IS NULL OR m.until >= NEW.offered_at)
) given WHERE j.id = NEW.journey_id AND given.new_key IS NOT NULL
ON CONFLICT (journey_id, key) DO NOTHING;
"""
_NOT_DUE_OF_HANDOFF = """
DELETE FROM records_sight WHERE journey_id = OLD.journey_id
AND {not due};
"""
_NOT_DUE_OF_ASSIGNMENT = """
DELETE FROM records_sight WHERE journey_id = OLD.journey_id AND key = OLD.user_id * 8
AND {not due};
"""
_NOT_DUE_OF_EVENT = """
DELETE FROM records_sight
WHERE journey_id = (SELECT journey_id FROM records_handoff WHERE id = OLD.handoff_id)
AND key = OLD.by_id * 8
AND {not due};
"""
_GONE = "DELETE FROM records_sight WHERE journey_id = OLD.id;"
_GIVEN_NOW = """
INSERT INTO records_sight (journey_id, key, outcome)
SELECT j.id, NEW.team_id * 8 + 5, {outcome of j}
FROM records_handoff h JOIN records_journey j ON j.id = h.journey_id
WHERE h.offered_by_id = NEW.user_id AND (NEW.until IS NULL OR NEW.until >= h.offered_at)
ON CONFLICT (journey_id, key) DO NOTHING;
"""
_GIVEN_BEFORE = """
DELETE FROM records_sight WHERE key = OLD.team_id * 8 + 5
AND journey_id IN (SELECT journey_id FROM records_handoff WHERE offered_by_id = OLD.user_id)
AND {not due};
"""

# Name, when, and what is done; WHEN is asked before anything else, as most writes change nothing of it.
_TRIGGERS: tuple[tuple[str, str, str, str], ...] = (
    ("journey_opened", "INSERT ON records_journey", "NEW.owner_id IS NOT NULL OR NEW.team_id IS NOT NULL", _JOURNEY_NOW),
    ("journey_given", "UPDATE OF owner_id, team_id ON records_journey",
     "NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.team_id IS DISTINCT FROM OLD.team_id",
     _JOURNEY_BEFORE + _JOURNEY_NOW),
    ("journey_moved", "UPDATE OF stage_type ON records_journey",
     "NEW.stage_type <> OLD.stage_type AND (NEW.stage_type IN ('won', 'lost', 'recycled') OR OLD.stage_type IN ('won', 'lost', 'recycled'))",
     _OUTCOME),
    ("journey_gone", "DELETE ON records_journey", "", _GONE),
    ("assigned", "INSERT ON records_assignment", "NEW.user_id IS NOT NULL", _PERSON_OF_ASSIGNMENT),
    ("assignment_gone", "DELETE ON records_assignment", "OLD.user_id IS NOT NULL", _NOT_DUE_OF_ASSIGNMENT),
    ("offered", "INSERT ON records_handoff", "", _HANDOFF_NOW),
    ("handoff_changed", "UPDATE OF offered_by_id, receiver_user_id, receiver_team_id, open_round, offered_at ON records_handoff",
     ("NEW.offered_by_id IS DISTINCT FROM OLD.offered_by_id OR NEW.receiver_user_id IS DISTINCT FROM OLD.receiver_user_id"
     " OR NEW.receiver_team_id IS DISTINCT FROM OLD.receiver_team_id OR NEW.open_round IS DISTINCT FROM OLD.open_round"
     " OR NEW.offered_at <> OLD.offered_at"),
     _NOT_DUE_OF_HANDOFF + _HANDOFF_NOW),
    ("handoff_gone", "DELETE ON records_handoff", "", _NOT_DUE_OF_HANDOFF),
    ("told", "INSERT ON records_handoffevent", "NEW.by_id IS NOT NULL", _PERSON_OF_EVENT),
    ("event_gone", "DELETE ON records_handoffevent", "OLD.by_id IS NOT NULL", _NOT_DUE_OF_EVENT),
    ("joined", "INSERT ON records_membership", "", _GIVEN_NOW),
    ("membership_changed", "UPDATE OF user_id, team_id, until ON records_membership",
     "NEW.user_id <> OLD.user_id OR NEW.team_id <> OLD.team_id OR NEW.until IS DISTINCT FROM OLD.until",
     _GIVEN_BEFORE + _GIVEN_NOW),
    ("membership_gone", "DELETE ON records_membership", "", _GIVEN_BEFORE),
)  # fmt: skip


def make_sight(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """The table. On SQLite its rows lie in the key itself: one tree less to write."""
    schema_editor.execute(
        _TABLE if schema_editor.connection.vendor == "postgresql" else f"{_TABLE} WITHOUT ROWID"
    )
    schema_editor.execute("CREATE INDEX sight_of_key ON records_sight (key, outcome, journey_id)")


def drop_sight(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Take the table away."""
    schema_editor.execute("DROP TABLE records_sight")


def guard_sight(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set up the view and every trigger, or set them up again, and fill the table anew."""
    unguard_sight(apps, schema_editor)
    schema_editor.execute(_VIEW)
    for name, event, condition, body in _TRIGGERS:
        when, name = f"WHEN ({condition})" if condition else "", _name(name)
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} AFTER {event} {when} BEGIN {_written(body)} END"
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {_written(body)} RETURN NULL; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
        )
    schema_editor.execute("DELETE FROM records_sight")
    schema_editor.execute(_written(_FILL))


def unguard_sight(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- as RunPython calls it
    """Take the view and every trigger away: what is written now is not seen before `guard_sight`."""
    for name, event, _, _ in _TRIGGERS:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_name(name)}")
        else:
            table = event.rpartition(" ")[2]
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_name(name)} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {_name(name)}()")
    schema_editor.execute("DROP VIEW IF EXISTS records_sight_due")


def trigger_names() -> frozenset[str]:
    """What must stand in the database."""
    return frozenset(_name(name) for name, *_ in _TRIGGERS)


def _name(name: str) -> str:
    return f"records_sight_{name}"


def _written(text: str) -> str:
    for part, said in _PARTS.items():
        text = text.replace(part, said)
    return text


@dataclass(frozen=True)
class Differences:
    """How many rows of the table are too few, too many, or say another outcome than the journey."""

    missing: int
    extra: int
    outdated: int

    @property
    def is_equal(self) -> bool:
        return not (self.missing or self.extra or self.outdated)


def differences() -> Differences:
    """Whether the table is what the rules give. Reads all of it: half a minute for a million journeys."""
    with connection.cursor() as cursor:
        counts = []
        for statement in (_MISSING, _EXTRA, _OUTDATED):
            cursor.execute(statement)
            counts.append(int(cursor.fetchone()[0]))
    return Differences(*counts)


@transaction.atomic
def fill_anew() -> None:
    """Empty the table and fill it by the rules."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_sight")
        cursor.execute(_written(_FILL))
