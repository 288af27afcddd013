"""polars, with the event table in memory and in order of journey and time. Loading isn't timed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from data import EVENTS, connect
from five_questions import FIRST, LAST, OWNED, STEPS, TRACK, WINDOW_US, WON, Answer, Facts, Question

_STAYS_ON = pl.col("journey").shift(-1) == pl.col("journey")


def load(folder: Path) -> pl.DataFrame:
    """The events of the track; in order as they lie in the file."""
    with connect(folder / EVENTS) as con:
        table = con.sql(
            f"SELECT * EXCLUDE (track) FROM events WHERE track = {TRACK} ORDER BY journey, at_us, seq"
        ).to_arrow_table()
    frame = pl.from_arrow(table, rechunk=True)
    assert isinstance(frame, pl.DataFrame)
    return frame


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:
    """The five questions on one frame."""
    frame = load(folder)
    return {
        "funnel": lambda: _funnel(frame, facts),
        "stay": lambda: _answer(_stay(frame.lazy())),
        "stock": lambda: _answer(_stock(frame.lazy())),
        "moves": lambda: _answer(_moves(frame.lazy())),
        "wins": lambda: _answer(_wins(frame.lazy())),
    }


def _answer(frame: pl.LazyFrame) -> Answer:
    found = frame.collect()
    return {name: found[name].to_numpy() for name in found.columns}


def _funnel(frame: pl.DataFrame, facts: Facts) -> Answer:
    firsts = [
        pl.col("at_us").filter(pl.col("stage") >= k).min().alias(f"r{i}")
        for i, k in enumerate(STEPS, start=1)
    ]
    reached = [
        (pl.col(f"r{i}") - pl.col("r1") <= WINDOW_US).sum().alias(f"k{i}")
        for i in range(2, len(STEPS) + 1)
    ]
    each = (
        frame.lazy()
        .filter(pl.col("stage").is_between(FIRST, LAST))
        .group_by("journey")
        .agg(pl.col("month").min(), pl.col("source").first(), *firsts)
    )
    counted = (
        each.filter(pl.col("month") <= facts.mature_month)
        .group_by("month", "source")
        .agg(pl.len().alias("n"), *reached)
    )
    return _answer(counted)


def _stay(frame: pl.LazyFrame) -> pl.LazyFrame:
    seconds = ((pl.col("at_us").shift(-1) - pl.col("at_us")) // 1_000_000).alias("seconds")
    quantiles = [
        pl.col("seconds").quantile(q, interpolation="linear").alias(name)
        for name, q in (("p50", 0.5), ("p90", 0.9))
    ]
    stays = frame.select("stage", "month", seconds, ends=_STAYS_ON).filter("ends")
    return stays.group_by("stage", "month").agg(pl.len().alias("n"), *quantiles)


def _stock(frame: pl.LazyFrame) -> pl.LazyFrame:
    on_path = pl.col("stage").is_between(FIRST, LAST)
    came = (
        frame.filter(on_path).group_by("stage", "day").agg(pl.len().cast(pl.Int64).alias("change"))
    )
    left = frame.select("stage", pl.col("day").shift(-1), ends=_STAYS_ON).filter(
        pl.col("ends") & on_path
    )
    gone = left.group_by("stage", "day").agg((-pl.len().cast(pl.Int64)).alias("change"))
    daily = (
        pl.concat([came, gone])
        .group_by("stage", "day")
        .agg(pl.col("change").sum())
        .sort("stage", "day")
    )
    return daily.select("stage", "day", pl.col("change").cum_sum().over("stage").alias("balance"))


def _moves(frame: pl.LazyFrame) -> pl.LazyFrame:
    same = pl.col("journey").shift(1) == pl.col("journey")
    previous = pl.when(same).then(pl.col("stage").shift(1)).otherwise(0).alias("previous")
    return frame.select(previous, "stage").group_by("previous", "stage").agg(pl.len().alias("n"))


def _wins(frame: pl.LazyFrame) -> pl.LazyFrame:
    entered = frame.filter(pl.col("stage") == OWNED).unique(
        "journey", keep="first", maintain_order=True
    )
    won = frame.filter(pl.col("stage").is_between(WON, LAST)).select("journey").unique()
    both = entered.select("journey", "owner").join(
        won.with_columns(won=True), on="journey", how="left"
    )
    return both.group_by("owner").agg(
        pl.len().alias("n"), pl.col("won").is_not_null().sum().alias("won")
    )
