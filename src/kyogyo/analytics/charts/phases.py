"""The chart of phases, as behaviour analysts draw it: a panel a team, a stair of start lines.

Everything is placed in pixels, since one dashed line runs through all panels: down at the start
of the first team, across to the start of the next, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from kyogyo import words
from kyogyo.analytics.charts.marks import Drawing, Mark, chart_of
from kyogyo.analytics.charts.theme import (
    BLUE,
    GREY,
    GRID,
    INK,
    MUTED,
    NORMAL,
    PAPER,
    SMALL,
    TEAL,
    Look,
    share_axis,
)
from kyogyo.analytics.readable import Cell, records_of
from kyogyo.analytics.results import Result
from kyogyo.revenue_model.draw.lettering import advance, wrap

Row = dict[str, Cell]
_TOP, _GAP, _BOTTOM = 42, 30, 20
_HIGH, _LOW, _MANY = 92, 66, 5  # a panel's height; lower where there are many


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where things stand: pixels from the upper left."""

    look: Look
    teams: list[str]
    weeks: list[str]
    end: float
    share: bool

    @property
    def panel(self) -> int:
        return _HIGH if len(self.teams) <= _MANY else _LOW

    @property
    def left(self) -> float:
        ticks = (self.tick(self.end), self.tick(self.end / 2))
        return max(advance(text, size=SMALL) for text in ticks) + 10

    @property
    def width(self) -> float:
        return self.look.width - 6

    @property
    def height(self) -> float:
        return _TOP + len(self.teams) * (self.panel + _GAP) - _GAP + _BOTTOM

    def x(self, week: float) -> float:
        """The middle of week `week`; halves are the borders between weeks."""
        room = self.width - self.left - 4
        return self.left + room * (week + 0.5) / len(self.weeks)

    def top(self, place: int) -> float:
        return _TOP + place * (self.panel + _GAP)

    def y(self, place: int, value: float) -> float:
        return self.top(place) + self.panel * (1 - value / self.end)

    def tick(self, value: float) -> str:
        if self.share:
            return words.percent(value, digits=0 if self.end > 0.05 else 1).lstrip("<>")
        return f"{value:,.3g}"


def phases(result: Result, look: Look) -> Drawing:
    """Points joined within a phase, its level, its trend, and a dashed line where it begins."""
    records = records_of(result)
    teams = list(dict.fromkeys(str(record["team"]) for record in records))
    weeks = list(dict.fromkeys(str(record["week"]) for record in records))
    share = result.definition.unit == "share"
    most = max((record["value"] or 0.0 for record in records), default=0.0)
    end = share_axis([most])["end"] if share else most * 1.1 or 1.0
    sheet = _Sheet(look, teams, weeks, end, share)
    placed = [
        {**record, "place": teams.index(str(record["team"])), "at": weeks.index(str(record["week"]))}
        for record in records
    ]  # fmt: skip
    layers = [
        *_frame(sheet),
        *_phase_marks(placed, sheet),
        *_stair(placed, sheet),
        *_words(placed, sheet),
        *_points(placed, sheet),
    ]
    return alt.layer(*layers).properties(width=sheet.width, height=sheet.height)


def _at(rows: Sequence[dict[str, Any]], sheet: _Sheet) -> Mark:
    """A chart of `rows` whose x and y are pixels. No rows draw nothing."""
    return chart_of(rows or [{"x": 0, "y": 0, "text": ""}]).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, sheet.width], nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[sheet.height, 0], nice=False)),
    )


def _rules(rows: Sequence[dict[str, Any]], sheet: _Sheet, **style: Any) -> list[Mark]:
    if not rows:
        return []
    return [_at(rows, sheet).mark_rule(**style).encode(x2="x2:Q", y2="y2:Q")]


def _texts(rows: Sequence[dict[str, Any]], sheet: _Sheet, **style: Any) -> list[Mark]:
    """Words on a rim of paper, so that lines pass behind them."""
    if not rows:
        return []
    text = alt.Text("text:N")
    rim = _at(rows, sheet).mark_text(**style, stroke=PAPER, strokeWidth=3)
    return [rim.encode(text=text), _at(rows, sheet).mark_text(**style).encode(text=text)]


