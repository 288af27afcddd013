"""Time in stage, with those still inside counted as not yet done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.events import DAY, PRECISION_MONTH, SECOND, History
from kyogyo.analytics.results import Result
from kyogyo.analytics.sql import ROWS, Question, case, emit
from kyogyo.analytics.steps import ENOUGH_AT_RISK, measured_path
from kyogyo.analytics.survival import CumulativeIncidence, kaplan_meier
from kyogyo.analytics.tables import table
from kyogyo.words import Text, duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyogyo.revenue_model import Stage

_DAY_S = DAY // SECOND
_STRAY = 0.05


def stays(
    history: History, *, track: str, since_day: int | None = None, until_day: int | None = None
) -> dict[int, dict[str, np.ndarray]]:
    """Per stage code: seconds of stay (`length`), 1 if it has ended (`ended`), and how many alike (`count`).

    Of the visits that began from `since_day` on and before `until_day`. Open stays last until as_of. Where a stage's times are dates, its lengths are whole days.
    """
    columns = history.engine.integers(
        emit(
            Question(
                source="visits",
                keys=(
                    ("stage", "stage"),
                    ("ended", case(("ended = 0", 0), otherwise=1)),
                    ("prec", case(("next_prec > prec", "next_prec"), otherwise="prec")),
                    ("length", case(("ended = 0", f"{history.as_of} - at_us"), otherwise="dwell_s")),
                ),
                measures=(("count", ROWS),),
                where=(f"track = {history.track_code(track)}", f"at_us <= {history.as_of}",
                       *((f"day >= {since_day}",) if since_day is not None else ()),
                       *((f"day < {until_day}",) if until_day is not None else ())),
            )
        )
    )  # fmt: skip
    length = np.where(columns["ended"] == 1, columns["length"], columns["length"] // SECOND)
    length = np.where(columns["prec"] >= 2, length // _DAY_S * _DAY_S, length)
    return {
        int(stage): {
            "length": length[columns["stage"] == stage],
            "ended": columns["ended"][columns["stage"] == stage],
            "count": columns["count"][columns["stage"] == stage],
            "prec": columns["prec"][columns["stage"] == stage],
        }
        for stage in np.unique(columns["stage"])
    }


def stay_curve(stay: Mapping[str, np.ndarray]) -> CumulativeIncidence:
    """Kaplan-Meier of leaving, over the lengths of one stage (seconds)."""
    times, place = np.unique(stay["length"], return_inverse=True)
    ended, still = np.zeros(times.size, np.int64), np.zeros(times.size, np.int64)
    np.add.at(ended, place[stay["ended"] == 1], stay["count"][stay["ended"] == 1])
    np.add.at(still, place[stay["ended"] == 0], stay["count"][stay["ended"] == 0])
    return kaplan_meier(times=times, events=ended, censored=still)


def time_in_stage(
    history: History, *, track: str, since_day: int | None = None, until_day: int | None = None
) -> Result:
    """Median and 90th percentile of the stay in each measured stage that can be left.

    Of the visits that began from `since_day` on (inside) and before `until_day` (outside).
    """
    found = stays(history, track=track, since_day=since_day, until_day=until_day)
    rows = [
        _stage_row(stage, found[code])
        for stage in measured_path(history, track=track)
        if (code := history.stage_code(stage.code)) in found and _can_be_left(history, track, stage)
    ]
    known = [row for row in rows if row.get("median_s") is not None]
    return Result(
        question="time_in_stage",
        definition=definitions.TIME_IN_STAGE,
        as_of=history.as_of,
        n=sum(row["n"] for row in rows),
        table=table(
            rows,
            (
                "stage",
                "n",
                "still_open",
                "median_s",
                "median_lo_s",
                "median_hi_s",
                "p90_s",
                "expected_s",
            ),
        ),
        sentence=_longest_sentence(history, known),
        status="ok" if known else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track},
    )


def _can_be_left(history: History, track: str, stage: Stage) -> bool:
    return stage.code != measured_path(history, track=track)[-1].code


def _stage_row(stage: Stage, stay: Mapping[str, np.ndarray]) -> dict[str, Any]:
    n = int(stay["count"].sum())
    row: dict[str, Any] = {
        "stage": stage.code, "n": n, "still_open": int(stay["count"][stay["ended"] == 0].sum()),
        "expected_s": float(stage.expected_days * _DAY_S) if stage.expected_days is not None else None,
    }  # fmt: skip
    # A stay that begins or ends in a month or quarter has no length in days.
    by_period = int(stay["count"][stay["prec"] >= PRECISION_MONTH].sum())
    if n < ENOUGH_AT_RISK or by_period > _STRAY * n:
        return row
    curve = stay_curve(stay)
    median, p90 = curve.quantile(0.5), curve.quantile(0.9)
    return row | {
        "median_s": _finite(median.value), "median_lo_s": _finite(median.lo), "median_hi_s": _finite(median.hi),
        "p90_s": _finite(p90.value),
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _longest_sentence(history: History, rows: list[dict[str, Any]]) -> Text:
    if not rows:
        return Text(
            en="In no stage have half of the visits ended within the time observed, so no median stay is known.",
            ja="観測期間内に訪問の半数が終わったフェーズがないため、滞留の中央値は未確認です。",
        )
    row = max(rows, key=lambda r: r["median_s"])
    label = history.model.stage(row["stage"]).label.text
    return Text(
        en=f"The longest median stay is in “{label.en}”: {duration(row['median_s'], lang='en')} "
        f"(n = {row['n']:,}, {row['still_open']:,} still inside).",
        ja=f"滞留の中央値が最も長いのは「{label.ja}」で {duration(row['median_s'], lang='ja')}"
        f"（n = {row['n']:,}、うち滞在中 {row['still_open']:,}）です。",
    )
