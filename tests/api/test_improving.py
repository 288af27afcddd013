"""Bottleneck, countermeasures and alerts by program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.api import bottleneck
from kyogyo.notebook import Funnel
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import raise_alerts
from kyogyo.usecases import show_bottleneck as shown
from kyogyo.usecases.show_bottleneck import show_bottleneck
from tests.analytics.small_history import alike, small_history
from tests.records.actions.test_alerts import noticed
from tests.records.actions.test_countermeasures import registered
from tests.records.people import Company

Program = Callable[..., Client]
_ALL = {"lead": 0, "meeting": 2, "won": 5}
# Two of three leads went on before 25 July, one of three since.
HISTORY = small_history(
    [
        *alike(1, 200, "2025-01-06", _ALL, every=1),
        *alike(1001, 100, "2025-01-06", {"lead": 0}, every=1),
        *alike(2001, 200, "2025-07-25", _ALL, every=1),
        *alike(3001, 200, "2025-07-25", {"lead": 0}, every=1),
        *alike(4001, 200, "2025-07-25", {"lead": 0}, every=1),
    ],
    as_of="2026-03-20",
)


@pytest.fixture
def published(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A copy of the small history."""
    settings.CACHES = {
        **settings.CACHES,
        "counted": {**settings.CACHES["counted"], "LOCATION": tmp_path / "counted"},
    }

    @contextmanager
    def opened(**_: Any) -> Iterator[SimpleNamespace]:
        engine = DuckDBEngine(HISTORY.engine.connection.cursor())
        yield SimpleNamespace(
            history=replace(HISTORY, engine=engine), key="one", copied_at=1_000_000
        )

    monkeypatch.setattr(shown, "open_measured", opened)
    shown.forget_diagnoses()
    yield
    shown.forget_diagnoses()


def test_bottleneck_says_what_the_page_says(
    company: Company, program: Program, published: None
) -> None:
    answer = program("viewer", can_write=False).get("/api/v1/bottleneck/?track=new")
    found = show_bottleneck(actor=SYSTEM, track="new", wait_s=60).diagnosis
    assert found is not None
    assert answer.status_code == 200, answer.content
    said = answer.json()

    assert said["headline"] == {"en": found.headline.en, "ja": found.headline.ja}
    assert said["as_of"] == "2026-03-20T14:59:00Z"
    assert said["copied_at"] == "1970-01-01T00:00:01Z"
    whole = round if found.unit == "money" else float
    assert [(one["key"], one["gain"], one["p_top"]) for one in said["nodes"]] == [
        (
            node.key,
            node.gain
            and {
                "mid": whole(node.gain.mid), "lo": whole(node.gain.lo), "hi": whole(node.gain.hi),
                "level": 0.9, "unit": found.unit,
            },
            node.p_top,
        )
        for node in found.nodes
    ]  # fmt: skip


def test_notebook_gives_the_same_months_as_the_program(
    company: Company, program: Program, published: None
) -> None:
    said = program("viewer", can_write=False).get("/api/v1/bottleneck/?track=new").json()
    found = Funnel(HISTORY, track="new").diagnosis()
    whole = round if found.unit == "money" else float

    assert (found.status, len(found.nodes)) == ("named", 10)
    assert (said["per_month"], [one["gain"] and one["gain"]["mid"] for one in said["nodes"]]) == (
        None if found.per_month is None else whole(found.per_month),
        [node.gain and whole(node.gain.mid) for node in found.nodes],
    )


def test_bottleneck_that_is_still_counted_is_asked_again(
    company: Company, program: Program, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bottleneck, "WAIT_S", 0)
    answer = program("viewer", can_write=False).get("/api/v1/bottleneck/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["error"]["code"] == "counting"
    assert show_bottleneck(actor=SYSTEM, wait_s=60).diagnosis is not None


def test_countermeasure_carries_the_verdict_that_there_is(
    company: Company, program: Program
) -> None:
    made = registered(company)
    client = program("viewer", can_write=False)
    listed = client.get("/api/v1/countermeasures/?is_open=true").json()
    one = client.get(f"/api/v1/countermeasures/{made.pk}/").json()

    assert [(row["id"], row["title"]) for row in listed] == [(made.pk, made.title)]
    assert client.get("/api/v1/countermeasures/?is_open=false").json() == []
    assert [step["text"] for step in one["steps"]] == [
        step.text for step in made.steps.order_by("number")
    ]
    # Nothing was copied yet, so there is nothing to judge by.
    assert (one["verdict"]["verdict"], one["verdict"]["as_of"]) == (None, None)
    assert one["verdict"]["says"]["en"] != ""


def test_alert_is_answered_and_opened_again(company: Company, program: Program) -> None:
    raised_at = datetime(2026, 4, 6, 1, tzinfo=UTC)
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed(numbers={"n": 3})], now=raised_at)
    client, at = program("inside"), f"/api/v1/alerts/{alert.pk}/"

    def answer(**said: str) -> Any:
        return client.post(f"{at}answer/", said, content_type="application/json")

    assert [one["id"] for one in client.get("/api/v1/alerts/?is_open=true").json()] == [alert.pk]
    assert client.get("/api/v1/alerts/?department=field_sales").json() == []
    assert client.get(at).json()["numbers"] == {"n": 3}
    assert date.fromisoformat(client.get(at).json()["since"]) == date(2026, 3, 2)
    unsaid = answer(kind="known")
    said = answer(kind="known", words="A holiday")
    assert (unsaid.status_code, said.status_code) == (422, 200)
    assert (said.json()["answer"], said.json()["words"]) == ("known", "A holiday")
    assert client.get("/api/v1/alerts/?is_open=true").json() == []
    assert answer(kind="open").json()["answer"] == ""


def test_key_for_reading_answers_no_alert(company: Company, program: Program) -> None:
    (alert,) = raise_alerts(actor=SYSTEM, noticed=[noticed()])
    refused = program("inside", can_write=False).post(
        f"/api/v1/alerts/{alert.pk}/answer/", {"kind": "seen"}, content_type="application/json"
    )
    assert refused.status_code == 403
