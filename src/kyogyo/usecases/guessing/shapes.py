"""Try each shape on a file; the first that fits gives the draft of a mapping."""

from __future__ import annotations

from typing import Any

from kyogyo.usecases.guessing import names
from kyogyo.usecases.guessing.profiles import Column, profile
from kyogyo.usecases.guessing.sheet import (
    LIKELY,
    SURE,
    Sheet,
    add_amount,
    add_known_attributes,
    add_owner,
    is_record_keeping,
    journey_column,
    key_columns,
    text_columns,
    time_column,
)
from kyogyo.usecases.guessing.stages import stage_dates, stage_values, status_of
from kyogyo.usecases.importing.stage_words import folded
from kyogyo.words import Text


def as_history(sheet: Sheet) -> dict[str, Any] | None:
    old = sheet.by_name("columns.old", names.OLD)
    new = sheet.by_name("columns.new", names.NEW)
    if old is None or new is None:
        return None
    at = time_column(sheet)
    journey = journey_column(sheet)
    if at is None or journey is None:
        return None
    columns = {"journey": journey, "old": old.name, "new": new.name, "at": at}
    draft: dict[str, Any] = {"shape": "history", "columns": columns}
    among = [column for column in sheet.free() if column.distinct <= 200]
    named = sheet.by_name("columns.field", names.FIELD, among=among)
    if named is not None:
        stage = next(
            (t for t in named.texts if folded(t) in {folded(n) for n in names.STATE}), None
        )
        if stage is None:
            sheet.open.append(_which_field(named))
            return None
        draft |= {"history_field": stage}
        columns["field"] = named.name
        new = _where(sheet, new, named, stage)
    add_owner(sheet, columns)
    return draft | stage_values(sheet, new)


def _where(sheet: Sheet, column: Column, other: Column, value: str) -> Column:
    """The column again, seen only in the rows where another has a value."""
    pairs = zip(sheet.cells[column.name], sheet.cells[other.name], strict=True)
    cells = [cell for cell, beside in pairs if beside.strip() == value]
    return profile(column.name, cells, words=sheet.words, model=sheet.model)


def _which_field(column: Column) -> Text:
    listed = ", ".join(column.texts[:8])
    return Text(
        en=f'Which value of "{column.name}" means the stage? ({listed})',
        ja=f"「{column.name}」のどの値がフェーズの変更ですか({listed})。",
    )


def as_revenue(sheet: Sheet) -> dict[str, Any] | None:
    among = [c for c in sheet.free() if c.periods >= 0.95 and c.distinct < c.rows]
    period = sheet.by_name("columns.period", names.PERIOD, among=among)
    if period is None:
        return None
    account = sheet.by_name("columns.account", names.ACCOUNT, among=key_columns(sheet))
    amounts = [c for c in sheet.free() if c.amounts >= 0.95]
    amount = sheet.by_name("columns.amount", names.REVENUE_AMOUNT, among=amounts)
    if account is None or amount is None:
        return None
    after = [stage for stage in sheet.model.stages if stage.type == "ongoing"]
    draft: dict[str, Any] = {
        "shape": "revenue",
        "columns": {"account": account.name, "period": period.name, "amount": amount.name},
    }
    if len(after) == 1:
        draft["enters"] = after[0].code
        sheet.open.append(_enters(after[0].code))
    return draft


def _enters(code: str) -> Text:
    return Text(
        en=f'First revenue is taken as the entry into "{code}". Remove `enters` if it is not.',
        ja=f"最初の売上を「{code}」に入った時点とみなします。違う場合は enters を消してください。",
    )


def as_events(sheet: Sheet) -> dict[str, Any] | None:
    known = [
        c for c in sheet.free() if c.stage_share >= 0.5 and c.distinct < c.rows and not c.is_times
    ]
    stage = sheet.by_name("columns.stage", names.STAGE, among=known)
    if stage is None and known:
        stage = max(known, key=lambda column: column.stage_share)
        why = Text(en="its values are stages of the model", ja="値がモデルのフェーズと一致")
        sheet.take(stage, "columns.stage", why, LIKELY)
    if stage is None:
        logs = [c for c in sheet.free() if 1 < c.distinct <= 100 and not c.is_times]
        stage = sheet.by_name("columns.stage", names.STAGE[:2], among=logs)
    if stage is None:
        return None
    journey, at = journey_column(sheet, repeats=True), time_column(sheet)
    if journey is None or at is None:
        return None
    columns = {"journey": journey, "stage": stage.name, "at": at}
    add_owner(sheet, columns)
    ids = [c for c in sheet.free() if c.is_unique]
    event = sheet.by_name("columns.event_id", names.EVENT_ID, among=ids)
    if event is not None:
        columns["event_id"] = event.name
    draft: dict[str, Any] = {"shape": "events", "columns": columns}
    draft |= stage_values(sheet, stage)
    add_known_attributes(sheet, columns, draft, keep=lambda name: name.startswith("case:"))
    return draft


def as_record(sheet: Sheet) -> dict[str, Any] | None:
    times = [column for column in sheet.columns if column.is_times]
    if not times:
        return None
    journey = journey_column(sheet)
    if journey is None:
        return None
    columns = {"journey": journey}
    draft: dict[str, Any] = {"shape": "record", "columns": columns}
    stages = stage_dates(sheet, times)
    status = status_of(sheet, times)
    if not stages and status is None:
        return None
    begun = [sheet.guesses[column] for column in stages.values()]
    if status is None and all(guess.confidence < SURE for guess in begun):
        sheet.open.append(_is_it_a_journey(journey))
    draft |= {"stages": stages} if stages else {}
    draft |= {"status": status} if status else {}
    account = sheet.by_name("columns.account", names.ACCOUNT, among=text_columns(sheet))
    if account is not None:
        columns["account"] = account.name
    add_owner(sheet, columns)
    add_amount(sheet, columns, draft)
    add_known_attributes(sheet, columns, draft)
    for column in sheet.free():
        if column.is_times and not is_record_keeping(column):
            sheet.open.append(_which_stage(column))
    return draft


def _is_it_a_journey(key: str) -> Text:
    return Text(
        en=f'Every table has dates of creation. Make sure that "{key}" identifies a lead or deal here, '
        "and not a task, a product or a person.",
        ja=f"作成日はどの表にもあります。「{key}」が作業や商品や人ではなく、リードまたは案件を表すことを確かめてください。",
    )


def _which_stage(column: Column) -> Text:
    return Text(
        en=f'"{column.name}" holds dates. If they are those of a stage, add it to `stages`.',
        ja=f"「{column.name}」は日付の列です。フェーズに入った日付なら stages に加えてください。",
    )


def as_attributes(sheet: Sheet) -> dict[str, Any] | None:
    """A file without times that adds to what other sources of the model already bring."""
    known: dict[str, str] = {}
    for source in sheet.model.sources:
        for key in ("journey", "account"):
            column = getattr(source.columns, key)
            if column is not None:
                known.setdefault(folded(column), key)
    for column in key_columns(sheet):
        kind = known.get(column.folded)
        if kind is None or not column.is_unique:
            continue
        why = Text(
            en="another source of the model is keyed by it", ja="モデルの別のデータ元と同じキー"
        )
        columns = {kind: sheet.take(column, f"columns.{kind}", why, SURE)}
        draft: dict[str, Any] = {"shape": "attributes", "key": kind, "columns": columns}
        add_known_attributes(sheet, columns, draft)
        return draft if draft.get("attributes") else None
    return None


# The most telling first: a file of changes also looks like a log, a log also like records.
ATTEMPTS = (as_history, as_revenue, as_events, as_record, as_attributes)
