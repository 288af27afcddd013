"""What the API takes and gives. What is taken is spelled out; a word more is an error, not passed over."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Short = Field("", max_length=300)
Long = Field("", max_length=20_000)


class Taken(Schema):
    """A body that is sent. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class Said(Schema):
    """A sentence in both languages."""

    en: str
    ja: str


class Problem(Schema):
    """What went wrong, in both languages: what happened, why, what to do."""

    code: str
    en: str
    ja: str


class Failure(Schema):
    error: Problem


class JourneyOut(Schema):
    """A journey as it stands. Amounts are in minor units of the model's currency; null is unknown."""

    id: int
    account_id: int
    account: str
    title: str
    track: str
    stage: str
    stage_type: str
    stage_entered_at: datetime | None
    owner_id: int | None
    owner: str
    amount: int | None
    source: str
    campaign: str
    facts: dict[str, Any]
    next_step: str
    next_step_on: date | None
    next_step_at: datetime | None
    attempt: int
    previous_id: int | None
    opened_at: datetime
    last_activity_at: datetime | None
    external_id: str | None
    revision: int


class JourneysOut(Schema):
    """A page of journeys; `after` goes into the next request, '' at the end."""

    journeys: list[JourneyOut]
    after: str


class JourneyIn(Taken):
    account_id: int
    track: str = Field(min_length=1, max_length=64)
    stage: str = Field("", max_length=64)
    title: str = Short
    amount: int | None = Field(None, ge=0)
    source: str = Field("", max_length=100)
    campaign: str = Field("", max_length=200)
    external_id: str | None = Field(None, max_length=200)
    at: datetime | None = None


class JourneyChange(Taken):
    """What is to change; `revision` is that of the journey as it was read."""

    revision: int | None = None
    title: str | None = Field(None, max_length=300)
    amount: int | None = Field(None, ge=0)
    source: str | None = Field(None, max_length=100)
    campaign: str | None = Field(None, max_length=200)
    facts: dict[str, str | int | float | None] | None = None


class EntryIn(Taken):
    """A stage to enter. An override needs its reason; an end needs a reason's code."""

    stage: str = Field(min_length=1, max_length=64)
    at: datetime | None = None
    override_reason: str = Field("", max_length=1000)
    reason: str = Field("", max_length=64)
    buyer_words: str = Long
    our_view: str = Long
    revisit_on: date | None = None
    revision: int | None = None


class EntryOut(Schema):
    id: int
    journey_id: int
    stage: str
    at: datetime
    recorded_at: datetime
    cause: str
    missing: list[str]
    override_reason: str
    reason: str
    undoes_id: int | None


class CheckIn(Taken):
    criterion: str = Field(min_length=1, max_length=64)
    is_met: bool = True
    evidence: str = Long


class ClaimIn(Taken):
    """An answer to a question of the model; unknown is an answer."""

    question: str = Field(min_length=1, max_length=64)
    answer: str = Long
    is_unknown: bool = False
    certainty: Literal["sure", "likely", "guess"] = "sure"
    evidence: str = Long
    at: datetime | None = None


class ClaimOut(Schema):
    id: int
    journey_id: int
    question: str
    answer: str
    is_unknown: bool
    certainty: str
    evidence: str
    department: str
    verdict: str
    answers_to_id: int | None
    at: datetime


class ActivityIn(Taken):
    kind: Literal["call", "mail", "meeting", "no_show", "note"]
    words: str = Long
    is_two_way: bool = False
    at: datetime | None = None


class NextStepIn(Taken):
    """What is to be done next; `due_time` is where the organisation is, and makes it an appointment."""

    text: str = Short
    due_on: date | None = None
    due_time: time | None = None


class MadeOut(Schema):
    id: int


class OfferIn(Taken):
    """A handoff to offer; without `code` the one that leaves the journey's stage."""

    code: str = Field("", max_length=64)
    why_now: str = Long
    receiver_user_id: int | None = None
    receiver_team_id: int | None = None
    override_reason: str = Field("", max_length=1000)


class AcceptIn(Taken):
    """`criteria` are codes of exit criteria that the receiver says are met."""

    words: str = Long
    criteria: list[str] = Field(default_factory=list)
    override_reason: str = Field("", max_length=1000)


class ReturnIn(Taken):
    """`then`: "keep" leaves it with the giver, "recycle" ends it, '' goes by the reason."""

    reason: str = Field(min_length=1, max_length=64)
    words: str = Long
    then: str = Field("", max_length=64)


class NeedWorkIn(Taken):
    words: str = Long
    asks: list[str] = Field(default_factory=list)


class OfferAgainIn(Taken):
    why_now: str = Long
    override_reason: str = Field("", max_length=1000)


class WithdrawIn(Taken):
    words: str = Long


class UndoIn(Taken):
    words: str = Long


class ClockOut(Schema):
    """One clock as it reads now; `state` is derived, never stored."""

    code: str
    owner: str
    state: str
    due_at: datetime | None
    stopped_at: datetime | None


class HandoffOut(Schema):
    id: int
    journey_id: int
    account: str
    state: str
    round: int
    offered_at: datetime
    offered_by: str
    offered_to: str
    decided_by: str
    decided_at: datetime | None
    words: str
    why_now: str
    clocks: list[ClockOut]


class HandoffsOut(Schema):
    """What the asker's departments are to decide and to report on, and what they gave."""

    to_decide: list[HandoffOut]
    to_report: list[HandoffOut]
    waiting: list[HandoffOut]
    sent_back: list[HandoffOut]


class AccountIn(Taken):
    name: str = Field(min_length=1, max_length=300)
    kana: str = Field("", max_length=300)
    domain: str = Field("", max_length=200)
    segment: str = Field("", max_length=100)
    industry: str = Field("", max_length=100)
    region: str = Field("", max_length=100)
    external_id: str | None = Field(None, max_length=200)


class AccountOut(Schema):
    id: int
    name: str
    kana: str
    domain: str
    segment: str
    industry: str
    region: str
    external_id: str | None
