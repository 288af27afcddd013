"""The fixed words of a report. Every one is here in both languages; templates hold none."""

from __future__ import annotations

from collections.abc import Mapping

from kyogyo.words import Text


def _text(en: str, ja: str) -> Text:
    return Text(en=en, ja=ja)


PHRASES: Mapping[str, Text] = {
    "skip": _text("Skip to the answer", "答えへ移動"),
    "contents": _text("Contents", "目次"),
    "organisation": _text("Organisation", "組織"),
    "covers": _text("Period", "対象期間"),
    "as_of": _text("Data up to", "データの時点"),
    "made_at": _text("Written", "作成"),
    "model_version": _text("Model", "モデル"),
    "zone": _text("Time zone", "時間帯"),
    # the answer
    "answer": _text("The answer", "答え"),
    "kicker_named": _text("The step that holds revenue back", "売上を止めている区間"),
    "kicker_tie": _text("Steps that hold revenue back alike", "同じ程度に売上を止めている区間"),
    "kicker_none_distinguishable": _text("No step stands out", "際立つボトルネックはありません"),
    "kicker_not_enough_history": _text(
        "Not enough history to name a step", "履歴不足のため区間を挙げられません"
    ),
    "step": _text("Step", "区間"),
    "cost": _text("Cost a month", "月あたりの損失"),
    "verdict": _text("Verdict", "判定"),
    "largest": _text("Chance to be largest", "最大である確率"),
    "now": _text("Now", "現在"),
    "reference": _text("Reference", "比較の基準"),
    "gap": _text("Gap to reference", "基準との差"),
    "how_sure": _text("How sure", "確からしさ"),
    "how_sure_note": _text(
        "chance that this step costs more than any other", "この区間の損失が最大である確率"
    ),
    "no_step": _text("none named", "挙げられない"),
    "unknown": _text("unknown", "未確認"),
    "not_enough_history": _text("not enough history", "履歴不足"),
    "why": _text("Why", "理由"),
    "next": _text("What to do next", "次にすること"),
    "no_next": _text(
        "Nothing can be advised from this data.", "このデータから勧められることはありません。"
    ),
    "candidates": _text("Every step, by what it costs", "全区間の損失の比較"),
    # the stream
    "stream": _text("The stream", "全体の流れ"),
    "stream_lead": _text(
        "Each column is a stage; its height is how many journeys entered it in the period. Below it: how many are inside now, and what share of the mature ones went on.",
        "列がフェーズ、高さは対象期間に入った案件の数です。その下は現在の滞留と、成熟した案件のうち次へ進んだ割合です。",
    ),
    "entered": _text("entered", "流入"),
    "inside": _text("inside now", "現在の滞留"),
    "went_on": _text("went on", "次へ進んだ割合"),
    "went_on_to": _text("went on to “{}”", "「{}」へ進んだ割合"),
    "median": _text("median time", "時間の中央値"),
    "marked": _text("Holds revenue back", "ボトルネック"),
    "not_measured": _text("No data reaches this stage", "データなし（未計測）"),
    "not_measured_short": _text("no data", "データなし"),
    "stage": _text("Stage", "フェーズ"),
    "department": _text("Department", "部門"),
    "evidence": _text("Evidence", "根拠"),
    # exhibits
    "table_of": _text("Table", "表"),
    "rows": _text("rows", "行"),
    "some_rows": _text(
        "Showing {shown} of {total} rows, evenly taken. All of them are in the JSON file.",
        "{total}行のうち{shown}行を等間隔で示しています。全行はJSONファイルにあります。",
    ),
    "more_columns": _text("In the page also: {}", "HTMLにはさらに: {}"),
    "few_rows": _text(
        "{shown} of {total} rows; the page and the JSON file have the rest.",
        "{total}行のうち{shown}行です。残りはHTMLとJSONにあります。",
    ),
    "basis": _text("Basis", "集計基準"),
    "definition": _text("Definition", "定義"),
    "limits": _text("Limits", "限界"),
    "no_rows": _text("No rows.", "該当する行はありません。"),
    "status_not_enough_history": _text("Not enough history", "履歴不足"),
    "status_refused": _text("Not computed", "算出しません"),
    # caveats
    "caveats": _text("What this data can’t tell", "このデータからは分からないこと"),
    "caveats_lead": _text(
        "Found in the data, each with its evidence. What is forbidden was not computed anywhere in this report.",
        "データの中に見つかった限界と、その根拠です。禁止された計算は、この報告のどこでも行っていません。",
    ),
    "no_caveats": _text(
        "No limits were found in the data.", "データに限界は見つかりませんでした。"
    ),
    "severity_refusal": _text("Not computed", "算出しない"),
    "severity_limit": _text("Limit", "限界"),
    "severity_note": _text("Note", "注意"),
    "about": _text("Concerns", "対象"),
    "shown_by": _text("Evidence", "根拠"),
    "forbids": _text("Forbids", "禁止される計算"),
    # definitions
    "definitions": _text("Definitions", "定義"),
    "definitions_lead": _text(
        "What each number means, exactly. A changed meaning gets a new version.",
        "各数値の正確な意味です。意味が変わると版が上がります。",
    ),
    "numerator": _text("Numerator", "分子"),
    "denominator": _text("Denominator", "分母"),
    "window": _text("Window", "期間"),
    "rules": _text("Rules", "規則"),
    "unit": _text("Unit", "単位"),
    # how the data was read
    "reading": _text("How the data was read", "データの読み取り"),
    "reading_lead": _text(
        "Every row of every file is accounted for: taken, unchanged, or refused with a reason.",
        "全ファイルの全行が、取り込み・変更なし・拒否（理由付き）のいずれかに数えられています。",
    ),
    "file": _text("File", "ファイル"),
    "source": _text("Source", "ソース"),
    "taken": _text("Taken", "取り込み"),
    "unchanged": _text("Unchanged", "変更なし"),
    "refused": _text("Refused", "拒否"),
    "retracted": _text("Retracted", "取り消し"),
    "verdicts": _text("Verdicts", "判定ファイル"),
    "notes": _text("Notes", "備考"),
    "none": _text("none", "なし"),
    "footer": _text(
        "Made by Kyogyo. This one file is the whole report: it asks nothing of any network.",
        "Kyogyoが作成。この1ファイルで完結し、ネットワークには一切接続しません。",
    ),
}

