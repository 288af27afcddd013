"""Times that are dates, in the wrong order, or entered in bulk."""

from __future__ import annotations

import numpy as np

from kyogyo.analytics.conformance import disorder
from kyogyo.analytics.funnel import Funnel, step_label
from kyogyo.analytics.results import Caveat
from kyogyo.analytics.sql import ROWS, Question, emit
from kyogyo.analytics.steps import EXITED, measured_path
from kyogyo.period import date_of
from kyogyo.words import Text, count, percent

_MOSTLY = 0.95
_SOME = 0.05
_BULK_SHARE, _BULK_COUNT = 0.1, 20


def time_caveats(funnel: Funnel) -> list[Caveat]:
    """What the recorded times can't tell."""
    return [*_dates(funnel), *_periods(funnel), *_disorder(funnel), *_bulk(funnel)]


def _precisions(funnel: Funnel) -> dict[str, tuple[int, int]]:
    """Per measured stage: entries, and those whose time is only a date."""
    columns = funnel.history.engine.integers(
        emit(
            Question(
                source="entries",
                keys=(("stage", "stage"), ("prec", "prec")),
                measures=(("n", ROWS),),
            )
        )
    )
    found = {}
    for stage in measured_path(funnel.history, track=funnel.track):
        rows = columns["stage"] == funnel.history.stage_code(stage.code)
        found[stage.code] = (
            int(columns["n"][rows].sum()),
            int(columns["n"][rows & (columns["prec"] == 2)].sum()),
        )
    return found


def _dates(funnel: Funnel) -> list[Caveat]:
    precisions = {code: pair for code, pair in _precisions(funnel).items() if pair[0]}
    dated = [code for code, (n, dates) in precisions.items() if dates / n >= _MOSTLY]
    mixed = [code for code, (n, dates) in precisions.items() if _SOME <= dates / n < _MOSTLY]
    found = []
    for codes, some in ((dated, False), (mixed, True)):
        if not codes:
            continue
        labels = [funnel.history.model.stage(code).label.text for code in codes]
        which = Text(
            en=", ".join(f"“{t.en}”" for t in labels), ja="、".join(f"「{t.ja}」" for t in labels)
        )
        part = Text("Some of the times", "時刻の一部") if some else Text("The times", "時刻")
        found.append(Caveat(
            code="times_are_dates",
            severity="note",
            about=tuple(codes),
            says=Text(
                en=f"{part.en} of {which.en} are dates without a time of day. Durations are whole days, the order within a day is unknown, and "
                "nothing is said in hours.",
                ja=f"{which.ja}の{part.ja}は日付のみです。所要時間は日単位で、同じ日の順序は分からず、時間単位の数字は出しません。",
            ),
            evidence={code: f"{precisions[code][1]} of {precisions[code][0]}" for code in codes},
            forbids=tuple(f"hours:{code}" for code in codes),
        ))  # fmt: skip
    return found


def _periods(funnel: Funnel) -> list[Caveat]:
    found = []
    for stage in measured_path(funnel.history, track=funnel.track):
        months = funnel.history.period_months(funnel.history.stage_code(stage.code))
        if not months:
            continue
        label = stage.label.text
        unit = Text("month", "月") if months == 1 else Text("quarter", "四半期")
        found.append(Caveat(
            code="dated_by_period",
            severity="limit",
            about=(stage.code,),
            says=Text(
                en=f"“{label.en}” is known only by {unit.en}: it was reached by the end of it at the latest. Rates into it count in whole "
                f"{unit.en}s, no time in days is given, and weeks can't be compared.",
                ja=f"「{label.ja}」は{unit.ja}単位でしか分からず、遅くともその{unit.ja}末までに到達したという意味です。率は{unit.ja}単位で数え、日数や週ごとの比較は出しません。",
            ),
            evidence={"period_months": months},
            forbids=(
                f"days:{stage.code}",
                *(f"node:conversion:{code}" for code in funnel.steps if code.endswith(f">{stage.code}")),
            ),
        ))  # fmt: skip
    return found


def _disorder(funnel: Funnel) -> list[Caveat]:
    found = []
    for code, (early, both) in disorder(funnel.history, track=funnel.track).items():
        if not early:
            continue
        label = step_label(funnel, code)
        found.append(Caveat(
            code="outcome_before_entry",
            severity="note",
            about=tuple(code.split(">")),
            says=Text(
                en=f"{label.en}: in {count(early)} of {count(both)} journeys the later stage is dated more than a day before the earlier one. "
                "They are kept as they are and count as arrived at once; they have no valid duration.",
                ja=f"{label.ja}：{count(both)} 件中 {count(early)} 件で、後のフェーズの日付が前のフェーズより 1 日以上早くなっています。記録はそのまま残し、"
                "即日到達として数えます。所要時間は有効ではありません。",
            ),
            evidence={"early": early, "with_both": both, "share": percent(early / both, digits=2)},
        ))  # fmt: skip
    return found


def _bulk(funnel: Funnel) -> list[Caveat]:
    """Many journeys ended on one day: closed in bulk, so their end is the day of a clean-up, not of a decision."""
    ends: dict[int, int] = {}
    if not funnel.totals:
        return []
    counts = list(funnel.totals.values())[-1]
    exited = counts.keep(counts.cause == EXITED)
    for day, n in zip((exited.day + exited.lag).tolist(), exited.count.tolist(), strict=True):
        ends[day] = ends.get(day, 0) + n
    total = sum(ends.values())
    if not total or counts.period_months:
        return []
    day, n = max(ends.items(), key=lambda item: item[1])
    if n < _BULK_COUNT or n / total < _BULK_SHARE or n < 5 * float(np.median(list(ends.values()))):
        return []
    return [Caveat(
        code="closed_in_bulk",
        severity="note",
        about=("exit",),
        says=Text(
            en=f"{count(n)} of {count(total)} exits are dated {date_of(day)}. They were probably closed in one go, so times to exit overstate how long "
            "they were alive.",
            ja=f"離脱 {count(total)} 件のうち {count(n)} 件が {date_of(day)} の日付です。まとめて閉じられた可能性が高く、離脱までの時間は実際より長く見えます。",
        ),
        evidence={"day": str(date_of(day)), "exits_that_day": n, "exits": total},
    )]  # fmt: skip
