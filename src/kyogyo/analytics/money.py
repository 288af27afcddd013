"""What a win is worth, what customers bring afterwards, and on how few of them it rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kyogyo.analytics import definitions
from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import History
from kyogyo.analytics.results import Result
from kyogyo.analytics.sql import ROWS, Question, case, emit, total
from kyogyo.analytics.steps import ENOUGH_AT_RISK
from kyogyo.analytics.tables import table
from kyogyo.period import date_of
from kyogyo.words import Text, count, money, month, percent

_CUSTOMERS = "account IN (SELECT account FROM journeys WHERE account > 0 AND {won})"
_CURVE_POINTS = 200


@dataclass(frozen=True)
class WinValues:
    """Values of wins: `day`, `month` of the win, `value` in minor units, `count` of wins alike.

    `unknown` wins have no amount at all (which is not an amount of zero). `months` is how many months of revenue
    a value covers (0 = the amount of the deal). `immature` wins are too recent for their revenue to be known.
    """

    day: np.ndarray
    month: np.ndarray
    value: np.ndarray
    count: np.ndarray
    unknown: int
    immature: int
    months: int

    @property
    def n(self) -> int:
        return int(self.count.sum())

    def since(self, day: int) -> WinValues:
        """The wins from `day` on, that day inside."""
        rows = self.day >= day
        return WinValues(
            self.day[rows],
            self.month[rows],
            self.value[rows],
            self.count[rows],
            self.unknown,
            self.immature,
            self.months,
        )


def win_values(history: History, *, track: str) -> WinValues:
    """The value of each win of the track, by its amount or by the revenue that followed, as the model declares."""
    stage = history.model.value_stage(track)
    if stage is None:
        return _no_values()
    k, where = history.stage_code(stage.code), f"track = {history.track_code(track)}"
    if history.model.bottleneck.value == "revenue" and history.has_revenue:
        return _by_revenue(history, stage=k, where=where)
    columns = history.engine.integers(
        emit(Question(source="journeys", keys=(("day", f"d_{k}"), ("month", f"m_{k}"), ("value", "won_amount")),
                      measures=(("count", ROWS),), where=(where, f"r_{k} > 0")))
    )  # fmt: skip
    known = columns["value"] != 0
    return WinValues(
        day=columns["day"][known], month=columns["month"][known], value=columns["value"][known], count=columns["count"][known],
        unknown=int(columns["count"][~known].sum()), immature=0, months=0,
    )  # fmt: skip


def _no_values() -> WinValues:
    nothing = np.empty(0, np.int64)
    return WinValues(nothing, nothing, nothing, nothing, 0, 0, 0)


def revenue_periods(history: History) -> tuple[np.ndarray, np.ndarray]:
    """First days and end days (outside) of the periods in which any revenue is given, in order."""
    columns = history.engine.integers(
        emit(
            Question(
                source="revenue",
                keys=(("period_start", "period_start"), ("period_end", "period_end")),
                measures=(("n", ROWS),),
            )
        )
    )
    return columns["period_start"], columns["period_end"]


def _by_revenue(history: History, *, stage: int, where: str) -> WinValues:
    """Revenue in the period of the win and those after it, as many as the declared months cover."""
    starts, ends = revenue_periods(history)
    length = max(1, round(float(np.median(ends - starts)) / 30.44))
    periods = max(1, round(history.model.bottleneck.value_months / length))
    wins = history.engine.integers(
        f"SELECT journey, account, d_{stage} AS day, m_{stage} AS month FROM journeys "
        f"WHERE {where} AND r_{stage} > 0 ORDER BY journey"
    )
    revenue = history.engine.integers(
        "SELECT account, period_start, period_end, amount FROM revenue ORDER BY account, period_start"
    )
    place = np.searchsorted(ends, wins["day"], side="right")
    last = place + periods - 1
    # What a customer brought before revenue was recorded isn't known; the first months recorded aren't its first.
    known = (wins["account"] > 0) & (wins["day"] >= starts[0])
    mature = known & (last < ends.size)
    window_start = starts[np.minimum(place, starts.size - 1)]
    # What an account brings is counted once: from the period of its next win on, for that win.
    window_end = np.minimum(
        ends[np.minimum(last, ends.size - 1)], _next_win_starts(wins, starts, place)
    )
    value = np.zeros(wins["day"].size, np.int64)
    lo = np.searchsorted(revenue["account"], wins["account"], side="left")
    hi = np.searchsorted(revenue["account"], wins["account"], side="right")
    for i in np.flatnonzero(mature & (hi > lo)):
        rows = slice(lo[i], hi[i])
        inside = (revenue["period_start"][rows] >= window_start[i]) & (
            revenue["period_end"][rows] <= window_end[i]
        )
        value[i] = revenue["amount"][rows][inside].sum()
    return WinValues(
        day=wins["day"][mature], month=wins["month"][mature], value=value[mature], count=np.ones(int(mature.sum()), np.int64),
        unknown=int((~known).sum()), immature=int((known & ~mature).sum()),
        months=periods * length,
    )  # fmt: skip


def _next_win_starts(wins: Columns, starts: np.ndarray, place: np.ndarray) -> np.ndarray:
    """For each win the first day of the period of its account's next win, a far day where there is none."""
    order = np.lexsort((wins["journey"], wins["day"], wins["account"]))
    following = np.full(order.size, np.iinfo(np.int64).max)
    same = wins["account"][order][1:] == wins["account"][order][:-1]
    next_start = starts[np.minimum(place[order][1:], starts.size - 1)]
    following[order[:-1][same]] = next_start[same]
    return following


