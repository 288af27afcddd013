"""Files that somebody sends by the browser: kept for a day, looked through, and imported from there."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kyogyo.errors import MissingRecordError, RuleError
from kyogyo.usecases.import_lock import alone
from kyogyo.usecases.import_records import RecordsReport, import_records

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.words import Lang

_FOLDER = "uploads"
_KEPT_S = 86_400
_LONGEST_NAME = 150  # bytes; the names of the verdicts are longer by some
# Nothing else is ever a folder of ours: `..` would be the whole installation.
_WORD = re.compile(r"[A-Za-z0-9_-]{16}")
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".jsonl", ".parquet", ".xes", ".gz")


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
    with alone(home):
        return import_records(
            actor=actor, paths=kept_files(home, word), home=home, dry_run=True, lang=lang
        )


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


def has_files(home: Path, word: str) -> bool:
    """Whether files that were sent under a word are still here."""
    return bool(_WORD.fullmatch(word)) and (home / _FOLDER / word).is_dir()


def forget_files(home: Path, word: str) -> None:
    """The files that were sent under a word aren't needed any more."""
    if _WORD.fullmatch(word):
        shutil.rmtree(home / _FOLDER / word, ignore_errors=True)


def _forget_old(folder: Path) -> None:
    if folder.is_dir():
        for kept in folder.iterdir():
            if time.time() - kept.stat().st_mtime > _KEPT_S:
                shutil.rmtree(kept, ignore_errors=True)
