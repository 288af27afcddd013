"""The bottleneck in words: a sentence for a CEO, a paragraph for RevOps, and the reasons."""

from __future__ import annotations

import math

from kyogyo.analytics.bottleneck import Bottleneck, gain_in_words, node_label
from kyogyo.analytics.events import attribute_words
from kyogyo.analytics.explain import Explanation
from kyogyo.analytics.funnel import UNKNOWN, Funnel
from kyogyo.analytics.gains import Valued
from kyogyo.analytics.money import win_values
from kyogyo.analytics.nodes import Node
from kyogyo.period import date_of
from kyogyo.reports.contents import Answer, MoneyRange
from kyogyo.usecases.node_words import compare_node
from kyogyo.usecases.staff_words import say_staff
from kyogyo.words import Text, count, money, percent


def word_answer(funnel: Funnel, bottleneck: Bottleneck, why: tuple[Explanation, ...]) -> Answer:
    """The answer to the main question, whatever it is."""
    top = bottleneck.top
    if bottleneck.status == "not_enough_history":
        headline, paragraph = _not_enough(funnel)
        return Answer("not_enough_history", headline, paragraph, bottleneck.result)
    if bottleneck.status == "none_distinguishable" or top is None:
        headline, paragraph = _none(bottleneck)
        return Answer("none_distinguishable", headline, paragraph, bottleneck.result)
    cost = _cost(funnel, bottleneck, top)
    label = node_label(funnel, top.node)
    if bottleneck.status == "tie":
        headline, paragraph = _tie(funnel, bottleneck)
        reasons: tuple[Text, ...] = ()
    else:
        headline, paragraph = _named(label, cost), _paragraph(funnel, bottleneck, top)
        reasons = _reasons(top, why)
    return Answer(
        status=bottleneck.status,
        headline=headline,
        paragraph=paragraph,
        candidates=bottleneck.result,
        reasons=reasons,
        stage=top.node.step.split(">")[0] if bottleneck.status == "named" else None,
        step_label=label,
        cost_per_month=MoneyRange(top.mid or 0.0, top.lo or 0.0, top.hi or 0.0)
        if bottleneck.unit == "money"
        else None,
        probability_top=top.p_top,
    )


def _cost(funnel: Funnel, bottleneck: Bottleneck, valued: Valued) -> Text:
    return gain_in_words(valued, unit=bottleneck.unit, currency=funnel.history.model.currency)


def _named(label: Text, cost: Text) -> Text:
    return Text(
        en=f"“{label.en}” is what holds you back: it costs about {cost.en}.",
        ja=f"売上を止めているのは「{label.ja}」です。損失は{cost.ja}と見られます。",
    )


def _paragraph(funnel: Funnel, bottleneck: Bottleneck, top: Valued) -> Text:
    node = top.node
    chance = percent(top.p_top or 0.0, digits=0)
    sure = Text(
        en=f"The chance that no other measured node costs more is {chance}.",
        ja=f"計測できる要素の中でこれが最大である確率は {chance} です。",
    )
    staff = say_staff(funnel, bottleneck, node)
    compared = compare_node(funnel, node) if _has_levels(node) else Text("", "")
    return compared + _weight(funnel, bottleneck, node) + staff + sure


def _has_levels(node: Node) -> bool:
    """Whether both levels are numbers: nobody may have come since a change so young."""
    levels = [level for level in (node.now, node.reference) if level is not None]
    return all(math.isfinite(level.rate) for level in levels)


def _weight(funnel: Funnel, bottleneck: Bottleneck, node: Node) -> Text:
    """How much passes there, and what a win is worth."""
    if node.kind == "volume":
        return Text(
            en="The reference is this track's own past: growth that would have come isn't counted, so the true cost may lie above the interval. "
            "It also assumes that the later steps keep their rates with more journeys.",
            ja="基準はこの商流の過去の水準です。本来見込まれた成長は含まないため、実際の損失は区間を上回ることがあります。"
            "また、案件が増えても後の区間の率が変わらないと仮定しています。",
        )
    if node.kind != "conversion":
        return Text("", "")
    counts = funnel.steps[node.step]
    last, days = int(counts.entered.max()), funnel.history.model.bottleneck.window_days
    monthly = float(counts.count[counts.entered > last - days].sum()) / days * 365.25 / 12
    passes = Text(
        en=f"About {count(monthly)} journeys a month come to this point.",
        ja=f"この地点には月に約 {count(monthly)} 件が来ます。",
    )
    values = win_values(funnel.history, track=funnel.track)
    if bottleneck.unit == "wins" or not values.n:
        return passes + Text(
            en="The data has no value of wins, so the cost is in wins, not in money.",
            ja="受注の金額がデータにないため、損失は金額ではなく受注件数で示します。",
        )
    worth = float((values.value * values.count).sum()) / values.n
    currency, scope = funnel.history.model.currency, Text("", "")
    if values.months:
        scope = Text(
            f" of revenue in its first {values.months} months",
            f"（受注後 {values.months} か月の売上）",
        )
    en, ja = (money(worth, currency=currency, lang=lang) for lang in ("en", "ja"))
    return (
        passes
        + Text(
            en=f"A win brings {en}{scope.en} on average (n = {count(values.n)}).",
            ja=f"受注 1 件は平均 {ja}{scope.ja}です（n = {count(values.n)}）。",
        )
        + _margin(funnel)
    )


