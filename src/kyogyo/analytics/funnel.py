"""Conversion: of those who entered, how many go on, how sure is that, and for whom is it too early to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import History
from kyogyo.analytics.intervals import quantile_interval, wilson
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.steps import (
    ADVANCED,
    ENOUGH_AT_RISK,
    EXITED,
    StepCounts,
    consecutive_steps,
    count_steps,
    horizon_of,
    incidence,
    steps_from_start,
    within,
)
from kyogyo.analytics.tables import table
from kyogyo.analytics.truncation import Truncation, without_truncated
from kyogyo.period import date_of
from kyogyo.words import Text, count, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A share of a group smaller than this is shown with its n and interval, but never ranked.
SMALL_N = 20

# The group of journeys of which an attribute isn't recorded; the page has words for it.
UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Funnel:
    """A track's steps, counted once and asked many times.

    `steps` and `totals` are keyed by step code ('mql>won'); `horizons` by the same, None where there is not enough
    history; `truncations` holds the steps whose target was not recorded from the beginning.
    """

    history: History
    track: str
    steps: Mapping[str, StepCounts]
    totals: Mapping[str, StepCounts]
    horizons: Mapping[str, int | None]
    truncations: Mapping[str, Truncation]

    def clean_from(self) -> dict[str, int]:
        return {code: t.recorded_from for code, t in self.truncations.items()}


def open_funnel(history: History, *, track: str) -> Funnel:
    """Count the steps of a track and find out, per step, from when on and for how long it can be judged."""
    steps, truncated = without_truncated(
        count_steps(history, steps=consecutive_steps(history, track=track))
    )
    totals, truncated_totals = without_truncated(
        count_steps(history, steps=steps_from_start(history, track=track))
    )
    totals = {
        code: replace(counts, clean_from=_clean_from(counts, steps))
        for code, counts in totals.items()
    }
    both = {**totals, **steps}
    return Funnel(
        history=history,
        track=track,
        steps=steps,
        totals=totals,
        horizons={code: horizon_of(history, counts=counts) for code, counts in both.items()},
        truncations={**truncated_totals, **truncated},
    )


def reopen_funnel(
    funnel: Funnel, *, history: History, since_day: int | None = None, total: str | None = None
) -> Funnel:
    """The steps of a part of the history, judged as those of the whole: same horizons, same days from which on.

    Counted are the entries from `since_day` on, and of the totals only the step `total`, if one is named.
    """
    clean, track = funnel.clean_from(), funnel.track
    totals = tuple(s for s in steps_from_start(history, track=track) if s.code == total)
    found = {
        code: replace(counts, clean_from=max(counts.clean_from, funnel.totals[code].clean_from))
        for code, counts in count_steps(
            history, steps=totals, clean_from=clean, since_day=since_day
        ).items()
    }
    steps = consecutive_steps(history, track=track)
    return replace(
        funnel,
        history=history,
        steps=count_steps(history, steps=steps, clean_from=clean, since_day=since_day),
        totals=found,
    )


def _clean_from(total: StepCounts, steps: Mapping[str, StepCounts]) -> int:
    """From the start to a stage is clean only from when every step on the way was recorded."""
    latest = total.clean_from
    for counts in steps.values():
        latest = max(latest, counts.clean_from)
        if counts.step.stop == total.step.stop:
            break
    return latest


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95% interval; `n` entered, `k` of them got there within the horizon.

    `value` None = not enough history: fewer than 20 journeys are still observed at the horizon.
    """

    n: int
    k: int
    value: float | None
    lo: float | None
    hi: float | None


def rate_of(counts: StepCounts, *, horizon: int | None) -> Rate:
    """The Aalen-Johansen share that got there within `horizon` days, over the rows given."""
    n = counts.n
    if horizon is None or n == 0:
        return Rate(n, 0, None, None, None)
    if counts.period_months:
        return _rate_of_mature(counts, horizon=horizon)
    k = counts.within(horizon)
    curve = incidence(counts)
    before = np.flatnonzero(curve.times <= horizon)
    observed = int(counts.count[counts.observed_for(horizon)].sum())
    if n < ENOUGH_AT_RISK or observed < ENOUGH_AT_RISK or not before.size:
        return Rate(n, k, None, None, None)
    share = curve.at(horizon, 0)
    if np.isnan(share.value):
        return Rate(n, k, None, None, None)
    return Rate(n, k, float(share.value), float(share.lo), float(share.hi))


