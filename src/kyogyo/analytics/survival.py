"""How many get there, and when, although some are still on their way.

A journey in a stage ends in one of several causes (advanced, lost, recycled) or is still open, that
is, censored. Counting the open ones as failures makes every recent cohort look bad; leaving them
out makes it look good. The Aalen-Johansen estimator does neither.

Times are lags, whole numbers of one unit (days, as a rule) since entry. The input is a histogram,
as SQL delivers it: how many ended by each cause, and how many were last seen open, at each lag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kyogyo.analytics.intervals import FloatArray, Interval, normal_quantile, wilson

IntArray = NDArray[np.int64]
Lags = NDArray[Any] | Sequence[int]


@dataclass(frozen=True)
class CumulativeIncidence:
    """The share that has left by each cause up to and including each lag, for one or many cohorts.

    `times` [T]: lags; `incidence`, `se` [..., T, K]: by cause; `survival` [..., T]: share still in;
    `at_risk` [..., T]: cases in and observed just before the lag; `known` [..., T]: cases whose
    state at the lag is known. The leading axis, if there is one, is the cohort.
    """

    times: IntArray
    incidence: FloatArray
    se: FloatArray
    survival: FloatArray
    at_risk: IntArray
    known: IntArray

    @property
    def followed_to(self) -> Any:
        """The last lag at which anybody was observed, -1 if nobody ever was. Shape [...]."""
        seen = np.where(self.at_risk > 0, self.times, -1)
        last = seen.max(axis=-1, initial=-1)
        return int(last) if last.ndim == 0 else last

    def at(self, t: float, cause: int = 0, *, level: float = 0.95) -> Interval[Any]:
        """The share gone by `cause` within `t` (lag `t` inside), with pointwise limits.

        Floats, or arrays [C] for many cohorts. Beyond the follow-up nothing is known: nan with
        limits 0 and 1, unless everybody had left before. Limits are made on the complementary
        log-log scale; where the share is 0 or 1, which has no such limits, they're Wilson's.
        """
        index = int(np.searchsorted(self.times, t, side="right")) - 1
        unknown = (t > np.asarray(self.followed_to)) & (self._last_survival() > 0)
        if index < 0:
            value = np.zeros(self.survival.shape[:-1])
            first = self.known[..., 0] if self.times.size else np.zeros(value.shape, np.int64)
            limits = _limits(value, value, first, level=level)
        else:
            value = self.incidence[..., index, cause]
            limits = _limits(value, self.se[..., index, cause], self.known[..., index], level=level)
        three = (
            np.where(unknown, np.nan, value),
            np.where(unknown, 0.0, limits[0]),
            np.where(unknown, 1.0, limits[1]),
        )
        if value.ndim == 0:
            return Interval(*(float(part) for part in three))
        return Interval(*three)

    def limits(self, cause: int = 0, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """The pointwise limits of the whole curve of one cause, each of shape [..., T]."""
        return _limits(self.incidence[..., cause], self.se[..., cause], self.known, level=level)

    def quantile(self, q: float, cause: int = 0, *, level: float = 0.95) -> Interval[Any]:
        """The first lag at which the share gone by `cause` is at least `q`, with limits.

        `inf` = not reached within the follow-up. The limits are the lags at which the pointwise
        limits reach `q`. Floats, or arrays [C].

        Raises ValueError unless 0 < q < 1. Source: Brookmeyer & Crowley (1982) Biometrics 38:29.
        """
        if not 0 < q < 1:
            message = f"q must lie between 0 and 1, not {q}"
            raise ValueError(message)
        lo, hi = self.limits(cause, level=level)
        value = _first_lag(self.times, self.incidence[..., cause], q)
        late = _first_lag(self.times, lo, q)
        early = _first_lag(self.times, hi, q)
        # So few cases that q can't be excluded even before the first lag.
        early = np.where(np.asarray(self.at(-1, cause, level=level).hi) >= q, 0.0, early)
        if value.ndim == 0:
            return Interval(float(value), float(early), float(late))
        return Interval(value, early, late)

    def _last_survival(self) -> FloatArray:
        if self.times.size == 0:
            return np.ones(self.survival.shape[:-1])
        return self.survival[..., -1]


def aalen_johansen(
    *, times: Lags, events: Any, censored: Any, entered: Any | None = None
) -> CumulativeIncidence:
    """The cumulative incidence of K causes that compete, for one cohort or for C at once.

    `times` int [T]: distinct lags, ascending, 0 allowed (an end on the day of entry counts);
    `events` int [T, K] or [C, T, K]: how many ended by each cause at exactly that lag;
    `censored` int [T] or [C, T]: how many were last seen open at that lag;
    `entered` int [T] or [C, T]: of the cases counted above, how many came under observation only
    AFTER this lag (they were in the stage before the data begins); all others are at risk from the
    start. At one lag events come before censorings, and both before late entries.

    The variance is Aalen's in the delta form that R's survfit prints.
    Raises ValueError on wrong shapes, lags out of order, negative counts, or a lag at which more
    cases end than are under observation.
    Source: Aalen & Johansen (1978); Marubini & Valsecchi (1995) 10.2.
    """
    lags, d, lost, late = _checked(times, events, censored, entered)
    ended = d.sum(axis=-1)
    # Everybody who ends at this lag or later, less those who aren't yet under observation.
    at_risk = _from_here_on(ended + lost - late)
    if np.any(at_risk < ended + lost):
        message = "at some lag more cases end than are under observation: check `entered`"
        raise ValueError(message)
    y = np.maximum(at_risk, 1).astype(float)
    survival = np.cumprod(1 - ended / y, axis=-1)
    before = np.concatenate([np.ones((*survival.shape[:-1], 1)), survival[..., :-1]], axis=-1)
    # A sum of shares may pass 1 by a rounding, which a share may not.
    incidence = np.minimum(np.cumsum(before[..., None] * d / y[..., None], axis=-2), 1.0)
    variance = _variance(incidence, d=d, ended=ended, y=y, before=before)
    gone = np.cumsum(ended, axis=-1) - ended
    return CumulativeIncidence(
        times=lags,
        incidence=incidence,
        se=np.sqrt(np.maximum(variance, 0.0)),
        survival=survival,
        at_risk=at_risk,
        known=at_risk + gone,
    )


def kaplan_meier(
    *, times: Lags, events: Any, censored: Any, entered: Any | None = None
) -> CumulativeIncidence:
    """The curve of one cause only: `events` is int [T] or [C, T], the rest as in `aalen_johansen`.

    `survival` is the Kaplan-Meier curve; `incidence` = 1 - survival, with Greenwood's variance and
    log-log limits; `quantile(0.5)` is the median time. Right only where nothing else can happen:
    with losses counted as censored it overstates what is won.
    """
    return aalen_johansen(
        times=times, events=np.asarray(events)[..., None], censored=censored, entered=entered
    )


def restricted_mean(*, curve: CumulativeIncidence, horizon: float) -> tuple[Any, Any]:
    """The mean time spent in the stage within `horizon`, and its standard error, in units of lag.

    The area under the survival curve up to `horizon`: everybody counts, the slow ones with
    `horizon`. nan where the follow-up ends earlier. Floats, or arrays [C].
    Source: Klein & Moeschberger (2003) 4.5.
    """
    inside = curve.times < horizon
    edges = np.concatenate([curve.times[inside].astype(float), [horizon]])
    survival = curve.survival[..., inside]
    pieces = survival * np.diff(edges)
    # The area to the right of each lag: what the ends at that lag can move.
    after = np.cumsum(pieces[..., ::-1], axis=-1)[..., ::-1]
    mean = edges[0] + pieces.sum(axis=-1)
    before = np.concatenate([np.ones((*survival.shape[:-1], 1)), survival[..., :-1]], axis=-1)
    y = np.maximum(curve.at_risk[..., inside], 1)
    hazard = 1 - np.divide(survival, before, out=np.ones_like(survival), where=before > 0)
    weight = hazard / np.where(survival > 0, y * (1 - hazard), 1.0)
    se = np.sqrt(np.sum(after**2 * weight, axis=-1))
    unknown = (horizon > np.asarray(curve.followed_to)) & (curve.survival[..., -1] > 0)
    mean, se = np.where(unknown, np.nan, mean), np.where(unknown, np.nan, se)
    return (float(mean), float(se)) if mean.ndim == 0 else (mean, se)


def maturity(
    *, base_incidence: CumulativeIncidence, horizon: float, ages: Any, cause: int = 0
) -> FloatArray:
    """How much of what will have happened by `horizon` has happened at each age: F(age) / F(horizon).

    `base_incidence` is the curve of one older cohort, followed to `horizon` (a lag, inside). The
    result has the shape of `ages`, rises from 0 to 1 and stays 1 from `horizon` on. The sum over
    the cases of a young cohort is the number of cases to divide its successes by; that sum over
    their number is the coverage, to be shown beside the rate.
    nan where the base says nothing: not followed to `horizon`, or no success by then.
    Source: chain-ladder development factors, Mack (1993).
    """
    final = base_incidence.at(horizon, cause).value
    if np.ndim(final) != 0:
        message = "the base of a maturity is one cohort, not many"
        raise ValueError(message)
    age = np.asarray(ages, float)
    if not final > 0:
        return np.full(age.shape, np.nan)
    index = np.searchsorted(base_incidence.times, np.minimum(age, horizon), side="right")
    steps = np.concatenate([[0.0], base_incidence.incidence[:, cause]])
    return np.asarray(steps[index] / final, float)


def follow_up_sufficient(
    *, curve: CumulativeIncidence, cause: int = 0, plateau: float = 0.2
) -> Any:
    """Whether the curve has gone flat, so that its end may be read as "all who ever will".

    True when nothing ended by `cause` during at least the last `plateau` share of the follow-up
    (and something did before). A bool, or an array [C]. One long-lived straggler is enough to
    make a plateau; look at `at_risk` there before building on it.
    Source: the rule of Maller & Zhou (1996), checked on data cut at 30, 60, 120 and 240 days.
    """
    shares = curve.incidence[..., cause]
    steps = np.diff(shares, axis=-1, prepend=0.0)
    last_event = np.where(steps > 0, curve.times, -1).max(axis=-1, initial=-1)
    end = np.asarray(curve.followed_to)
    enough = (last_event >= 0) & (end > 0) & (end - last_event >= plateau * end)
    return bool(enough) if enough.ndim == 0 else enough


def _checked(
    times: Lags, events: Any, censored: Any, entered: Any | None
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    lags = np.asarray(times, np.int64)
    d, lost = np.asarray(events, np.int64), np.asarray(censored, np.int64)
    late = np.zeros_like(lost) if entered is None else np.asarray(entered, np.int64)
    if lags.ndim != 1 or d.shape[:-1] != lost.shape or late.shape != lost.shape:
        message = f"shapes don't fit: events {d.shape}, censored {lost.shape}, entered {late.shape}"
        raise ValueError(message)
    if lost.shape[-1:] != lags.shape or d.ndim not in (2, 3):
        message = f"there are {lags.size} lags, but counts of shape {lost.shape}"
        raise ValueError(message)
    if lags.size and (lags[0] < 0 or np.any(np.diff(lags) <= 0)):
        message = "lags must be distinct, ascending and not negative"
        raise ValueError(message)
    if np.any(d < 0) or np.any(lost < 0) or np.any(late < 0):
        message = "counts can't be negative"
        raise ValueError(message)
    return lags, d, lost, late


def _from_here_on(counts: IntArray) -> IntArray:
    return np.asarray(np.cumsum(counts[..., ::-1], axis=-1)[..., ::-1])


def _variance(
    f: FloatArray, *, d: IntArray, ended: IntArray, y: FloatArray, before: FloatArray
) -> FloatArray:
    """The sum over earlier lags of squares of F(t) - F(t_j), multiplied out to cumulative sums."""
    # Where the last ones leave, a is infinite, but F doesn't move after it: its term is 0.
    stay = np.where(ended < y, y - ended, 1.0)
    a = np.where(ended < y, ended / (y * stay), 0.0)[..., None]
    y, before = y[..., None], before[..., None]
    b = before**2 * (y - d) * d / y**3
    c = before * d / y**2

    def upto(x: FloatArray) -> FloatArray:
        return np.asarray(np.cumsum(x, axis=-2))

    square = f**2 * upto(np.broadcast_to(a, f.shape)) - 2 * f * upto(a * f) + upto(a * f**2)
    return square + upto(b) - 2 * (f * upto(c) - upto(c * f))


def _limits(
    f: FloatArray, se: FloatArray, known: IntArray, *, level: float
) -> tuple[FloatArray, FloatArray]:
    z = normal_quantile(level=level)
    edge = (f <= 0) | (f >= 1 - 1e-12) | (se <= 0)
    inner = np.where(edge, 0.5, f)
    theta = np.log(-np.log1p(-inner))
    half = z * se / ((1 - inner) * -np.log1p(-inner))
    lo, hi = -np.expm1(-np.exp(theta - half)), -np.expm1(-np.exp(theta + half))
    n = np.asarray(known, float)
    plain = wilson(successes=np.atleast_1d(np.clip(f, 0, 1) * n), n=np.atleast_1d(n), level=level)
    shape = np.shape(f)
    return (
        np.where(edge, plain[0].reshape(shape), lo),
        np.where(edge, plain[1].reshape(shape), hi),
    )


def _first_lag(times: IntArray, curve: FloatArray, q: float) -> FloatArray:
    # A share that is q but for rounding has reached q.
    reached = curve >= q - 1e-12
    lag = np.where(reached, times.astype(float), np.inf)
    return np.asarray(lag.min(axis=-1, initial=np.inf))
