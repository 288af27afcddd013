"""One row of the stream: the river, its stages, the gates between departments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kyogyo.revenue_model.draw.describe import HANDOFF, HELD_BACK
from kyogyo.revenue_model.draw.lettering import advance, wrap
from kyogyo.revenue_model.draw.paper import HUES, fill, lines, pair, stroke, text
from kyogyo.revenue_model.draw.river import TIP, River
from kyogyo.revenue_model.draw.scene import Scene, Step, reaches, tightest, within

MARGIN = 44.0
_HEAD = 66.0
_MARKER = 30.0
_WATER = 88.0
_BELOW = 26.0
_LABEL, _STATE = 15.0, 12.0
_TAIL = 0.4


@dataclass(frozen=True, slots=True)
class Row:
    """A row and where it stands. `depth` is its whole height."""

    steps: tuple[Step, ...]
    river: River
    cell: float
    top: float
    depth: float
    waterline: float

    def x(self, place: int) -> float:
        """The middle of the stage at `place` (from 0) of the row."""
        return MARGIN + (place + 0.5) * self.cell


def place_row(scene: Scene, number: int, *, top: float, width: float, widest: float) -> Row:
    """Where row `number` (from 0) of the scene stands when it begins at `top`."""
    steps = scene.rows[number]
    # The last step of a row needs room for the rate that leads on, or for the narrow place.
    last = steps[-1]
    leads_on = last.marked or (last.figures is not None and last.figures.rate is not None)
    places = len(steps) + (_TAIL if leads_on else 0)
    cell = min((width - 2 * MARGIN) / places, widest)
    marked = next((place for place, step in enumerate(steps) if step.marked), None)
    waterline = top + _HEAD + (_MARKER if marked is not None else 0)
    narrow = None
    if marked is not None:
        narrow = MARGIN + (marked + 1) * cell
    river = River(
        left=MARGIN,
        right=MARGIN + places * cell - TIP / 2,
        middle=waterline + _WATER / 2,
        narrow=narrow,
        is_source=number == 0,
    )
    below = max(_depth_below(step, scene, cell) for step in steps)
    return Row(
        steps=steps,
        river=river,
        cell=cell,
        top=top,
        depth=waterline - top + _WATER + _BELOW + below,
        waterline=waterline,
    )


def draw_row(row: Row, scene: Scene) -> Iterator[str]:
    """The pieces of one row, the lowest layer first."""
    river = row.river
    place = 0
    for department, steps in reaches(row.steps):
        hue = scene.hues[department.code] % HUES
        start = river.left + place * row.cell
        is_final = place + len(steps) == len(row.steps)
        end = river.right if is_final else start + len(steps) * row.cell
        yield f'<path d="{river.band(start, end)}" {fill(f"w{hue}")}/>'
        for share in (-0.62, -0.22, 0.26, 0.66):
            yield f'<path d="{river.current(share, start, end)}" opacity=".55" {stroke("foam", width=1.4)}/>'
        yield from _head(row, scene, steps, start=start, end=end, hue=hue)
        place += len(steps)
    for place, step in enumerate(row.steps):
        yield from _stage(row, scene, step, place)
    for place, step in enumerate(row.steps):
        if step.gate is not None:
            yield from _gate(row, scene, step, x=river.left + place * row.cell)
        yield from _step_onward(row, step, place)
        if step.marked:
            yield from _marker(row, scene)


def _head(
    row: Row, scene: Scene, steps: list[Step], *, start: float, end: float, hue: int
) -> Iterator[str]:
    """The department's name above its reach, with a line as long as the reach."""
    y = row.top + _HEAD - 20
    gap = 12 if steps[0].gate is not None else 2
    name = steps[0].department.label.text.say(scene.lang)
    shown = wrap(name, width=end - start - gap, size=16, most=1)
    yield from lines(
        shown, x=start + gap, y=y, size=16, colour=f"d{hue}", bold=True, anchor="start"
    )
    yield f'<path d="M{start + gap:.1f} {y + 8:.1f}H{end - 8:.1f}" {stroke(f"d{hue}", width=2)}/>'


def _stage(row: Row, scene: Scene, step: Step, place: int) -> Iterator[str]:
    x = row.x(place)
    middle = row.river.middle
    hue = scene.hues[step.department.code] % HUES
    if step.figures is not None:
        size = 21.0 if advance(step.figures.volume, size=21) < row.cell - 74 else 17.0
        yield text(step.figures.volume, x=x, y=middle + size * 0.36, size=size, bold=True)
    else:
        is_sale = step.stage.type == "won"
        radius = 17
        yield (
            f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="{radius}" '
            f"{fill(f'd{hue}' if is_sale else 'ground')}/>"
        )
        yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="{radius}" {stroke(f"d{hue}", width=2)}/>'
        colour = "ground" if is_sale else f"d{hue}"
        yield text(str(step.number), x=x, y=middle + 5.4, size=15, colour=colour, bold=True)
    y = row.waterline + _WATER + _BELOW
    label, state = _written_below(step, scene, row.cell)
    yield from lines(label, x=x, y=y, size=_LABEL, bold=True)
    yield from lines(state, x=x, y=y + len(label) * _LABEL * 1.36 + 1, size=_STATE, colour="soft")


