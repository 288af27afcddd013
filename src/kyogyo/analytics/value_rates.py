"""Conversion by money: of the value that entered a step, how much went on.

Counts and money tell different stories where large deals fare otherwise than small ones. A share of value needs the value of
those that did not go on, too; where amounts are only known of the successful it would be 100%, and is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.funnel import SMALL_N, Funnel, step_label
from kyogyo.analytics.intervals import normal_quantile
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.sql import ROWS, Question, case, emit
from kyogyo.analytics.steps import StepCounts
from kyogyo.analytics.tables import table
from kyogyo.words import Text, count, percent

# An amount must be known of at least half of those that stayed behind, and not much better of those that went on.
_KNOWN = 0.5
_UNEVEN = 0.2


def value_rates(funnel: Funnel) -> Result:
    """Each step's mature conversion by value beside that by count; first passes that the data allows to judge."""
    rows, refused = [], []
    for code, counts in funnel.steps.items():
        horizon = funnel.horizons[code]
        if horizon is None or counts.period_months:
            continue
        groups = _groups(funnel, counts, horizon)
        row, allowed = _row(code, groups)
        if row["n"] < SMALL_N:
            continue
        rows.append(row)
        if not allowed:
            refused.append(code)
    known = [row for row in rows if row["rate"] is not None]
    return Result(
        question="value_rates",
        definition=definitions.VALUE_CONVERSION,
        as_of=funnel.history.as_of,
        n=max((row["n"] for row in known), default=0),
        table=table(
            rows, ("step", "n", "known", "amount", "k_amount", "rate", "lo", "hi", "count_rate")
        ),
        sentence=_sentence(funnel, known),
        caveats=(_refusal(funnel, refused),) if refused else (),
        status="ok" if known else "refused" if refused else "not_enough_history",
        model_version=funnel.history.model.version,
        facts={"track": funnel.track},
    )


def _groups(funnel: Funnel, counts: StepCounts, horizon: int) -> dict[str, np.ndarray]:
    """Mature, clean first passes of a step by amount (0 = unknown) and whether they went on within the horizon."""
    history, step = funnel.history, counts.step
    i, j = history.stage_code(step.start), history.stage_code(step.stop)
    advanced = f"r_{j} > 0 AND d_{j} - d_{i} <= {horizon}"
    return history.engine.integers(
        emit(
            Question(
                source="journeys",
                keys=(
                    ("went_on", case((advanced, 1), otherwise=0)),
                    ("amount", case(("amount > 0", "amount"), otherwise="won_amount")),
                ),
                measures=(("n", ROWS),),
                where=(
                    f"track = {history.track_code(step.track)}",
                    f"r_{i} > 0",
                    f"d_{i} >= {counts.clean_from}",
                    f"d_{i} + {horizon} <= {counts.until}",
                    "recycled = 0",
                ),
            )
        )
    )


def _row(code: str, groups: dict[str, np.ndarray]) -> tuple[dict[str, Any], bool]:
    went_on, amount, n = (
        groups["went_on"] == 1,
        groups["amount"].astype(float),
        groups["n"].astype(float),
    )
    has = amount > 0
    shares = [
        float(n[side & has].sum() / n[side].sum()) if n[side].sum() else 1.0
        for side in (went_on, ~went_on)
    ]
    row: dict[str, Any] = {
        "step": code, "n": int(n.sum()), "known": int(n[has].sum()),
        "count_rate": float(n[went_on].sum() / n.sum()) if n.sum() else None, "rate": None,
    }  # fmt: skip
    if shares[1] < _KNOWN or shares[0] - shares[1] > _UNEVEN or row["known"] < SMALL_N:
        return row, False
    total = float((amount * n).sum())
    gained = float((amount * n)[went_on].sum())
    rate = gained / total
    # The standard error of a ratio, each journey weighted by its amount: a few large deals widen it.
    spread = float(np.sqrt((n * (amount * (went_on - rate)) ** 2)[has].sum())) / total
    half = normal_quantile(level=0.95) * spread
    return row | {
        "amount": round(total), "k_amount": round(gained), "rate": rate, "lo": max(rate - half, 0.0), "hi": min(rate + half, 1.0),
    }, True  # fmt: skip


def _sentence(funnel: Funnel, known: list[dict[str, Any]]) -> Text:
    if not known:
        return Text(
            en="No conversion by value: amounts are not known of enough journeys on both sides of any step.",
            ja="金額ベースの転換率は出せません。どの区間でも、進んだ案件と進まなかった案件の両方で金額が十分に分かっていません。",
        )
    apart = [row for row in known if not row["lo"] <= row["count_rate"] <= row["hi"]]
    if not apart:
        return Text(
            en=f"In the {len(known)} steps whose amounts are known, no difference between value and journeys can be told.",
            ja=f"金額が分かる {len(known)} 区間では、金額ベースと件数ベースの転換率に差は認められません。",
        )
    most = max(apart, key=lambda row: abs(row["rate"] - row["count_rate"]))
    label = step_label(funnel, most["step"])
    larger = most["rate"] > most["count_rate"]
    return Text(
        en=f"{label.en}: {percent(most['rate'])} of the value goes on, against {percent(most['count_rate'])} of the journeys "
        f"(n = {count(most['known'])}). {'Larger' if larger else 'Smaller'} deals go on more often.",
        ja=f"{label.ja}：金額では {percent(most['rate'])}、件数では {percent(most['count_rate'])} が進んでいます"
        f"（n = {count(most['known'])}）。{'大型' if larger else '小型'}の案件ほど進みやすくなっています。",
    )


def _refusal(funnel: Funnel, refused: list[str]) -> Caveat:
    labels = [step_label(funnel, code) for code in refused]
    which = Text(
        en=", ".join(label.en for label in labels), ja="、".join(label.ja for label in labels)
    )
    return Caveat(
        code="amounts_of_the_successful",
        severity="limit",
        about=tuple(refused),
        says=Text(
            en=f"Amounts are known mainly of journeys that went on, or of too few: no conversion by value for {which.en}. "
            "A share of value there would be near 100% whatever happened.",
            ja=f"金額が分かるのは主に進んだ案件だけ、または少数のため、{which.ja}では金額ベースの転換率を出しません。実態によらず 100% 近くになるためです。",
        ),
        evidence={"steps": len(refused)},
        forbids=tuple(f"value_rate:{code}" for code in refused),
    )
