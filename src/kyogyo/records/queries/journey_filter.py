"""Which journeys are asked for: a filter that is read from an address and written back to one.

What can't be read is not passed over in silence: it stands in `problems`, for the page to say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlencode

from kyogyo.words import Text, read_whole

IN_PROGRESS = ("", "open", "ongoing", "on_hold")
ENDED = ("won", "lost", "recycled")
TYPES = ("in_progress", "open", "ongoing", "on_hold", "won", "lost", "recycled", "all")
NEXT_STEPS = ("past", "missing", "planned")
SORTS = ("opened", "entered", "activity", "amount", "next_step", "account")
FIELD_PREFIX = "f."
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class JourneyFilter:
    """What a list of journeys is narrowed to. Field names are those of the address.

    `owner` and `team` are an id, `me` / `mine`, or `none`. Amounts are in whole units of the
    model's currency; days are days of its time zone, both ends inside. `facts` holds a custom
    field's code, `''`, `from` or `to`, and the value.
    """

    track: str = ""
    stage: tuple[str, ...] = ()
    type: str = "in_progress"
    owner: str = ""
    team: str = ""
    source: str = ""
    campaign: str = ""
    segment: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    entered_from: date | None = None
    entered_to: date | None = None
    stalled: bool = False
    next_step: str = ""
    handoff: bool = False
    text: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    sort: str = "-opened"
    problems: tuple[Text, ...] = field(default=(), compare=False)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order differs from the list as it opens."""
        return replace(self, sort="-opened") != JourneyFilter()

    def query(self) -> str:
        """The filter as the query of an address; what is as usual is left out."""
        return urlencode(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of each part that isn't as usual, as a form would send them."""
        usual = JourneyFilter()
        found: list[tuple[str, str]] = []
        for name in (one.name for one in fields(self) if one.name not in ("facts", "problems")):
            value = getattr(self, name)
            if value == getattr(usual, name):
                continue
            found.extend((name, _written(one)) for one in _each(value))
        for code, end, value in self.facts:
            found.append((f"{FIELD_PREFIX}{code}{'.' if end else ''}{end}", value))
        return found


def parse_filter(query: Mapping[str, Sequence[str]]) -> JourneyFilter:
    """The filter that an address asks for. `query` has a list of values a name, as `QueryDict.lists` gives."""
    problems: list[Text] = []

    def last(name: str) -> str:
        values = [one.strip() for one in query.get(name, ()) if one.strip()]
        return values[-1] if values else ""

    def read(name: str, reader: Callable[[str], _Read], usual: _Read) -> _Read:
        written = last(name)
        if not written:
            return usual
        try:
            return reader(written)
        except (ValueError, InvalidOperation):
            problems.append(_not_understood(name, written))
            return usual

    made = JourneyFilter(
        track=last("track"),
        stage=tuple(dict.fromkeys(one for one in query.get("stage", ()) if one)),
        type=read("type", _one_of(TYPES), "in_progress"),
        owner=read("owner", _known("me", "none"), ""),
        team=read("team", _known("mine", "none"), ""),
        source=last("source"),
        campaign=last("campaign"),
        segment=last("segment"),
        amount_from=read("amount_from", read_amount, None),
        amount_to=read("amount_to", read_amount, None),
        opened_from=read("opened_from", date.fromisoformat, None),
        opened_to=read("opened_to", date.fromisoformat, None),
        entered_from=read("entered_from", date.fromisoformat, None),
        entered_to=read("entered_to", date.fromisoformat, None),
        stalled=bool(last("stalled")),
        next_step=read("next_step", _one_of(NEXT_STEPS), ""),
        handoff=bool(last("handoff")),
        text=last("text")[:100],
        facts=tuple(_facts(query)),
        sort=read("sort", _one_of((*SORTS, *(f"-{one}" for one in SORTS))), "-opened"),
    )
    return replace(made, problems=tuple(problems))


def read_amount(written: str) -> Decimal:
    """An amount as somebody writes it: full-width digits, separators, 万 and 億. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", written).replace(",", "").replace("円", "").strip("¥$€ ")
    times = 1
    for unit, size in (("億", 10**8), ("万", 10**4)):
        if plain.endswith(unit):
            plain, times = plain.removesuffix(unit), size
    amount = Decimal(plain) * times
    if not amount.is_finite() or not 0 <= amount < 10**15:
        raise ValueError(written)
    return amount


def _facts(query: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    found = []
    for name, values in query.items():
        if not name.startswith(FIELD_PREFIX) or not values or not values[-1].strip():
            continue
        code, _, end = name.removeprefix(FIELD_PREFIX).partition(".")
        found.append((code, end if end in ("from", "to") else "", values[-1].strip()))
    return sorted(found)


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in words:
            raise ValueError(written)
        return written

    return read


def _known(*words: str) -> Callable[[str], str]:
    """One of `words`, or the id of a row."""

    def read(written: str) -> str:
        if written not in words and read_whole(written) is None:
            raise ValueError(written)
        return written

    return read


def _each(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _written(value: object) -> str:
    if value is True:
        return "1"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _not_understood(name: str, written: str) -> Text:
    return Text(
        en=f"The filter {name}={written!r} was left out: it can't be read. Choose it again in the form.",
        ja=f"絞り込み条件 {name}={written!r} は読み取れないため、適用していません。フォームで選び直してください。",
    )
