"""A report as one self-contained page: no script, no request, the same offline and on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from kyogyo import words
from kyogyo.analytics.charts import READINGS, chart_title
from kyogyo.analytics.readable import (
    NOT_ENOUGH,
    UNKNOWN,
    ReadableTable,
    Voice,
    interval_level,
    interval_text,
    readable_table,
)
from kyogyo.analytics.results import Caveat, Definition, Result
from kyogyo.reports.candidates import candidates_in_words, cost_in_words, cost_interval
from kyogyo.reports.caveats import about_in_words, evidence_in_words, forbidden_in_words
from kyogyo.reports.contents import Answer, Exhibit, MoneyRange, Report, Section
from kyogyo.reports.grids import GRIDS, NOT_YET, grid_table
from kyogyo.reports.phrases import BASES, PHRASES, UNITS
from kyogyo.reports.stream import stream_view
from kyogyo.reports.svg import chart_svg
from kyogyo.words import Lang, Text

WIDE, NARROW = 680, 340  # each chart is drawn for both; the page shows the one that fits
_WHOLE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b|\bn ?= ?[\d,]+")  # dates, n = 1,234
MOST_ROWS = 144
_TALL, _SLIM = 14, 8  # more rows and at most as many columns: two halves beside each other on paper
_FEWER_ROWS = {"cumulative_incidence": 8, "concentration": 16}  # a curve is read in its chart


def render_html(*, report: Report, lang: Lang) -> str:
    """The page in one language, as the text of one HTML file."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 -- slow import

    environment = Environment(
        loader=PackageLoader("kyogyo.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": prose, "breakable": breakable}
    voice = Voice(lang=lang, currency=report.currency, labels=report.labels)
    page = environment.get_template("report.html").render(**_Page(report, voice).view())
    return f"{page}\n"


def prose(text: str) -> Markup:
    """`text` escaped, with each date and each n kept on one line, where a browser would break it."""
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(text))))  # noqa: S704 -- escaped


def breakable(name: str) -> Markup:
    """`name` escaped, with a place to break the line after each underscore."""
    return Markup(str(escape(name)).replace("_", "_<wbr>"))  # noqa: S704 -- escaped


