"""A report as JSON for machines: every result with its conditions, nothing rounded, nothing lost.

The shape is documented in docs/json.md. `schema` goes up when a key changes its meaning or goes
away; a new key doesn't raise it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from kyogyo.analytics.readable import records_of
from kyogyo.analytics.results import Caveat, Definition, Result
from kyogyo.reports.contents import (
    Answer,
    Exhibit,
    FileRead,
    MoneyRange,
    Report,
    Section,
    StreamStage,
)
from kyogyo.words import Text

SCHEMA = 1

Json = Any  # what json.dumps takes: dict, list, str, int, float, bool or None


def render_json(*, report: Report) -> dict[str, Json]:
    """The whole report, always in the same order; `json.dumps(..., allow_nan=False)` takes it."""
    return {
        "schema": SCHEMA,
        "title": _text(report.title),
        "organisation": _text(report.organisation),
        "notice": _text_or_none(report.notice),
        "model_version": report.model_version,
        "as_of": report.as_of,
        "covers": None if report.covers is None else list(report.covers),
        "made_at": report.made_at,
        "zone": report.zone,
        "currency": report.currency,
        "generated_from": list(report.generated_from),
        "answer": _answer(report.answer),
        "next_actions": [_text(each) for each in report.next_actions],
        "stream": [_stage(each) for each in report.stream],
        "sections": [_section(each) for each in report.sections],
        "caveats": [_caveat(each) for each in report.caveats],
        "definitions": [_definition(each) for each in report.definitions],
        "files": [_file(each) for each in report.files],
        "labels": {code: _text(report.labels[code]) for code in sorted(report.labels)},
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _text_or_none(text: Text | None) -> dict[str, str] | None:
    return None if text is None else _text(text)


def _plain(value: Json) -> Json:
    """A value that JSON has: a number that isn't finite is unknown, so null."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)


def _mapping(values: Mapping[str, Json]) -> dict[str, Json]:
    return {key: _plain(value) for key, value in values.items()}


def _answer(answer: Answer) -> dict[str, Json]:
    return {
        "status": answer.status,
        "stage": answer.stage,
        "step": _text_or_none(answer.step_label),
        "headline": _text(answer.headline),
        "paragraph": _text(answer.paragraph),
        "cost_per_month": _cost(answer.cost_per_month),
        "probability_top": _plain(answer.probability_top),
        "reasons": [_text(each) for each in answer.reasons],
        "candidates": result_as_json(answer.candidates),
    }


def _cost(cost: MoneyRange | None) -> dict[str, Json] | None:
    if cost is None:
        return None
    numbers = {"mid": cost.mid, "lo": cost.lo, "hi": cost.hi, "level": cost.level}
    return {**_mapping(numbers), "unit": cost.unit}


def _stage(stage: StreamStage) -> dict[str, Json]:
    known = stage.measured
    return {
        "code": stage.code,
        "label": _text(stage.label),
        "department": _text(stage.department),
        "measured": known,
        "marked": stage.marked,
        "entered": stage.entered if known else None,
        "balance": stage.balance if known else None,
        "rate": _plain(stage.rate),
        "rate_lo": _plain(stage.rate_lo),
        "rate_hi": _plain(stage.rate_hi),
        "rate_n": stage.rate_n,
        "rate_note": _text_or_none(stage.rate_note),
        "median_s": _plain(stage.median_s),
        "note": _text_or_none(stage.note),
    }


def _section(section: Section) -> dict[str, Json]:
    return {
        "id": section.id,
        "title": _text(section.title),
        "lead": _text(section.lead),
        "exhibits": [_exhibit(each) for each in section.exhibits],
    }


def _exhibit(exhibit: Exhibit) -> dict[str, Json]:
    return {
        "title": _text_or_none(exhibit.title),
        "chart": exhibit.chart,
        "result": result_as_json(exhibit.result),
    }


def result_as_json(result: Result) -> dict[str, Json]:
    """One result with its conditions. `definition` is 'id@version', a key of `definitions`."""
    return {
        "question": result.question,
        "status": result.status,
        "definition": _reference(result.definition),
        "basis": result.definition.basis,
        "unit": result.definition.unit,
        "n": result.n,
        "as_of": result.as_of,
        "model_version": result.model_version,
        "sentence": _text(result.sentence),
        "facts": _mapping(result.facts),
        "columns": list(result.table.column_names),
        "rows": [_mapping(record) for record in records_of(result)],
        "caveats": [_caveat(each) for each in result.caveats],
    }


def _reference(definition: Definition) -> str:
    return f"{definition.id}@{definition.version}"


def _caveat(caveat: Caveat) -> dict[str, Json]:
    return {
        "code": caveat.code,
        "severity": caveat.severity,
        "about": list(caveat.about),
        "says": _text(caveat.says),
        "evidence": _mapping(caveat.evidence),
        "forbids": list(caveat.forbids),
    }


def _definition(definition: Definition) -> dict[str, Json]:
    return {
        "key": _reference(definition),
        "id": definition.id,
        "version": definition.version,
        "label": _text(definition.label),
        "basis": definition.basis,
        "unit": definition.unit,
        "numerator": _text(definition.numerator),
        "denominator": _text(definition.denominator),
        "window": _text(definition.window),
        "rules": _text(definition.rules),
    }


def _file(file: FileRead) -> dict[str, Json]:
    return {
        "name": file.name,
        "source": file.source,
        "taken": file.taken,
        "unchanged": file.unchanged,
        "refused": file.refused,
        "retracted": file.retracted,
        "verdicts": file.verdicts,
        "notes": [_text(each) for each in file.notes],
    }