BASES: Mapping[str, Text] = {
    "cohort": _text("cohort", "コホート"),
    "period": _text("period", "期間"),
    "stock": _text("stock", "残高"),
}

UNITS: Mapping[str, Text] = {
    "share": _text("share", "割合"),
    "count": _text("count", "件数"),
    "seconds": _text("time", "時間"),
    "money": _text("money", "金額"),
    "money_per_month": _text("money a month", "月あたりの金額"),
    "per_day": _text("a day", "1日あたり"),
}

# What a caveat forbids, by its first words ('node:conversion' before 'node'); {} is what follows.
FORBIDDEN: Mapping[str, Text] = {
    "rate_by": _text("rates by {}", "{}別の率"),
    "value_rate": _text("conversion by value of {}", "{}の金額ベースの転換率"),
    "step": _text("steps into and out of {}", "{}の前後の区間"),
    "cohort": _text("cohorts of {}", "{}のコホート"),
    "node": _text("the cost of {}", "{}の損失額"),
    "node:conversion": _text("the cost of conversion from {}", "{}からの転換率の損失額"),
    "node:volume": _text("the cost of volume", "件数の損失額"),
    "node:value": _text("the cost of the value of a win", "受注単価の損失額"),
    "loss_rate": _text("loss rates", "失注率"),
    "loss_reasons": _text("shares of loss reasons", "失注理由の構成比"),
    "company_volume": _text("the volume of the whole company", "全社の件数"),
    "company_revenue": _text("the revenue of the whole company", "全社の売上"),
    "rank_value_by_owner": _text("ranking people by value", "担当者の金額順位"),
    "head_count_by_role": _text("head counts by {}", "{}別の人数"),
    "hours": _text("times of day and hours in {}", "{}の時刻と時間単位の長さ"),
    "days": _text("days in {}", "{}の日数"),
    "mean_of": _text("the mean of {}", "{}の平均"),
    "sum_of": _text("the sum of {}", "{}の合計"),
}
# What is forbidden of two subjects, by the first word; {0} and {1} follow it.
FORBIDDEN_OF_TWO: Mapping[str, Text] = {
    "rate_by": _text("rates by {0} up to “{1}”", "「{1}」までの{0}別の率"),
}
BEFORE = _text("{what} before {day}", "{day}より前の{what}")

