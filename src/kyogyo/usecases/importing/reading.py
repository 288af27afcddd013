"""One batch of a file while it is read: its cells, what they mean, and which rows can't be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kyogyo.connectors.tables.values import MISSING, DateOrder, parse_amounts, parse_times
from kyogyo.mirror import portion
from kyogyo.mirror.portion import Verdict
from kyogyo.period import local_days
from kyogyo.usecases.importing.stage_words import IGNORED, Words
from kyogyo.words import Text, date, minor_digits

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.connectors.rows import Batch
    from kyogyo.revenue_model import RevenueModel, Source

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_SHOWN = 80


@dataclass(frozen=True)
class Plan:
    """Everything that decides how the rows of one file are read."""

    source: Source
    model: RevenueModel
    now: int
    orders: Mapping[str, DateOrder | None]
    stages: Words
    status: Words
    departments: Words

    @property
    def zone(self) -> str:
        """The zone of local times in the file."""
        return self.source.time_zone or self.model.time_zone


@dataclass
class Reading:
    """The rows of a batch, and what is wrong with them so far."""

    batch: Batch
    mapping: Plan
    refused: dict[int, list[Text]] = field(default_factory=dict)
    ignored: dict[int, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.size = len(self.batch.rows)
        self.rows = np.asarray(self.batch.rows, dtype=np.int64)
        self.good: Flags = np.ones(self.size, dtype=np.bool_)
        self._texts: dict[str | None, pa.Array] = {}
        self.journeys = self.texts(None)

    def refuse(self, index: int, column: str | None, why: Text) -> None:
        """Leave a row out: nothing of it is taken. A row that the mapping ignores isn't judged."""
        if index in self.ignored:
            return
        if column is not None:
            why = Text(en=f"{column}: {why.en}", ja=f"{column}: {why.ja}")
        self.refused.setdefault(index, []).append(why)
        self.good[index] = False

    def ignore(self, index: int, why: Text) -> None:
        """Leave a row out because the mapping says so."""
        self.refused.pop(index, None)
        self.ignored[index] = why
        self.good[index] = False

    def texts(self, column: str | None) -> pa.Array:
        """The cells of a column without spaces around them; empty where nothing is mapped."""
        import pyarrow as pa  # noqa: PLC0415 -- slow import
        import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

        found = self._texts.get(column)
        if found is None:
            if column is None:
                found = pa.repeat("", self.size)
            else:
                cells = pa.array(self.batch.columns[column], type=pa.string())
                found = pc.utf8_trim_whitespace(cells)
            self._texts[column] = found
        return found

    def keys(self, column: str | None, what: Text) -> pa.Array:
        """The cells of a column that identifies what a row is about: none may be empty."""
        cells = self.texts(column)
        why = Text(
            en=f"It is empty, and it says which {what.en} the row is about.",
            ja=f"空です。どの{what.ja}の行なのかが分かりません。",
        )
        for index in np.flatnonzero(~is_said(cells)).tolist():
            self.refuse(index, column, why)
        return cells

    def times(self, column: str) -> tuple[Ints, Ints]:
        """Instants and precisions of a column; MISSING where there is none."""
        instants, precision, problems = parse_times(
            self.batch.columns[column],
            zone=self.mapping.zone,
            order=self.mapping.orders.get(column),
        )
        for index, why in problems.items():
            self.refuse(index, column, why)
        for index in np.flatnonzero(instants > self.mapping.now).tolist():
            self.refuse(index, column, self._in_future(int(instants[index])))
        return instants, precision.astype(np.int64)

    def _in_future(self, instant: int) -> Text:
        day = date(instant, zone=self.mapping.model.time_zone)
        return Text(
            en=f"{day} is in the future, so it is a plan or a placeholder and nothing that happened.",
            ja=f"{day} は未来の日付です。予定か仮の値であり、起きたことの記録ではありません。",
        )

    def amounts(self, column: str | None, currency: str | None) -> tuple[Ints, Flags]:
        """Minor units of a column, and where one is known."""
        if column is None:
            return np.zeros(self.size, dtype=np.int64), np.zeros(self.size, dtype=np.bool_)
        own = self.mapping.model.currency
        amounts, known, problems = _plain_amounts(self.texts(column), currency=own) or (
            parse_amounts(self.batch.columns[column], currency=own)
        )
        for index, why in problems.items():
            self.refuse(index, column, why)
        if currency is not None:
            self._require_currency(currency, own, known)
        return np.where(known, amounts, 0), known

    def _require_currency(self, column: str, own: str, known: Flags) -> None:
        for index, cell in enumerate(self.texts(column).to_pylist()):
            if cell and cell.upper() != own and known[index]:
                why = Text(
                    en=f"The amount is in {cell}, and the model counts in {own}. Kyogyo doesn't convert.",
                    ja=f"金額の通貨が {cell} ですが、モデルの通貨は {own} です。換算は行いません。",
                )
                self.refuse(index, column, why)

    def meanings(self, column: str | None, words: Words, *, ignored: Text | None = None) -> Ints:
        """What the words of a column stand for, 0 for none; rows with unknown words are refused."""
        found = np.zeros(self.size, dtype=np.int64)
        if column is None:
            return found
        for index, cell in enumerate(self.batch.columns[column]):
            meaning = words.meaning(cell)
            if isinstance(meaning, Text):
                self.refuse(index, column, meaning)
            elif meaning == IGNORED and ignored is not None:
                self.ignore(index, ignored)
            else:
                found[index] = max(meaning, 0)
        return found

    def taken(self, where: Flags) -> npt.NDArray[np.intp]:
        """Indices of the good rows where something holds."""
        return np.flatnonzero(self.good & where)

    def rows_table(self) -> pa.Table:
        """The rows that state something, as the store wants them."""
        index = np.flatnonzero(self.good)
        return arrow(
            portion.ROWS,
            row=self.rows[index],
            line=self._lines()[index],
            journey=picked(self.journeys, index),
        )

    def _lines(self) -> Ints:
        return np.asarray(self.batch.lines or self.batch.rows, dtype=np.int64)

    def set_aside(self, columns: Sequence[str]) -> pa.Table | None:
        """The rows refused or ignored, with the cells of those refused; None if there are none."""
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        records: list[dict[str, Any]] = []
        lines = self._lines()
        for index in sorted({*self.refused, *self.ignored}):
            is_refused = index in self.refused
            why = _joined(self.refused[index]) if is_refused else self.ignored[index]
            verdict = Verdict.REFUSED if is_refused else Verdict.IGNORED
            cells = [self.batch.columns[name][index] for name in columns] if is_refused else None
            records.append(
                _aside(
                    int(self.rows[index]),
                    int(lines[index]),
                    verdict,
                    self.journeys[index].as_py(),
                    why,
                    cells,
                )
            )
        for refusal in self.batch.refusals:
            why = refusal.reason
            if refusal.column is not None:
                why = Text(en=f"{refusal.column}: {why.en}", ja=f"{refusal.column}: {why.ja}")
            records.append(
                _aside(refusal.row, refusal.line, Verdict.REFUSED, "", why, [refusal.value])
            )
        if not records:
            return None
        kinds = [("row", pa.int32()), ("line", pa.int32()), ("verdict", pa.int16())]
        kinds += [(name, pa.string()) for name in ("journey", "en", "ja")]
        return pa.Table.from_pylist(
            records, schema=pa.schema([*kinds, ("cells", pa.list_(pa.string()))])
        )


