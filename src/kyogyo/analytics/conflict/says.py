"""The verdict on a pair of numbers, in words that need no statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.analytics.conflict.judge import FEWEST_BLOCKS, FEWEST_UNITS, Judgement, Parts
from kyogyo.words import Text, percent

if TYPE_CHECKING:
    from kyogyo.analytics.conflict.pairs import Pair
    from kyogyo.revenue_model import RevenueModel


def say_pair(model: RevenueModel, pair: Pair) -> Text:
    """What the pair is called: the local number, and the goal it is held against."""
    volume, success = _stage(model, pair.volume), _stage(model, pair.success)
    giver, receiver = (model.department(c).label.text for c in (pair.giver, pair.receiver))
    return Text(
        en=f"{giver.en}: {volume.en} against {receiver.en}: {success.en}",
        ja=f"{giver.ja}の「{volume.ja}」と{receiver.ja}の「{success.ja}」",
    )


def say_verdict(
    model: RevenueModel, pair: Pair, judgement: Judgement, *, refused: bool = False
) -> Text:
    """The answer, one or two sentences."""
    label = say_pair(model, pair)
    if refused:
        return Text(
            en=f"{label.en}: not computed, because entries into one of the stages are dated by months or quarters only.",
            ja=f"{label.ja}：フェーズへの移行が月または四半期の日付しかないため、算出しません。",
        )
    parts = judgement.parts
    if parts is None:
        return Text(
            en=f"{label.en}: too early to tell. It takes {FEWEST_BLOCKS} blocks of four weeks old enough to judge, and 20 successes.",
            ja=f"{label.ja}：まだ判断できません。判断できる古さの 4 週間の区切りが {FEWEST_BLOCKS} つと、成功 20 件が必要です。",
        )
    if judgement.alarm:
        return _alarm(model, pair, judgement, parts)
    if judgement.kind == "coincidence":
        said = _moved(model, pair, parts)
        return Text(
            en=f"A coincidence in time: {said.en} Whether one made the other can't be told with fewer than {FEWEST_UNITS} teams to compare.",
            ja=f"時期の一致：{said.ja}比べられるチームが {FEWEST_UNITS} つ未満のため、一方が他方の原因かどうかは判断できません。",
        )
    if judgement.kind == "none":
        return Text(
            en=f"{label.en}: no conflict found. Teams that pass on more don't surely get less of each.",
            ja=f"{label.ja}：対立は見つかりませんでした。多く引き渡すチームほど 1 件あたりの成果が下がる、とは言えません。",
        )
    return _standing(model, pair, judgement)


def _alarm(model: RevenueModel, pair: Pair, judgement: Judgement, parts: Parts) -> Text:
    said = _moved(model, pair, parts)
    head = {
        "conflict": Text(en="Conflict:", ja="対立："),
        "dilution": Text(en="Dilution:", ja="希釈："),
    }.get(judgement.kind, Text(en="Conflict or dilution:", ja="対立または希釈："))
    return head + said + _answer(model, pair, judgement)


def _moved(model: RevenueModel, pair: Pair, parts: Parts) -> Text:
    """Volume up, goal down, and what each of the two parts did."""
    giver = model.department(pair.giver).label.text
    volume, success = _stage(model, pair.volume), _stage(model, pair.success)
    up = percent(parts.volume_after / parts.volume_before - 1, digits=0)
    if pair.start is None:
        return Text(
            en=f"{giver.en} brings {up} more to {volume.en}, and fewer reach {success.en}: {parts.before:.1f} every four weeks before, "
            f"{parts.after:.1f} now. The larger volume added {parts.volume:.1f}, the lower quality took {-parts.quality:.1f}.",
            ja=f"{giver.ja}からの「{volume.ja}」は {up} 増えましたが、「{success.ja}」に至る件数は 4 週間あたり {parts.before:.1f} 件から "
            f"{parts.after:.1f} 件に減りました。件数の増加による分は +{parts.volume:.1f} 件、質の低下による分は −{-parts.quality:.1f} 件です。",
        )
    start = _stage(model, pair.start)
    before, after, gave, took = (
        1000 * x for x in (parts.before, parts.after, parts.volume, -parts.quality)
    )
    return Text(
        en=f"{giver.en} passes {up} more of {start.en} on to {volume.en}, and fewer reach {success.en}: of 1,000 {start.en}, "
        f"{before:.0f} before and {after:.0f} now. The larger volume added {gave:.0f}, the lower quality took {took:.0f}.",
        ja=f"{giver.ja}が「{start.ja}」から「{volume.ja}」へ進める割合は {up} 増えましたが、「{success.ja}」に至る件数は「{start.ja}」1,000 件あたり "
        f"{before:.0f} 件から {after:.0f} 件に減りました。件数の増加による分は +{gave:.0f} 件、質の低下による分は −{took:.0f} 件です。",
    )


def _answer(model: RevenueModel, pair: Pair, judgement: Judgement) -> Text:
    """What a team gets that passes on a tenth more, beside the others."""
    e = judgement.elasticity
    success = _stage(model, pair.success)
    if e is None or not e.can_be_told:
        return Text(
            en="It happens in the teams that pass on more, not in the others; how strongly can't be told.",
            ja="ほかのチームではなく、多く引き渡したチームで起きています。強さまでは判断できません。",
        )
    mid, lo, hi = (_tenth(x) for x in (e.value, e.lo, e.hi))
    return Text(
        en=f"A team that passes on 10% more gets {mid} {success.en} (between {lo} and {hi}).",
        ja=f"10% 多く引き渡したチームの「{success.ja}」は {mid} です（{lo} から {hi} の間）。",
    )


def _tenth(elasticity: float) -> str:
    return f"{(1.1**elasticity - 1) * 100:+.1f}%".replace("-", "−")


def _standing(model: RevenueModel, pair: Pair, judgement: Judgement) -> Text:
    """Teams that pass on more get less, but not all three signs are there."""
    label, answer = say_pair(model, pair), _answer(model, pair, judgement)
    return Text(
        en=f"{label.en}: no alarm, but passing on more brings less of each. {answer.en}",
        ja=f"{label.ja}：警告はありませんが、多く引き渡すと 1 件あたりの成果が下がります。{answer.ja}",
    )


def say_why(judgement: Judgement) -> tuple[Text, ...]:
    """The signs one by one, each with what it rests on; first what is up, last how sure."""
    parts, e = judgement.parts, judgement.elasticity
    if parts is None:
        return ()
    yes, no = Text(en="yes", ja="はい"), Text(en="no", ja="いいえ")

    def sign(question: Text, met: bool, rest: str) -> Text:  # noqa: FBT001 -- read as a sentence
        said = yes if met else no
        return Text(en=f"{question.en} {said.en} ({rest})", ja=f"{question.ja}{said.ja}（{rest}）")

    told = [
        sign(Text(en="Is the local number up?", ja="部門の数値は上がっているか："), parts.local_up,
             f"{parts.volume_before:.3g} → {parts.volume_after:.3g}"),
        sign(Text(en="Is the common goal per input down?", ja="入口 1 件あたりの共通の目標は下がっているか："),
             parts.goal_down, f"{parts.before:.3g} → {parts.after:.3g}"),
    ]  # fmt: skip
    if e is not None and judgement.q is not None:
        told.append(
            sign(Text(en="Do teams that pass on more get less of each?", ja="多く引き渡すチームほど 1 件あたりの成果が低いか："),
                 judgement.q <= 0.05, f"e = {e.value:.2f} [{e.lo:.2f}, {e.hi:.2f}], q = {judgement.q:.3f}")
        )  # fmt: skip
    told.append(
        sign(Text(en="Is it evident, however often one looks?", ja="何度見直しても確かか："),
             judgement.e_value > 20, f"{min(judgement.e_value, 9999):.3g} / 20")
    )  # fmt: skip
    return tuple(told)


def _stage(model: RevenueModel, code: str) -> Text:
    return model.stage(code).label.text
