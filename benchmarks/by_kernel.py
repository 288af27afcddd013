"""DuckDB's own quantile function on Kyogyo's `visits`: what a kernel for that one engine would give.

Kyogyo asks for counts and makes quantiles of them, which means the same on every engine and lets
open visits count. This shows the price.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from data import KYOGYO, connect
from five_questions import TRACK, Answer, Facts, Question

STAY = f"""
    SELECT stage, month, n, p[1] AS p50, p[2] AS p90
    FROM (SELECT stage, month, count(*) AS n, quantile_cont(dwell_s, [0.5, 0.9]) AS p
          FROM visits WHERE track = {TRACK} AND ended > 0 GROUP BY ALL)"""


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:  # noqa: ARG001 -- as the others
    """The one question that has such a kernel."""
    con = connect(folder / KYOGYO)

    def stay() -> Answer:
        return {name: np.asarray(column) for name, column in con.sql(STAY).fetchnumpy().items()}

    return {"stay": stay}
