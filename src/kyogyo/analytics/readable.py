"""A result's table as a person reads it: headings in words, cells with their units.

One place decides how a column is called and written, so that a page, a terminal, a chart and a
notebook say the same. An unknown is said to be unknown; it is never a zero and never a blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import isnan
from typing import Any

from kyogyo import words
from kyogyo.analytics.columns import COLUMNS, KINDS, VOCABULARY
from kyogyo.analytics.results import Result
from kyogyo.words import Lang, Text

UNKNOWN = Text(en="unknown", ja="未確認")
NOT_ENOUGH = Text(en="not enough history", ja="履歴不足")
YES, NO = Text(en="yes", ja="はい"), Text(en="no", ja="いいえ")

Cell = Any  # what a column of a pyarrow table holds: str, int, float, bool or None
_UNIT_FORMS = {
    "share": "share",
    "count": "count",
    "seconds": "seconds",
    "money": "money",
    "money_per_month": "money",
    "per_day": "number",
}
_KIND_FORMS = {
    "conversion": "share",
    "delay": "days",
    "capacity": "days",
    "volume": "count",
    "mix": "share",
    "value": "money",
    "churn": "share",
    "expansion": "share",
}
_INTERVALS = {"lo": "hi", "cost_lo": "cost_hi", "median_lo_s": "median_hi_s"}
_OTHERS = re.compile(r"\((\d+) others\)")


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, with whose words and in which currency something is said."""

    lang: Lang
    currency: str = "JPY"
    labels: Mapping[str, Text] = field(default_factory=dict)

    def word(self, code: str) -> str:
        """The word for a code: the company's own, else Kyogyo's, else the code as it is.

        A step 'a>b' without a word of its own is said by the words of its two stages.
        """
        known = self.labels.get(code) or VOCABULARY.get(code)
        if known is not None:
            return known.say(self.lang)
        first, arrow, last = code.partition(">")
        both = arrow and first in self.labels and last in self.labels
        return f"{self.name(first)} → {self.name(last)}" if both else code

    def kind(self, code: str) -> str:
        """The word for the kind of a node, whatever the company calls by the same code."""
        known = KINDS.get(code)
        return self.word(code) if known is None else known.say(self.lang)

    def name(self, value: str) -> str:
        """A value from the data: as it is, unless the company gave it a word of its own."""
        known = self.labels.get(value)
        if known is not None:
            return known.say(self.lang)
        others = _OTHERS.fullmatch(value)
        if others:
            return value if self.lang == "en" else f"（他{others[1]}件）"
        return f"({self.say(UNKNOWN)})" if value == "(unknown)" else value

    def say(self, text: Text) -> str:
        return text.say(self.lang)

    def money(self, minor: float) -> str:
        return words.money(minor, currency=self.currency, lang=self.lang)

    def duration(self, seconds: float) -> str:
        length = words.duration(abs(seconds), lang=self.lang)
        return f"−{length}" if seconds < 0 else length


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: its words, and whether its cells are numbers (set to the right)."""

    name: str
    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """Headings and rows of text. `total` counts the rows of the result, `rows` may be fewer."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def readable_table(*, result: Result, voice: Voice, limit: int | None = None) -> ReadableTable:
    """The table of `result` in words, at most `limit` rows (a series, where it has several).

    `lo` and `hi` become one column, as do `x_en` and `x_ja`.
    """
    records = thin(records_of(result), limit=limit)
    names = _shown(result.table.column_names)
    headings = tuple(_heading(name, result=result, voice=voice) for name in names)
    rows = tuple(
        tuple(_cell(name, record, result=result, voice=voice) for name in names)
        for record in records
    )
    return ReadableTable(headings=headings, rows=rows, total=result.table.num_rows)


def records_of(result: Result) -> list[dict[str, Cell]]:
    """The rows of `result` as they are, except that NaN is None: both mean unknown."""
    return [
        {
            name: None if isinstance(value, float) and isnan(value) else value
            for name, value in row.items()
        }
        for row in result.table.to_pylist()
    ]


def thin(records: Sequence[dict[str, Cell]], *, limit: int | None) -> list[dict[str, Cell]]:
    """At most `limit` (at least 2) of each series, evenly spaced, with its first and its last."""
    kept: list[dict[str, Cell]] = []
    for _, group in groupby(records, key=lambda record: record.get("series")):
        rows = list(group)
        if limit is None or len(rows) <= limit:
            kept += rows
        else:
            step = (len(rows) - 1) / (limit - 1)
            kept += [rows[round(place * step)] for place in range(limit)]
    return kept


