"""Do departments' numbers rise at the cost of what all of them are there for (KPIが違うと敵対する)."""

from kyogyo.analytics.conflict.judge import Judgement, Parts, judge_panels
from kyogyo.analytics.conflict.pairs import Pair, Unwatched, pairs_of
from kyogyo.analytics.conflict.panel import Panel, make_panel
from kyogyo.analytics.conflict.verdict import ConflictWatch, Verdict, watch_conflicts

__all__ = [
    "ConflictWatch",
    "Judgement",
    "Pair",
    "Panel",
    "Parts",
    "Unwatched",
    "Verdict",
    "judge_panels",
    "make_panel",
    "pairs_of",
    "watch_conflicts",
]
