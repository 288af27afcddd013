"""Below the river: how journeys end, and what the departments tell the ones before them."""

from __future__ import annotations

from collections.abc import Iterator

from kyogyo.revenue_model.draw.describe import AGAIN, EXITS, WAY_BACK, answer_by
from kyogyo.revenue_model.draw.lettering import advance, wrap
from kyogyo.revenue_model.draw.paper import HUES, fill, lines, stroke, text
from kyogyo.revenue_model.draw.rows import MARGIN
from kyogyo.revenue_model.draw.scene import Scene
from kyogyo.revenue_model.schema import Channel, Stage
from kyogyo.words import Lang

_CHIP = 30.0
_TYPES = 12.0


def draw_exits(scene: Scene, *, top: float, width: float) -> tuple[list[str], float]:
    """The ends of the track as chips, and the y below them."""
    if not scene.exits:
        return [], top
    pieces = [_heading(EXITS.say(scene.lang), top, width)]
    x, y = MARGIN, top + 34
    back = [stage for stage in scene.exits if stage.type == "recycled"]
    for stage in [*(each for each in scene.exits if each not in back), *back]:
        label = stage.label.text.say(scene.lang)
        again = AGAIN.say(scene.lang) if stage in back else ""
        breadth = advance(label, size=13) + 42
        if x + breadth > width - MARGIN:
            x, y = MARGIN, y + _CHIP + 10
        pieces += _chip(label, stage, x=x, y=y, breadth=breadth)
        if again:
            pieces.append(
                text(
                    f"→ {again}",
                    x=x + breadth + 8,
                    y=y + 19.6,
                    size=12,
                    colour="soft",
                    anchor="start",
                )
            )
        x += breadth + 10
    return pieces, y + _CHIP


def _chip(label: str, stage: Stage, *, x: float, y: float, breadth: float) -> list[str]:
    box = f'x="{x:.1f}" y="{y:.1f}" width="{breadth:.1f}" height="{_CHIP:g}" rx="15"'
    centre = y + _CHIP / 2
    if stage.type == "recycled":
        sign = (
            f'<path d="M{x + 23:.1f} {centre - 2:.1f}a6 6 0 1 1 -3.4 -4.2m.2 -3.6l.2 4l-4 .4" '
            f"{stroke('d0', width=2)}/>"
        )
    elif stage.type == "on_hold":
        sign = f'<path d="M{x + 15:.1f} {centre - 5:.1f}v10m6 -10v10" {stroke("soft", width=2.4)}/>'
    else:
        sign = (
            f'<path d="M{x + 13:.1f} {centre - 4.5:.1f}l9 9m0 -9l-9 9" {stroke("soft", width=2)}/>'
        )
    edge = "d0" if stage.type == "recycled" else "line"
    return [
        f"<rect {box} {stroke(edge, width=1.4)}/>",
        sign,
        text(label, x=x + 31, y=centre + 4.7, size=13, anchor="start"),
    ]


def draw_way_back(scene: Scene, *, top: float, width: float) -> tuple[list[str], float]:
    """The channels as thin lines from department to department, and the y below them."""
    if not scene.channels:
        return [], top
    pieces = [_heading(WAY_BACK.say(scene.lang), top, width)]
    column = (width - 2 * MARGIN) / len(scene.departments)
    places = {
        department.code: MARGIN + column * (position + 0.5)
        for position, department in enumerate(scene.departments)
    }
    y = top + 34
    for department in scene.departments:
        pieces += _post(scene, department.code, x=places[department.code], y=y, column=column)
    below = y + 34
    drops: dict[str, float] = {}
    for level in _levels(scene.channels, places):
        told = [
            (
                channel,
                _told(channel, scene.lang, abs(places[channel.giver] - places[channel.receiver])),
            )
            for channel in level
        ]
        depth = max(len(words) for _, words in told) * _TYPES * 1.36
        line = below + 26
        for channel, words in told:
            pieces += _channel(channel, words, places, scene, line=line)
            for code in (channel.giver, channel.receiver):
                drops[code] = max(drops.get(code, 0), line)
        below = line + depth + 8
    posts = [
        f'<path d="M{places[code]:.1f} {y + 34:.1f}V{end:.1f}" '
        f"{stroke(f'd{scene.hues[code] % HUES}', width=1.2, dashes='1 5')}/>"
        for code, end in drops.items()
    ]
    return [*posts, *pieces], below


def _post(scene: Scene, code: str, *, x: float, y: float, column: float) -> Iterator[str]:
    hue = scene.hues[code] % HUES
    department = next(each for each in scene.departments if each.code == code)
    name = wrap(department.label.text.say(scene.lang), width=column - 60, size=14, most=1)
    breadth = advance(name[0], size=14, bold=True) + 34
    yield (
        f'<rect x="{x - breadth / 2:.1f}" y="{y:.1f}" width="{breadth:.1f}" height="34" rx="17" '
        f"{fill(f'w{hue}')}/>"
    )
    yield from lines(name, x=x, y=y + 22, size=14, colour=f"d{hue}", bold=True)


def _channel(
    channel: Channel, words: list[str], places: dict[str, float], scene: Scene, *, line: float
) -> Iterator[str]:
    start, end = places[channel.giver], places[channel.receiver]
    toward = -1 if end < start else 1
    hue = scene.hues[channel.giver] % HUES
    tip = end - toward * 8
    yield (
        f'<path d="M{start:.1f} {line:.1f}H{tip:.1f}" {stroke(f"d{hue}", width=2.2)}/>'
        f'<circle cx="{start:.1f}" cy="{line:.1f}" r="4" {fill(f"d{hue}")}/>'
        f'<path d="M{tip - toward * 7:.1f} {line - 6:.1f}L{tip:.1f} {line:.1f}'
        f'L{tip - toward * 7:.1f} {line + 6:.1f}" {stroke(f"d{hue}", width=2.2)}/>'
    )
    yield from lines(words, x=(start + end) / 2, y=line + 17, size=_TYPES, colour="soft")


def _told(channel: Channel, lang: Lang, span: float) -> list[str]:
    """What goes back through a channel, and by when the receiver answers."""
    types = ("、" if lang == "ja" else " · ").join(each.text.say(lang) for each in channel.types)
    due = answer_by(channel)
    joined = f"{types}（{due.ja}）" if lang == "ja" else f"{types} ({due.en})"
    return wrap(joined, width=span - 32, size=_TYPES, most=4)


def _levels(channels: tuple[Channel, ...], places: dict[str, float]) -> list[list[Channel]]:
    """Channels on as few levels as possible so that none lies over another, short ones first."""

    def span(channel: Channel) -> tuple[float, float]:
        ends = (places[channel.giver], places[channel.receiver])
        return min(ends), max(ends)

    levels: list[list[Channel]] = []
    for channel in sorted(channels, key=lambda each: span(each)[1] - span(each)[0]):
        low, high = span(channel)
        for level in levels:
            if all(high <= span(other)[0] or low >= span(other)[1] for other in level):
                level.append(channel)
                break
        else:
            levels.append([channel])
    return levels


def _heading(words: str, top: float, width: float) -> str:
    after = MARGIN + advance(words, size=13, bold=True) + 14
    return (
        text(words, x=MARGIN, y=top + 12, size=13, colour="soft", bold=True, anchor="start")
        + f'<path d="M{after:.1f} {top + 8:.1f}H{width - MARGIN:.1f}" {stroke("line", width=1)}/>'
    )
