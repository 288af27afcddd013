"""What must hold of a `[[sources]]` section: the keys that its shape needs, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from kyogyo.revenue_model.declaration import Declaration
from kyogyo.revenue_model.lines import Path
from kyogyo.revenue_model.problems import Problem
from kyogyo.revenue_model.references import unknown
from kyogyo.revenue_model.sources import Source
from kyogyo.words import Text

_NEEDED_COLUMNS = {
    "record": ("journey",),
    "events": ("journey", "stage", "at"),
    "history": ("journey", "new", "at"),
    "revenue": ("account", "period", "amount"),
    "attributes": (),
}
# Keys that mean something in some shapes only. Elsewhere they would be overlooked in silence.
_KEYS_OF = {
    "stages": ("record",),
    "stage_owner": ("record",),
    "stage_amount": ("record",),
    "status": ("record",),
    "stage_values": ("events", "history"),
    "ignore_values": ("record", "events", "history"),
    "history_field": ("history",),
    "enters": ("revenue",),
}
_COLUMNS_OF = {
    "stage": ("events",),
    "field": ("history",),
    "old": ("history",),
    "new": ("history",),
    "period": ("revenue",),
}


_NO_STAGE = Text(
    en="A source of the shape record says which column dates which stage: "
    'add stages = { stage = "column" }, or status.',
    ja="shape が record のデータ元には、どの列がどのフェーズの日付かが必要です。"
    'stages = { フェーズ = "列名" } か status を加えてください。',
)


def problems_of_sources(declared: Declaration) -> Iterator[Problem]:
    """Every problem of every source that could be read."""
    for index, source in declared.sources:
        where: Path = ("sources", index)
        yield from _needs(source, where)
        yield from _has_no_use_for(source, where)
        yield from _unknown_codes(source, where, declared)
        yield from _stage_columns(source, where)
        for text in source.ignore_values:
            if text in source.stage_values:
                yield Problem(
                    (*where, "ignore_values"),
                    Text(
                        en=f'"{text}" is ignored here and has a stage in stage_values. '
                        "Take it away from one of them.",
                        ja=f"「{text}」が ignore_values と stage_values の両方にあります。"
                        "どちらか一方にしてください。",
                    ),
                )


def _needs(source: Source, where: Path) -> Iterator[Problem]:
    needed = _NEEDED_COLUMNS[source.shape]
    if source.shape == "attributes":
        needed = (source.key,)
    for name in needed:
        if getattr(source.columns, name) is None:
            yield Problem((*where, "columns"), _lacks_column(name, source.shape))
    if source.shape == "record" and not source.stages and source.status is None:
        yield Problem(where, _NO_STAGE)
    if source.shape == "attributes" and not source.attributes:
        yield Problem(where, _lacks_key("attributes", source.shape))
    if source.columns.field is not None and source.history_field is None:
        yield Problem(where, _lacks_key("history_field", source.shape))
    if source.history_field is not None and source.columns.field is None:
        yield Problem((*where, "columns"), _lacks_column("field", source.shape))


def _lacks_column(name: str, shape: str) -> Text:
    return Text(
        en=f'"{name}" is missing: a source of the shape {shape} needs it. '
        f'Add {name} = "the column\'s name".',
        ja=f"「{name}」がありません。shape が {shape} のデータ元には必要です。"
        f'{name} = "列名" を加えてください。',
    )


def _lacks_key(name: str, shape: str) -> Text:
    return Text(
        en=f'"{name}" is missing: a source of the shape {shape} needs it.',
        ja=f"「{name}」がありません。shape が {shape} のデータ元には必要です。",
    )


def _has_no_use_for(source: Source, where: Path) -> Iterator[Problem]:
    for name, shapes in _KEYS_OF.items():
        if getattr(source, name) and source.shape not in shapes:
            yield Problem((*where, name), _useless(name, source.shape, shapes))
    for name, shapes in _COLUMNS_OF.items():
        if getattr(source.columns, name) is not None and source.shape not in shapes:
            yield Problem((*where, "columns", name), _useless(name, source.shape, shapes))


def _useless(name: str, shape: str, shapes: tuple[str, ...]) -> Text:
    return Text(
        en=f'"{name}" says nothing in a source of the shape {shape}; '
        f"it is for {', '.join(shapes)}. Take it away, or change the shape.",
        ja=f"「{name}」は shape が {shape} のデータ元では使えません（{'、'.join(shapes)} 用）。"
        "消すか、shape を変えてください。",
    )


def _unknown_codes(source: Source, where: Path, declared: Declaration) -> Iterator[Problem]:
    yield from unknown("track", source.track, declared.tracks, (*where, "track"))
    yield from unknown("stage", source.enters, declared.stages, (*where, "enters"))
    for key in ("stages", "stage_owner", "stage_amount"):
        for code in getattr(source, key):
            yield from unknown("stage", code, declared.stages, (*where, key, code))
    for text, code in source.stage_values.items():
        yield from unknown("stage", code, declared.stages, (*where, "stage_values", text))
    if source.status is not None:
        for text, code in source.status.values.items():
            yield from unknown("stage", code, declared.stages, (*where, "status", "values", text))


def _stage_columns(source: Source, where: Path) -> Iterator[Problem]:
    """An owner or amount of a stage that the source never enters."""
    entered = {*source.stages, *(source.status.values.values() if source.status else ())}
    for key in ("stage_owner", "stage_amount"):
        for code in getattr(source, key):
            if entered and code not in entered:
                yield Problem(
                    (*where, key, code),
                    Text(
                        en=f'"{code}" has no date in stages or status, so no entry could carry this.',
                        ja=f"「{code}」の日付が stages にも status にもないため、使われません。",
                    ),
                )
