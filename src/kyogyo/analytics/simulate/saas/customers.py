"""What customers pay, month by month: from the month after the signature until they leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyogyo.analytics.simulate.draws import Draws, generator
from kyogyo.analytics.simulate.saas.clock import DAY_S
from kyogyo.analytics.simulate.saas.demand import Leads
from kyogyo.analytics.simulate.saas.journeys import NEVER, Journeys
from kyogyo.analytics.simulate.saas.market import SEGMENTS, SOURCES
from kyogyo.analytics.simulate.saas.profile import FULL_CYCLE_CHURN, PRICE_RISE
from kyogyo.analytics.simulate.saas.world import Track, World
from kyogyo.analytics.simulate.simulation import Fault
from kyogyo.words import minor_digits

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

AFTER_THE_END = 12  # months for which revenue is followed after the data
OLD_CUSTOMERS = 0.3  # of a month's leads: how many customers there are from before the first month
_SAFE_MONTHS = 3  # nobody leaves or changes before
_NOT_ADOPTED_BY = 120 * DAY_S
_NOT_ADOPTED = 2.2  # times the risk of who has not come to use it
_CONTRACTION = 0.006  # a month
_YEN = 1 / 150  # of another currency's unit
# The first estimate, the offer and the signed amount differ: people hope, then give discounts.
_ESTIMATE, _OFFER = (1.12, 0.25), (1.05, 0.1)

_PRICE = np.array([segment.price for segment in SEGMENTS])
_SPREAD = np.array([segment.spread for segment in SEGMENTS])
_CHURN = np.array([segment.monthly_churn for segment in SEGMENTS])
_EXPANSION = np.array([segment.monthly_expansion for segment in SEGMENTS])
_ANNUAL = np.array([segment.annual_contract for segment in SEGMENTS])
_PRICE_OF_SOURCE = np.array([source.price for source in SOURCES])


@dataclass(frozen=True, eq=False)
class Deals:
    """Amounts a year in minor units, by journey: first estimate, offer, signed.

    `expected` is the mean of what such a journey signs, before chance made it larger or smaller.
    """

    estimate: Ints
    offer: Ints
    signed: Ints
    expected: Floats


@dataclass(frozen=True, eq=False)
class Customers:
    """`row` is the journey that won each, NEVER for customers from before the first month.

    `paid[customer, month]` is in minor units; `left` is the first month without pay, or NEVER.
    """

    row: Ints
    paid: Ints
    left: Ints


def price_deals(
    *, world: World, leads: Leads, journeys: Journeys, draws: Draws, fault: Fault | None
) -> Deals:
    """The amounts of every journey that became a deal; 0 for the others."""
    rows = np.arange(len(journeys.track))
    root = journeys.root(rows)
    opened = _opened(world, journeys)
    segment, source = leads.segment[root], leads.source[root]
    years = opened / (365.25 * DAY_S)
    usual = _PRICE[segment] * _PRICE_OF_SOURCE[source] * (1 + PRICE_RISE) ** years
    if fault and fault.kind == "price":
        since = world.clock.start(fault.from_month - 1)
        faulty = (opened >= since) & (opened < world.end)
        usual = usual * np.where(faulty, fault.factor, 1.0)
    price = usual * np.exp(_SPREAD[segment] * draws.normal("price"))
    estimate = price * _ESTIMATE[0] * np.exp(_ESTIMATE[1] * draws.normal("estimate"))
    offer = price * _OFFER[0] * np.exp(_OFFER[1] * np.abs(draws.normal("offer")))
    is_deal = opened != NEVER
    mean = usual * np.exp(_SPREAD[segment] ** 2 / 2) * is_deal
    return Deals(
        estimate=_rounded(estimate * is_deal, world=world, to=10_000),
        offer=_rounded(offer * is_deal, world=world, to=10_000),
        signed=_rounded(price * is_deal, world=world, to=10_000),
        expected=mean * _minor_units(world.model.currency),
    )


def _opened(world: World, journeys: Journeys) -> Ints:
    """When the first stage of sales people was entered; for other models, the won stage."""
    opened = np.full(len(journeys.track), NEVER, dtype=np.int64)
    for number, track in enumerate(world.tracks):
        mine = journeys.track == number
        position = track.position("discovery")
        column = track.steps[position].column if position is not None else won_column(track)
        opened[mine] = journeys.reached[mine, column]
    return opened


def won_column(track: Track) -> int:
    return next(step.column for step in track.steps if step.is_won)


def _rounded(yen: Floats, *, world: World, to: int) -> Ints:
    """Whole `to` yen, or the like in the model's currency, as minor units."""
    currency = world.model.currency
    unit = to if currency == "JPY" else to // 100 * 10 ** minor_digits(currency)
    return np.asarray(np.round(yen * _minor_units(currency) / unit) * unit).astype(np.int64)


def _minor_units(currency: str) -> float:
    """Of a yen. The profile's prices are in yen; elsewhere they are about as high."""
    return 1.0 if currency == "JPY" else _YEN * 10 ** minor_digits(currency)


