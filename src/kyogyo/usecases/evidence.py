"""The sections of evidence under the answer: which results, in which order, drawn how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics import cohorts, conformance, groups, money, stock, timing, value_rates
from kyogyo.analytics import funnel as funnels
from kyogyo.analytics.bottleneck import Bottleneck
from kyogyo.analytics.caveats import refusing_rate
from kyogyo.analytics.events import OF_WORK, attribute_words
from kyogyo.analytics.funnel import UNKNOWN, Funnel
from kyogyo.analytics.sql import ROWS, Question, emit
from kyogyo.reports.contents import Exhibit, Section
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.analytics.results import Caveat

# Attributes with more values than this, nearly one a journey, are names, not groups.
_MOST_GROUPS_SHARE = 0.2
_MOST_ATTRIBUTES = 4
_FIRST = ("source", "campaign", "segment")
_OWN_WORDS = {
    UNKNOWN: Text(en="not recorded", ja="未確認"),
    "cohort_rate": Text(en="cohort rate", ja="コホート率"),
    "activity_rate": Text(en="activity rate", ja="活動比率"),
    "value": Text(en="value", ja="価値"),
    "recycled": Text(en="recycled", ja="還流"),
    "order_unknown": Text(en="order unknown", ja="順序不明"),
    "elsewhere": Text(en="off the path", ja="経路外"),
}


def labels_of(history: History) -> dict[str, Text]:
    """The company's own words for the codes that results contain."""
    model = history.model
    labels = {department.code: department.label.text for department in model.departments}
    labels |= {track.code: track.label.text for track in model.tracks}
    labels |= {stage.code: stage.label.text for stage in model.stages}
    labels |= _OWN_WORDS
    labels |= {name: attribute_words(name) for name in history.attributes if name not in labels}
    for track in model.tracks:
        stages = [model.stage(code) for code in track.stages]
        for i, start in enumerate(stages):
            for stop in stages[i + 1 :]:
                a, b = start.label.text, stop.label.text
                labels[f"{start.code}>{stop.code}"] = Text(
                    en=f"{a.en} → {b.en}", ja=f"{a.ja}→{b.ja}"
                )
    return labels


def evidence_sections(
    funnel: Funnel, bottleneck: Bottleneck, caveats: tuple[Caveat, ...], *, since_day: int
) -> tuple[Section, ...]:
    """All sections that the data can fill."""
    if not funnel.steps:
        return ()
    step = _step_in_focus(funnel, bottleneck)
    found = [
        _steps_section(funnel, step, since_day),
        _other_steps_section(funnel),
        _groups_section(funnel, step, caveats),
        _time_section(funnel, since_day),
        _stock_section(funnel),
        _conformance_section(funnel),
        _money_section(funnel),
        _tracks_section(funnel),
    ]
    return tuple(section for section in found if section is not None and section.exhibits)


def _step_in_focus(funnel: Funnel, bottleneck: Bottleneck) -> str:
    """The named step; else the dearest candidate; else the first step with a rate."""
    for valued in bottleneck.ranked:
        if valued.node.kind == "conversion" and valued.draws is not None:
            return valued.node.step
    known = [code for code in funnel.steps if funnel.horizons[code] is not None]
    return (known or list(funnel.steps))[0]