def _margin(funnel: Funnel) -> Text:
    declared = funnel.history.model.bottleneck.gross_margin
    if declared is None:
        return Text("", "")
    share = percent(declared, digits=0)
    return Text(
        en=f"The cost is counted in gross margin, {share} of it.",
        ja=f"損失は粗利（金額の {share}）で数えています。",
    )


def _reasons(top: Valued, why: tuple[Explanation, ...]) -> tuple[Text, ...]:
    node, found = top.node, []
    if node.changed_on is not None:
        day = date_of(node.changed_on)
        found.append(Text(
            en=f"It changed around {day}; before and after, the level is steady beyond chance (n = {count(node.n)}).",
            ja=f"変化は {day} ごろです。その前後の水準はそれぞれ安定しており、偶然では説明しにくい差です（n = {count(node.n)}）。",
        ))  # fmt: skip
    if why:
        found.append(_mix(why))
        found.append(_where(why))
    return tuple(text for text in found if text.en)


def _mix(why: tuple[Explanation, ...]) -> Text:
    """Whether other journeys came, or the same kinds did worse: Simpson's question, in words."""
    most = why[0]
    share = most.mix / most.change if most.change else 0.0
    names = Text(
        en=", ".join(attribute_words(e.attribute).en for e in why[:4]),
        ja="、".join(attribute_words(e.attribute).ja for e in why[:4]),
    )
    if share >= 0.5:
        return Text(
            en=f"Much of it is mix: other journeys came than before. By {attribute_words(most.attribute).en}, the mix alone explains {percent(share, digits=0)} of the change.",
            ja=f"主因は構成の変化です。以前と異なる案件が増えており、{attribute_words(most.attribute).ja}の構成だけで変化の {percent(share, digits=0)} を説明します。",
        )
    return Text(
        en=f"It is not the mix: looked at by {names.en}, other kinds of journeys explain at most {percent(max(share, 0.0), digits=0)} of the change. The same kinds go on less often.",
        ja=f"構成の変化ではありません。{names.ja}のどれで見ても、構成で説明できるのは変化の最大 {percent(max(share, 0.0), digits=0)} です。同じ種類の案件が進みにくくなっています。",
    )


def _where(why: tuple[Explanation, ...]) -> Text:
    carrying = [e for e in why if e.worst != UNKNOWN and e.groups >= 2]
    if not carrying:
        return Text("", "")
    most = max(carrying, key=lambda e: e.worst_share_of_change)
    before, now, share = (
        percent(most.worst_before),
        percent(most.worst_now),
        percent(most.worst_share_of_change, digits=0),
    )
    return Text(
        en=f"By {attribute_words(most.attribute).en} the rate fell in {most.fell} of {most.groups} groups of {count(20)} or more; “{most.worst}” carries most of it: {before} before, {now} now "
        f"(n = {count(most.worst_n)}), {share} of the change.",
        ja=f"{attribute_words(most.attribute).ja}別では、{count(20)} 件以上の {most.groups} 区分のうち {most.fell} 区分で率が下がりました。最も大きいのは「{most.worst}」で、{before} から {now}"
        f"（n = {count(most.worst_n)}）、変化の {share} にあたります。",
    )


