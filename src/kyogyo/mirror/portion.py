"""What is handed to the store: a delivery (one file) in portions of statements, as text.

A statement is one thing that one row says: a journey entered a stage, belongs to an account, has
an attribute; an account brought revenue in a period. Codes are made inside the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Columns of the tables of a portion, in order, with their DuckDB types. Text '' and number 0 = none.
ENTRIES = {
    "row": "INTEGER",
    "step": "SMALLINT",
    "journey": "VARCHAR",
    "stage": "SMALLINT",
    "at_us": "BIGINT",
    "day": "INTEGER",
    "month": "INTEGER",
    "prec": "SMALLINT",
    "department": "SMALLINT",
    "owner": "VARCHAR",
    "amount": "BIGINT",
    "event": "VARCHAR",
    "recorded_at": "BIGINT",
    "old": "SMALLINT",
}
ACCOUNTS = {"row": "INTEGER", "journey": "VARCHAR", "account": "VARCHAR"}
ATTRIBUTES = {
    "row": "INTEGER",
    "keyed": "SMALLINT",
    "key": "VARCHAR",
    "attribute": "VARCHAR",
    "value": "VARCHAR",
}
REVENUE = {
    "row": "INTEGER",
    "account": "VARCHAR",
    "period_start": "INTEGER",
    "period_end": "INTEGER",
    "amount": "BIGINT",
    "at_us": "BIGINT",
    "day": "INTEGER",
    "month": "INTEGER",
    "prec": "SMALLINT",
}
ROWS = {"row": "INTEGER", "line": "INTEGER", "journey": "VARCHAR"}
SET_ASIDE = {
    "row": "INTEGER",
    "line": "INTEGER",
    "verdict": "SMALLINT",
    "journey": "VARCHAR",
    "en": "VARCHAR",
    "ja": "VARCHAR",
    "cells": "VARCHAR[]",
}

# `keyed` of an attribute.
BY_JOURNEY, BY_ACCOUNT = 1, 2


class Verdict(IntEnum):
    """What became of a row. Every row of a file has exactly one."""

    TAKEN = 1
    UNCHANGED = 2
    REFUSED = 3
    IGNORED = 4


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a delivery: what they state, and which of them are set aside and why.

    `rows` lists the rows that state something or repeat what is known; `set_aside` those refused
    or ignored, with their cells. No row is in both. Tables are Arrow tables with the columns above.
    """

    rows: pa.Table
    set_aside: pa.Table | None = None
    entries: pa.Table | None = None
    accounts: pa.Table | None = None
    attributes: pa.Table | None = None
    revenue: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file on its way into the store.

    `label` is its identity: what comes later under the same label is its corrected version.
    `digest` is that of its content, `mapping_digest` that of everything in the model which decides
    how it is read. `place` is the position of its source in the model: it decides the order of
    entries at the same instant. `track` is the one its source names, 0 = none. `enters` is the
    stage that first revenue enters (0 = none). `imported_at` is epoch microseconds.
    """

    source: str
    label: str
    digest: str
    mapping_digest: str
    imported_at: int
    place: int
    track: int = 0
    enters: int = 0
    # False where a row states things without entering a stage (shapes 'attributes', 'revenue').
    has_entries: bool = True
    # For a history without a column of old values: a stage that follows itself is no entry.
    drops_repeats: bool = False
    # Rows of a history name the old value: each should follow from the one before.
    checks_continuity: bool = False
    # Records should be dated in the order of the path; histories and logs may go back and forth.
    checks_order: bool = False
    # A midnight in one of these zones may be a date without its time.
    zones: tuple[str, ...] = ("UTC",)
