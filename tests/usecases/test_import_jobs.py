"""Imports and their taking back, stopped anywhere and gone on with: the same end as without a stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.import_state import go_on_with
from kyogyo.records.actions.imports import begin_import
from kyogyo.records.actions.model import adopt
from kyogyo.records.models import Account, ImportBatch, Journey, Outbox, Revenue
from kyogyo.usecases import import_jobs, undo_import
from kyogyo.usecases.import_lock import alone
from kyogyo.usecases.import_records import import_records
from kyogyo.usecases.import_steps import Step, read_step, teller
from kyogyo.usecases.import_uploads import keep_uploads
from tests.usecases.test_import_records import HEAD, ONE, TWO, _model, bring, entries

PAID = "company,month,amount\nアオバ商事,2026-05,300\nCedar,2026-05,200\n"


class Sent:
    name = "deals.csv"

    def chunks(self) -> list[bytes]:
        return [(HEAD + ONE + TWO).encode()]


def _brought(home: Path) -> ImportBatch:
    adopt(actor=SYSTEM, text=_model())
    (home / "paid.csv").write_text(PAID, encoding="utf-8")
    (home / "deals.csv").write_text(HEAD + ONE + TWO, encoding="utf-8")
    made = import_records(actor=SYSTEM, paths=[home / "deals.csv", home / "paid.csv"], home=home)
    return ImportBatch.objects.get(pk=made.batch_id)


def _killed(*_: object, **__: object) -> Any:
    raise KeyboardInterrupt


def _after(function: Callable[..., Any]) -> Callable[..., Any]:
    def done_then_killed(*given: Any, **named: Any) -> Any:
        function(*given, **named)
        raise KeyboardInterrupt

    return done_then_killed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "when"),
    [
        ("remember_paid", "after"),
        ("write_touched", "after"),
        ("erase_leftovers", "after"),
        ("mark_undone", "before"),
    ],
)
def test_taking_back_that_was_stopped_anywhere_ends_as_without_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, when: str
) -> None:
    batch = _brought(tmp_path)
    undoing = undo_import.begin_undo(actor=SYSTEM, batch_id=batch.pk, home=tmp_path)
    with monkeypatch.context() as patched:
        stop = _after(getattr(undo_import, at)) if when == "after" else _killed
        patched.setattr(f"kyogyo.usecases.undo_import.{at}", stop)
        with pytest.raises(KeyboardInterrupt):
            undo_import.carry_on(actor=SYSTEM, undoing=undoing, home=tmp_path)

    # Seen and said, and nothing else comes in between.
    import_jobs.end_what_stopped(actor=SYSTEM, home=tmp_path)
    undoing.refresh_from_db()
    assert undoing.says["error"]["en"].startswith("The server was stopped while this was being")
    assert import_jobs.can_go_on(tmp_path, [undoing, batch]) == {undoing.pk}
    with pytest.raises(RuleError, match="Go on with that first"):
        bring(tmp_path, ONE)
    with pytest.raises(RuleError, match="being taken back already"):
        undo_import.begin_undo(actor=SYSTEM, batch_id=batch.pk, home=tmp_path)

    again = go_on_with(actor=SYSTEM, batch_id=undoing.pk)
    undo_import.carry_on(actor=SYSTEM, undoing=again, home=tmp_path)

    batch.refresh_from_db()
    again.refresh_from_db()
    assert (batch.state, again.state, "error" in again.says) == ("undone", "done", False)
    assert (entries(), Journey.objects.count(), Revenue.objects.count()) == ([], 0, 0)
    assert Account.objects.count() == 0
    assert Outbox.objects.filter(kind="import.undo", journey_from__isnull=False).count() == 1
    with pytest.raises(RuleError, match="nothing left"):
        go_on_with(actor=SYSTEM, batch_id=undoing.pk)


def _wait() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(60)
    close_old_connections()


@pytest.mark.django_db(transaction=True)
def test_at_its_start_the_application_goes_on_with_what_was_being_taken_back(
    tmp_path: Path,
) -> None:
    batch = _brought(tmp_path)
    undoing = undo_import.begin_undo(actor=SYSTEM, batch_id=batch.pk, home=tmp_path)

    import_jobs.finish_undoing(home=tmp_path)
    _wait()

    batch.refresh_from_db()
    undoing.refresh_from_db()
    assert (batch.state, undoing.state, undoing.says["times"]) == ("undone", "done", 2)
    assert undoing.counts == {
        "voided": 4, "journeys_gone": 2, "accounts_gone": 3, "revenue_gone": 2,
    }  # fmt: skip


@pytest.mark.django_db
def test_what_stops_the_application_each_time_is_left_to_people(tmp_path: Path) -> None:
    batch = _brought(tmp_path)
    undoing = undo_import.begin_undo(actor=SYSTEM, batch_id=batch.pk, home=tmp_path)
    undoing.says |= {"times": 3}
    undoing.save()

    import_jobs.finish_undoing(home=tmp_path)

    undoing.refresh_from_db()
    assert (undoing.state, undoing.says["times"]) == ("failed", 3)


@pytest.mark.django_db(transaction=True)
def test_import_that_was_stopped_is_gone_on_with_from_its_kept_files(tmp_path: Path) -> None:
    adopt(actor=SYSTEM, text=_model())
    word = keep_uploads(home=tmp_path, files=[Sent()])
    stopped = begin_import(actor=SYSTEM, label="deals.csv")
    stopped.says = {"word": word}
    stopped.save()
    import_jobs.end_what_stopped(actor=SYSTEM, home=tmp_path)
    stopped.refresh_from_db()
    assert import_jobs.can_go_on(tmp_path, [stopped]) == {stopped.pk}

    with alone(tmp_path), pytest.raises(ConflictError):
        import_jobs.go_on(actor=SYSTEM, home=tmp_path, batch_id=stopped.pk, lang="en")
    made = import_jobs.go_on(actor=SYSTEM, home=tmp_path, batch_id=stopped.pk, lang="en")
    _wait()

    made.refresh_from_db()
    assert (made.state, Journey.objects.count(), read_step(tmp_path, made.pk)) == ("done", 2, None)
    assert import_jobs.can_go_on(tmp_path, [stopped]) == frozenset()


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_said_in_the_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = _brought(tmp_path)

    def refuse(**_: object) -> None:
        raise RuleError(en="Not today.", ja="本日は不可。")

    monkeypatch.setattr(import_jobs, "carry_on", refuse)
    undoing = import_jobs.start_undo(actor=SYSTEM, home=tmp_path, batch_id=batch.pk)
    _wait()

    undoing.refresh_from_db()
    assert (undoing.state, undoing.says["error"]["ja"]) == ("failed", "本日は不可。")
    assert import_jobs.can_go_on(tmp_path, [undoing]) == {undoing.pk}


def test_how_far_it_is_is_known_to_others(tmp_path: Path) -> None:
    tell = teller(tmp_path, 7)
    tell(Step("read", 10, 20))
    tell(Step("read", 11, 20))  # too soon after the last to be worth a write

    assert read_step(tmp_path, 7) == Step("read", 10, 20)
    tell(Step("write", 1, 2))
    assert read_step(tmp_path, 7) == Step("write", 1, 2)
    assert read_step(tmp_path, 8) is None
