"""The whole stream as one SVG."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from kyogyo.revenue_model.draw import paper
from kyogyo.revenue_model.draw.describe import description, subtitle_of, title_of
from kyogyo.revenue_model.draw.lanes import draw_exits, draw_way_back
from kyogyo.revenue_model.draw.river import TIP
from kyogyo.revenue_model.draw.rows import MARGIN, Row, draw_row, place_row
from kyogyo.revenue_model.draw.scene import StageFigures, set_scene
from kyogyo.revenue_model.schema import RevenueModel
from kyogyo.words import Lang

_WIDTH = 1240.0
_NARROWEST = 760.0
_CELL, _WIDEST_CELL = 230.0, 340.0
_GUTTER = 46.0


def draw_svg(
    model: RevenueModel,
    *,
    track: str | None = None,
    lang: Lang,
    values: Mapping[str, StageFigures] | None = None,
    highlight: str | None = None,
) -> str:
    """A track of the model (default: the first) as an SVG document.

    `values` gives figures by stage code. `highlight` is the stage whose step to the next one is
    held back: the river narrows there, under a flag that says so. Colours follow the custom
    properties --kyogyo-ink, --kyogyo-ground, ... of the page if it has them, else the reader's
    choice of light or dark. Raises ModelError for a track or stage that isn't there.
    """
    scene = set_scene(model, track=track, lang=lang, values=values, highlight=highlight)
    longest = max(len(row) for row in scene.rows)
    width = min(_WIDTH, max(_NARROWEST, longest * _CELL + 2 * MARGIN))
    pieces = [
        paper.text(title_of(scene), x=MARGIN, y=46, size=22, bold=True, anchor="start"),
        paper.text(subtitle_of(scene), x=MARGIN, y=70, size=13, colour="soft", anchor="start"),
    ]
    y = 92.0
    rows = []
    for number in range(len(scene.rows)):
        rows.append(place_row(scene, number, top=y, width=width, widest=_WIDEST_CELL))
        y += rows[-1].depth + _GUTTER
    pieces += _bends(rows)
    for row in rows:
        pieces += draw_row(row, scene)
    exits, below = draw_exits(scene, top=y - 14, width=width)
    pieces += exits
    y = below + 34 if exits else y - 14
    back, below = draw_way_back(scene, top=y, width=width)
    pieces += back
    y = below + 24 if back else y
    return paper.page(
        pieces,
        width=width,
        height=round(y),
        key=f"kyogyo-{track or model.tracks[0].code}",
        title=title_of(scene),
        says=description(scene),
        lang=lang,
    )


def _bends(rows: list[Row]) -> list[str]:
    """The way from the end of each row to the beginning of the next, in the gap between them."""
    bends = []
    for upper, lower in pairwise(rows):
        right, left = upper.river.right + TIP + 12, MARGIN - 22
        between = lower.top - _GUTTER / 2 - 2
        start, end = upper.river.centre(upper.river.right), lower.river.centre(MARGIN)
        path = (
            f"M{upper.river.right + TIP + 4:.1f} {start:.1f}Q{right:.1f} {start:.1f} {right:.1f} "
            f"{start + 12:.1f}V{between - 12:.1f}q0 12 -12 12H{left + 12:.1f}q-12 0 -12 12"
            f"V{end - 12:.1f}q0 12 12 12H{MARGIN - 6:.1f}"
        )
        head = f"M{MARGIN - 11:.1f} {end - 5:.1f}l6 5l-6 5"
        bends.append(f'<path d="{path}" {paper.stroke("soft", width=2, dashes="0.1 6")}/>')
        bends.append(f'<path d="{head}" {paper.stroke("soft", width=2)}/>')
    return bends
