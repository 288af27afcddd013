"""A node in words: what it is now, what it is held against, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.steps import within
from kyogyo.period import date_of
from kyogyo.words import Text, count, money, percent

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.nodes import Level, Node

_MONTH_WEEKS = 365.25 / 12 / 7


def compare_node(funnel: Funnel, node: Node) -> Text:
    """How the node is now, against how it was or should be: one sentence."""
    if node.now is None:
        return Text("", "")
    subject = _subject(funnel, node, node.now)
    if node.target is not None:
        target = percent(node.target)
        return Text(
            en=f"{subject.en}; the target is {target}.",
            ja=f"{subject.ja}。目標値は {target} です。",
        )
    if node.reference is None:
        return Text(en=f"{subject.en}.", ja=f"{subject.ja}。")
    rate, when = say_level(funnel, node, node.reference), stretch(node.reference)
    kind = (
        Text("in the best stable stretch before", "過去の安定した最良期間")
        if node.reference_kind == "best_past"
        else Text("before", "それ以前")
    )
    return Text(
        en=f"{subject.en}, against {rate.en} {kind.en} ({when.en}).",
        ja=f"{subject.ja}（{kind.ja} {when.ja}は {rate.ja}）。",
    )


def say_level(funnel: Funnel, node: Node, level: Level) -> Text:
    """A level in the unit of its node."""
    rate = level.rate
    if node.kind in {"conversion", "churn", "expansion"}:
        share = percent(min(rate, 1.0))
        return Text(share, share)
    if node.kind == "volume":
        monthly = count(rate * _MONTH_WEEKS)
        return Text(monthly, monthly)
    if node.kind in {"delay", "capacity"}:
        return Text(en=f"{rate:,.1f} days", ja=f"{rate:,.1f} 日")
    if node.kind == "mix":
        share = percent(rate, digits=0)
        return Text(en=f"{share} of the average", ja=f"平均の {share}")
    currency = funnel.history.model.currency
    return Text(
        en=money(rate, currency=currency, lang="en"), ja=money(rate, currency=currency, lang="ja")
    )


def stretch(level: Level) -> Text:
    """The days of a level."""
    first, last = date_of(level.start), date_of(level.stop - 1)
    return Text(en=f"{first} to {last}", ja=f"{first}〜{last} ")


def _subject(funnel: Funnel, node: Node, level: Level) -> Text:
    rate, when = say_level(funnel, node, level), stretch(level)
    if node.kind == "conversion":
        horizon = funnel.horizons.get(node.step)
        soon = (
            within(funnel.steps[node.step], horizon=horizon)
            if horizon
            else Text("in the end", "最終的に")
        )
        return Text(
            en=f"Of the journeys that entered from {when.en}, {rate.en} go on {soon.en}",
            ja=f"{when.ja}に入った案件のうち、{soon.ja}進んだのは {rate.ja} です",
        )
    if node.kind == "volume":
        season = (
            Text("season taken out", "季節調整後")
            if node.season_known
            else Text(
                "less than two years, so the season is only guessed at",
                "2 年未満のため季節変動は推測",
            )
        )
        return Text(
            en=f"From {when.en} {rate.en} journeys a month came in ({season.en})",
            ja=f"{when.ja}の新規流入は月 {rate.ja} 件（{season.ja}）です",
        )
    return _plain_subject(node, rate, when)


def _plain_subject(node: Node, rate: Text, when: Text) -> Text:
    found = {
        "value": Text(
            f"A win from {when.en} was worth {rate.en} on average",
            f"{when.ja}の受注は平均 {rate.ja} です",
        ),
        "delay": Text(
            f"From {when.en} it took {rate.en} on average to the next stage",
            f"{when.ja}は次のフェーズまで平均 {rate.ja} かかりました",
        ),
        "capacity": Text(
            f"From {when.en} journeys waited {rate.en} on average until they were taken up",
            f"{when.ja}の案件は、対応されるまで平均 {rate.ja} 待ちました",
        ),
        "mix": Text(
            f"By their kinds, the journeys from {when.en} are worth {rate.en}",
            f"{when.ja}に入った案件の価値は、構成から見て{rate.ja} です",
        ),
        "churn": Text(
            f"From {when.en} {rate.en} of customers left in a period of billing",
            f"{when.ja}に請求期間ごとに解約した顧客は {rate.ja} です",
        ),
        "expansion": Text(
            f"From {when.en} {rate.en} of customers took more in a period of billing",
            f"{when.ja}に請求期間ごとに支払いが増えた顧客は {rate.ja} です",
        ),
    }
    return found[node.kind]
