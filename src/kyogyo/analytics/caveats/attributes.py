"""Attributes that are known of the wrong journeys, or that are zero where they should be blank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kyogyo.analytics.events import History, attribute_words
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.results import Caveat
from kyogyo.analytics.sql import ROWS, Question, case, emit
from kyogyo.analytics.steps import measured_path
from kyogyo.words import Text, count, percent

# Known of at most this share of those who didn't get there: such an attribute was asked on arrival.
_NEXT_TO_NONE = 0.02
_ENOUGH = 20
_DIFFERENT = 0.2
_NEARLY_ALL = 0.9
_TOO_MANY_VALUES = 20_000


@dataclass(frozen=True)
class _Fill:
    """Of the journeys that reached a stage and of the others: how many there are and of how many the attribute is known."""

    reached: int
    reached_known: int
    others: int
    others_known: int

    @property
    def share_reached(self) -> float:
        return self.reached_known / self.reached if self.reached else 0.0

    @property
    def share_others(self) -> float:
        return self.others_known / self.others if self.others else 0.0


def attribute_caveats(funnel: Funnel) -> list[Caveat]:
    """One caveat a stage for the attributes known only of those who reached it, and one an attribute for other flaws."""
    history = funnel.history
    path = measured_path(history, track=funnel.track)
    only: dict[str, dict[str, _Fill]] = {}
    found: list[Caveat] = []
    for name in history.attributes:
        fills = _fills(history, track=funnel.track, attribute=name)
        at_exit = _known_only_at_exit(history, funnel.track, name)
        if at_exit is not None:
            found.append(_exit_caveat(name, at_exit))
            continue
        # The deepest such stage: it's there that the attribute is asked for.
        arrivals = [
            s.code
            for s, fill in zip(path[1:], fills[1:], strict=True)
            if _known_only_on_arrival(fill)
        ]
        stage = arrivals[-1] if arrivals else None
        if stage is not None:
            place = [s.code for s in path].index(stage)
            only.setdefault(stage, {})[name] = fills[place]
        else:
            found += _uneven(
                funnel, name, [(s.code, f) for s, f in zip(path[1:], fills[1:], strict=True)]
            )
        found += _zeros(history, name, track=funnel.track)
    return [_only_caveat(history, stage, fills) for stage, fills in only.items()] + found


def _fills(history: History, *, track: str, attribute: str) -> list[_Fill]:
    """By stage of the measured path: how far the attribute is known of those who reached it and of the others."""
    codes = [history.stage_code(s.code) for s in measured_path(history, track=track)]
    depth = case(*((f"r_{k} > 0", i) for i, k in reversed(list(enumerate(codes)))), otherwise=-1)
    columns = history.engine.integers(
        emit(Question(source="journeys",
                      keys=(("depth", depth), ("known", case((f"a_{history.attributes[attribute]} > 0", 1), otherwise=0))),
                      measures=(("n", ROWS),), where=(f"track = {history.track_code(track)}",)))
    )  # fmt: skip
    depths, known, n = columns["depth"], columns["known"] == 1, columns["n"]
    return [
        _Fill(
            reached=int(n[depths >= i].sum()), reached_known=int(n[(depths >= i) & known].sum()),
            others=int(n[depths < i].sum()), others_known=int(n[(depths < i) & known].sum()),
        )
        for i in range(len(codes))
    ]  # fmt: skip


def _known_only_on_arrival(fill: _Fill) -> bool:
    return (
        fill.reached_known >= _ENOUGH
        and fill.others >= _ENOUGH
        and fill.share_others <= _NEXT_TO_NONE < fill.share_reached / 2
    )


def _only_caveat(history: History, stage: str, fills: dict[str, _Fill]) -> Caveat:
    label = history.model.stage(stage).label.text
    names = Text(
        en=", ".join(attribute_words(n).en for n in fills),
        ja="、".join(attribute_words(n).ja for n in fills),
    )
    most = max(fills.values(), key=lambda f: f.share_reached)
    return Caveat(
        code="known_only_of_success",
        severity="refusal",
        about=tuple(fills),
        says=Text(
            en=f"Known only of journeys that reached “{label.en}”: {names.en}. Up to there a rate by any of these would be close to 100% "
            f"for every value, so it is refused; counts are allowed. ({count(most.others)} journeys never reached it, of which "
            f"{count(max(f.others_known for f in fills.values()))} have a value.)",
            ja=f"「{label.ja}」に到達した案件でしか分からない属性：{names.ja}。そこまでの率を属性別に出すと、どの値でも 100% 近くになるため算出せず、件数のみ示します。"
            f"（到達していない {count(most.others)} 件のうち、値があるのは最大 {count(max(f.others_known for f in fills.values()))} 件）",
        ),
        evidence={
            "reached": most.reached, "others": most.others,
            "others_known": max(f.others_known for f in fills.values()),
        },
        forbids=tuple(f"rate_by:{name}:{stage}" for name in fills),
    )  # fmt: skip


def _known_only_at_exit(history: History, track: str, name: str) -> _Fill | None:
    """How far the attribute is known of those who left, if of next to no others."""
    columns = history.engine.integers(
        emit(Question(source="journeys", keys=(("gone", case(("ended_stage > 0", 1), otherwise=0)),
                                               ("known", case((f"a_{history.attributes[name]} > 0", 1), otherwise=0))),
                      measures=(("n", ROWS),), where=(f"track = {history.track_code(track)}",)))
    )  # fmt: skip
    left, known, n = columns["gone"] == 1, columns["known"] == 1, columns["n"]
    ended, others = int(n[left].sum()), int(n[~left].sum())
    ended_known, others_known = int(n[left & known].sum()), int(n[~left & known].sum())
    if min(ended, others, ended_known) < _ENOUGH:
        return None
    fill = _Fill(ended, ended_known, others, others_known)
    rare = fill.share_others <= 0.1 * fill.share_reached
    return fill if rare and fill.share_reached > 0.3 else None


def _exit_caveat(name: str, fill: _Fill) -> Caveat:
    return Caveat(
        code="known_only_at_exit",
        severity="refusal",
        about=(name,),
        says=Text(
            en=f"“{attribute_words(name).en}” is known nearly only of journeys that have left: it is written down at the exit. It says why they left, not who succeeds, so no rate "
            "by it is given and it explains no change of a rate.",
            ja=f"「{attribute_words(name).ja}」が分かるのは、ほぼ離脱した案件だけです（離脱時に記入されるため）。離脱の理由ではあっても成功の要因ではないので、この属性別の率は出さず、率の変化の説明にも使いません。",
        ),
        evidence={"known_of_left": round(fill.share_reached, 4), "known_of_others": round(fill.share_others, 4)},
        forbids=(f"rate_by:{name}",),
    )  # fmt: skip


def _uneven(funnel: Funnel, name: str, fills: list[tuple[str, _Fill]]) -> list[Caveat]:
    """An attribute much better known of those who got somewhere than of the others."""
    for stage, fill in fills:
        if (
            min(fill.reached, fill.others) < _ENOUGH
            or abs(fill.share_reached - fill.share_others) < _DIFFERENT
        ):
            continue
        label = funnel.history.model.stage(stage).label.text
        reached, others = (
            percent(share, digits=0) for share in (fill.share_reached, fill.share_others)
        )
        better = Text(
            f"{reached} of the journeys that reached “{label.en}” but of only {others} of the others",
            f"「{label.ja}」に到達した案件では {reached}、それ以外では {others}",
        )
        if fill.share_reached < fill.share_others:
            better = Text(
                f"only {reached} of the journeys that reached “{label.en}” but of {others} of the others",
                better.ja,
            )
        return [Caveat(
            code="unevenly_known",
            severity="limit",
            about=(name,),
            says=Text(
                en=f"“{attribute_words(name).en}” is known of {better.en}. A rate by it compares records as much as journeys; look at the group "
                "without a value beside the rest.",
                ja=f"「{attribute_words(name).ja}」が分かるのは、{better.ja} です。この属性別の率は案件だけでなく記録の差も比べています。値のない区分と並べて見てください。",
            ),
            evidence={"known_of_reached": round(fill.share_reached, 4), "known_of_others": round(fill.share_others, 4)},
        )]  # fmt: skip
    return []


def _zeros(history: History, name: str, *, track: str) -> list[Caveat]:
    """A number that is zero nearly always is more likely blank: nobody was asked, or nobody typed it."""
    code = history.attributes[name]
    columns = history.engine.integers(
        emit(Question(source="journeys", keys=(("value", f"a_{code}"),), measures=(("n", ROWS),),
                      where=(f"a_{code} > 0", f"track = {history.track_code(track)}")))
    )  # fmt: skip
    if not 2 <= columns["value"].size <= _TOO_MANY_VALUES:
        return []
    numbers = [_number(history.value_names.get(int(v), "")) for v in columns["value"]]
    if any(number is None for number in numbers):
        return []
    zero = np.array([number == 0 for number in numbers])
    n, zeros = int(columns["n"].sum()), int(columns["n"][zero].sum())
    if n < _ENOUGH or zeros / n < _NEARLY_ALL or zeros == n:
        return []
    return [Caveat(
        code="zero_or_blank",
        severity="limit",
        about=(name,),
        says=Text(
            en=f"“{attribute_words(name).en}” is 0 in {count(zeros)} of {count(n)} records. So many zeros are more likely blanks that were filled in than amounts; "
            "means and sums of it say nothing.",
            ja=f"「{attribute_words(name).ja}」は {count(n)} 件中 {count(zeros)} 件が 0 です。これほど多いゼロは金額ではなく未入力と考えられ、平均や合計に意味はありません。",
        ),
        evidence={"zeros": zeros, "records": n},
        forbids=(f"mean_of:{name}", f"sum_of:{name}"),
    )]  # fmt: skip


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
