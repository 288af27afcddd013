"""The diagnosis as the page shows it: money and words of each node, and where its countermeasure is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kyogyo.usecases.countermeasures import node_words
from kyogyo.web.formats import count, money, say, t
from kyogyo.web.marks import stage_label
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from kyogyo.analytics.explain_stream import Moved
    from kyogyo.reports.contents import MoneyRange
    from kyogyo.usecases.find_bottleneck import Diagnosis, NodeAnswer

# Nodes whose weeks can be counted: an experiment on them can be judged.
_TESTABLE = ("volume", "conversion", "delay")


@dataclass(frozen=True)
class Looked:
    """One node, and its words."""

    node: NodeAnswer

    @property
    def code(self) -> str:
        """The node as countermeasures name it: its kind and the stage in which it begins."""
        kind = self.node.kind
        return kind if kind == "volume" or not self.node.stage else f"{kind}:{self.node.stage}"

    @property
    def is_testable(self) -> bool:
        return self.node.kind in _TESTABLE

    @property
    def gain(self) -> str:
        return "" if self.node.gain is None else say_money(self.node.gain)

    @property
    def bounds(self) -> str:
        return "" if self.node.gain is None else say_bounds(self.node.gain)

    @property
    def change(self) -> int:
        """The change that would close the gap, in whole percent; 20 where it isn't known."""
        now, reference = self.node.now, self.node.reference
        if not now or reference is None:
            return 20
        return max(1, min(300, round(abs(reference / now - 1) * 100)))

    def start(self, track: str) -> str:
        """The address of a new countermeasure on this node."""
        asked = {"track": track, "node": self.code, "change": self.change}
        return f"/countermeasures/new/?{urlencode(asked)}"


def look_at(found: Diagnosis) -> tuple[Looked, ...]:
    return tuple(Looked(node) for node in found.nodes)


def say_money(amount: MoneyRange) -> str:
    if amount.unit == "wins":
        return t("%s wins", "受注%s件") % count(round(amount.mid, 1))
    return money(round(amount.mid))


def say_bounds(amount: MoneyRange) -> str:
    """The interval, with its level."""
    if amount.unit == "wins":
        lo, hi = count(round(amount.lo, 1)), count(round(amount.hi, 1))
    else:
        lo, hi = money(round(amount.lo)), money(round(amount.hi))
    return t("%s interval: %s to %s", "%s区間：%s〜%s") % (f"{amount.level:.0%}", lo, hi)


def factor_words(moved: Moved, *, track: str) -> str:
    """A factor of the money of a month, in words."""
    model = speaking().model
    if model is None:
        return moved.step
    stage = moved.step.partition(">")[0]
    node = moved.kind if moved.kind == "volume" else f"{moved.kind}:{stage}"
    return say(node_words(model, track=track, node=node))


def step_words(step: str) -> str:
    """A step 'a>b' by the labels of its stages."""
    first, _, last = step.partition(">")
    return f"{stage_label(first)} → {stage_label(last)}" if last else stage_label(first)
