"""How to read each chart, in one or two sentences: what a mark is and what its shape says."""

from __future__ import annotations

from collections.abc import Mapping

from kyogyo.words import Text

READINGS: Mapping[str, Text] = {
    "cohort_rates": Text(
        en="A bar is the rate of one cohort, the line its 95% interval. A hollow, dashed bar is a cohort that isn't mature yet: what it reached so far (≥), which can only rise. Don't compare it.",
        ja="棒は各コホートの率、線は95%区間です。破線の白い棒は未成熟のコホートのこれまでの割合（≥）で、これから上がり得るため比較に使えません。",
    ),
    "funnel_rates": Text(
        en="A bar is the share that got there, the line its 95% interval; n is how many it rests on.",
        ja="棒は到達した割合、線は95%区間、nはその根拠となる件数です。",
    ),
    "segment_rates": Text(
        en="A bar is the rate within one value of the attribute, the line its 95% interval. Where intervals overlap widely, the order says little.",
        ja="棒は区分ごとの率、線は95%区間です。区間が大きく重なる区分どうしの順位には、ほとんど意味がありません。",
    ),
    "cumulative_incidence": Text(
        en="A line is the share that has had this outcome by that day, those still open counted as open; the band is the 95% interval.",
        ja="線はその日数までに各結果に至った割合です。進行中のものは進行中として数えています。帯は95%区間です。",
    ),
    "cohort_grid": Text(
        en="A row is a cohort, a cell the share in per cent reached by that age. The stronger the colour, the more. Grey and empty: not observed yet.",
        ja="行はコホート、マスはその時点までの割合（%）です。色が強いほど高く、空の灰色はまだ観測できない期間です。",
    ),
    "step_grid": Text(
        en="A row is a step, a column a month of entry, a cell the rate in per cent. The middle colour is what chance alone gives around the row's own average; paler is lower, darker higher (1.5 and 3 standard errors). Grey and empty: not mature, or not recorded yet.",
        ja="行は区間、列は移行した月、マスは率（%）です。中間の色はその行の平均から偶然の範囲内、薄いほど低く、濃いほど高い月です（標準誤差の1.5倍と3倍で区切り）。空の灰色は未成熟、または記録のない月です。",
    ),
    "time_in_stage": Text(
        en="The filled dot is the median time, the hollow one the time within which 90% had left; those still inside count as still inside. A red tick is the expected time.",
        ja="塗りの点は中央値、白抜きの点は90%が出るまでの時間です。滞在中のものは滞在中として数えています。赤い印は想定の時間です。",
    ),
    "stock_flow": Text(
        en="Bars up came in, bars down went out, each month; dashed is a month that isn't over. The area is what was inside at the end of the month.",
        ja="上向きの棒は流入、下向きの棒は流出（月ごと）、破線は終わっていない月です。面は月末時点の滞留です。",
    ),
    "candidates": Text(
        en="A dot is what the step costs a month against its reference, the line its interval. The diamond is the named step. Where a line crosses zero, the step may cost nothing.",
        ja="点は基準と比べた月あたりの損失、線は推定の幅です。菱形が該当した区間です。線がゼロをまたぐ区間は、損失がない可能性もあります。",
    ),
    "transitions": Text(
        en="A cell is the share of those that left the row's stage for the column's stage. A dashed red frame is a move against the declared order: a skip, a way back, or a repeat. On a narrow page the largest moves are bars instead.",
        ja="マスは、行のフェーズを出たもののうち列のフェーズへ移った割合です。赤い破線の枠は、定めた順序と異なる動き（飛び越し、逆戻り、再訪）です。狭い画面では、多い移動から順に棒で示します。",
    ),
    "concentration": Text(
        en="The line is the share of value carried by the largest accounts; the dashed line is what an even spread would give.",
        ja="線は上位の取引先が占める金額の割合です。破線は全取引先が同額だった場合を示します。",
    ),
    "segment_amounts": Text(
        en="A bar is the amount of one value of the attribute, with its share of the whole and n.",
        ja="棒は区分ごとの金額です。全体に占める割合とnを添えています。",
    ),
    "control": Text(
        en="A point is a week, the dashed line the mean, the band what chance alone makes of it. A red diamond is a week beyond the band: look at that week. Many weeks in a row on one side are a shift, inside the band or not.",
        ja="点は各週、破線は平均、帯は偶然の範囲です。赤い菱形は範囲を外れた週なので、その週に何があったかを見てください。片側に長く続くのは、範囲内でも水準が変わった印です。",
    ),
    "monthly": Text(
        en="A line is one series by month; a hollow point is a month that isn't over.",
        ja="線は月ごとの推移です。白抜きの点は終わっていない月です。",
    ),
    "phases": Text(
        en="A panel is a team, a point a week: hollow without the countermeasure, filled with it. The dashed stair is where each team began. The thick line is the level of the phase, the dotted one its trend; a cross is a week that doesn't count. Look for a jump at every step of the stair, not for a slope that was there before.",
        ja="段は各チーム、点は各週です。白抜きは打ち手なし、塗りは打ち手あり、破線の階段は各チームの開始です。太線はその時期の水準、点線は傾向、×は数えない週です。以前からの傾きではなく、階段のところで毎回跳ねているかを見てください。",
    ),
}
