"""A judgement in words that a team reads together, without a word of statistics it can do without."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kyogyo.analytics.single_case.findings import Effect, Gain, Guard
from kyogyo.analytics.single_case.judgement import Judgement, Verdict
from kyogyo.words import Text, count, money, percent

VERDICTS: dict[Verdict, Text] = {
    "supported": Text(en="Supported", ja="効果あり"),
    "not_supported": Text(en="Not supported", ja="効果なし"),
    "cannot_tell": Text(en="Cannot tell", ja="判断できない"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """`verdict` is a label, `sentence` the answer, `reasons` what else must be known, in order."""

    verdict: Text
    sentence: Text
    money: Text | None
    reasons: tuple[Text, ...]


def read(judgement: Judgement, *, currency: str = "JPY") -> Reading:
    """`judgement` in both languages, money in `currency`."""
    reasons = (
        _how_sure(judgement),
        _not_drawn(judgement),
        _sizes(judgement),
        _guard(judgement.guard),
        _trend(judgement),
        _left_out(judgement),
        _false_start(judgement),
        _one_team(judgement),
        _merged(judgement),
        _few_events(judgement),
    )
    return Reading(
        verdict=VERDICTS[judgement.verdict],
        sentence=_sentence(judgement),
        money=None if judgement.gain is None else _money(judgement.gain, currency),
        reasons=tuple(each for each in reasons if each is not None),
    )


def say_effect(effect: Effect) -> Text:
    """A relative change and its interval: 'rose by 22% (90% interval: 8% to 38%)'."""
    size = percent(abs(effect.change), digits=0)
    rise = effect.change >= 0
    level = f"{effect.level:.0%}"
    if effect.lo is None and effect.hi is None:
        bounds = Text(en="no interval: too few possible starts", ja="開始候補が少なく区間なし")
    else:
        lo, hi = _signed(effect.lo), _signed(effect.hi)
        bounds = Text(
            en=f"{level} interval: {lo.en} to {hi.en}", ja=f"{level}区間 {lo.ja}〜{hi.ja}"
        )
    return Text(
        en=f"{'rose' if rise else 'fell'} by {size} ({bounds.en})",
        ja=f"{size}{'上がりました' if rise else '下がりました'}（{bounds.ja}）",
    )


def _signed(change: float | None) -> Text:
    if change is None:
        return Text(en="no limit", ja="限界なし")
    written = f"{change * 100:+.0f}%".replace("-", "−").replace("+0%", "0%")
    return Text(en=written, ja=written)


def _sentence(found: Judgement) -> Text:
    name = found.measure.label
    if found.effect is None or found.why == "too_few_weeks":
        return Text(
            en=f"Cannot tell: there are too few weeks of “{name.en}” before or after the start.",
            ja=f"判断できません。「{name.ja}」の開始前か開始後の週数が足りません。",
        )
    effect = say_effect(found.effect)
    moved = Text(
        en=f"compared with what would have happened anyway, “{name.en}” {effect.en}.",
        ja=f"何もしなかった場合と比べて、「{name.ja}」は{effect.ja}。",
    )
    opening = _OPENINGS[found.why]
    return Text(en=f"{opening.en}: {moved.en}", ja=f"{opening.ja}。{moved.ja}")


_OPENINGS = {
    "clear": Text(en="It helped", ja="打ち手には効果がありました"),
    "worse": Text(
        en="It didn't help, it went the wrong way", ja="効果はなく、むしろ悪くなりました"
    ),
    "too_small": Text(
        en="It didn't help as hoped; even at best it is less than half of what was expected",
        ja="期待した効果はありません。最も良く見ても期待の半分未満です",
    ),
    "design_too_small": Text(
        en="Cannot tell; with so few possible starts even the best result could be chance",
        ja="判断できません。開始候補が少なく、どんな結果でも偶然と区別できません",
    ),
    "too_noisy": Text(
        en="Cannot tell; the weeks vary too much to tell this from chance",
        ja="判断できません。週ごとのばらつきが大きく、偶然と区別できません",
    ),
    "not_drawn": Text(
        en="Cannot tell; one team chose its own start, so anything else that happened then may be the cause",
        ja="判断できません。1チームが自分で開始週を選んだため、同じ頃のほかの出来事が原因かもしれません",
    ),
    "false_start": Text(
        en="Cannot tell; moves as large happened before it began, too",
        ja="判断できません。同じくらいの動きが開始前にもありました",
    ),
    "one_team": Text(
        en="Cannot tell; without one of the teams nothing is left of it",
        ja="判断できません。あるチームを除くと効果が残りません",
    ),
    "no_second_opinion": Text(
        en="Cannot tell; the start wasn't drawn by lot, and most teams' own lines show no step",
        ja="判断できません。開始週をくじで決めておらず、多くのチームの推移に段差が見られません",
    ),
}


def _how_sure(found: Judgement) -> Text | None:
    if found.p is None or found.test is None or found.why == "worse":
        return None
    times = 1 / found.p
    if times < 2.5:
        return Text(
            en="Without any effect, a result at least this good would be nothing unusual.",
            ja="効果がなくても、この程度の結果は珍しくありません。",
        )
    odds = count(round(times))
    looked = count(found.test.compared)
    return Text(
        en=f"Without any effect, a result at least this good would come up about 1 time in {odds} (compared with {looked} other ways the starts could have fallen).",
        ja=f"効果がなくても、同じくらい良い結果は約{odds}回に1回起こります（開始の決まり方{looked}通りと比較）。",
    )


def _not_drawn(found: Judgement) -> Text | None:
    if found.plan.drawn:
        return None
    return Text(
        en="The start wasn't drawn by lot. This takes for granted that nobody chose it because things were about to change.",
        ja="開始週はくじで決めていません。変化を見越して選んだのではないことが前提です。",
    )


def _sizes(found: Judgement) -> Text | None:
    if found.better_weeks is None:
        return None
    tenths = round(found.better_weeks * 10)
    said = Text(
        en=f"Pick a week with it and one without: the week with it is the better one about {tenths} times in 10.",
        ja=f"打ち手のある週とない週を一つずつ選ぶと、10回に約{tenths}回は打ち手のある週の方が良い値です。",
    )
    if found.pooled is not None:
        plain = percent(abs(found.pooled.change), digits=0)
        rise = found.pooled.change >= 0
        said += Text(
            en=f"Plainly before and after, it {'rose' if rise else 'fell'} by {plain}; that still contains trend and season.",
            ja=f"単純な前後比較では{plain}{'増' if rise else '減'}ですが、傾向や季節の影響を含みます。",
        )
    return said


def _guard(guard: Guard | None) -> Text | None:
    if guard is None:
        return None
    name = guard.measure.label
    if guard.effect is None:
        return Text(
            en=f"“{name.en}” could not be compared.", ja=f"「{name.ja}」は比較できませんでした。"
        )
    effect = say_effect(guard.effect)
    if guard.worse:
        return Text(
            en=f"Careful: “{name.en}” {effect.en}, which is hardly chance. Don't roll it out before this is understood.",
            ja=f"注意：「{name.ja}」は{effect.ja}。偶然とは考えにくいため、理由が分かるまで広げないでください。",
        )
    return Text(
        en=f"“{name.en}” {effect.en}: no clear sign that it got worse, which isn't proof that it didn't.",
        ja=f"「{name.ja}」は{effect.ja}。悪化の明らかな兆候はありませんが、悪化していない証明ではありません。",
    )


def _trend(found: Judgement) -> Text | None:
    """Said where the weeks before moved by 1 % a week or more."""
    if math.isnan(found.trend) or abs(found.trend) < 0.01:
        return None
    size, rise = percent(abs(found.trend)), found.trend > 0
    return Text(
        en=f"It was already {'rising' if rise else 'falling'} by {size} a week before the start; that is not counted as effect.",
        ja=f"開始前から週に{size}ずつ{'上がって' if rise else '下がって'}いました。その分は効果に数えていません。",
    )


def _left_out(found: Judgement) -> Text | None:
    parts = [
        Text(en=f"{n} {_WEEKS[why].en}", ja=f"{_WEEKS[why].ja}{n}週")
        for why, n in found.left_out.items()
    ]
    if not parts:
        return None
    return Text(
        en=f"Team weeks left out: {', '.join(part.en for part in parts)}.",
        ja=f"除いた週（チーム別に計上）：{'、'.join(part.ja for part in parts)}。",
    )


_WEEKS = {
    "trigger": Text(
        en="whose bad number set this off (they recover by themselves)",
        ja="着手のきっかけになった悪い週（自然に戻るため）",
    ),
    "immature": Text(en="whose cases aren't decided yet", ja="結果がまだ出ていない週"),
    "empty": Text(en="without a case", ja="件数のない週"),
}


def _false_start(found: Judgement) -> Text | None:
    placebo = found.placebo
    if found.why not in ("clear", "false_start"):
        return None
    if placebo.fails is None:
        return Text(
            en="There are too few weeks before the start to try a false start.",
            ja="開始前の週が少なく、偽の開始週での確認はできません。",
        )
    return Text(
        en=f"Pretending that it began earlier gives an effect as large {placebo.as_large} of {placebo.tried} times.",
        ja=f"もっと早く始めたことにして計算すると、{placebo.tried}回中{placebo.as_large}回で同じ大きさになります。",
    )


def _one_team(found: Judgement) -> Text | None:
    carried = found.left_one_out.carried_by
    if not carried or found.why not in ("clear", "one_team"):
        return None
    names = ", ".join(f"“{name}”" for name in carried)
    ja = "、".join(f"「{name}」" for name in carried)
    return Text(
        en=f"Less than half of the effect is left without {names}: look at what was different there.",
        ja=f"{ja}を除くと効果は半分未満になります。そこで何が違ったかを確かめてください。",
    )


def _merged(found: Judgement) -> Text | None:
    if not found.merged:
        return None
    return Text(
        en="All teams began in the same week, so they count as one: whatever else happened that week looks the same.",
        ja="全チームが同じ週に始めたため、1チームとして扱います。その週のほかの出来事と区別できません。",
    )


def _few_events(found: Judgement) -> Text | None:
    """Log rates with half a success added are too small a size where weeks have few of them."""
    if found.mean_successes >= 3:
        return None
    return Text(
        en="A week has fewer than 3 successes on average, so the size of the effect is rough.",
        ja="1週あたりの成果が平均3件未満のため、効果の大きさはおおまかです。",
    )


def _money(gain: Gain, currency: str) -> Text:
    en, ja = (_amounts(gain, currency, lang) for lang in ("en", "ja"))
    if gain.lo is None and gain.hi is None:
        found = Text(en=f"Found: {en[0]} a month", ja=f"結果：月{ja[0]}")
    else:
        found = Text(
            en=f"Found: {en[0]} a month (90% interval: {en[1]} to {en[2]})",
            ja=f"結果：月{ja[0]}（90%区間 {ja[1]}〜{ja[2]}）",
        )
    if gain.expected is None:
        return Text(en=f"{found.en}.", ja=f"{found.ja}。")
    return Text(en=f"{found.en}. Expected: {en[3]} a month.", ja=f"{found.ja}。期待：月{ja[3]}。")


def _amounts(gain: Gain, currency: str, lang: str) -> list[str]:
    none = "no limit" if lang == "en" else "限界なし"
    return [
        none
        if value is None
        else money(value, currency=currency, lang="ja" if lang == "ja" else "en").replace("-", "−")
        for value in (gain.found, gain.lo, gain.hi, gain.expected)
    ]
