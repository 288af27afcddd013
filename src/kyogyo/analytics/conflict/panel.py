"""What a conflict is looked for in: what each team passed on in each block of time, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray

IntArray = NDArray[np.int64]
Column = NDArray[Any] | Sequence[float]


def add_up(values: FloatArray | IntArray, place: NDArray[np.int64], *, size: int = 0) -> FloatArray:
    """The sums of `values` at each place, [at least size]."""
    return np.asarray(np.bincount(place, values, minlength=size), float)


@dataclass(frozen=True)
class Panel:
    """One row a team, block and segment; all arrays of one length.

    `unit`, `block`, `segment`: codes; blocks follow each other in time. `inputs`: what came to the
    team; `volume`: what it passed on of it; `exposure`: the same in mature equivalents (how much of
    what will become of it could have been seen); `successes`: what became of it downstream.
    """

    unit: IntArray
    block: IntArray
    segment: IntArray
    inputs: FloatArray
    volume: FloatArray
    exposure: FloatArray
    successes: FloatArray
    has_inputs: bool = True

    @property
    def units(self) -> int:
        return int(np.unique(self.unit).size)

    @property
    def blocks(self) -> int:
        return int(np.unique(self.block).size)

    def keep(self, rows: NDArray[np.bool_]) -> Panel:
        """The same for some of the rows."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS})

    def joined(self, blocks: int) -> Panel:
        """The same with `blocks` neighbouring blocks made one, counted from the newest; what is too old for a whole one is left out."""
        last = int(self.block.max(initial=0))
        number = (last - self.block) // blocks
        whole = (number + 1) * blocks <= last - int(self.block.min(initial=0)) + 1
        return replace(self, block=-number).keep(whole).summed()

    def summed(self) -> Panel:
        """One row a team, block and segment."""
        keys = np.stack([self.unit, self.block, self.segment], axis=1)
        cells, place = np.unique(keys, axis=0, return_inverse=True)
        place = place.reshape(-1)
        unit, block, segment = cells.T if len(cells) else np.zeros((3, 0), np.int64)
        return replace(
            self,
            unit=unit,
            block=block,
            segment=segment,
            inputs=add_up(self.inputs, place, size=len(cells)),
            volume=add_up(self.volume, place, size=len(cells)),
            exposure=add_up(self.exposure, place, size=len(cells)),
            successes=add_up(self.successes, place, size=len(cells)),
        )


_COLUMNS = tuple(field.name for field in fields(Panel) if field.name != "has_inputs")


def make_panel(
    *,
    unit: Column,
    block: Column,
    volume: Column,
    successes: Column,
    inputs: Column | None = None,
    exposure: Column | None = None,
    segment: Column | None = None,
) -> Panel:
    """A panel of columns of one length; rows of the same team, block and segment are added up.

    Without `exposure` all of it is mature. Raises ValueError when the columns don't fit each other.
    """
    codes = [np.asarray(c, np.int64) for c in (unit, block)]
    v, w = np.asarray(volume, float), np.asarray(successes, float)
    x = np.zeros_like(v) if inputs is None else np.asarray(inputs, float)
    e = v if exposure is None else np.asarray(exposure, float)
    s = np.zeros(v.shape, np.int64) if segment is None else np.asarray(segment, np.int64)
    columns = (*codes, s, x, v, e, w)
    if v.ndim != 1 or any(c.shape != v.shape for c in columns):
        message = "the columns of a panel are of one length"
        raise ValueError(message)
    if any(not np.all(np.isfinite(c)) or np.any(c < 0) for c in (x, v, e, w)):
        message = "the counts of a panel are finite and not negative"
        raise ValueError(message)
    return Panel(codes[0], codes[1], s, x, v, e, w, has_inputs=inputs is not None).summed()
