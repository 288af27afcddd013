"""Kyogyo's derived tables, asked by Kyogyo's own functions where one answers just that, else by its emitter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from data import KYOGYO, connect
from five_questions import FIRST, LAST, OWNED, STEPS, TRACK, WINDOW_US, WON, Answer, Facts, Question

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.load import open_history
from kyogyo.analytics.sql import ROWS, case, emit, total
from kyogyo.analytics.sql import Question as Select
from kyogyo.analytics.stock import flows
from kyogyo.revenue_model import default_model


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:
    """The five questions on the derived tables."""
    engine = DuckDBEngine(connect(folder / KYOGYO))
    model = default_model()
    history = open_history(engine, model=model)
    track = model.tracks[TRACK - 1].code

    def funnel() -> Answer:
        return engine.integers(emit(funnel_select(facts)))

    def stock() -> Answer:
        found = flows(history, track=track)
        return {
            "stage": np.repeat([history.stage_code(code) for code in found], [flow.balance.size for flow in found.values()]),
            "day": np.concatenate([flow.first + np.arange(flow.arrivals.size) for flow in found.values()]),
            "balance": np.concatenate([flow.balance for flow in found.values()]),
        }  # fmt: skip

    def moves() -> Answer:
        return engine.integers(
            emit(Select(source="visits", keys=(("previous", "previous"), ("stage", "stage")), measures=(("n", ROWS),), where=(f"track = {TRACK}",)))
        )  # fmt: skip

    def wins() -> Answer:
        won = total(case((f"r_{WON} > 0", 1), otherwise=0))
        return engine.integers(
            emit(Select(source="journeys", keys=(("owner", f"o_{OWNED}"),), measures=(("n", ROWS), ("won", won)),
                        where=(f"track = {TRACK}", f"e_{OWNED} > 0")))
        )  # fmt: skip

    def stay() -> Answer:
        counts = engine.integers(
            emit(Select(source="visits", keys=(("stage", "stage"), ("month", "month"), ("seconds", "dwell_s")), measures=(("count", ROWS),),
                        where=(f"track = {TRACK}", "ended > 0")))
        )  # fmt: skip
        return _quantiles(counts)

    return {"funnel": funnel, "stay": stay, "stock": stock, "moves": moves, "wins": wins}


def funnel_select(facts: Facts) -> Select:
    """Question (a) in Kyogyo's own terms: r_k is the first entry into stage k or a later one."""
    reached = ((f"k{i}", total(case((f"r_{k} > 0 AND r_{k} - r_{FIRST} <= {WINDOW_US}", 1), otherwise=0)))
               for i, k in enumerate(STEPS[1:], start=2))  # fmt: skip
    return Select(
        source="journeys",
        keys=(("month", f"m_{FIRST}"), ("source", "a_1")),
        measures=(("n", ROWS), *reached),
        where=(f"track = {TRACK}", f"r_{FIRST} > 0", f"m_{FIRST} <= {facts.mature_month}"),
    )


def _quantiles(counts: Answer) -> Answer:
    """Of a histogram in order of stage, month and seconds."""
    group = counts["stage"] * 100_000 + counts["month"]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(starts[1:], group.size)
    upto = np.cumsum(counts["count"])
    before = upto[starts] - counts["count"][starts]
    n = upto[ends - 1] - before
    answer = {"stage": counts["stage"][starts], "month": counts["month"][starts], "n": n}
    for name, q in (("p50", 0.5), ("p90", 0.9)):
        rank = q * (n - 1)
        lower = np.floor(rank).astype(np.int64)
        upper = np.ceil(rank).astype(np.int64)
        low, high = (
            counts["seconds"][np.searchsorted(upto, before + r, side="right")]
            for r in (lower, upper)
        )
        answer[name] = low + (high - low) * (rank - lower)
    return answer


__all__ = ["LAST", "open_questions"]
