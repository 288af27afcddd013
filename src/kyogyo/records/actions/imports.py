"""Taking in history by the million: the same rows as by hand, written many at a time.

What is taken in is a record of what was, so no gate refuses it: an entry without evidence is kept
with what is `missing`. The same rows again change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import ImportBatch


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

    `account` may be unknown to the batch; then an account of that name is made. `owner` is an
    e-mail address or a name; somebody unknown becomes a placeholder without a log-in.
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
    as they were then ('' and None: not known).
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
    """What became of the rows: how many were new, changed, the same as before, voided or refused."""

    accounts: int = 0
    journeys: int = 0
    entries: int = 0
    revenue: int = 0
    facts: int = 0
    unchanged: int = 0
    voided: int = 0


def begin_import(*, actor: Actor, label: str, digest: str = "", total: int = 0) -> ImportBatch:
    """Start an import: the row that says how far it is. `digest` tells the same files again."""
    raise NotImplementedError


def take_history(
    *,
    actor: Actor,
    batch: ImportBatch,
    accounts: Iterable[TakenAccount] = (),
    journeys: Iterable[TakenJourney] = (),
    entries: Iterable[TakenEntry] = (),
    revenue: Iterable[TakenRevenue] = (),
    facts: Iterable[TakenFacts] = (),
    is_whole: bool = False,
    now: datetime | None = None,
) -> Taken:
    """Write all of it in one transaction, with one audit row and the outbox rows of each chunk.

    The iterables are read once, in this order, a chunk at a time; entries of one journey may be
    anywhere. With `is_whole`, the entries given are all that their journeys have in the source:
    imported ones that are not among them any more are taken back by new rows.
    """
    raise NotImplementedError


def end_import(
    *, actor: Actor, batch: ImportBatch, says: Mapping[str, Any] | None = None, failed: bool = False
) -> ImportBatch:
    """Close an import as done or failed, with what there is to say about it."""
    raise NotImplementedError
