"""How many are in each stage, how many come and go, and whether the three agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.derive import Ended
from kyogyo.analytics.events import DAY, SECOND, History
from kyogyo.analytics.results import Caveat, Result
from kyogyo.analytics.sql import ROWS, Question, emit, total
from kyogyo.analytics.steps import measured_path
from kyogyo.analytics.tables import table
from kyogyo.period import first_day, month_of
from kyogyo.words import Text, month

# More than this apart, and stock, flow and time don't describe the same thing (statistics.md, 3).
_LITTLE_TOLERANCE = 0.15
_ENOUGH_ARRIVALS = 50


@dataclass(frozen=True)
class Flow:
    """Daily arrivals to and departures from one stage, from `first` (day number) to as_of; `balance` at each day's end."""

    stage: str
    first: int
    arrivals: np.ndarray
    departures: np.ndarray

    @property
    def balance(self) -> np.ndarray:
        return np.asarray(np.cumsum(self.arrivals - self.departures))


def flows(history: History, *, track: str) -> dict[str, Flow]:
    """The daily flow of every measured stage of the track."""
    where = f"track = {history.track_code(track)}"
    came = history.engine.integers(emit(Question(source="visits", keys=(("stage", "stage"), ("day", "day")),
                                                 measures=(("count", ROWS),), where=(where,))))  # fmt: skip
    went = history.engine.integers(emit(Question(source="visits", keys=(("stage", "stage"), ("day", "left_day")),
                                                 measures=(("count", ROWS),), where=(where, "ended > 0"))))  # fmt: skip
    if not came["day"].size:
        return {}
    first, size = int(came["day"].min()), history.as_of_day - int(came["day"].min()) + 1
    found = {}
    for stage in measured_path(history, track=track):
        code = history.stage_code(stage.code)
        arrivals, departures = (_daily(columns, code, first, size) for columns in (came, went))
        found[stage.code] = Flow(
            stage=stage.code, first=first, arrivals=arrivals, departures=departures
        )
    return found


def came_from(
    history: History, *, track: str, since_day: int, until_day: int
) -> dict[tuple[int, int], int]:
    """Entries in a span of days by (stage entered, stage left before, 0 for none), as codes."""
    columns = history.engine.integers(
        emit(Question(source="visits", keys=(("stage", "stage"), ("previous", "previous")), measures=(("count", ROWS),),
                      where=(f"track = {history.track_code(track)}", f"day >= {since_day}", f"day < {until_day}")))
    )  # fmt: skip
    pairs = zip(columns["stage"].tolist(), columns["previous"].tolist(), strict=True)
    return dict(zip(pairs, columns["count"].tolist(), strict=True))


def _daily(columns: dict[str, np.ndarray], stage: int, first: int, size: int) -> np.ndarray:
    daily = np.zeros(size, np.int64)
    rows = (columns["stage"] == stage) & (columns["day"] < first + size)
    np.add.at(daily, columns["day"][rows] - first, columns["count"][rows])
    return daily


def stock_flow(history: History, *, track: str, months: int | None = None) -> Result:
    """In, out and balance of every stage by month; the last `months` of them, or all."""
    rows: list[dict[str, Any]] = []
    found = flows(history, track=track)
    for flow in found.values():
        rows += _monthly(flow, as_of_day=history.as_of_day, months=months)
    last = next(reversed(found), "")
    exits = history.engine.integers(
        emit(
            Question(
                source="visits",
                keys=(("track", "track"),),
                measures=(("count", ROWS),),
                where=(f"track = {history.track_code(track)}", f"ended = {Ended.EXIT}"),
            )
        )
    )["count"].size
    # Without any recorded exit every stage fills up for ever; a caveat of its own says so.
    checks = [
        c
        for flow in found.values()
        if exits
        and flow.stage != last
        and (c := little_check(history, flow=flow, track=track)) is not None
    ]
    n = sum(int(flow.arrivals.sum()) for flow in found.values())
    return Result(
        question="stock_flow",
        definition=definitions.STOCK_FLOW,
        as_of=history.as_of,
        n=n,
        table=table(rows, ("stage", "month", "arrivals", "departures", "balance", "complete")),
        sentence=_balance_sentence(history, found),
        caveats=_little_caveats(history, checks),
        status="ok" if rows else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track},
    )


