"""Which files an import reads, which source of the model each belongs to, and in which order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import SourceError

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel, Source

# What a folder is searched for. Other files are read only when they are named themselves or
# when a source of the model asks for them.
_TABLES = (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet", ".json", ".jsonl",
    ".ndjson", ".xes", ".xes.gz",
)  # fmt: skip
# Files that Kyogyo writes itself beside the data.
VERDICTS, REFUSED = ".verdicts.csv", ".refused.csv"
_ORDER = {"record": 0, "events": 0, "history": 0, "attributes": 1, "revenue": 2}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, and its name within what the person pointed at (the identity of its content)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    """A file that a source of the model reads. `place` is the source's position in the model."""

    file: FoundFile
    source: Source
    place: int
    label: str


def find_files(paths: Sequence[Path]) -> tuple[FoundFile, ...]:
    """The files at `paths`; of a folder everything inside it, hidden files left out.

    Raises SourceError for a path where nothing is.
    """
    found: dict[Path, FoundFile] = {}
    for path in paths:
        if not path.exists():
            raise SourceError(
                en=f"There is no file or folder {path}. Check the name.",
                ja=f"ファイルまたはフォルダー {path} がありません。名前を確かめてください。",
            )
        if not path.is_dir():
            found.setdefault(path.resolve(), FoundFile(path, _plain(path.name)))
            continue
        for inside in sorted(path.rglob("*")):
            relative = inside.relative_to(path)
            hidden = any(part.startswith(".") for part in relative.parts)
            own = inside.name.endswith((VERDICTS, REFUSED))
            if inside.is_file() and not hidden and not own:
                found.setdefault(inside.resolve(), FoundFile(inside, _plain(relative.as_posix())))
    return tuple(found.values())


def _plain(name: str) -> str:
    """One spelling of a name: file systems write Japanese names in two ways."""
    return unicodedata.normalize("NFC", name)


def looks_like_table(file: FoundFile) -> bool:
    """Whether the file's name is that of a table or log."""
    return file.name.lower().endswith(_TABLES)


def match_files(
    files: Sequence[FoundFile], *, model: RevenueModel, label: str | None = None
) -> tuple[Match, ...]:
    """The files that sources of the model read, those that give journeys before those that add to
    them, else in the order of the model. `label` is the identity given by the person.

    Raises SourceError when two files would have the same identity.
    """
    matches = [
        Match(file, source, place, f"{source.name}:{label or file.name}")
        for place, source in enumerate(model.sources)
        for file in files
        if _reads(source, file.name)
    ]
    matches.sort(key=lambda match: (_order(match.source), match.place, match.file.name))
    for before, after in zip(
        sorted(matches, key=lambda m: m.label),
        sorted(matches, key=lambda m: m.label)[1:],
        strict=False,
    ):
        if before.label == after.label:
            raise _same_identity(before, after)
    return tuple(matches)


def _order(source: Source) -> tuple[int, int]:
    return _ORDER[source.shape], int(source.key == "account")


def _reads(source: Source, name: str) -> bool:
    """Whether the pattern of a source names the file, or the file holds its corrected refusals."""
    if name.endswith(REFUSED):
        # Kyogyo gave it this name, see `verdict_name`.
        return name.rsplit("/", 1)[-1].startswith(f"{source.name}.")
    pattern = _plain(source.file)
    return fnmatchcase(name if "/" in pattern else name.rsplit("/", 1)[-1], pattern)


def verdict_name(match: Match) -> str:
    """What the files of verdicts on a file are called, without their endings."""
    return match.label.removesuffix(REFUSED).replace(":", ".", 1).replace("/", "_")


def _same_identity(one: Match, other: Match) -> SourceError:
    return SourceError(
        en=f"{one.file.path} and {other.file.path} would both be kept as {one.label!r}, and the "
        "second would replace the first. Import the folder that holds both, or each by itself "
        "with another name (--as).",
        ja=f"{one.file.path} と {other.file.path} はどちらも「{one.label}」として保存され、後のほうが前のものを"
        "置き換えてしまいます。両方を含むフォルダーを指定するか、--as で別の名前を付けて 1 つずつ取り込んでください。",
    )