def _written_below(step: Step, scene: Scene, cell: float) -> tuple[list[str], list[str]]:
    width = min(cell - 14, 220)
    name = step.stage.label.text.say(scene.lang)
    label = wrap(name, width=width / 1.08, size=_LABEL, most=2)
    if step.figures is not None:
        words = step.figures.note or ""
    else:
        state = step.stage.buyer_state
        words = state.text.say(scene.lang) if state is not None else ""
    return label, wrap(words, width=width, size=_STATE, most=3)


def _depth_below(step: Step, scene: Scene, cell: float) -> float:
    label, state = _written_below(step, scene, cell)
    return (len(label) * _LABEL + len(state) * _STATE) * 1.36


def _gate(row: Row, scene: Scene, step: Step, *, x: float) -> Iterator[str]:
    """Two posts with an opening in the water, and what is due there."""
    assert step.gate is not None  # noqa: S101 -- for the type checker
    middle, half = row.river.centre(x), row.river.half(x)
    for end, inner in (
        (row.top + 6, middle - min(17, half * 0.6)),
        (row.waterline + _WATER + 6, middle + min(17, half * 0.6)),
    ):
        yield f'<path d="M{x:.1f} {end:.1f}V{inner:.1f}" {stroke("ground", width=9)}/>'
        yield f'<path d="M{x:.1f} {end:.1f}V{inner:.1f}" {stroke("ink", width=3)}/>'
        yield f'<circle cx="{x:.1f}" cy="{inner:.1f}" r="4.2" {fill("ink")}/>'
    clock = tightest(step.gate)
    due = within(clock).say(scene.lang) if clock is not None else ""
    name = HANDOFF.say(scene.lang)
    room = row.river.right + MARGIN - x - 26 - advance(name, size=12, bold=True)
    shown = wrap(due, width=room, size=12, most=1)
    yield pair(name, shown[0] if shown else "", x=x + 12, y=row.top + 14, size=12)


def _step_onward(row: Row, step: Step, place: int) -> Iterator[str]:
    """The way from one stage to the next: its rate, or just its direction."""
    at_end = place + 1 == len(row.steps)
    x = row.x(place) + row.cell / 2
    middle = row.river.middle
    rate = step.figures.rate if step.figures is not None else None
    if rate is None:
        if not at_end:
            line = stroke("mark", width=3) if step.marked else stroke("soft", width=2)
            yield f'<path d="M{x - 3:.1f} {middle - 6:.1f}l6 6l-6 6" {line}/>'
        return
    breadth = advance(rate, size=14) + 18
    colour = "mark" if step.marked else "line"
    yield (
        f'<rect x="{x - breadth / 2:.1f}" y="{middle - 12:.1f}" width="{breadth:.1f}" height="24" '
        f'rx="12" {fill("ground")}/>'
    )
    yield (
        f'<rect x="{x - breadth / 2:.1f}" y="{middle - 12:.1f}" width="{breadth:.1f}" height="24" '
        f'rx="12" {stroke(colour, width=2.4 if step.marked else 1.2)}/>'
    )
    ink = "mark" if step.marked else "ink"
    yield text(rate, x=x, y=middle + 5, size=14, bold=step.marked, colour=ink)


def _marker(row: Row, scene: Scene) -> Iterator[str]:
    """The flag over the narrow place: a shape and words, so that colour isn't needed."""
    x = row.river.narrow
    assert x is not None  # noqa: S101 -- for the type checker
    words = HELD_BACK.say(scene.lang)
    breadth = advance(words, size=14, bold=True) + 28
    left = min(max(x - breadth / 2, MARGIN - 20), row.river.right + 40 - breadth)
    y = row.waterline - 22
    tip = row.river.centre(x) - row.river.half(x) - 15
    yield (
        f'<path d="M{left + 6:.1f} {y:.1f}H{left + breadth - 6:.1f}q6 0 6 6v14q0 6 -6 6'
        f"H{x + 7:.1f}L{x:.1f} {tip:.1f}L{x - 7:.1f} {y + 26:.1f}H{left + 6:.1f}q-6 0 -6 -6v-14"
        f'q0 -6 6 -6Z" {fill("mark")}/>'
    )
    yield text(words, x=left + breadth / 2, y=y + 18.4, size=14, colour="ground", bold=True)
