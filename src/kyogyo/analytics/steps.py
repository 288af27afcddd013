"""From one stage to another: who entered, who got there when, who left, who is still on the way.

One query gives the whole histogram (day of entry x lag x how it ended), and every rate, curve and
test of a step is made from it in numpy.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.events import History
from kyogyo.analytics.sql import ROWS, Question, case, emit_union, one_of
from kyogyo.analytics.survival import CumulativeIncidence, aalen_johansen
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import Stage

Ints = npt.NDArray[np.int64]
OPEN, ADVANCED, EXITED = 0, 1, 2

# Horizons that people can say aloud; the smallest that holds nine tenths of those who will get there.
HORIZONS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730, 1095)
ENOUGH_AT_RISK = 20
PERIOD_DAYS = {1: 30, 3: 91}


@dataclass(frozen=True, slots=True)
class Step:
    """From one measured stage of a track's path to a later one."""

    track: str
    start: str
    stop: str

    @property
    def code(self) -> str:
        return f"{self.start}>{self.stop}"


@dataclass(frozen=True)
class StepCounts:
    """The histogram of one step; all arrays of one length, a row a group of journeys alike.

    `entered`, `month`: day and month of the entry into the first stage; `day` the same day (but see `period_months`). `lag`: whole local days from then to the end, the last
    observed day for those still open. `cause`: OPEN, ADVANCED or EXITED. `recycled`, `inferred`
    (the entry itself was inferred): 0 or 1. `value`: code of an attribute, if one was asked for. `count`: journeys.
    `period_months`: 0, or 1 or 3 where the second stage is dated by months or quarters; then `lag` counts such
    periods, the one of entry included, as 30 or 91 days each, and `day` is set to match.
    `until`: the last day on which the second stage could be observed. `clean_from`: the first
    day of entry from which that was so all along (see caveats.truncation).
    """

    step: Step
    entered: Ints
    day: Ints
    month: Ints
    lag: Ints
    cause: Ints
    recycled: Ints
    inferred: Ints
    value: Ints
    count: Ints
    until: int
    clean_from: int
    period_months: int = 0

    def keep(self, rows: npt.NDArray[np.bool_]) -> StepCounts:
        """The same step for some of the rows."""
        names = (
            "entered",
            "day",
            "month",
            "lag",
            "cause",
            "recycled",
            "inferred",
            "value",
            "count",
        )
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def swap(self, cause: Ints) -> StepCounts:
        """The same step with other causes of end."""
        return replace(self, cause=cause)

    def clean(self) -> StepCounts:
        """First passes that began when the target stage was already being recorded."""
        return self.keep((self.entered >= self.clean_from) & (self.recycled == 0))

    @property
    def n(self) -> int:
        return int(self.count.sum())

    def within(self, horizon: int) -> int:
        """How many have got there within `horizon` days, the last one inside."""
        return int(self.count[(self.cause == ADVANCED) & (self.lag <= horizon)].sum())

    def observed_for(self, horizon: int) -> npt.NDArray[np.bool_]:
        """Rows whose entry lies at least `horizon` days before the end of observation."""
        return self.day + horizon <= self.until


def measured_path(history: History, *, track: str) -> tuple[Stage, ...]:
    """The stages of the path that any journey of the track reaches. The others have no dates, so no step ends there."""
    number = history.track_code(track)
    return tuple(
        s for s in history.path(track) if (number, history.stage_code(s.code)) in history.reached
    )


def consecutive_steps(history: History, *, track: str) -> tuple[Step, ...]:
    """From each measured stage of the path to the next measured one."""
    path = measured_path(history, track=track)
    return tuple(Step(track, a.code, b.code) for a, b in itertools.pairwise(path))


def steps_from_start(history: History, *, track: str) -> tuple[Step, ...]:
    """From the first measured stage of the path to each later one."""
    path = measured_path(history, track=track)
    return tuple(Step(track, path[0].code, later.code) for later in path[1:])


def count_steps(
    history: History,
    *,
    steps: tuple[Step, ...],
    by: str | None = None,
    clean_from: dict[str, int] | None = None,
    since_day: int | None = None,
) -> dict[str, StepCounts]:
    """The histograms of `steps`, keyed by their code, in one query.

    `by` names an attribute to split by. `clean_from` maps step codes to the first day of entry from which the
    target stage was recorded throughout; a step it doesn't name is clean from the beginning. `since_day` leaves
    out the journeys that entered the first stage before.
    """
    if not steps:
        return {}
    questions = [
        _question(history, number=number, step=step, by=by, since_day=since_day)
        for number, step in enumerate(steps)
    ]
    columns = history.engine.integers(emit_union(questions))
    found: dict[str, StepCounts] = {}
    for number, step in enumerate(steps):
        rows = columns["step"] == number
        part = {name: column[rows] for name, column in columns.items() if name != "step"}
        found[step.code] = StepCounts(
            step=step,
            until=history.observed_until(history.stage_code(step.stop)),
            clean_from=(clean_from or {}).get(step.code, -(10**9)),
            entered=part["day"],
            period_months=history.period_months(history.stage_code(step.stop)),
            **part,
        )
        found[step.code] = _by_periods(found[step.code])
    return found


