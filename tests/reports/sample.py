"""A made-up company's report, in both languages: every kind of exhibit, status and caveat once."""

from __future__ import annotations

from math import exp, sqrt

import pyarrow as pa

from kyogyo.analytics.results import Basis, Caveat, Definition, Result
from kyogyo.reports.contents import (
    Answer,
    Exhibit,
    FileRead,
    MoneyRange,
    Report,
    Section,
    StreamStage,
    all_caveats,
    all_definitions,
    all_results,
)
from kyogyo.words import Text

DAY = 86_400
AS_OF = 1_790_780_399_000_000  # 2026-09-30 in Tokyo
MADE_AT = 1_790_820_000_000_000


def text(en: str, ja: str | None = None) -> Text:
    return Text(en=en, ja=en if ja is None else ja)


LABELS = {
    "lead": text("Lead", "リード"),
    "mql": text("MQL"),
    "working": text("Working (SAL)", "対応中（SAL）"),
    "meeting": text("Meeting set", "商談設定"),
    "discovery": text("Qualified opportunity", "有効商談"),
    "proposal": text("Proposal", "提案・稟議準備"),
    "won": text("Won", "受注"),
    "onboarding": text("Onboarding", "導入"),
    "adopted": text("Adopted", "定着"),
    "lost": text("Lost", "失注"),
    "recycled": text("Recycled", "還流"),
    "lead_type": text("Lead type", "リード種別"),
    "web": text("Web form", "Webフォーム"),
    "event": text("Exhibition", "展示会"),
}
MARKETING, INSIDE = text("Marketing", "マーケティング"), text("Inside sales", "インサイドセールス")
FIELD, SUCCESS = (
    text("Field sales", "フィールドセールス"),
    text("Customer success", "カスタマーサクセス"),
)


def definition(
    name: str, label: Text, *, unit: str = "share", basis: Basis = "cohort", version: int = 1
) -> Definition:
    return Definition(
        id=name,
        version=version,
        label=label,
        basis=basis,
        unit=unit,
        numerator=text(
            "Journeys that entered the next stage within the window.",
            "期間内に次のフェーズへ入った案件。",
        ),
        denominator=text(
            "Journeys that entered the stage in the cohort's month.",
            "コホートの月にそのフェーズへ入った案件。",
        ),
        window=text("90 days from entering the stage.", "フェーズに入ってから90日間。"),
        rules=text(
            "Re-entries count once; recycled journeys apart.",
            "再訪は1回と数え、還流した案件は別に扱う。",
        ),
    )


