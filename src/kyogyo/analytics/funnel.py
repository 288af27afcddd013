"""Conversion: of those who entered, how many go on, how sure is that, and for whom is it too early to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import History, attribute_words
from kyogyo.analytics.intervals import benjamini_hochberg, quantile_interval, wilson
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.steps import (
    ADVANCED,
    ENOUGH_AT_RISK,
    EXITED,
    Step,
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
from kyogyo.period import date_of, first_day, month_of
from kyogyo.words import Text, count, month, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A share of a group smaller than this is shown with its n and interval, but never ranked.
SMALL_N = 20

# The group of journeys of which an attribute isn't recorded; the page has words for it.
UNKNOWN = "(unknown)"
# What people type where they don't know: no source, campaign or segment to act on.
_NO_VALUE = frozenset({UNKNOWN, "unknown", "n/a", "na", "none", "other", "不明", "未確認", "その他"})


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
    steps, truncated = without_truncated(count_steps(history, steps=consecutive_steps(history, track=track)))
    totals, truncated_totals = without_truncated(count_steps(history, steps=steps_from_start(history, track=track)))
    totals = {code: replace(counts, clean_from=_clean_from(counts, steps)) for code, counts in totals.items()}
    both = {**totals, **steps}
    return Funnel(
        history=history,
        track=track,
        steps=steps,
        totals=totals,
        horizons={code: horizon_of(history, counts=counts) for code, counts in both.items()},
        truncations={**truncated_totals, **truncated},
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
        group = recent.keep((recent.recycled == 1) & (recent.entered >= recent.clean_from)) if recycled else recent.clean()
        rows.append(_step_row(code, group, rate_of(group, horizon=horizon), horizon))
    return Result(
        question="step_rates:recycled" if recycled else "step_rates",
        definition=definitions.STEP_CONVERSION,
        as_of=funnel.history.as_of,
        n=max((row["n"] for row in rows), default=0),
        table=table(rows, ("step", "n", "k", "rate", "lo", "hi", "horizon_days", "median_s", "exited", "open", "inferred_n")),
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
    there = counts.keep(counts.observed_for(horizon) & (counts.cause == ADVANCED) & (counts.lag <= horizon))
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
        if code not in funnel.steps and any(code.endswith(f">{s.split('>')[1]}") for s in funnel.truncations if s in funnel.steps):
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


def cohort_rates(funnel: Funnel, *, step: str) -> Result:
    """A step's conversion by month of entry; a month has a rate only when it is mature and clean."""
    counts = funnel.steps.get(step) or funnel.totals[step]
    horizon = funnel.horizons[step]
    first = counts.keep(counts.recycled == 0)
    rows = [_cohort_row(first, number, horizon) for number in np.unique(first.month).tolist()]
    mature = [row for row in rows if row["mature"]]
    return Result(
        question=f"cohort_rates:{step}",
        definition=definitions.STEP_COHORTS,
        as_of=funnel.history.as_of,
        n=sum(row["n"] for row in mature),
        table=table(rows, ("cohort", "n", "k", "rate", "lo", "hi", "mature", "why_en", "why_ja")),
        sentence=_cohort_sentence(mature, step_label(funnel, step), within(counts, horizon=horizon or 0)),
        status="ok" if mature else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"step": step, "horizon_days": horizon},
    )


def _cohort_row(counts: StepCounts, number: int, horizon: int | None) -> dict[str, Any]:
    of_month = counts.keep(counts.month == number)
    clean = of_month.keep(of_month.entered >= counts.clean_from)
    row: dict[str, Any] = {"cohort": _cohort_name(number, counts.period_months), "n": of_month.n}
    # A month of which most is clean is judged by that part; of one of which little is clean nothing is known.
    if clean.n <= of_month.n / 2:
        return row | {"mature": None, "why_en": "before the target was recorded", "why_ja": "到達先の記録が始まる前"}
    k = clean.within(horizon) if horizon is not None else None
    row |= {"n": clean.n, "k": k, "mature": False, "why_en": "not mature yet: counts so far", "why_ja": "未成熟（これまでの件数）"}
    if horizon is None or k is None or not _is_mature(clean, number, horizon):
        return row
    lo, hi = wilson(successes=k, n=clean.n)
    why = Text("", "")
    if clean.n < of_month.n:
        begun = date_of(counts.clean_from)
        why = Text(f"entries from {begun} on", f"{begun} 以降に入った案件")
    return row | {"rate": k / clean.n, "lo": lo, "hi": hi, "mature": True, "why_en": why.en, "why_ja": why.ja}


