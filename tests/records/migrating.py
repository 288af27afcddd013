"""A filled database taken through the migrations, in a process of its own: `python tests/records/migrating.py`.

Journeys are written into the tables as they were at `BEFORE`; then everything is brought up to date,
the last migrations are taken back as far as that, and brought up again. Prints what stands, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django
from django.db import connection

BEFORE = "0004_overrides_by_time"
NOUNS = ("Journey", "StageEntry", "CriterionCheck", "Handoff", "HandoffEvent", "NextStep", "Assignment", "AuditEvent")  # fmt: skip
# Each must be refused by the database, whoever asks, with these words.
REFUSED: dict[str, tuple[str, str]] = {
    "history is changed": ("keeps history", "UPDATE records_handoffevent SET words = 'x'"),
    "history is deleted": ("keeps history", "DELETE FROM records_nextstep"),
    "a journey is deleted": ("keeps history", "DELETE FROM records_journey"),
    "an offer is taken back": (
        "takes back decisions alone",
        (
            "INSERT INTO records_handoffevent (handoff_id, kind, round, at, recorded_at, reason, words, packet, undoes_id) "
            "SELECT handoff_id, 'undone', round, at, recorded_at, '', '', '{}', id "
            "FROM records_handoffevent WHERE kind = 'offered' ORDER BY id LIMIT 1"
        ),
    ),
    "a decision of another handoff is taken back": (
        "takes back decisions alone",
        (
            "INSERT INTO records_handoffevent (handoff_id, kind, round, at, recorded_at, reason, words, packet, undoes_id) "
            "SELECT handoff_id + 1, 'undone', round, at, recorded_at, '', '', '{}', id "
            "FROM records_handoffevent WHERE kind = 'accepted' ORDER BY id LIMIT 1"
        ),
    ),
    "a time without a day": (
        "next_step_time_has_a_day",
        (
            "INSERT INTO records_nextstep (journey_id, text, at, due_at) "
            "SELECT id, '', opened_at, opened_at FROM records_journey"
        ),
    ),
    "two open reviews of a track": (
        "track",
        (
            "INSERT INTO records_review (held_on, track, as_of, opened_by_id, opened_at) "
            "SELECT '2026-04-06', 'new_business', opened_at, owner_id, opened_at FROM records_journey"
        ),
    ),
}


def move(target: str | None = None) -> None:
    """Take the tables of the records to a migration, or to the newest."""
    from django.core.management import call_command  # noqa: PLC0415 -- needs django.setup()

    call_command("migrate", "records", *((target,) if target else ()), verbosity=0)


def fill() -> None:
    """Three journeys of two people, as tables of that time held them: one offered, one taken over, one alone."""
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- needs django.setup()

    from tests.records.people import MONDAY  # noqa: PLC0415 -- needs django.setup()

    state = MigrationExecutor(connection).loader.project_state(("records", BEFORE))

    def add(what: str, /, **fields: Any) -> Any:
        return state.apps.get_model("records", what).objects.create(**fields)

    version = add("ModelVersion", version="1", digest="1", text="x", since=MONDAY)
    teams = {code: add("Team", code=code, label_en=code, label_ja=code) for code in ("in", "out")}
    people = {code: add("User", email=f"{code}@example.com", name=code) for code in ("in", "out")}
    for code, user in people.items():
        add("Membership", user=user, team=teams[code], role="manager")
    account = add("Account", name="Aoba")
    for number, (holder, decided) in enumerate([("in", ()), ("in", ("offered",)), ("out", ("offered", "accepted"))]):  # fmt: skip
        journey = add(
            "Journey", account=account, track="new_business", title=f"Journey {number}", opened_at=MONDAY,
            stage="meeting_set", stage_type="open", stage_entered_at=MONDAY, owner=people[holder],
            team=teams[holder],
        )  # fmt: skip
        add("StageEntry", journey=journey, stage="meeting_set", at=MONDAY, recorded_at=MONDAY, cause="person", model_version=version)  # fmt: skip
        add("CriterionCheck", journey=journey, stage="meeting_set", criterion="meeting_held", is_met=True, at=MONDAY)  # fmt: skip
        add("NextStep", journey=journey, text="Call", due_on=MONDAY.date(), at=MONDAY)
        add("Assignment", journey=journey, user=people["in"], team=teams["in"], at=MONDAY)
        add("AuditEvent", action="open", noun="journey", row=journey.pk, journey_id=journey.pk)
        if not decided:
            continue
        handoff = add(
            "Handoff", journey=journey, code="inside_sales_to_field_sales", giver="inside_sales",
            receiver="field_sales", from_stage="meeting_set", to_stage="pending_acceptance",
            offered_by=people["in"], receiver_team=teams["out"], model_version=version,
            offered_at=MONDAY, open_round=None if "accepted" in decided else 1,
        )  # fmt: skip
        for kind in reversed(decided) if number == 1 else decided:
            add("HandoffEvent", handoff=handoff, kind=kind, round=1, at=MONDAY + timedelta(hours=1), by=people["in" if kind == "offered" else "out"])  # fmt: skip
    # A handoff after the decided one, to which that decision is foreign.
    add(
        "Handoff", journey=journey, code="next", giver="field_sales", receiver="customer_success",
        from_stage="won", to_stage="onboarding", model_version=version, offered_at=MONDAY,
    )  # fmt: skip


def held() -> dict[str, Any]:
    """What stands in the newest tables, and which forbidden statements the database let through."""
    from django.apps import apps  # noqa: PLC0415 -- needs django.setup()

    from kyogyo.records.sight import differences  # noqa: PLC0415 -- needs django.setup()

    found = differences()
    return {
        "rows": {noun: apps.get_model("records", noun).objects.count() for noun in NOUNS},
        "sight": [found.missing, found.extra, found.outdated],
        "seen": apps.get_model("records", "JourneySight").objects.count(),
        "let through": [what for what, told in REFUSED.items() if not is_refused(*told)],
    }


def is_refused(words: str, statement: str) -> bool:
    from django.db import IntegrityError, transaction  # noqa: PLC0415 -- needs django.setup()

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return words in str(error)
    return False


def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name.startswith("records_")]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyogyo.config.settings")
    django.setup()
    move(BEFORE)
    first = tables()
    fill()
    move()
    up = held()
    move(BEFORE)
    back = tables()
    move()
    told = {"up": up, "again": held(), "left": sorted(set(back) - set(first))}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
