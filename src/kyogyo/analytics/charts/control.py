"""The control chart: weeks, the mean of them, and the limits of chance, with the weeks beyond marked."""

from __future__ import annotations

from typing import Any

import altair as alt

from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of
from kyogyo.analytics.charts.theme import BLUE, GREY, MUTED, PAPER, RED, SMALL, Look, share_axis
from kyogyo.analytics.readable import form_of, records_of, say_value
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance

_HEIGHT = 170


def control(result: Result, look: Look) -> Drawing:
    """Points joined by a line; the mean is dashed, the limits are a band with an edge. A week beyond them is a red diamond."""
    records = records_of(result)
    weeks = [str(record["week"]) for record in records]
    centre = next(record for record in records if record["centre"] is not None)
    told = say_value(centre["centre"], form_of("value", record=centre, result=result), look.voice)
    mean = look.say(f"mean {told}", f"平均 {told}")
    width = look.width - advance(mean, size=SMALL) - 80
    most = 3 if look.narrow else 8
    every = max(1, -(-len(weeks) // most))
    x = alt.X(
        "week:O",
        scale=alt.Scale(domain=weeks),
        axis=alt.Axis(values=weeks[::every], labelAngle=0, grid=False, title=None),
    )
    axis, domain = _axis(records, result)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=domain, nice=False))

    base = chart_of(records).encode(x=x)
    limited = chart_of([r for r in records if r["lower"] is not None]).encode(x=x)
    inside = chart_of([r for r in records if r["value"] is not None and not r["outside"]])
    layers: list[Mark] = [
        limited.mark_area(interpolate="step", color=GREY, opacity=0.12).encode(
            y=y("lower"), y2="upper:Q"
        ),
        *(
            limited.mark_line(interpolate="step", color=GREY, strokeWidth=1).encode(y=y(edge))
            for edge in ("lower", "upper")
        ),
        limited.mark_line(color=MUTED, strokeDash=[5, 4], strokeWidth=1).encode(y=y("centre")),
        base.mark_line(color=BLUE, strokeWidth=1.4).encode(y=y("value")),
        inside.mark_point(filled=True, color=BLUE, size=26, opacity=1).encode(x=x, y=y("value")),
    ]
    beyond = [r for r in records if r["outside"]]
    if beyond:
        mark = chart_of(beyond).mark_point(
            filled=True, shape="diamond", color=RED, stroke=PAPER, size=90, opacity=1
        )
        layers.append(mark.encode(x=x, y=y("value")))
    place = _HEIGHT * (1 - (float(centre["centre"] or 0) - domain[0]) / (domain[1] - domain[0]))
    label = chart_of([{"text": mean}]).mark_text(
        align="left", baseline="middle", color=MUTED, fontSize=SMALL
    )
    layers.append(label.encode(x=alt.value(width + 8), y=alt.value(place), text=alt.Text("text:N")))
    return alt.layer(*layers).properties(width=width, height=_HEIGHT)


def _axis(records: list[dict[str, Any]], result: Result) -> tuple[alt.Axis, list[float]]:
    """Shares from 0 to a round number; counts from 0 to above the largest."""
    names = ("value", "upper")
    seen = [float(r[name]) for r in records for name in names if r[name] is not None]
    if result.definition.unit == "share":
        ends = share_axis(list(seen))
        return alt.Axis(format=ends["format"], tickCount=4, title=None), [0.0, ends["end"]]
    lows = [float(r[name]) for r in records for name in ("value", "lower") if r[name] is not None]
    domain = [min(0.0, *lows), max(seen, default=1.0) * 1.08 or 1.0]
    return alt.Axis(format=",~r", tickCount=4, title=None), domain
