"""One process of the race: prepares the handoffs, decides on each of them, or counts what was decided."""

from __future__ import annotations

import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django first
from django.db import close_old_connections  # noqa: E402

from kyogyo.errors import ConflictError  # noqa: E402
from kyogyo.records.access import SYSTEM  # noqa: E402
from kyogyo.records.actions.handoffs import (  # noqa: E402
    accept_handoff,
    need_work,
    offer_handoff,
    return_handoff,
)
from kyogyo.records.models import AuditEvent, Handoff, HandoffEvent, Journey  # noqa: E402

DECISIONS = ("accepted", "returned", "needs_work")


def prepare(number: int) -> None:
    """A new database with so many offers."""
    call_command("migrate", verbosity=0)
    # Found beside this file's folder, as pytest finds it.
    from tests.records.people import make_company, make_journey  # noqa: PLC0415 -- needs django.setup()

    company = make_company()
    for _ in range(number):
        journey = make_journey(company, stage="meeting_set", owner="inside")
        offer_handoff(actor=SYSTEM, journey_id=journey.pk, why_now="Race", override_reason="Race")
    sys.stdout.write("ready\n")


def decide(place: int) -> None:
    """Decide on every handoff, each process in the same order but in its own way."""
    keys = list(Handoff.objects.order_by("id").values_list("id", flat=True))
    sys.stdout.write("up\n")
    sys.stdout.flush()
    sys.stdin.readline()  # all of them begin at once
    for key in keys:
        began = time.perf_counter()
        try:
            if place % 3 == 0:
                accept_handoff(actor=SYSTEM, handoff_id=key, override_reason="Race")
            elif place % 3 == 1:
                return_handoff(actor=SYSTEM, handoff_id=key, reason="no_need", words="Race")
            else:
                need_work(actor=SYSTEM, handoff_id=key, words="Race")
            outcome = "won"
        except ConflictError:
            outcome = "lost"
        sys.stdout.write(f"{key} {outcome} {time.perf_counter() - began:.4f}\n")


def check() -> None:
    """Decisions, audit rows of decisions, and journeys that don't stand where their decision left them."""
    decided = HandoffEvent.objects.filter(kind__in=DECISIONS)
    audited = AuditEvent.objects.filter(noun="handoff", action__in=DECISIONS)
    accepted = set(decided.filter(kind="accepted").values_list("handoff__journey_id", flat=True))
    moved = set(Journey.objects.filter(stage="discovery").values_list("id", flat=True))
    waiting = Handoff.objects.filter(open_round__isnull=False).count()
    torn = len(accepted ^ moved) + waiting
    sys.stdout.write(f"{decided.count()} {audited.count()} {torn}\n")


if __name__ == "__main__":
    {"prepare": lambda: prepare(int(sys.argv[2])), "decide": lambda: decide(int(sys.argv[2])), "check": check}[sys.argv[1]]()  # fmt: skip
    close_old_connections()
