"""Are departments' numbers at odds with what they are there for: one call, verdicts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kyogyo.analytics.alarm_definitions import CONFLICT
from kyogyo.analytics.conflict.count import BLOCK_DAYS, Counted, count_pairs
from kyogyo.analytics.conflict.judge import Judgement, judge_panels, too_early
from kyogyo.analytics.conflict.pairs import Pair, Unwatched, pairs_of
from kyogyo.analytics.conflict.says import say_pair, say_verdict, say_why
from kyogyo.analytics.results import Caveat, Definition
from kyogyo.words import Text, percent

if TYPE_CHECKING:
    from kyogyo.analytics.events import History

Status = Literal["ok", "not_enough_history", "refused"]

_UNKNOWN_TEAMS = 0.2


@dataclass(frozen=True)
class Verdict:
    """What is said of one pair. `label` names it, `sentence` is the answer, `why` what it rests on, in order.

    `key` stays the same from look to look, as long as the alarm is about the same rise of the volume;
    empty without an alarm. `unit_names`: the teams. `status`: ok, not_enough_history, or refused (entries
    dated by months).
    """

    pair: Pair
    status: Status
    judgement: Judgement
    label: Text
    sentence: Text
    why: tuple[Text, ...]
    caveats: tuple[Caveat, ...]
    unit_names: Mapping[int, str]
    key: str = ""

    @property
    def alarm(self) -> bool:
        return self.judgement.alarm


@dataclass(frozen=True)
class ConflictWatch:
    """The verdicts of a track, alarms first, then in the order of the track; `unwatched` are declared guards without a history."""

    track: str
    as_of: int
    definition: Definition
    verdicts: tuple[Verdict, ...]
    unwatched: tuple[Unwatched, ...]
    sentence: Text

    @property
    def alarms(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.alarm)


def watch_conflicts(
    history: History,
    *,
    track: str,
    teams: Mapping[int, str] | None = None,
    unit_attribute: str | None = None,
    segment: str | None = None,
    pairs: Sequence[Pair] | None = None,
) -> ConflictWatch:
    """Look at every pair of departments that follow each other, and at the declared guard pairs.

    `teams` names the team of each owner (by code); without it each owner is a team of one. Where
    nobody is known, `unit_attribute` names a journey attribute whose values are the teams.
    `segment` names a customer attribute whose mix may shift; "segment" is taken if there is one.
    `pairs`: those to look at instead.
    """
    found, unwatched = pairs_of(history, track=track)
    mix = segment or ("segment" if "segment" in history.attributes else None)
    counted = count_pairs(
        history, track=track, pairs=found if pairs is None else pairs, teams=teams,
        unit_attribute=unit_attribute, segment=None if mix == unit_attribute else mix,
    )  # fmt: skip
    there = [c for c in counted if c.panel is not None]
    judged = iter(judge_panels([c.panel for c in there if c.panel is not None]))
    verdicts = [
        _verdict(history, c, next(judged) if c.panel is not None else too_early()) for c in counted
    ]
    ordered = tuple(sorted(verdicts, key=lambda verdict: not verdict.alarm))
    return ConflictWatch(
        track=track,
        as_of=history.as_of,
        definition=CONFLICT,
        verdicts=ordered,
        unwatched=unwatched,
        sentence=_sentence(ordered),
    )


def _verdict(history: History, counted: Counted, judgement: Judgement) -> Verdict:
    refused = counted.why == "dated_by_period"
    early = judgement.kind == "not_enough_history"
    key = ""
    if judgement.alarm and judgement.parts is not None:
        key = f"conflict:{counted.pair.code}:{judgement.parts.since}"
    return Verdict(
        pair=counted.pair,
        status="refused" if refused else "not_enough_history" if early else "ok",
        judgement=judgement,
        label=say_pair(history.model, counted.pair),
        sentence=say_verdict(history.model, counted.pair, judgement, refused=refused),
        why=say_why(judgement),
        caveats=_caveats(counted, judgement),
        unit_names=counted.unit_names,
        key=key,
    )


def _caveats(counted: Counted, judgement: Judgement) -> tuple[Caveat, ...]:
    found = []
    about = (counted.pair.volume, counted.pair.success)
    if counted.unknown > _UNKNOWN_TEAMS:
        share = percent(counted.unknown, digits=0)
        found.append(
            Caveat(
                code="conflict_team_unknown",
                severity="note",
                about=about,
                says=Text(
                    en=f"For {share} of the journeys that were passed on the team isn't known; they are left out.",
                    ja=f"引き渡された案件の {share} は担当チームが分からないため、除いています。",
                ),
                evidence={"share": counted.unknown},
            )
        )
    e = judgement.elasticity
    if e is not None and not e.can_be_told:
        found.append(
            Caveat(
                code="conflict_size_unknown",
                severity="limit",
                about=about,
                says=Text(
                    en="The volumes of the teams move mostly by chance, so how strongly quality answers to volume can't be told. "
                    "That it does or doesn't can be.",
                    ja="各チームの件数の動きはほとんどが偶然の範囲のため、件数に対して質がどれだけ変わるかの大きさは判断できません。"
                    "変わるかどうかは判断できます。",
                ),
                evidence={"reliability": e.reliability, "weeks": e.joined * BLOCK_DAYS // 7},
            )
        )
    return tuple(found)


def _sentence(verdicts: tuple[Verdict, ...]) -> Text:
    alarms = [verdict for verdict in verdicts if verdict.alarm]
    if alarms:
        more = len(alarms) - 1
        also = Text(en=f"({more} more)", ja=f"（ほか {more} 件）") if more else Text(en="", ja="")
        return alarms[0].sentence + also
    looked = [verdict for verdict in verdicts if verdict.status == "ok"]
    if not looked:
        return Text(
            en="It is too early to tell whether numbers are at odds: no pair of departments has eight blocks of four weeks "
            "old enough to judge, with 20 successes.",
            ja="KPI の対立はまだ判断できません。判断できる古さの 4 週間の区切りが 8 つ、成功が 20 件そろう部門の組がありません。",
        )
    together = [v for v in looked if v.judgement.kind == "coincidence"]
    if together:
        return together[0].sentence
    return Text(
        en=f"No number is rising at the cost of the common goal ({len(looked)} pairs looked at).",
        ja=f"共通の目標を犠牲にして伸びている数値は見つかりませんでした（確認した組: {len(looked)}）。",
    )
