"""What to do on Monday: about the work at the node that is named first, then about the data that would say more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.period import date_of
from kyogyo.usecases.staff_words import ask_for_staff
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.bottleneck import Bottleneck
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.nodes import Node
    from kyogyo.analytics.results import Caveat

_MOST = 5


def next_actions(
    funnel: Funnel, bottleneck: Bottleneck, caveats: tuple[Caveat, ...]
) -> tuple[Text, ...]:
    """At most five: look, ask, change one thing and see whether it helped; each says where to click."""
    found: list[Text] = []
    top = bottleneck.top if bottleneck.status == "named" else None
    if top is not None:
        found += actions_at(funnel, top.node)
    if bottleneck.top is not None:
        asked = ask_for_staff(funnel, bottleneck, bottleneck.top.node)
        found += [asked] if asked is not None else []
    codes = {caveat.code for caveat in caveats}
    found += [text for code, text in _DATA_ACTIONS.items() if code in codes]
    return tuple(found[:_MOST])


def actions_at(funnel: Funnel, node: Node) -> list[Text]:
    """What to do about one node, by its kind."""
    if node.kind == "conversion":
        return _of_conversion(funnel, node)
    if node.kind == "delay":
        return _of_delay(funnel, node)
    if node.kind == "capacity":
        return _of_queue(funnel, node)
    since = _since(node)
    if node.kind == "volume":
        return [*_of_volume(funnel, node, since), _TRY]
    return {"mix": _of_mix, "value": _of_value, "churn": _of_churn, "expansion": _of_expansion}[
        node.kind
    ](since)


def _since(node: Node) -> Text:
    """Since when, to stand at the end of an English clause and before a Japanese noun."""
    if node.changed_on is None:
        return Text(" lately", "最近の")
    day = date_of(node.changed_on)
    return Text(f" since {day}", f"{day} 以降の")


_TRY = Text(
    en="Change one thing: press “Start a countermeasure” on the page Bottleneck. It plans the start so that afterwards it can be said whether it helped.",
    ja="一つだけ変える：「ボトルネック」のページで「打ち手を始める」を押す。効果の有無を後から判断できるように、開始の仕方を計画します。",
)


def _of_conversion(funnel: Funnel, node: Node) -> list[Text]:
    start, _ = _stages(funnel, node)
    since = _since(node)
    read = Text(
        en=f"Read 20 journeys that stopped at “{start.en}”{since.en} and note what was missing; “Journeys to look at” on the page Bottleneck lists some.",
        ja=f"{since.ja}「{start.ja}」で止まった案件を 20 件読み、足りなかったものを書き出す（「ボトルネック」のページの「見てみる案件」に例があります）。",
    )
    met = _met(funnel, node)
    if met is not None:
        giver, receiver = met
        review = Text(
            en=f"Go through the hand-over with {giver.en} and {receiver.en} together: do both read the exit criteria of “{start.en}” alike?",
            ja=f"{giver.ja}と{receiver.ja}が一緒に引き継ぎを見直す。「{start.ja}」の完了条件を同じように読んでいるか。",
        )
    else:
        people = _department(funnel, stop=True, node=node)
        review = Text(
            en=f"Ask {people.en} what changed in the work{since.en}: rules, material, load, what comes in.",
            ja=f"{people.ja}に、{since.ja}仕事の変化（ルール・資料・負荷・受け取る内容）を聞く。",
        )
    return [read, review, _TRY]


def _of_delay(funnel: Funnel, node: Node) -> list[Text]:
    start, stop = _stages(funnel, node)
    since = _since(node)
    return [
        Text(
            en=f"Read the 20 journeys that took longest from “{start.en}” to “{stop.en}”{since.en}, and write down each day that nobody worked on them: what was waited for?",
            ja=f"「{start.ja}」から「{stop.ja}」まで最も時間のかかった{since.ja}案件を 20 件読み、誰も手を付けていない日に何を待っていたかを書き出す。",
        ),
        Text(
            en=f"Open the List, stage “{start.en}”, oldest first: give each a next step with a date, and ask which approval, answer or material most of them lack.",
            ja=f"「一覧」で「{start.ja}」を古い順に開き、それぞれに日付付きの次回アクションを決める。承認・返答・資料のうち、何が足りないものが多いかを数える。",
        ),
        _TRY,
    ]


def _of_queue(funnel: Funnel, node: Node) -> list[Text]:
    start, _ = _stages(funnel, node)
    receiver = _department(funnel, stop=True, node=node)
    giver = _department(funnel, stop=False, node=node)
    return [
        Text(
            en=f"More journeys won't help while they wait: {giver.en} and {receiver.en} agree how many come to “{start.en}” a week, and which come first.",
            ja=f"待ちがあるうちは、案件を増やしても成果は増えません。{giver.ja}と{receiver.ja}で、「{start.ja}」に週何件まで渡すか、どれを先に扱うかを決める。",
        ),
        Text(
            en=f"Open the List, stage “{start.en}”, oldest first: close those that are no longer wanted, take up the rest in that order.",
            ja=f"「一覧」で「{start.ja}」を古い順に開き、見込みのなくなったものは終了し、残りを順に対応する。",
        ),
        Text(
            en=f"Find what takes {receiver.en} time and could be dropped, shortened or done elsewhere; “Where journeys wait” on the page Bottleneck shows what comes and goes a week.",
            ja=f"{receiver.ja}の作業のうち、やめる・短くする・ほかに移せるものを探す。週の流入と流出は「ボトルネック」のページの「案件の滞留」で見られます。",
        ),
    ]


def _of_volume(funnel: Funnel, node: Node, since: Text) -> list[Text]:
    stage = funnel.history.model.stage(node.step.split(">")[0])
    people = funnel.history.model.department(stage.department).label.text
    return [
        Text(
            en=f"Open the List, state All, and filter by source and “Opened from”: which source brings fewer{since.en}?",
            ja=f"「一覧」を状態「すべて」で開き、「流入元」と「開始日」で絞り込む。{since.ja}件数が減った流入元はどれか。",
        ),
        Text(
            en=f"Ask {people.en} which campaign, page or list ended or changed then, and whether it can be taken up again.",
            ja=f"{people.ja}に、その時期に終わった・変わった施策やページ、リストと、再開できるかを聞く。",
        ),
    ]


def _of_mix(since: Text) -> list[Text]:
    return [
        Text(
            en=f"Open the List, state All, and filter by segment and source: which kinds came more{since.en}, which less?",
            ja=f"「一覧」を状態「すべて」で開き、「セグメント」と「流入元」で絞り込む。{since.ja}案件で増えた種類と減った種類はどれか。",
        ),
        Text(
            en="Each kind goes on as before, so don't change the steps: agree which kinds are to be looked for, and which criteria let the others in.",
            ja="種類ごとの進み方は以前と変わらないため、区間は変えない。どの種類を増やしたいか、ほかの種類がどの条件で入ってきているかを確認する。",
        ),
        _WATCH,
    ]


def _of_value(since: Text) -> list[Text]:
    return [
        Text(
            en=f"Open the List, state Won, and put the wins{since.en} beside those before: discount, product, size and length of contract.",
            ja=f"「一覧」を状態「受注」で開き、{since.ja}受注をそれ以前と比べる（値引き・商品・規模・契約期間）。",
        ),
        Text(
            en="See whether each deal became smaller or smaller deals became more: the first asks for the price rules, the second for who is sold to.",
            ja="1 件ごとの金額が下がったのか、小さな案件が増えたのかを分ける。前者なら価格のルールを、後者なら売る相手を見直す。",
        ),
        _WATCH,
    ]


def _of_churn(since: Text) -> list[Text]:
    return [
        Text(
            en=f"Ask ten customers who left{since.en} what they had expected and didn't get, and when they first thought of leaving.",
            ja=f"{since.ja}解約から 10 社に、期待していて得られなかったことと、解約を考え始めた時期を聞く。",
        ),
        Text(
            en="Read what was promised to them before the sale, and whether it reached those who serve them; send back what is learnt as feedback.",
            ja="受注前に約束した内容と、それが導入後の担当部門に伝わっていたかを読む。分かったことは「フィードバック」で前の部門に返す。",
        ),
        Text(
            en="Open the List, state Customers (ongoing): which of them show the same signs? Plan a next step for each.",
            ja="「一覧」を状態「顧客（継続中）」で開き、同じ兆候のある取引先に次回アクションを決める。",
        ),
    ]


def _of_expansion(since: Text) -> list[Text]:
    return [
        Text(
            en=f"Read what customers who grew before had in common, and which of these occasions are missing{since.en}: a review, a new use, a renewal.",
            ja=f"以前に支払いが増えた顧客に共通するきっかけ（定例の確認・新しい用途・更新）を読み、{since.ja}きっかけで欠けているものを探す。",
        ),
        Text(
            en="Open the List, state Customers (ongoing): who has no next step? Plan the conversation about what they need next.",
            ja="「一覧」を状態「顧客（継続中）」で開き、次回アクションのない取引先に、次に必要なことを話し合う予定を入れる。",
        ),
        _WATCH,
    ]


_WATCH = Text(
    en="Note on the page Review what you agree to do, with a day: the next meeting takes it up.",
    ja="決めたことを日付付きで「振り返り」に残す。次の会議で取り上げます。",
)


def _stages(funnel: Funnel, node: Node) -> tuple[Text, Text]:
    start, stop = (funnel.history.model.stage(code).label.text for code in node.step.split(">"))
    return start, stop


def _department(funnel: Funnel, *, stop: bool, node: Node) -> Text:
    """Who works the stage that a step leads to, or the one it begins at."""
    model = funnel.history.model
    stage = model.stage(node.step.split(">")[1 if stop else 0])
    return model.department(stage.department).label.text


def _met(funnel: Funnel, node: Node) -> tuple[Text, Text] | None:
    """Who gives and who receives at a step: by its declared handoff, else by whose the stages are; None within one department."""
    model = funnel.history.model
    start, stop = (model.stage(code) for code in node.step.split(">"))
    for handoff in model.handoffs:
        if start.code in (handoff.to_stage, handoff.from_stage) and handoff.to_stage in (
            start.code,
            stop.code,
        ):
            return (
                model.department(handoff.giver).label.text,
                model.department(handoff.receiver).label.text,
            )
    if start.department == stop.department:
        return None
    return _department(funnel, stop=False, node=node), _department(funnel, stop=True, node=node)


_DATA_ACTIONS = {
    "stage_without_data": Text(
        en="Record when a journey enters the stages without dates; until then it can't be said at which of them it stops.",
        ja="日付のないフェーズへの移行日を記録する。それまでは、どのフェーズで止まっているかは言えません。",
    ),
    "no_exits_recorded": Text(
        en="Record losses with date and reason, so that lost and still open can be told apart.",
        ja="失注を日付と理由付きで記録し、失われた案件と進行中の案件を区別できるようにする。",
    ),
    "known_only_of_success": Text(
        en="Ask the questions of every journey, not only at the win; only then can it be said what leads to success.",
        ja="受注時だけでなく全案件に同じ質問をする。そうして初めて、何が成功につながるかを言えます。",
    ),
}
