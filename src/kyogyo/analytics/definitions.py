"""What each measure means, exactly. A change of meaning raises the version and goes into the changelog."""

from __future__ import annotations

from kyogyo.analytics.alarm_definitions import CONFLICT, WATCH
from kyogyo.analytics.effect_definitions import EFFECT, FIDELITY
from kyogyo.analytics.results import Basis, Definition
from kyogyo.words import Text


def _define(
    id_: str,
    label: tuple[str, str],
    *,
    basis: Basis,
    unit: str,
    numerator: tuple[str, str],
    denominator: tuple[str, str],
    window: tuple[str, str],
    rules: tuple[str, str],
    version: int = 1,
) -> Definition:
    return Definition(
        id=id_,
        version=version,
        label=Text(*label),
        basis=basis,
        unit=unit,
        numerator=Text(*numerator),
        denominator=Text(*denominator),
        window=Text(*window),
        rules=Text(*rules),
    )


_REACHED = (
    (
        "A stage counts as reached at the first entry into it or into a later stage of the path; where only the later one "
        "was recorded, the entry is inferred. A journey that left and came back counts at its arrival. Journeys that "
        "began before entries into the next stage were recorded are left out."
    ),
    (
        "フェーズへの到達は、そのフェーズまたは経路上の後のフェーズへの最初の移行で数えます。後のフェーズしか記録がない場合は推定到達です。"
        "離脱後に戻った案件は到達した時点で数えます。次のフェーズへの移行が記録され始める前に始まった案件は除きます。"
    ),
)
_HORIZON = (
    "From entry up to the horizon of the step, in local calendar days, the last day inside.",
    "移行した日からその区間の観測日数まで（現地の暦日、最終日を含む）。",
)

