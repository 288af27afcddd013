"""The organisation as it is before anything happens: paths in numbers, people, capacity, drift.

The profile speaks of stages by the codes of the default model; here they become columns, the
positions of the stages in the model that is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.saas.clock import Clock, make_clock
from kyogyo.analytics.simulate.saas.demand import expected_leads, source_shares
from kyogyo.analytics.simulate.saas.market import REGIONS, SEGMENTS, SOURCES
from kyogyo.analytics.simulate.saas.people import People, make_people
from kyogyo.analytics.simulate.saas.profile import (
    ANY_STAGE,
    DRIFT,
    DRIFT_MEMORY,
    FIRST_ATTEMPTS,
    FULL_CYCLE_LEAD,
    FULL_CYCLE_QUEUE,
    FULL_CYCLE_RATES,
    QUEUES,
    ROLES,
    STAGES,
    QueueProfile,
    StageProfile,
)
from kyogyo.errors import ModelError
from kyogyo.revenue_model import RevenueModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

USUAL_LEADS = 560  # a month, for which the staff of the profile is enough
SETTLING_MONTHS = 18  # after the data ends, until nothing is open that will ever move
_WORKING_DAYS = 20.4  # a month
_DIVIDED_BY = "pending_acceptance"  # where one department waits for another to accept


@dataclass(frozen=True, eq=False)
class Exits:
    """How journeys end that don't go on: stage columns, and cumulative shares in their order."""

    columns: Ints
    codes: tuple[str, ...]
    cumulative: Floats


@dataclass(frozen=True, eq=False)
class Step:
    """One stage of a track. `rate[source, segment]` is the chance to go on."""

    column: int
    code: str
    profile: StageProfile
    rate: Floats
    exits: Exits
    queue: QueueProfile | None
    role: str
    is_won: bool


@dataclass(frozen=True, eq=False)
class Track:
    """One way through the model. `number` is its position in the model."""

    code: str
    number: int
    steps: tuple[Step, ...]
    is_full_cycle: bool

    def position(self, stage: str) -> int | None:
        codes = [step.code for step in self.steps]
        return codes.index(stage) if stage in codes else None


@dataclass(frozen=True, eq=False)
class World:
    """Everything that is the same for each of the companies that truth is worked out from.

    `drift[column, month]` is added to the log rate of a stage; `pace[role]` how many journeys a
    ramped person takes up in a working day.
    """

    model: RevenueModel
    seed: int
    start_month: int
    months: int
    monthly_leads: int
    clock: Clock
    people: People
    tracks: tuple[Track, ...]
    drift: Floats
    pace: Mapping[str, float]

    @property
    def end(self) -> int:
        """The first instant after the data."""
        return self.clock.start(self.months)

    @property
    def full_cycle(self) -> Track | None:
        return next((track for track in self.tracks if track.is_full_cycle), None)


def make_world(
    *, model: RevenueModel, seed: int, start_month: int, months: int, monthly_leads: int
) -> World:
    """The organisation of a seed. Raises ModelError if the model has no track to work."""
    clock = make_clock(model=model, start_month=start_month, months=months, beyond=SETTLING_MONTHS)
    people = make_people(seed=seed, months=months, volume=monthly_leads / USUAL_LEADS)
    tracks = _tracks(model)
    leads = expected_leads(
        months=months,
        monthly_leads=monthly_leads,
        month_of_year=(start_month + np.arange(months)) % 12,
    )
    return World(
        model=model,
        seed=seed,
        start_month=start_month,
        months=months,
        monthly_leads=monthly_leads,
        clock=clock,
        people=people,
        tracks=tracks,
        drift=_drift(seed=seed, stages=len(model.stages), months=months),
        pace=_pace(tracks, people=people, monthly=float(leads.mean()), months=months),
    )


def _tracks(model: RevenueModel) -> tuple[Track, ...]:
    """The divided track, and the first one beside it on which nobody waits to be accepted."""
    sales = [
        number
        for number, track in enumerate(model.tracks)
        if any(stage.type == "won" for stage in model.path(track.code))
    ]
    divided = [n for n in sales if _DIVIDED_BY in model.tracks[n].stages] or sales[:1]
    if not divided:
        raise ModelError(
            en="The simulated company needs a track that leads to a stage of type 'won', and the "
            "model has none. Use the default model, or add such a track.",
            ja="模擬企業には、種類が won のフェーズに至る商流が必要ですが、モデルにありません。"
            "既定のモデルを使うか、そのような商流を追加してください。",
        )
    first_stage = model.tracks[divided[0]].stages[0]
    beside = [
        n
        for n in sales
        if _DIVIDED_BY not in model.tracks[n].stages
        and n != divided[0]
        and model.tracks[n].stages[0] == first_stage
    ]
    return tuple(
        _track(model, number=number, is_full_cycle=n == 1)
        for n, number in enumerate([divided[0], *beside[:1]])
    )


