"""The channels against the stream: lines from the department that learned something back to the one it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.revenue_model.draw.lettering import wrap
from kyogyo.web.formats import count, lang, t
from kyogyo.web.marks import department_hue

if TYPE_CHECKING:
    from kyogyo.usecases.show_stream import Back

_LINE, _SIZE = 17.0, 12.0


@dataclass(frozen=True, slots=True)
class BackLine:
    """One channel: a line at `y` from `start` (right) to `end` (left), with what it carries in lines of words."""

    label: str
    sent: str
    y: float
    start: float
    end: float
    hue: int
    is_mine: bool
    words: tuple[str, ...]
    heard: str


@dataclass(frozen=True, slots=True)
class Backs:
    """All of them, on as few levels as possible, from `top` to `bottom`; `posts` are (x, top, bottom, hue)."""

    lines: tuple[BackLine, ...]
    posts: tuple[tuple[float, float, float, int], ...]
    bottom: float


def place_backs(
    backs: Sequence[Back], *, places: Mapping[str, float], top: float, mine: frozenset[str]
) -> Backs:
    """`places` says where along the river each department stands."""
    known = [back for back in backs if back.giver in places and back.receiver in places]
    lines: list[BackLine] = []
    ends: dict[str, float] = {}
    y = top
    for level in _levels(known, places):
        told = [
            (back, _told(back, abs(places[back.giver] - places[back.receiver]))) for back in level
        ]
        for back, words in told:
            lines.append(_line(back, words, places, y=y, mine=mine))
            for code in (back.giver, back.receiver):
                ends[code] = max(ends.get(code, y), y)
        y += 34 + max(len(words) for _, words in told) * _LINE
    posts = tuple((places[code], top - 26, end, department_hue(code)) for code, end in ends.items())
    return Backs(tuple(lines), posts, y - 8 if lines else top)


def _line(
    back: Back, words: list[str], places: Mapping[str, float], *, y: float, mine: frozenset[str]
) -> BackLine:
    start, end = places[back.giver], places[back.receiver]
    name = back.label.say(lang())
    sent = count(back.sent)
    return BackLine(
        label=name,
        sent=sent,
        y=y,
        start=start,
        end=end,
        hue=department_hue(back.giver),
        is_mine=bool({back.giver, back.receiver} & mine),
        words=tuple(words),
        heard=t(f"{name}: {sent} came back", f"{name}：戻ってきたもの {sent} 件"),
    )


def _told(back: Back, span: float) -> list[str]:
    types = t(" · ", "・").join(each.say(lang()) for each in back.types)
    return wrap(types, width=max(span - 24, 60), size=_SIZE, most=3)


def _levels(backs: Sequence[Back], places: Mapping[str, float]) -> list[list[Back]]:
    """Channels beside one another where they don't overlap, short ones first."""

    def span(back: Back) -> tuple[float, float]:
        ends = (places[back.giver], places[back.receiver])
        return min(ends), max(ends)

    levels: list[list[Back]] = []
    for back in sorted(backs, key=lambda each: span(each)[1] - span(each)[0]):
        low, high = span(back)
        for level in levels:
            if all(high <= span(other)[0] or low >= span(other)[1] for other in level):
                level.append(back)
                break
        else:
            levels.append([back])
    return levels
