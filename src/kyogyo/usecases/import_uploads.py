"""Files that somebody sends by the browser: kept, looked through, and then imported while the page shows how far.

The import runs in a thread of the web process. A lock on a file beside the database says that it
still does: when the process is ended in the middle, the page sees it and says so, and the next
import begins with what was left.
"""

from __future__ import annotations

import fcntl
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.db import close_old_connections, connection

from kyogyo.errors import ConflictError, KyogyoError, MissingRecordError, RuleError
from kyogyo.records.actions.imports import begin_import, end_import
from kyogyo.records.queries.imports import running_import
from kyogyo.usecases.import_records import RecordsReport, import_records
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import ImportBatch
    from kyogyo.words import Lang

_FOLDER, _LOCK, _VERDICTS = "uploads", "imports.lock", "verdicts"
_KEPT_S = 86_400
_LONGEST_NAME = 150  # bytes; the names of the verdicts are longer by some
# Nothing else is ever a folder of ours: `..` would be the whole installation.
_WORD = re.compile(r"[A-Za-z0-9_-]{16}")
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".jsonl", ".parquet", ".xes", ".gz")
STOPPED = Text(
    en="The server was stopped in the middle. Send the files again: what was done already is not done twice.",
    ja="取り込みの途中でサーバーが停止しました。もう一度ファイルを送信してください。完了した分が重複することはありません。",
)
_FAILED = Text(
    en="The import failed for a reason that is in the server's log. What it had not finished was not kept.",
    ja="取り込みに失敗しました。原因はサーバーのログに記録されています。完了していない分は保存されていません。",
)


class Sent(Protocol):
    """A file as the browser sent it."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


def keep_uploads(*, home: Path, files: Iterable[Sent]) -> str:
    """Keep the files for a day, and return the word by which they are found again. Raises RuleError."""
    _forget_old(home / _FOLDER)
    word = secrets.token_urlsafe(12)
    folder = home / _FOLDER / word
    folder.mkdir(parents=True)
    try:
        for file in files:
            _keep(file, folder)
    except BaseException:
        # On a full disk too: a half of a file is of no use, and takes room.
        shutil.rmtree(folder)
        raise
    if not any(folder.iterdir()):
        folder.rmdir()
        raise RuleError(en="Choose at least one file.", ja="ファイルを1つ以上選んでください。")
    return word


def _keep(file: Sent, folder: Path) -> None:
    name = _name_of(file.name or "")
    if not name.lower().endswith(_ENDINGS):
        raise RuleError(
            en=f"{name} is of a kind that isn't read here. Send CSV, Excel, JSON, Parquet or XES files.",
            ja=f"{name} は読み取れない種類のファイルです。CSV・Excel・JSON・Parquet・XES のいずれかを送信してください。",
        )
    with (folder / name).open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)


def _name_of(sent: str) -> str:
    """The name alone, and its end where it is longer than a file's may be."""
    bare = Path(sent.replace("\\", "/")).name
    return bare.encode(errors="replace")[-_LONGEST_NAME:].decode(errors="ignore")


def check_uploads(*, actor: Actor, home: Path, word: str, lang: Lang) -> RecordsReport:
    """What an import of the kept files would do; nothing is imported."""
    with _alone(home):
        return import_records(
            actor=actor, paths=kept_files(home, word), home=home, dry_run=True, lang=lang
        )


def start_import(*, actor: Actor, home: Path, word: str, lang: Lang) -> ImportBatch:
    """Begin to import the kept files, and return the row that says how far it is."""
    paths = kept_files(home, word)
    if is_running(home):
        raise _busy()
    batch = begin_import(actor=actor, label=", ".join(path.name for path in paths))

    def work() -> None:
        try:
            with _alone(home):
                import_records(
                    actor=actor,
                    paths=paths,
                    home=home,
                    verdict_dir=home / _VERDICTS / str(batch.pk),
                    lang=lang,
                    batch=batch,
                )
            shutil.rmtree(home / _FOLDER / word, ignore_errors=True)
        except KyogyoError as error:
            _say_failed(actor, batch, error.text)
        except Exception:
            _say_failed(actor, batch, _FAILED)
            raise
        finally:
            connection.close()

    threading.Thread(target=work, name=f"import-{batch.pk}").start()
    return batch


def is_running(home: Path) -> bool:
    """Whether an import is at work in any process here."""
    try:
        with _alone(home):
            return False
    except ConflictError:
        return True


def end_what_stopped(*, actor: Actor, home: Path) -> None:
    """Close an import whose process is gone, so that nobody waits for it."""
    batch = running_import(actor)
    if batch is not None and not is_running(home):
        batch.refresh_from_db()
        if batch.state == "running":
            end_import(actor=actor, batch=batch, says=_says(STOPPED), failed=True)


def _say_failed(actor: Actor, batch: ImportBatch, text: Text) -> None:
    close_old_connections()
    batch.refresh_from_db()
    if not batch.says:
        end_import(actor=actor, batch=batch, says=_says(text), failed=True)


def _says(text: Text) -> dict[str, object]:
    return {"error": {"en": text.en, "ja": text.ja}}


def kept_files(home: Path, word: str) -> list[Path]:
    """The files that were sent under a word. Raises MissingRecordError where they are gone."""
    folder = home / _FOLDER / word
    found = sorted(folder.iterdir()) if _WORD.fullmatch(word) and folder.is_dir() else []
    if not found:
        raise MissingRecordError(
            en="The files that were sent are gone: they are kept for a day. Send them again.",
            ja="送信されたファイルは残っていません（保存期間は1日です）。もう一度送信してください。",
        )
    return found


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the lock of imports. Raises ConflictError where another holds it."""
    with (home / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _busy() from None
        yield


def _busy() -> ConflictError:
    return ConflictError(
        en="Another import is at work. Wait until it has ended; this page shows it.",
        ja="別の取り込みが実行中です。完了してからもう一度お試しください（この画面で確認できます）。",
    )


def _forget_old(folder: Path) -> None:
    if folder.is_dir():
        for kept in folder.iterdir():
            if time.time() - kept.stat().st_mtime > _KEPT_S:
                shutil.rmtree(kept, ignore_errors=True)
