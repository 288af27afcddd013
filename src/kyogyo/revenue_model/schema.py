"""The objects that an organisation declares. Field names are the keys of the TOML file."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from kyogyo.errors import ModelError
from kyogyo.revenue_model.parts import (
    ClockTime,
    Code,
    Currency,
    Day,
    Declared,
    Label,
    Number,
    Said,
    Whole,
    Zone,
)
from kyogyo.revenue_model.sources import Source
from kyogyo.revenue_model.spelling import unknown_word

StageType = Literal["open", "ongoing", "on_hold", "won", "lost", "recycled"]
ReasonKind = Literal["recycle", "disqualify", "ineligible", "handoff_return", "lost", "churn"]
QuestionKind = Literal["text", "choice", "number", "date", "money", "boolean"]
ClockEnd = Literal["offer", "first_contact", "decision", "result", "resubmission"]
MetBy = Literal["person", "acceptance", "contact", "meeting", "answers", "next_step"]
Unit = Literal[
    "count", "share", "money", "money_per_month", "per_day", "seconds", "minutes", "hours", "days"
]
Weekday = Annotated[Whole, Field(ge=0, le=6)]


class Calendar(Declared):
    """When the organisation works. `working_days` counts from Monday = 0; `close` is outside."""

    holidays: Literal["JP", "none"] = "JP"
    extra_holidays: tuple[Day, ...] = ()
    working_days: tuple[Weekday, ...] = Field(default=(0, 1, 2, 3, 4), min_length=1)
    open: ClockTime = "09:00"
    close: ClockTime = "18:00"


class Department(Declared):
    """A group of people with one job in the stream.

    Its `headcount` people (2.5 where one is there half of the time) can each take up
    `per_person_month` journeys a month: both are told, or neither.
    """

    code: Code
    label: Label
    headcount: Annotated[Number, Field(gt=0, le=100_000)] | None = None
    per_person_month: Annotated[Number, Field(gt=0, le=1_000_000)] | None = None

    @property
    def takes_up(self) -> float | None:
        """How many journeys a month it can take up, None where that isn't told."""
        if self.headcount is None or self.per_person_month is None:
            return None
        return self.headcount * self.per_person_month


class Track(Declared):
    """One way through the model: the path of `stages` in order, and the `exits` that end it."""

    code: Code
    label: Label
    stages: tuple[Code, ...] = Field(min_length=1)
    exits: tuple[Code, ...] = ()


class ExitCriterion(Declared):
    """What must be true of the buyer before the stage is left, and what proves it.

    `met_by` 'acceptance': the acceptance of the handoff out of the stage is the proof, and nobody
    says it beside that. 'contact' (an activity in which the buyer answered), 'meeting' (one that
    was recorded since the stage was entered), 'answers' (those that the next handoff requires) and
    'next_step' (one with a date that isn't past) are proven by the records; a person may say it too.
    """

    code: Code
    label: Label
    evidence: Label
    met_by: MetBy = "person"


class Stage(Declared):
    """A state of the buyer.

    `type`: 'won' is the sale, 'ongoing' is after it; 'lost' is every end without one (also no
    decision, disqualified, churned); 'recycled' goes back to be nurtured. `horizon_days` is the
    window within which an entry counts as converted to the next stage.
    """

    code: Code
    label: Label
    department: Code
    type: StageType = "open"
    buyer_state: Label | None = None
    exit_criteria: tuple[ExitCriterion, ...] = ()
    expected_days: Annotated[Whole, Field(ge=0)] | None = None
    horizon_days: Annotated[Whole, Field(ge=1)] | None = None


class Clock(Declared):
    """Time that a department has. `basis` 'business' counts only the calendar's open hours.

    `until` is what stops it. 'offer' runs from the entry into `from_stage`; 'first_contact' and
    'decision' from the offer (a decision also not before the stage where the journey waits for it
    is entered); 'result' from the acceptance, until the receiver has said what it found;
    'resubmission' from the request for more work, until the handoff is offered again.
    """

    code: Code
    label: Label
    # The most that a clock can have: ten years of nine-hour days.
    hours: Annotated[Number, Field(gt=0, le=20_000)]
    basis: Literal["business", "calendar"] = "business"
    owner: Code
    until: ClockEnd = "decision"


class Handoff(Declared):
    """Where one department gives a journey to another, which takes it or returns it.

    Accepting enters `to_stage`; with `accepted_stage`, `to_stage` is where the journey waits for
    the decision (a first meeting was held, say), and accepting enters `accepted_stage`.
    """

    code: Code
    label: Label
    giver: Code
    receiver: Code
    from_stage: Code
    to_stage: Code
    accepted_stage: Code | None = None
    clocks: tuple[Clock, ...] = ()
    questions: tuple[Code, ...] = ()
    returns: tuple[Code, ...] = ()


class Question(Declared):
    """What must be known about the buyer.

    `required_from_amount` is in whole units of the model's currency (yen, dollars): from this
    amount on an answer is required, 0 = always, left out = never. `answered_by` 'commitments': the
    promises that are listed answer it, or the word that nothing was promised.
    """

    code: Code
    label: Label
    kind: QuestionKind = "text"
    choices: tuple[Label, ...] = ()
    required_from_amount: Annotated[Whole, Field(ge=0)] | None = None
    answered_by: Literal["person", "commitments"] = "person"


class Reason(Declared):
    """Why a journey was returned, recycled, lost or churned, and what follows from it."""

    code: Code
    label: Label
    kind: ReasonKind
    next_action: Label | None = None
    revisit_days: Annotated[Whole, Field(ge=1)] | None = None


