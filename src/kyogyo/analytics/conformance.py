"""Does the stream run as declared? Skips, moves back, re-entries, and what they cost in time."""

from __future__ import annotations

import itertools
from typing import Any

from kyogyo.analytics import definitions
from kyogyo.analytics.derive import Ended
from kyogyo.analytics.events import DAY, History
from kyogyo.analytics.results import Result
from kyogyo.analytics.sql import ROWS, Question, case, emit, total
from kyogyo.analytics.steps import measured_path
from kyogyo.analytics.tables import table
from kyogyo.words import Text, count, duration, percent

_SAME_DAY = "left_day = day AND (prec > 1 OR next_prec > 1)"


def transitions(history: History, *, track: str) -> Result:
    """How often each move between two stages was made."""
    columns = history.engine.integers(
        emit(
            Question(
                source="visits",
                keys=(("from_stage", "stage"), ("to_stage", "next"), ("ended", "ended"),
                      ("unsure", case((f"ended = {Ended.BACK} AND {_SAME_DAY}", 1), otherwise=0))),
                measures=(("n", ROWS), ("seconds", total("dwell_s"))),
                where=(f"track = {history.track_code(track)}", "ended > 0"),
            )
        )
    )  # fmt: skip
    place = {
        history.stage_code(s.code): i for i, s in enumerate(measured_path(history, track=track))
    }
    left: dict[int, int] = {}
    for stage, n in zip(columns["from_stage"].tolist(), columns["n"].tolist(), strict=True):
        left[stage] = left.get(stage, 0) + n
    rows = [
        {
            "from_stage": history.model.stages[a - 1].code, "to_stage": history.model.stages[b - 1].code, "n": n,
            "share": n / left[a], "mean_s": s / n, "direction": _direction(place, a, b, ended, unsure),
        }
        for a, b, ended, unsure, n, s in zip(
            *(columns[c].tolist() for c in ("from_stage", "to_stage", "ended", "unsure", "n", "seconds")), strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: -int(row["n"]))
    moves = int(columns["n"].sum())
    back = sum(int(row["n"]) for row in rows if row["direction"] == "back")
    skip = sum(int(row["n"]) for row in rows if row["direction"] == "skip")
    return Result(
        question="transitions",
        definition=definitions.TRANSITIONS,
        as_of=history.as_of,
        n=moves,
        table=table(rows, ("from_stage", "to_stage", "n", "share", "mean_s", "direction")),
        sentence=Text(
            en=f"Of {count(moves)} moves, {percent(back / moves)} went back and {percent(skip / moves)} skipped a measured stage.",
            ja=f"{count(moves)} 回の移動のうち、逆戻りが {percent(back / moves)}、計測可能なフェーズの飛び越しが {percent(skip / moves)} です。",
        )
        if moves
        else Text(en="No journey has moved yet.", ja="移動した案件がまだありません。"),
        status="ok" if rows else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track},
    )


def _direction(place: dict[int, int], a: int, b: int, ended: int, unsure: int) -> str:
    if ended == Ended.EXIT:
        return "exit"
    if unsure:
        return "order_unknown"
    if ended == Ended.ELSEWHERE or a not in place or b not in place:
        return "elsewhere"
    if ended == Ended.BACK:
        return "back"
    return "forward" if place[b] == place[a] + 1 else "skip"


def deviations(history: History, *, track: str) -> Result:
    """Journeys with a skip, a move back, a re-entry, or none; with the time spent in stages visited again."""
    codes = [history.stage_code(s.code) for s in measured_path(history, track=track)]
    skipped = " OR ".join(f"(e_{k} = 0 AND r_{k} > 0)" for k in codes) or "1 = 0"
    where = f"track = {history.track_code(track)}"
    per_journey = history.engine.integers(
        emit(Question(source="journeys",
                      keys=(("skip", case((skipped, 1), otherwise=0)), ("back", case(("disordered = 1", 1), otherwise=0)),
                            ("exit_again", case(("recycled = 1", 1), otherwise=0))),
                      measures=(("n", ROWS),), where=(where,)))
    )  # fmt: skip
    again = history.engine.integers(
        emit(Question(source="visits", keys=(("journey", "journey"),), measures=(("seconds", total("dwell_s")), ("n", ROWS)),
                      where=(where, "nth > 1")))
    )  # fmt: skip
    journeys = int(per_journey["n"].sum())
    revisits, seconds = int(again["journey"].size), float(again["seconds"].sum())
    rows: list[dict[str, Any]] = [
        _deviation("skip", int(per_journey["n"][per_journey["skip"] == 1].sum()), journeys),
        _deviation("back", int(per_journey["n"][per_journey["back"] == 1].sum()), journeys),
        _deviation("again", revisits, journeys, added=seconds / revisits if revisits else None),
        _deviation(
            "recycled", int(per_journey["n"][per_journey["exit_again"] == 1].sum()), journeys
        ),
    ]
    added = rows[2]["added_s"]
    return Result(
        question="deviations",
        definition=definitions.DEVIATIONS,
        as_of=history.as_of,
        n=journeys,
        table=table(rows, ("deviation", "journeys", "share", "added_s")),
        sentence=_deviation_sentence(revisits, journeys, added),
        status="ok" if journeys else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track},
    )


def _deviation(kind: str, n: int, journeys: int, *, added: float | None = None) -> dict[str, Any]:
    return {
        "deviation": kind,
        "journeys": n,
        "share": n / journeys if journeys else None,
        "added_s": added,
    }


def _deviation_sentence(revisits: int, journeys: int, added: float | None) -> Text:
    if not revisits or added is None:
        return Text(
            en="No journey came back to a stage it had left.",
            ja="一度出たフェーズに戻った案件はありません。",
        )
    return Text(
        en=f"{count(revisits)} of {count(journeys)} journeys came back to a stage they had left, and spent {duration(added, lang='en')} "
        "there again on average.",
        ja=f"{count(journeys)} 件のうち {count(revisits)} 件が一度出たフェーズに戻り、平均 {duration(added, lang='ja')}を再び費やしています。",
    )


def disorder(history: History, *, track: str) -> dict[str, tuple[int, int]]:
    """Per pair of consecutive measured stages 'a>b': (journeys whose first b is before their first a, journeys with both).

    Only what the precision of the times can tell: by days, since either may be a date.
    """
    path = [history.stage_code(s.code) for s in measured_path(history, track=track)]
    found = {}
    for a, b in itertools.pairwise(path):
        columns = history.engine.integers(
            emit(Question(source="journeys", keys=(("early", case((f"e_{b} < e_{a} AND r_{a} = r_{b} AND {_days_apart(a, b)}", 1), otherwise=0)),),
                          measures=(("n", ROWS),),
                          where=(f"track = {history.track_code(track)}", f"e_{a} > 0", f"e_{b} > 0")))
        )  # fmt: skip
        both = int(columns["n"].sum())
        early = int(columns["n"][columns["early"] == 1].sum()) if both else 0
        codes = history.model.stages[a - 1].code, history.model.stages[b - 1].code
        found[">".join(codes)] = (early, both)
    return found


def _days_apart(a: int, b: int) -> str:
    """More than a day apart, which no rounding to dates in any time zone can explain."""
    return f"e_{a} - e_{b} > {DAY}"