def _steps_section(funnel: Funnel, step: str, since_day: int) -> Section:
    exhibits = [
        Exhibit(
            funnels.step_rates(funnel, since_day=since_day),
            "funnel_rates",
            Text("Each step, last 12 months", "各区間（直近 12 か月）"),
        ),
        Exhibit(cohorts.cohort_rates(funnel, step=step), "cohort_rates"),
        Exhibit(
            cohorts.cohort_grid(funnel, step=step),
            "cohort_grid",
            Text("The same by age", "経過月数別"),
        ),
        Exhibit(
            cohorts.curves(funnel, steps=(step,)),
            "cumulative_incidence",
            Text("How fast they get there", "到達までの速さ"),
        ),
        Exhibit(
            cohorts.period_rates(funnel, step=step),
            "monthly",
            Text("Cohort rate and activity rate", "コホート率と活動比率"),
        ),
        Exhibit(funnels.total_rates(funnel), "funnel_rates"),
    ]
    again = funnels.step_rates(funnel, recycled=True)
    if again.n >= funnels.SMALL_N:
        exhibits.append(
            Exhibit(again, "funnel_rates", Text("Recycled journeys, apart", "還流案件（別集計）"))
        )
    return Section(
        id="steps",
        title=Text("Every step, by cohort", "各区間の転換率（コホート）"),
        lead=Text(
            "A rate is over the journeys that entered in a month, followed for a fixed time. Grey months have not had that time.",
            "率は、ある月に入った案件を一定期間追跡したものです。灰色の月はまだその期間を過ぎていません。",
        ),
        exhibits=tuple(exhibits),
    )


def _other_steps_section(funnel: Funnel) -> Section:
    return Section(
        id="all-steps",
        title=Text("All steps, month by month", "全区間の月次推移"),
        lead=Text(
            "Where a row turns pale, a step got worse; where all rows do at once, look for something they share.",
            "行の色が薄くなるところで区間が悪化しています。全行が同時に薄くなるなら、共通の原因を探してください。",
        ),
        exhibits=(Exhibit(cohorts.steps_by_month(funnel), "step_grid"),),
    )


def group_attributes(history: History, *, track: str) -> tuple[str, ...]:
    """Attributes that sort journeys into groups: standard ones first, names of single journeys left out."""
    found = []
    for name, code in history.attributes.items():
        if name in OF_WORK:
            continue
        columns = history.engine.integers(
            emit(Question(source="journeys", keys=(("value", f"a_{code}"),), measures=(("n", ROWS),),
                          where=(f"a_{code} > 0", f"track = {history.track_code(track)}")))
        )  # fmt: skip
        known = int(columns["n"].sum())
        if columns["value"].size >= 2 and columns["value"].size <= max(
            2.0, _MOST_GROUPS_SHARE * known
        ):
            found.append((name, known))
    found.sort(
        key=lambda item: (
            _FIRST.index(item[0]) if item[0] in _FIRST else len(_FIRST),
            -item[1],
            item[0],
        )
    )
    return tuple(name for name, _ in found)


def _groups_section(funnel: Funnel, step: str, caveats: tuple[Caveat, ...]) -> Section | None:
    names = group_attributes(funnel.history, track=funnel.track)
    bans = {
        name: refusing_rate(caveats, funnel=funnel, step=step, attribute=name) for name in names
    }
    allowed = [name for name, ban in bans.items() if ban is None]
    refused = [name for name, ban in bans.items() if ban is not None]
    exhibits = [
        Exhibit(
            groups.rates_by(funnel, step=step, attribute=name),
            "segment_rates",
            _by(funnel, step, name),
        )
        for name in allowed[:_MOST_ATTRIBUTES]
    ]
    exhibits += [
        Exhibit(
            groups.rates_by(funnel, step=step, attribute=name, refused=bans[name]),
            None,
            _by(funnel, step, name),
        )
        for name in refused[:2]
    ]
    if not exhibits:
        return None
    return Section(
        id="groups",
        title=Text("The same step by group", "同じ区間を区分別に"),
        lead=Text(
            "Whether the step differs between groups by more than chance. Groups whose value is known only of the successful are counted, never rated.",
            "区分による差が偶然を超えるかどうかを見ます。成功した案件でしか値が分からない区分は、件数のみを示し率は出しません。",
        ),
        exhibits=tuple(exhibits),
    )


def _by(funnel: Funnel, step: str, name: str) -> Text:
    label = funnels.step_label(funnel, step)
    return Text(
        en=f"{label.en} by {attribute_words(name).en}",
        ja=f"{label.ja}：{attribute_words(name).ja}別",
    )