def _plain_amounts(texts: pa.Array, *, currency: str) -> tuple[Ints, Flags, dict[int, Text]] | None:
    """What `parse_amounts` says of a column with nothing but digits and empty cells; else None.

    Most columns are like this, and reading them whole is many times faster.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    if not pc.all(pc.match_substring_regex(texts, r"^[0-9]{0,15}$")).as_py():
        return None
    known = is_said(texts)
    whole = pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64())
    scale = 10 ** minor_digits(currency)
    return whole.to_numpy(zero_copy_only=False) * scale, known, {}


def _aside(
    row: int, line: int, verdict: Verdict, journey: str, why: Text, cells: list[str] | None
) -> dict[str, Any]:
    return {
        "row": row,
        "line": line,
        "verdict": int(verdict),
        "journey": journey,
        "en": why.en,
        "ja": why.ja,
        "cells": cells,
    }


def _joined(reasons: Sequence[Text]) -> Text:
    return Text(en=" / ".join(r.en for r in reasons), ja=" / ".join(r.ja for r in reasons))


def picked(texts: pa.Array, index: npt.NDArray[np.intp]) -> pa.Array:
    """Some cells of a column, in the order of `index`, which never repeats one."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return texts if index.size == len(texts) else texts.take(pa.array(index))


def is_said(texts: pa.Array) -> Flags:
    """Where a cell holds something."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return np.asarray(pc.not_equal(texts, "").to_numpy(zero_copy_only=False), dtype=np.bool_)


def arrow(shape: Mapping[str, str], **columns: Any) -> pa.Table:
    """An Arrow table with the columns of `shape` in order; a missing one is all 0 or ''."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    types = {
        "INTEGER": pa.int32(),
        "SMALLINT": pa.int16(),
        "BIGINT": pa.int64(),
        "VARCHAR": pa.string(),
    }
    size = len(next(iter(columns.values())))
    arrays = {}
    for name, kind in shape.items():
        values = columns.get(name)
        if values is None:
            values = pa.repeat(pa.scalar("" if kind == "VARCHAR" else 0, types[kind]), size)
        elif isinstance(values, np.ndarray):
            values = pa.array(values).cast(types[kind])
        arrays[name] = values
    return pa.table(arrays)


def dated(instants: Ints, *, zone: str) -> dict[str, Ints]:
    """The columns at_us, day and month of instants, local to `zone`."""
    days, months = local_days(instants, zone=zone)
    return {"at_us": instants, "day": days, "month": months}


def is_known(instants: Ints) -> Flags:
    """Where there is an instant at all."""
    return np.asarray(instants != MISSING, dtype=np.bool_)
