"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kyogyo.errors import RuleError
from kyogyo.words import read_whole

if TYPE_CHECKING:
    from django.db.models import QuerySet

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Page `number` (the first is 1) of a list of `total` rows."""

    number: int
    size: int
    total: int
    rows: Sequence[Row]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def page_of(rows: QuerySet[Any], asked: str | None, *, size: int = 50) -> Page[Any]:
    """The page `asked` for (text from the address) of `rows`. Raises RuleError for one that isn't there.

    One past the end shows the last: rows may have gone since the link was made.
    """
    total = rows.count()
    last = max(1, -(-total // size))
    word = asked or "1"
    asked_for = read_whole(word)
    if not asked_for:
        raise RuleError(
            en=f"There is no page {word!r}. Pages count from 1.",
            ja=f"{word!r} というページはありません。ページは1から数えます。",
        )
    number = min(asked_for, last)
    return Page(number, size, total, tuple(rows[(number - 1) * size : number * size]))
