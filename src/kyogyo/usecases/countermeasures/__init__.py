"""From a node that holds revenue back to an experiment on it, and from its weeks to a verdict.

`measure` finds the weeks of a node by team, `propose` the experiment that is possible, `judge` what
came of it, `fidelity` whether it was done.
"""

from kyogyo.usecases.countermeasures.fidelity import read_fidelity
from kyogyo.usecases.countermeasures.judge import Judged, judge_countermeasure
from kyogyo.usecases.countermeasures.measure import NodeWeeks, Scope, node_words
from kyogyo.usecases.countermeasures.picture import draw_weeks, save_weeks
from kyogyo.usecases.countermeasures.propose import Proposed
from kyogyo.usecases.countermeasures.register import (
    Asked,
    Words,
    propose_asked,
    register_asked,
    worth_of,
)

__all__ = [
    "Asked",
    "Judged",
    "NodeWeeks",
    "Proposed",
    "Scope",
    "Words",
    "draw_weeks",
    "judge_countermeasure",
    "node_words",
    "propose_asked",
    "read_fidelity",
    "register_asked",
    "save_weeks",
    "worth_of",
]
