"""Charts of movement: in, out and inside a stage, from stage to stage, and month by month."""

from __future__ import annotations

from typing import Any

import altair as alt

from kyogyo import words
from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of, month_axis
from kyogyo.analytics.charts.rows import Frame
from kyogyo.analytics.charts.theme import (
    BLUE,
    INK,
    MUTED,
    NORMAL,
    PAPER,
    RED,
    SMALL,
    STEP_INKS,
    STEPS,
    TEAL,
    UNSEEN,
    Look,
)
from kyogyo.analytics.readable import Cell, records_of
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance, wrap

Row = dict[str, Cell]
_NARROW_TRANSITIONS = 14
_ROOM_FOR_N = 46  # pixels a cell, below which it holds the share alone
_FEW_STAGES = 6  # up to so many, panels are as high as is easy to read; more fit one printed page


# ---- in, out, inside


def stock_flow(result: Result, look: Look) -> Mark:
    """A stage a row: what came in (up) and went out (down) each month, and what stayed inside."""
    records = records_of(result)
    months = list(dict.fromkeys(record["month"] for record in records))
    stages = list(dict.fromkeys(record["stage"] for record in records))
    rows = [row for stage in stages for row in _panel_rows(stage, records, look)]
    width = look.width - 56 if look.narrow else (look.width - 130) / 2
    x = alt.X(
        "month:O",
        axis=month_axis(months, most=4 if look.narrow else 5),
        scale=alt.Scale(domain=months, padding=0.25),
    )
    y_axis = alt.Axis(tickCount=3, tickMinStep=1, format=",d", title=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=y_axis, scale=alt.Scale(zero=True))

    base = alt.Chart().encode(x=x)
    panel = alt.layer(
        base.mark_bar(color=BLUE, opacity=0.65).encode(y=y("came")),
        base.mark_bar(color=RED, opacity=0.65).encode(y=y("went")),
        base.mark_bar(**_hollow(BLUE)).encode(y=y("coming")),
        base.mark_bar(**_hollow(RED)).encode(y=y("going")),
        base.mark_area(line={"color": TEAL, "strokeWidth": 2}, color=TEAL, opacity=0.18).encode(
            y=y("inside")
        ),
        base.mark_text(align="right", dx=2, dy=-8, fontSize=SMALL).encode(
            y=y("last"), text=alt.Text("text:N")
        ),
        alt.Chart().mark_rule(color=INK, strokeWidth=0.8).encode(y=alt.datum(0)),
        data=chart_of(rows).data,
    ).properties(width=width, height=76 if len(stages) <= _FEW_STAGES else 42)
    header = alt.Header(
        title=None, labelOrient="top", labelAnchor="start", labelFontSize=SMALL, labelColor=INK
    )
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    return panel.facet(
        facet=alt.Facet("panel:N", sort=panels, header=header),
        columns=1 if look.narrow else 2,
        align="all",
        spacing={"row": 12, "column": 26},
    ).resolve_scale(y="independent")


def _panel_rows(stage: str, records: list[Row], look: Look) -> list[dict[str, Any]]:
    """The rows of a stage's two panels: its flow, and what was inside."""
    mine = [record for record in records if record["stage"] == stage]
    name = look.voice.word(stage)
    flow = f"{name} · {look.say('in (up) and out (down)', '流入（上）と流出（下）')}"
    stock = f"{name} · {look.say('inside at month end', '月末の滞留')}"
    rows: list[dict[str, Any]] = []
    for record in mine:
        over = record.get("complete", True)
        came, went = ("came", "went") if over else ("coming", "going")
        moved = {came: record["arrivals"], went: -record["departures"]}
        rows.append({"panel": flow, "month": record["month"], **moved})
    for place, record in enumerate(mine, 1):
        rows.append({"panel": stock, "month": record["month"], "inside": record["balance"]})
        if place == len(mine):
            rows[-1] |= {"last": record["balance"], "text": words.count(record["balance"])}
    return rows


def _hollow(colour: str) -> dict[str, Any]:
    return {
        "color": PAPER,
        "fillOpacity": 0,
        "stroke": colour,
        "strokeDash": [3, 2],
        "strokeWidth": 1.2,
    }


# ---- from stage to stage


