"""Charts of lines: shares by age, values by month, and how much rests on few."""

from __future__ import annotations

from typing import Any

import altair as alt

from kyogyo import words
from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of, month_axis
from kyogyo.analytics.charts.theme import (
    BLUE,
    GREY,
    INK,
    PAPER,
    SERIES_COLOURS,
    SERIES_DASHES,
    SMALL,
    Look,
    money_axis,
    share_axis,
)
from kyogyo.analytics.readable import Cell, form_of, records_of, say_value
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance

Row = dict[str, Cell]
_LINE = 14  # the height of one line of words


def _move_apart(ends: list[dict[str, Any]], *, bottom: float) -> None:
    """Move the words at the ends of lines up until none stands on another."""
    lowest = bottom
    for end in sorted(ends, key=lambda end: -float(end["y"])):
        end["y"] = lowest = min(float(end["y"]), lowest)
        lowest -= _LINE


# ---- share by age, one line an outcome


def cumulative_incidence(result: Result, look: Look) -> Drawing:
    """Steps with bands. Each line carries its name and last value at its end."""
    records = records_of(result)
    names = list(dict.fromkeys(record["series"] for record in records))
    scale = share_axis([record["hi"] or record["share"] for record in records])
    height = 230
    ends = [
        {
            "text": f"{look.voice.word(str(name))} {words.percent(last['share'])}",
            "y": height * (1 - last["share"] / scale["end"]),
        }
        for name in names
        for last in [[record for record in records if record["series"] == name][-1]]
    ]
    _move_apart(ends, bottom=height)
    margin = max((advance(end["text"], size=SMALL) for end in ends), default=0) + 12
    width = look.width - margin - 48
    x = alt.X(
        "days:Q",
        title=look.say("days since entering", "フェーズに入ってからの日数"),
        axis=alt.Axis(tickCount=4 if look.narrow else 8, grid=False, titleAnchor="end"),
        scale=alt.Scale(nice=False),
    )
    axis = alt.Axis(format=scale["format"], tickCount=5, title=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, scale["end"]]))

    layers: list[Mark] = []
    for place, name in enumerate(names):
        colour = SERIES_COLOURS[place % len(SERIES_COLOURS)]
        dash = SERIES_DASHES[place % len(SERIES_DASHES)]
        mine = [record for record in records if record["series"] == name]
        base = chart_of(mine).encode(x=x)
        banded = [record for record in mine if record["lo"] is not None]
        if banded:
            band = chart_of(banded).mark_area(interpolate="step-after", color=colour, opacity=0.16)
            layers.append(band.encode(x=x, y=y("lo"), y2="hi:Q"))
        line = base.mark_line(
            interpolate="step-after", color=colour, strokeDash=dash, strokeWidth=2
        )
        layers.append(line.encode(y=y("share")))
        end = chart_of([ends[place]]).mark_text(
            align="left", baseline="middle", color=colour, fontSize=SMALL
        )
        layers.append(
            end.encode(
                x=alt.value(width + 6), y=alt.value(ends[place]["y"]), text=alt.Text("text:N")
            )
        )
    return alt.layer(*layers).properties(width=width, height=height)


# ---- how much rests on few


def concentration(result: Result, look: Look) -> Drawing:
    """The share of value carried by the largest accounts, against an even spread."""
    records = records_of(result)
    every = max(1, len(records) // 200)
    points = [
        {"accounts": record["account_share"], "value": record["value_share"]}
        for place, record in enumerate(records)
        if place % every == 0 or place == len(records) - 1
    ]
    width = min(look.width - 60, 420)
    axis: dict[str, Any] = {"format": ".0%", "tickCount": 5}
    x = alt.X(
        "accounts:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            title=look.say("share of accounts, largest first", "取引先の割合（大きい順）"),
            titleAnchor="end",
            grid=False,
            **axis,
        ),
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title=None, **axis),
    )
    even = chart_of([{"accounts": 0, "value": 0}, {"accounts": 1, "value": 1}])
    line = chart_of([{"accounts": 0, "value": 0}, *points])
    tenth = next((record for record in records if record["account_share"] >= 0.1), None)
    layers = [
        even.mark_line(color=GREY, strokeDash=[4, 3], strokeWidth=1).encode(x=x, y=y),
        line.mark_line(color=BLUE, strokeWidth=2.2).encode(x=x, y=y),
    ]
    if tenth is not None:
        told = look.say(
            f"the largest {words.percent(tenth['account_share'])} carry {words.percent(tenth['value_share'])}",
            f"上位{words.percent(tenth['account_share'])}で{words.percent(tenth['value_share'])}",
        )
        mark = chart_of(
            [
                {
                    "accounts": tenth["account_share"],
                    "value": tenth["value_share"],
                    "text": told,
                }
            ]
        ).encode(x=x, y=y)
        layers += [
            mark.mark_point(filled=True, size=60, color=INK, opacity=1),
            mark.mark_text(align="left", dx=9, dy=12, fontSize=SMALL).encode(text="text:N"),
        ]
    return alt.layer(*layers).properties(width=width, height=width * 0.62)


