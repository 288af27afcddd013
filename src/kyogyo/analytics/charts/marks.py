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
    data = alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]
    return alt.Chart(data)
