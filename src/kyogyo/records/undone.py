"""Rows that can be taken back by another row: which of them still count."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from django.db.models import Model
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from django.db.models import QuerySet

_Row = TypeVar("_Row", bound=Model)


def that_stand(rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Those of `rows` that count: neither taken back by another nor taking one back.

    Asked so that SQLite doesn't go by the index of what takes back: `undoes IS NULL` looks to it like
    one row of a unique index, and is all of them.
    """
    found = rows.alias(takes_back=Coalesce("undoes", 0)).filter(takes_back=0, undone_by=None)
    return cast("QuerySet[_Row]", found)
