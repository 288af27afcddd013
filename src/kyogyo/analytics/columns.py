"""The words for the columns of results, and for the codes that Kyogyo itself puts in them."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo.words import Text


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column and the form of its values.

    Forms: 'text' as it is; 'code' a code that has a word; 'kind' the kind of a node; 'name' a value of the data, which may
    have one; 'count'; 'number'; 'share' in [0, 1];
    'chance' a probability, without decimals; 'money' minor units; 'seconds'; 'mature' and 'flag'
    booleans.
    """

    heading: Text
    form: str


def _column(en: str, ja: str, form: str) -> Column:
    return Column(heading=Text(en=en, ja=ja), form=form)


COLUMNS: dict[str, Column] = {
    "cohort": _column("Cohort", "コホート", "text"),
    "month": _column("Month", "月", "text"),
    "period": _column("Period", "期間", "text"),
    "age": _column("Age", "経過", "count"),
    "days": _column("Days", "日数", "number"),
    "rank": _column("Rank", "順位", "count"),
    "n": _column("n", "n", "count"),
    "k": _column("Went on", "進んだ数", "count"),
    "rate": _column("Rate", "率", "share"),
    "share": _column("Share", "割合", "share"),
    "coverage": _column("Observed so far", "観測済みの割合", "share"),
    "total_rate": _column("Rate from the start", "起点からの率", "share"),
    "account_share": _column("Share of accounts", "取引先の割合", "share"),
    "value_share": _column("Share of value", "金額の割合", "share"),
    "mature": _column("Maturity", "成熟", "mature"),
    "complete": _column("Complete month", "月が完了", "flag"),
    "inferred": _column("Inferred", "推定", "flag"),
    "step": _column("Step", "区間", "code"),
    "stage": _column("Stage", "フェーズ", "code"),
    "from_stage": _column("From", "移行元", "code"),
    "to_stage": _column("To", "移行先", "code"),
    "department": _column("Department", "部門", "code"),
    "track": _column("Track", "商流", "code"),
    "outcome": _column("Outcome", "結果", "code"),
    "series": _column("Series", "系列", "code"),
    "segment": _column("Segment", "区分", "name"),
    "attribute": _column("Attribute", "属性", "code"),
    "owner": _column("Owner", "担当", "text"),
    "account": _column("Account", "取引先", "text"),
    "journey": _column("Journey", "案件", "text"),
    "path": _column("Path", "経路", "text"),
    "known": _column("Amount known", "金額判明", "count"),
    "k_amount": _column("Amount that went on", "進んだ金額", "money"),
    "count_rate": _column("Rate by count", "件数ベースの率", "share"),
    "deviation": _column("Deviation", "逸脱", "code"),
    "direction": _column("Direction", "向き", "code"),
    "cause": _column("Cause", "記録元", "code"),
    "kind": _column("Kind", "種類", "kind"),
    "status": _column("Verdict", "判定", "code"),
    "reference_kind": _column("Compared with", "比較対象", "code"),
    "why": _column("Why", "理由", "text"),
    "current": _column("Now", "現在", "by_kind"),
    "reference": _column("Reference", "比較の基準", "by_kind"),
    "gap": _column("Gap to reference", "基準との差", "by_kind"),
    "value": _column("Value", "値", "by_unit"),
    "cost_mid": _column("Cost a month", "月あたりの損失", "money"),
    "cost_lo": _column("Cost a month, low", "月あたりの損失（下限）", "money"),
    "cost_hi": _column("Cost a month, high", "月あたりの損失（上限）", "money"),
    "p_top": _column("Chance to be the largest", "最大である確率", "chance"),
    "amount": _column("Amount", "金額", "money"),
    "revenue": _column("Revenue", "売上", "money"),
    "median_amount": _column("Median amount", "金額の中央値", "money"),
    "median_s": _column("Median time", "時間の中央値", "seconds"),
    "p90_s": _column("90th percentile", "90パーセンタイル", "seconds"),
    "mean_s": _column("Mean time", "平均時間", "seconds"),
    "expected_s": _column("Expected", "想定", "seconds"),
    "added_s": _column("Added time", "余分にかかった時間", "seconds"),
    "still_open": _column("Still inside", "滞在中", "count"),
    "open": _column("Still open", "進行中", "count"),
    "entered": _column("Entered", "流入", "count"),
    "left": _column("Left", "流出", "count"),
    "reached": _column("Reached", "到達", "count"),
    "arrivals": _column("In", "流入", "count"),
    "departures": _column("Out", "流出", "count"),
    "balance": _column("Inside at month end", "月末の滞留", "count"),
    "at_risk": _column("Still observed", "観測中", "count"),
    "journeys": _column("Journeys", "案件数", "count"),
    "accounts": _column("Accounts", "取引先数", "count"),
    "won": _column("Won", "受注", "count"),
    "group": _column("Pass", "何回目か", "code"),
    "horizon_days": _column("Observed for, days", "観測日数", "count"),
    "exited": _column("Left the stream", "離脱", "count"),
    "inferred_n": _column("Inferred", "推定到達", "count"),
    "median_lo_s": _column("Median time, low", "時間の中央値（下限）", "seconds"),
    "median_hi_s": _column("Median time, high", "時間の中央値（上限）", "seconds"),
    "q": _column("q", "q値", "number"),
    "new": _column("New", "新規", "money"),
    "expansion": _column("Expansion", "拡大", "money"),
    "contraction": _column("Contraction", "縮小", "money"),
    "churn": _column("Churned", "解約", "money"),
    "reactivation": _column("Reactivated", "再開", "money"),
    "churned_accounts": _column("Accounts that churned", "解約した取引先数", "count"),
    "grr": _column("Gross retention", "売上維持率（GRR）", "share"),
    "nrr": _column("Net retention", "売上継続率（NRR）", "share"),
    "current_from": _column("Now, from", "現在の開始", "text"),
    "current_to": _column("Now, to", "現在の終了", "text"),
    "reference_from": _column("Reference, from", "基準の開始", "text"),
    "reference_to": _column("Reference, to", "基準の終了", "text"),
    "lost": _column("Lost", "失注", "count"),
    "team": _column("Team", "チーム", "name"),
    "week": _column("Week", "週", "text"),
    "phase": _column("Phase of the experiment", "実験の時期", "text"),
    "level": _column("Level of the phase", "その時期の水準", "by_unit"),
    "trend": _column("Trend", "傾向", "by_unit"),
    "centre": _column("Mean", "平均", "by_unit"),
    "lower": _column("Lower limit", "下限", "by_unit"),
    "upper": _column("Upper limit", "上限", "by_unit"),
    "outside": _column("Beyond the limits", "範囲外", "flag"),
    "left_out": _column("Left out", "除いた理由", "code"),
}

