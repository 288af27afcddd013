"""The disk is full: who sends something is told so in words. That it is so on a real disk, tests/faults looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client

from kyogyo.records.models import ApiKey, AuditEvent
from kyogyo.records.queries.keys import actor_by_key, digest_of
from tests.records.people import Company, make_journey

Browser = Callable[..., Client]
FULL = "database or disk is full"


@contextmanager
def _full() -> Iterator[None]:
    def refuse(execute: object, sql: str, *rest: object) -> object:
        if sql.startswith(("BEGIN", "INSERT", "UPDATE")):
            raise OperationalError(FULL)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "The disk is full"), ("ja", "ディスクに空きがありません")]
)
def test_page_says_that_the_disk_is_full(
    signed_in: Browser, company: Company, lang: str, words: str
) -> None:
    company.users["inside"].lang = lang
    company.users["inside"].save()
    journey = make_journey(company, owner="inside")
    client = signed_in("inside")

    with _full():
        answer = client.post(f"/journeys/{journey.pk}/activity/", {"kind": "call", "words": "No"})
        read = client.get(f"/journeys/{journey.pk}/")

    assert (answer.status_code, read.status_code) == (507, 200)
    assert words in answer.content.decode()
    assert AuditEvent.objects.filter(journey_id=journey.pk).count() == 0


def test_key_still_reads_where_its_use_cannot_be_noted(company: Company) -> None:
    key = ApiKey.objects.create(
        user=company.users["inside"], name="reader", prefix="abcd1234", digest=digest_of("secret")
    )

    with _full():
        actor = actor_by_key("kyo_abcd1234_secret")

    assert actor is not None
    assert actor.key == key
    key.refresh_from_db()
    assert key.last_used_at is None


@pytest.mark.django_db
def test_request_for_an_unknown_host_is_refused_in_words() -> None:
    answer = Client(headers={"host": "elsewhere.example.com"}).get("/")

    assert answer.status_code == 400
    assert "This request can" in answer.content.decode()
