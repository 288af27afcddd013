"""The whole demo company on a fixed day, in a database of its own.

`main` makes it in the folder KYOGYO_HOME, as `kyogyo demo --lang ja` does, and prints as JSON the sessions of its manager and of
somebody who manages beside her in English. It is run in a process of its own, whose clock stands at that day.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.people import add_membership, make_user
from kyogyo.records.queries.countermeasures import list_countermeasures
from kyogyo.records.queries.people import person_of_address, team_tree
from kyogyo.usecases.copy_records import copy_records
from kyogyo.usecases.demo.seats import email_of
from kyogyo.usecases.show_demo import SEED, fill_demo, improve_demo

if TYPE_CHECKING:
    from kyogyo.records.models import User


def main() -> None:
    call_command("migrate", verbosity=0)
    home, now = Path(settings.HOME), timezone.now()
    fill_demo(folder=home, seed=SEED, lang="ja", now=now)
    improve_demo(folder=home, lang="ja", now=now)
    copy_records(home=home)
    manager = person_of_address(email_of("manager"))
    other = make_user(actor=SYSTEM, email="other@aozora.example", name="Robin Vale", lang="en")
    revenue = next(row.team for row in team_tree() if row.team.code == "revenue")
    add_membership(actor=SYSTEM, user_id=other.pk, team_id=revenue.pk, role="manager")
    listed = list_countermeasures(SYSTEM, today=timezone.localdate())
    found = {"running" if one.state != "ended" else "ended": one.id for one in listed}
    sessions = {"manager-ja": _session(manager), "manager": _session(other)}
    told = {
        "cookie": settings.SESSION_COOKIE_NAME,
        "sessions": sessions,
        "found": {"ja": found, "en": found},
    }
    json.dump(told, sys.stdout)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
