"""A step by month of entry: which months may be judged, and how the share grows with age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.funnel import SMALL_N, Funnel, step_label
from kyogyo.analytics.intervals import wilson
from kyogyo.analytics.results import Result
from kyogyo.analytics.steps import (
    ADVANCED,
    ENOUGH_AT_RISK,
    PERIOD_DAYS,
    StepCounts,
    incidence,
    within,
)
from kyogyo.analytics.tables import table
from kyogyo.period import date_of, first_day, month_of
from kyogyo.words import Text, count, month, percent

if TYPE_CHECKING:
    from collections.abc import Iterable


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
        sentence=_cohort_sentence(
            mature, step_label(funnel, step), within(counts, horizon=horizon or 0)
        ),
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
        return row | {
            "mature": None,
            "why_en": "before the target was recorded",
            "why_ja": "到達先の記録が始まる前",
        }
    k = clean.within(horizon) if horizon is not None else None
    row |= {
        "n": clean.n,
        "k": k,
        "mature": False,
        "why_en": "not mature yet: counts so far",
        "why_ja": "未成熟（これまでの件数）",
    }
    if horizon is None or k is None or not _is_mature(clean, number, horizon):
        return row
    lo, hi = wilson(successes=k, n=clean.n)
    why = Text("", "")
    if clean.n < of_month.n:
        begun = date_of(counts.clean_from)
        why = Text(f"entries from {begun} on", f"{begun} 以降に入った案件")
    return row | {
        "rate": k / clean.n,
        "lo": lo,
        "hi": hi,
        "mature": True,
        "why_en": why.en,
        "why_ja": why.ja,
    }


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


def steps_by_month(funnel: Funnel, *, months: int = 24) -> Result:
    """Every step's mature conversion by month of entry, the last `months` of them."""
    rows: list[dict[str, Any]] = []
    for code, counts in funnel.steps.items():
        horizon, first = funnel.horizons[code], counts.keep(counts.recycled == 0)
        rows += [
            {"step": code} | _cohort_row(first, number, horizon)
            for number in np.unique(first.month).tolist()[-months:]
        ]
    mature = [row for row in rows if row["mature"]]
    return Result(
        question="steps_by_month",
        definition=definitions.STEP_COHORTS,
        as_of=funnel.history.as_of,
        n=max((counts.n for counts in funnel.steps.values()), default=0),
        table=table(
            rows, ("step", "cohort", "n", "k", "rate", "lo", "hi", "mature", "why_en", "why_ja")
        ),
        sentence=Text(
            en=f"{len(mature)} of {len(rows)} months of steps are mature and recorded; the others have no rate.",
            ja=f"区間×月の {len(rows)} マスのうち、成熟し記録のある {len(mature)} マスに率があります。",
        ),
        status="ok" if mature else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def cohort_grid(funnel: Funnel, *, step: str, ages: int = 12) -> Result:
    """The share of each month's journeys that had got there by each age in months of 30 days; null = not observed yet.

    Where the target is dated by quarters, cohorts and ages are quarters.
    """
    counts = (funnel.steps.get(step) or funnel.totals[step]).clean()
    length = PERIOD_DAYS.get(counts.period_months, 30)
    rows: list[dict[str, Any]] = []
    for number in np.unique(counts.month).tolist():
        of_month = counts.keep(counts.month == number)
        youngest = counts.until - (
            int(of_month.day.max()) if counts.period_months else first_day(number + 1) - 1
        )
        rows += [
            {"cohort": _cohort_name(number, counts.period_months), "n": of_month.n, "age": age,
             "share": of_month.within(length * age) / of_month.n if youngest >= length * age else None}
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
        facts={"step": step, "age_unit": "quarter" if counts.period_months == 3 else "month"},
    )


def period_rates(funnel: Funnel, *, step: str) -> Result:
    """The activity rate of each month beside the cohort rate: what happened in it, not what becomes of what entered."""
    counts = funnel.steps.get(step) or funnel.totals[step]
    cohort = cohort_rates(funnel, step=step)
    entered: dict[int, int] = {}
    for number, n in zip(counts.month.tolist(), counts.count.tolist(), strict=True):
        entered[number] = entered.get(number, 0) + n
    arrivals = (
        counts.keep(counts.cause == ADVANCED)
        if not counts.period_months
        else counts.keep(counts.day > 10**9)
    )
    arrived: dict[int, int] = {}
    for day, n in zip(
        (arrivals.entered + arrivals.lag).tolist(), arrivals.count.tolist(), strict=True
    ):
        arrived[month_of(day)] = arrived.get(month_of(day), 0) + n
    rows: list[dict[str, Any]] = [
        {"series": "cohort_rate", "month": c, "value": v, "n": n}
        for c, v, n in zip(
            *(cohort.table[name].to_pylist() for name in ("cohort", "rate", "n")), strict=True
        )
    ]
    rows += [
        {
            "series": "activity_rate",
            "month": month(number),
            "value": arrived.get(number, 0) / n if n >= SMALL_N else None,
            "n": n,
        }
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
            {
                "series": code,
                "days": float(t),
                "share": float(s),
                "lo": float(a),
                "hi": float(b),
                "at_risk": int(y),
            }
            for t, s, a, b, y in zip(
                curve.times[shown],
                curve.incidence[shown, 0],
                lo[shown],
                hi[shown],
                curve.at_risk[shown],
                strict=True,
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
