"""Charts of pages, drawn once for all web processes: drawing takes a hundred times as long as reading the drawing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from kyogyo.reports.svg import chart_svg

if TYPE_CHECKING:
    from kyogyo.analytics.readable import Voice
    from kyogyo.analytics.results import Result


def draw_once(
    *, chart: str, result: Result, voice: Voice, width: int, key: str, title: str, says: str
) -> Markup | None:
    """As `chart_svg`; kept under all that it is drawn from, so that a kept drawing is never an old one."""
    from django.core.cache import caches  # noqa: PLC0415 -- needs django.setup()

    drawn_from = repr((
        chart, result.table.to_pydict(), result.definition.id, result.definition.unit, result.status, dict(result.facts),
        voice.lang, voice.currency, sorted(voice.labels.items()), width, key, title, says,
    ))  # fmt: skip
    name = f"chart:{hashlib.sha256(drawn_from.encode()).hexdigest()}"
    known: str | None = caches["counted"].get(name)
    if known is not None:
        return Markup(known)  # noqa: S704 -- it was Markup when it was kept
    drawn = chart_svg(
        chart=chart, result=result, voice=voice, width=width, key=key, title=title, says=says
    )
    if drawn is not None:
        caches["counted"].set(name, str(drawn))
    return drawn
