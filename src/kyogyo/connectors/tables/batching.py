"""Puts what a reader finds together into batches of the size asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kyogyo.connectors.rows import CELLS_IN_A_BATCH, Batch, Refusal


class BatchMaker:
    """Takes rows as they come, in the order of the source, and gives batches of `size` rows."""

    def __init__(self, *, columns: tuple[str, ...], size: int) -> None:
        self._columns = columns
        self._size = max(1, min(size, CELLS_IN_A_BATCH // max(1, len(columns))))
        self._empty()

    def _empty(self) -> None:
        self._rows: list[int] = []
        self._lines: list[int] = []
        self._cells: list[list[str]] = [[] for _ in self._columns]
        self._refusals: list[Refusal] = []

    def add(
        self,
        *,
        rows: Sequence[int],
        lines: Sequence[int],
        cells: Sequence[Sequence[str]],
        refusals: Sequence[Refusal] = (),
    ) -> Iterator[Batch]:
        """Add rows (their cells a sequence a column) and refusals; gives the batches now full."""
        at, refused = 0, 0
        while at < len(rows) or refused < len(refusals):
            room = self._size - len(self._rows) - len(self._refusals)
            until = min(at + room, len(rows))
            last = rows[until] if until < len(rows) else None
            upto = refused
            while (
                upto < len(refusals)
                and upto - refused < room
                and (last is None or refusals[upto].row < last)
            ):
                upto += 1
            self._take(rows, lines, cells, at, until)
            self._refusals += refusals[refused:upto]
            at, refused = until, upto
            if len(self._rows) + len(self._refusals) >= self._size:
                yield from self.rest()

    def _take(
        self,
        rows: Sequence[int],
        lines: Sequence[int],
        cells: Sequence[Sequence[str]],
        at: int,
        until: int,
    ) -> None:
        whole = at == 0 and until == len(rows)
        self._rows += rows if whole else rows[at:until]
        self._lines += lines if whole else lines[at:until]
        for kept, new in zip(self._cells, cells, strict=True):
            kept += new if whole else new[at:until]

    def rest(self) -> Iterator[Batch]:
        """The last batch, if anything is left."""
        if not self._rows and not self._refusals:
            return
        first = min(
            [*self._rows[:1], *[refusal.row for refusal in self._refusals[:1]]],
        )
        columns = dict(zip(self._columns, self._cells, strict=True))
        batch = Batch(first, self._rows, columns, self._refusals, self._lines)
        self._empty()
        yield batch