STEP_CONVERSION = _define(
    "step_conversion",
    ("Conversion of each step", "区間ごとの転換率"),
    basis="cohort",
    unit="share",
    numerator=(
        "Journeys that reached the next measured stage within the horizon",
        "観測日数以内に次の計測可能なフェーズへ到達した案件",
    ),
    denominator=("Journeys that entered the stage", "そのフェーズに入った案件"),
    window=_HORIZON,
    rules=(
        (
            f"Aalen-Johansen estimate: journeys still open are censored at the last observed day, exits compete. {_REACHED[0]} "
            "Journeys that follow a pass of the same account which had ended in a stage of type recycled are shown apart. Where the next stage is dated by months or quarters, the plain share of the mature journeys with its Wilson interval."
        ),
        f"Aalen-Johansen 推定（進行中の案件は観測最終日で打ち切り、離脱は競合事象）。{_REACHED[1]}同じ取引先の前の案件が種別 recycled で終わった後の案件（還流）は分けて示します。次のフェーズが月・四半期単位の場合は、成熟した案件の割合と Wilson 区間です。",
    ),
)
STEP_COHORTS = _define(
    "step_conversion_by_cohort",
    ("Conversion by cohort", "コホート別の転換率"),
    basis="cohort",
    unit="share",
    numerator=(
        "Journeys of the month that reached the target stage within the horizon",
        "その月の案件のうち観測日数以内に到達した案件",
    ),
    denominator=("Journeys that entered the stage in that month", "その月にフェーズへ入った案件"),
    window=_HORIZON,
    rules=(
        (
            "A month is mature when all its journeys were observed for the whole horizon; only then has it a rate, with its "
            f"Wilson interval. An immature month shows what was reached so far and no rate. {_REACHED[0]}"
        ),
        (
            "その月の全案件を観測日数いっぱい観測できた月だけを成熟とし、率と Wilson 区間を示します。未成熟の月は到達済みの件数だけを示し、率は出しません。"
            f"{_REACHED[1]}"
        ),
    ),
)
TOTAL_CONVERSION = _define(
    "total_conversion",
    ("From the first stage", "起点からの到達率"),
    basis="cohort",
    unit="share",
    numerator=(
        "Journeys that reached the stage within the horizon",
        "観測日数以内にそのフェーズへ到達した案件",
    ),
    denominator=(
        "Journeys that entered the first measured stage",
        "最初の計測可能なフェーズに入った案件",
    ),
    window=_HORIZON,
    rules=(f"Aalen-Johansen estimate. {_REACHED[0]}", f"Aalen-Johansen 推定。{_REACHED[1]}"),
)
SEGMENT_CONVERSION = _define(
    "step_conversion_by_attribute",
    ("Conversion by attribute", "属性別の転換率"),
    basis="cohort",
    unit="share",
    numerator=(
        "Journeys with the value that reached the target stage within the horizon",
        "その値を持ち、観測日数以内に到達した案件",
    ),
    denominator=("Mature journeys with the value", "その値を持つ成熟した案件"),
    window=_HORIZON,
    rules=(
        (
            "Mature journeys only, Wilson interval. Refused where the attribute is known mainly of the journeys that succeeded. "
            f"A missing value is a group of its own, unknown. {_REACHED[0]}"
        ),
        (
            "成熟した案件のみ、Wilson 区間。成功した案件でしか分からない属性では算出しません。値がない案件は「未確認」として独立に数えます。"
            f"{_REACHED[1]}"
        ),
    ),
)
VALUE_CONVERSION = _define(
    "step_conversion_by_value",
    ("Conversion by value", "金額ベースの転換率"),
    basis="cohort",
    unit="share",
    numerator=(
        "Amounts of the journeys that reached the next stage within the horizon",
        "観測日数以内に次のフェーズへ到達した案件の金額",
    ),
    denominator=(
        "Amounts of all mature journeys that entered the stage, where known",
        "フェーズに入った成熟した案件の金額（分かるもの）",
    ),
    window=_HORIZON,
    rules=(
        (
            "The amount is that of the journey's last entry, else that at the win. A journey without one is left out, not counted as zero. Refused where "
            "amounts are known mainly of the journeys that went on. The interval is that of a ratio, each journey weighted by its amount."
        ),
        (
            "金額は案件の最後の移行のもの、なければ受注時のものです。金額のない案件はゼロとせず除きます。主に進んだ案件でしか金額が分からない区間では算出しません。"
            "区間は、案件を金額で重み付けした比の区間です。"
        ),
    ),
)
ATTRIBUTE_COUNTS = _define(
    "attribute_counts",
    ("Counts by attribute", "属性別の件数"),
    basis="cohort",
    unit="count",
    numerator=(
        "Journeys with the value that reached the stage",
        "その値を持ち、フェーズに到達した案件",
    ),
    denominator=("None: these are counts, not rates", "なし（率ではなく件数）"),
    window=("The whole history", "全期間"),
    rules=(
        "Shown in place of a rate where the attribute is known only of journeys that got there.",
        "到達した案件でしか分からない属性について、率の代わりに示します。",
    ),
)
TIME_IN_STAGE = _define(
    "time_in_stage",
    ("Time in stage", "フェーズの滞留時間"),
    basis="cohort",
    unit="seconds",
    numerator=(
        "Time from entering the stage to leaving it, whichever way",
        "フェーズに入ってから（理由を問わず）出るまでの時間",
    ),
    denominator=("Visits to the stage", "フェーズへの訪問"),
    window=("The whole history", "全期間"),
    rules=(
        (
            "Kaplan-Meier: visits still open count as not yet ended. Median and 90th percentile are unknown where that share has "
            "not left within the time observed. Each visit counts, a re-entry is a new one."
        ),
        "Kaplan-Meier 推定。滞在中の訪問は未終了として扱います。観測期間内にその割合が出ていなければ中央値・90 パーセンタイルは未確認です。再訪は別の訪問です。",
    ),
)
STOCK_FLOW = _define(
    "stock_flow",
    ("Stock and flow", "残高と流量"),
    basis="stock",
    unit="count",
    numerator=(
        "Journeys in the stage at the end of the month; entries and departures in the month",
        "月末にフェーズにいる案件、当月の流入と流出",
    ),
    denominator=("None", "なし"),
    window=("Local calendar months", "現地の暦月"),
    rules=(
        (
            "Counted from visits. Little's law is checked: mean stock = arrivals per day x mean days in stage; more than 15% apart "
            "is reported, because then times are missing or entered in bulk, or the stage is filling up."
        ),
        "訪問から数えます。Little の法則（平均残高 = 1 日の流入 × 平均滞留日数）を検算し、15% を超える差は報告します。時刻の欠落や一括入力、または滞留の増加を意味します。",
    ),
)
STALLED = _define(
    "stalled",
    ("Stalled journeys", "停滞している案件"),
    basis="stock",
    unit="count",
    numerator=(
        "Journeys that are in the stage for longer than its limit",
        "フェーズの目安日数を過ぎても滞留している案件",
    ),
    denominator=("None; read it beside the balance", "なし（残高と並べて読みます）"),
    window=("The last observed instant", "観測の最終時点"),
    rules=(
        (
            "The limit is the `expected_days` that the model declares for the stage, in calendar days; where it declares none, the "
            "median stay of those who entered in the last 365 days. A stage with neither, and the end of the path without a "
            "declared limit, has no number. Who came back is counted from the last entry."
        ),
        (
            "目安はモデルがフェーズに宣言する `expected_days`（暦日）です。宣言がなければ、直近 365 日に入った案件の滞留の中央値を使います。"
            "どちらもないフェーズと、目安の宣言がない経路の終わりでは数えません。再訪した案件は最後の移行から数えます。"
        ),
    ),
)
TRANSITIONS = _define(
    "transitions",
    ("Moves between stages", "フェーズ間の移動"),
    basis="period",
    unit="count",
    numerator=(
        "Moves from one stage to the next recorded one",
        "あるフェーズから次に記録されたフェーズへの移動",
    ),
    denominator=("All moves out of the stage", "そのフェーズからの全移動"),
    window=("The whole history", "全期間"),
    rules=(
        (
            "Forward: the next measured stage of the path. Skip: beyond it. Back: an earlier one. Exit: an end of the track. "
            "A move back within one day of which one of the two times is only a date is not counted as one: its order is unknown."
        ),
        "前進＝経路上の次の計測可能なフェーズ、飛び越し＝その先、逆戻り＝前のフェーズ、離脱＝商流の終わり。どちらかが日付のみで同日の逆順は順序不明として逆戻りに数えません。",
    ),
)
DEVIATIONS = _define(
    "deviations",
    ("Skips, moves back and re-entries", "飛び越し・逆戻り・再訪"),
    basis="cohort",
    unit="count",
    numerator=("Journeys with the deviation", "逸脱のある案件"),
    denominator=("All journeys of the track", "商流の全案件"),
    window=("The whole history", "全期間"),
    rules=(
        "Added time is the mean time spent in stages visited again, per journey with the deviation.",
        "余分な時間は、再訪したフェーズで過ごした時間の（逸脱のある案件あたりの）平均です。",
    ),
)
PERIOD_RATE = _define(
    "period_rate",
    ("Activity rate of the period", "期間内の活動比率"),
    basis="period",
    unit="share",
    numerator=("Entries into the next stage in the month", "当月の次フェーズへの流入"),
    denominator=("Entries into the stage in the same month", "同じ月のフェーズへの流入"),
    window=("Local calendar months", "現地の暦月"),
    rules=(
        (
            "Two different groups of journeys: it moves when volume moves, and can exceed 100%. Shown only beside the cohort rate, "
            "never used to judge a step."
        ),
        "分子と分母は別の案件群です。件数が動くだけで上下し、100% を超えることもあります。コホート率の隣にのみ示し、区間の評価には使いません。",
    ),
)
MONEY = _define(
    "value_per_win",
    ("Value of a win", "受注 1 件の価値"),
    basis="cohort",
    unit="money",
    numerator=(
        "Amount of the won journeys (or revenue of their accounts in the months after)",
        "受注案件の金額（または取引先の受注後の売上）",
    ),
    denominator=("Won journeys with a known amount", "金額が分かる受注案件"),
    window=("By month of the win", "受注月別"),
    rules=(
        "A missing amount is unknown, not zero. Mean and median are both shown, since a few large deals can carry the mean.",
        "金額の欠落はゼロではなく未確認です。少数の大型案件が平均を押し上げるため、平均と中央値を両方示します。",
    ),
)
REVENUE = _define(
    "revenue_movements",
    ("Revenue after the sale", "受注後の売上"),
    basis="period",
    unit="money",
    numerator=("Revenue of the accounts in the period", "期間内の取引先の売上"),
    denominator=("Accounts with revenue", "売上のある取引先"),
    window=("The periods of the data", "データの期間単位"),
    rules=(
        (
            "New: no revenue before. Expansion and contraction: against the period before. Churn: revenue before and none now. "
            "Reactivation: revenue again after a pause. GRR caps each account at its earlier revenue, NRR does not. Both are per period and rest on at least 20 customers of this track whose revenue began two periods ago or earlier; amounts of zero or less are left out."
        ),
        "新規＝過去に売上なし。拡大・縮小＝前期比。解約＝前期に売上があり今期なし。再開＝中断後の売上。GRR は取引先ごとに前期を上限とし、NRR は上限なし。どちらも期間あたりで、2 期以上前から売上のある商流の取引先が 20 社以上のときに出します。0 以下の金額は除きます。",
    ),
)
CONCENTRATION = _define(
    "concentration",
    ("Concentration of value", "金額の集中"),
    basis="period",
    unit="share",
    numerator=("Value of the largest accounts", "上位の取引先の金額"),
    denominator=("Value of all accounts", "全取引先の金額"),
    window=("The whole history", "全期間"),
    rules=("Accounts in order of value, cumulated.", "金額の大きい順に累積します。"),
)
BOTTLENECK = _define(
    "bottleneck",
    ("What holds revenue back", "売上を止めている区間"),
    basis="cohort",
    unit="money_per_month",
    version=2,
    numerator=(
        "Money per month that restoring the node to its reference would bring",
        "その要素を基準に戻したときに増える月あたりの金額",
    ),
    denominator=(
        "Each node of the stream: demand, mix, each step's conversion, delay and queue, the value of a win, churn, expansion",
        "流れの各要素：流入、構成、各区間の転換率・所要日数・対応待ち、受注単価、解約、拡大",
    ),
    window=(
        "Since the likeliest change, against the time before it",
        "変化が最も確からしい時点以降と、それ以前との比較",
    ),
    rules=(
        (
            "Every week may be the week of a change; fewer going on, everything slower and a wait first are held against the same counts, young entries "
            "counted by how much can have happened by then. The stream is projected as it runs, and with one node as it was; a full queue lets next to "
            "nothing through. 2,000 draws give the 90% interval and the chance of being the largest. All nodes are held against the past, or all against "
            "declared targets. A node is sure where its 5% bound is above 3% of a month's revenue; sure nodes come first."
        ),
        (
            "どの週も変化の週でありえるとみます。進む割合の低下・全体の遅れ・最初の待ちを同じ件数に当てはめ、新しい案件はそれまでに起こりえた割合だけ数えます。"
            "今の流れと、一つの要素だけを元に戻した流れを計算し、満杯の待ち行列はほとんど通さないとします。2,000 回の抽出で 90% 区間と最大である確率を求めます。"
            "全要素を過去と、または全要素を目標値と比べます。下限（5%点）が月の売上の 3% を超える要素を確実とし、確実なものを先に並べます。"
        ),
    ),
)

DEFINITIONS = (
    BOTTLENECK, STEP_CONVERSION, STEP_COHORTS, TOTAL_CONVERSION, SEGMENT_CONVERSION, VALUE_CONVERSION, ATTRIBUTE_COUNTS, TIME_IN_STAGE,
    STOCK_FLOW, STALLED, TRANSITIONS, DEVIATIONS, PERIOD_RATE, MONEY, REVENUE, CONCENTRATION, CONFLICT, WATCH, EFFECT, FIDELITY,
)  # fmt: skip
