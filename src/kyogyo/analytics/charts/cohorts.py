"""Charts of cohorts: what became of those who started together, and how far that can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt

from kyogyo import words
from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of
from kyogyo.analytics.charts.rows import Frame
from kyogyo.analytics.charts.theme import (
    BLUE,
    GREY,
    INK,
    MUTED,
    PAPER,
    SMALL,
    STEP_INKS,
    STEPS,
    UNSEEN,
    Look,
    share_axis,
)
from kyogyo.analytics.readable import UNKNOWN, Cell, records_of
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance

Row = dict[str, Cell]
_MOST_ROWS = 18
_LEAST_STEP = 13  # pixels a bar, below which only some cohorts are written below it
_ROOM_FOR_VALUES = 36  # pixels a bar
_HEIGHT = 190


# ---- one rate a cohort


def cohort_rates(result: Result, look: Look) -> Drawing:
    """Bars with intervals. A cohort that isn't mature is hollow and dashed, and says so."""
    records = [_so_far(record) for record in records_of(result)]
    # On a narrow page a few cohorts are rows with words; many are bars, for the eye to follow.
    if look.narrow and len(records) <= _MOST_ROWS:
        return _cohort_rows(records, look)
    return _cohort_columns([{**record, "label": _with_n(record)} for record in records], look)


def _cohort_columns(rows: list[Row], look: Look) -> Drawing:
    scale = share_axis([row["hi"] or row["rate"] for row in rows])
    step = min(64.0, (look.width - 60) / max(len(rows), 1))
    every = 1 if step >= _LEAST_STEP else -(-len(rows) // 12)
    labels = [row["label"] for row in rows]
    axis = alt.Axis(labelAngle=-90, labelLimit=140, labelOverlap=False, values=labels[::every])
    # The domain keeps the order, and the place of those of which nothing is known.
    x = alt.X("label:N", title=None, axis=axis, scale=alt.Scale(domain=labels))

    def base(chosen: list[Row]) -> Mark:
        return chart_of(chosen or [{"label": labels[0]}]).encode(x=x)

    def y(field: str) -> alt.Y:
        axis = alt.Axis(format=scale["format"], tickCount=5, title=None)
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, scale["end"]], nice=False))

    known = [row for row in rows if row["rate"] is not None]
    mature = base([row for row in known if row["mature"]]).mark_bar(
        size=step * 0.62, color=BLUE, opacity=0.5
    )
    young = base([row for row in known if not row["mature"]]).mark_bar(
        size=step * 0.62,
        color=PAPER,
        stroke=GREY,
        strokeDash=[3, 2],
        strokeWidth=1.2,
        fillOpacity=0,
    )
    whiskers = base([row for row in known if row["lo"] is not None]).mark_rule(
        strokeWidth=1.4, color=INK
    )
    unknown = [{**row, "text": look.voice.say(UNKNOWN)} for row in rows if row["rate"] is None]
    word = base(unknown).mark_text(
        angle=270, align="left", baseline="middle", color=MUTED, fontStyle="italic"
    )
    return alt.layer(
        mature.encode(y=y("rate")),
        young.encode(y=y("rate")),
        whiskers.encode(y=y("lo"), y2="hi:Q"),
        *([word.encode(y=alt.value(_HEIGHT - 4), text=alt.Text("text:N"))] if unknown else []),
        *([_told(base, known).encode(y=y("top"))] if step >= _ROOM_FOR_VALUES else []),
    ).properties(width=alt.Step(step), height=_HEIGHT)


def _told(base: Callable[[list[Row]], Mark], known: list[Row]) -> Mark:
    """The rate of each cohort above its interval."""
    told = [
        {
            **row,
            "text": f"{'' if row['mature'] else '≥ '}{words.percent(row['rate'])}",
            "top": row["rate"] if row["hi"] is None else row["hi"],
        }
        for row in known
    ]
    mark = base(told).mark_text(baseline="bottom", dy=-6, fontSize=SMALL)
    return mark.encode(text=alt.Text("text:N"))


def _so_far(record: Row) -> Row:
    """A cohort that isn't mature has no rate; what is drawn, hollow, is what it reached so far."""
    if (
        record["rate"] is None
        and record["mature"] is False
        and record["k"] is not None
        and record["n"]
    ):
        return {**record, "rate": record["k"] / record["n"]}
    return record


def _with_n(record: Row) -> str:
    return f"{record['cohort']} n={words.count(record['n'])}"