def _is_mature(counts: StepCounts, number: int, horizon: int) -> bool:
    if counts.period_months:
        return bool(counts.observed_for(horizon).all())
    return first_day(number + 1) - 1 + horizon <= counts.until


def _cohort_name(number: int, period_months: int) -> str:
    return f"{number // 12}-Q{number % 12 // 3 + 1}" if period_months == 3 else month(number)


def _cohort_sentence(mature: list[dict[str, Any]], label: Text, soon: Text) -> Text:
    if not mature:
        return Text(
            en=f"{label.en}: no month is mature yet, so there is no rate by cohort.",
            ja=f"{label.ja}：成熟した月がまだないため、コホート別の率は出せません。",
        )
    last = mature[-1]
    return Text(
        en=f"{label.en}: of the {count(last['n'])} journeys of {last['cohort']}, the last mature month, {percent(last['rate'])} got there "
        f"{soon.en} (95% interval {percent(last['lo'])} to {percent(last['hi'])}).",
        ja=f"{label.ja}：成熟した最新の月 {last['cohort']} の {count(last['n'])} 件のうち、{soon.ja}到達したのは {percent(last['rate'])}"
        f"（95% 区間 {percent(last['lo'])}〜{percent(last['hi'])}）です。",
    )


def total_rates(funnel: Funnel, *, since_day: int | None = None) -> Result:
    """From the first measured stage to each later one."""
    rows: list[dict[str, Any]] = []
    for code, counts in funnel.totals.items():
        recent = counts if since_day is None else counts.keep(counts.entered >= since_day)
        clean = recent.clean()
        rows.append(_step_row(code, clean, rate_of(clean, horizon=funnel.horizons[code]), funnel.horizons[code]))
    last = rows[-1] if rows else None
    known = last is not None and last["rate"] is not None
    return Result(
        question="total_rates",
        definition=definitions.TOTAL_CONVERSION,
        as_of=funnel.history.as_of,
        n=rows[0]["n"] if rows else 0,
        table=table(rows, ("step", "n", "k", "rate", "lo", "hi", "horizon_days", "median_s", "exited", "open", "inferred_n")),
        sentence=_total_sentence(funnel, last) if known and last else _no_rate(),
        status="ok" if known else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def _no_rate() -> Text:
    return Text(en="Not enough history for a rate from end to end.", ja="端から端までの率を出せるだけの履歴がありません。")


def _total_sentence(funnel: Funnel, row: Mapping[str, Any]) -> Text:
    label, soon = step_label(funnel, row["step"]), within(funnel.totals[row["step"]], horizon=row["horizon_days"])
    return Text(
        en=f"{label.en}: {percent(row['rate'])} {soon.en} "
        f"(95% interval {percent(row['lo'])} to {percent(row['hi'])}, n = {count(row['n'])}).",
        ja=f"{label.ja}：{soon.ja} {percent(row['rate'])}"
        f"（95% 区間 {percent(row['lo'])}〜{percent(row['hi'])}、n = {count(row['n'])}）。",
    )


def cohort_grid(funnel: Funnel, *, step: str, ages: int = 12) -> Result:
    """The share of each month's journeys that had got there by each age in months of 30 days; null = not observed yet."""
    counts = (funnel.steps.get(step) or funnel.totals[step]).clean()
    rows: list[dict[str, Any]] = []
    for number in np.unique(counts.month).tolist():
        of_month = counts.keep(counts.month == number)
        youngest = counts.until - (int(of_month.day.max()) if counts.period_months else first_day(number + 1) - 1)
        rows += [
            {"cohort": _cohort_name(number, counts.period_months), "n": of_month.n, "age": age,
             "share": of_month.within(30 * age) / of_month.n if youngest >= 30 * age else None}
            for age in range(1, ages + 1)
        ]  # fmt: skip
    return Result(
        question=f"cohort_grid:{step}",
        definition=definitions.STEP_COHORTS,
        as_of=funnel.history.as_of,
        n=counts.n,
        table=table(rows, ("cohort", "n", "age", "share")),
        sentence=Text(
            en="Read down a column to compare months at the same age; an empty cell has not been observed for all of its month.",
            ja="列を縦に読むと、同じ経過月数で月どうしを比べられます。空欄は、その月の全案件をまだ観測できていないことを示します。",
        ),
        status="ok" if rows else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"step": step, "age_unit": "month"},
    )


