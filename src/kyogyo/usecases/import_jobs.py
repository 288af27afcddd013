"""Imports that run while a page shows how far they are: begun, taken back, gone on with after a stop.

Each runs in a thread of the process that was asked, which holds the lock of imports. When the
process is ended in the middle, the lock is free: then the page says that it was stopped and how to
go on. What was being taken back goes on by itself when the application is started again
(`finish_undoing`), so that nothing stays half taken back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db import close_old_connections, connection

from kyogyo.errors import KyogyoError
from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions.import_state import go_on_with, is_unfinished, keep_word
from kyogyo.records.actions.imports import begin_import, end_import
from kyogyo.records.queries.imports import import_for, imports_for, running_import
from kyogyo.usecases.import_lock import is_running, take_lock
from kyogyo.usecases.import_records import import_records
from kyogyo.usecases.import_steps import Step, forget_step, read_step, teller
from kyogyo.usecases.import_uploads import forget_files, has_files, kept_files
from kyogyo.usecases.undo_import import begin_undo, carry_on
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyogyo.records.models import ImportBatch
    from kyogyo.words import Lang

_VERDICTS = "verdicts"
_log = logging.getLogger("kyogyo.imports")
# Whatever ends the process each time isn't tried for ever; somebody is to look at it then.
_TIMES = 3
STOPPED = Text(
    en="The server was stopped in the middle. Go on with it, or send the files again: "
    "what was done already is not done twice.",
    ja="取り込みの途中でサーバーが停止しました。続きから実行するか、ファイルを送信し直してください。"
    "完了した分が重複することはありません。",
)
STOPPED_UNDOING = Text(
    en="The server was stopped while this was being taken back, so a part of it still counts. "
    "Go on with it: what was done already is not done twice.",
    ja="取り消しの途中でサーバーが停止したため、一部がまだ有効です。続きから実行してください。"
    "完了した分が重複することはありません。",
)
_FAILED = Text(
    en="The import failed for a reason that is in the server's log. What it had not finished was not kept.",
    ja="取り込みに失敗しました。原因はサーバーのログに記録されています。完了していない分は保存されていません。",
)
_UNDOING_FAILED = Text(
    en="Taking it back failed for a reason that is in the server's log, so a part of it still counts. "
    "Go on with it when the reason is gone.",
    ja="取り消しに失敗しました（原因はサーバーのログに記録されています）。一部がまだ有効です。"
    "原因を取り除いてから、続きを実行してください。",
)


def start_import(*, actor: Actor, home: Path, word: str, lang: Lang) -> ImportBatch:
    """Begin to import the kept files, and return the row that says how far it is."""
    paths = kept_files(home, word)
    lock = take_lock(home)
    try:
        batch = begin_import(actor=actor, label=", ".join(path.name for path in paths))
        keep_word(batch, word=word)
    except BaseException:
        lock.close()
        raise

    def work(tell: Callable[[Step], None]) -> None:
        import_records(
            actor=actor,
            paths=paths,
            home=home,
            verdict_dir=home / _VERDICTS / str(batch.pk),
            lang=lang,
            batch=batch,
            steps=tell,
        )
        forget_files(home, word)

    _run(work, actor=actor, batch=batch, home=home, lock=lock, failed=_FAILED)
    return batch


def start_undo(*, actor: Actor, home: Path, batch_id: int) -> ImportBatch:
    """Begin to take an import back, and return the row that says how far that is.

    Raises what `begin_undo` raises, and ConflictError while another import is at work.
    """
    lock = take_lock(home)
    try:
        undoing = begin_undo(actor=actor, batch_id=batch_id, home=home)
    except BaseException:
        lock.close()
        raise
    _undo(actor=actor, undoing=undoing, home=home, lock=lock)
    return undoing


def go_on(*, actor: Actor, home: Path, batch_id: int, lang: Lang) -> ImportBatch:
    """Go on with what was stopped: the same undoing, or a new import of the files that are still kept."""
    batch = import_for(actor, batch_id)
    if word := word_of(batch):
        return start_import(actor=actor, home=home, word=word, lang=lang)
    lock = take_lock(home)
    try:
        undoing = go_on_with(actor=actor, batch_id=batch_id)
    except BaseException:
        lock.close()
        raise
    _undo(actor=actor, undoing=undoing, home=home, lock=lock)
    return undoing


def can_go_on(home: Path, batches: Iterable[ImportBatch]) -> frozenset[int]:
    """Those of `batches` that were stopped and can be gone on with."""
    return frozenset(
        one.pk
        for one in batches
        if is_unfinished(one)
        or (one.state == "failed" and "stopped" in one.says and has_files(home, word_of(one)))
    )


def end_what_stopped(*, actor: Actor, home: Path) -> None:
    """Close an import whose process is gone, so that nobody waits for it."""
    batch = running_import(actor)
    if batch is None or is_running(home):
        return
    batch.refresh_from_db()
    if batch.state == "running":
        says = _says(STOPPED_UNDOING if "undoes" in batch.says else STOPPED)
        end_import(actor=actor, batch=batch, says=says | {"stopped": True}, failed=True)
        forget_step(home)


def finish_undoing(*, home: Path) -> None:
    """Go on with what was being taken back when the application was stopped; for its start."""
    end_what_stopped(actor=SYSTEM, home=home)
    half = [one for one in imports_for(SYSTEM).filter(state="failed") if is_unfinished(one)]
    for one in half:
        if "stopped" in one.says and int(one.says.get("times", 1)) < _TIMES:
            by = Actor(user=one.by)
            actor = by if one.by is not None and by.may_import else SYSTEM
            _log.warning("going on with import %s, which was being taken back", one.pk)
            go_on(actor=actor, home=home, batch_id=one.pk, lang="en")
            return  # one at a time; there are no others, since each asks for that


def word_of(batch: ImportBatch) -> str:
    """The word under which the files of an import are kept, '' for none."""
    return str(batch.says.get("word", ""))


def step_of(*, home: Path, batch: ImportBatch) -> Step | None:
    """How far a running import is; None where it hasn't said so."""
    return read_step(home, batch.pk) if batch.state == "running" else None


def _undo(*, actor: Actor, undoing: ImportBatch, home: Path, lock: IO[str]) -> None:
    def work(tell: Callable[[Step], None]) -> None:
        carry_on(actor=actor, undoing=undoing, home=home, progress=tell)

    _run(work, actor=actor, batch=undoing, home=home, lock=lock, failed=_UNDOING_FAILED)


def _run(
    work: Callable[[Callable[[Step], None]], None],
    *,
    actor: Actor,
    batch: ImportBatch,
    home: Path,
    lock: IO[str],
    failed: Text,
) -> None:
    """Do it in a thread that holds the lock, and say in the row what became of it."""

    def run() -> None:
        with lock:
            try:
                work(teller(home, batch.pk))
            except KyogyoError as error:
                _say_failed(actor, batch, error.text)
            except Exception:
                _say_failed(actor, batch, failed)
                raise
            finally:
                forget_step(home)
                connection.close()

    threading.Thread(target=run, name=f"import-{batch.pk}").start()


def _say_failed(actor: Actor, batch: ImportBatch, text: Text) -> None:
    close_old_connections()
    batch.refresh_from_db()
    if batch.state in ("running", "failed"):
        end_import(actor=actor, batch=batch, says=_says(text), failed=True)


def _says(text: Text) -> dict[str, object]:
    return {"error": {"en": text.en, "ja": text.ja}}
