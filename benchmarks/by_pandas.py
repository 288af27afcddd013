"""pandas, with the event table in memory and in order of journey and time. Loading isn't timed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from data import EVENTS, connect
from five_questions import FIRST, LAST, OWNED, STEPS, TRACK, WINDOW_US, WON, Answer, Facts, Question


def load(folder: Path) -> pd.DataFrame:
    """The events of the track; in order as they lie in the file."""
    with connect(folder / EVENTS) as con:
        return con.sql(
            f"SELECT * EXCLUDE (track) FROM events WHERE track = {TRACK} ORDER BY journey, at_us, seq"
        ).df()


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:
    """The five questions on one frame."""
    frame = load(folder)
    return {
        "funnel": lambda: _funnel(frame, facts),
        "stay": lambda: _stay(frame),
        "stock": lambda: _stock(frame),
        "moves": lambda: _moves(frame),
        "wins": lambda: _wins(frame),
    }


def _answer(frame: pd.DataFrame) -> Answer:
    return {name: frame[name].to_numpy() for name in frame.columns}


def _next(frame: pd.DataFrame, column: str) -> tuple[pd.Series, pd.Series]:
    """The value of the journey's next event, and whether it has one: rows lie in order."""
    return frame[column].shift(-1), frame["journey"].shift(-1) == frame["journey"]


def _funnel(frame: pd.DataFrame, facts: Facts) -> Answer:
    on_path = frame[frame["stage"] <= LAST]
    first = on_path.drop_duplicates("journey")
    first = first[(first["stage"] >= FIRST) & (first["month"] <= facts.mature_month)].set_index(
        "journey"
    )
    table = first[["month", "source"]].copy()
    for i, k in enumerate(STEPS[1:], start=2):
        reached = (
            on_path[on_path["stage"] >= k].drop_duplicates("journey").set_index("journey")["at_us"]
        )
        table[f"k{i}"] = reached.reindex(table.index) - first["at_us"] <= WINDOW_US
    grouped = table.groupby(["month", "source"])
    counts = grouped.sum()
    counts.insert(0, "n", grouped.size())
    return _answer(counts.reset_index())


def _stay(frame: pd.DataFrame) -> Answer:
    left, has_left = _next(frame, "at_us")
    stays = frame.loc[has_left, ["stage", "month"]]
    stays["seconds"] = (left[has_left].astype(np.int64) - frame.loc[has_left, "at_us"]) // 1_000_000
    grouped = stays.groupby(["stage", "month"])["seconds"]
    table = grouped.quantile([0.5, 0.9]).unstack()
    table.columns = ["p50", "p90"]
    table.insert(0, "n", grouped.size())
    return _answer(table.reset_index())


def _stock(frame: pd.DataFrame) -> Answer:
    left, has_left = _next(frame, "day")
    came = frame.groupby(["stage", "day"]).size()
    gone = (
        frame.loc[has_left, ["stage"]]
        .assign(day=left[has_left].astype(np.int32))
        .groupby(["stage", "day"])
        .size()
    )
    change = came.sub(gone, fill_value=0).astype(np.int64).loc[FIRST:LAST].sort_index()
    return _answer(change.groupby("stage").cumsum().rename("balance").reset_index())


def _moves(frame: pd.DataFrame) -> Answer:
    same = frame["journey"].shift(1) == frame["journey"]
    previous = frame["stage"].shift(1, fill_value=0).where(same, 0)
    counts = frame[["stage"]].assign(previous=previous).groupby(["previous", "stage"]).size()
    return _answer(counts.rename("n").reset_index())


def _wins(frame: pd.DataFrame) -> Answer:
    entered = frame[frame["stage"] == OWNED].drop_duplicates("journey")
    won = frame.loc[frame["stage"].between(WON, LAST), "journey"].unique()
    counts = (
        entered.assign(won=entered["journey"].isin(won))
        .groupby("owner")["won"]
        .agg(["size", "sum"])
    )
    counts.columns = ["n", "won"]
    return _answer(counts.reset_index())
