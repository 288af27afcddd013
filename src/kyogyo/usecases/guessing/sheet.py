"""The columns of a file and what has been guessed of them so far; roles found by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.usecases.guessing import names
from kyogyo.usecases.guessing.profiles import Column
from kyogyo.usecases.importing.stage_words import Words, folded
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.connectors.rows import TableInfo
    from kyogyo.revenue_model import RevenueModel

SURE, LIKELY, PERHAPS = 0.95, 0.75, 0.5
NEAR = 88.0


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column is taken for (`role`, a key of the mapping), why, and how surely in [0, 1]."""

    column: str
    role: str
    why: Text
    confidence: float


@dataclass
class Sheet:
    """The columns of a file, and what has been guessed of them so far."""

    path: Path
    info: TableInfo
    model: RevenueModel
    words: Words
    columns: list[Column]
    cells: Mapping[str, Sequence[str]]
    guesses: dict[str, ColumnGuess] = field(default_factory=dict)
    open: list[Text] = field(default_factory=list)

    def free(self) -> list[Column]:
        return [column for column in self.columns if column.name not in self.guesses]

    def take(self, column: Column, role: str, why: Text, confidence: float) -> str:
        self.guesses[column.name] = ColumnGuess(column.name, role, why, confidence)
        return column.name

    def by_name(
        self, role: str, names: Sequence[str], *, among: Iterable[Column] | None = None
    ) -> Column | None:
        """The free column whose name is most like those of a role."""
        candidates = list(self.free() if among is None else among)
        remembered = self._remembered(role)
        best: tuple[float, int, Column, Text] | None = None
        for column in candidates:
            found = _likeness(column, names, remembered)
            if found is not None and (best is None or found[:2] > best[:2]):
                best = (*found[:2], column, found[2])
        if best is None:
            return None
        self.take(best[2], role, best[3], best[0])
        return best[2]

    def _remembered(self, role: str) -> set[str]:
        """What other sources of the model call the columns of this role."""
        name = role.partition(".")[2]
        called = {getattr(source.columns, name, None) for source in self.model.sources}
        return {folded(each) for each in called if each}


def _likeness(
    column: Column, names: Sequence[str], remembered: set[str]
) -> tuple[float, int, Text] | None:
    """How much a column's name is one of `names`: confidence, rank (higher is better), reason."""
    from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

    if column.folded in remembered:
        why = Text(
            en="another source of the model calls it so", ja="モデルの別のデータ元と同じ列名"
        )
        return SURE + 0.02, len(names), why
    for rank, name in enumerate(names):
        key = folded(name)
        if column.folded in (key, f"property{key}"):
            return SURE, len(names) - rank, Text(en=f'called like "{name}"', ja=f"列名が「{name}」")
    for rank, name in enumerate(names):
        key = folded(name)
        if len(key) < 2 or (key.isascii() and len(key) < 4):
            continue
        if fuzz.ratio(key, column.folded) >= NEAR or (not key.isascii() and key in column.folded):
            why = Text(en=f'its name is like "{name}"', ja=f"列名が「{name}」に近い")
            return LIKELY, len(names) - rank, why
    return None


def key_columns(sheet: Sheet) -> list[Column]:
    """Columns that may identify something: filled, and neither times nor constant."""
    return [
        c for c in sheet.free() if c.filled >= 0.9 * c.rows and c.distinct > 1 and not c.is_times
    ]


def text_columns(sheet: Sheet) -> list[Column]:
    return [column for column in sheet.free() if column.filled and not column.is_times]


def journey_column(sheet: Sheet, *, repeats: bool = False) -> str | None:
    among = [c for c in key_columns(sheet) if not repeats or c.distinct < c.rows]
    found = sheet.by_name("columns.journey", names.JOURNEY, among=among)
    if found is not None:
        return found.name
    accounts = {folded(name) for name in names.ACCOUNT}
    ids = [
        c
        for c in among
        if c.folded.endswith(("id", "番号", "no", "コード")) and c.folded not in accounts
    ]
    ids = ids if repeats else [c for c in ids if c.is_unique]
    if not ids:
        return None
    why = Text(en="the first column that identifies rows", ja="行を識別する最初の列")
    return sheet.take(ids[0], "columns.journey", why, PERHAPS)


def time_column(sheet: Sheet) -> str | None:
    times = [c for c in sheet.free() if c.is_times]
    found = sheet.by_name("columns.at", names.AT, among=times)
    if found is not None:
        return found.name
    times = [c for c in times if not is_record_keeping(c)]
    if len(times) != 1:
        return None
    why = Text(en="the only column with times", ja="唯一の日時の列")
    return sheet.take(times[0], "columns.at", why, LIKELY)


def is_record_keeping(column: Column) -> bool:
    return column.folded in {folded(word) for word in names.RECORD_KEEPING}


def add_owner(sheet: Sheet, columns: dict[str, str]) -> None:
    owner = sheet.by_name("columns.owner", names.OWNER, among=text_columns(sheet))
    if owner is not None:
        columns["owner"] = owner.name


def add_amount(sheet: Sheet, columns: dict[str, str], draft: dict[str, Any]) -> None:
    amounts = [c for c in sheet.free() if c.filled and c.amounts >= 0.9]
    found = sheet.by_name("columns.amount", names.AMOUNT, among=amounts)
    if found is None:
        return
    entered = {*draft.get("stages", {}), *draft.get("status", {}).get("values", {}).values()}
    won = next((s.code for s in sheet.model.stages if s.type == "won" and s.code in entered), None)
    if won is None:
        columns["amount"] = found.name
    else:
        # The amount at export is that of the sale; what it was at earlier stages nobody knows.
        draft["stage_amount"] = {won: found.name}
    currency = sheet.by_name("columns.currency", names.CURRENCY, among=text_columns(sheet))
    if currency is not None:
        columns["currency"] = currency.name


def add_known_attributes(
    sheet: Sheet, columns: dict[str, str], draft: dict[str, Any], keep: Any = None
) -> None:
    """Source, campaign and segment by name; every other column with few values as an attribute."""
    few = [c for c in text_columns(sheet) if c.is_few or c.distinct == 1]
    for role, called in (
        ("source", names.SOURCE),
        ("campaign", names.CAMPAIGN),
        ("segment", names.SEGMENT),
    ):
        found = sheet.by_name(
            f"columns.{role}", called, among=[c for c in few if c.name not in sheet.guesses]
        )
        if found is not None:
            columns[role] = found.name
    attributes: dict[str, str] = {}
    for column in text_columns(sheet):
        if not column.is_few or (keep is not None and not keep(column.name)):
            continue
        code = attribute_code(
            column.name, taken=[*attributes, "source", "campaign", "segment", "person"]
        )
        why = Text(en=f"{column.distinct} different values", ja=f"値が {column.distinct} 種類")
        attributes[code] = sheet.take(column, f"attributes.{code}", why, PERHAPS)
    if attributes:
        draft["attributes"] = attributes


def attribute_code(name: str, *, taken: Iterable[str]) -> str:
    """A code for an attribute, from the name of its column."""
    plain = unicodedata.normalize("NFKC", name).strip()
    ascii_name = names.ATTRIBUTE_NAMES.get(plain) or re.sub(
        r"[^a-z0-9]+", "_", plain.lower()
    ).strip("_")
    code = ascii_name if re.match(r"[a-z]", ascii_name) else "attribute"
    used, number, candidate = set(taken), 2, code
    while candidate in used:
        candidate, number = f"{code}_{number}", number + 1
    return candidate
