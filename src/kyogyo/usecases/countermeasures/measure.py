"""A node week by week, for each team: the series that an experiment is planned on and judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kyogyo.analytics.events import attribute_words
from kyogyo.analytics.funnel import Funnel, open_funnel, reopen_funnel
from kyogyo.analytics.money import win_values
from kyogyo.analytics.restrict import Restriction, restrict
from kyogyo.analytics.single_case import Measure, Panel
from kyogyo.analytics.single_case.cohorts import (
    entry_panel,
    first_monday,
    median_days,
    share_panel,
    whole_weeks,
)
from kyogyo.analytics.single_case.sizes import Improvement
from kyogyo.analytics.success_value import SuccessValue, value_per_success
from kyogyo.errors import RuleError
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.analytics.steps import StepCounts
    from kyogyo.revenue_model import RevenueModel

_EPOCH = date(1970, 1, 1)
# What can be counted week by week and team by team.
MEASURED = ("volume", "conversion", "delay")


@dataclass(frozen=True)
class NodeWeeks:
    """The weeks of a node. `panel` None where it can't be counted by weeks: `says` why.

    `value` is what one success more is worth, None where that isn't known.
    """

    panel: Panel | None
    says: Text
    value: SuccessValue | None = None


@dataclass(frozen=True)
class Unit:
    """One team of the experiment and whose journeys are its: codes of owners, None for everybody."""

    name: str
    owners: frozenset[int] | None


@dataclass(frozen=True)
class Scope:
    """Which part of the stream: a track, and the journeys with one value of an attribute ('' for all)."""

    track: str
    segment: str = ""
    segment_value: str = ""


def node_words(model: RevenueModel, *, track: str, node: str) -> Text:
    """A node such as 'conversion:mql' in words, by the labels of the model."""
    kind, _, stage = node.partition(":")
    on = next((one.label.text for one in model.path(track) if one.code == stage), None)
    words = _WORDS.get(kind)
    if words is None:
        return Text(en=node, ja=node)
    if on is None:
        label = model.track(track).label.text
        return Text(en=f"{words.en}, {label.en}", ja=f"{label.ja}の{words.ja}")
    return Text(en=f"{words.en} at {on.en}", ja=f"{on.ja}の{words.ja}")


def measure_node(
    history: History, *, scope: Scope, node: str, units: tuple[Unit, ...], since: date, up: bool
) -> NodeWeeks:
    """The weeks of `node` for each unit, whole weeks from the Monday of `since`'s week to the last observed day."""
    kind, _, stage = node.partition(":")
    if kind not in MEASURED:
        return NodeWeeks(None, _NOT_BY_WEEKS)
    funnel = open_funnel(_narrowed(history, scope), track=scope.track)
    code = _step_of(funnel, stage)
    if code is None or funnel.horizons[code] is None:
        return NodeWeeks(None, _NOT_ENOUGH)
    first = (first_monday(since) - _EPOCH).days
    whole = funnel.steps[code]
    weeks = whole_weeks(first_day=first, until=min(whole.until, history.as_of_day))
    if weeks < 1:
        return NodeWeeks(None, _NOT_ENOUGH)
    counts = {unit.name: _counts_of(funnel, code, unit, first) for unit in units}
    panel = _panel(kind, counts, whole=whole, horizon=funnel.horizons[code] or 0, first=first,
                   weeks=weeks, label=node_words(history.model, track=scope.track, node=node), up=up)  # fmt: skip
    if panel is None:
        return NodeWeeks(None, _NOT_ENOUGH)
    value = None
    if kind == "conversion":
        values = win_values(history, track=scope.track)
        value = value_per_success(funnel, step=code, values=values)
    return NodeWeeks(panel, _OF_KIND[kind], value)


def _panel(
    kind: str,
    counts: Mapping[str, StepCounts],
    *,
    whole: StepCounts,
    horizon: int,
    first: int,
    weeks: int,
    label: Text,
    up: bool,
) -> Panel | None:
    better: Improvement = "up" if up else "down"
    if kind == "volume":
        measure = Measure(label, better, "count")
        return entry_panel(teams=counts, first_day=first, weeks=weeks, measure=measure)
    within = horizon if kind == "conversion" else median_days(whole, horizon=horizon)
    if within is None:
        return None
    if kind == "delay":
        # What is counted is a share, and more of it is better: "the time rose" would say the opposite.
        label = Text(
            en=f"{label.en}: on within {within} days", ja=f"{label.ja}：{within}日以内に進む割合"
        )
    return share_panel(
        teams=counts, base=whole, horizon=within, first_day=first, weeks=weeks,
        measure=Measure(label, better),
    )  # fmt: skip


def _narrowed(history: History, scope: Scope) -> History:
    if not scope.segment:
        return history
    attribute = history.attributes.get(scope.segment)
    codes = {code for code, name in history.value_names.items() if name == scope.segment_value}
    if attribute is None or not codes:
        words = attribute_words(scope.segment)
        raise RuleError(
            en=f"No journey has the {words.en} “{scope.segment_value}” any more.",
            ja=f"{words.ja}が「{scope.segment_value}」の案件がありません。",
        )
    return restrict(history, restriction=Restriction(values={attribute: frozenset(codes)}))


def _counts_of(funnel: Funnel, code: str, unit: Unit, first: int) -> StepCounts:
    if unit.owners is None:
        return funnel.steps[code]
    part = restrict(funnel.history, restriction=Restriction(owners=unit.owners))
    return reopen_funnel(funnel, history=part, since_day=first).steps[code]


def _step_of(funnel: Funnel, stage: str) -> str | None:
    """The code of the step that begins at `stage`; the first of the track without a stage."""
    if not stage:
        return next(iter(funnel.steps), None)
    return next((code for code, one in funnel.steps.items() if one.step.start == stage), None)


_WORDS = {
    "volume": Text(en="Volume", ja="件数"),
    "mix": Text(en="Mix", ja="構成"),
    "conversion": Text(en="Conversion", ja="転換率"),
    "delay": Text(en="Time", ja="所要日数"),
    "value": Text(en="Value of a win", ja="受注単価"),
    "capacity": Text(en="Capacity", ja="処理能力"),
    "churn": Text(en="Churn", ja="解約"),
    "expansion": Text(en="Expansion", ja="拡大"),
}
_OF_KIND = {
    "volume": Text(en="How many enter, week by week.", ja="週ごとに入る件数です。"),
    "conversion": Text(
        en="How many of those who enter in a week go on within the step's usual time.",
        ja="その週に入ったもののうち、区間の通常の日数以内に進む割合です。",
    ),
    "delay": Text(
        en="How many of those who enter in a week go on within the time that half of them needed so far.",
        ja="その週に入ったもののうち、これまで半数が要した日数以内に進む割合です。",
    ),
}
_NOT_BY_WEEKS = Text(
    en="This node can't be counted week by week for each team, so no experiment can judge it. Choose "
    "the step before it, whose conversion, time or volume can be counted.",
    ja="このノードはチームごと・週ごとに数えられないため、打ち手の効果を判定できません。転換率・所要日数・件数で"
    "数えられる手前の区間を選んでください。",
)
_NOT_ENOUGH = Text(
    en="There is not enough history of this step to count it week by week.",
    ja="この区間は、週ごとに数えるだけの履歴がまだありません。",
)
