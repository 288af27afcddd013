"""Which dates and words of a file are stages of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kyogyo.usecases.guessing import names
from kyogyo.usecases.guessing.profiles import Column
from kyogyo.usecases.guessing.sheet import (
    LIKELY,
    NEAR,
    PERHAPS,
    SURE,
    Sheet,
    is_record_keeping,
)
from kyogyo.usecases.importing.stage_words import folded
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel


def stage_values(sheet: Sheet, column: Column) -> dict[str, Any]:
    """Texts that aren't the model's own words but are close to one; the rest is to be decided."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 -- slow import

    known = {key: number for key, number in sheet.words.folded.items() if len(key) > 1}
    for stage in reversed(sheet.model.stages):
        for part in (*_parts(stage.label.ja), *_parts(stage.label.en)):
            known.setdefault(folded(part), sheet.model.stage_number(stage.code))
    values: dict[str, str] = {}
    unknown = []
    for text in column.texts:
        if text in column.stages:
            continue
        near = process.extractOne(folded(text), list(known), scorer=fuzz.ratio, score_cutoff=NEAR)
        if near:
            values[text] = sheet.model.stages[known[near[0]] - 1].code
        else:
            unknown.append(text)
    if unknown:
        listed = ", ".join(f'"{text}"' for text in unknown[:12])
        sheet.open.append(
            Text(
                en=f'Values of "{column.name}" that are no stage of the model: {listed}. Add '
                "them to stage_values or ignore_values, or their rows will be refused.",
                ja=f"「{column.name}」の次の値はモデルのフェーズにありません: {listed}。stage_values か "
                "ignore_values に加えてください。加えない場合、その行は取り込まれません。",
            )
        )
    return {"stage_values": values} if values else {}


def _parts(label: str) -> list[str]:
    """The words that a label joins: 提案 and 稟議準備 of 提案・稟議準備."""
    return [part.strip() for part in re.split(r"[・/／、,（()）]", label) if len(part.strip()) > 1]


def stage_dates(sheet: Sheet, times: Sequence[Column]) -> dict[str, str]:
    """Stage code -> date column, by what the columns' names say."""
    stages: dict[str, str] = {}
    first = _first_stage(sheet)
    for column in times:
        found = _stage_of(column, sheet.model, first=first)
        if found is None or found[0] in stages or is_record_keeping(column):
            continue
        code, why, confidence = found
        stages[code] = sheet.take(column, f"stages.{code}", why, confidence)
    return stages


def _first_stage(sheet: Sheet) -> str:
    """The stage in which journeys of this file begin: `mql_id` names it, else the first track does."""
    keys = {g.column for g in sheet.guesses.values() if g.role == "columns.journey"}
    for stage in sheet.model.stages:
        if any(folded(key) == folded(f"{stage.code} id") for key in keys):
            return stage.code
    return sheet.model.tracks[0].stages[0]


def _stage_of(column: Column, model: RevenueModel, *, first: str) -> tuple[str, Text, float] | None:
    from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

    name = _without_date_words(column.folded)
    if not name:
        return None
    labels = [(s.code, word) for s in model.stages for word in (s.code, s.label.en, s.label.ja)]
    for code, word in labels:
        if folded(word) in (name, column.folded):
            return (
                code,
                Text(en=f'named like the stage "{word}"', ja=f"フェーズ「{word}」と同じ名前"),
                SURE,
            )
    kinds = (
        (names.LOST, [s.code for s in model.stages if s.type == "lost"]),
        (names.SOLD, [s.code for s in model.stages if s.type == "won"]),
        (names.BEGINNING, [first]),
    )
    for words, codes in kinds:
        for word in words:
            key = folded(word)
            if codes and (
                name == key
                or (len(key) > 2 and name.endswith(key))
                or (not key.isascii() and key in name)
            ):
                why = Text(en=f'"{word}" in its name', ja=f"列名に「{word}」を含む")
                return codes[0], why, LIKELY
    near = max(labels, key=lambda pair: fuzz.ratio(name, folded(pair[1])))
    if fuzz.ratio(name, folded(near[1])) >= 70 or (
        not near[1].isascii()
        and len(folded(near[1])) > 1
        and (folded(near[1]).startswith(name) or name.startswith(folded(near[1])))
    ):
        return (
            near[0],
            Text(en=f'its name is close to "{near[1]}"', ja=f"列名が「{near[1]}」に近い"),
            PERHAPS,
        )
    return None


def _without_date_words(name: str) -> str:
    name = name.removeprefix("property")
    for word in names.OF_DATES:
        key = folded(word)
        # "won" isn't the date of "w".
        least = len(key) + (3 if key.isascii() else 1)
        if name.endswith(key) and len(name) >= least:
            return name.removesuffix(key)
    return name


def status_of(sheet: Sheet, times: Sequence[Column]) -> dict[str, Any] | None:
    """A column with the state a record ended in, dated by a closing date."""
    closing = [c for c in times if c.name not in sheet.guesses and not is_record_keeping(c)]
    states = [c for c in sheet.free() if c.stages and c.stage_share >= 0.5 and not c.is_times]
    if not states:
        return None
    keys = {folded(word) for word in names.CLOSING}
    dated = [c for c in closing if _without_date_words(c.folded) in keys or c.folded in keys]
    if not dated:
        sheet.open.append(
            Text(
                en=f'"{states[0].name}" holds stages, but no column says when each was entered, so '
                "only the dated stages can be taken.",
                ja=f"「{states[0].name}」にフェーズがありますが、いつ入ったかを示す列がないため、日付のあるフェーズだけを取り込みます。",
            )
        )
        return None
    state, at = states[0], dated[0]
    sheet.take(
        state,
        "status.column",
        Text(en="its values are stages of the model", ja="値がモデルのフェーズと一致"),
        LIKELY,
    )
    sheet.take(at, "status.at", Text(en="a closing date", ja="終了日"), LIKELY)
    values = {text: sheet.model.stages[number - 1].code for text, number in state.stages.items()}
    unknown = [text for text in state.texts if text not in values]
    if unknown:
        sheet.open.append(
            Text(
                en=f'Values of "{state.name}" that are no stage: {", ".join(unknown[:8])}. Their rows '
                "will be refused unless you map or ignore them.",
                ja=f"「{state.name}」のうちフェーズでない値: {'、'.join(unknown[:8])}。対応付けるか除外しない限り、その行は取り込まれません。",
            )
        )
    return {"column": state.name, "values": values, "at": at.name}
