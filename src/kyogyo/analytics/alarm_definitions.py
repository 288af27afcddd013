"""What the alarms mean, exactly: numbers at odds, and steps out of the ordinary."""

from __future__ import annotations

from kyogyo.analytics.results import Definition
from kyogyo.words import Text

CONFLICT = Definition(
    id="conflict",
    version=1,
    label=Text(en="Numbers at odds", ja="KPI の対立"),
    basis="cohort",
    unit="share",
    numerator=Text(
        en="Journeys passed on that reached the success in the next department within its horizon",
        ja="引き渡された案件のうち、次の部門で観測日数以内に成果へ至った案件",
    ),
    denominator=Text(
        en="Journeys that entered the department (where nothing comes in: four weeks)",
        ja="その部門に入った案件（入口のない部門では 4 週間）",
    ),
    window=Text(
        en="The newest 26 blocks of four weeks old enough to judge",
        ja="判断できる古さの直近 26 区切り（各 4 週間）",
    ),
    rules=Text(
        en="By team and block: successes as a quasi-Poisson count with the mature volume as offset, effects of the team, the block and the "
        "segment, and the log of volume per input; e = 1 + beta, put right for chance in the volumes. An alarm needs all of: the "
        "volume per input up, the goal per input down at an unchanged mix, e below 1 with a false discovery rate of 5% over all pairs, and "
        "an e-value above 20. Fewer than three teams: a coincidence in time, never a conflict.",
        ja="チームと区切りごとに、成果の件数を擬似ポアソン回帰で見ます（成熟換算の件数をオフセット、チーム・区切り・区分の固定効果、入口 1 件あたりの件数の対数）。"
        "e = 1 + β とし、件数の偶然による弱まりを補正します。警告の条件は、入口 1 件あたりの件数の上昇、構成を一定とした入口 1 件あたりの成果の低下、全組での偽発見率 5% で "
        "e が 1 未満、e 値 20 超のすべてです。チームが 3 つ未満なら「時期の一致」とし、対立とは言いません。",
    ),
)
WATCH = Definition(
    id="watch",
    version=1,
    label=Text(en="Steps out of the ordinary", ja="いつもと違う区間"),
    basis="cohort",
    unit="share",
    numerator=Text(
        en="Journeys of the week that reached the next measured stage within the horizon",
        ja="その週の案件のうち観測日数以内に次の計測可能なフェーズへ到達した案件",
    ),
    denominator=Text(
        en="Journeys that entered the stage in that week", ja="その週にフェーズへ入った案件"
    ),
    window=Text(
        en="Calendar weeks from Monday that are old enough to judge",
        ja="判断できる古さの週（月曜始まり）",
    ),
    rules=Text(
        en="Conversion by week of entry on Laney's p' chart, entries by week on an XmR chart; 3 sigma and Anhoej's runs rules from 12 weeks on. "
        "An alert comes from a sequential rule only, which may be looked at every week: evidence above 20 against the rate of the 12 to 26 weeks before. "
        "After an alert the new level is the baseline, so that nobody is told twice.",
        ja="移行した週ごとの転換率を Laney の p' 管理図、週ごとの流入件数を XmR 管理図で見ます。12 週以上で 3 シグマと Anhøj の連の規則を使います。"
        "通知は、毎週見てもよい逐次の規則だけが出します（直前の 12〜26 週の率に対する証拠の強さが 20 を超えたとき）。通知の後は新しい水準を基準とし、同じことを二度知らせません。",
    ),
)