# Keys of evidence, beside the names of columns. A key may carry a code: 'stale.mql'.
EVIDENCE: Mapping[str, Text] = {
    "others": _text("did not get there", "未到達"),
    "others_known": _text("of these with a value", "うち値があるもの"),
    "steps": _text("steps", "区間数"),
    "from": _text("from", "開始"),
    "to": _text("to", "終了"),
    "first": _text("first", "最初"),
    "last": _text("last", "最後"),
    "rows": _text("rows", "行数"),
    "records": _text("records", "件数"),
    "total": _text("all", "全体"),
    "known": _text("known", "判明"),
    "unknown": _text("unknown", "未確認"),
    "wins": _text("wins", "受注"),
    "exits": _text("exits recorded", "記録された離脱"),
    "zeros": _text("zeros", "ゼロの数"),
    "last_entry": _text("last entry", "最後の移行"),
    "first_entry": _text("first entry", "最初の移行"),
    "days_before_end": _text("days before the end", "終わりまでの日数"),
    "expected_since": _text("expected since", "以降の想定件数"),
    "recorded_from": _text("recorded from", "記録の開始"),
    "expected_before": _text("expected before that", "それ以前の想定件数"),
    "observed_before": _text("recorded before that", "それ以前の記録件数"),
    "journeys_left_out": _text("journeys left out", "除いた案件"),
    "open_within_horizon": _text("still within their days", "観測日数の途中の案件"),
    "stale": _text("stale", "滞っている案件"),
    "inferred_share": _text("inferred", "推定到達の割合"),
    "known_of_reached": _text("known of those that got there", "到達した案件での判明率"),
    "known_of_left": _text("known of those that left", "離脱した案件での判明率"),
    "known_of_others": _text("known of all others", "その他の案件での判明率"),
    "top_account_share": _text("share of the largest account", "最大の取引先の割合"),
    "accounts_for_half": _text("accounts that carry half", "半分を占める取引先数"),
    "accounts_with_value": _text("accounts with a value", "金額がある取引先数"),
    "accounts_inside": _text("accounts in this data", "このデータ内の取引先数"),
    "revenue_share_inside": _text("their share of revenue", "その売上の割合"),
    "share_of_wins": _text("share of wins", "受注件数の割合"),
    "share_of_value": _text("share of value", "金額の割合"),
    "period_months": _text("months a period", "1期間の月数"),
    "early": _text("before their entry", "移行より前の件数"),
    "with_both": _text("with both dates", "両方の日付がある件数"),
    "day": _text("day", "日"),
    "exits_that_day": _text("exits that day", "その日の離脱"),
    "in_both": _text("people in both roles", "両方の役割の人数"),
    "people": _text("people", "人数"),
    "stock_to_expected": _text("times what the flow implies", "流量から見込まれる数の倍率"),
    "mean_stock": _text("mean number inside", "平均の滞留"),
    "arrivals_per_day": _text("arrivals a day", "1日あたりの流入"),
    "mean_stay_days": _text("mean stay, days", "平均の滞在日数"),
}
