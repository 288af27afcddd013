"""What the effect of a countermeasure and its fidelity mean, exactly."""

from __future__ import annotations

from kyogyo.analytics.results import Definition
from kyogyo.words import Text

EFFECT = Definition(
    id="effect",
    version=1,
    label=Text(en="Effect of a countermeasure", ja="打ち手の効果"),
    basis="cohort",
    unit="share",
    numerator=Text(
        en="Journeys of a team and week that reached the goal of the countermeasure",
        ja="チームと週ごとに、打ち手の目標へ到達した案件",
    ),
    denominator=Text(
        en="Journeys of that team and week, as far as they are mature",
        ja="そのチームと週の案件（成熟した分）",
    ),
    window=Text(
        en="From the first week before the start to the review date",
        ja="開始前の最初の週から振り返り日まで",
    ),
    rules=Text(
        en="The drawn start is compared with every start that could have been drawn (all up to 200,000, else 9,999 of them), one-sided. Compared "
        "are log rates by least squares, weighted by cases: with several teams each has its own level and each week an effect common "
        "to all; one team has a level and a straight trend. The week that set it off and weeks less than half mature are left out. "
        "Supported: p at most 5%, and neither a false start nor leaving out one team speaks against it. Not supported: worse with p at most 5%, or the "
        "upper end of the 90% interval below half of what was expected. Else: cannot tell.",
        ja="くじで決まった開始を、あり得たすべての開始と片側で比べます（20 万通りまでは全部、超えれば 9,999 通り）。比べるのは件数で重み付けした対数の率の最小二乗で、"
        "複数チームならチームごとの水準と全チーム共通の週の効果を、1 チームなら水準と直線の傾向を取り除きます。着手のきっかけになった週と、成熟が半分未満の週は除きます。"
        "p が 5% 以下で、偽の開始週でもチームを 1 つ除いても覆らなければ「効果あり」。p 5% 以下で悪化、または 90% 区間の上限が期待の半分未満なら「効果なし」。それ以外は「判断できない」です。",
    ),
)
FIDELITY = Definition(
    id="fidelity",
    version=1,
    label=Text(en="Fidelity", ja="実施度"),
    basis="period",
    unit="share",
    numerator=Text(en="Times a step was done as written", ja="書いた通りに実施された回数"),
    denominator=Text(en="Times the step applied", ja="その手順が該当した回数"),
    window=Text(
        en="From the start of the countermeasure to the review date",
        ja="打ち手の開始から振り返り日まで",
    ),
    rules=Text(
        en="Each step is marked yes, no or not applicable; not applicable counts for nothing. Steps come first, then the share of all marks, then "
        "the occasions on which everything was done. High: at least 80% of all and of every critical step. Where two people marked at least 10 "
        "of the same occasions, percent agreement, kappa and AC1 are shown; agreement below 80%, or both kappa and AC1 below 0.6, is "
        "a defect of the step's wording.",
        ja="手順ごとに「はい・いいえ・該当なし」で記録し、該当なしは数えません。まず手順ごと、次に全体の割合、最後に全手順を実施した回の割合を示します。"
        "全体とすべての必須手順が 80% 以上なら「高い」。2 人が同じ 10 回以上を判定した手順では一致率・カッパ・AC1 を示し、一致率が 80% 未満、"
        "またはカッパと AC1 がともに 0.6 未満なら、手順の書き方の欠陥とします。",
    ),
)
