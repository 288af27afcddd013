"""A step by an attribute of its journeys: do the groups differ by more than chance?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import attribute_words
from kyogyo.analytics.funnel import SMALL_N, UNKNOWN, Funnel, step_label
from kyogyo.analytics.intervals import benjamini_hochberg, wilson
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.steps import ADVANCED, StepCounts, count_steps, within
from kyogyo.analytics.tables import table
from kyogyo.words import Text, count, percent

# What people type where they don't know: no source, campaign or segment to act on.
_NO_VALUE = frozenset(
    {UNKNOWN, "unknown", "n/a", "na", "none", "other", "不明", "未確認", "その他"}
)


def rates_by(
    funnel: Funnel, *, step: str, attribute: str, refused: Caveat | None = None, top: int = 15
) -> Result:
    """A step's conversion by a journey attribute: mature first passes, Wilson intervals.

    `refused` is the caveat that forbids it (the attribute is known only of those who got there); then counts are given,
    which say how the successes are made up and nothing about what leads to success.
    """
    target = funnel.steps.get(step) or funnel.totals[step]
    counts = count_steps(
        funnel.history, steps=(target.step,), by=attribute, clean_from={step: target.clean_from}
    )[step]
    horizon = funnel.horizons[step]
    if refused is not None:
        return _counts_by(funnel, counts, attribute=attribute, refused=refused, top=top)
    clean = counts.clean()
    mature = (
        clean.keep(clean.observed_for(horizon))
        if horizon is not None
        else clean.keep(clean.day > 10**9)
    )
    rows: list[dict[str, Any]] = []
    for value in np.unique(mature.value).tolist():
        part = mature.keep(mature.value == value)
        k = part.within(horizon or 0)
        lo, hi = wilson(successes=k, n=part.n)
        rows.append(
            {
                "segment": funnel.history.value_names.get(value, UNKNOWN),
                "n": part.n,
                "k": k,
                "rate": k / part.n,
                "lo": lo,
                "hi": hi,
            }
        )
    rows.sort(key=lambda row: -row["n"])
    rows = _fold(rows, top=top)
    p = _difference(rows)
    return Result(
        question=f"rates_by:{step}:{attribute}",
        definition=definitions.SEGMENT_CONVERSION,
        as_of=funnel.history.as_of,
        n=mature.n,
        table=table(rows, ("segment", "n", "k", "rate", "lo", "hi", "q")),
        sentence=_segment_sentence(
            rows, attribute, step_label(funnel, step), within(counts, horizon=horizon or 0), p
        ),
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
        shown.append(
            {"segment": f"({len(rest)} others)", "n": n, "k": k, "rate": k / n, "lo": lo, "hi": hi}
        )
    return _with_q(shown)


def _with_q(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each group against all other recorded ones, Benjamini-Hochberg over those large enough to test.

    Groups without a value aren't tested and aren't compared with: that would compare records, not journeys.
    """
    named = [r for r in rows if not _says_nothing(str(r["segment"]))]
    total_n, total_k = sum(int(r["n"]) for r in named), sum(int(r["k"]) for r in named)
    p = np.array(
        [
            _two_groups(int(r["k"]), int(r["n"]), total_k - int(r["k"]), total_n - int(r["n"]))
            if r in named
            else np.nan
            for r in rows
        ]
    )
    q = benjamini_hochberg(p=p) if len(rows) > 1 else np.full(len(rows), np.nan)
    return [
        row | {"q": None if np.isnan(value) else float(value)}
        for row, value in zip(rows, q, strict=True)
    ]


def _two_groups(k1: int, n1: int, k2: int, n2: int) -> float:
    """Two-sided p of the N-1 chi-square test of two shares; nan when a group is too small to be judged."""
    # Not scipy.stats, which takes seconds to import: this is its chi2.sf.
    from scipy.special import chdtrc  # noqa: PLC0415 -- slow import

    if min(n1, n2) < SMALL_N or k1 + k2 in (0, n1 + n2):
        return float("nan")
    n = n1 + n2
    pooled = (k1 + k2) / n
    z2 = (k1 / n1 - k2 / n2) ** 2 / (pooled * (1 - pooled) * (1 / n1 + 1 / n2)) * (n - 1) / n
    return float(chdtrc(1, z2))


def _difference(rows: list[dict[str, Any]]) -> float | None:
    """p of the chi-square test that all recorded groups large enough to test share one rate; None with fewer than two."""
    # Not scipy.stats, which takes seconds to import: this is its chi2.sf.
    from scipy.special import chdtrc  # noqa: PLC0415 -- slow import

    large = [
        (int(r["k"]), int(r["n"]))
        for r in rows
        if int(r["n"]) >= SMALL_N and not _says_nothing(str(r["segment"]))
    ]
    k, n = sum(a for a, _ in large), sum(b for _, b in large)
    if len(large) < 2:
        return None
    if k in (0, n):
        return 1.0
    pooled = k / n
    statistic = sum((a - b * pooled) ** 2 / (b * pooled * (1 - pooled)) for a, b in large)
    return float(chdtrc(len(large) - 1, statistic))


def _segment_sentence(
    rows: list[dict[str, Any]], attribute: str, label: Text, soon: Text, p: float | None
) -> Text:
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
    # By the nearer limit, so that a small group doesn't win by luck.
    low, high = min(large, key=lambda r: r["hi"]), max(large, key=lambda r: r["lo"])
    if low is high:  # one large group between small ones
        low, high = min(large, key=lambda r: r["rate"]), max(large, key=lambda r: r["rate"])
    return Text(
        en=f"{label.en} by {attribute_words(attribute).en}, {soon.en}: from {percent(low['rate'])} ({low['segment']}, n = {count(low['n'])}) to "
        f"{percent(high['rate'])} ({high['segment']}, n = {count(high['n'])}); the groups differ (p {_small(p)}).",
        ja=f"{label.ja}（{attribute_words(attribute).ja}別、{soon.ja}到達）：{low['segment']} の {percent(low['rate'])}（n = {count(low['n'])}）から "
        f"{high['segment']} の {percent(high['rate'])}（n = {count(high['n'])}）まで。区分の差は偶然では説明しにくいものです（p {_small(p)}）。",
    )


def _says_nothing(segment: str) -> bool:
    return segment.casefold() in _NO_VALUE or (
        segment.startswith("(") and segment.endswith("others)")
    )


def _small(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _counts_by(
    funnel: Funnel, counts: StepCounts, *, attribute: str, refused: Caveat, top: int
) -> Result:
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