def period_rates(funnel: Funnel, *, step: str) -> Result:
    """The activity rate of each month beside the cohort rate: what happened in it, not what becomes of what entered."""
    counts = funnel.steps.get(step) or funnel.totals[step]
    cohort = cohort_rates(funnel, step=step)
    entered: dict[int, int] = {}
    for number, n in zip(counts.month.tolist(), counts.count.tolist(), strict=True):
        entered[number] = entered.get(number, 0) + n
    arrivals = counts.keep((counts.cause == ADVANCED) & (counts.inferred == 0)) if not counts.period_months else counts.keep(counts.day > 10**9)
    arrived: dict[int, int] = {}
    for day, n in zip((arrivals.entered + arrivals.lag).tolist(), arrivals.count.tolist(), strict=True):
        arrived[month_of(day)] = arrived.get(month_of(day), 0) + n
    rows: list[dict[str, Any]] = [
        {"series": "cohort_rate", "month": c, "value": v, "n": n}
        for c, v, n in zip(*(cohort.table[name].to_pylist() for name in ("cohort", "rate", "n")), strict=True)
    ]
    rows += [
        {"series": "activity_rate", "month": month(number), "value": arrived.get(number, 0) / n if n >= SMALL_N else None, "n": n}
        for number, n in sorted(entered.items())
        if first_day(number) >= counts.clean_from
    ]
    return Result(
        question=f"period_rates:{step}",
        definition=definitions.PERIOD_RATE,
        as_of=funnel.history.as_of,
        n=counts.n,
        table=table(rows, ("series", "month", "value", "n")),
        sentence=Text(
            en="The activity rate divides this month's arrivals by this month's entries: two different groups. It moves when volume moves; the cohort rate doesn't.",
            ja="活動比率は当月の到達数を当月の流入数で割ったもので、分子と分母は別の案件群です。件数が動くだけで上下します。コホート率はそうなりません。",
        ),
        status="ok" if rows and not counts.period_months else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"step": step},
    )


