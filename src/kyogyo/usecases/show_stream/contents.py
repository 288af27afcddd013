"""What the page of the whole stream says, before anything decides what it looks like.

Nothing here computes a number. None is unknown, never nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kyogyo.usecases.measure_stream import River
from kyogyo.words import Text

HeldStatus = Literal["named", "tie", "none_distinguishable", "not_enough_history", "computing"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked to see: codes, '' for all of it. `period` is one of `periods.PERIODS`."""

    period: str = "year"
    track: str = ""
    source: str = ""
    segment: str = ""
    team: str = ""
    beside: str = ""

    @property
    def is_part(self) -> bool:
        """Whether only some of the journeys are asked for."""
        return bool(self.source or self.segment or self.team)


@dataclass(frozen=True, slots=True)
class Held:
    """The step that holds revenue back on a whole track, whatever is filtered; or in words why none is named.

    `stage` is where the named step begins, `next_stage` where it leads; both '' where none is named. `cost` is
    the price a month, in words (its interval is in the headline). `as_of` is up to when was observed; 0 while it is computed.
    """

    status: HeldStatus
    headline: Text
    paragraph: Text
    stage: str = ""
    next_stage: str = ""
    cost: Text | None = None
    reasons: tuple[Text, ...] = ()
    actions: tuple[Text, ...] = ()
    as_of: int = 0


@dataclass(frozen=True, slots=True)
class Back:
    """A declared channel against the stream. `sent` is how many pieces of feedback went through it."""

    code: str
    label: Text
    giver: str
    receiver: str
    giver_label: Text
    receiver_label: Text
    types: tuple[Text, ...]
    due_days: int
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a filter can have, and how many journeys of the track have it (None: not counted)."""

    value: str
    label: Text
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in each filter; one without choices has nothing recorded to choose by."""

    periods: tuple[Choice, ...]
    tracks: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    segments: tuple[Choice, ...]
    teams: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """How the journeys of two tracks differ by an attribute: the value whose share differs most."""

    attribute: Text
    value: str
    share: float
    share_beside: float


@dataclass(frozen=True, slots=True)
class StreamPage:
    """Everything the page says. `beside` is a second track over the same days, `mixes` how its journeys differ
    (None: not for whoever asks)."""

    asked: Asked
    choices: Choices
    river: River
    held: Held
    backs: tuple[Back, ...]
    beside: River | None = None
    mixes: tuple[Mix, ...] | None = ()
    currency: str = "JPY"
    zone: str = "UTC"
    model_version: str = ""
    truncated: tuple[Text, ...] = ()