def wilson(k: int, n: int) -> tuple[float, float]:
    z = 1.959964
    middle, half = (
        (k + z * z / 2) / (n + z * z),
        z * sqrt(k * (n - k) / n + z * z / 4) / (n + z * z),
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def rates(k: int, n: int) -> dict[str, float | int]:
    low, high = wilson(k, n)
    return {"n": n, "k": k, "rate": k / n, "lo": low, "hi": high}


def month(place: int) -> str:
    return f"{2025 + (place + 6) // 12}-{(place + 6) % 12 + 1:02d}"


TYPE_KNOWN = Caveat(
    code="attribute_known_for_successes_only",
    severity="refusal",
    about=("lead_type",),
    says=text(
        "The lead type is known only for leads that became customers, so a rate by lead type would be 100% for every type.",
        "リード種別は顧客になったリードにしか記録されていません。種別ごとの率を出すと、どの種別も100%になってしまいます。",
    ),
    evidence={"lead_type.known_of_reached": 0.993, "lead_type.known_of_others": 0.0},
    forbids=("rate_by:lead_type",),
)
CENSORED = Caveat(
    code="right_censored",
    severity="limit",
    about=("won",),
    says=text(
        "The last three cohorts haven't had 90 days yet. Their rates can still rise and aren't averaged in.",
        "直近3つのコホートは90日が経過していません。率はまだ上がり得るため、平均には含めていません。",
    ),
    evidence={"first": "2026-07", "last": "2026-09", "journeys": 1893},
    forbids=("cohort:discovery>proposal:2026-07", "cohort:discovery>proposal:2026-08"),
)
DATES = Caveat(
    code="times_are_dates",
    severity="note",
    about=("won", "proposal"),
    says=text(
        "The times of these stages are dates without a time of day, so hours can't be told.",
        "このフェーズの時刻は日付だけで記録されているため、時間単位の長さは分かりません。",
    ),
    evidence={"rows": 2410, "share": 1.0},
)


def result(
    question: str,
    what: Definition,
    rows: list[dict[str, object]],
    sentence: Text,
    *,
    n: int = 7940,
    caveats: tuple[Caveat, ...] = (),
    status: str = "ok",
    facts: dict[str, int | float | str | None] | None = None,
) -> Result:
    return Result(
        question=question,
        definition=what,
        as_of=AS_OF,
        n=n,
        table=pa.Table.from_pylist(rows),
        sentence=sentence,
        caveats=caveats,
        status=status,  # type: ignore[arg-type]
        model_version="the_model 2026-04",
        facts=facts or {},
    )


COST = definition(
    "bottleneck_cost", text("Cost of a step", "区間の損失"), unit="money_per_month", basis="period"
)
CONVERSION = definition("step_conversion", text("Step conversion", "区間の転換率"), version=2)


def candidate(
    step: str,
    kind: str,
    n: int,
    numbers: tuple[
        float | None, float | None, float | None, float | None, float | None, float | None
    ],
    p_top: float | None,
    status: str,
    why: Text,
) -> dict[str, object]:
    current, reference, gap, mid, low, high = numbers
    return {
        "step": step,
        "kind": kind,
        "n": n,
        "current": current,
        "reference": reference,
        "gap": gap,
        "cost_mid": mid,
        "cost_lo": low,
        "cost_hi": high,
        "p_top": p_top,
        "status": status,
        "why_en": why.en,
        "why_ja": why.ja,
    }


def candidates() -> Result:
    none = (None, None, None, None, None, None)
    rows = [
        candidate(
            "discovery>proposal",
            "conversion",
            412,
            (0.284, 0.401, -0.117, 12_400_000.0, 6_100_000.0, 19_800_000.0),
            0.86,
            "named",
            text(
                "below its best stable past since 2026-03",
                "2026-03以降、過去の安定した最良値を下回っている",
            ),
        ),
        candidate(
            "mql>working",
            "delay",
            1893,
            (3.4, 0.8, 2.6, 3_900_000.0, -600_000.0, 8_700_000.0),
            0.11,
            "candidate",
            text("slower than before; may cost nothing", "以前より遅いが、損失がない可能性もある"),
        ),
        candidate(
            "lead>mql",
            "volume",
            5210,
            (662.0, 690.0, -28.0, 800_000.0, -1_900_000.0, 3_400_000.0),
            0.03,
            "not_distinguishable",
            text("within its usual range", "普段の変動の範囲内"),
        ),
        candidate(
            "onboarding>adopted",
            "conversion",
            9,
            none,
            None,
            "not_enough_history",
            text("9 mature journeys; 30 are needed", "成熟した案件が9件のみ（30件必要）"),
        ),
    ]
    return result(
        "bottleneck",
        COST,
        rows,
        text(
            "One step stands out: qualified opportunity → proposal. Three others can't be told apart from no loss.",
            "有効商談 → 提案・稟議準備の区間だけが際立っています。他の3区間は損失なしと区別できません。",
        ),
        caveats=(CENSORED,),
    )


def cohorts() -> Result:
    rows: list[dict[str, object]] = []
    for place in range(15):
        n = 128 + (place * 37) % 61
        rate = 0.40 if place < 8 else 0.285
        mature = place < 12
        k = round(n * rate * (1 if mature else (15 - place) / 5) + (place * 7) % 5 - 2)
        rows.append({"cohort": month(place), **rates(k, n), "mature": mature})
    return result(
        "conversion_by_cohort",
        CONVERSION,
        rows,
        text(
            "Since the cohort of 2026-03, 28% went on instead of 40%; the three newest cohorts aren't mature.",
            "2026-03のコホート以降、進んだ割合は40%から28%に下がりました。直近3つは未成熟です。",
        ),
        n=2231,
        caveats=(CENSORED,),
        facts={"step": "discovery>proposal"},
    )


def funnel() -> Result:
    pairs = [("lead>mql", 7940, 4621), ("mql>working", 4621, 3310), ("working>meeting", 3310, 1502)]
    pairs += [("meeting>discovery", 1502, 1064), ("discovery>proposal", 1064, 318)]
    pairs += [("proposal>won", 318, 141), ("won>onboarding", 141, 139)]
    rows: list[dict[str, object]] = [{"step": step, **rates(k, n)} for step, n, k in pairs]
    rows.append(
        {"step": "onboarding>adopted", "n": 9, "k": 4, "rate": None, "lo": None, "hi": None}
    )
    return result(
        "funnel",
        CONVERSION,
        rows,
        text("1.8% of leads became customers.", "リードの1.8%が顧客になりました。"),
    )


def steps_by_month() -> Result:
    rows: list[dict[str, object]] = [
        {
            "step": step,
            "cohort": month(place),
            "n": 100 + place,
            "rate": base - (0.1 if place > 7 and step.startswith("disc") else 0)
            if place < 12
            else None,
        }
        for step, base in (("lead>mql", 0.58), ("mql>working", 0.72), ("discovery>proposal", 0.4))
        for place in range(15)
    ]
    return result(
        "steps_by_month",
        CONVERSION,
        rows,
        text("One row turns pale in 2026-03.", "2026-03から1行だけ薄くなっています。"),
    )


def incidence() -> Result:
    rows: list[dict[str, object]] = []
    for series, top, days in (("proposal", 0.31, 22), ("lost", 0.42, 45), ("recycled", 0.08, 60)):
        for day in range(0, 181, 3):
            share = top * (1 - exp(-day / days))
            half = 0.03 * (day / 180) ** 0.5
            rows.append(
                {
                    "series": series,
                    "days": float(day),
                    "share": share,
                    "lo": max(share - half, 0.0),
                    "hi": share + half,
                    "at_risk": round(1064 * exp(-day / 40)),
                }
            )
    return result(
        "cumulative_incidence",
        definition("cumulative_incidence", text("What became of them", "その後の結果")),
        rows,
        text(
            "Half of those that will ever reach a proposal do so within 15 days.",
            "提案に至るものの半数は15日以内に至ります。",
        ),
        n=1064,
        facts={"stage": "discovery"},
    )


def grid() -> Result:
    rows: list[dict[str, object]] = []
    for place in range(12):
        for age in range(12):
            seen = place + age < 12
            share = 1.0 if age == 0 else 0.9 * 0.965**age + 0.004 * ((place * age) % 5)
            rows.append(
                {
                    "cohort": month(place),
                    "n": 9 + place % 5,
                    "age": age,
                    "share": share if seen else None,
                }
            )
    return result(
        "retention",
        definition("retention", text("Customers that stay", "顧客の継続率")),
        rows,
        text(
            "Two thirds still use it after eleven months.", "11か月後も3分の2が利用を続けています。"
        ),
        n=141,
    )


def times() -> Result:
    values = [("lead", 7940, 210, 0.4, 3.1, 1.0), ("mql", 4621, 388, 3.4, 11.0, 1.0)]
    values += [("working", 3310, 240, 6.2, 24.0, 14.0), ("discovery", 1064, 203, 17.5, 61.0, 30.0)]
    rows: list[dict[str, object]] = [
        {
            "stage": stage,
            "n": n,
            "still_open": still,
            "median_s": median * DAY,
            "p90_s": tail * DAY,
            "expected_s": due * DAY,
        }
        for stage, n, still, median, tail, due in values
    ]
    rows.append(
        {
            "stage": "proposal",
            "n": 318,
            "still_open": 170,
            "median_s": None,
            "p90_s": None,
            "expected_s": 21.0 * DAY,
        }
    )
    return result(
        "time_in_stage",
        definition("time_in_stage", text("Time in stage", "フェーズの滞在時間"), unit="seconds"),
        rows,
        text(
            "An MQL waits 3.4 days for its first work; 1 day was expected.",
            "MQLは着手まで3.4日待っています。想定は1日です。",
        ),
        caveats=(DATES,),
    )


def stock() -> Result:
    rows: list[dict[str, object]] = []
    for stage, base in (("mql", 300), ("discovery", 70)):
        balance = base
        for place in range(15):
            arrivals = base + (place * 53) % 40
            departures = round(base * (0.96 if place > 7 else 1.0)) + (place * 31) % 37
            balance += arrivals - departures
            rows.append(
                {
                    "stage": stage,
                    "month": month(place),
                    "arrivals": arrivals,
                    "departures": departures,
                    "balance": balance,
                    "complete": place < 14,
                }
            )
    return result(
        "stock_and_flow",
        definition(
            "stock_and_flow",
            text("In, out, inside", "流入・流出・滞留"),
            unit="count",
            basis="stock",
        ),
        rows,
        text("What is inside has grown since 2026-03.", "2026-03から滞留が増えています。"),
    )


def moves() -> Result:
    pairs = [("lead", "mql", 4621, 0.598, "forward"), ("lead", "lost", 2950, 0.382, "exit")]
    pairs += [("lead", "working", 155, 0.02, "skip"), ("mql", "working", 3310, 0.782, "forward")]
    pairs += [
        ("mql", "recycled", 923, 0.218, "exit"),
        ("working", "meeting", 1502, 0.489, "forward"),
    ]
    pairs += [("working", "mql", 211, 0.069, "back"), ("working", "lost", 1357, 0.442, "exit")]
    rows: list[dict[str, object]] = [
        {"from_stage": a, "to_stage": b, "n": n, "share": share, "direction": direction}
        for a, b, n, share, direction in pairs
    ]
    return result(
        "transitions",
        definition("transitions", text("Moves between stages", "フェーズ間の移動")),
        rows,
        text("6.9% of worked leads went back to MQL.", "対応中の6.9%がMQLへ逆戻りしました。"),
    )


def few() -> Result:
    amounts = [round(9_000_000 / (place + 1) ** 1.1) for place in range(141)]
    total, so_far = sum(amounts), 0
    rows: list[dict[str, object]] = []
    for place, amount in enumerate(amounts, 1):
        so_far += amount
        rows.append(
            {
                "rank": place,
                "amount": amount,
                "account_share": place / len(amounts),
                "value_share": so_far / total,
            }
        )
    return result(
        "concentration",
        definition("concentration", text("How much rests on few", "少数の取引先への集中")),
        rows,
        text(
            "The largest tenth carries most of the revenue.",
            "上位1割の取引先が売上の大半を占めています。",
        ),
        n=141,
    )


def by_source() -> Result:
    pairs = [("web", 4100, 66), ("event", 2213, 54), ("<script>alert(1)</script>", 1627, 21)]
    rows: list[dict[str, object]] = [{"segment": name, **rates(k, n)} for name, n, k in pairs]
    return result(
        "rate_by",
        definition("win_rate", text("Won, of all leads", "リードからの受注率")),
        rows,
        text(
            "Exhibition leads became customers more often than Web leads.",
            "展示会のリードはWebのリードより高い割合で受注しました。",
        ),
        facts={"by": "source"},
    )


def refused() -> Result:
    return result(
        "rate_by",
        definition("win_rate_by_type", text("Won, by lead type", "リード種別ごとの受注率")),
        [],
        text(
            "Not computed: the lead type is known only for those that became customers.",
            "算出しません。リード種別は顧客になったリードにしか記録されていません。",
        ),
        caveats=(TYPE_KNOWN,),
        status="refused",
    )


def money() -> Result:
    rows: list[dict[str, object]] = [
        {"segment": "web", "n": 66, "amount": 61_000_000, "share": 0.51},
        {"segment": "event", "n": 54, "amount": 41_300_000, "share": 0.345},
        {"segment": "referral", "n": 21, "amount": 17_400_000, "share": 0.145},
    ]
    return result(
        "amount_by",
        definition("won_amount", text("Won amount", "受注金額"), unit="money"),
        rows,
        text("Half of the amount came from the Web.", "金額の半分はWeb経由です。"),
        n=141,
    )


def activity() -> Result:
    rows: list[dict[str, object]] = [
        {
            "series": series,
            "month": month(place),
            "value": float(base + (place * step) % 23),
            "n": 100,
            "complete": place < 14,
        }
        for series, base, step in (("meeting", 95, 17), ("won", 8, 3))
        for place in range(15)
    ]
    return result(
        "activity",
        definition(
            "entries", text("Entries a month", "月ごとのフェーズ移行"), unit="count", basis="period"
        ),
        rows,
        text("Meetings held steady; wins fell.", "商談設定は横ばい、受注は減少しています。"),
    )


def phases() -> Result:
    """Two teams that began in different weeks; one week of each doesn't count."""
    starts = {"Tokyo": 5, "大阪": 8}
    rows = [
        {
            "team": team,
            "week": f"2026-W{week + 10}",
            "phase": "B1" if week >= start else "A1",
            "n": 40,
            "k": 8 + 4 * (week >= start) + week % 3,
            "value": None if week == 3 else (8 + 4 * (week >= start) + week % 3) / 40,
            "level": 0.32 if week >= start else 0.225,
            "trend": None if week >= start else 0.22 + 0.001 * week,
        }
        for team, start in starts.items()
        for week in range(12)
    ]
    return result(
        "effect",
        definition("effect", text("Effect of a countermeasure", "打ち手の効果")),
        rows,
        text("The rate rose in both teams.", "両チームで率が上がりました。"),
        n=880,
    )


def control() -> Result:
    """A share that fell in its last weeks, one of them beyond the limits; nothing came in one."""
    shares = [0.25, 0.28, 0.22, 0.26, 0.24, 0.27, 0.23, None, 0.25, 0.26, 0.21, 0.19, 0.10]
    rows = [
        {
            "week": f"2026-{4 + week // 4:02d}-{1 + 7 * (week % 4):02d}",
            "n": 0 if share is None else 120,
            "value": share,
            "centre": None if share is None else 0.24,
            "lower": None if share is None else 0.13,
            "upper": None if share is None else 0.35,
            "outside": share == 0.10,
        }
        for week, share in enumerate(shares)
    ]
    return result(
        "watch:working>meeting",
        definition("watch", text("Steps out of the ordinary", "いつもと違う区間")),
        rows,
        text("One week is beyond the limits.", "1 週が範囲を外れました。"),
        n=1440,
        facts={"stage": "won"},
    )


def stream() -> tuple[StreamStage, ...]:
    rows = [
        ("lead", MARKETING, 7940, 210, (4621, 7940), 0.4, False),
        ("mql", MARKETING, 4621, 388, (3310, 4621), 3.4, False),
        ("working", INSIDE, 3310, 240, (1502, 3310), 6.2, False),
        ("meeting", INSIDE, 1502, 61, (1064, 1502), 8.0, False),
        ("discovery", FIELD, 1064, 203, (318, 1064), 17.5, True),
        ("proposal", FIELD, 318, 170, (141, 318), None, False),
        ("won", FIELD, 141, 2, (139, 141), 1.0, False),
    ]
    stages = []
    for code, department, entered, balance, (k, n), median, marked in rows:
        low, high = wilson(k, n)
        stages.append(
            StreamStage(
                code=code,
                label=LABELS[code],
                department=department,
                entered=entered,
                balance=balance,
                rate=k / n,
                rate_lo=low,
                rate_hi=high,
                rate_n=n,
                median_s=None if median is None else median * DAY,
                marked=marked,
            )
        )
    stages.append(
        StreamStage(
            code="onboarding",
            label=LABELS["onboarding"],
            department=SUCCESS,
            entered=139,
            balance=130,
            rate_n=9,
            rate_note=text("not enough history", "履歴不足"),
        )
    )
    stages.append(
        StreamStage(
            code="adopted",
            label=LABELS["adopted"],
            department=SUCCESS,
            entered=0,
            balance=0,
            measured=False,
        )
    )
    return tuple(stages)


def sections() -> tuple[Section, ...]:
    return (
        Section(
            id="conversion",
            title=text("Where journeys stop", "どこで止まるか"),
            lead=text(
                "Look for a step whose rate changed, not for a low one.",
                "率が低い区間ではなく、率が変わった区間を見てください。",
            ),
            exhibits=(
                Exhibit(cohorts(), chart="cohort_rates"),
                Exhibit(funnel(), chart="funnel_rates"),
                Exhibit(incidence(), chart="cumulative_incidence"),
                Exhibit(moves(), chart="transitions"),
                Exhibit(steps_by_month(), chart="step_grid"),
            ),
        ),
        Section(
            id="time",
            title=text("Where journeys wait", "どこで待つか"),
            lead=text(
                "The tail matters more than the middle.", "中央値より、長く待つ案件を見てください。"
            ),
            exhibits=(
                Exhibit(times(), chart="time_in_stage"),
                Exhibit(stock(), chart="stock_flow"),
                Exhibit(activity(), chart="monthly"),
                Exhibit(phases(), chart="phases"),
                Exhibit(control(), chart="control"),
            ),
        ),
        Section(
            id="who",
            title=text("Which customers", "どんな顧客か"),
            lead=text("What averages hide.", "平均に隠れるものです。"),
            exhibits=(
                Exhibit(
                    by_source(),
                    chart="segment_rates",
                    title=text("Won, by source", "流入元ごとの受注率"),
                ),
                Exhibit(refused(), chart="segment_rates"),
                Exhibit(money(), chart="segment_amounts"),
                Exhibit(few(), chart="concentration"),
                Exhibit(grid(), chart="cohort_grid"),
            ),
        ),
    )


def sample_answer() -> Answer:
    return Answer(
        status="named",
        headline=text(
            "Opportunities stop before the proposal: since March this costs about ¥12.4M a month.",
            "有効商談が提案に至らなくなり、3月以降、月におよそ1,240万円を失っています。",
        ),
        paragraph=text(
            "Of the mature opportunities of the last 90 days 28.4% reached a proposal (n=412), against 40.1% in their best stable past. Valued through the rest of the stream with the win rate and first-year amount of that time.",
            "直近90日の成熟した有効商談のうち提案に至ったのは28.4%（n=412）で、過去の安定した最良値は40.1%でした。差を、以降の受注率と初年度金額で金額に換算しています。",
        ),
        candidates=candidates(),
        reasons=(
            text(
                "The rate fell in one month and stayed down.",
                "率は1か月で下がり、そのまま戻っていません。",
            ),
            text(
                "Time in the stage did not change, so it is no delay.",
                "滞在時間は変わっていないため、遅れではありません。",
            ),
            text("All sources fell alike.", "すべての流入元で同じように下がりました。"),
        ),
        stage="discovery",
        step_label=text("Qualified opportunity → Proposal", "有効商談 → 提案・稟議準備"),
        cost_per_month=MoneyRange(mid=12_400_000, lo=6_100_000, hi=19_800_000),
        probability_top=0.86,
    )


def sample_report(answer: Answer | None = None) -> Report:
    answer = answer or sample_answer()
    parts = sections()
    results = all_results(answer=answer, sections=parts)
    return Report(
        title=text("What holds revenue back", "何が売上を止めているか"),
        organisation=text("Sample Works Inc.", "株式会社サンプル工業"),
        model_version="the_model 2026-04",
        as_of=AS_OF,
        zone="Asia/Tokyo",
        currency="JPY",
        generated_from=("leads.csv", "deals.csv"),
        made_at=MADE_AT,
        answer=answer,
        stream=stream(),
        sections=parts,
        caveats=all_caveats(results=results),
        definitions=all_definitions(results=results),
        next_actions=(
            text(
                "Read ten opportunities of March that stopped: what was missing for a proposal?",
                "3月以降に止まった有効商談を10件読み、提案に何が足りなかったかを確かめる。",
            ),
            text(
                "Start one countermeasure with an owner, and review it on 2026-12-01.",
                "担当を決めて打ち手を1つ始め、2026-12-01に見直す。",
            ),
        ),
        files=(
            FileRead(
                name="leads.csv",
                source="leads",
                taken=7938,
                refused=2,
                verdicts="somewhere/leads.verdicts.csv",
                notes=(text("Read as Shift_JIS (cp932).", "Shift_JIS（cp932）として読み取り。"),),
            ),
            FileRead(name="deals.csv", source="deals", taken=1064),
        ),
        labels=LABELS,
        covers=(1_751_295_600_000_000, AS_OF),
        notice=text(
            "This data is simulated; no real company is shown.",
            "このデータはシミュレーションです。実在の会社ではありません。",
        ),
    )
