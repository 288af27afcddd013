"""Which part of the organisation the data covers: what was cut off, what was never recorded, what is a sample."""

from __future__ import annotations

import numpy as np

from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.results import Caveat
from kyogyo.analytics.steps import ADVANCED, EXITED, OPEN, measured_path
from kyogyo.analytics.timing import stay_curve, stays
from kyogyo.analytics.truncation import find_truncation
from kyogyo.period import date_of
from kyogyo.words import Text, count, percent

_ENOUGH_EXPECTED = 10.0
_STALE_QUANTILE = 0.99
_ENOUGH = 20
_RATE_DAYS = 90
# A holiday week is no end of the records.
_LONG_GAP = 14


def coverage_caveats(funnel: Funnel) -> list[Caveat]:
    """What lies outside the data, as far as the data shows it."""
    return [
        *_unmeasured(funnel), *_entries_end(funnel), *_no_exits(funnel), *_late_exits(funnel), *_open(funnel),
        *_stale(funnel), *_round_total(funnel), *_inferred(funnel),
    ]  # fmt: skip


def _unmeasured(funnel: Funnel) -> list[Caveat]:
    measured = {s.code for s in measured_path(funnel.history, track=funnel.track)}
    missing = [s for s in funnel.history.path(funnel.track) if s.code not in measured]
    if not missing:
        return []
    which = Text(
        en=", ".join(f"“{s.label.text.en}”" for s in missing),
        ja="、".join(f"「{s.label.text.ja}」" for s in missing),
    )
    return [Caveat(
        code="stage_without_data",
        severity="limit",
        about=tuple(s.code for s in missing),
        says=Text(
            en=f"No entry into {which.en} is recorded. What happens there can't be measured: the steps around are measured as one, and it can't be "
            "said at which of them journeys are lost.",
            ja=f"{which.ja}への移行が記録されていません。そこでの動きは測れないため、前後の区間をまとめて計測し、どこで失われるかは言えません。",
        ),
        evidence={s.code: 0 for s in missing},
        forbids=tuple(f"step:{s.code}" for s in missing),
    )]  # fmt: skip


def _entries_end(funnel: Funnel) -> list[Caveat]:
    """New journeys stop long before the end of observation: the sample ends there, not the demand."""
    if not funnel.totals:
        return []
    counts = next(iter(funnel.totals.values()))
    days = counts.entered
    last = int(days.max())
    pace = float(counts.count[days > last - _RATE_DAYS].sum()) / _RATE_DAYS
    gap = funnel.history.as_of_day - last
    if gap < _LONG_GAP or pace * gap < _ENOUGH_EXPECTED:
        return []
    label = funnel.history.model.stage(counts.step.start).label.text
    return [Caveat(
        code="entries_end",
        severity="limit",
        about=(counts.step.start,),
        says=Text(
            en=f"Entries into “{label.en}” end on {date_of(last)}, {count(gap)} days before the last recorded event; at the pace before, about "
            f"{count(pace * gap)} more would have come. What falls in later stages after that is the end of the records, not a decline, and "
            "'now' means the time up to that day.",
            ja=f"「{label.ja}」への流入は {date_of(last)} で終わっており、最後の記録より {count(gap)} 日前です。それまでのペースなら、さらに約 {count(pace * gap)} 件あるはずです。"
            "その後の各フェーズの減少は記録の終わりであって不振ではなく、「現在」はその日までを指します。",
        ),
        evidence={"last_entry": str(date_of(last)), "days_before_end": gap, "expected_since": round(pace * gap, 1)},
        forbids=("node:volume",),
    )]  # fmt: skip


def _no_exits(funnel: Funnel) -> list[Caveat]:
    if not funnel.totals:
        return []
    counts = list(funnel.totals.values())[-1]
    if (
        int(counts.count[counts.cause == EXITED].sum())
        or int(counts.count[counts.cause == OPEN].sum()) < _ENOUGH
    ):
        return []
    still = int(counts.count[counts.cause == OPEN].sum())
    return [Caveat(
        code="no_exits_recorded",
        severity="limit",
        about=("exit",),
        says=Text(
            en=f"No loss or other end is recorded. The {count(still)} journeys that did not get to the end can't be told apart into lost and still "
            "open, so no loss rate and no reason is given, and stages seem to fill up for ever.",
            ja=f"失注などの離脱が記録されていません。最後まで到達していない {count(still)} 件は、失われたのか進行中なのか区別できません。失注率や理由は示せず、滞留は増え続けるように見えます。",
        ),
        evidence={"open": still, "exits": 0},
        forbids=("loss_rate", "loss_reasons"),
    )]  # fmt: skip


def _late_exits(funnel: Funnel) -> list[Caveat]:
    """Exits recorded only from some day on, although journeys came before."""
    if not funnel.totals:
        return []
    counts = list(funnel.totals.values())[-1]
    if counts.period_months:
        return []
    swapped = np.select(
        [counts.cause == EXITED, counts.cause == ADVANCED], [ADVANCED, EXITED], OPEN
    )
    truncation = find_truncation(counts.swap(swapped))
    if truncation is None:
        return []
    return [Caveat(
        code="exits_recorded_late",
        severity="limit",
        about=("exit",),
        says=Text(
            en=f"Losses seem to be recorded only from {date_of(truncation.recorded_from)} on: about {count(truncation.expected)} should have been "
            f"recorded before, {truncation.observed} were. Earlier journeys look open although many were lost.",
            ja=f"離脱が記録されているのは {date_of(truncation.recorded_from)} 以降と見られます（それ以前に約 {count(truncation.expected)} 件あるはずが {truncation.observed} 件）。"
            "それ以前の案件は失われていても進行中に見えます。",
        ),
        evidence={"recorded_from": str(date_of(truncation.recorded_from)), "expected_before": round(truncation.expected, 1),
                  "observed_before": truncation.observed},
        forbids=(f"loss_rate:before:{date_of(truncation.recorded_from)}",),
    )]  # fmt: skip


