"""History is only added to: the database itself refuses anything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from kyogyo.records.guards import NEVER_DELETED, ONLY_ADDED_TO
from kyogyo.records.models import (
    Account,
    Assignment,
    AuditEvent,
    Erasure,
    Journey,
    ModelVersion,
    StageEntry,
)
from tests.records.people import make_company

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's own catalogue")
def test_every_trigger_stands_after_all_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%keeps%'"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert found == {
        *(
            f"records_{noun}_keeps_{verb}"
            for noun in ONLY_ADDED_TO
            for verb in ("update", "delete")
        ),
        *(f"records_{noun}_keeps_delete" for noun in NEVER_DELETED),
    }


@pytest.mark.parametrize("model", [StageEntry, Assignment, AuditEvent, ModelVersion])
def test_history_is_not_changed(journey: Journey, model: Any) -> None:
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        model.objects.update(id=F("id"))


@pytest.mark.parametrize("table", ["stageentry", "assignment", "auditevent", "journey", "account"])
def test_history_is_not_deleted(journey: Journey, table: str) -> None:
    with (
        pytest.raises(IntegrityError, match="history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM records_{table}")


def test_an_open_erasure_lets_rows_go_and_a_closed_one_does_not(journey: Journey) -> None:
    erasure = Erasure.objects.create(what="a test")
    Assignment.objects.filter(journey=journey).delete()
    Erasure.objects.filter(pk=erasure.pk).update(is_open=False)

    assert Assignment.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        StageEntry.objects.filter(journey=journey).delete()


def test_journeys_and_accounts_may_be_changed(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(title="Another title")
    Account.objects.filter(pk=journey.account_id).update(region="Kansai")

    assert Journey.objects.get().title == "Another title"
    assert Account.objects.get().region == "Kansai"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "again"])
def test_what_a_test_commits_is_gone_in_the_next(time: str) -> None:
    assert ModelVersion.objects.count() == 0

    make_company()
