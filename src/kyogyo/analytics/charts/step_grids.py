"""Every step by every month in one picture, where a bar chart a step would be a page of them."""

from __future__ import annotations

from math import sqrt
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
_EDGES = (-3.0, -1.5, 1.5, 3.0)  # standard errors from the average of the row


def step_grid(result: Result, look: Look) -> Drawing:
    """A row a step, a column a month, coloured by how far a month is from its row's average.

    In standard errors: on a scale of its own least and most, a row of mere chance would look as
    lively as one where something happened.
    """
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
            axis=alt.Axis(grid=False, labelLimit=_LABELS if not look.narrow else look.width * 0.42),
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
    mine = {str(record["cohort"]): record for record in records if str(record["step"]) == step}
    known = [mine[month] for month in months if month in mine and mine[month]["rate"] is not None]
    n = sum(record["n"] for record in known)
    average = sum(record["rate"] * record["n"] for record in known) / n if n else 0.0
    name = look.voice.word(step)
    return [{"step": name, "month": month, **_cell(mine.get(month), average)} for month in months]


def _cell(record: dict[str, Cell] | None, average: float) -> dict[str, Any]:
    if record is None or record["rate"] is None:
        return {"fill": UNSEEN, "ink": MUTED, "text": ""}
    error = sqrt(average * (1 - average) / record["n"]) if record["n"] else 0.0
    away = (record["rate"] - average) / error if error else 0.0
    place = sum(away > edge for edge in _EDGES)
    return {"fill": STEPS[place], "ink": STEP_INKS[place], "text": f"{record['rate'] * 100:.0f}"}
