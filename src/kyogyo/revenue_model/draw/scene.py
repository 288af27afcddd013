"""What a picture of the stream shows, before it is known how: rows, reaches, gates, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from kyogyo.errors import ModelError
from kyogyo.revenue_model.schema import Channel, Clock, Department, Handoff, RevenueModel, Stage
from kyogyo.revenue_model.spelling import unknown_word
from kyogyo.words import Lang, Text

_MOST_IN_A_ROW = 8
_EASY_IN_A_ROW = 7


@dataclass(frozen=True, slots=True)
class StageFigures:
    """What is written into the picture at a stage, ready to be read.

    `volume` is how much there is of it, `rate` what goes on to the next stage (None = unknown),
    `note` one short remark below the label.
    """

    volume: str
    rate: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the path. `gate` is the handoff through which it is entered, if there is one."""

    number: int
    stage: Stage
    department: Department
    gate: Handoff | None
    figures: StageFigures | None
    marked: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that one picture shows. `rows` are the steps of each row; `hues` numbers the
    departments of the model, from 0; `departments` are those of the track, in the model's order,
    and `channels` join two of them."""

    title: str
    track: Text
    rows: tuple[tuple[Step, ...], ...]
    exits: tuple[Stage, ...]
    hues: Mapping[str, int]
    departments: tuple[Department, ...]
    channels: tuple[Channel, ...]
    lang: Lang

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for row in self.rows for step in row)


def set_scene(
    model: RevenueModel,
    *,
    track: str | None,
    lang: Lang,
    values: Mapping[str, StageFigures] | None,
    highlight: str | None,
) -> Scene:
    """What to draw of one track. Raises ModelError for a track or a stage that isn't there."""
    chosen = model.track(track) if track is not None else model.tracks[0]
    path = model.path(chosen.code)
    for code in (*(values or {}), *([highlight] if highlight is not None else [])):
        if code not in chosen.stages:
            says = unknown_word("stage", code, chosen.stages)
            raise ModelError(en=says.en, ja=says.ja)
    gates = {(handoff.from_stage, handoff.to_stage): handoff for handoff in model.handoffs}
    before: list[str | None] = [None, *chosen.stages]
    steps = [
        Step(
            number=number,
            stage=stage,
            department=model.department(stage.department),
            gate=gates.get((str(before[number - 1]), stage.code)),
            figures=(values or {}).get(stage.code),
            marked=stage.code == highlight,
        )
        for number, stage in enumerate(path, start=1)
    ]
    here = {stage.department for stage in path}
    return Scene(
        title=model.name.text.say(lang),
        track=chosen.label.text,
        rows=_rows(steps),
        exits=model.exits(chosen.code),
        hues={department.code: hue for hue, department in enumerate(model.departments)},
        departments=tuple(each for each in model.departments if each.code in here),
        channels=tuple(
            channel
            for channel in model.channels
            if channel.giver in here and channel.receiver in here
        ),
        lang=lang,
    )


def reaches(row: tuple[Step, ...]) -> list[tuple[Department, list[Step]]]:
    """The stretches of a row that belong to one department."""
    return [
        (steps[0].department, steps)
        for _, group in groupby(row, key=lambda step: step.department.code)
        if (steps := list(group))
    ]


def tightest(handoff: Handoff) -> Clock | None:
    """The shortest clock that runs for the receiver of a handoff."""
    own = [clock for clock in handoff.clocks if clock.owner == handoff.receiver]
    return min(own, key=lambda clock: clock.hours, default=None)


def within(clock: Clock) -> Text:
    """A clock in words: what is due, and within how long."""
    hours = f"{clock.hours:g}"
    plural = "" if clock.hours == 1 else "s"
    if clock.basis == "business":
        return Text(
            en=f"{clock.label.en}: {hours} business hour{plural}",
            ja=f"{clock.label.ja}: {hours}営業時間以内",
        )
    return Text(
        en=f"{clock.label.en}: {hours} hour{plural}",
        ja=f"{clock.label.ja}: {hours}時間以内",
    )


def _rows(steps: list[Step]) -> tuple[tuple[Step, ...], ...]:
    """Steps in rows of about the same length, broken where the department changes if possible."""
    if len(steps) <= _EASY_IN_A_ROW:
        return (tuple(steps),)
    number = -(-len(steps) // _EASY_IN_A_ROW)
    rows = []
    while number > 1:
        even = len(steps) / number
        # What is left must still fit into the rows that are left.
        least = max(1, len(steps) - (number - 1) * _MOST_IN_A_ROW)
        most = min(_MOST_IN_A_ROW, len(steps) - (number - 1))
        cut = min(range(least, most + 1), key=lambda end: (not _turns(steps, end), abs(end - even)))
        rows.append(tuple(steps[:cut]))
        steps = steps[cut:]
        number -= 1
    return (*rows, tuple(steps))


def _turns(steps: list[Step], end: int) -> bool:
    return steps[end - 1].department.code != steps[end].department.code
