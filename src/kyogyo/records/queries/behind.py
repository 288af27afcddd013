"""The journeys behind a number, as far as who asks may see them; of the others only how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.records.access import Actor, journeys_for
from kyogyo.records.models import Journey

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PAGE_SIZE = 50


@dataclass(frozen=True)
class Behind:
    """One page of the journeys that may be seen. `unseen` more are counted; `first` and `last` number the rows from 1."""

    rows: tuple[Journey, ...]
    seen: int
    unseen: int
    number: int
    pages: int

    @property
    def total(self) -> int:
        return self.seen

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE_SIZE + len(self.rows)


def journeys_behind(actor: Actor, *, journeys: npt.NDArray[np.int64], number: int = 1) -> Behind:
    """Page `number` of `journeys` (their ids, in the order in which they are shown)."""
    if actor.sees_all:
        seen: Sequence[int] = journeys.tolist()
    else:
        mine = set(journeys_for(actor).values_list("pk", flat=True))
        seen = [key for key in journeys.tolist() if key in mine]
    pages = max(-(-len(seen) // PAGE_SIZE), 1)
    number = min(max(number, 1), pages)
    shown = seen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    found = Journey.objects.select_related("account", "owner").in_bulk(shown)
    return Behind(
        rows=tuple(found[key] for key in shown if key in found),
        seen=len(seen),
        unseen=journeys.size - len(seen),
        number=number,
        pages=pages,
    )
