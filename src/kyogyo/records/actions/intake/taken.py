"""What an import hands over: rows of other systems, in the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class TakenAccount:
    """A company by its key in the source. What is '' or left out of `facts` stays as it was."""

    external_id: str
    name: str
    kana: str = ""
    domain: str = ""
    segment: str = ""
    industry: str = ""
    region: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenJourney:
    """A journey by its key in the source. `account` and `previous` are keys of the source too.

    An `account` that is not known yet is made, with its key as its name. `owner` is an e-mail
    address or a name; somebody unknown becomes a placeholder without a log-in.
    """

    external_id: str
    account: str
    track: str
    opened_at: datetime
    title: str = ""
    source: str = ""
    campaign: str = ""
    amount: int | None = None
    owner: str = ""
    previous: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenEntry:
    """A stage entered. `journey` is a key of this batch or of an earlier one.

    The same journey, stage and time again is the same entry. `shown` are the exit criteria of the
    stage left that the source proves; the others are kept as `missing`. `owner` and `amount` are
    as they were then ('' and None: not known). `is_inferred`: the source doesn't say it, but what
    it says can't be without it.
    """

    journey: str
    stage: str
    at: datetime
    recorded_at: datetime | None = None
    precision: str = "second"
    owner: str = ""
    amount: int | None = None
    reason: str = ""
    buyer_words: str = ""
    our_view: str = ""
    revisit_on: date | None = None
    shown: tuple[str, ...] = ()
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class TakenRevenue:
    """What an account (a key of the source) brought in the days from `period_start` to before `period_end`."""

    account: str
    period_start: date
    period_end: date
    amount: int


@dataclass(frozen=True, slots=True)
class TakenFacts:
    """What is known of a journey or an account: `noun` says which, `key` is its key in the source.

    The words source, campaign, title and amount (of a journey) and segment, industry, region, kana
    and domain (of an account) fill those columns, everything else goes to `facts`.
    """

    noun: str
    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows: how many were new, changed, the same as before, voided.

    `amounts_unknown` records had an amount that can't be one of a deal, `texts_cut` a text longer
    than is kept.
    """

    accounts: int = 0
    journeys: int = 0
    entries: int = 0
    revenue: int = 0
    facts: int = 0
    unchanged: int = 0
    voided: int = 0
    amounts_unknown: int = 0
    texts_cut: int = 0
