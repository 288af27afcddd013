"""Which experiment is possible: the strongest design that the teams and weeks allow, and its draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kyogyo.analytics.single_case.designs import (
    Design,
    draw_one,
    reversal_design,
    smallest_p,
    staggered_design,
    start_design,
)
from kyogyo.analytics.single_case.power import Power
from kyogyo.words import Text, count, percent

ALPHA = 0.05
# Weeks without it that a comparison needs at least, and weeks with it.
LEAST_BEFORE, LEAST_AFTER = 5, 4
_WIDEST_GAP = 4
_PLENTY = 200

ProposalStatus = Literal["ok", "too_weak", "too_short"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do, drawn: `changes` has for each team the weeks (from 0) in which it switches.

    One week = on from there; three = on, off, on again. `status`: `too_weak` when even the best
    result could be chance (smallest p above 0.05), `too_short` when there's no design at all
    (`design` is None then). Write down `seed` with the design before the first week: the same
    seed draws the same weeks, so anybody can check the lot.
    """

    status: ProposalStatus
    design: Design | None
    assignment: tuple[int, ...]
    changes: tuple[tuple[int, ...], ...]
    seed: int
    smallest_p: float | None
    says: Text
    why: Text


def propose_design(
    *,
    teams: int,
    weeks_before: int,
    weeks_ahead: int,
    reversible: bool,
    seed: int,
    controls: int = 0,
    least_before: int = LEAST_BEFORE,
    least_after: int = LEAST_AFTER,
) -> Proposal:
    """The design for `teams` with `weeks_before` known weeks (without the trigger) and more ahead.

    Two teams or more: staggered starts, drawn. One: ABAB where the countermeasure can be taken
    back (`reversible`), else a drawn start. Weeks count from the first known one. `controls` are
    further teams that won't do it for now: with one at least, what happens to all is no effect.
    """
    weeks = weeks_before + weeks_ahead
    first, last = max(weeks_before, least_before), weeks - least_after
    design = None
    if teams > 1 and first <= last:
        design = _staggered(teams, weeks, first, last)
    elif teams == 1 and reversible and weeks - max(first, least_after) >= 3 * least_after:
        design = reversal_design(weeks=weeks, first=first, least=least_after)
    if design is None and teams == 1 and first <= last:
        design = start_design(weeks=weeks, first=first, last=last)
    if design is None:
        return _too_short(teams, seed, least_before=least_before, least_after=least_after)
    design = replace(design, controls=controls)
    drawn = draw_one(design, seed=seed)
    p = smallest_p(design)
    return Proposal(
        status="ok" if p <= ALPHA else "too_weak",
        design=design,
        assignment=drawn,
        changes=changes_of(design, drawn),
        seed=seed,
        smallest_p=p,
        says=say_before(design),
        why=_WHY[design.kind] if controls == 0 or teams > 1 else _WITH_OTHERS,
    )


def changes_of(design: Design, assignment: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """For each team the weeks in which the countermeasure is switched on, off, on."""
    pattern = design.pattern(assignment)[: design.teams].astype(int)
    return tuple(
        tuple(int(week) + 1 for week in np.flatnonzero(np.diff(row) != 0)) for row in pattern
    )


def say_before(design: Design, power: Power | None = None) -> Text:
    """What the design can show, for people to read before it starts."""
    p = smallest_p(design)
    ways = count(design.count)
    said = Text(
        en=f"The lot has {ways} outcomes, so at best chance alone would look as good {_odds(p).en}.",
        ja=f"くじの結果は{ways}通りです。最も良い結果でも、偶然で同じくらい良く見えることが{_odds(p).ja}あります。",
    )
    if p > ALPHA:
        said += Text(
            en=f"That is too often: whatever happens, the verdict will be “cannot tell”. It takes {round(1 / ALPHA)} outcomes: more possible start weeks, more teams, or taking it back for a while.",
            ja=f"これでは多すぎ、結果がどうであれ「判断できない」になります。{round(1 / ALPHA)}通り以上にするには、開始候補の週かチームを増やすか、一度やめてみる設計にしてください。",
        )
    elif power is not None:
        said += _say_power(power)
    return said


def _say_power(power: Power) -> Text:
    size = percent(abs(power.change), digits=0)
    tenths = min(max(round(power.power * 10), 1), 9)
    rise = power.change > 0
    said = Text(
        en=f"A real {'rise' if rise else 'fall'} of {size} would be found about {tenths} {'time' if tenths == 1 else 'times'} in 10.",
        ja=f"実際に{size}{'上がる' if rise else '下がる'}効果があれば、10回に約{tenths}回は見つかります。",
    )
    if power.power < 0.5:
        said += Text(
            en="More often than not it would be missed: let it run longer, or with more teams.",
            ja="見落とす方が多い設計です。期間かチームを増やしてください。",
        )
    return said


def _odds(p: float) -> Text:
    times = count(round(1 / p))
    return Text(en=f"1 time in {times}", ja=f"{times}回に1回")


def _staggered(teams: int, weeks: int, first: int, last: int) -> Design | None:
    """The widest gap between starts that leaves plenty of outcomes; None where none fits."""
    fitting = []
    for gap in range(_WIDEST_GAP, 0, -1):
        try:
            fitting.append(
                staggered_design(teams=teams, weeks=weeks, first=first, last=last, gap=gap)
            )
        except ValueError:
            continue
    plenty = [design for design in fitting if design.count >= _PLENTY]
    return plenty[0] if plenty else max(fitting, key=lambda design: design.count, default=None)


def _too_short(teams: int, seed: int, *, least_before: int, least_after: int) -> Proposal:
    needed = least_before + least_after + max(teams - 1, 0)
    said = Text(
        en=f"There are too few weeks: {needed} in all are needed for this many teams, at least {least_before} without the countermeasure and {least_after} with it.",
        ja=f"週数が足りません。このチーム数では全部で{needed}週、打ち手なしが{least_before}週、打ち手ありが{least_after}週は必要です。",
    )
    return Proposal("too_short", None, (), (), seed, None, said, said)


_WHY = {
    "staggered": Text(
        en="Teams begin one after the other, in weeks drawn by lot. Those that haven't begun show what would have happened anyway, so a season or a price change isn't taken for an effect.",
        ja="チームごとに、くじで決めた別々の週に始めます。まだ始めていないチームが「何もしなかった場合」を示すため、季節や価格改定を効果と取り違えません。",
    ),
    "abab": Text(
        en="It is done, left off, and done again, in weeks drawn by lot. If the number follows twice, it is hardly a coincidence.",
        ja="くじで決めた週に、実施・中断・再開をします。数字が二度とも付いてくれば、偶然とは考えにくくなります。",
    ),
    "ab": Text(
        en="One team that can't take it back: the start week is drawn by lot. This is the weakest design; a second team would help more than anything.",
        ja="1チームで元に戻せないため、開始週だけをくじで決めます。最も弱い設計で、もう1チーム加えるのが何より効きます。",
    ),
}
_WITH_OTHERS = Text(
    en="One team does it, in weeks drawn by lot; the other teams show what would have happened anyway. If they can begin later, too, stagger them: that shows more.",
    ja="1チームが、くじで決めた週に実施します。ほかのチームが「何もしなかった場合」を示します。ほかのチームも後から始められるなら、ずらして始める方が多くのことが分かります。",
)