def curves(funnel: Funnel, *, steps: Iterable[str], max_days: int | None = None) -> Result:
    """Cumulative incidence of arriving and of leaving, as far as at least 20 journeys are observed."""
    rows: list[dict[str, Any]] = []
    n = 0
    for code in steps:
        counts = (funnel.steps.get(code) or funnel.totals[code]).clean()
        if counts.n < ENOUGH_AT_RISK:
            continue
        n = max(n, counts.n)
        curve = incidence(counts)
        lo, hi = curve.limits(0)
        shown = (curve.at_risk >= ENOUGH_AT_RISK) & (curve.times <= (max_days or 10**9))
        rows += [
            {"series": code, "days": float(t), "share": float(s), "lo": float(a), "hi": float(b), "at_risk": int(y)}
            for t, s, a, b, y in zip(
                curve.times[shown], curve.incidence[shown, 0], lo[shown], hi[shown], curve.at_risk[shown], strict=True
            )
        ]
    return Result(
        question="curves",
        definition=definitions.STEP_CONVERSION,
        as_of=funnel.history.as_of,
        n=n,
        table=table(rows, ("series", "days", "share", "lo", "hi", "at_risk")),
        sentence=Text(
            en="How the share that got there grows with the days since entry; it ends where fewer than 20 journeys are still observed.",
            ja="移行からの日数とともに到達の割合がどう増えるか。観測中の案件が 20 件を下回るところで終わります。",
        ),
        status="ok" if rows else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def rates_by(funnel: Funnel, *, step: str, attribute: str, refused: Caveat | None = None, top: int = 15) -> Result:
    """A step's conversion by a journey attribute: mature first passes, Wilson intervals.

    `refused` is the caveat that forbids it (the attribute is known only of those who got there); then counts are given,
    which say how the successes are made up and nothing about what leads to success.
    """
    target = funnel.steps.get(step) or funnel.totals[step]
    counts = count_steps(funnel.history, steps=(target.step,), by=attribute, clean_from=funnel.clean_from())[step]
    horizon = funnel.horizons[step]
    if refused is not None:
        return _counts_by(funnel, counts, attribute=attribute, refused=refused, top=top)
    clean = counts.clean()
    mature = clean.keep(clean.observed_for(horizon)) if horizon is not None else clean.keep(clean.day > 10**9)
    rows = []
    for value in np.unique(mature.value).tolist():
        part = mature.keep(mature.value == value)
        k = part.within(horizon or 0)
        lo, hi = wilson(successes=k, n=part.n)
        rows.append({"segment": funnel.history.value_names.get(value, UNKNOWN), "n": part.n, "k": k, "rate": k / part.n, "lo": lo, "hi": hi})
    rows.sort(key=lambda row: -int(row["n"]))
    rows = _fold(rows, top=top)
    p = _difference(rows)
    return Result(
        question=f"rates_by:{step}:{attribute}",
        definition=definitions.SEGMENT_CONVERSION,
        as_of=funnel.history.as_of,
        n=mature.n,
        table=table(rows, ("segment", "n", "k", "rate", "lo", "hi", "q")),
        sentence=_segment_sentence(rows, attribute, step_label(funnel, step), within(counts, horizon=horizon or 0), p),
        status="ok" if rows else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"step": step, "attribute": attribute, "horizon_days": horizon, "p_no_difference": p},
    )


def _fold(rows: list[dict[str, Any]], *, top: int) -> list[dict[str, Any]]:
    """Keep the largest groups; the rest together, so that nothing is lost from the total."""
    shown, rest = rows[:top], rows[top:]
    if rest:
        n, k = sum(int(r["n"]) for r in rest), sum(int(r["k"]) for r in rest)
        lo, hi = wilson(successes=k, n=n)
        shown.append({"segment": f"({len(rest)} others)", "n": n, "k": k, "rate": k / n, "lo": lo, "hi": hi})
    return _with_q(shown)


