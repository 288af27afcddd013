"""What every drawing starts from: rows as an Altair chart, and the types Altair doesn't give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import altair as alt

# Altair's `encode` and `properties` lose their types.
Mark: TypeAlias = Any
Drawing: TypeAlias = "alt.LayerChart | alt.FacetChart"


def chart_of(rows: Iterable[Mapping[str, Any]]) -> alt.Chart:
    """A chart with `rows` in it as they are."""
    # A tuple: Altair copies a list anew, row by row, with each change of the chart.
    data = alt.Data(values=tuple(dict(row) for row in rows))  # type: ignore[no-untyped-call]
    return alt.Chart(data)


def month_axis(months: list[str], *, most: int, shown: bool = True) -> alt.Axis:
    """An axis of 'YYYY-MM' with at most `most` of them written."""
    every = max(1, -(-len(months) // most))
    return alt.Axis(
        values=months[::every],
        labelAngle=0,
        grid=False,
        title=None,
        labels=shown,
        labelOverlap=False,
    )
