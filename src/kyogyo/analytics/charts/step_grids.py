"""Every step by every month in one picture, where a bar chart a step would be a page of them."""

from __future__ import annotations

from typing import Any

import altair as alt

from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of
from kyogyo.analytics.charts.theme import MUTED, PAPER, STEP_INKS, STEPS, UNSEEN, Look
from kyogyo.analytics.readable import Cell, records_of
from kyogyo.analytics.results import Result

_LABELS = 190
_ROW = 24
_OVERHANG = 24  # the word of the last month goes over its cell
_LEAST_TEXT = 24


def step_grid(result: Result, look: Look) -> Drawing:
    """A row a step, a column a month; each row has its own scale, since steps differ more than months do."""
    records = records_of(result)
    months = sorted({str(record["cohort"]) for record in records})
    room = look.width - min(_LABELS, look.width // 2) - _OVERHANG
    # What doesn't fit is left out on the left: the newest months are what one looks for.
    months = months[-max(1, int(room // 9)) :]
    cell = max(9.0, min(34.0, room / max(len(months), 1)))
    steps = list(dict.fromkeys(str(record["step"]) for record in records))
    cells = [made for step in steps for made in _row(records, step, months, look)]
    every = max(1, -(-52 // int(cell)))
    axis = alt.Axis(
        orient="top",
        grid=False,
        title=None,
        labelAngle=0,
        labelAlign="left",
        values=months[::every],
    )
    base = chart_of(cells).encode(
        x=alt.X("month:O", axis=axis),
        y=alt.Y(
            "step:N",
            sort=None,
            title=None,
            axis=alt.Axis(grid=False, labelLimit=min(_LABELS, look.width // 2)),
        ),
    )
    rects = base.mark_rect(stroke=PAPER, strokeWidth=1).encode(
        color=alt.Color("fill:N", scale=None)
    )
    layers: list[Mark] = [rects]
    if cell >= _LEAST_TEXT:
        layers.append(
            base.mark_text(baseline="middle", fontSize=9).encode(
                text=alt.Text("text:N"), color=alt.Color("ink:N", scale=None)
            )
        )
    return alt.layer(*layers).properties(width=alt.Step(cell), height=alt.Step(_ROW))


def _row(
    records: list[dict[str, Cell]], step: str, months: list[str], look: Look
) -> list[dict[str, Any]]:
    shares = {str(r["cohort"]): r["rate"] for r in records if str(r["step"]) == step}
    known = [share for month in months if isinstance(share := shares.get(month), float)]
    bottom, top = min(known, default=0.0), max(known, default=0.0)
    return [_cell(look.voice.word(step), month, shares.get(month), bottom, top) for month in months]


def _cell(step: str, month: str, share: Cell, bottom: float, top: float) -> dict[str, Any]:
    made: dict[str, Any] = {"step": step, "month": month}
    if not isinstance(share, float):
        return {**made, "fill": UNSEEN, "ink": MUTED, "text": ""}
    part = (share - bottom) / (top - bottom) if top > bottom else 0.0
    place = min(int(part * len(STEPS)), len(STEPS) - 1)
    return {**made, "fill": STEPS[place], "ink": STEP_INKS[place], "text": f"{share * 100:.0f}"}