def _tie(funnel: Funnel, bottleneck: Bottleneck) -> tuple[Text, Text]:
    top, *others = [v for v in bottleneck.ranked if v.draws is not None]
    rivals = [v for v in others if v.sure or _may_cost(v)]
    if not rivals:
        return _alone(funnel, bottleneck, top)
    close = [top, rivals[0]]
    labels = [node_label(funnel, v.node) for v in close]
    costs = [_cost(funnel, bottleneck, v) for v in close]
    if not rivals[0].sure:
        return _tie_with_unsure(labels, costs)
    headline = Text(
        en=f"“{labels[0].en}” and “{labels[1].en}” hold you back about equally; which of them more can't be said.",
        ja=f"売上を止めているのは「{labels[0].ja}」と「{labels[1].ja}」で、どちらが大きいかは言い切れません。",
    )
    paragraph = Text(
        en=f"{labels[0].en} costs about {costs[0].en}, {labels[1].en} about {costs[1].en}. Their intervals overlap.",
        ja=f"{labels[0].ja}は{costs[0].ja}、{labels[1].ja}は{costs[1].ja}で、区間が重なります。",
    )
    return headline, paragraph


def _may_cost(valued: Valued) -> bool:
    """Whether a node is likelier than not to cost anything; one that isn't is no rival to be named in words."""
    return valued.mid is not None and math.isfinite(valued.mid) and valued.mid > 0


def _alone(funnel: Funnel, bottleneck: Bottleneck, top: Valued) -> tuple[Text, Text]:
    """One node that has surely fallen; beside it only what chance may have done to the others, whose medians are nothing."""
    label, cost = node_label(funnel, top.node), _cost(funnel, bottleneck, top)
    paragraph = _paragraph(funnel, bottleneck, top) + Text(
        en="No other node can be told from chance, though not all of them can be ruled out.",
        ja="ほかの要素の差は偶然と区別できませんが、すべてを除外できるわけではありません。",
    )
    return _named(label, cost), paragraph


def _tie_with_unsure(labels: list[Text], costs: list[Text]) -> tuple[Text, Text]:
    """One node that has surely fallen, and one that may cost more but may as well not have."""
    headline = Text(
        en=f"“{labels[0].en}” holds you back; whether “{labels[1].en}” costs you more can't be said.",
        ja=f"「{labels[0].ja}」が売上を止めています。ただし「{labels[1].ja}」の方が大きいかどうかは言い切れません。",
    )
    paragraph = Text(
        en=f"{labels[0].en} costs about {costs[0].en}. {labels[1].en} may cost {costs[1].en}, but that can't be told from chance.",
        ja=f"{labels[0].ja}は{costs[0].ja}です。{labels[1].ja}は{costs[1].ja}ですが、偶然と区別できません。",
    )
    return headline, paragraph


def _none(bottleneck: Bottleneck) -> tuple[Text, Text]:
    headline = Text(
        en="No step can be named: none is further from its own past or target than chance and season explain.",
        ja="特定できる区間はありません。過去や目標値との差が、偶然や季節で説明できる範囲を超えるものがないためです。",
    )
    looked = len([v for v in bottleneck.ranked if v.draws is not None])
    refused = len(bottleneck.ranked) - looked
    paragraph = Text(
        en=f"{looked} nodes were compared with their best stable past, {refused} could not be. That is no proof that all is well: a step that has always been slow "
        "has no better past. Declare targets in the model file to have each step held against them.",
        ja=f"{looked} 要素を過去の安定した最良値と比べ、{refused} 要素は比べられませんでした。問題がないという証明ではありません。もともと低い区間には、より良い過去がないためです。"
        "モデルファイルに目標値を宣言すると、目標値と比べられます。",
    )
    return headline, paragraph


def _not_enough(funnel: Funnel) -> tuple[Text, Text]:
    history = funnel.history
    headline = Text(
        en="Not enough history to say which step holds revenue back.",
        ja="どの区間が売上を止めているかを言えるだけの履歴がありません。",
    )
    if history.model.value_stage(funnel.track) is None:
        because = Text(
            en="The path has no stage of type 'won', so there is nothing that steps could be valued by. Give the stage at which a sale is made type = \"won\".",
            ja='経路に種別 won（受注）のフェーズがないため、区間の価値を計算できません。受注にあたるフェーズに type = "won" を指定してください。',
        )
    elif not funnel.steps:
        because = Text(
            en="Entries are recorded for fewer than two stages of the path, so there is no step to measure. Map the dates of further stages.",
            ja="経路のうち移行が記録されているフェーズが 2 つ未満のため、計測できる区間がありません。ほかのフェーズの日付を対応付けてください。",
        )
    else:
        because = Text(
            en=f"{count(history.journeys)} journeys over the time observed leave no step with enough weeks and successes to tell a change from chance. "
            "What can be said is below.",
            ja=f"観測期間の {count(history.journeys)} 件では、変化と偶然を区別できるだけの週数と成功数がある区間がありません。言えることは以下に示します。",
        )
    return headline, because
