"""What every part of an intake shares: who takes in, when, and the counts; chunks, texts, changed columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

from kyogyo.records.access import Actor
from kyogyo.records.actions.keeping import LARGEST
from kyogyo.records.models import ImportBatch, Outbox
from kyogyo.records.queries.model import InForce

Row = TypeVar("Row")
ROWS_AT_ONCE = 5_000
# A follower reads every journey of a range: ids further apart than this are told apart.
_GAP = 500
_FIRST = 5


@dataclass
class Intake:
    """One call of `take_history`: what it works with, and what it has touched so far."""

    actor: Actor
    batch: ImportBatch
    force: InForce
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    journeys: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)
    entry_runs: list[tuple[int, int]] = field(default_factory=list)
    # Keys of the records of which something is kept otherwise than the source says it.
    kept_otherwise: dict[str, dict[str, None]] = field(
        default_factory=lambda: {"amounts": {}, "texts": {}}
    )

    def cut(self, text: str, limit: int, *, key: str) -> str:
        """As `cut`, and remembers that the record `key` had a text that was too long."""
        kept = cut(text, limit)
        if len(kept) == limit and len(text.strip()) > limit:
            self.kept_otherwise["texts"][key] = None
        return kept

    def amount(self, amount: int | None, *, key: str) -> int | None:
        """As `keepable`, and remembers that the record `key` had an amount that isn't."""
        kept = keepable(amount)
        if kept is None and amount is not None:
            self.kept_otherwise["amounts"][key] = None
        return kept

    def otherwise(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is said of it, after what the same import said `before`: how many, and the first of them."""
        said = dict(before)
        for kind, keys in self.kept_otherwise.items():
            if keys:
                known = said.get(kind, {"times": 0, "first": []})
                first = [*known["first"], *keys][:_FIRST]
                said[kind] = {"times": known["times"] + len(keys), "first": first}
        return said


def chunks(rows: Iterable[Row], size: int = ROWS_AT_ONCE) -> Iterator[list[Row]]:
    """The rows, at most `size` at a time: an iterable is never held whole."""
    every = iter(rows)
    while chunk := list(islice(every, size)):
        yield chunk


def keepable(amount: int | None) -> int | None:
    """An amount as it can be kept. A negative one is a credit, and no size of a deal: unknown."""
    return amount if amount is not None and 0 <= amount <= LARGEST else None


def cut(text: str, limit: int) -> str:
    """The text as the database can keep it. What another system allowed is shortened, not refused."""
    text = text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Add many rows with one prepared statement; every column without a default must be named.

    Several times as fast as making an object of each row first, which is most of bulk_create.
    """
    fields = _fields(model, columns)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)  # noqa: SLF001 -- the documented way
    _run(f"INSERT INTO {table} ({names}) VALUES ({places})", _adapted(fields, rows))  # noqa: S608 -- names of our own model


def write_columns(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Write `columns` of many rows at once; each tuple holds their values and, last, the row's id.

    One prepared statement, many values: Django's own way is a CASE as long as the rows.
    """
    fields = _fields(model, columns)
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(one.column))} = %s" for one in fields)
    table = quote(model._meta.db_table)  # noqa: SLF001 -- the documented way
    _run(f"UPDATE {table} SET {sets} WHERE id = %s", _adapted(fields, rows))  # noqa: S608 -- names of our own model


def _run(sql: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def _fields(model: type[models.Model], columns: Sequence[str]) -> list[models.Field[Any, Any]]:
    every = {one.name: one for one in model._meta.concrete_fields}  # noqa: SLF001 -- the documented way
    return [every[name] for name in columns]


def _adapted(
    fields: Sequence[models.Field[Any, Any]], rows: Iterable[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows with times, dates and JSON as the database takes them; what follows the fields stays."""
    converted = [
        (place, one)
        for place, one in enumerate(fields)
        if isinstance(one, models.DateField | models.JSONField)  # a DateTimeField is a DateField
    ]
    ready = []
    for row in rows:
        values = list(row)
        for place, one in converted:
            values[place] = one.get_db_prep_save(values[place], connection)
        ready.append(tuple(values))
    return ready


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with those given; None takes one out."""
    facts = {**before, **given}
    return {name: value for name, value in facts.items() if value is not None}


def runs(ids: Iterable[int], gap: int = 1) -> list[tuple[int, int]]:
    """Sorted ids as ranges, both ends inside; ids at most `gap` apart share one.

    >>> runs([1, 2, 3, 7])
    [(1, 3), (7, 7)]
    """
    found: list[tuple[int, int]] = []
    for one in sorted(ids):
        if found and one - found[-1][1] <= gap:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def tell(intake: Intake) -> None:
    """Outbox rows for all that was touched: ranges of journeys, and accounts one by one."""
    payload = {"batch": intake.batch.pk}
    rows = [
        Outbox(kind="import.take", journey_from=first, journey_to=last, payload=payload)
        for first, last in runs(intake.journeys, _GAP)
    ]
    rows += [
        Outbox(kind="import.take", account_id=account, payload=payload)
        for account in sorted(intake.accounts)
    ]
    Outbox.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