def _question(
    history: History, *, number: int, step: Step, by: str | None, since_day: int | None
) -> Question:
    i, j = history.stage_code(step.start), history.stage_code(step.stop)
    until = history.observed_until(j)
    advanced, left = f"r_{j} > 0", f"ended_day > 0 AND ended_day >= d_{i} AND ended_day <= {until}"
    value = f"a_{history.attributes[by]}" if by else "0"
    return Question(
        source="journeys",
        keys=(
            ("step", str(number)),
            ("day", f"d_{i}"),
            ("month", f"m_{i}"),
            (
                "lag",
                case(
                    (advanced, f"d_{j} - d_{i}"),
                    (left, f"ended_day - d_{i}"),
                    otherwise=f"{until} - d_{i}",
                ),
            ),
            ("cause", case((advanced, ADVANCED), (left, EXITED), otherwise=OPEN)),
            ("recycled", "recycled"),
            ("inferred", case((f"e_{i} = r_{i}", 0), otherwise=1)),
            ("value", value),
        ),
        measures=(("count", ROWS),),
        where=(
            f"track = {history.track_code(step.track)}",
            f"r_{i} > 0",
            f"(r_{j} > 0 OR d_{i} <= {until})",
            *((f"d_{i} >= {since_day}",) if since_day is not None else ()),
            *((one_of(f"o_{i}", sorted(history.owners)),) if history.owners is not None else ()),
        ),
    )


def _by_periods(counts: StepCounts) -> StepCounts:
    """Count in whole periods where the target is dated by them: days within one would be an accident of its end."""
    if not counts.period_months:
        return counts
    length = PERIOD_DAYS[counts.period_months]
    entered = counts.month // counts.period_months
    ended = _months(counts.day + counts.lag) // counts.period_months
    last = int(_months(np.array([counts.until]))[0]) // counts.period_months
    return replace(
        counts,
        day=counts.until - length * (last - entered + 1),
        month=entered * counts.period_months,
        lag=length * (ended - entered + 1),
    )


def _months(days: Ints) -> Ints:
    return np.asarray(
        days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    )


def within(counts: StepCounts, *, horizon: int) -> Text:
    """The horizon in words: 'within 90 days', or by periods where the target is dated by them."""
    if not counts.period_months:
        return Text(
            en=f"within {horizon} day{'s' if horizon > 1 else ''}", ja=f"{horizon} 日以内に"
        )
    periods = horizon // PERIOD_DAYS[counts.period_months]
    unit = Text("month", "か月") if counts.period_months == 1 else Text("quarter", "四半期")
    plural = "s" if periods > 1 else ""
    return Text(
        en=f"within {periods} {unit.en}{plural}, that of entry included,",
        ja=f"移行した期を含む {periods} {unit.ja}以内に",
    )


def incidence(counts: StepCounts) -> CumulativeIncidence:
    """Aalen-Johansen over all rows of `counts`; cause 0 is getting there, cause 1 leaving."""
    times, place = np.unique(counts.lag, return_inverse=True)
    events = np.zeros((times.size, 2), np.int64)
    censored = np.zeros(times.size, np.int64)
    for cause, column in ((ADVANCED, 0), (EXITED, 1)):
        rows = counts.cause == cause
        np.add.at(events[:, column], place[rows], counts.count[rows])
    rows = counts.cause == OPEN
    np.add.at(censored, place[rows], counts.count[rows])
    return aalen_johansen(times=times, events=events, censored=censored)


def horizon_of(history: History, *, counts: StepCounts) -> int | None:
    """Days within which an entry counts as converted: declared, else from the data; None = not enough history.

    From the data: the smallest of HORIZONS by which nine tenths of those who are ever seen to get there
    have, read off the curve as far as enough journeys are still observed. Where the target is dated by
    periods, the nearest whole number of them, at least one.
    """
    declared = history.model.stage(counts.step.start).horizon_days
    if declared is not None and counts.step.code in {
        s.code for s in consecutive_steps(history, track=counts.step.track)
    }:
        return _in_whole_periods(declared, counts.period_months)
    clean = counts.clean()
    if clean.n < ENOUGH_AT_RISK:
        return None
    curve = incidence(clean)
    # Counted are those whose state is known by then, the ones that have gone on or left included.
    followed = curve.known >= ENOUGH_AT_RISK
    if not followed.any():
        return None
    last = int(np.flatnonzero(followed)[-1])
    shares = curve.incidence[: last + 1, 0]
    if shares[-1] <= 0:
        return None
    days = int(curve.times[int(np.argmax(shares >= 0.9 * shares[-1]))])
    length = PERIOD_DAYS.get(counts.period_months, 0)
    ladder = tuple(range(length, 40 * length, length)) if length else HORIZONS
    # Nobody may be judged over a horizon for which too few were observed.
    ages = np.sort(np.repeat(clean.until - clean.day, clean.count))
    followed_days = int(ages[max(ages.size - ENOUGH_AT_RISK, 0)])
    allowed = [h for h in ladder if h <= followed_days]
    if not allowed:
        return None
    return next((h for h in allowed if h >= days), allowed[-1])


def _in_whole_periods(days: int, period_months: int) -> int:
    """The days of the nearest whole number of periods; 90 days of a target dated by quarters are one quarter."""
    length = PERIOD_DAYS.get(period_months)
    return days if length is None else length * max(1, round(days / length))