def _open(funnel: Funnel) -> list[Caveat]:
    """Right censoring: recent journeys haven't had their time."""
    found = []
    for code, counts in funnel.steps.items():
        horizon = funnel.horizons[code]
        if horizon is None:
            continue
        clean = counts.clean()
        young = int(clean.count[~clean.observed_for(horizon) & (clean.cause == OPEN)].sum())
        if young:
            found.append((code, young))
    if not found:
        return []
    code, young = max(found, key=lambda pair: pair[1])
    start, stop = (funnel.history.model.stage(part).label.text for part in code.split(">"))
    return [Caveat(
        code="right_censoring",
        severity="note",
        about=tuple(code.split(">")),
        says=Text(
            en=f"The newest journeys have not had their time: at {start.en} → {stop.en} {count(young)} are still open within the horizon. Months with such "
            "journeys have no rate, and they count in the estimates only as far as they were observed.",
            ja=f"新しい案件はまだ結果が出ていません。{start.ja}→{stop.ja} では {count(young)} 件が観測日数の途中です。そうした月には率を出さず、推定では観測できた期間だけを使います。",
        ),
        evidence={f"open_within_horizon.{code}": n for code, n in found},
    )]  # fmt: skip


def _stale(funnel: Funnel) -> list[Caveat]:
    """Open journeys older than nearly every one that ever left: probably dead, and never closed."""
    history = funnel.history
    found: dict[str, int] = {}
    total = 0
    of_stage = stays(history, track=funnel.track)
    for stage in measured_path(history, track=funnel.track):
        if stage.type not in {"open", "on_hold"}:
            continue
        stay = of_stage.get(history.stage_code(stage.code))
        if stay is None or int(stay["count"][stay["ended"] == 1].sum()) < 5 * _ENOUGH:
            continue
        limit = (
            stay_curve({k: v[stay["ended"] == 1] for k, v in stay.items()})
            .quantile(_STALE_QUANTILE)
            .value
        )
        open_now = stay["ended"] == 0
        total += int(stay["count"][open_now].sum())
        old = int(stay["count"][open_now & (stay["length"] > limit)].sum())
        if old:
            found[stage.code] = old
    stale = sum(found.values())
    if not stale or stale < _ENOUGH:
        return []
    return [Caveat(
        code="stale_journeys",
        severity="note",
        about=tuple(found),
        says=Text(
            en=f"{count(stale)} of {count(total)} open journeys have been in their stage longer than 99% of those that ever left it. They are probably dead "
            "and were never closed; they inflate the stock and count as open, not as lost.",
            ja=f"進行中の {count(total)} 件のうち {count(stale)} 件は、過去にそのフェーズを出た案件の 99% より長く滞留しています。閉じられていない終了案件と見られ、"
            "残高を膨らませますが、失注ではなく進行中として数えています。",
        ),
        evidence={f"stale.{code}": n for code, n in found.items()} | {"open": total},
    )]  # fmt: skip


def _round_total(funnel: Funnel) -> list[Caveat]:
    """A total like 8,000 exactly is what somebody chose, not what happened."""
    if not funnel.totals:
        return []
    n = next(iter(funnel.totals.values())).n
    if n < 1000 or n % 1000:
        return []
    return [Caveat(
        code="looks_like_a_sample",
        severity="limit",
        about=("volume",),
        says=Text(
            en=f"There are exactly {count(n)} journeys. So round a number suggests a sample or an export limit: shares are not harmed by a random sample, but "
            "volumes and sums of money are those of the sample, not of the company.",
            ja=f"案件はちょうど {count(n)} 件です。これほど切りのよい数は、標本または出力件数の上限を示唆します。無作為標本なら率には影響しませんが、件数と金額は会社全体ではなく標本のものです。",
        ),
        evidence={"journeys": n},
        forbids=("node:volume", "company_volume"),
    )]  # fmt: skip


def _inferred(funnel: Funnel) -> list[Caveat]:
    """Stages that many journeys pass without an entry being recorded."""
    found = {}
    for code, counts in funnel.steps.items():
        inferred = int(counts.count[counts.inferred == 1].sum())
        if counts.n >= _ENOUGH and inferred / counts.n > 0.05:
            found[code.split(">")[0]] = inferred / counts.n
    if not found:
        return []
    stage, share = max(found.items(), key=lambda item: item[1])
    label = funnel.history.model.stage(stage).label.text
    return [Caveat(
        code="entries_inferred",
        severity="note",
        about=tuple(found),
        says=Text(
            en=f"{percent(share, digits=0)} of the journeys that count as having reached “{label.en}” have no entry into it: they were seen in a later stage. "
            "Their entry is inferred at that time and flagged; times from there are too short.",
            ja=f"「{label.ja}」に到達したと数える案件の {percent(share, digits=0)} は、そのフェーズへの移行記録がなく、後のフェーズで確認されたものです。"
            "その時点での推定到達として印を付けており、そこからの所要時間は短く出ます。",
        ),
        evidence={f"inferred_share.{code}": round(value, 4) for code, value in found.items()},
    )]  # fmt: skip