def _rate_of_mature(counts: StepCounts, *, horizon: int) -> Rate:
    """The plain share with its Wilson interval, over those observed for the whole horizon.

    Where the target is dated by months or quarters, whole cohorts are cut off at once, and the curve of the others
    can't stand in for them.
    """
    mature = counts.keep(counts.observed_for(horizon))
    if mature.n < ENOUGH_AT_RISK:
        return Rate(counts.n, counts.within(horizon), None, None, None)
    k = mature.within(horizon)
    lo, hi = wilson(successes=k, n=mature.n)
    return Rate(mature.n, k, k / mature.n, lo, hi)


def step_rates(funnel: Funnel, *, since_day: int | None = None, recycled: bool = False) -> Result:
    """Each step's conversion, entries from `since_day` on (inside); first passes, or the recycled ones apart."""
    rows: list[dict[str, Any]] = []
    for code, counts in funnel.steps.items():
        horizon = funnel.horizons[code]
        recent = counts if since_day is None else counts.keep(counts.entered >= since_day)
        group = (
            recent.keep((recent.recycled == 1) & (recent.entered >= recent.clean_from))
            if recycled
            else recent.clean()
        )
        rows.append(_step_row(code, group, rate_of(group, horizon=horizon), horizon))
    return Result(
        question="step_rates:recycled" if recycled else "step_rates",
        definition=definitions.STEP_CONVERSION,
        as_of=funnel.history.as_of,
        n=max((row["n"] for row in rows), default=0),
        table=table(
            rows,
            (
                "step",
                "n",
                "k",
                "rate",
                "lo",
                "hi",
                "horizon_days",
                "median_s",
                "exited",
                "open",
                "inferred_n",
            ),
        ),
        sentence=_lowest_sentence(funnel, rows),
        caveats=() if recycled else tuple(truncation_caveats(funnel)),
        status="ok" if any(row["rate"] is not None for row in rows) else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def _step_row(code: str, counts: StepCounts, rate: Rate, horizon: int | None) -> dict[str, Any]:
    return {
        "step": code, "median_s": _median_days(counts, horizon), "n": rate.n, "k": rate.k, "rate": rate.value, "lo": rate.lo, "hi": rate.hi, "horizon_days": horizon,
        "exited": int(counts.count[counts.cause == EXITED].sum()),
        "open": int(counts.count[(counts.cause != ADVANCED) & (counts.cause != EXITED)].sum()),
        "inferred_n": int(counts.count[counts.inferred == 1].sum()),
    }  # fmt: skip


def _median_days(counts: StepCounts, horizon: int | None) -> float | None:
    """Median time, in seconds, of those who got there within the horizon, among journeys observed for all of it.

    A median over everybody who ever got there would grow with the time observed; this one doesn't.
    """
    if horizon is None or counts.period_months:
        return None
    there = counts.keep(
        counts.observed_for(horizon) & (counts.cause == ADVANCED) & (counts.lag <= horizon)
    )
    if there.n < SMALL_N:
        return None
    return quantile_interval(values=there.lag, counts=there.count, q=0.5).value * 86_400


def step_label(funnel: Funnel, code: str) -> Text:
    """A step's name in the company's own words: 'Lead → Won'."""
    start, stop = (funnel.history.model.stage(part).label.text for part in code.split(">"))
    return Text(en=f"{start.en} → {stop.en}", ja=f"{start.ja}→{stop.ja}")


def _lowest_sentence(funnel: Funnel, rows: Iterable[Mapping[str, Any]]) -> Text:
    known = [row for row in rows if row["rate"] is not None]
    if not known:
        return Text(
            en="No step has enough history for a rate yet.",
            ja="率を出せるだけの履歴がある区間は、まだありません。",
        )
    low = min(known, key=lambda row: row["rate"])
    label = step_label(funnel, low["step"])
    share, lo, hi = percent(low["rate"]), percent(low["lo"]), percent(low["hi"])
    soon = within(funnel.steps[low["step"]], horizon=low["horizon_days"])
    return Text(
        en=f"The lowest share goes on at {label.en}: {share} {soon.en} "
        f"(95% interval {lo} to {hi}, n = {count(low['n'])}). Lowest is not the same as holding revenue back.",
        ja=f"最も低いのは「{label.ja}」で、{soon.ja} {share}"
        f"（95% 区間 {lo}〜{hi}、n = {count(low['n'])}）です。低いことと、売上を止めていることは同じではありません。",
    )


def truncation_caveats(funnel: Funnel) -> list[Caveat]:
    """One caveat a step whose target was not recorded from the beginning."""
    found = []
    for code, truncation in funnel.truncations.items():
        if code not in funnel.steps and any(
            code.endswith(f">{s.split('>')[1]}") for s in funnel.truncations if s in funnel.steps
        ):
            continue
        found.append(_truncation_caveat(funnel, code, truncation))
    return found


def _truncation_caveat(funnel: Funnel, code: str, truncation: Truncation) -> Caveat:
    stop = funnel.history.model.stage(code.split(">")[1]).label.text
    start = funnel.history.model.stage(code.split(">")[0]).label.text
    first, recorded = date_of(truncation.first_entry), date_of(truncation.recorded_from)
    expected, left = count(truncation.expected), count(truncation.left_out)
    return Caveat(
        code="left_truncation",
        severity="limit",
        about=tuple(code.split(">")),
        says=Text(
            en=f"“{stop.en}” seems to be recorded only from {recorded} on, although “{start.en}” begins on {first}. By the pace of later "
            f"cohorts about {expected} should have been recorded before; {truncation.observed} were. The {left} journeys that "
            "began earlier are left out of this rate: that they look unsuccessful is not a fact about them, and a rise from them "
            "to later cohorts is not an improvement.",
            ja=f"「{start.ja}」は {first} から始まっていますが、「{stop.ja}」が記録されているのは {recorded} 以降と見られます。後のコホートの"
            f"ペースなら、それ以前に約 {expected} 件あるはずですが、記録は {truncation.observed} 件です。それより前に始まった {left} 件はこの率から除きました。"
            "成果がないように見えるのは事実ではなく、その後のコホートへの上昇も改善とは言えません。",
        ),
        evidence={
            "recorded_from": str(recorded), "first_entry": str(first), "expected_before": round(truncation.expected, 1),
            "observed_before": truncation.observed, "journeys_left_out": truncation.left_out,
        },
        forbids=(f"cohort:{code}:before:{recorded}",),
    )  # fmt: skip


def total_rates(funnel: Funnel, *, since_day: int | None = None) -> Result:
    """From the first measured stage to each later one."""
    rows: list[dict[str, Any]] = []
    for code, counts in funnel.totals.items():
        recent = counts if since_day is None else counts.keep(counts.entered >= since_day)
        clean = recent.clean()
        rows.append(
            _step_row(
                code, clean, rate_of(clean, horizon=funnel.horizons[code]), funnel.horizons[code]
            )
        )
    last = rows[-1] if rows else None
    known = last is not None and last["rate"] is not None
    return Result(
        question="total_rates",
        definition=definitions.TOTAL_CONVERSION,
        as_of=funnel.history.as_of,
        n=rows[0]["n"] if rows else 0,
        table=table(
            rows,
            (
                "step",
                "n",
                "k",
                "rate",
                "lo",
                "hi",
                "horizon_days",
                "median_s",
                "exited",
                "open",
                "inferred_n",
            ),
        ),
        sentence=_total_sentence(funnel, last) if known and last else _no_rate(),
        status="ok" if known else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def _no_rate() -> Text:
    return Text(
        en="Not enough history for a rate from end to end.",
        ja="端から端までの率を出せるだけの履歴がありません。",
    )


def _total_sentence(funnel: Funnel, row: Mapping[str, Any]) -> Text:
    label, soon = (
        step_label(funnel, row["step"]),
        within(funnel.totals[row["step"]], horizon=row["horizon_days"]),
    )
    return Text(
        en=f"{label.en}: {percent(row['rate'])} {soon.en} "
        f"(95% interval {percent(row['lo'])} to {percent(row['hi'])}, n = {count(row['n'])}).",
        ja=f"{label.ja}：{soon.ja} {percent(row['rate'])}"
        f"（95% 区間 {percent(row['lo'])}〜{percent(row['hi'])}、n = {count(row['n'])}）。",
    )
