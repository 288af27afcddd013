"""The diagnosis of the records: found once, kept for all processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings

from kyogyo.errors import NotAllowedError
from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.models import User
from kyogyo.usecases import show_bottleneck as shown
from kyogyo.usecases.find_bottleneck import find_bottleneck
from tests.analytics.small_history import alike, small_history

# Observed until two weeks after the last entry: every node has its recent weeks.
HISTORY = small_history(
    [
        *alike(1, 60, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5}, every=1),
        *alike(101, 60, "2026-01-05", {"lead": 0}, every=1),
    ],
    as_of="2026-03-20",
)


@pytest.fixture
def found(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """A published copy that can be asked; the tracks that were really diagnosed."""
    settings.CACHES = {
        **settings.CACHES,
        "counted": {**settings.CACHES["counted"], "LOCATION": tmp_path / "counted"},
    }
    asked: list[str] = []

    @contextmanager
    def published(**_: Any) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(history=HISTORY, key="one", copied_at=1)

    def find(**given: Any) -> object:
        asked.append(given["track"])
        return find_bottleneck(**given)

    monkeypatch.setattr(shown, "open_measured", published)
    monkeypatch.setattr(shown, "find_bottleneck", find)
    shown.forget_diagnoses()
    yield asked
    shown.forget_diagnoses()


def test_diagnosis_is_found_once_and_read_by_other_processes(found: list[str]) -> None:
    first = shown.show_bottleneck(actor=SYSTEM, wait_s=60)
    shown.forget_diagnoses()  # as another process, which holds nothing
    second = shown.show_bottleneck(actor=SYSTEM, track="new", wait_s=60)
    assert first.diagnosis is not None
    assert second.diagnosis is not None
    assert found == ["new"]
    assert [(one.key, one.gain) for one in second.diagnosis.nodes] == [
        (one.key, one.gain) for one in first.diagnosis.nodes
    ]
    assert second.diagnosis.result.table.schema == first.diagnosis.result.table.schema


def test_process_waits_for_one_that_has_begun(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "_LONGEST_S", 0.5)
    caches["counted"].add("bottleneck:new:one:begun", 1, timeout=60)
    waited = shown.show_bottleneck(actor=SYSTEM, wait_s=60)
    assert waited.diagnosis is not None
    assert found == ["new"]  # the other never came to an end


def test_diagnosis_is_for_people_who_are_in_a_team(found: list[str]) -> None:
    with pytest.raises(NotAllowedError, match="in a team"):
        shown.show_bottleneck(actor=_nobody())
    assert found == []


def _nobody() -> Actor:
    """Somebody signed in who belongs nowhere; no database is asked."""
    actor = Actor(user=User(email="nobody@example.com"))
    actor.__dict__["memberships"] = ()
    return actor