# Kinds of nodes. A company may have a track or a stage of the same code ("expansion"); that is not what is meant.
KINDS: dict[str, Text] = {
    "conversion": Text(en="conversion", ja="転換率"),
    "delay": Text(en="delay", ja="所要日数"),
    "capacity": Text(en="capacity", ja="処理能力"),
    "volume": Text(en="new entries", ja="新規流入"),
    "mix": Text(en="mix of who comes", ja="流入の構成"),
    "value": Text(en="value of a win", ja="受注単価"),
    "churn": Text(en="customers who leave", ja="解約"),
    "expansion": Text(en="customers who take more", ja="既存顧客の拡大"),
}

VOCABULARY: dict[str, Text] = {
    **KINDS,
    # verdicts on a candidate
    "named": Text(en="named", ja="該当"),
    "tie": Text(en="tie", ja="同程度"),
    "candidate": Text(en="candidate", ja="候補"),
    "not_distinguishable": Text(en="not distinguishable", ja="区別できない"),
    "improved": Text(en="better than before", ja="改善"),
    "none_distinguishable": Text(en="none distinguishable", ja="区別できるものなし"),
    "not_enough_history": Text(en="not enough history", ja="履歴不足"),
    "refused": Text(en="refused", ja="算出不可"),
    "ok": Text(en="answered", ja="算出済み"),
    # what a candidate is compared with
    "target": Text(en="target", ja="目標値"),
    "same_season": Text(en="same season last year", ja="前年同期"),
    "best_past": Text(en="best stable past", ja="過去の安定した最良値"),
    "baseline": Text(en="own past", ja="自社の過去"),
    # directions of a transition
    "forward": Text(en="forward", ja="前進"),
    "skip": Text(en="skip", ja="飛び越し"),
    "back": Text(en="back", ja="逆戻り"),
    "again": Text(en="again", ja="再訪"),
    "exit": Text(en="exit", ja="離脱"),
    "order_unknown": Text(en="order unknown", ja="順序不明"),
    "elsewhere": Text(en="off the path", ja="経路外"),
    # passes of an account
    "first": Text(en="first pass", ja="初回"),
    "recycled": Text(en="recycled", ja="還流"),
    # causes of an entry
    "person": Text(en="person", ja="人"),
    "rule": Text(en="rule", ja="ルール"),
    "import": Text(en="import", ja="取り込み"),
    "sync": Text(en="sync", ja="同期"),
    # why a week doesn't count
    "trigger": Text(en="set the countermeasure off", ja="着手のきっかけ"),
    "immature": Text(en="not yet mature", ja="未成熟"),
    "empty": Text(en="no cases", ja="件数なし"),
    # bases of a metric
    "cohort": Text(en="cohort", ja="コホート基準"),
    "stock": Text(en="stock", ja="残高基準"),
    "period": Text(en="period", ja="期間基準"),
}
