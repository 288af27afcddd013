"""The stream in a terminal: from top to bottom, since a terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kyogyo.revenue_model.draw.describe import EXITS, HANDOFF, WAY_BACK, answer_by, title_of
from kyogyo.revenue_model.draw.lettering import cells, wrap_cells
from kyogyo.revenue_model.draw.scene import Scene, Step, reaches, set_scene, tightest, within
from kyogyo.revenue_model.schema import RevenueModel
from kyogyo.words import Lang

_HUES = ("cyan", "blue", "magenta", "green", "yellow", "red")
_NAME = 26

# What is written and in which style of rich's.
Run = tuple[str, str]


@dataclass(frozen=True)
class TerminalStream:
    """A picture that rich can print. It knows rich's protocol and not rich; as a `str` it is plain
    text, 80 cells wide."""

    scene: Scene

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        for line in self.lines(width=min(int(options.max_width), 100)):
            text = console.render_str("", markup=False, emoji=False, highlight=False)
            for run, style in line:
                text.append(run, style)
            yield text

    def __str__(self) -> str:
        lines = ("".join(run for run, _ in line) for line in self.lines(width=80))
        return "\n".join(line.rstrip() for line in lines)

    def lines(self, *, width: int) -> Iterator[list[Run]]:
        """The lines of the picture, none wider than `width` cells unless a name is."""
        scene, lang = self.scene, self.scene.lang
        yield [(title_of(scene), "bold")]
        names = [step.stage.label.text.say(lang) for step in scene.steps]
        room = min(max(cells(name) for name in names), _NAME)
        for department, steps in reaches(scene.steps):
            hue = _HUES[scene.hues[department.code] % len(_HUES)]
            if (gate := steps[0].gate) is not None:
                clock = tightest(gate)
                due = within(clock).say(lang) if clock else ""
                yield [("  ╪ ", ""), (f"{HANDOFF.say(lang)}  ", "bold"), (due, "dim")]
            name = department.label.text.say(lang)
            rule = "━" * max(2, width - cells(name) - 5)
            yield [("━━ ", hue), (name, f"bold {hue}"), (f" {rule}", hue)]
            for step in steps:
                yield _step(step, lang, hue=hue, room=room, width=width)
        yield from _ends(scene, width)
        yield from _way_back(scene, width)


def draw_terminal(model: RevenueModel, *, track: str | None = None, lang: Lang) -> TerminalStream:
    """A track of the model (default: the first) for `rich.print`. Raises ModelError for a track
    that isn't there."""
    return TerminalStream(set_scene(model, track=track, lang=lang, values=None, highlight=None))


def _step(step: Step, lang: Lang, *, hue: str, room: int, width: int) -> list[Run]:
    name = step.stage.label.text.say(lang)
    pad = " " * (max(0, room - cells(name)) + 2)
    state = step.stage.buyer_state
    said = state.text.say(lang) if state else ""
    left = width - (8 + max(room, cells(name)))
    return [(f"  ┃ {step.number:>2} ", hue), (name, "bold"), (pad, ""), (_fit(said, left), "dim")]


def _ends(scene: Scene, width: int) -> Iterator[list[Run]]:
    if not scene.exits:
        return
    signs = {"recycled": "↺", "on_hold": "="}
    # A no-break space keeps a sign and its name on one line.
    names = "  ".join(
        f"{signs.get(stage.type, '×')}\u00a0{stage.label.text.say(scene.lang)}"
        for stage in scene.exits
    )
    yield []
    yield [(EXITS.say(scene.lang), "bold")]
    for line in wrap_cells(names, width=width - 2):
        yield [(f"  {line}", "")]


def _way_back(scene: Scene, width: int) -> Iterator[list[Run]]:
    if not scene.channels:
        return
    yield []
    yield [(WAY_BACK.say(scene.lang), "bold")]
    names = {each.code: each.label.text.say(scene.lang) for each in scene.departments}
    for channel in scene.channels:
        receiver, giver = names[channel.receiver], names[channel.giver]
        due = answer_by(channel).say(scene.lang)
        yield [(f"  {receiver} ◂── {giver}  ", ""), (f"({due})", "dim")]
        between = "、" if scene.lang == "ja" else " · "
        types = between.join(each.text.say(scene.lang) for each in channel.types)
        for line in wrap_cells(types, width=width - 6):
            yield [(f"      {line}", "dim")]


def _fit(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1]
    return f"{text}…" if text else ""
