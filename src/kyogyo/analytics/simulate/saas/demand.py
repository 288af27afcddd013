"""The leads that come in: when, from where, of what size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import generator
from kyogyo.analytics.simulate.saas.clock import DAY_S, Clock
from kyogyo.analytics.simulate.saas.market import (
    GROWTH,
    REGIONS,
    SEASON,
    SOURCES,
    Arrival,
    SourceProfile,
)
from kyogyo.analytics.simulate.saas.profile import FIRST_ATTEMPTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Share of a day's web leads by hour, 0 to 23.
_HOURS = np.array([1, 1, 0, 0, 0, 1, 2, 4, 7, 11, 13, 12, 7, 11, 12, 11, 11, 10, 7, 5, 4, 4, 3, 2])
_FREE_DAY = 0.3  # web leads on a day that is not worked, relative to one that is
_WEBINARS, _EVENTS = 3, 1  # a month
_DAYS_OF_EVENT = 2
_WEBINAR_AT = 15 * 3_600


class Gathering(NamedTuple):
    """A webinar or trade show: its number in the month, and the days it lasts."""

    month: int
    number: int
    days: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Leads:
    """First attempts in order of `at`; sources, segments and so on are positions in the profile.

    `known_at` is when the company learned of them: lists of trade shows come days later. `campaign` counts within the source: a position for a standing campaign, the number of the
    gathering for webinars and trade shows. `u_volume` decides which leads a fault in the volume
    keeps away.
    """

    at: Ints
    known_at: Ints
    source: Ints
    campaign: Ints
    segment: Ints
    region: Ints
    u_volume: Floats

    def __len__(self) -> int:
        return len(self.at)


def expected_leads(*, months: int, monthly_leads: int, month_of_year: Ints) -> Floats:
    """First attempts by month: growth and season, their mean `monthly_leads` times a constant."""
    trend = 1 + GROWTH * (np.arange(months) / max(months - 1, 1) - 0.5)
    shape = trend * np.array(SEASON)[month_of_year]
    return np.asarray(monthly_leads * FIRST_ATTEMPTS * shape * months / shape.sum())


def source_shares(months: int) -> Floats:
    """[month, source]: the mix drifts from its first to its last state."""
    first, last = np.array([source.share for source in SOURCES]).T
    part = np.linspace(0.0, 1.0, months)[:, None]
    shares = first * (1 - part) + last * part
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def plan_gatherings(*, seed: int, clock: Clock, arrival: Arrival) -> tuple[Gathering, ...]:
    """When webinars and trade shows are held. None in the weeks when nobody would come."""
    rng = generator(seed, "gatherings", arrival)
    each, length = (_WEBINARS, 1) if arrival == "webinar" else (_EVENTS, _DAYS_OF_EVENT)
    held = []
    number = 0
    for month in range(clock.months):
        first, last = np.searchsorted(clock.day, clock.month_starts[month : month + 2])
        slots = np.linspace(first + 1, max(last - 6, first + 1), each + 1)[:-1]
        for slot in slots:
            start = int(slot) + int(rng.integers(0, 4))
            days = clock.day[start : start + length]
            if all(clock.month[days] == month):
                held.append(Gathering(month, number, tuple(int(day) for day in days)))
            number += 1
    return tuple(held)


def make_leads(
    *, seed: int, replication: int, clock: Clock, monthly_leads: int, start_month: int, most: float
) -> Leads:
    """Poisson arrivals. `most` >= 1 multiplies their number, for faults that bring more."""
    months = clock.months
    month_of_year = (start_month + np.arange(months)) % 12
    expected = expected_leads(
        months=months, monthly_leads=monthly_leads, month_of_year=month_of_year
    )[:, None] * source_shares(months)
    parts = []
    for position, source in enumerate(SOURCES):
        rng = generator(seed, replication, "leads", source.code)
        number = rng.poisson(expected[:, position] * most)
        at, known_at, campaign = _arrivals(source, number=number, clock=clock, seed=seed, rng=rng)
        n = len(at)
        segment = np.searchsorted(np.cumsum(source.segments)[:-1], rng.random(n), side="right")
        region = np.searchsorted(
            np.cumsum([share for _, share in REGIONS]), rng.random(n), side="right"
        )
        origin = np.full(n, position)
        parts.append((at, known_at, origin, campaign, segment, region, rng.random(n)))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Leads(*(column[order] for column in columns))


def _arrivals(
    source: SourceProfile, *, number: Ints, clock: Clock, seed: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """`at`, `known_at` and `campaign` of the leads of one source, `number` by month."""
    if source.arrival in ("webinar", "event"):
        gatherings = plan_gatherings(seed=seed, clock=clock, arrival=source.arrival)
        return _at_gatherings(
            number, gatherings=gatherings, arrival=source.arrival, clock=clock, rng=rng
        )
    weights = np.where(clock.working, 1.0, _FREE_DAY if source.arrival == "anytime" else 0.0)
    day = np.concatenate(
        [
            _days(n, first=first, last=last, weights=weights, rng=rng)
            for n, first, last in zip(
                number, clock.month_starts, clock.month_starts[1:], strict=False
            )
        ]
    )
    if source.arrival == "anytime":
        hour = rng.choice(24, size=len(day), p=_HOURS / _HOURS.sum())
        within = hour * 3_600 + rng.integers(0, 3_600, len(day))
    else:
        within = clock.opens + rng.integers(0, clock.length, len(day))
    campaign = (rng.random(len(day)) ** 1.5 * len(source.campaigns)).astype(np.int64)
    at = day * DAY_S + within
    return at, at, campaign


def _days(n: int, *, first: int, last: int, weights: Floats, rng: np.random.Generator) -> Ints:
    total = np.cumsum(weights[first:last])
    return np.asarray(first + np.searchsorted(total, rng.random(n) * total[-1], side="right"))


def _at_gatherings(
    number: Ints,
    *,
    gatherings: tuple[Gathering, ...],
    arrival: Arrival,
    clock: Clock,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """The leads of a month come together, on its days of gathering.

    Of a trade show only the day is known, from a list that is loaded some days after it.
    """
    at, known_at, campaign = [], [], []
    for month, n in enumerate(number):
        held = [gathering for gathering in gatherings if gathering.month == month]
        if not held:
            continue
        which = rng.integers(0, len(held), n)
        days = np.array([gathering.days for gathering in held], dtype=np.int64)
        day = days[which, rng.integers(0, days.shape[1], n)]
        if arrival == "webinar":
            came = day * DAY_S + _WEBINAR_AT + rng.integers(0, 2 * 3_600, n)
            known = came
        else:
            came = day * DAY_S
            later = 1 + 3 * rng.random(len(held))
            known = clock.after(days[:, -1] * DAY_S + DAY_S - 1, working_days=later)[which]
        at.append(came)
        known_at.append(known)
        campaign.append(np.array([gathering.number for gathering in held])[which])
    nothing = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([nothing, *at]),
        np.concatenate([nothing, *known_at]),
        np.concatenate([nothing, *campaign]),
    )