def bill(
    *,
    world: World,
    leads: Leads,
    journeys: Journeys,
    deals: Deals,
    draws: Draws,
    fault: Fault | None,
) -> Customers:
    """Follow each customer to AFTER_THE_END months after the data."""
    months = world.months + AFTER_THE_END
    won_at = _won_at(world, journeys)
    won = np.flatnonzero((won_at != NEVER) & (world.clock.month_of(won_at) < months))
    begins = np.concatenate([world.clock.month_of(won_at[won]) + 1, _old_since(world)])
    segment, monthly = _old_customers(world)
    segment = np.concatenate([leads.segment[journeys.root(won)], segment])
    pay = np.concatenate([_rounded_months(deals.signed[won], world=world), monthly]).astype(float)
    risk = _CHURN[segment] * _risk_of_rows(world, journeys, won, won_at, more=len(monthly))
    left = np.full(len(begins), NEVER, dtype=np.int64)
    paid = np.zeros((len(begins), months), dtype=np.int64)
    for month in range(months):
        tenure = month - begins
        pays = (tenure >= 0) & (left == NEVER)
        settled = pays & (tenure >= _SAFE_MONTHS)
        u = _column(draws, "churn", month, won, more=len(monthly), seed=world.seed)
        leaves = settled & (u < _risk(segment, risk, tenure, _worse(world, fault, month)))
        left[leaves] = month
        u = _column(draws, "change", month, won, more=len(monthly), seed=world.seed)
        pay = np.where(settled, pay * _change(u, segment), pay)
        paid[:, month] = np.where(pays & ~leaves, _tidy(pay, world=world), 0)
    return Customers(np.concatenate([won, np.full(len(monthly), NEVER)]), paid, left)


def _worse(world: World, fault: Fault | None, month: int) -> float:
    faulty = fault and fault.kind == "churn" and fault.from_month - 1 <= month < world.months
    return fault.factor if fault and faulty else 1.0


def _risk(segment: Ints, monthly: Floats, tenure: Ints, worse: float) -> Floats:
    """Of leaving this month: each month, or at the end of each year of an annual contract."""
    monthly = np.minimum(monthly * worse, 0.5)
    at_renewal = np.where(tenure % 12 == 0, 1 - (1 - monthly) ** 12, 0.0)
    return np.asarray(np.where(_ANNUAL[segment], at_renewal, monthly))


def _change(u: Floats, segment: Ints) -> Floats:
    """Most months none; the rest of the same random number says how much."""
    more = _EXPANSION[segment]
    less = u > 1 - _CONTRACTION
    grown = 1.06 + 0.34 * (u / more) ** 2
    shrunk = 0.65 + 0.27 * (1 - u) / _CONTRACTION
    return np.asarray(np.where(u < more, grown, np.where(less, shrunk, 1.0)))


def _column(draws: Draws, purpose: str, month: int, won: Ints, *, more: int, seed: int) -> Floats:
    old = generator(seed, "old customers", purpose, month).random(more)
    return np.concatenate([draws.uniform(purpose, month)[won], old])


def _won_at(world: World, journeys: Journeys) -> Ints:
    columns = np.array([won_column(track) for track in world.tracks])[journeys.track]
    return np.asarray(journeys.reached[np.arange(len(columns)), columns])


def _risk_of_rows(
    world: World, journeys: Journeys, won: Ints, won_at: Ints, *, more: int
) -> Floats:
    """Who never came to use it leaves sooner; whom one person served stays longer."""
    risk = np.ones(len(won) + more)
    for number, track in enumerate(world.tracks):
        adopted = journeys.reached[won, track.steps[-1].column]
        late = (adopted == NEVER) | (adopted - won_at[won] > _NOT_ADOPTED_BY)
        mine = journeys.track[won] == number
        risk[: len(won)][mine & late] *= _NOT_ADOPTED
        risk[: len(won)][mine] *= FULL_CYCLE_CHURN if track.is_full_cycle else 1.0
    return risk


def _old_customers(world: World) -> tuple[Ints, Floats]:
    """Segment and monthly pay of those who were customers before the first month."""
    n = round(world.monthly_leads * OLD_CUSTOMERS)
    rng = generator(world.seed, "old customers")
    segment = np.searchsorted([0.55, 0.86], rng.random(n), side="right")
    yearly = _PRICE[segment] * np.exp(_SPREAD[segment] * rng.standard_normal(n)) * 0.9
    return segment, _rounded_months(_rounded(yearly, world=world, to=10_000), world=world)


def _old_since(world: World) -> Ints:
    n = round(world.monthly_leads * OLD_CUSTOMERS)
    return -generator(world.seed, "old since").integers(4, 40, n)


def _rounded_months(yearly: Ints, *, world: World) -> Floats:
    return _tidy(yearly / 12, world=world).astype(np.float64)


def _tidy(minor: Floats, *, world: World) -> Ints:
    """Thousands of yen, or whole units of another currency."""
    currency = world.model.currency
    unit = 1_000 if currency == "JPY" else 10 ** minor_digits(currency)
    return np.asarray(np.round(minor / unit) * unit).astype(np.int64)