def _monthly(flow: Flow, *, as_of_day: int, months: int | None) -> list[dict[str, Any]]:
    first, last = month_of(flow.first), month_of(as_of_day)
    start = first if months is None else max(first, last - months + 1)
    balance = flow.balance
    rows = []
    for number in range(start, last + 1):
        a = max(first_day(number) - flow.first, 0)
        b = min(first_day(number + 1), as_of_day + 1) - flow.first
        complete = first_day(number) >= flow.first and first_day(number + 1) - 1 <= as_of_day
        rows.append({
            "stage": flow.stage, "month": month(number), "arrivals": int(flow.arrivals[a:b].sum()),
            "departures": int(flow.departures[a:b].sum()), "balance": int(balance[b - 1]), "complete": complete,
        })  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class LittleCheck:
    """Mean stock of a stage, and what arrivals and the stay of those who left would make of it."""

    stage: str
    stock: float
    arrivals_per_day: float
    stay_days: float

    @property
    def expected(self) -> float:
        return self.arrivals_per_day * self.stay_days

    @property
    def fits(self) -> bool:
        return abs(self.stock - self.expected) <= _LITTLE_TOLERANCE * max(self.stock, self.expected)


def little_check(
    history: History, *, flow: Flow, track: str, days: int = 365
) -> LittleCheck | None:
    """Mean stock against arrivals per day x mean stay over the last `days`; None with too few to say.

    Over a window without trend both are the same by Little's law (1961), whatever the distributions are. The
    mean stay is that of the visits that ended in the window.
    """
    size = min(days, flow.arrivals.size)
    came = int(flow.arrivals[-size:].sum())
    if came < _ENOUGH_ARRIVALS:
        return None
    ended = history.engine.integers(
        emit(Question(source="visits", keys=(("stage", "stage"),),
                      measures=(("count", ROWS), ("seconds", total("dwell_s"))),
                      where=(f"track = {history.track_code(track)}", f"stage = {history.stage_code(flow.stage)}", "ended > 0",
                             f"left_day >= {history.as_of_day - size + 1}", f"left_day <= {history.as_of_day}")))
    )  # fmt: skip
    if not ended["count"].size or ended["count"][0] < _ENOUGH_ARRIVALS:
        return None
    stay_days = float(ended["seconds"][0]) / float(ended["count"][0]) / (DAY // SECOND)
    return LittleCheck(flow.stage, float(flow.balance[-size:].mean()), came / size, stay_days)


def _little_caveats(history: History, checks: list[LittleCheck]) -> tuple[Caveat, ...]:
    """One caveat for all stages whose stock doesn't fit their flow and time."""
    wrong = [check for check in checks if not check.fits]
    if not wrong:
        return ()
    worst = max(
        wrong,
        key=lambda check: abs(check.stock - check.expected) / max(check.stock, check.expected),
    )
    label = history.model.stage(worst.stage).label.text
    return (Caveat(
        code="little_law",
        severity="note",
        about=tuple(check.stage for check in wrong),
        says=Text(
            en=f"In {len(wrong)} of {len(checks)} stages the stock doesn't fit arrivals and times. Most in “{label.en}”: {worst.stock:,.0f} journeys are in it on "
            f"average, arrivals and the time of those who left would make {worst.expected:,.0f}. Journeys that are never closed, times entered in bulk, or a "
            "stage that fills up do this; there the time of those who left understates the wait.",
            ja=f"{len(checks)} フェーズ中 {len(wrong)} フェーズで、残高が流入と滞留時間に合いません。最も大きいのは「{label.ja}」で、平均 {worst.stock:,.0f} 件が滞留していますが、"
            f"流入と滞留時間からは {worst.expected:,.0f} 件になります。閉じられない案件、一括入力、滞留の増加が原因で、出た案件の滞留時間は実際の待ちより短く見えます。",
        ),
        evidence={f"stock_to_expected.{check.stage}": round(check.stock / check.expected, 2) if check.expected else "-" for check in wrong},
    ),)  # fmt: skip


def _balance_sentence(history: History, found: dict[str, Flow]) -> Text:
    if not found:
        return Text(en="No visit to count.", ja="数えられる訪問がありません。")
    open_stages = [
        f for f in found.values() if history.model.stage(f.stage).type in {"open", "on_hold"}
    ] or list(found.values())
    flow = max(open_stages, key=lambda f: int(f.balance[-1]))
    label = history.model.stage(flow.stage).label.text
    held = int(flow.balance[-1])
    return Text(
        en=f"Before the sale most journeys wait in “{label.en}”: {held:,} now.",
        ja=f"受注前で最も多くの案件が滞留しているのは「{label.ja}」で、現在 {held:,} 件です。",
    )