def _track(model: RevenueModel, *, number: int, is_full_cycle: bool) -> Track:
    declared = model.tracks[number]
    steps = tuple(
        _step(model, declared.code, code, is_full_cycle=is_full_cycle) for code in declared.stages
    )
    return Track(declared.code, number, steps, is_full_cycle)


def _step(model: RevenueModel, track: str, code: str, *, is_full_cycle: bool) -> Step:
    profile = STAGES.get(code, ANY_STAGE)
    if is_full_cycle and code == FULL_CYCLE_QUEUE.stage:
        profile = FULL_CYCLE_LEAD
    rate = profile.advance * np.outer(
        [profile.by_source.get(source.code, 1.0) for source in SOURCES],
        [profile.by_segment.get(segment.code, 1.0) for segment in SEGMENTS],
    )
    queues = (FULL_CYCLE_QUEUE,) if is_full_cycle else QUEUES
    return Step(
        column=model.stage_number(code) - 1,
        code=code,
        profile=profile,
        rate=rate * (FULL_CYCLE_RATES.get(code, 1.0) if is_full_cycle else 1.0),
        exits=_exits(model, track, profile),
        queue=next((queue for queue in queues if queue.stage == code), None),
        role=_role(model, code, is_full_cycle=is_full_cycle),
        is_won=model.stage(code).type == "won",
    )


def _exits(model: RevenueModel, track: str, profile: StageProfile) -> Exits:
    """The profile's ways to end that the track has; another stage of the same type stands in."""
    declared = model.exits(track)
    columns, codes, shares = [], [], []
    for code, share in profile.exits.items():
        kind = "recycled" if code == "recycled" else "lost"
        same = [s for s in declared if s.code == code] or [s for s in declared if s.type == kind]
        if same:
            columns.append(model.stage_number(same[0].code) - 1)
            codes.append(code)
            shares.append(share)
    return Exits(np.array(columns, dtype=np.int64), tuple(codes), np.cumsum(shares))


def _role(model: RevenueModel, stage: str, *, is_full_cycle: bool) -> str:
    """Who owns a journey in a stage: the role whose home is in the stage's department."""
    codes = {s.code: s.department for s in model.stages}
    department = codes[stage]
    divided = [role for role in ROLES if role.code != "full_cycle"]
    found = [role.code for role in divided if codes.get(role.home) == department]
    role = found[0] if found else "marketing"
    return "full_cycle" if is_full_cycle and role != "marketing" else role


def _drift(*, seed: int, stages: int, months: int) -> Floats:
    """A rate is never the same two months running; what it does is forgotten in a quarter."""
    shocks = generator(seed, "drift").standard_normal((stages, months + SETTLING_MONTHS))
    drift = np.zeros_like(shocks)
    for month in range(shocks.shape[1]):
        before = drift[:, month - 1] if month else 0.0
        drift[:, month] = DRIFT_MEMORY * before + shocks[:, month]
    return np.asarray(drift * DRIFT * np.sqrt(1 - DRIFT_MEMORY**2))


def _pace(
    tracks: tuple[Track, ...], *, people: People, monthly: float, months: int
) -> dict[str, float]:
    """As many journeys a person and day as make the people of each queue as busy as its `load`."""
    branch = 1.0 - sum(share for _, share in REGIONS)
    pace: dict[str, float] = {}
    for track in tracks:
        share = 1.0 if len(tracks) == 1 else branch if track.is_full_cycle else 1.0 - branch
        reached = _reach(track, months=months) * monthly / FIRST_ATTEMPTS * share
        for step, arrivals in zip(track.steps, reached, strict=True):
            if step.queue:
                role = people.roles[step.queue.role]
                strength = float(role.output.sum(axis=1).mean())
                pace[step.queue.role] = arrivals / _WORKING_DAYS / step.queue.load / strength
    return pace


def _reach(track: Track, *, months: int) -> Floats:
    """The share of leads that reach each stage, on average, as the rates say."""
    weights = source_shares(months).mean(axis=0)[:, None] * [s.segments for s in SOURCES]
    reached = []
    for step in track.steps:
        reached.append(float(weights.sum()))
        weights = weights * np.minimum(step.rate, 1.0)
    return np.array(reached)
