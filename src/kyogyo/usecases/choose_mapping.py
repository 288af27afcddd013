"""A proposed mapping, changed by a person column by column: what may be chosen, and the source it makes.

The choices are plain words as a form sends them: for each column a role, for each word of the stage
column a stage, and what holds for the file as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.errors import RuleError
from kyogyo.usecases.guess_mapping import Proposal
from kyogyo.usecases.guessing.sheet import attribute_code
from kyogyo.usecases.importing.open_source import open_source
from kyogyo.usecases.importing.stage_words import folded, stage_words
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel, Source

_SAMPLE = 5_000
_BATCHES = 60
_EXAMPLES = 3
_MOST_WORDS = 60
_OWN_NAMES = ("source", "campaign", "segment", "person")
LEFT_OUT, ATTRIBUTE, IGNORED = "", "attribute", "-"

SHAPES = {
    "record": Text(
        "One row a deal, with a date column a stage", "1行が1案件（フェーズごとに日付の列）"
    ),
    "events": Text(
        "One row an event: a deal entered a stage", "1行が1つの出来事（案件がフェーズに入った）"
    ),
    "history": Text("One row a change of a field", "1行が1つの項目の変更（変更履歴）"),
    "revenue": Text("One row an account and period, with revenue", "1行が取引先と期間の売上"),
    "attributes": Text(
        "More about deals that other files bring", "ほかのファイルの案件への追加情報"
    ),
}
_COLUMNS = {
    "journey": Text("Key of the deal", "案件のキー"),
    "account": Text("Account", "取引先"),
    "stage": Text("Stage", "フェーズ"),
    "at": Text("When it happened", "日時"),
    "field": Text("Which field changed", "変更された項目"),
    "old": Text("Value before", "変更前の値"),
    "new": Text("Value after", "変更後の値"),
    "period": Text("Period", "対象期間"),
    "amount": Text("Amount", "金額"),
    "currency": Text("Currency", "通貨"),
    "owner": Text("Owner", "担当者"),
    "department": Text("Department", "部門"),
    "person": Text("Person at the account", "先方の担当者"),
    "source": Text("Source of the lead", "流入元"),
    "campaign": Text("Campaign", "施策"),
    "segment": Text("Segment", "セグメント"),
    "recorded_at": Text("When it was written down", "記録された日時"),
    "event_id": Text("Key of the event", "出来事のキー"),
}
_SHARED = ("account", "owner", "amount", "currency", "person", "source", "campaign", "segment", "recorded_at")  # fmt: skip
_COLUMNS_OF = {
    "record": ("journey", *_SHARED),
    "events": ("journey", "stage", "at", *_SHARED, "department", "event_id"),
    "history": ("journey", "field", "old", "new", "at", *_SHARED),
    "revenue": ("account", "period", "amount", "currency", "recorded_at"),
    "attributes": ("journey", "account", "source", "campaign", "segment"),
}
DATES = {
    "": Text("year first, or as the cells prove", "年が先、または値から判断"),
    "ymd": Text("year, month, day", "年・月・日"),
    "mdy": Text("month, day, year", "月・日・年"),
    "dmy": Text("day, month, year", "日・月・年"),
}


@dataclass(frozen=True)
class Choices:
    """What a person chose for one file. `roles`: column -> role; `words`: word -> stage, or '-' for none.

    `words_of` is the column (and field) whose words were shown when they were chosen.
    """

    shape: str
    file: str
    track: str = ""
    dates: str = ""
    history_field: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    words_of: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column of the file: some of what it holds, and why it was taken for what it was."""

    name: str
    examples: tuple[str, ...]
    why: Text | None
    confidence: float


@dataclass(frozen=True)
class FileLook:
    """A file that no source reads, as it is shown to be mapped."""

    path: Path
    proposal: Proposal
    columns: tuple[ColumnLook, ...]