def _with_q(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each group against all others, Benjamini-Hochberg over the groups that are large enough to test."""
    total_n, total_k = sum(int(r["n"]) for r in rows), sum(int(r["k"]) for r in rows)
    p = np.array([_two_groups(int(r["k"]), int(r["n"]), total_k - int(r["k"]), total_n - int(r["n"])) for r in rows])
    q = benjamini_hochberg(p=p) if len(rows) > 1 else np.full(len(rows), np.nan)
    return [row | {"q": None if np.isnan(value) else float(value)} for row, value in zip(rows, q, strict=True)]


def _two_groups(k1: int, n1: int, k2: int, n2: int) -> float:
    """Two-sided p of the N-1 chi-square test of two shares; nan when a group is too small to be judged."""
    from scipy.stats import chi2  # noqa: PLC0415 -- slow import

    if min(n1, n2) < SMALL_N or k1 + k2 in (0, n1 + n2):
        return float("nan")
    n = n1 + n2
    pooled = (k1 + k2) / n
    z2 = (k1 / n1 - k2 / n2) ** 2 / (pooled * (1 - pooled) * (1 / n1 + 1 / n2)) * (n - 1) / n
    return float(chi2.sf(z2, 1))


def _difference(rows: list[dict[str, Any]]) -> float | None:
    """p of the chi-square test that all groups large enough to test share one rate; None with fewer than two."""
    from scipy.stats import chi2  # noqa: PLC0415 -- slow import

    large = [(int(r["k"]), int(r["n"])) for r in rows if int(r["n"]) >= SMALL_N]
    k, n = sum(a for a, _ in large), sum(b for _, b in large)
    if len(large) < 2 or k in (0, n):
        return None
    pooled = k / n
    statistic = sum((a - b * pooled) ** 2 / (b * pooled * (1 - pooled)) for a, b in large)
    return float(chi2.sf(statistic, len(large) - 1))


def _segment_sentence(rows: list[dict[str, Any]], attribute: str, label: Text, soon: Text, p: float | None) -> Text:
    if p is None:
        return Text(
            en=f"{label.en} by {attribute_words(attribute).en}: fewer than two groups of {SMALL_N} mature journeys, so nothing can be compared.",
            ja=f"{label.ja}（{attribute_words(attribute).ja}別）：成熟した案件が {SMALL_N} 件以上ある区分が 2 つ未満のため、比較できません。",
        )
    if p >= 0.05:
        return Text(
            en=f"{label.en} by {attribute_words(attribute).en}: no difference between the groups can be told from chance (p = {p:.2f}).",
            ja=f"{label.ja}（{attribute_words(attribute).ja}別）：区分の差は偶然と区別できません（p = {p:.2f}）。",
        )
    large = [r for r in rows if int(r["n"]) >= SMALL_N and not _says_nothing(str(r["segment"]))]
    if len(large) < 2:
        return Text(
            en=f"{label.en} by {attribute_words(attribute).en}: the groups differ (p {_small(p)}), but most of the difference is between recorded and unrecorded values.",
            ja=f"{label.ja}（{attribute_words(attribute).ja}別）：区分に差はありますが（p {_small(p)}）、主に記録の有無による差です。",
        )
    # By the nearer limit, so that a small group doesn't win by luck.
    low, high = min(large, key=lambda r: r["hi"]), max(large, key=lambda r: r["lo"])
    return Text(
        en=f"{label.en} by {attribute_words(attribute).en}, {soon.en}: from {percent(low['rate'])} ({low['segment']}, n = {count(low['n'])}) to "
        f"{percent(high['rate'])} ({high['segment']}, n = {count(high['n'])}); the groups differ (p {_small(p)}).",
        ja=f"{label.ja}（{attribute_words(attribute).ja}別、{soon.ja}到達）：{low['segment']} の {percent(low['rate'])}（n = {count(low['n'])}）から "
        f"{high['segment']} の {percent(high['rate'])}（n = {count(high['n'])}）まで。区分の差は偶然では説明しにくいものです（p {_small(p)}）。",
    )


def _says_nothing(segment: str) -> bool:
    return segment.casefold() in _NO_VALUE or (segment.startswith("(") and segment.endswith("others)"))


def _small(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _counts_by(funnel: Funnel, counts: StepCounts, *, attribute: str, refused: Caveat, top: int) -> Result:
    arrived = counts.keep(counts.cause == ADVANCED)
    values, place = np.unique(arrived.value, return_inverse=True)
    totals = np.bincount(place, arrived.count, minlength=values.size)
    order = np.argsort(-totals, kind="stable")[:top]
    rows = [
        {"segment": funnel.history.value_names.get(int(values[i]), UNKNOWN), "k": int(totals[i]),
         "share": float(totals[i] / totals.sum())}
        for i in order
    ]  # fmt: skip
    return Result(
        question=f"rates_by:{counts.step.code}:{attribute}",
        definition=definitions.ATTRIBUTE_COUNTS,
        as_of=funnel.history.as_of,
        n=int(totals.sum()),
        table=table(rows, ("segment", "k", "share")),
        sentence=Text(
            en=f"A rate by {attribute_words(attribute).en} is refused: {refused.says.en} The counts say how the successes are made up, not what leads to success.",
            ja=f"{attribute_words(attribute).ja}別の率は算出しません。{refused.says.ja}件数は成功の内訳であって、成功の要因ではありません。",
        ),
        caveats=(refused,),
        status="refused",
        model_version=funnel.history.model.version,
        facts={"step": counts.step.code, "attribute": attribute},
    )


__all__ = [
    "UNKNOWN", "Funnel", "Rate", "Step", "cohort_grid", "cohort_rates", "curves", "period_rates", "open_funnel", "rate_of", "rates_by", "step_label", "step_rates",
    "total_rates", "truncation_caveats",
]  # fmt: skip
