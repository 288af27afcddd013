"""Charts with one row a thing: a label, a mark on a common scale, and the value in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from kyogyo import words
from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of
from kyogyo.analytics.charts.theme import (
    BLUE,
    GREY,
    INK,
    MUTED,
    NORMAL,
    PAPER,
    RED,
    SMALL,
    Look,
    money_axis,
    share_axis,
    time_unit,
)
from kyogyo.analytics.readable import NOT_ENOUGH, UNKNOWN, records_of, say_value
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance, wrap

Row = dict[str, Any]
LINE = 14


class Frame:
    """Rows on one quantitative scale. Labels stand at the left, above their row when narrow."""

    def __init__(self, rows: Sequence[Row], look: Look, *, x: alt.Scale, axis: alt.Axis) -> None:
        self.look = look
        widest = max((advance(row["label"], size=NORMAL) for row in rows), default=0)
        self.label_width = 0.0 if look.narrow else min(widest + 14, look.width * 0.29)
        self.value_width = max((advance(row["text"], size=SMALL) for row in rows), default=0) + 14
        if look.narrow:
            self.value_width = 10
        self.plot = max(look.width - self.label_width - self.value_width - 8, 120)
        limit = look.width if look.narrow else self.label_width - 12
        self.rows = [
            {**row, "row": place, "lines": wrap(row["label"], width=limit, size=NORMAL, most=3)}
            for place, row in enumerate(rows)
        ]
        deepest = max((len(row["lines"]) for row in self.rows), default=1)
        self.stacked = look.narrow and any(
            advance(row["label"], size=NORMAL) + advance(row["text"], size=SMALL) + 12 > look.width
            for row in rows
        )
        self.step = (58 if self.stacked else 44) if look.narrow else max(26, LINE * deepest + 8)
        self.x, self.axis = x, axis

    def base(self, rows: Sequence[Row] | None = None) -> Mark:
        values = list(self.rows if rows is None else rows)
        # Altair refuses an empty list of rows: a row of nothing draws nothing.
        return chart_of(values or [{"row": 0}]).encode(
            y=alt.Y(
                "row:O",
                axis=None,
                scale=alt.Scale(domain=[row["row"] for row in self.rows], padding=0),
            )
        )

    def along(self, field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=self.x, axis=self.axis)

    @property
    def down(self) -> int:
        """How far marks are moved down to make room for the label above."""
        return (16 if self.stacked else 9) if self.look.narrow else 0

    def labels(self) -> list[Mark]:
        if self.look.narrow:
            up = -18 if self.stacked else -10
            name = self.base().mark_text(align="left", baseline="middle", dy=up, fontSize=NORMAL)
            value = self.base().mark_text(
                align="left" if self.stacked else "right",
                baseline="middle",
                dy=-2 if self.stacked else up,
                fontSize=SMALL,
                color=MUTED,
            )
            end = 0 if self.stacked else self.plot + 6
            name = name.encode(x=alt.value(0), text=alt.Text("label:N"))
            value = value.encode(x=alt.value(end), text=alt.Text("text:N"))
            # Lines of the grid pass behind the words: each stands on a rim of paper.
            rim = {"stroke": PAPER, "strokeWidth": 4}
            return [_with(name, **rim), _with(value, **rim), name, value]
        value = self.base().mark_text(align="left", baseline="middle", dx=10, fontSize=SMALL)
        return [
            *(self._names(lines) for lines in (1, 2, 3)),
            value.encode(x=alt.value(self.plot), text=alt.Text("text:N")),
        ]

    def _names(self, lines: int) -> Mark:
        """Labels of as many lines: the baseline is that of the first, so the block moves up."""
        rows = [row for row in self.rows if len(row["lines"]) == lines]
        mark = self.base(rows).mark_text(
            align="right",
            baseline="middle",
            dx=-10,
            dy=-(lines - 1) * LINE / 2,
            fontSize=NORMAL,
            lineHeight=LINE,
        )
        return mark.encode(x=alt.value(0), text=alt.Text("lines:N")) if rows else mark

    def whisker(self, rows: Sequence[Row], *, color: str = INK) -> Mark:
        rule = self.base(rows).mark_rule(strokeWidth=1.5, color=color, yOffset=self.down)
        return rule.encode(x=self.along("lo"), x2="hi:Q")

    def unknown(self) -> Mark:
        """Said in words where a mark can't stand, beside the zero line."""
        rows = [row for row in self.rows if row.get("unknown")]
        if not rows:
            return self.base([]).mark_text()
        rows = [{**row, "zero": 0} for row in rows]
        mark = self.base(rows).mark_text(
            align="left", baseline="middle", dx=6, dy=self.down, color=MUTED, fontStyle="italic"
        )
        return mark.encode(x=self.along("zero"), text=alt.Text("unknown:N"))

    def chart(self, layers: Sequence[Mark]) -> Drawing:
        return alt.layer(*layers, self.unknown(), *self.labels()).properties(
            width=self.plot, height=alt.Step(self.step)
        )