class Channel(Declared):
    """A way against the stream: what the giver learned goes back to the receiver."""

    code: Code
    label: Label
    giver: Code
    receiver: Code
    types: tuple[Label, ...] = Field(min_length=1)
    due_days: Annotated[Whole, Field(ge=1)]


class Metric(Declared):
    """A number of a department. `owner` answers for it, `guard` is the metric that must not fall
    while it rises, `parent` the metric it adds up to. A share's target is written 0.25."""

    code: Code
    label: Label
    department: Code
    owner: Label | None = None
    direction: Literal["up", "down"] = "up"
    guard: Code | None = None
    parent: Code | None = None
    stage_from: Code | None = None
    stage_to: Code | None = None
    target: Annotated[Number, Field(ge=0)] | None = None
    unit: Unit


class Goal(Declared):
    """What two or more departments can only reach together."""

    code: Code
    label: Label
    departments: tuple[Code, ...] = Field(min_length=2)
    metric: Code | None = None
    target: Annotated[Number, Field(ge=0)] | None = None


class Value(Declared):
    """What the company believes in, as things that can be seen being done."""

    code: Code
    label: Label
    behaviours: tuple[Label, ...] = Field(min_length=1)


class Settings(Declared):
    """How the bottleneck is looked for. `value_stage` left out means the won stage of the track."""

    window_days: Annotated[Whole, Field(ge=1)] = 90
    baseline_days: Annotated[Whole, Field(ge=1)] = 365
    value_stage: Code | None = None
    value: Literal["amount", "revenue"] = "amount"
    value_months: Annotated[Whole, Field(ge=1)] = 12
    gross_margin: Annotated[Number, Field(gt=0, le=1)] | None = None


class RevenueModel(Declared):
    """One organisation's model. `version` is its own; `format` is that of the file."""

    format: Literal[1] = 1
    version: Said = "1"
    name: Label
    currency: Currency
    time_zone: Zone
    fiscal_year_start: Annotated[Whole, Field(ge=1, le=12)] = 4
    calendar: Calendar = Calendar()
    departments: tuple[Department, ...] = Field(min_length=1)
    tracks: tuple[Track, ...] = Field(min_length=1)
    stages: tuple[Stage, ...] = Field(min_length=1)
    handoffs: tuple[Handoff, ...] = ()
    questions: tuple[Question, ...] = ()
    reasons: tuple[Reason, ...] = ()
    channels: tuple[Channel, ...] = ()
    metrics: tuple[Metric, ...] = ()
    goals: tuple[Goal, ...] = ()
    values: tuple[Value, ...] = ()
    sources: tuple[Source, ...] = ()
    bottleneck: Settings = Settings()

    def handoff(self, code: str) -> Handoff:
        """The handoff of this code. Raises ModelError for a code it doesn't have."""
        return self.handoffs[_number("handoff", code, [h.code for h in self.handoffs]) - 1]

    def question(self, code: str) -> Question:
        """The question of this code. Raises ModelError for a code it doesn't have."""
        return self.questions[_number("question", code, [q.code for q in self.questions]) - 1]

    def reason(self, code: str) -> Reason:
        """The reason of this code. Raises ModelError for a code it doesn't have."""
        return self.reasons[_number("reason", code, [r.code for r in self.reasons]) - 1]

    @property
    def staff(self) -> dict[str, float]:
        """How many journeys a month each department can take up, of those that tell it."""
        told = {department.code: department.takes_up for department in self.departments}
        return {code: number for code, number in told.items() if number is not None}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {stage.code: number for number, stage in enumerate(self.stages, start=1)}

    def stage_number(self, code: str) -> int:
        """1 + the position of a stage in `stages`. Raises ModelError for a code it doesn't have."""
        if code not in self._numbers:
            raise _unknown(code, list(self._numbers), kind="stage")
        return self._numbers[code]

    def stage(self, code: str) -> Stage:
        """The stage of this code. Raises ModelError for a code it doesn't have."""
        return self.stages[self.stage_number(code) - 1]

    def track(self, code: str) -> Track:
        """The track of this code. Raises ModelError for a code it doesn't have."""
        return self.tracks[self.track_number(code) - 1]

    def track_number(self, code: str) -> int:
        """1 + the position of a track in `tracks`."""
        return _number("track", code, [track.code for track in self.tracks])

    def department(self, code: str) -> Department:
        """The department of this code. Raises ModelError for a code it doesn't have."""
        return self.departments[self.department_number(code) - 1]

    def department_number(self, code: str) -> int:
        """1 + the position of a department in `departments`."""
        return _number("department", code, [department.code for department in self.departments])

    def source(self, name: str) -> Source:
        """The source of this name. Raises ModelError for a name it doesn't have."""
        return self.sources[_number("source", name, [source.name for source in self.sources]) - 1]

    def path(self, track: str) -> tuple[Stage, ...]:
        """The stages of a track, in order."""
        return tuple(self.stage(code) for code in self.track(track).stages)

    def exits(self, track: str) -> tuple[Stage, ...]:
        """The stages that end a track."""
        return tuple(self.stage(code) for code in self.track(track).exits)

    def value_stage(self, track: str) -> Stage | None:
        """The stage at which a track's worth is counted: the declared one if the track has it,
        else its first won stage, else None."""
        path = self.path(track)
        declared = [stage for stage in path if stage.code == self.bottleneck.value_stage]
        won = [stage for stage in path if stage.type == "won"]
        return next(iter(declared + won), None)


def _number(kind: str, code: str, codes: list[str]) -> int:
    if code not in codes:
        raise _unknown(code, codes, kind=kind)
    return codes.index(code) + 1


def _unknown(code: str, codes: list[str], *, kind: str) -> ModelError:
    says = unknown_word(kind, code, codes)
    return ModelError(en=says.en, ja=says.ja)
