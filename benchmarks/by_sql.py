"""SQL written by hand for DuckDB on the event table, as well as we know how.

It leans on what it knows of this data and the derived tables can't: no journey enters the stage it
is already in, `seq` runs with the time inside a journey, and the codes of the path have no gap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from data import EVENTS, connect
from five_questions import FIRST, LAST, OWNED, STEPS, TRACK, WINDOW_US, WON, Answer, Facts, Question

_ORDER = "OVER (PARTITION BY journey ORDER BY at_us, seq)"


def funnel_sql(facts: Facts) -> str:
    """One pass that finds the first entry into each step or beyond; faster than a chain of joins here."""
    firsts = ", ".join(
        f"min(at_us) FILTER (stage >= {k}) AS r{i}" for i, k in enumerate(STEPS, start=1)
    )
    reached = ", ".join(
        f"count(*) FILTER (r{i} - r1 <= {WINDOW_US}) AS k{i}" for i in range(2, len(STEPS) + 1)
    )
    return f"""
        SELECT month, source, count(*) AS n, {reached}
        FROM (SELECT min(month) AS month, any_value(source) AS source, {firsts}
              FROM events WHERE track = {TRACK} AND stage BETWEEN {FIRST} AND {LAST} GROUP BY journey)
        WHERE month <= {facts.mature_month} GROUP BY ALL"""  # fmt: skip


STAY = f"""
    SELECT stage, month, count(*) AS n, quantile_cont(seconds, [0.5, 0.9]) AS p
    FROM (SELECT stage, month, (lead(at_us) {_ORDER} - at_us) // 1000000 AS seconds FROM events WHERE track = {TRACK})
    WHERE seconds IS NOT NULL GROUP BY ALL"""

STOCK = f"""
    WITH stays AS (SELECT stage, day, lead(day) {_ORDER} AS left_day FROM events WHERE track = {TRACK}),
    changes AS (SELECT stage, day, count(*) AS change FROM stays GROUP BY ALL
                UNION ALL
                SELECT stage, left_day, -count(*) FROM stays WHERE left_day IS NOT NULL GROUP BY ALL),
    daily AS (SELECT stage, day, sum(change) AS change FROM changes WHERE stage BETWEEN {FIRST} AND {LAST} GROUP BY ALL)
    SELECT stage, day, CAST(sum(change) OVER (PARTITION BY stage ORDER BY day) AS BIGINT) AS balance FROM daily"""

MOVES = f"""
    SELECT previous, stage, count(*) AS n
    FROM (SELECT stage, lag(stage, 1, 0) {_ORDER} AS previous FROM events WHERE track = {TRACK}) GROUP BY ALL"""

WINS = f"""
    SELECT owner, count(*) AS n, count(*) FILTER (won) AS won
    FROM (SELECT arg_min(owner, seq) FILTER (stage = {OWNED}) AS owner, bool_or(stage >= {WON}) AS won
          FROM events WHERE track = {TRACK} AND stage BETWEEN {OWNED} AND {LAST} GROUP BY journey)
    WHERE owner IS NOT NULL GROUP BY ALL"""


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:
    """The five questions on the event table."""
    con = connect(folder / EVENTS)

    def ask(sql: str) -> Answer:
        return con.sql(sql).fetchnumpy()

    def stay() -> Answer:
        columns = dict(
            con.sql(f"SELECT stage, month, n, p[1] AS p50, p[2] AS p90 FROM ({STAY})").fetchnumpy()
        )
        return {name: np.asarray(column) for name, column in columns.items()}

    return {
        "funnel": lambda: ask(funnel_sql(facts)),
        "stay": stay,
        "stock": lambda: ask(STOCK),
        "moves": lambda: ask(MOVES),
        "wins": lambda: ask(WINS),
    }
