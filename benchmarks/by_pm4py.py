"""pm4py, if somebody has installed it: it is AGPL and no dependency. It answers one of the questions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import by_pandas
import numpy as np
import pandas as pd
from five_questions import Answer, Facts, Question


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:  # noqa: ARG001 -- as the others
    """Its directly-follows graph holds the moves from stage to stage."""
    import pm4py  # noqa: PLC0415 -- not installed as a rule

    frame = by_pandas.load(folder)
    log = pd.DataFrame({
        "case:concept:name": frame["journey"].astype(str), "concept:name": frame["stage"].astype(str),
        "time:timestamp": pd.to_datetime(frame["at_us"], unit="us", utc=True),
    })  # fmt: skip

    def moves() -> Answer:
        graph, starts, _ = pm4py.discover_dfg(log)
        found: Counter[tuple[int, int]] = Counter(
            {(0, int(stage)): n for stage, n in starts.items()}
        )
        found.update({(int(a), int(b)): n for (a, b), n in graph.items()})
        pairs = np.array(list(found), dtype=np.int64)
        return {"previous": pairs[:, 0], "stage": pairs[:, 1], "n": np.array(list(found.values()))}

    return {"moves": moves}
