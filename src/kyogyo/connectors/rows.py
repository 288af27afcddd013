"""What every source hands over: batches of rows as text, and each row it could not read.

A cell is a text exactly as the source holds it (leading zeros, spaces and all); a cell with
nothing in it is `''`. No row disappears: it is in a batch, or among the refusals, or it is empty
and counted in the notes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from kyogyo.errors import SourceError
from kyogyo.words import Text

# A batch of a very wide table ends before `size` rows, so that memory stays bounded.
CELLS_IN_A_BATCH = 2_000_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row (or one cell of it) that can't be taken, why, and what to do about it.

    `row` counts the rows below the header from 1, empty ones too, so that a spreadsheet program
    shows it one lower than the header's row. `line` is the line of a text file where the row
    begins (the header usually is line 1; a cell may hold several lines), the row number of a sheet,
    the position in a list, or the event of a log. `column` is None when it is about the whole row.
    `value` is what stood there, shortened; bytes that are no text are written as `\\x82`.
    """

    row: int
    column: str | None
    reason: Text
    value: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows that follow each other in the source.

    `columns` maps each column asked for to its cells, all lists as long as `rows` and `lines`,
    which hold the numbers of the rows taken (see `Refusal`). `first_row` is the first row that
    this batch accounts for, taken or refused. Rows that were refused are not in the columns.
    """

    first_row: int
    rows: Sequence[int]
    columns: dict[str, list[str]]
    refusals: list[Refusal]
    lines: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class TableInfo:
    """What is known of a table once it is open.

    `format` is one of csv, xlsx, xls, xlsb, ods, parquet, jsonl, json, xes. `encoding`,
    `delimiter` and `sheet` are '' where the format has none; `sheet` is also the name of the
    list chosen from a JSON object. `rows_estimate` counts the rows below the header, about.
    """

    path: Path
    format: str
    encoding: str
    delimiter: str
    sheet: str
    columns: tuple[str, ...]
    rows_estimate: int
    notes: tuple[Text, ...] = field(default=())


class Table(ABC):
    """A source that is open. Use it in a `with` statement; it can be read again and again."""

    info: TableInfo

    def __init__(self, *, info: TableInfo) -> None:
        self.info = info
        self._found: tuple[Text, ...] = ()

    @property
    def notes(self) -> tuple[Text, ...]:
        """`info.notes`, and what the last reading to the end found besides (empty lines ...)."""
        return self.info.notes + self._found

    def batches(
        self, *, columns: Sequence[str] | None = None, size: int = 50_000
    ) -> Iterator[Batch]:
        """The rows from the first to the last, at most `size` in a batch.

        `columns` restricts the work to these columns (all of them by default). Raises
        SourceError when the table lacks one of them, and while reading when the source turns out
        to be broken in a way that no longer lets rows be told apart.
        """
        wanted = tuple(dict.fromkeys(self.info.columns if columns is None else columns))
        missing = [name for name in wanted if name not in self.info.columns]
        if missing:
            raise missing_columns(missing, info=self.info)
        return self._read(columns=wanted, size=max(1, size))

    @abstractmethod
    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]: ...

    def close(self) -> None:  # noqa: B027 -- most sources hold nothing open between readings
        """Let go of the source."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def missing_columns(names: Sequence[str], *, info: TableInfo) -> SourceError:
    """The error for columns that a mapping names and the table lacks, with the nearest ones."""
    from rapidfuzz import process  # noqa: PLC0415 -- slow import

    nearest = {
        name: found[0]
        for name in names
        if (found := process.extractOne(name, info.columns, score_cutoff=60))
    }
    listed = ", ".join(f'"{name}"' for name in names)
    near_en = ", ".join(f'for "{name}" perhaps "{near}"' for name, near in nearest.items())
    near_ja = "、".join(f"「{name}」は「{near}」かもしれません" for name, near in nearest.items())
    shown = ", ".join(info.columns[:40]) + (" ..." if len(info.columns) > 40 else "")
    return SourceError(
        en=f"{info.path.name} has no column {listed}. "
        + (f"Nearest: {near_en}. " if near_en else "")
        + f"Its columns are: {shown}. Correct the mapping.",
        ja=f"{info.path.name} に列 {listed} がありません。"
        + (f"{near_ja}。" if near_ja else "")
        + f"この表の列: {shown}。対応付け(マッピング)を直してください。",
    )


def require_file(path: Path) -> None:
    """Raise SourceError unless `path` is a file that can be read and is not empty."""
    name = path.name or str(path)
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceError(
            en=f"The name of the file is no text that can be shown ({str(path)!a}). Rename it.",
            ja=f"ファイル名を文字として表せません({str(path)!a})。名前を変えてください。",
        ) from error
    try:
        if not path.exists():
            raise SourceError(
                en=f"There is no file {path}. Check the name and the folder.",
                ja=f"ファイル {path} がありません。名前とフォルダーを確かめてください。",
            )
        if not path.is_file():
            raise SourceError(
                en=f"{path} is not a file (a folder or a device). Name a file inside it.",
                ja=f"{path} はファイルではありません(フォルダーなど)。中のファイルを指定してください。",
            )
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise SourceError(
            en=f"{name} can't be read: {error.strerror}. Check who may read it.",
            ja=f"{name} を読めません: {error.strerror}。読み取り権限を確かめてください。",
        ) from error
    if not first:
        raise SourceError(
            en=f"{name} is empty (0 bytes). Export it again.",
            ja=f"{name} は空です(0 バイト)。もう一度書き出してください。",
        )
