"""What a column looks like: its name folded, and what a sample of its cells holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.usecases.importing.periods import Period, parse_period
from kyogyo.usecases.importing.stage_words import Words, folded

if TYPE_CHECKING:
    from kyogyo.connectors.tables.values import DateOrder
    from kyogyo.revenue_model import RevenueModel

_MOSTLY = 0.95
_SAMPLE_OF_TIMES = 400


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sample. Shares are of the cells that hold something, in [0, 1].

    `earliest` is the median instant, to order date columns by; `stages` maps the different texts
    that name a stage to its number; `order` is the order of dates that the cells prove.
    """

    name: str
    folded: str
    filled: int
    rows: int
    distinct: int
    times: float
    amounts: float
    periods: float
    earliest: int
    stages: dict[str, int]
    stage_share: float
    texts: tuple[str, ...]
    order: DateOrder | None
    mixed_order: bool

    @property
    def is_times(self) -> bool:
        return self.filled > 0 and self.times >= _MOSTLY

    @property
    def is_unique(self) -> bool:
        return self.filled == self.rows > 0 and self.distinct == self.rows

    @property
    def is_few(self) -> bool:
        """Few different values, so that one can compare by it."""
        return 1 < self.distinct <= max(12, self.filled // 20) and 2 * self.distinct <= self.filled


def profile(name: str, cells: Sequence[str], *, words: Words, model: RevenueModel) -> Column:
    """Look at the cells of one column."""
    said = [cell.strip() for cell in cells if cell.strip()]
    distinct = dict.fromkeys(said)
    times, earliest, order, is_mixed = _times(said, model=model)
    few = list(distinct)[:200]
    stages = {
        text: meaning
        for text in few
        if isinstance(meaning := words.meaning(text), int) and meaning > 0
    }
    periods = [text for text in few if isinstance(parse_period(text), Period)]
    return Column(
        name=name,
        folded=folded(name),
        filled=len(said),
        rows=len(cells),
        distinct=len(distinct),
        times=times,
        amounts=_amounts(few, currency=model.currency),
        periods=len(periods) / len(few) if few else 0.0,
        earliest=earliest,
        stages=stages if len(distinct) <= 60 else {},
        stage_share=sum(text in stages for text in said) / len(said) if said else 0.0,
        texts=tuple(few[:60]) if len(distinct) <= 60 else (),
        order=order,
        mixed_order=is_mixed,
    )


def _times(
    said: Sequence[str], *, model: RevenueModel
) -> tuple[float, int, DateOrder | None, bool]:
    """Share of cells that are times, their median, and how their dates are written."""
    import numpy as np  # noqa: PLC0415 -- slow import

    from kyogyo.connectors.tables.values import (  # noqa: PLC0415 -- slow import
        MISSING,
        detect_date_order,
        parse_times,
    )

    sample = said[:: max(1, len(said) // _SAMPLE_OF_TIMES)]
    # Bare numbers are ids and amounts far more often than serial days.
    written = [cell for cell in sample if not cell.replace(".", "", 1).isdecimal()]
    if not written or len(written) < min(len(sample) - 1, _MOSTLY * len(sample)):
        return 0.0, 0, None, False
    found = detect_date_order(written)
    proven = found if found in ("mdy", "dmy") else None
    # Which of two readings is right doesn't matter for telling that a column holds dates.
    instants, _, _ = parse_times(written, zone=model.time_zone, order=proven)
    known = instants[instants != MISSING]
    if known.size < _MOSTLY * len(written) and proven is None:
        instants, _, _ = parse_times(written, zone=model.time_zone, order="mdy")
        known = instants[instants != MISSING]
    share = known.size / len(sample)
    if known.size >= 2 and len(sample) - known.size == 1:
        # In a short file one bad cell is a large share.
        share = 1.0
    return share, int(np.median(known)) if known.size else 0, proven, found == "mixed"


def _amounts(texts: Sequence[str], *, currency: str) -> float:
    from kyogyo.connectors.tables.values import parse_amounts  # noqa: PLC0415 -- slow import

    if not texts:
        return 0.0
    _, known, _ = parse_amounts(texts, currency=currency)
    return float(known.mean())