def look_at(proposal: Proposal) -> FileLook:
    """The columns of a proposal's file with what they hold. Raises SourceError."""
    with open_source(proposal.path, sheet=None) as table:
        batch = next(iter(table.batches(size=_SAMPLE)), None)
        names = table.info.columns
    cells: Mapping[str, Sequence[str]] = batch.columns if batch is not None else {}
    guesses = {one.column: one for one in proposal.guesses}
    columns = []
    for name in names:
        seen = dict.fromkeys(cell.strip() for cell in cells.get(name, ()) if cell.strip())
        guess = guesses.get(name)
        columns.append(
            ColumnLook(
                name,
                tuple(list(seen)[:_EXAMPLES]),
                guess.why if guess else None,
                guess.confidence if guess else 0.0,
            )
        )
    return FileLook(proposal.path, proposal, tuple(columns))


def proposed(look: FileLook, *, model: RevenueModel) -> Choices:
    """The proposal as choices; without one, everything is left out."""
    source = look.proposal.source
    if source is None:
        return Choices(shape="record", file=look.path.name)
    roles: dict[str, str] = {}
    for role, column in _roles_of(source):
        roles.setdefault(column, role)
    choices = Choices(
        shape=source.shape,
        file=source.file,
        track=source.track or "",
        dates=source.dates or "",
        history_field=source.history_field or "",
        roles=roles,
    )
    return with_words(choices, look=look, model=model)


def with_words(choices: Choices, *, look: FileLook, model: RevenueModel) -> Choices:
    """The choices with a stage for each word of the stage column: as chosen before, else as guessed."""
    source = look.proposal.source
    known = stage_words(source=source, model=model).folded if source else {}
    mapped = {}
    if source is not None:
        mapped = {**source.stage_values, **(source.status.values if source.status else {})}
    chosen: dict[str, str] = {}
    for word in words_at(_place_of_words(choices), look=look):
        number = known.get(folded(word))
        guessed = mapped.get(word) or (model.stages[number - 1].code if number else IGNORED)
        chosen[word] = choices.words.get(word, guessed)
    return replace(choices, words=chosen, words_of=_place_of_words(choices))


def is_stale(choices: Choices) -> bool:
    """Whether the words shown are those of another column than the one that is chosen now."""
    return choices.words_of != _place_of_words(choices)


def roles_for(shape: str, *, model: RevenueModel) -> list[tuple[str, Text]]:
    """What a column of a file of this shape can be."""
    roles = [(LEFT_OUT, Text("not used", "使わない"))]
    roles += [(f"columns.{name}", _COLUMNS[name]) for name in _COLUMNS_OF[shape]]
    if shape == "record":
        roles += [
            ("status.column", Text("How it ended (words below)", "最終状態（値は下で対応付け）")),
            ("status.at", Text("Date of the end", "終了した日")),
        ]
        roles += [
            (
                f"stages.{stage.code}",
                Text(f"Date: entered {stage.label.en}", f"日付：「{stage.label.ja}」に入った日"),
            )
            for stage in model.stages
        ]
        roles += [
            (
                f"stage_amount.{stage.code}",
                Text(f"Amount at {stage.label.en}", f"「{stage.label.ja}」の時点の金額"),
            )
            for stage in model.stages
            if stage.type == "won"
        ]
    if shape != "revenue":
        roles.append((ATTRIBUTE, Text("A value to compare by", "分析で比べる値")))
    return roles


def source_from(choices: Choices, *, look: FileLook, model: RevenueModel) -> Source:
    """The source that the choices make. Raises RuleError for what contradicts itself."""
    from kyogyo.revenue_model import Source  # noqa: PLC0415 -- slow import

    given = look.proposal.source
    if choices.shape not in SHAPES:
        raise RuleError(
            en="Choose what a row of the file is.", ja="ファイルの1行が何を表すかを選んでください。"
        )
    draft: dict[str, Any] = {
        "name": given.name if given else _name(look.path, model=model),
        "file": choices.file.strip() or look.path.name,
        "shape": choices.shape,
        "columns": {},
    }
    taken: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for column, role in choices.roles.items():
        if role == ATTRIBUTE:
            attributes[attribute_code(column, taken=[*attributes, *_OWN_NAMES])] = column
        elif role != LEFT_OUT:
            if role in taken:
                raise _twice(role, taken[role], column, shape=choices.shape, model=model)
            taken[role] = column
    status: dict[str, Any] = {}
    for role, column in taken.items():
        kind, _, name = role.partition(".")
        target = status if kind == "status" else draft.setdefault(kind, {})
        target[name] = column
    if attributes:
        draft["attributes"] = attributes
    if choices.shape == "attributes" and "account" in draft["columns"]:
        draft["key"] = "account" if "journey" not in draft["columns"] else "journey"
    if given is not None and given.enters and choices.shape == "revenue":
        draft["enters"] = given.enters
    _put_words(draft, status, choices=choices)
    for key in ("track", "dates"):
        if getattr(choices, key):
            draft[key] = getattr(choices, key)
    if choices.history_field and choices.shape == "history":
        draft["history_field"] = choices.history_field
    return Source.model_validate(draft)