def value_per_win(history: History, *, track: str) -> Result:
    """Mean and median value of a win by month of the win."""
    values = win_values(history, track=track)
    rows = []
    for number in np.unique(values.month).tolist():
        of_month = values.month == number
        each = np.repeat(values.value[of_month], values.count[of_month])
        rows.append(
            {
                "series": "value",
                "month": month(number),
                "value": float(each.mean()),
                "median_amount": float(np.median(each)),
                "n": int(each.size),
            }
        )
    everything = np.repeat(values.value, values.count)
    currency = history.model.currency
    return Result(
        question="value_per_win",
        definition=definitions.MONEY,
        as_of=history.as_of,
        n=values.n,
        table=table(rows, ("series", "month", "value", "median_amount", "n")),
        sentence=_value_sentence(values, everything, currency) if values.n else Text(
            en="The value of a win is unknown: the data has no amounts for won journeys.",
            ja="受注の価値は未確認です。受注案件の金額がデータにありません。",
        ),
        status="ok" if values.n else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track, "unknown": values.unknown, "immature": values.immature, "months": values.months},
    )  # fmt: skip


def _value_sentence(values: WinValues, each: np.ndarray, currency: str) -> Text:
    mean, median = float(each.mean()), float(np.median(each))
    scope = Text("", "")
    if values.months:
        scope = Text(
            f" in the first {values.months} months after it",
            f"（受注後 {values.months} か月の売上）",
        )
    out = Text("", "")
    if values.unknown or values.immature:
        out = Text(
            en=f" Left out: {count(values.unknown)} wins without an amount or account, {count(values.immature)} too recent.",
            ja=f"金額または取引先が不明な受注 {count(values.unknown)} 件、新しすぎる受注 {count(values.immature)} 件は除きました。",
        )
    return Text(
        en=f"A win is worth {money(mean, currency=currency, lang='en')} on average{scope.en}, {money(median, currency=currency, lang='en')} "
        f"at the median (n = {count(values.n)}).{out.en}",
        ja=f"受注 1 件の価値{scope.ja}は平均 {money(mean, currency=currency, lang='ja')}、中央値 {money(median, currency=currency, lang='ja')}"
        f"（n = {count(values.n)}）です。{out.ja}",
    )


