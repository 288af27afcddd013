"""Many writers at once, each a process of its own: `python tests/records/writers.py WRITERS ROUNDS`.

All of them raise one journey's amount by one, each at the revision that it read, and write an
activity. Prints what they were told and what the database holds in the end, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from multiprocessing import get_context
from typing import Any

import django
from django.db import connection


def prepare() -> int:
    """An empty database with the small company and one journey, whose id is returned."""
    from django.core.management import call_command  # noqa: PLC0415 -- needs django.setup()

    from tests.records.people import make_company, make_journey  # noqa: PLC0415 -- needs django.setup()

    call_command("migrate", verbosity=0)
    return make_journey(make_company(), amount=0).pk


def write(journey: int, writer: int, rounds: int, told: Any) -> None:
    """One writer: every round raises the amount once, however often it is told of a conflict."""
    from kyogyo.errors import ConflictError  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.access import SYSTEM  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.actions.journeys import change_journey, log_activity  # noqa: PLC0415 -- needs django.setup()
    from kyogyo.records.models import Journey  # noqa: PLC0415 -- needs django.setup()

    done: Counter[str] = Counter()
    for number in range(rounds):
        raised = False
        while not raised:
            read = Journey.objects.get(pk=journey)
            try:
                change_journey(
                    actor=SYSTEM,
                    journey_id=journey,
                    revision=read.revision,
                    amount=(read.amount or 0) + 1,
                )
                raised = True
            except ConflictError:
                done["conflicts"] += 1
            except Exception as error:  # noqa: BLE001 -- the parent tells what it was
                done[f"error {type(error).__name__}: {error}"] += 1
                break
        done["raised"] += raised
        log_activity(
            actor=SYSTEM, journey_id=journey, kind="note", words=f"writer {writer}, round {number}"
        )
        done["activities"] += 1
    connection.close()
    told.put(done)


def let_go() -> None:
    """No connection is to be shared by two processes."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def main(writers: int, rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyogyo.config.settings")
    django.setup()
    journey = prepare()
    let_go()
    processes = get_context("fork")
    told: Any = processes.Queue()
    running = [
        processes.Process(target=write, args=(journey, writer, rounds, told))
        for writer in range(writers)
    ]
    for one in running:
        one.start()
    total: Counter[str] = Counter()
    for _ in running:
        total += told.get(timeout=240)
    for one in running:
        one.join()

    from kyogyo.records.models import Activity, AuditEvent, Journey, Outbox  # noqa: PLC0415 -- needs django.setup()

    row = Journey.objects.get(pk=journey)
    held = {
        "amount": row.amount,
        "revision": row.revision,
        "activities": Activity.objects.values("words").distinct().count(),
        "audit": AuditEvent.objects.filter(journey_id=journey).count(),
        "outbox": Outbox.objects.filter(journey_from=journey).count(),
    }
    sys.stdout.write(json.dumps({"told": total, "held": held}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
