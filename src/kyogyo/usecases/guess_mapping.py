"""Propose how a file maps onto the model, with a reason for each column, for a person to confirm.

Names tell most, in English and Japanese; contents decide what a name leaves open: which columns
hold times, which identify something, which hold words of the model. What can't be told is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kyogyo.errors import KyogyoError
from kyogyo.usecases.guessing.profiles import profile
from kyogyo.usecases.guessing.shapes import ATTEMPTS
from kyogyo.usecases.guessing.sheet import ColumnGuess, Sheet
from kyogyo.usecases.importing.open_source import open_source
from kyogyo.usecases.importing.stage_words import stage_words
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel, Source

_SAMPLE = 5_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to be confirmed. `source` is None when the file can't be a history; `refusal` says
    why. `unused` are the columns left out, `open` what a person has to decide."""

    path: Path
    source: Source | None
    guesses: tuple[ColumnGuess, ...] = ()
    unused: tuple[str, ...] = ()
    open: tuple[Text, ...] = ()
    refusal: Text | None = None


def guess_mapping(path: str | Path, *, model: RevenueModel, sheet: str | None = None) -> Proposal:
    """Look at the first rows of the file at `path` and propose a `[[sources]]` section for it.

    Raises SourceError when the file can't be read as a table or log.
    """
    path = Path(path)
    with open_source(path, sheet=sheet) as table:
        batch = next(iter(table.batches(size=_SAMPLE)), None)
        info = table.info
    words = stage_words(source=_blank(), model=model)
    cells: Mapping[str, Sequence[str]] = batch.columns if batch is not None else {}
    columns = [
        profile(name, cells[name], words=words, model=model)
        for name in info.columns
        if name in cells
    ]
    return _propose(Sheet(path, info, model, words, columns, cells), sheet_name=sheet)


def why_unmapped(path: Path, *, model: RevenueModel) -> Text:
    """Why no source reads a file, and what can be done about it."""
    try:
        proposal = guess_mapping(path, model=model)
    except KyogyoError as error:
        return error.text
    if proposal.source is None and proposal.refusal is not None:
        return proposal.refusal
    return Text(
        en=f"No source of the model reads it. To have a mapping proposed: kyogyo import {path.name} --guess",
        ja=f"モデルのどのデータ元にも当てはまりません。対応付けを提案させるには: kyogyo import {path.name} --guess",
    )


def _blank() -> Source:
    from kyogyo.revenue_model import Source  # noqa: PLC0415 -- slow import

    return Source.model_validate({"name": "guess", "file": "*", "shape": "events"})


def _propose(sheet: Sheet, *, sheet_name: str | None) -> Proposal:
    if not sheet.columns or not any(column.filled for column in sheet.columns):
        return _refused(sheet, Text(en="It holds no rows.", ja="データの行がありません。"))
    draft: dict[str, Any] | None = None
    for attempt in ATTEMPTS:
        sheet.guesses.clear()
        sheet.open.clear()
        draft = attempt(sheet)
        if draft is not None:
            break
    if draft is None:
        return _refused(sheet, _no_history(sheet))
    _dates(sheet, draft)
    draft |= {
        "name": _name(sheet, draft["shape"]),
        "file": unicodedata.normalize("NFC", sheet.path.name),
    }
    if sheet_name:
        draft["sheet"] = sheet_name
    track = _track(draft, sheet.model)
    if track is not None:
        draft["track"] = track
    from kyogyo.revenue_model import Source  # noqa: PLC0415 -- slow import

    return Proposal(
        path=sheet.path,
        source=Source.model_validate(draft),
        guesses=tuple(sheet.guesses.values()),
        unused=tuple(column.name for column in sheet.free()),
        open=tuple(sheet.open),
    )


def _refused(sheet: Sheet, why: Text) -> Proposal:
    return Proposal(sheet.path, None, unused=tuple(c.name for c in sheet.columns), refusal=why)


def _no_history(sheet: Sheet) -> Text:
    times = [column.name for column in sheet.columns if column.is_times]
    if not times:
        return Text(
            en="This is not a history: none of its columns holds times, so nothing says when "
            "anything happened. Export it with the dates at which stages were entered. (If it only "
            "describes journeys or accounts that other files bring, map it as attributes.)",
            ja="履歴として取り込めません。日時の列が 1 つもなく、いつ何が起きたのかが分からないためです。"
            "各フェーズに入った日付を含めて書き出してください。(ほかのファイルにある案件や取引先の説明だけなら、"
            "attributes として対応付けられます。)",
        )
    listed = ", ".join(times[:5])
    return Text(
        en=f"No mapping can be proposed: it has times ({listed}), but no stage of the model can be "
        "told from it. Write the [[sources]] section by hand, see docs/importing.md.",
        ja=f"対応付けを提案できません。日時の列({listed})はありますが、モデルのどのフェーズに当たるのか判断できません。"
        "docs/importing.ja.md を見て [[sources]] を書いてください。",
    )


def _name(sheet: Sheet, shape: str) -> str:
    stem = sheet.path.name.split(".")[0]
    code = re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKC", stem).lower()).strip("_")
    code = code if re.match(r"[a-z]", code) else f"{shape}_{code}".strip("_")
    used, number, candidate = {source.name for source in sheet.model.sources}, 2, code
    while candidate in used:
        candidate, number = f"{code}_{number}", number + 1
    return candidate


def _dates(sheet: Sheet, draft: dict[str, Any]) -> None:
    """The order of dates, where the cells prove one that isn't the year first."""
    orders: set[Literal["ymd", "mdy", "dmy"]] = set()
    for column in sheet.columns:
        role = sheet.guesses.get(column.name)
        if role is None or not column.is_times:
            continue
        if column.mixed_order:
            sheet.open.append(
                Text(
                    en=f'The dates of "{column.name}" are written in two orders (day first and month '
                    "first). Correct the export.",
                    ja=f"「{column.name}」の日付は、日が先のものと月が先のものが混在しています。書き出しを直してください。",
                )
            )
        elif column.order is not None:
            orders.add(column.order)
    if len(orders) == 1:
        draft["dates"] = orders.pop()


def _track(draft: Mapping[str, Any], model: RevenueModel) -> str | None:
    """The first track that holds all the stages of the mapping, where the model has several."""
    stages = {
        *draft.get("stages", {}),
        *draft.get("stage_values", {}).values(),
        *draft.get("status", {}).get("values", {}).values(),
    }
    if len(model.tracks) == 1 or not stages:
        return None
    fits = [t.code for t in model.tracks if stages <= {*t.stages, *t.exits}]
    return fits[0] if fits else None
