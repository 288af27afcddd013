"""Whether, since when and how a step changed: fewer go on, everything takes longer, or there is a wait before it.

The three look alike where half of the weeks are young, and each says that somebody else should act. So all are held
against the same counts at once, with every week as the week of the change: a posterior on a grid of (what, since
when, by how much). Drawing from it carries all that isn't known into what restoring the step would bring; no window
has to be laid, so none can lie wrongly.

The rate before cancels (the counts before and after are split, given their sum), so nothing is assumed about it.
Source: the conditional split of Poisson counts, Przyborowski & Wilenski (1940); one change at an unknown place with
a prior over places, Chernoff & Zacks (1964); rates over matured exposure as in Mack (1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kyogyo.analytics.step_weeks import (
    WEEK,
    Floats,
    Ints,
    StepWeeks,
    grown,
    log_density,
    slowed,
    waited,
)

What = Literal["nothing", "rate", "pace", "wait", "rate_and_pace", "cooled"]
WHATS: tuple[What, ...] = ("nothing", "rate", "pace", "wait", "rate_and_pace", "cooled")
# How likely each is before looking, for one step; 'cooled' where the step before got slower.
_PRIOR = {"nothing": 0.56, "rate": 0.26, "pace": 0.06, "wait": 0.08, "rate_and_pace": 0.04}
_COOLED = 0.25
_TIMES = (0.4, 0.5, 0.63, 0.8, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3)
_WAITS = (1.0, 1.5, 2.0, 3.0, 4.5, 6.5, 9.0, 12.0, 16.0, 22.0, 30.0, 42.0)
_RATIOS = np.exp(np.linspace(np.log(0.12), np.log(3.2), 67))
# Rates and times wander by so much though nothing happens; a change that people would call one is larger.
WANDER, _CHANGE = 0.05, 0.45
_WANDER_TIMES, _WANDER_DAYS, _LEAST_WAIT = 1.3, 0.8, 0.15
# What a day of delay takes from the log chance to go on, and how far that is known (statistics.md, section 3).
_COOLING = 0.02
# Where a step takes longer than so many days anyway, people work there; a queue before it is rarer.
_SHORT, _RARE = 4.0, 0.2
_IMPLAUSIBLE = 8.0
# Days of the same weeks aren't independent of each other: they say less than their number.
_DAYS_COUNT = 0.6
_YOUNGEST, _OLDEST = 3, 10
_LATELY, _ENOUGH_SERVED = 6, 8


@dataclass(frozen=True)
class Slower:
    """That the step before takes `days` more since about the day `since`: who waited there may have cooled down here."""

    days: float
    since: int


@dataclass(frozen=True)
class StepShift:
    """Draws of what happened to a step; arrays of one length.

    `what` index into WHATS, `week` index of the first week after, `ratio` of the rate now to before, `days` more until
    the next stage. `likely` is the posterior of each of WHATS; `at` the likeliest week of the change, and `rate_now`,
    `rate_before` draws of the rates themselves. `log_nothing` is the log of the posterior of nothing; `narrow`: the kind (attribute, value) of journeys in which alone the rate
    changed, and how likely that is.
    """

    what: Ints
    week: Ints
    ratio: Floats
    days: Floats
    rate_now: Floats
    rate_before: Floats
    likely: dict[What, float]
    at: int
    shape: int
    phi: float
    log_nothing: float = 0.0
    narrow: tuple[str, int, float] | None = None

    def is_(self, *names: What) -> np.ndarray:
        """The draws in which it is one of these."""
        return np.isin(self.what, [WHATS.index(name) for name in names])


@dataclass(frozen=True)
class Shapes:
    """The paces that are tried: 'usual' ones wander a little. `days` is how much longer each takes on average."""

    paces: tuple[Floats, ...]
    kinds: tuple[str, ...]
    sizes: Floats
    days: Floats
    usual_days: float

    @staticmethod
    def of(weeks: StepWeeks) -> Shapes:
        usual = weeks.usual_days
        waits = [s for s in _WAITS if s < weeks.length / 2]
        kinds = ["usual"]
        for k in _TIMES:
            is_small = max(k, 1 / k) < _WANDER_TIMES or abs((k - 1) * usual) < _WANDER_DAYS
            kinds.append("usual" if is_small else "pace")
        for s in waits:
            is_small = s <= max(_WANDER_DAYS, _LEAST_WAIT * usual)
            kinds.append("none" if is_small else "wait")
        return Shapes(
            paces=(
                weeks.pace,
                *(slowed(weeks.pace, times=k) for k in _TIMES),
                *(waited(weeks.pace, days=s) for s in waits),
            ),
            kinds=tuple(kinds),
            sizes=np.array([1.0, *_TIMES, *waits]),
            days=np.array([0.0, *((k - 1) * usual for k in _TIMES), *waits]),
            usual_days=usual,
        )

    def columns(self, kind: str) -> Ints:
        return np.flatnonzero([k == kind for k in self.kinds])


def find_shift(
    weeks: StepWeeks,
    *,
    rng: np.random.Generator,
    draws: int,
    phi: float = 1.0,
    slower: Slower | None = None,
) -> StepShift:
    """The posterior of what happened to a step, as draws.

    `phi`: how much noisier than chance its weeks are. `slower`: what happened to the step before, if it did.
    """
    shapes = Shapes.of(weeks)
    places = np.arange(min(_OLDEST, weeks.weeks - 1), max(weeks.weeks - _YOUNGEST, _OLDEST + 1))
    places = places[places < weeks.weeks]
    table = _likelihoods(weeks, shapes, places, phi=phi)
    log_post, parts = [], []
    for what in WHATS:
        if what == "cooled" and slower is None:
            continue
        log_prior, columns = _prior(what, shapes, slower)
        where = np.full(places.size, -np.log(places.size))
        if what == "cooled" and slower is not None:
            apart = (weeks.starts[places] - slower.since) / WEEK
            where = -0.5 * (apart / 2.5) ** 2
            where = where - np.log(np.exp(where - where.max()).sum()) - where.max()
        log_post.append(table[:, columns, :] + log_prior[None, :, :] + where[:, None, None])
        parts.append(columns)
    return _draw(log_post, parts, places, weeks, shapes, rng=rng, draws=draws, phi=phi)


def _likelihoods(weeks: StepWeeks, shapes: Shapes, places: Ints, *, phi: float) -> Floats:
    """[places, shapes, ratios] log likelihood beside that of no change."""
    e, events = _exposures(weeks, shapes)
    went = weeks.advanced.sum(axis=1)
    a_after = _from(went)[places]
    a_all = went.sum()
    e_before = (np.cumsum(e[0]) - e[0])[places]
    e_after = np.stack([_from(row)[places] for row in e])
    gained = np.stack([_from(row)[places] for row in events])
    log_ratio = np.log(_RATIOS)
    whole = np.log(np.maximum(e[0].sum(), 1e-9))
    mean = e_before[None, :, None] + _RATIOS[None, None, :] * e_after[:, :, None]
    found = (
        a_after[None, :, None] * log_ratio[None, None, :]
        - a_all * (np.log(np.maximum(mean, 1e-9)) - whole)
        + gained[:, :, None]
    )
    return np.asarray(np.swapaxes(found, 0, 1) / phi)


def _exposures(weeks: StepWeeks, shapes: Shapes) -> tuple[Floats, Floats]:
    """By shape and week: mature-equivalent entries, and how much better the days of going on fit it than the usual."""
    n = weeks.entered * weeks.weight
    share = np.stack([grown(pace, weeks.ages) for pace in shapes.paces])
    densities = np.stack([log_density(pace) for pace in shapes.paces])
    events = (weeks.advanced @ (densities - densities[0]).T).T
    # How many went on by now speaks of the rate; on which of the days until now they did, of the pace alone.
    log_share = np.log(np.maximum(share, 1e-9))
    by_now = weeks.advanced.sum(axis=1) * (log_share - log_share[0])
    fits = by_now + _DAYS_COUNT * (events - by_now)
    return n * share, np.asarray(fits)


def _from(values: Floats) -> Floats:
    """The sum from each week on."""
    return np.asarray(np.cumsum(values[::-1])[::-1])


def _prior(what: What, shapes: Shapes, slower: Slower | None) -> tuple[Floats, Ints]:
    """[columns, ratios] log prior of a kind of change, and which shapes it may have."""
    kind = {"wait": "wait", "pace": "pace", "rate_and_pace": "pace"}.get(what, "usual")
    columns = shapes.columns(kind)
    days = shapes.days[columns]
    times = -0.5 * (np.log(np.maximum(shapes.sizes[columns], 1e-9)) / 0.6) ** 2
    same = np.zeros(days.size)
    cooler = np.maximum(-_COOLING * days, -0.7)
    if what == "wait":
        centre, spread, sizes = 1.5 * cooler, 0.05 - 1.2 * cooler, same
    elif what == "pace":
        centre, spread, sizes = cooler, 0.04 + 0.6 * np.abs(cooler), times
    elif what == "rate_and_pace":
        centre, spread, sizes = cooler, same + _CHANGE, times
    else:
        # Not every step's times wander: the usual ones are likeliest.
        sizes = np.where(columns == 0, 0.0, -2.0)
        if what == "cooled" and slower is not None:
            centre = same - 1.3 * _COOLING * slower.days
            spread = same + 0.03 + 0.8 * _COOLING * slower.days
        else:
            centre, spread = same, same + (WANDER if what == "nothing" else _CHANGE)
    if not columns.size:
        return np.zeros((0, _RATIOS.size)), columns
    sizes = sizes - np.log(np.exp(sizes).sum())
    log_ratio = np.log(_RATIOS)
    rows = np.stack([_normal(log_ratio, c, s) for c, s in zip(centre, spread, strict=True)])
    if kind != "usual":
        # What takes longer isn't done oftener for it, nor what is faster less often.
        against = np.sign(days)[:, None] * log_ratio[None, :] > WANDER
        rows = np.where(against, rows - _IMPLAUSIBLE, rows)
    share = _COOLED if what == "cooled" else _PRIOR[what]
    if what == "wait" and shapes.usual_days > _SHORT:
        share *= _RARE
    return np.log(share) + sizes[:, None] + rows, columns


def _normal(x: Floats, centre: float, spread: float) -> Floats:
    """Log of normal weights on a grid, which sum to 1."""
    log = -0.5 * ((x - centre) / spread) ** 2
    return np.asarray(log - np.log(np.exp(log - log.max()).sum()) - log.max())


def _draw(
    log_post: list[Floats],
    parts: list[Ints],
    places: Ints,
    weeks: StepWeeks,
    shapes: Shapes,
    *,
    rng: np.random.Generator,
    draws: int,
    phi: float,
) -> StepShift:
    flat = np.concatenate([block.ravel() for block in log_post])
    owner = np.concatenate([np.full(block.size, i) for i, block in enumerate(log_post)])
    weight = np.exp(flat - flat.max())
    weight /= weight.sum()
    likely: dict[What, float] = {
        what: float(weight[owner == i].sum()) for i, what in enumerate(WHATS)
    }
    upto = np.cumsum(weight)
    picked = np.searchsorted(upto, (np.arange(draws) + rng.random(draws)) / draws * upto[-1])
    picked = rng.permutation(np.minimum(picked, flat.size - 1))
    what = owner[picked]
    place, shape, ratio = (np.zeros(draws, np.int64) for _ in range(3))
    offset = 0
    for i, block in enumerate(log_post):
        mine = what == i
        p, s, r = np.unravel_index(picked[mine] - offset, block.shape)
        place[mine], shape[mine], ratio[mine] = p, parts[i][s], r
        offset += block.size
    exposures, _ = _exposures(weeks, shapes)
    went = weeks.advanced.sum()
    before = np.cumsum(exposures[0]) - exposures[0]
    after = np.stack([_from(row) for row in exposures])
    week = places[place]
    rho = _RATIOS[ratio]
    total = before[week] + rho * after[shape, week]
    base = rng.gamma((went + 0.5) / phi, phi, draws) / np.maximum(total, 1e-9)
    nothing = what == 0
    in_queue = what == WHATS.index("wait")
    if in_queue.any():
        rho = np.where(in_queue, _served(weeks, base, week, rho, rng=rng), rho)
    return StepShift(
        what=what,
        week=week,
        ratio=rho,
        days=np.where(np.isin(what, (0, 1, 5)), 0.0, shapes.days[shape]),
        rate_now=np.minimum(base * rho, 1.0),
        rate_before=np.minimum(base, 1.0),
        likely=likely,
        at=_likeliest_place(log_post, places),
        shape=int(np.bincount(shape[~nothing]).argmax()) if (~nothing).any() else 0,
        phi=phi,
        log_nothing=float(
            np.log(np.exp(log_post[0] - log_post[0].max()).sum())
            + log_post[0].max()
            - np.log(np.exp(flat - flat.max()).sum())
            - flat.max()
        ),
    )


def _likeliest_place(log_post: list[Floats], places: Ints) -> int:
    """The week of the likeliest change, whatever it is beside nothing."""
    highest = max(float(block.max(initial=-np.inf)) for block in log_post)
    by_place = np.zeros(places.size)
    for block in log_post[1:]:
        by_place += np.exp(block - highest).sum(axis=(1, 2))
    return int(places[int(np.argmax(by_place))])


def _served(
    weeks: StepWeeks, base: Floats, week: Ints, ratio: Floats, *, rng: np.random.Generator
) -> Floats:
    """The ratio once the queue is as long as it gets: who is taken up a week beside who comes a week, lately.

    While a queue still grows, those who came first waited less than those who come now will.
    """
    end = float(weeks.starts[-1] + WEEK)
    left = weeks.starts[:, None] + WEEK / 2 + np.arange(weeks.length)[None, :] + 0.5
    went = float(weeks.advanced[(left >= end - WEEK * _LATELY) & (left < end)].sum())
    came = float((weeks.entered * weeks.weight)[-_LATELY:].sum())
    if went < _ENOUGH_SERVED or came < _ENOUGH_SERVED:
        return ratio
    lately = rng.gamma(went + 0.5, 1.0, base.size) / came / np.maximum(base, 1e-9)
    # A change so young that some weeks before it are among the last ones says less.
    return np.where(weeks.weeks - week >= _LATELY, np.minimum(lately, ratio), ratio)


def compare_rates(
    went: Floats, mature: Floats, *, phi: float
) -> tuple[float, tuple[Ints, Floats, Floats]]:
    """How many times likelier (its log) weekly counts are with a change of rate than without, and where and how large.

    The second is places, ratios and their posterior [places, ratios], given that there was a change.
    """
    places = np.arange(_OLDEST, went.size - _YOUNGEST + 1)
    log_ratio = np.log(_RATIOS)
    a1, e1 = _from(went)[places], _from(mature)[places]
    a, e = went.sum(), max(float(mature.sum()), 1e-9)
    mean = (e - e1)[:, None] + _RATIOS[None, :] * e1[:, None]
    table = (a1[:, None] * log_ratio - a * (np.log(np.maximum(mean, 1e-9)) - np.log(e))) / phi
    table = table - np.log(places.size)
    changed = table + _normal(log_ratio, 0.0, _CHANGE)[None, :]
    same = table + _normal(log_ratio, 0.0, WANDER)[None, :]
    top = changed.max()
    odds = np.log(np.exp(changed - top).sum()) + top
    odds -= np.log(np.exp(same - same.max()).sum()) + same.max()
    weight = np.exp(changed - top)
    return float(odds), (places, _RATIOS, np.asarray(weight / weight.sum()))