# ---- month by month


def monthly(result: Result, look: Look) -> Drawing:
    """Lines by month. A month that isn't over is a hollow point; an unknown one breaks the line."""
    records = records_of(result)
    names = list(dict.fromkeys(record["series"] for record in records))
    months = list(dict.fromkeys(record["month"] for record in records))
    height = 170
    axis, domain = _value_axis(records, result, look)
    ends = [_month_end(name, records, result, look, alone=len(names) == 1) for name in names]
    for end in ends:
        end["y"] = height * (domain[1] - end["value"]) / (domain[1] - domain[0])
    _move_apart(ends, bottom=height)
    margin = max((advance(end["text"], size=SMALL) for end in ends), default=0)
    width = look.width - 64 - margin
    x = alt.X(
        "month:O",
        axis=month_axis(months, most=4 if look.narrow else 9),
        scale=alt.Scale(domain=months),
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=domain, nice=False))

    layers: list[Mark] = []
    for place, name in enumerate(names):
        colour = SERIES_COLOURS[place % len(SERIES_COLOURS)]
        dash = SERIES_DASHES[place % len(SERIES_DASHES)]
        mine = [record for record in records if record["series"] == name]
        base = chart_of(mine).encode(x=x)
        if any(record.get("lo") is not None for record in mine):
            layers.append(base.mark_area(color=colour, opacity=0.14).encode(y=y("lo"), y2="hi:Q"))
        line = base.mark_line(color=colour, strokeDash=dash, strokeWidth=2)
        layers.append(line.encode(y=y("value")))
        part = [record for record in mine if not record.get("complete", True)]
        if part:
            hollow = chart_of(part).mark_point(
                filled=True, color=PAPER, stroke=colour, size=50, opacity=1
            )
            layers.append(hollow.encode(x=x, y=y("value")))
        label = chart_of([ends[place]]).mark_text(
            align="left", baseline="middle", color=colour, fontSize=SMALL
        )
        layers.append(
            label.encode(
                x=alt.value(width + 8), y=alt.value(ends[place]["y"]), text=alt.Text("text:N")
            )
        )
    return alt.layer(*layers).properties(width=width, height=height)


def _value_axis(records: list[Row], result: Result, look: Look) -> tuple[alt.Axis, list[float]]:
    """The axis of `value` in the unit of the definition, and its two ends."""
    seen = [
        record[name]
        for record in records
        for name in ("value", "lo", "hi")
        if record.get(name) is not None
    ]
    more: dict[str, Any] = {"tickCount": 4, "title": None}
    unit = result.definition.unit
    if unit == "share":
        ends = share_axis(list(seen))
        return alt.Axis(format=ends["format"], **more), [0.0, ends["end"]]
    domain = [min(0.0, *seen, 0.0), max(0.0, *seen, 0.0) * 1.08 or 1.0]
    if unit.startswith("money"):
        return alt.Axis(labelExpr=money_axis(look.voice), **more), domain
    return alt.Axis(format=",~r", **more), domain


def _month_end(
    name: Cell, records: list[Row], result: Result, look: Look, *, alone: bool
) -> dict[str, Any]:
    """The words at the end of a line: its last known value, with its name if there are others."""
    known = [row for row in records if row["series"] == name and row["value"] is not None]
    if not known:
        return {"value": 0.0, "text": look.voice.word(str(name))}
    last = known[-1]
    value = say_value(last["value"], form_of("value", record=last, result=result), look.voice)
    text = value if alone else f"{look.voice.word(str(name))} {value}"
    return {"value": last["value"], "text": text}
