"""The next small step from one's own weeks: a goal that was already met now and then.

A percentile schedule (Galbicka 1994): the goal moves with the last weeks, so it is always within
reach and always a little more. It knows one person's weeks only; it ranks nobody. Whether it is
shown to anybody else is for the caller to refuse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kyogyo.analytics.single_case.sizes import Improvement
from kyogyo.words import Text

StepStatus = Literal["goal", "keep", "too_few_weeks"]

LEAST_WEEKS = 5
_REMEMBERED = 10
_MET = 1 / 3


@dataclass(frozen=True, slots=True)
class NextStep:
    """`goal` is a value of one's own past, met in `met` of the last `weeks`; `usual` their median.

    `keep` where the best is met every week already: there is no next step, only the present one.
    """

    status: StepStatus
    goal: float | None
    usual: float | None
    met: int
    weeks: int
    sentence: Text


def next_small_step(
    *, recent: Sequence[float], unit: Text, improvement: Improvement = "up", chance: float = _MET
) -> NextStep:
    """The goal for the coming week from `recent` weeks, oldest first (nan = away that week).

    The goal is the value that was reached or beaten in about `chance` of the last 10 weeks, and
    better than the usual week. `unit` is said after the number, such as 'recaps a week'.

    Raises ValueError unless 0 < chance < 1. Source: Galbicka (1994) J. Appl. Behav. Anal. 27:739.
    """
    if not 0 < chance < 1:
        message = f"chance must lie between 0 and 1, not {chance}"
        raise ValueError(message)
    way = 1.0 if improvement == "up" else -1.0
    known = [way * float(x) for x in recent if not math.isnan(x)][-_REMEMBERED:]
    if len(known) < LEAST_WEEKS:
        return NextStep("too_few_weeks", None, None, 0, len(known), _TOO_FEW)
    ordered = sorted(known)
    usual = float(np.median(ordered))
    # The k-th of m weeks is beaten with a chance of 1 - k / (m + 1) by one like them.
    rank = min(max(math.ceil((len(ordered) + 1) * (1 - chance)), 1), len(ordered))
    better = [x for x in ordered[rank - 1 :] if x > usual] or [x for x in ordered if x > usual]
    if not better:
        kept = way * usual
        return NextStep("keep", kept, kept, len(known), len(known), _say_keep(kept, unit))
    goal = better[0]
    met = sum(x >= goal for x in known)
    return NextStep(
        "goal", way * goal, way * usual, met, len(known),
        _say_goal(way * goal, way * usual, met=met, weeks=len(known), unit=unit),
    )  # fmt: skip


_TOO_FEW = Text(
    en="Not enough weeks yet: a goal comes from five weeks of one's own.",
    ja="まだ週数が足りません。目標は自分の5週分の記録から決まります。",
)


def _say_goal(goal: float, usual: float, *, met: int, weeks: int, unit: Text) -> Text:
    return Text(
        en=f"Next small step: {goal:,.4g} {unit.en}. Done in {met} of the last {weeks} weeks; a usual week is {usual:,.4g}.",
        ja=f"次の小さな一歩：{goal:,.4g}{unit.ja}。最近{weeks}週のうち{met}週で達成しています（ふだんは{usual:,.4g}{unit.ja}）。",
    )


def _say_keep(usual: float, unit: Text) -> Text:
    return Text(
        en=f"Steady at {usual:,.4g} {unit.en}: keep it there.",
        ja=f"安定して{usual:,.4g}{unit.ja}です。この調子を保ちましょう。",
    )