def _put_words(draft: dict[str, Any], status: dict[str, Any], *, choices: Choices) -> None:
    stages = {word: stage for word, stage in choices.words.items() if stage != IGNORED}
    ignored = [word for word, stage in choices.words.items() if stage == IGNORED]
    if status:
        if set(status) != {"column", "at"} or not stages:
            raise RuleError(
                en="A final state needs its column, the column with its date, and a stage for at least one of its words.",
                ja="最終状態には、状態の列・終了した日の列・少なくとも1つの値に対応するフェーズが必要です。",
            )
        draft["status"] = {**status, "values": stages}
    elif choices.shape in ("events", "history"):
        draft["stage_values"] = stages
    else:
        return
    draft["ignore_values"] = ignored


def _place_of_words(choices: Choices) -> str:
    """Where the words for stages stand: the column, in a history also the field that is meant."""
    wanted = {"record": "status.column", "events": "columns.stage", "history": "columns.new"}
    column = _column(choices, wanted.get(choices.shape, "-"))
    if choices.shape != "history" or not column:
        return column
    return "\t".join((column, _column(choices, "columns.field"), choices.history_field))


def _column(choices: Choices, role: str) -> str:
    return next((name for name, has in choices.roles.items() if has == role), "")


def words_at(place: str, *, look: FileLook) -> list[str]:
    """The different words that stand at a place, as `Choices.words_of` names it; the first of them."""
    column, beside, of = (*place.split("\t"), "", "")[:3]
    if column not in {one.name for one in look.columns}:
        return []
    words: dict[str, None] = {}
    # A word that comes up late, as the open deals at the end of an export do, is to be seen too.
    with open_source(look.path, sheet=None) as table:
        for batch in islice(table.batches(size=_SAMPLE), _BATCHES):
            cells = batch.columns[column]
            others = batch.columns.get(beside, cells) if of else cells
            words |= {
                cell.strip(): None
                for cell, other in zip(cells, others, strict=True)
                if cell.strip() and (not of or not beside or other.strip() == of)
            }
            if len(words) >= _MOST_WORDS:
                break
    return list(words)[:_MOST_WORDS]


def _roles_of(source: Source) -> Iterator[tuple[str, str]]:
    """Each role that the source gives a column, the more telling first."""
    if source.status is not None:
        yield "status.column", source.status.column
    for kind in ("stages", "stage_amount"):
        for code, column in getattr(source, kind).items():
            yield f"{kind}.{code}", column
    if source.status is not None:
        yield "status.at", source.status.at
    for name, column in source.columns.model_dump(exclude_none=True).items():
        yield f"columns.{name}", column
    for column in source.attributes.values():
        yield ATTRIBUTE, column


def _name(path: Path, *, model: RevenueModel) -> str:
    used = {source.name for source in model.sources}
    code = attribute_code(path.stem, taken=used)
    return code if code != "attribute" else attribute_code("file", taken=used)


def _twice(role: str, one: str, other: str, *, shape: str, model: RevenueModel) -> RuleError:
    label = dict(roles_for(shape, model=model)).get(role, Text(role, role))
    return RuleError(
        en=f"Both “{one}” and “{other}” are taken as: {label.en}. Choose one of them.",
        ja=f"「{one}」と「{other}」の両方が「{label.ja}」になっています。どちらか一方にしてください。",
    )
