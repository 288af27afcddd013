"""Value that rests on a few, or on a part of the customers only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.events import History, attribute_words
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.money import win_values
from kyogyo.analytics.results import Caveat
from kyogyo.words import Text, count, percent

_LARGE_ACCOUNT = 0.1
_LARGE_SEGMENT = 0.5
_MOST_OF_SEGMENT = 0.8
_ENOUGH = 20
_UNCOVERED = 0.2


def worth_caveats(funnel: Funnel) -> list[Caveat]:
    """What the sums of money rest on."""
    history, stage = funnel.history, funnel.history.model.value_stage(funnel.track)
    if stage is None:
        return []
    won = f"r_{history.stage_code(stage.code)} > 0 AND track = {history.track_code(funnel.track)}"
    return [*_few_accounts(history, won), *_uncovered(history), *_unknown_amounts(funnel)]


@dataclass(frozen=True)
class _Wins:
    """One row a won journey: its value, and its account (or minus the journey where there is none)."""

    account: np.ndarray
    value: np.ndarray
    attributes: dict[str, np.ndarray]


def _wins(history: History, won: str) -> _Wins:
    columns = ", ".join(
        ["journey", "account", "won_amount", *(f"a_{code}" for code in history.attributes.values())]
    )
    rows = history.engine.integers(f"SELECT {columns} FROM journeys WHERE {won} ORDER BY journey")
    account = np.where(rows["account"] > 0, rows["account"], -rows["journey"])
    value = rows["won_amount"]
    if history.has_revenue:
        sums = history.engine.integers(
            "SELECT account, CAST(SUM(amount) AS BIGINT) AS amount FROM revenue GROUP BY account ORDER BY account"
        )
        place = np.searchsorted(sums["account"], account)
        place = np.minimum(place, sums["account"].size - 1)
        # An account's revenue is counted once, with its first win.
        _, first = np.unique(account, return_index=True)
        once = np.isin(np.arange(account.size), first)
        value = np.where(once & (sums["account"][place] == account), sums["amount"][place], 0)
    return _Wins(
        account, value, {name: rows[f"a_{code}"] for name, code in history.attributes.items()}
    )


def _few_accounts(history: History, won: str) -> list[Caveat]:
    wins = _wins(history, won)
    total = float(wins.value.sum())
    if wins.value.size < _ENOUGH or total <= 0:
        return []
    accounts, place = np.unique(wins.account, return_inverse=True)
    worth = np.bincount(place, wins.value)
    order = np.argsort(-worth, kind="stable")
    top = float(worth[order[0]]) / total
    if top < _LARGE_ACCOUNT:
        return _large_segments(history, wins, total)
    half = int(np.searchsorted(np.cumsum(worth[order]), total / 2)) + 1
    carried = _carried(history, wins, accounts[order[0]])
    also = Text("", "")
    if carried is not None:
        name, text, share = carried
        also = Text(
            en=f" “{text}” leads by {attribute_words(name).en} only because of it: {percent(share, digits=0)} of that group's value is this one account.",
            ja=f"{attribute_words(name).ja}「{text}」が大きく見えるのもこの 1 社によるもので、その区分の金額の {percent(share, digits=0)} を占めます。",
        )
    return [Caveat(
        code="concentrated_value",
        severity="limit",
        about=("value",),
        says=Text(
            en=f"One account brings {percent(top)} of the value and {count(half)} of {count(int((worth > 0).sum()))} bring half. Means, and comparisons of value by "
            f"group or person, hinge on a few names; read them with and without.{also.en}",
            ja=f"1 社で金額の {percent(top)}、{count(int((worth > 0).sum()))} 社中 {count(half)} 社で半分を占めます。平均や、区分・個人別の金額の比較は少数の取引先に左右されます。"
            f"有無の両方で見てください。{also.ja}",
        ),
        evidence={"top_account_share": round(top, 4), "accounts_for_half": half, "accounts_with_value": int((worth > 0).sum())},
        forbids=("rank_value_by_owner",),
    )]  # fmt: skip


def _carried(history: History, wins: _Wins, account: int) -> tuple[str, str, float] | None:
    """The group whose lead in value is one account's: (attribute, value, share of the group's value)."""
    best: tuple[str, str, float] | None = None
    of_account = wins.account == account
    for name, values in wins.attributes.items():
        sums = np.bincount(values, wins.value)
        code = int(values[np.argmax(of_account)])
        if not code or sums[1:].size == 0 or int(np.argmax(sums[1:])) + 1 != code:
            continue
        share = float(wins.value[of_account].sum()) / float(sums[code])
        others = int((wins.value[(values == code) & ~of_account] > 0).sum())
        if share >= _MOST_OF_SEGMENT and others >= 1 and (best is None or share > best[2]):
            best = name, history.value_names.get(code, str(code)), share
    return best


def _large_segments(history: History, wins: _Wins, total: float) -> list[Caveat]:
    found = []
    for name, values in wins.attributes.items():
        sums = np.bincount(values, wins.value)
        counts = np.bincount(values)
        if (sums > 0).sum() < 3:
            continue
        code = int(np.argmax(sums))
        share, of_wins = float(sums[code]) / total, float(counts[code]) / values.size
        if code and share >= _LARGE_SEGMENT and of_wins < share - 0.2:
            found.append((name, history.value_names.get(code, str(code)), share, of_wins))
    if not found:
        return []
    name, text, share, of_wins = max(found, key=lambda item: item[2])
    return [Caveat(
        code="one_segment_carries_value",
        severity="note",
        about=(name,),
        says=Text(
            en=f"“{text}” ({attribute_words(name).en}) is {percent(of_wins, digits=0)} of the wins but {percent(share, digits=0)} of the value. Counts and money tell different "
            "stories here; a rate over all journeys hides the part that pays.",
            ja=f"「{text}」（{attribute_words(name).ja}）は受注件数の {percent(of_wins, digits=0)} ですが、金額の {percent(share, digits=0)} を占めます。件数と金額で話が変わり、"
            "全案件の率では収益を生む部分が見えません。",
        ),
        evidence={"share_of_wins": round(of_wins, 4), "share_of_value": round(share, 4)},
    )]  # fmt: skip


def _uncovered(history: History) -> list[Caveat]:
    """Revenue of accounts that no journey of the funnel has: the funnel is a part of the business only."""
    if not history.has_revenue:
        return []
    columns = history.engine.integers(
        "SELECT inside, CAST(COUNT(*) AS BIGINT) AS accounts, CAST(SUM(amount) AS BIGINT) AS amount FROM ("
        "SELECT CASE WHEN account IN (SELECT account FROM journeys WHERE account > 0) THEN 1 ELSE 0 END AS inside, amount "
        "FROM (SELECT account, CAST(SUM(amount) AS BIGINT) AS amount FROM revenue GROUP BY account) AS sums) AS q GROUP BY inside ORDER BY inside"
    )
    by = dict(
        zip(
            columns["inside"].tolist(),
            zip(columns["accounts"].tolist(), columns["amount"].tolist(), strict=True),
            strict=True,
        )
    )
    inside, outside = by.get(1, (0, 0)), by.get(0, (0, 0))
    accounts = inside[0] + outside[0]
    if not accounts or outside[0] / accounts < _UNCOVERED:
        return []
    money = inside[1] / (inside[1] + outside[1]) if inside[1] + outside[1] else 0.0
    return [Caveat(
        code="funnel_covers_a_part",
        severity="limit",
        about=("revenue",),
        says=Text(
            en=f"Only {count(inside[0])} of {count(accounts)} accounts with revenue come from this funnel, with {percent(money)} of the revenue. The rest came "
            "another way or before the records; the funnel's money is not the company's.",
            ja=f"売上のある {count(accounts)} 社のうち、このファネル由来は {count(inside[0])} 社（売上の {percent(money)}）です。残りは別の経路または記録以前のもので、ファネルの金額は会社全体ではありません。",
        ),
        evidence={"accounts_inside": inside[0], "accounts": accounts, "revenue_share_inside": round(money, 4)},
        forbids=("company_revenue",),
    )]  # fmt: skip


def _unknown_amounts(funnel: Funnel) -> list[Caveat]:
    values = win_values(funnel.history, track=funnel.track)
    known, unknown = values.n, values.unknown
    if unknown < _ENOUGH or unknown / max(known + unknown, 1) < 0.05:
        return []
    return [Caveat(
        code="amounts_missing",
        severity="limit",
        about=("value",),
        says=Text(
            en=f"{count(unknown)} of {count(known + unknown)} wins have no amount. They are left out of the value of a win, not counted as zero.",
            ja=f"受注 {count(known + unknown)} 件のうち {count(unknown)} 件は金額がありません。ゼロではなく、受注単価の計算から除いています。",
        ),
        evidence={"unknown": unknown, "wins": known + unknown},
    )]  # fmt: skip