def _time_section(funnel: Funnel, since_day: int) -> Section:
    return Section(
        id="time",
        title=Text("Time in stage", "フェーズの滞留時間"),
        lead=Text(
            "Half leave a stage within the median. Those still inside count as not yet done, so a stage that nobody leaves has no median.",
            "半数は中央値までにフェーズを出ます。滞在中の案件は未終了として扱うため、誰も出ないフェーズに中央値はありません。",
        ),
        exhibits=(
            Exhibit(
                timing.time_in_stage(funnel.history, track=funnel.track, since_day=since_day),
                "time_in_stage",
            ),
        ),
    )


def _stock_section(funnel: Funnel) -> Section:
    return Section(
        id="stock",
        title=Text("Stock and flow", "残高と流量"),
        lead=Text(
            "What comes in, what goes out and what remains, month by month. A stage that fills up is waiting for somebody.",
            "月ごとの流入・流出・残高です。残高が増え続けるフェーズは、誰かの対応待ちです。",
        ),
        exhibits=(
            Exhibit(stock.stock_flow(funnel.history, track=funnel.track, months=12), "stock_flow"),
        ),
    )


def _conformance_section(funnel: Funnel) -> Section:
    return Section(
        id="moves",
        title=Text("Does the stream run as declared?", "流れはモデルどおりか"),
        lead=Text(
            "Moves that skip, go back or come again, and what coming again costs in time.",
            "飛び越し・逆戻り・再訪の動きと、再訪にかかった時間です。",
        ),
        exhibits=(
            Exhibit(conformance.transitions(funnel.history, track=funnel.track), "transitions"),
            Exhibit(conformance.deviations(funnel.history, track=funnel.track), None),
        ),
    )


def _money_section(funnel: Funnel) -> Section | None:
    history, track = funnel.history, funnel.track
    if history.model.value_stage(track) is None:
        return None
    exhibits = [
        Exhibit(money.value_per_win(history, track=track), "monthly"),
        Exhibit(value_rates.value_rates(funnel), None),
    ]
    if history.has_revenue:
        exhibits.append(Exhibit(money.revenue_movements(history, track=track), None))
    exhibits.append(Exhibit(money.concentration(history, track=track), "concentration"))
    return Section(
        id="money",
        title=Text("What a win is worth", "受注の価値"),
        lead=Text(
            "What the money in the answer rests on, and on how few customers.",
            "答えの金額が何に基づき、どれだけ少数の取引先に支えられているかです。",
        ),
        exhibits=tuple(exhibits),
    )


def _tracks_section(funnel: Funnel) -> Section | None:
    """Other tracks beside this one, so that the effect of dividing the work can be seen."""
    history = funnel.history
    columns = history.engine.integers(
        "SELECT track, CAST(COUNT(*) AS BIGINT) AS n FROM journeys WHERE track > 0 GROUP BY track ORDER BY track"
    )
    others = [
        history.model.tracks[int(number) - 1].code
        for number, n in zip(columns["track"], columns["n"], strict=True)
        if n >= 5 * funnels.SMALL_N and history.model.tracks[int(number) - 1].code != funnel.track
    ]
    exhibits = []
    for code in others:
        label = history.model.track(code).label.text
        other = funnels.open_funnel(history, track=code)
        exhibits.append(Exhibit(funnels.total_rates(other), "funnel_rates", label))
    if not exhibits:
        return None
    return Section(
        id="tracks",
        title=Text("Other tracks", "ほかの商流"),
        lead=Text(
            "The same measure on the other ways through the model. They may carry other customers: a difference isn't yet an effect.",
            "モデルのほかの商流を同じ尺度で見たものです。顧客層が違うこともあり、差がそのまま効果とは限りません。",
        ),
        exhibits=tuple(exhibits),
    )