def _cohort_rows(records: list[Row], look: Look) -> Drawing:
    scale = share_axis([record["hi"] or record["rate"] for record in records])
    rows = [_cohort_row(record, look) for record in records]
    frame = Frame(
        rows,
        look,
        x=alt.Scale(domain=[0, scale["end"]], nice=False),
        axis=alt.Axis(format=scale["format"], tickCount=4, title=None),
    )
    frame.step = min(frame.step, 36)
    known = [row for row in frame.rows if row["rate"] is not None]
    mature = frame.base([row for row in known if row["mature"]]).mark_bar(
        size=9, color=BLUE, opacity=0.5, yOffset=frame.down
    )
    young = frame.base([row for row in known if not row["mature"]]).mark_bar(
        size=9,
        color=PAPER,
        fillOpacity=0,
        stroke=GREY,
        strokeDash=[3, 2],
        strokeWidth=1.2,
        yOffset=frame.down,
    )
    return frame.chart(
        [
            mature.encode(x=frame.along("rate"), x2=alt.datum(0)),
            young.encode(x=frame.along("rate"), x2=alt.datum(0)),
            frame.whisker([row for row in known if row["lo"] is not None]),
        ]
    )


def _cohort_row(record: Row, look: Look) -> dict[str, Any]:
    rate = record["rate"]
    sign = "" if record["mature"] else "≥ "
    parts = [] if rate is None else [f"{sign}{words.percent(rate)}"]
    if record["mature"] is False:
        parts.append(look.say("not yet mature", "未成熟"))
    return {
        **record,
        "label": record["cohort"],
        "text": " · ".join([*parts, f"n={words.count(record['n'])}"]),
        "unknown": look.voice.say(UNKNOWN) if rate is None else None,
    }


# ---- share by cohort and age


def cohort_grid(result: Result, look: Look) -> Drawing:
    """Cells with their value written in; a cell that can't be known yet is empty and grey."""
    records = records_of(result)
    cohorts = list(dict.fromkeys(_with_n(record) for record in records))
    ages = sorted({record["age"] for record in records})
    label_width = max((advance(each, size=SMALL) for each in cohorts), default=0) + 10
    step = max(8.0, min(46.0, (look.width - label_width - 4) / max(len(ages), 1)))
    known = [record["share"] for record in records if record["share"] is not None]
    bottom, top = min(known, default=0.0), max(known, default=0.0)
    cells = [_grid_cell(record, bottom=bottom, top=top) for record in records]
    unit = str(result.facts.get("age_unit") or "month")
    title = {
        "day": look.say("days since the start", "開始からの日数"),
        "week": look.say("weeks since the start", "開始からの週数"),
        "month": look.say("months since the start", "開始からの月数"),
        "quarter": look.say("quarters since the start", "開始からの四半期数"),
    }[unit]
    every = max(1, -(-24 // int(step)))
    axis = alt.Axis(
        orient="top",
        grid=False,
        title=title,
        titleAnchor="start",
        labelAngle=0,
        values=ages[::every],
    )
    base = chart_of(cells).encode(
        x=alt.X("age:O", axis=axis),
        y=alt.Y("cohort:N", sort=None, title=None, axis=alt.Axis(grid=False, labelLimit=200)),
    )
    rects = base.mark_rect(stroke=PAPER, strokeWidth=1).encode(
        color=alt.Color("fill:N", scale=None)
    )
    layers: list[Mark] = [rects]
    if step >= 24:
        text = base.mark_text(baseline="middle", fontSize=10).encode(
            text=alt.Text("text:N"), color=alt.Color("ink:N", scale=None)
        )
        layers.append(text)
    return alt.layer(*layers).properties(width=alt.Step(step), height=alt.Step(20))


def _grid_cell(record: Row, *, bottom: float, top: float) -> dict[str, Any]:
    share = record["share"]
    cell = {"cohort": _with_n(record), "age": record["age"]}
    if share is None:
        return {**cell, "fill": UNSEEN, "ink": MUTED, "text": ""}
    part = (share - bottom) / (top - bottom) if top > bottom else 0.0
    place = min(int(part * len(STEPS)), len(STEPS) - 1)
    text = f"{share * 100:.1f}" if top < 0.095 else f"{share * 100:.0f}"
    return {**cell, "fill": STEPS[place], "ink": STEP_INKS[place], "text": text}