@dataclass(frozen=True)
class _Page:
    """What the template needs, all of it text or numbers that are already in words."""

    report: Report
    voice: Voice

    def phrase(self, name: str) -> str:
        return self.voice.say(PHRASES[name])

    def view(self) -> dict[str, Any]:
        report = self.report
        return {
            "lang": self.voice.lang,
            "t": self.phrase,
            "say": self.voice.say,
            "report": report,
            "about": self.about(),
            "answer": self.answer(report.answer),
            "level": self.voice.say(interval_text(interval_level(report.answer.candidates))),
            "candidates": candidates_in_words(result=report.answer.candidates, voice=self.voice),
            "stream": stream_view(stages=report.stream, voice=self.voice),
            "sections": [self.section(section) for section in report.sections],
            "caveats": [self.caveat(each, place) for place, each in enumerate(report.caveats, 1)],
            "definitions": [self.definition(each) for each in report.definitions],
            # Only the names of files: where they lie is nobody's business but the writer's.
            "files": [
                replace(file, verdicts=None if file.verdicts is None else Path(file.verdicts).name)
                for file in report.files
            ],
            "count": words.count,
            "absent": {self.voice.say(each) for each in (UNKNOWN, NOT_ENOUGH, NOT_YET)},
        }

    def day(self, micros: int) -> str:
        return words.date(micros, zone=self.report.zone)

    def about(self) -> list[tuple[str, str]]:
        report = self.report
        rows = [("as_of", self.day(report.as_of))]
        if report.covers is not None:
            first, last = report.covers
            rows.insert(0, ("covers", f"{self.day(first)} – {self.day(last)}"))
        rows += [
            ("made_at", self.day(report.made_at)),
            ("model_version", report.model_version),
            ("zone", report.zone),
        ]
        return [(self.phrase(name), value) for name, value in rows]

    # ---- the answer

    def answer(self, answer: Answer) -> dict[str, Any]:
        missing = "not_enough_history" if answer.status == "not_enough_history" else "no_step"
        unknown = "not_enough_history" if answer.status == "not_enough_history" else "unknown"
        step = answer.step_label
        chance = answer.probability_top
        return {
            "status": answer.status,
            "kicker": self.phrase(f"kicker_{answer.status}"),
            "headline": self.voice.say(answer.headline),
            "paragraph": self.voice.say(answer.paragraph),
            "step": self.phrase(missing) if step is None else self.voice.say(step),
            "cost": self.cost(answer.cost_per_month, unknown=self.phrase(unknown)),
            "sure": self.phrase(unknown) if chance is None else words.percent(chance, digits=0),
            "sure_known": chance is not None,
            "reasons": [self.voice.say(reason) for reason in answer.reasons],
            "next": [self.voice.say(action) for action in self.report.next_actions],
            "exhibit": self.exhibit(
                Exhibit(result=answer.candidates, chart="candidates", title=PHRASES["candidates"]),
                key="answer-candidates",
            ),
        }

    def cost(self, cost: MoneyRange | None, *, unknown: str) -> dict[str, str | None]:
        if cost is None:
            return {"mid": unknown, "interval": None}
        return {"mid": cost_in_words(cost, self.voice), "interval": cost_interval(cost, self.voice)}

    # ---- the evidence

    def section(self, section: Section) -> dict[str, Any]:
        return {
            "id": section.id,
            "title": self.voice.say(section.title),
            "lead": self.voice.say(section.lead),
            "exhibits": [
                self.exhibit(exhibit, key=f"{section.id}-{place}")
                for place, exhibit in enumerate(section.exhibits, 1)
            ],
        }

    def exhibit(self, exhibit: Exhibit, *, key: str) -> dict[str, Any]:
        result = exhibit.result
        title = chart_title(result=result, voice=self.voice)
        if exhibit.title is not None:
            title = self.voice.say(exhibit.title)
        reading = READINGS.get(exhibit.chart or "")
        return {
            "key": key,
            "title": title,
            "sentence": self.voice.say(result.sentence),
            "status": result.status,
            "charts": self.charts(exhibit, key=key, title=title),
            "reading": None if reading is None else self.voice.say(reading),
            "table": self.table(exhibit),
            "conditions": self.conditions(result),
            "definition": definition_id(result.definition),
            "definition_name": self.definition_name(result.definition),
            "limits": [
                (place, self.phrase(f"severity_{caveat.severity}"))
                for place, caveat in enumerate(self.report.caveats, 1)
                if caveat in result.caveats
            ],
        }

    def charts(self, exhibit: Exhibit, *, key: str, title: str) -> list[tuple[str, Markup]]:
        if exhibit.chart is None:
            return []
        drawn = (
            (
                name,
                chart_svg(
                    chart=exhibit.chart,
                    result=exhibit.result,
                    voice=self.voice,
                    width=width,
                    key=f"{key}-{name}",
                    title=title,
                    says=self.voice.say(exhibit.result.sentence),
                ),
            )
            for name, width in (("wide", WIDE), ("narrow", NARROW))
        )
        return [(name, svg) for name, svg in drawn if svg is not None]

    def table(self, exhibit: Exhibit) -> dict[str, Any]:
        if exhibit.chart in GRIDS:
            table = grid_table(chart=exhibit.chart, result=exhibit.result, voice=self.voice)
        else:
            limit = _FEWER_ROWS.get(exhibit.chart or "", MOST_ROWS)
            table = readable_table(result=exhibit.result, voice=self.voice, limit=limit)
        tall = len(table.rows) > _TALL and len(table.headings) <= _SLIM
        return {
            "headings": table.headings,
            "rows": table.rows,
            "cut": self.cut(table),
            "shape": "grid" if exhibit.chart in GRIDS else "tall" if tall else "",
        }

    def cut(self, table: ReadableTable) -> str | None:
        if len(table.rows) >= table.total:
            return None
        shown, total = words.count(len(table.rows)), words.count(table.total)
        return self.phrase("some_rows").format(shown=shown, total=total)

    def conditions(self, result: Result) -> list[tuple[str, str]]:
        definition = result.definition
        return [
            ("n", words.count(result.n)),
            (self.phrase("basis"), self.voice.say(BASES[definition.basis])),
            (self.phrase("as_of"), self.day(result.as_of)),
        ]

    # ---- limits and definitions

    def caveat(self, caveat: Caveat, place: int) -> dict[str, Any]:
        return {
            "place": place,
            "severity": caveat.severity,
            "word": self.phrase(f"severity_{caveat.severity}"),
            "says": self.voice.say(caveat.says),
            "about": about_in_words(caveat=caveat, voice=self.voice),
            "evidence": evidence_in_words(caveat=caveat, voice=self.voice),
            "forbids": forbidden_in_words(caveat=caveat, voice=self.voice),
        }

    def definition_name(self, definition: Definition) -> str:
        version = Text(en=f"version {definition.version}", ja=f"第{definition.version}版")
        return f"{definition.id} {self.voice.say(version)}"

    def definition(self, definition: Definition) -> dict[str, Any]:
        sentences: list[tuple[str, Text]] = [
            ("numerator", definition.numerator),
            ("denominator", definition.denominator),
            ("window", definition.window),
            ("rules", definition.rules),
        ]
        unit = UNITS.get(definition.unit)
        return {
            "id": definition_id(definition),
            "label": self.voice.say(definition.label),
            "name": self.definition_name(definition),
            "rows": [
                *((self.phrase(name), self.voice.say(text)) for name, text in sentences),
                (self.phrase("basis"), self.voice.say(BASES[definition.basis])),
                (self.phrase("unit"), definition.unit if unit is None else self.voice.say(unit)),
            ],
        }


def definition_id(definition: Definition) -> str:
    """The fragment that links to a definition: letters, digits and '-' only."""
    return (
        f"def-{re.sub(r'[^a-z0-9]+', '-', definition.id.lower()).strip('-')}-v{definition.version}"
    )
