"""Whether more could be served: what comes to a department a month against what its people can take up, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.gains import hands_over, served_by
from kyogyo.words import Text, count

if TYPE_CHECKING:
    from kyogyo.analytics.bottleneck import Bottleneck
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.nodes import Node

_ON_THE_WAY = ("volume", "mix", "conversion", "delay", "capacity")
# A month that is so near to the most is full: nobody is taken up evenly.
_FULL = 0.95


def say_staff(funnel: Funnel, bottleneck: Bottleneck, node: Node) -> Text:
    """Whether those who would take up more can, of the departments that tell how many they can; else nothing."""
    said = Text("", "")
    staff = funnel.history.model.staff
    for code in _queues(bottleneck, funnel, node):
        department = served_by(funnel, code)
        if department in staff:
            comes = _comes_a_month(funnel, code)
            said += _room(funnel, code, comes=comes, most=staff[department], node=node)
    return said


def ask_for_staff(funnel: Funnel, bottleneck: Bottleneck, node: Node) -> Text | None:
    """Ask once for what is missing to say it; None where nothing is."""
    model = funnel.history.model
    missing = {served_by(funnel, code) for code in _queues(bottleneck, funnel, node)} - set(
        model.staff
    )
    names = [d.label.text for d in model.departments if d.code in missing]
    if not names:
        return None
    return Text(
        en=f"Whether more could be served isn't known: write headcount and per_person_month of {', '.join(n.en for n in names)} "
        "in the model file (journeys a month that one person can take up).",
        ja=f"これ以上対応できるかどうかは分かりません。{'、'.join(n.ja for n in names)}の headcount（人数）と per_person_month"
        "（1人が月に対応できる件数）をモデルファイルに記入する。",
    )


def _queues(bottleneck: Bottleneck, funnel: Funnel, node: Node) -> list[str]:
    """The steps at which another department has to take up what restoring a node would bring."""
    if bottleneck.stream is None or node.kind not in _ON_THE_WAY:
        return []
    chain = bottleneck.stream.chain
    if node.kind == "capacity":
        return [node.step] if node.step in chain and hands_over(funnel, node.step) else []
    start = chain.index(node.step) if node.step in chain else 0
    return [code for code in chain[start:] if hands_over(funnel, code)]


def _comes_a_month(funnel: Funnel, code: str) -> float:
    """Journeys that came to a step, a month of the last window."""
    counts, days = funnel.steps[code], funnel.history.model.bottleneck.window_days
    last = int(counts.entered.max())
    return float(counts.count[counts.entered > last - days].sum()) / days * 365.25 / 12


def _room(funnel: Funnel, code: str, *, comes: float, most: float, node: Node) -> Text:
    model = funnel.history.model
    stage = model.stage(code.split(">")[0]).label.text
    people = model.department(served_by(funnel, code))
    name = people.label.text
    fact = Text(
        en=f"{name.en} can take up about {count(most)} journeys a month "
        f"({people.headcount:g} people × {people.per_person_month:g}); about {count(comes)} come to “{stage.en}”.",
        ja=f"{name.ja}が対応できるのは月に約 {count(most)} 件（{people.headcount:g} 人 × {people.per_person_month:g} 件）で、"
        f"「{stage.ja}」に来るのは月に約 {count(comes)} 件です。",
    )
    if comes >= _FULL * most:
        return fact + Text(
            en="More can't be served: it takes more people, or less time for each.",
            ja="これ以上は対応できません。人を増やすか、1 件あたりの時間を減らす必要があります。",
        )
    if node.kind == "capacity":
        return fact + Text(
            en="More could be served: that they wait isn't for want of people, so look at when and by whom they are taken up.",
            ja="まだ対応できる余地があります。待ちの原因は人数ではないため、いつ誰が着手しているかを確認してください。",
        )
    return fact + Text(
        en=f"About {count(most - comes)} more could be served; no more are counted on.",
        ja=f"あと約 {count(most - comes)} 件は対応できます。それを超える分は見込んでいません。",
    )
