"""Somebody else holds the database: who waited for too long is told so, and nothing is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client

from kyogyo.records.models import AuditEvent
from kyogyo.records.queries.database import is_busy
from tests.records.people import Company, make_journey

Browser = Callable[..., Client]
LOCKED, BROKEN = "database is locked", "disk I/O error"


@contextmanager
def _held() -> Iterator[None]:
    """Nobody gets to write; who tries is told at once instead of after twenty seconds."""

    def refuse(execute: object, sql: str, *rest: object) -> object:
        if sql.startswith(("BEGIN", "INSERT", "UPDATE", "SAVEPOINT")):
            raise OperationalError(LOCKED)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Busy at the moment"), ("ja", "ただいま混み合っています")]
)
def test_page_says_that_the_database_is_busy(
    signed_in: Browser, company: Company, lang: str, words: str
) -> None:
    company.users["inside"].lang = lang
    company.users["inside"].save()
    journey = make_journey(company, owner="inside")
    client = signed_in("inside")

    with _held():
        answer = client.post(
            f"/journeys/{journey.pk}/activity/", {"kind": "call", "words": "No answer"}
        )

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert words in answer.content.decode()
    assert AuditEvent.objects.filter(journey_id=journey.pk).count() == 0


def test_part_of_a_page_says_so_in_a_note(signed_in: Browser, company: Company) -> None:
    journey = make_journey(company, owner="inside")
    client = signed_in("inside", HTTP_HX_REQUEST="true")

    with _held():
        answer = client.post(f"/journeys/{journey.pk}/activity/", {"kind": "call"})

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (503, "#notices")


def test_api_says_that_the_database_is_busy(signed_in: Browser, company: Company) -> None:
    journey = make_journey(company, owner="inside")
    client = signed_in("inside")

    with _held():
        answer = client.post(
            f"/api/v1/journeys/{journey.pk}/activities/",
            {"kind": "call"},
            content_type="application/json",
        )

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.json()["error"]["code"] == "busy"


def test_another_failure_of_the_database_stays_a_defect(
    signed_in: Browser, company: Company
) -> None:
    client = signed_in("inside")

    def refuse(execute: object, sql: str, *rest: object) -> object:
        if "records_journey" in sql:
            raise OperationalError(BROKEN)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        client.get("/api/v1/journeys/")


def test_lock_of_sqlite_is_known_by_its_words() -> None:
    error = OperationalError("database is locked")
    error.__cause__ = sqlite3.OperationalError("database is locked")

    assert is_busy(error)
    assert not is_busy(OperationalError("no such table: records_journey"))


def test_lock_of_postgresql_is_known_by_its_state() -> None:
    found = {state: is_busy(_of_postgresql(state)) for state in ("55P03", "40P01", "53100")}

    assert found == {"55P03": True, "40P01": True, "53100": False}


def _of_postgresql(state: str) -> OperationalError:
    cause = Exception("canceled")
    cause.sqlstate = state  # type: ignore[attr-defined]
    error = OperationalError("canceled")
    error.__cause__ = cause
    return error
