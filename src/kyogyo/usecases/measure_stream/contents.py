"""A track of the model, measured over a period. None is unknown, never nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kyogyo.period import Span
from kyogyo.words import Text

StepState = Literal["known", "immature", "not_enough_history"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are looked at, and as many before them to compare with. `before` None: nothing was recorded then."""

    code: str
    label: Text
    span: Span
    before: Span | None


@dataclass(frozen=True, slots=True)
class StepMeasured:
    """From one measured stage to the next: of `n` first passes that entered in the period, `k` went on so far.

    `rate` with its 95% interval counts those within `horizon_days`; None where it can't be told yet, and `state` says
    why: the journeys are too few, or too young ('immature', `mature_on` is the first day on which it can be told).
    `mature` of the `n` were observed for the whole horizon.
    """

    code: str
    to: str
    to_label: Text
    n: int
    k: int
    mature: int
    rate: float | None
    lo: float | None
    hi: float | None
    horizon_days: int | None
    horizon: Text | None
    state: StepState
    mature_on: int | None = None
    rate_before: float | None = None
    n_before: int = 0


@dataclass(frozen=True, slots=True)
class StageMeasured:
    """One stage. `is_measured` False: no data reaches it, and no number of it is known.

    `stalled` are in it for longer than `limit_s`, which is declared or its own median; None where neither is known.
    `onward` is None at the end of the path.
    """

    code: str
    label: Text
    department: str
    type: str
    is_measured: bool
    balance: int = 0
    balance_before: int | None = None
    entered: int = 0
    entered_before: int | None = None
    median_s: float | None = None
    median_lo_s: float | None = None
    median_hi_s: float | None = None
    median_n: int = 0
    median_before_s: float | None = None
    can_be_left: bool = True
    stalled: int | None = None
    limit_s: float | None = None
    limit_basis: Literal["declared", "median"] | None = None
    onward: StepMeasured | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A department's part of the river: consecutive stages. `came_in` entered any of them from elsewhere."""

    department: str
    label: Text
    stages: tuple[str, ...]
    balance: int
    stalled: int | None
    came_in: int
    came_in_before: int | None


@dataclass(frozen=True, slots=True)
class River:
    """A track, measured. `as_of` (epoch microseconds) is up to when was observed, `journeys` how many are counted."""

    track: str
    label: Text
    period: Period
    stages: tuple[StageMeasured, ...]
    reaches: tuple[Reach, ...]
    end_to_end: StepMeasured | None
    journeys: int
    as_of: int
    as_of_day: int

    def stage(self, code: str) -> StageMeasured | None:
        return next((stage for stage in self.stages if stage.code == code), None)