def transitions(result: Result, look: Look) -> Drawing:
    """A matrix of where journeys went from each stage; on a narrow page the largest moves."""
    records = records_of(result)
    if look.narrow:
        return _largest_moves(records, look)
    sources = list(dict.fromkeys(record["from_stage"] for record in records))
    ends = {record["to_stage"] for record in records if record["direction"] == "exit"}
    others = dict.fromkeys(record["to_stage"] for record in records)
    targets = list(dict.fromkeys([*sources, *sorted(others, key=lambda each: each in ends)]))
    label = max(advance(look.voice.word(each), size=NORMAL) for each in sources) + 14
    step = max(28.0, min(76.0, (look.width - label) / len(targets)))
    cells = [_move_cell(record, roomy=step >= _ROOM_FOR_N) for record in records]
    x = alt.X("to:N", sort=None, scale=alt.Scale(domain=targets), axis=None)
    y = alt.Y("from:N", sort=None, scale=alt.Scale(domain=sources), axis=None)
    base = chart_of(cells).encode(x=x, y=y)
    against = [cell for cell in cells if cell["against"]]
    frames = chart_of(against or [cells[0]]).encode(x=x, y=y)
    names = chart_of([{"from": s, "text": look.voice.word(s)} for s in sources])
    tops = _column_heads(targets, look, step=step)
    return alt.layer(
        base.mark_rect(stroke=PAPER, strokeWidth=2).encode(color=alt.Color("fill:N", scale=None)),
        frames.mark_rect(
            color=PAPER,
            fillOpacity=0,
            stroke=RED,
            strokeDash=[3, 2],
            strokeOpacity=1 if against else 0,
        ),
        base.mark_text(
            baseline="middle",
            dy=-6.5 if step >= _ROOM_FOR_N else 0,
            fontSize=SMALL if step >= _ROOM_FOR_N else 10,
            lineHeight=13,
        ).encode(text=alt.Text("lines:N"), color=alt.Color("ink:N", scale=None)),
        names.mark_text(align="right", baseline="middle", dx=-8).encode(
            x=alt.value(0), y=y, text=alt.Text("text:N")
        ),
        tops.encode(x=x, y=alt.value(0), text=alt.Text("text:N")),
    ).properties(width=alt.Step(step), height=alt.Step(38 if step >= _ROOM_FOR_N else 26))


def _column_heads(targets: list[str], look: Look, *, step: float) -> Mark:
    """Names above the columns: in lines where there is room, else slanted."""
    if step < _ROOM_FOR_N:
        names = [{"to": each, "text": look.voice.word(each)} for each in targets]
        return chart_of(names).mark_text(
            angle=315, align="left", baseline="bottom", dx=2, dy=-2, fontSize=SMALL, color=MUTED
        )
    lines = {
        each: wrap(look.voice.word(each), width=step - 4, size=SMALL, most=3) for each in targets
    }
    deepest = max(len(each) for each in lines.values())
    return chart_of({"to": each, "text": lines[each]} for each in targets).mark_text(
        baseline="bottom",
        dy=-13 * (deepest - 1) - 6,
        lineHeight=13,
        fontSize=SMALL,
        color=MUTED,
    )


def _move_cell(record: Row, *, roomy: bool) -> dict[str, Any]:
    share = record["share"]
    said = "–" if share is None else words.percent(share, digits=1 if roomy else 0)
    place = min(int((share or 0) * len(STEPS)), len(STEPS) - 1)
    return {
        "from": record["from_stage"],
        "to": record["to_stage"],
        "fill": UNSEEN if share is None else STEPS[place],
        "ink": MUTED if share is None else STEP_INKS[place],
        "against": record["direction"] in ("skip", "back", "again"),
        "lines": [said, f"n={words.count(record['n'])}"] if roomy else [said],
    }


def _largest_moves(records: list[Row], look: Look) -> Drawing:
    largest = sorted(records, key=lambda record: -record["n"])[:_NARROW_TRANSITIONS]
    rows = [
        {
            "label": f"{look.voice.word(row['from_stage'])} → {look.voice.word(row['to_stage'])}",
            "text": f"{look.voice.word(row['direction'])} · n={words.count(row['n'])}",
            "n": row["n"],
            "against": row["direction"] in ("skip", "back", "again"),
        }
        for row in largest
    ]
    frame = Frame(
        rows,
        look,
        x=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(tickCount=4, tickMinStep=1, title=None, format=",d"),
    )
    plain = frame.base([row for row in frame.rows if not row["against"]])
    against = frame.base([row for row in frame.rows if row["against"]])
    return frame.chart(
        [
            plain.mark_bar(size=9, color=BLUE, opacity=0.6, yOffset=frame.down).encode(
                x=frame.along("n"), x2=alt.datum(0)
            ),
            against.mark_bar(size=9, yOffset=frame.down, **_hollow(RED)).encode(
                x=frame.along("n"), x2=alt.datum(0)
            ),
        ]
    )
