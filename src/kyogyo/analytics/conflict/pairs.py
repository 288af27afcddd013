"""Which numbers may be at odds: what a department passes on, and what comes of it in the next one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from kyogyo.analytics.steps import measured_path
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.revenue_model import Stage
    from kyogyo.revenue_model.schema import Metric


@dataclass(frozen=True, slots=True)
class Pair:
    """A local number and the goal it serves, by stage codes of one track.

    Of those that enter `start` some reach `volume` (the local number of the department `giver`), and of
    those some reach `success` (the goal, in the hands of `receiver`). `start` is None where nothing comes in:
    then the local number is how many enter `volume`. `metric`, `guard`: the declared metrics it stands for, or "".
    """

    start: str | None
    volume: str
    success: str
    giver: str
    receiver: str
    metric: str = ""
    guard: str = ""

    @property
    def code(self) -> str:
        return ">".join(stage for stage in (self.start, self.volume, self.success) if stage)


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A guard pair that the model declares and the history can't watch, and why."""

    metric: str
    guard: str
    why: Text


def pairs_of(history: History, *, track: str) -> tuple[tuple[Pair, ...], tuple[Unwatched, ...]]:
    """The pairs of a track: its departments one after the other, then the declared guards.

    A track that is one department's alone is paired stage by stage.
    """
    path = measured_path(history, track=track)
    found = _of_departments(path) or _of_stages(path)
    places = {stage.code: place for place, stage in enumerate(path)}
    unwatched: list[Unwatched] = []
    for metric in history.model.metrics:
        guard = next((m for m in history.model.metrics if m.code == metric.guard), None)
        if guard is None:
            continue
        pair = _guarded(metric, guard, path, places)
        if pair is None:
            unwatched.append(Unwatched(metric.code, guard.code, _cannot(metric, guard)))
        elif all(pair.code != other.code for other in found):
            found.append(pair)
    return tuple(found), tuple(unwatched)


def _of_departments(path: tuple[Stage, ...]) -> list[Pair]:
    runs = [list(run) for _, run in groupby(path, key=lambda stage: stage.department)]
    if len(runs) < 2:
        return []
    place = {stage.code: i for i, stage in enumerate(path)}
    goals: list[Stage] = []
    for run, following in zip(runs, [*runs[1:], None], strict=True):
        won = [stage for stage in run if stage.type == "won"]
        goals.append(won[0] if won else following[0] if following else run[-1])
    first = Pair(None, runs[0][0].code, goals[0].code, runs[0][0].department, runs[1][0].department)
    pairs = [first] if place[goals[0].code] > 0 else []
    for (run, goal), (following, later) in pairwise(zip(runs, goals, strict=True)):
        if place[run[0].code] < place[goal.code] < place[later.code]:
            pairs.append(
                Pair(run[0].code, goal.code, later.code, run[0].department, following[0].department)
            )
    return pairs


def _of_stages(path: tuple[Stage, ...]) -> list[Pair]:
    if len(path) < 2:
        return []
    first = Pair(None, path[0].code, path[1].code, path[0].department, path[1].department)
    threes = zip(path, path[1:], path[2:], strict=False)
    return [
        first,
        *(Pair(a.code, b.code, c.code, a.department, b.department) for a, b, c in threes),
    ]


def _guarded(
    metric: Metric, guard: Metric, path: tuple[Stage, ...], places: dict[str, int]
) -> Pair | None:
    """The pair that a metric and its guard stand for: the guard's step ends after the metric's.

    A guard whose step is the last part of the metric's ("accepted" against "returned") is watched at its start.
    """
    is_last_part = metric.stage_to == guard.stage_to and guard.stage_from != metric.stage_from
    volume_code = guard.stage_from if is_last_part else metric.stage_to
    stages = (metric.stage_from, volume_code, guard.stage_to)
    if any(stage is None or stage not in places for stage in stages):
        return None
    start, volume, success = (str(stage) for stage in stages)
    if not places[start] < places[volume] < places[success] or metric.direction != "up":
        return None
    owners = [path[places[stage]].department for stage in (volume, success)]
    receiver = next((one for one in owners if one != metric.department), owners[0])
    return Pair(start, volume, success, metric.department, receiver, metric.code, guard.code)


def _cannot(metric: Metric, guard: Metric) -> Text:
    a, b = metric.label.text, guard.label.text
    return Text(
        en=f'"{a.en}" and its guard "{b.en}" can\'t be watched from the history: both need stage_from and stage_to, '
        "and the guard's must end at a later stage of the track, or be the last part of the metric's. "
        "Declare them in the model file.",
        ja=f"「{a.ja}」とその guard「{b.ja}」は履歴からは監視できません。両方に stage_from と stage_to が必要で、guard の stage_to は商流上"
        "より後のフェーズであるか、guard の区間が指標の区間の終わりの部分でなければなりません。モデルファイルで宣言してください。",
    )