def _frame(sheet: _Sheet) -> list[Mark]:
    """Lines of the grid with their values, and the weeks below the last panel."""
    grid: list[dict[str, Any]] = []
    base: list[dict[str, Any]] = []
    ticks: list[dict[str, Any]] = []
    for place in range(len(sheet.teams)):
        for value in (0.0, sheet.end / 2, sheet.end):
            line = {"x": sheet.left, "x2": sheet.width, "y": sheet.y(place, value)}
            (base if value == 0 else grid).append({**line, "y2": line["y"]})
            ticks.append({"x": sheet.left - 6, "y": line["y"], "text": sheet.tick(value)})
    most = 4 if sheet.look.narrow else 9
    every = max(1, -(-len(sheet.weeks) // most))
    bottom = sheet.y(len(sheet.teams) - 1, 0) + 12
    dates = [
        {"x": sheet.x(week), "y": bottom, "text": _short(sheet.weeks[week])}
        for week in range(0, len(sheet.weeks), every)
    ]
    small = {"fontSize": SMALL, "color": MUTED, "baseline": "middle"}
    return [
        *_rules(grid, sheet, color=GRID, strokeWidth=1),
        *_rules(base, sheet, color=GREY, strokeWidth=1),
        *_texts(ticks, sheet, align="right", **small),
        *_texts(dates, sheet, align="center", **small),
    ]


def _short(week: str) -> str:
    """A date without its year, anything else as it is."""
    return week[5:] if len(week) == 10 and week[4] == week[7] == "-" else week


def _groups(placed: Sequence[Row]) -> list[list[Row]]:
    """The rows of each phase of each team."""
    found: dict[tuple[Any, Any], list[Row]] = {}
    for row in placed:
        found.setdefault((row["place"], row["phase"]), []).append(row)
    return list(found.values())


def _phase_marks(placed: Sequence[Row], sheet: _Sheet) -> list[Mark]:
    """The level of each phase, and its trend where there is one."""
    levels, trends = [], []
    for rows in _groups(placed):
        first, last = rows[0], rows[-1]
        ends = {"x": sheet.x(first["at"] - 0.4), "x2": sheet.x(last["at"] + 0.4)}
        if first["level"] is not None:
            y = sheet.y(first["place"], first["level"])
            levels.append({**ends, "y": y, "y2": y})
        known = [row for row in rows if row["value"] is not None]
        along = [row for row in known if row["trend"] is not None]
        if along:
            low, high = (min(max(row["trend"], 0.0), sheet.end) for row in (along[0], along[-1]))
            across = {"x": sheet.x(along[0]["at"]), "x2": sheet.x(along[-1]["at"])}
            y, y2 = (sheet.y(first["place"], value) for value in (low, high))
            trends.append({**across, "y": y, "y2": y2})
    return [
        *_rules(trends, sheet, color=TEAL, strokeWidth=1.4, strokeDash=[2, 2]),
        *_rules(levels, sheet, color=INK, strokeWidth=2, opacity=0.75),
    ]


def _points(placed: Sequence[Row], sheet: _Sheet) -> list[Mark]:
    """Hollow without it, filled with it; a cross where a week doesn't count."""
    known = [
        {**row, "x": sheet.x(row["at"]), "y": sheet.y(row["place"], row["value"])}
        for row in placed
        if row["value"] is not None
    ]
    joined = [
        {"x": a["x"], "y": a["y"], "x2": b["x"], "y2": b["y"]}
        for a, b in pairwise(known)
        if (a["place"], a["phase"], a["at"] + 1) == (b["place"], b["phase"], b["at"])
    ]
    crosses = [
        {"x": sheet.x(row["at"]), "y": sheet.y(row["place"], 0) - 6}
        for row in placed
        if row["value"] is None
    ]
    hollow = [row for row in known if str(row["phase"]).startswith("A")]
    filled = [row for row in known if not str(row["phase"]).startswith("A")]
    dot = {"size": 24 if sheet.look.narrow else 34, "opacity": 1, "filled": True}
    marks = _rules(joined, sheet, color=BLUE, strokeWidth=1, opacity=0.7)
    if hollow:
        marks.append(_at(hollow, sheet).mark_point(**dot, color=PAPER, stroke=BLUE, strokeWidth=1.4))  # fmt: skip
    if filled:
        marks.append(_at(filled, sheet).mark_point(**dot, color=BLUE))
    if crosses:
        marks.append(_at(crosses, sheet).mark_point(shape="cross", angle=45, size=26, color=GREY, filled=True, opacity=1))  # fmt: skip
    return marks


def _switches(placed: Sequence[Row]) -> list[tuple[int, list[int]]]:
    """For each team the weeks in which a phase begins, the first phase apart."""
    starts: dict[int, list[int]] = {}
    for rows in _groups(placed):
        starts.setdefault(int(rows[0]["place"]), []).append(int(rows[0]["at"]))
    return [(place, each[1:]) for place, each in starts.items()]


def _stair(placed: Sequence[Row], sheet: _Sheet) -> list[Mark]:
    """Dashed lines at each switch, joined from panel to panel where every team has one."""
    switches = _switches(placed)
    lines = []
    for place, weeks in switches:
        for week in weeks:
            x, top = sheet.x(week - 0.5), sheet.top(place) - 6
            lines.append({"x": x, "x2": x, "y": top, "y2": sheet.y(place, 0)})
    once = [weeks[0] for _, weeks in switches if len(weeks) == 1]
    for place, (one, other) in enumerate(pairwise(once)):
        y = sheet.y(place, 0)
        down = {"x": sheet.x(other - 0.5), "y": y, "y2": sheet.top(place + 1) - 6}
        lines.append({"x": sheet.x(one - 0.5), "x2": sheet.x(other - 0.5), "y": y, "y2": y})
        lines.append({**down, "x2": down["x"]})
    return _rules(lines, sheet, color=INK, strokeWidth=1.4, strokeDash=[5, 4])


def _words(placed: Sequence[Row], sheet: _Sheet) -> list[Mark]:
    """The names of teams and phases, and the level of each phase in figures."""
    look = sheet.look
    letters = {"A": look.say("without", "打ち手なし"), "B": look.say("with it", "打ち手あり")}
    heads, levels = [], []
    for rows in _groups(placed):
        first, last = rows[0], rows[-1]
        text = letters[str(first["phase"])[0]]
        wide = sheet.x(last["at"] + 0.5) - sheet.x(first["at"] - 0.5)
        middle = (sheet.x(first["at"]) + sheet.x(last["at"])) / 2
        if first["place"] == 0 and advance(text, size=SMALL) + 6 <= wide:
            heads.append({"x": middle, "y": 8, "text": text})
        if first["level"] is not None:
            levels.append(_level_word(rows, sheet))
    names = []
    for place, team in enumerate(sheet.teams):
        [name, *_] = wrap(look.voice.name(team), width=sheet.width * 0.8, size=NORMAL, most=1)
        names.append({"x": sheet.left, "y": sheet.top(place) - 13, "text": name})
    style = {"baseline": "middle", "color": INK}
    return [
        *_texts(heads, sheet, align="center", fontSize=SMALL, **style),
        *_texts(levels, sheet, align="center", fontSize=SMALL, fontWeight=600, **style),
        *_texts(names, sheet, align="left", fontSize=NORMAL, fontWeight=600, **style),
    ]


def _level_word(rows: Sequence[Row], sheet: _Sheet) -> dict[str, Any]:
    """The level in figures, at the corner of its line where it hides the fewest points."""
    first, last, place = rows[0], rows[-1], int(rows[0]["place"])
    level = float(first["level"])
    text = words.percent(level) if sheet.share else sheet.tick(level)
    half = advance(text, size=SMALL, bold=True) / 2
    points = [(sheet.x(r["at"]), sheet.y(place, r["value"])) for r in rows if r["value"] is not None]  # fmt: skip
    left, right = sheet.x(first["at"] - 0.4) + half, sheet.x(last["at"] + 0.4) - half
    places = [
        (max(x, left), sheet.y(place, level) + down)
        for x in (right, (left + right) / 2, left)
        for down in (-10, 10)
    ]

    def hidden(at: tuple[float, float]) -> tuple[int, bool]:
        x, y = at
        inside = sheet.top(place) + 6 <= y <= sheet.y(place, 0) - 6
        return sum(abs(x - px) < half + 5 and abs(y - py) < 11 for px, py in points), not inside

    x, y = min(places, key=hidden)
    return {"x": x, "y": y, "text": text}