_MOVEMENTS = """
SELECT period_start, period_end, kind, age, CAST(COUNT(*) AS BIGINT) AS accounts, CAST(SUM(amount) AS BIGINT) AS amount,
       CAST(SUM(earlier) AS BIGINT) AS earlier
FROM (
  SELECT period_start, period_end, amount,
    CASE WHEN earlier_end = period_start THEN earlier ELSE 0 END AS earlier,
    CASE WHEN nth >= 3 THEN 3 ELSE nth END AS age,
    CASE WHEN nth = 1 THEN 1 WHEN earlier_end < period_start THEN 5
         WHEN amount > earlier THEN 2 WHEN amount < earlier THEN 3 ELSE 4 END AS kind
  FROM (
    SELECT period_start, period_end, amount,
      LAG(amount, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY account ORDER BY period_start) AS earlier,
      LAG(period_end, 1, CAST(0 AS INTEGER)) OVER (PARTITION BY account ORDER BY period_start) AS earlier_end,
      ROW_NUMBER() OVER (PARTITION BY account ORDER BY period_start) AS nth
    FROM revenue WHERE amount > 0 AND {customers}
  ) AS held
) AS moved GROUP BY period_start, period_end, kind, age ORDER BY period_start, period_end, kind, age
"""
_NEW, _EXPANSION, _CONTRACTION, _KEPT, _BACK = 1, 2, 3, 4, 5


def revenue_movements(history: History, *, track: str) -> Result:
    """New, expansion, contraction, churn and reactivation by period, with GRR and NRR, for this track's customers.

    GRR and NRR rest on customers whose revenue began at least two periods ago: a first period is only part
    of one, and growth out of it would be the calendar's.
    """
    stage = history.model.value_stage(track)
    if stage is None or not history.has_revenue:
        return _no_revenue(history)
    won = f"r_{history.stage_code(stage.code)} > 0 AND track = {history.track_code(track)}"
    columns = history.engine.integers(_MOVEMENTS.format(customers=_CUSTOMERS.format(won=won)))
    periods = sorted(
        set(zip(columns["period_start"].tolist(), columns["period_end"].tolist(), strict=True))
    )
    rows: list[dict[str, Any]] = []
    before: _Period | None = None
    for start, end in periods:
        at = (columns["period_start"] == start) & (columns["period_end"] == end)
        period = _Period(start, end, {name: column[at] for name, column in columns.items()})
        rows.append(
            _period_row(period, before if before is not None and before.end == start else None)
        )
        before = period
    last = rows[-1] if rows else None
    return Result(
        question="revenue_movements",
        definition=definitions.REVENUE,
        as_of=history.as_of,
        n=max((row["accounts"] for row in rows), default=0),
        table=table(
            rows,
            (
                "period",
                "accounts",
                "revenue",
                "new",
                "expansion",
                "contraction",
                "churn",
                "reactivation",
                "grr",
                "nrr",
                "churned_accounts",
            ),
        ),
        sentence=_revenue_sentence(last, history.model.currency)
        if last
        else _no_revenue(history).sentence,
        status="ok" if rows else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track},
    )


@dataclass(frozen=True)
class _Period:
    """One period's groups of accounts: by kind of movement and by age (1 = first period, 2, 3 = later)."""

    start: int
    end: int
    columns: dict[str, np.ndarray]

    def sum(self, name: str, *, kinds: tuple[int, ...] = (1, 2, 3, 4, 5), oldest: int = 1) -> int:
        rows = np.isin(self.columns["kind"], kinds) & (self.columns["age"] >= oldest)
        return int(self.columns[name][rows].sum())


def _period_row(period: _Period, before: _Period | None) -> dict[str, Any]:
    kept = (_EXPANSION, _CONTRACTION, _KEPT)
    row: dict[str, Any] = {
        "period": date_of(period.start).isoformat()[:7], "accounts": period.sum("accounts"), "revenue": period.sum("amount"),
        "new": period.sum("amount", kinds=(_NEW,)),
        "expansion": period.sum("amount", kinds=(_EXPANSION,)) - period.sum("earlier", kinds=(_EXPANSION,)),
        "contraction": period.sum("earlier", kinds=(_CONTRACTION,)) - period.sum("amount", kinds=(_CONTRACTION,)),
        "reactivation": period.sum("amount", kinds=(_BACK,)), "churn": None, "churned_accounts": None, "grr": None, "nrr": None,
    }  # fmt: skip
    if before is None:
        return row
    row["churn"] = before.sum("amount") - period.sum("earlier", kinds=kept)
    row["churned_accounts"] = before.sum("accounts") - period.sum("accounts", kinds=kept)
    base = before.sum("amount", oldest=2)
    if before.sum("accounts", oldest=2) >= ENOUGH_AT_RISK and base > 0:
        still = period.sum("amount", kinds=kept, oldest=3)
        grown = period.sum("amount", kinds=(_EXPANSION,), oldest=3) - period.sum(
            "earlier", kinds=(_EXPANSION,), oldest=3
        )
        row |= {"nrr": still / base, "grr": (still - grown) / base}
    return row