def _with(chart: Mark, **style: Any) -> Mark:
    """A copy of `chart` whose mark has more style."""
    copy = chart.copy(deep=True)
    for name, value in style.items():
        setattr(copy.mark, name, value)
    return copy


def _unknown(record: Row, look: Look) -> str:
    status = record.get("status")
    return look.voice.say(NOT_ENOUGH if status == "not_enough_history" else UNKNOWN)


def _axis(look: Look, **more: Any) -> alt.Axis:
    return alt.Axis(**{"tickCount": 4 if look.narrow else 6, "title": None, **more})


# ---- rates


def funnel_rates(result: Result, look: Look) -> Drawing:
    return _rates(result, look, name="step")


def segment_rates(result: Result, look: Look) -> Drawing:
    return _rates(result, look, name="segment")


def _rates(result: Result, look: Look, *, name: str) -> Drawing:
    records = records_of(result)
    rows = [_rate_row(record, look, name=name) for record in records]
    scale = share_axis([record["hi"] or record["rate"] for record in records])
    frame = Frame(
        rows,
        look,
        x=alt.Scale(domain=[0, scale["end"]], nice=False),
        axis=_axis(look, format=scale["format"]),
    )
    known = [row for row in frame.rows if row["rate"] is not None]
    bars = frame.base(known).mark_bar(size=10, color=BLUE, opacity=0.35, yOffset=frame.down)
    dots = frame.base(known).mark_tick(
        size=14, thickness=3, color=BLUE, yOffset=frame.down, orient="vertical"
    )
    return frame.chart(
        [
            bars.encode(x=frame.along("rate"), x2=alt.datum(0)),
            frame.whisker([row for row in known if row["lo"] is not None]),
            dots.encode(x=frame.along("rate")),
        ]
    )


def _rate_row(record: Row, look: Look, *, name: str) -> Row:
    label = (look.voice.word if name == "step" else look.voice.name)(str(record[name]))
    if record.get("group", "first") != "first":
        label = f"{label} · {look.voice.word(str(record['group']))}"
    n = f"n={words.count(record['n'])}"
    rate = record["rate"]
    shown = n if rate is None else f"{words.percent(rate)} · {n}"
    return {
        "label": label,
        "text": shown,
        "rate": rate,
        "lo": record["lo"],
        "hi": record["hi"],
        "unknown": _unknown(record, look) if rate is None else None,
    }


# ---- time


def time_in_stage(result: Result, look: Look) -> Drawing:
    records = records_of(result)
    times = [record.get(name) for record in records for name in ("median_s", "p90_s", "expected_s")]
    size, unit = time_unit(times)
    rows = [_time_row(record, look, size=size) for record in records]
    frame = Frame(
        rows,
        look,
        x=alt.Scale(domainMin=0, nice=True),
        axis=_axis(look, title=look.voice.say(unit), titleAnchor="end"),
    )
    known = [row for row in frame.rows if row["median"] is not None]
    tails = [row for row in known if row["tail"] is not None]
    expected = [row for row in frame.rows if row["expected"] is not None]
    tail = frame.base(tails).mark_rule(strokeWidth=2, color=GREY, yOffset=frame.down)
    far = frame.base(tails).mark_point(
        size=44,
        filled=True,
        color=PAPER,
        stroke=GREY,
        strokeWidth=1.5,
        yOffset=frame.down,
        opacity=1,
    )
    near = frame.base(known).mark_point(
        size=70, filled=True, color=BLUE, yOffset=frame.down, opacity=1
    )
    due = frame.base(expected).mark_tick(
        size=18, thickness=2, color=RED, yOffset=frame.down, orient="vertical"
    )
    return frame.chart(
        [
            tail.encode(x=frame.along("median"), x2="tail:Q"),
            due.encode(x=frame.along("expected")),
            far.encode(x=frame.along("tail")),
            near.encode(x=frame.along("median")),
        ]
    )


