"""Taking journeys out: the rows and columns of a list, as somebody may see it. Every export is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from kyogyo.records.actions import journal
from kyogyo.records.queries.choices import journey_fields
from kyogyo.records.queries.columns import Column, Value, chosen_columns, every_column
from kyogyo.records.queries.journeys import read_page
from kyogyo.records.queries.model import current
from kyogyo.words import Lang, Text, minor_digits

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.queries.journey_filter import JourneyFilter
    from kyogyo.records.queries.journeys import JourneyRow

_AT_ONCE = 1_000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# No workbook can hold these: one in one name would stop everybody's export.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Export:
    """A table to be written: the heads, and the rows as they are read, a thousand at a time."""

    heads: tuple[str, ...]
    rows: Iterator[tuple[Cell, ...]]


def export_journeys(
    *,
    actor: Actor,
    asked: JourneyFilter,
    columns: Sequence[str] = (),
    lang: Lang,
    kind: str,
    now: datetime | None = None,
) -> Export:
    """The journeys of `asked` that `actor` may see, all of them, with the chosen columns (all, where none is).

    It is noted before the first row is read, so that a broken download is noted too.
    """
    now = now or timezone.now()
    model = current().model
    every = every_column(model=model, fields=journey_fields())
    chosen = chosen_columns(every, columns) if columns else every
    journal.note(
        actor=actor,
        action="export",
        noun="journey",
        row=None,
        after={"filter": asked.query(), "columns": [one.code for one in chosen], "kind": kind},
        tells=False,
    )
    units = 10 ** minor_digits(model.currency)
    zone = ZoneInfo(model.time_zone)
    heads = ("ID", *(plain(_head(one, model.currency, lang)) for one in chosen))

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in _each(actor, asked, now):
            cells = (_cell(one, one.read(row), units=units, zone=zone, lang=lang) for one in chosen)
            yield (row.journey.pk, *cells)

    return Export(heads=heads, rows=rows())


def _each(actor: Actor, asked: JourneyFilter, now: datetime) -> Iterator[JourneyRow]:
    after = ""
    while True:
        page = read_page(actor=actor, asked=asked, after=after, size=_AT_ONCE, now=now)
        yield from page.rows
        after = page.after
        if not after:
            return


def _head(column: Column, currency: str, lang: Lang) -> str:
    said = column.label.say(lang)
    return f"{said} ({currency})" if column.kind == "money" else said


def _cell(column: Column, value: Value, *, units: int, zone: ZoneInfo, lang: Lang) -> Cell:
    if isinstance(value, Text):
        return plain(value.say(lang))
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, datetime):
        # Spreadsheets know no zones: the time of day that people here read.
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if column.kind == "money" and isinstance(value, int | float):
        return int(value) // units if value % units == 0 else value / units
    return value


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a buyer's words must not run on a colleague's machine."""
    text = _NO_CHARACTER.sub("", text)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