def _no_revenue(history: History) -> Result:
    return Result(
        question="revenue_movements",
        definition=definitions.REVENUE,
        as_of=history.as_of,
        n=0,
        table=table([], ("period", "accounts", "revenue")),
        sentence=Text(
            en="Revenue after the sale is unknown: the data has no table of revenue by account and period.",
            ja="受注後の売上は未確認です。取引先と期間ごとの売上の表がデータにありません。",
        ),
        status="not_enough_history",
        model_version=history.model.version,
    )


def _revenue_sentence(row: dict[str, Any], currency: str) -> Text:
    revenue_en, revenue_ja = (
        money(row["revenue"], currency=currency, lang=lang) for lang in ("en", "ja")
    )
    kept = Text("", "")
    if row["nrr"] is not None:
        kept = Text(
            en=f" Against the period before: NRR {percent(row['nrr'])}, GRR {percent(row['grr'])}.",
            ja=f"前期比は NRR {percent(row['nrr'])}、GRR {percent(row['grr'])} です。",
        )
    return Text(
        en=f"In the last period ({row['period']}) {count(row['accounts'])} customers of this track brought {revenue_en}.{kept.en}",
        ja=f"最新の期間（{row['period']}〜）に、この商流の取引先 {count(row['accounts'])} 社から {revenue_ja} の売上がありました。{kept.ja}",
    )


def _account_values(history: History, *, track: str) -> np.ndarray:
    """The value of each customer of the track, largest first."""
    stage = history.model.value_stage(track)
    if stage is None:
        return np.empty(0, np.int64)
    won = f"r_{history.stage_code(stage.code)} > 0 AND track = {history.track_code(track)}"
    if history.has_revenue:
        sql = emit(Question(source="revenue", keys=(("account", "account"),), measures=(("amount", total("amount")),),
                            where=(_CUSTOMERS.format(won=won),)))  # fmt: skip
    else:
        sql = emit(Question(source="journeys", keys=(("account", case(("account > 0", "account"), otherwise="0 - journey")),),
                            measures=(("amount", total("won_amount")),), where=(won,)))  # fmt: skip
    amounts = history.engine.integers(sql)["amount"]
    return np.sort(amounts[amounts > 0])[::-1]


def concentration(history: History, *, track: str) -> Result:
    """What share of the value the largest customers bring."""
    amounts = _account_values(history, track=track)
    everything = int(amounts.sum())
    cumulated = np.cumsum(amounts)
    points = min(amounts.size, _CURVE_POINTS)
    shown = np.unique(np.linspace(0, max(amounts.size - 1, 0), points).astype(np.int64))
    rows = [
        {"rank": int(i) + 1, "amount": int(amounts[i]), "account_share": (int(i) + 1) / amounts.size,
         "value_share": float(cumulated[i] / everything)}
        for i in shown
    ]  # fmt: skip
    half = int(np.searchsorted(cumulated, everything / 2)) + 1 if everything else 0
    top = float(amounts[0] / everything) if everything else 0.0
    return Result(
        question="concentration",
        definition=definitions.CONCENTRATION,
        as_of=history.as_of,
        n=int(amounts.size),
        table=table(rows, ("rank", "amount", "account_share", "value_share")),
        sentence=Text(
            en=f"{count(half)} of {count(amounts.size)} customers with a known value bring half of it; the largest alone {percent(top)}.",
            ja=f"金額が分かる {count(amounts.size)} 社のうち {count(half)} 社で半分を占め、最大の 1 社だけで {percent(top)} です。",
        )
        if rows
        else Text(en="No customer has a known value.", ja="金額が分かる取引先がありません。"),
        status="ok" if rows else "not_enough_history",
        model_version=history.model.version,
        facts={"track": track, "accounts_for_half": half, "top_share": top},
    )