def _shown(names: Sequence[str]) -> list[str]:
    """The columns to show: the second of a pair goes into the first."""
    seconds = {high for low, high in _INTERVALS.items() if low in names}
    pairs = {f"{name[:-3]}_ja" for name in names if name.endswith("_en")}
    return [name for name in names if name not in seconds | pairs]


def _heading(name: str, *, result: Result, voice: Voice) -> Heading:
    if name in _INTERVALS:
        level = interval_level(result) if name == "cost_lo" else 0.95
        return Heading(name=name, text=voice.say(interval_text(level)), numeric=True)
    column = COLUMNS.get(name.removesuffix("_en"))
    text = voice.say(column.heading) if column else name.replace("_", " ")
    form = column.form if column else _form_of_type(result, name)
    return Heading(
        name=name, text=text, numeric=form not in ("code", "kind", "name", "text", "mature", "flag")
    )


def _form_of_type(result: Result, name: str) -> str:
    kind = str(result.table.schema.field(name).type)
    if kind.startswith(("int", "uint")):
        return "count"
    if kind in ("float", "double", "halffloat"):
        return "number"
    return "flag" if kind == "bool" else "text"


def _cell(name: str, record: Mapping[str, Cell], *, result: Result, voice: Voice) -> str:
    if name in _INTERVALS:
        low, high = record[name], record.get(_INTERVALS[name])
        if low is None or high is None:
            return _absent(record, voice)
        form = form_of(name, record=record, result=result)
        return f"{say_value(low, form, voice)} – {say_value(high, form, voice)}"
    if name.endswith("_en"):
        value = record.get(f"{name[:-3]}_{voice.lang}")
        return _absent(record, voice) if value is None else str(value)
    value = record[name]
    if value is None:
        return _absent(record, voice)
    return say_value(value, form_of(name, record=record, result=result), voice)


def _absent(record: Mapping[str, Cell], voice: Voice) -> str:
    short = record.get("status") == "not_enough_history"
    return voice.say(NOT_ENOUGH if short else UNKNOWN)


def form_of(name: str, *, record: Mapping[str, Cell], result: Result) -> str:
    """How the values of column `name` are written: 'share', 'money', 'seconds', ..."""
    if name in ("current", "reference", "gap"):
        form = _KIND_FORMS.get(str(record.get("kind")), _UNIT_FORMS.get(result.definition.unit))
        return {"share": "points"}.get(form or "", f"signed_{form}") if name == "gap" else str(form)
    if name in ("lo", "hi") and "rate" in record:
        return "share"
    if name in ("cost_mid", "cost_lo", "cost_hi") and result.facts.get("unit") == "wins":
        return "wins"
    if name in ("lo", "hi", "value", "level", "trend", "centre", "lower", "upper"):
        return _UNIT_FORMS.get(result.definition.unit, "number")
    column = COLUMNS.get(name)
    return column.form if column else _form_of_type(result, name)


def say_value(value: Cell, form: str, voice: Voice) -> str:
    """One known value in words. `form` is that of `form_of`."""
    if isinstance(value, bool):
        mature = Text(en="mature", ja="成熟") if value else Text(en="not yet mature", ja="未成熟")
        return voice.say(mature if form == "mature" else YES if value else NO)
    if form in ("code", "name"):
        return voice.word(str(value)) if form == "code" else voice.name(str(value))
    if form == "kind":
        return voice.kind(str(value))
    if form == "text" or isinstance(value, str):
        return str(value)
    if form.startswith("signed_"):
        rest = say_value(abs(value), form.removeprefix("signed_"), voice)
        return f"{'−' if value < 0 else '+'}{rest}"
    if form == "points":
        return f"{value * 100:+.1f}".replace("-", "−") + (
            " pt" if voice.lang == "en" else "ポイント"
        )
    if form == "money":
        return voice.money(value).replace("-", "−")
    if form in ("seconds", "days"):
        return voice.duration(value * (86_400 if form == "days" else 1))
    if form in ("share", "chance"):
        return words.percent(value, digits=0 if form == "chance" else 1)
    if form == "wins":
        return f"{value:,.1f}".replace("-", "−") + ("件" if voice.lang == "ja" else " wins")
    return words.count(value) if form == "count" else f"{value:,.3g}"


def interval_level(result: Result) -> float:
    """The level of the interval of costs in `result`: 0.9 unless its facts say otherwise."""
    return float(result.facts.get("interval") or 0.9)


def interval_text(level: float) -> Text:
    return Text(en=f"{level:.0%} interval", ja=f"{level:.0%}区間")