def _time_row(record: Row, look: Look, *, size: float) -> Row:
    median, tail, expected = (record.get(name) for name in ("median_s", "p90_s", "expected_s"))
    n = f"n={words.count(record['n'])}"
    if median is None:
        shown = n
    else:
        last = look.voice.say(UNKNOWN) if tail is None else look.voice.duration(tail)
        shown = f"{look.voice.duration(median)} · 90% {last} · {n}"
    return {
        "label": look.voice.word(record["stage"]),
        "text": shown,
        "median": None if median is None else median / size,
        "tail": None if tail is None else tail / size,
        "expected": None if expected is None else expected / size,
        "unknown": _unknown(record, look) if median is None else None,
    }


# ---- money


def candidates(result: Result, look: Look) -> Drawing:
    form = "wins" if result.facts.get("unit") == "wins" else "money"
    rows = [_candidate_row(record, look, form=form) for record in records_of(result)]
    axis = {"labelExpr": money_axis(look.voice)}
    if form == "wins":
        axis = {"title": look.say("wins a month", "受注件数／月"), "format": ",~r"}
    frame = Frame(rows, look, x=alt.Scale(nice=True, zero=True), axis=_axis(look, **axis))
    known = [row for row in frame.rows if row["mid"] is not None]
    named = [row for row in known if row["named"]]
    others = [row for row in known if not row["named"]]
    zero = frame.base([{**row, "zero": 0} for row in frame.rows]).mark_tick(
        size=18 if look.narrow else frame.step,
        thickness=1,
        color=INK,
        yOffset=frame.down,
        orient="vertical",
    )
    spans = frame.base(others).mark_rule(strokeWidth=3, color=GREY, opacity=0.7, yOffset=frame.down)
    marked = frame.base(named).mark_rule(strokeWidth=5, color=RED, opacity=0.45, yOffset=frame.down)
    dots = frame.base(others).mark_point(
        size=50, filled=True, color=PAPER, stroke=GREY, strokeWidth=2, yOffset=frame.down, opacity=1
    )
    top = frame.base(named).mark_point(
        size=110, shape="diamond", filled=True, color=RED, yOffset=frame.down, opacity=1
    )
    return frame.chart(
        [
            zero.encode(x=frame.along("zero")),
            spans.encode(x=frame.along("lo"), x2="hi:Q"),
            marked.encode(x=frame.along("lo"), x2="hi:Q"),
            dots.encode(x=frame.along("mid")),
            top.encode(x=frame.along("mid")),
        ]
    )


def _candidate_row(record: Row, look: Look, *, form: str) -> Row:
    mid, chance = record["cost_mid"], record["p_top"]
    shown = "" if mid is None else say_value(mid, form, look.voice)
    if mid is not None and chance is not None:
        shown += look.say(
            f" · largest: {words.percent(chance, digits=0)}",
            f"・最大の確率 {words.percent(chance, digits=0)}",
        )
    n = f"n={words.count(record['n'])}"
    shown = f"{shown}{look.say(' · ', '・')}{n}" if shown else n
    kind = look.voice.kind(record["kind"])
    return {
        "label": f"{look.voice.word(record['step'])} ({kind})"
        if look.voice.lang == "en"
        else f"{look.voice.word(record['step'])}（{kind}）",
        "text": shown,
        "mid": mid,
        "lo": record["cost_lo"],
        "hi": record["cost_hi"],
        "named": record["status"] == "named",
        "unknown": look.voice.word(record["status"]) if mid is None else None,
    }


def segment_amounts(result: Result, look: Look) -> Drawing:
    rows = [_amount_row(record, look) for record in records_of(result)]
    frame = Frame(
        rows,
        look,
        x=alt.Scale(nice=True, zero=True),
        axis=_axis(look, labelExpr=money_axis(look.voice)),
    )
    bars = frame.base([row for row in frame.rows if row["amount"] is not None]).mark_bar(
        size=12, color=BLUE, opacity=0.75, yOffset=frame.down
    )
    return frame.chart([bars.encode(x=frame.along("amount"), x2=alt.datum(0))])


def _amount_row(record: Row, look: Look) -> Row:
    amount, share = record["amount"], record["share"]
    parts = [] if amount is None else [look.voice.money(amount)]
    parts += [] if share is None else [words.percent(share)]
    return {
        "label": look.voice.name(str(record["segment"])),
        "text": " · ".join([*parts, f"n={words.count(record['n'])}"]),
        "amount": amount,
        "unknown": _unknown(record, look) if amount is None else None,
    }
