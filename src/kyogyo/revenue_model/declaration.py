"""What could be read of a model file, so that its parts can be checked against each other even
when some of them are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from kyogyo.revenue_model import schema
from kyogyo.revenue_model.parts import Declared
from kyogyo.revenue_model.sources import Source

_NEEDED = ("departments", "tracks", "stages")
_PARTS = ("clocks", "exit_criteria")
Part = TypeVar("Part", bound=Declared)


@dataclass(frozen=True)
class Section(Generic[Part]):
    """The entries of one list of the file.

    `entries` are those that could be read, each with its position in the file; `codes` those of
    every entry, in file order, readable or not, so that one fault isn't told twice; `written` how
    many entries the file has.
    """

    name: str
    entries: tuple[tuple[int, Part], ...]
    codes: tuple[str, ...]
    written: int = 0

    def __iter__(self) -> Iterator[tuple[int, Part]]:
        return iter(self.entries)

    def __contains__(self, code: object) -> bool:
        # "Budget" is told as a code that is written wrongly; what refers to "budget" is right.
        return code in self.codes or code in {other.lower() for other in self.codes}

    @property
    def is_known(self) -> bool:
        """Whether every entry says its code. If not, a word may well be one of the missing ones."""
        return self.written == len(self.codes) and (self.written > 0 or self.name not in _NEEDED)

    def find(self, code: str) -> Part | None:
        """The readable entry of this code, or None."""
        return next((entry for _, entry in self.entries if code_of(entry) == code), None)


@dataclass(frozen=True)
class Declaration:
    """Every section of a model file, as far as it could be read."""

    departments: Section[schema.Department]
    tracks: Section[schema.Track]
    stages: Section[schema.Stage]
    handoffs: Section[schema.Handoff]
    questions: Section[schema.Question]
    reasons: Section[schema.Reason]
    channels: Section[schema.Channel]
    metrics: Section[schema.Metric]
    goals: Section[schema.Goal]
    values: Section[schema.Value]
    sources: Section[Source]
    calendar: schema.Calendar | None
    bottleneck: schema.Settings | None


def read_declaration(data: Mapping[str, Any]) -> Declaration:
    """Read each entry of each section by itself; what can't be read is left out."""
    return Declaration(
        departments=_section("departments", schema.Department, data),
        tracks=_section("tracks", schema.Track, data),
        stages=_section("stages", schema.Stage, data),
        handoffs=_section("handoffs", schema.Handoff, data),
        questions=_section("questions", schema.Question, data),
        reasons=_section("reasons", schema.Reason, data),
        channels=_section("channels", schema.Channel, data),
        metrics=_section("metrics", schema.Metric, data),
        goals=_section("goals", schema.Goal, data),
        values=_section("values", schema.Value, data),
        sources=_section("sources", Source, data),
        calendar=_read(schema.Calendar, data.get("calendar", {})),
        bottleneck=_read(schema.Settings, data.get("bottleneck", {})),
    )


def code_of(entry: Declared) -> str:
    """The word that other parts of the file call an entry by."""
    return str(entry.name if isinstance(entry, Source) else entry.code)  # type: ignore[attr-defined]


def _section(name: str, kind: type[Part], data: Mapping[str, Any]) -> Section[Part]:
    written = data.get(name, ())
    if not isinstance(written, list | tuple):
        return Section(name, (), ())
    read = [(index, _read(kind, entry)) for index, entry in enumerate(written)]
    codes = [
        entry.get("code", entry.get("name")) for entry in written if isinstance(entry, Mapping)
    ]
    return Section(
        name=name,
        entries=tuple((index, entry) for index, entry in read if entry is not None),
        codes=tuple(code for code in codes if isinstance(code, str)),
        written=len(written),
    )


def _read(kind: type[Part], entry: Any) -> Part | None:
    """The entry, without keys that aren't known and parts that can't be read; None if it still
    can't be read then."""
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        if not isinstance(entry, Mapping):
            return None
        faults = error.errors(include_url=False, include_input=False)
        unknown = {fault["loc"][0] for fault in faults if fault["type"] == "extra_forbidden"}
        inside = {fault["loc"][:2] for fault in faults if fault["loc"][0] in _PARTS}
    sound = {
        key: [part for place, part in enumerate(value) if (key, place) not in inside]
        if key in _PARTS and isinstance(value, list)
        else value
        for key, value in entry.items()
        if key not in unknown
    }
    try:
        return kind.model_validate(sound)
    except ValidationError:
        return None
