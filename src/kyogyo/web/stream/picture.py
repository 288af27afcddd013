"""Where everything stands in the picture of the river: lying on a wide page, standing on a narrow one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kyogyo.revenue_model.draw.lettering import advance, wrap
from kyogyo.web.formats import lang, say, t
from kyogyo.web.stream.figures import ReachFigures, StageFigures
from kyogyo.web.stream.water import Band, band_of, current, outline

WIDE, TALL = 1280.0, 358.0
_GUTTER, _EDGE, _TIP = 92.0, 26.0, 18.0
_STREAKS = (-0.58, -0.12, 0.36, 0.74)
_LABEL = 12.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A stage and where it stands: `at` along the river, its label in lines, and where the way onward is."""

    stage: StageFigures
    at: float
    lines: tuple[str, ...]
    onward_at: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A department's part of the river, from `start` to `end` along it; `path` is its water."""

    reach: ReachFigures
    start: float
    end: float
    path: str
    streaks: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The mark at the step that holds revenue back: its two lines of words in a box that begins at `x`."""

    at: float
    x: float
    breadth: float
    words: str
    cost: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing. `cell` is how far stages stand apart. `is_blank`: no data reaches any of them."""

    key: str
    width: float
    height: float
    middle: float
    cell: float
    is_blank: bool
    stages: tuple[Placed, ...]
    stretches: tuple[Stretch, ...]
    flag: Flag | None
    gaps: tuple[str, ...]
    rows: dict[str, float]


def wide_picture(
    stages: Sequence[StageFigures], reaches: Sequence[ReachFigures], *, cost: str, key: str
) -> Picture:
    """The river lying down, from left to right."""
    cell = (WIDE - _GUTTER - _EDGE) / max(len(stages), 1)
    cell = min(cell, 190.0)
    places = [_GUTTER + (i + 0.5) * cell for i in range(len(stages))]
    has_flag = any(stage.is_held for stage in stages)
    is_blank = not any(stage.is_measured for stage in stages)
    labels = [_lines(stage, cell + (4 if lang() == "en" else -4), 3) for stage in stages]
    deepest = max((len(lines) for lines in labels), default=1)
    top = 72 + deepest * 16.0
    rows = {"label": 76.0, "balance": top + 22, "flag": top + 36}
    middle = top + 30 if is_blank else top + 36 + (44 if has_flag else 8) + 50
    rows |= {
        "entered": middle + 74,
        "onward": middle + 112,
        "median": middle + 160,
        "stalled": middle + 192,
    }
    held = next((i for i, stage in enumerate(stages) if stage.is_held), None)
    pinch = None if held is None else places[held] + cell / 2
    band = band_of(
        [stage.entered_n for stage in stages], places=places, start=_GUTTER,
        end=_GUTTER + len(stages) * cell, middle=middle, broadest=46, pinch=pinch,
    )  # fmt: skip
    flag = None
    if pinch is not None:
        flag = _flag(pinch, cost, low=_GUTTER, high=WIDE - 4)
    return Picture(
        key=key,
        width=WIDE,
        height=middle + 44 if is_blank else rows["stalled"] + 22,
        middle=middle,
        cell=cell,
        is_blank=is_blank,
        stages=_placed(stages, places, labels, cell),
        stretches=_stretches(reaches, band, cell, is_tall=False),
        flag=flag,
        gaps=_gaps(stages, band, cell, is_tall=False),
        rows=rows,
    )


def tall_picture(
    stages: Sequence[StageFigures], reaches: Sequence[ReachFigures], *, cost: str, key: str
) -> Picture:
    """The river standing up, from top to bottom, with the numbers to its right; departments begin with a heading."""
    is_blank = not any(stage.is_measured for stage in stages)
    step, head = (52.0, 48.0) if is_blank else (128.0, 64.0)
    places: list[float] = []
    starts: list[float] = []
    y = 0.0
    for reach in reaches:
        starts.append(y)
        y += head
        for _ in range(reach.stages):
            places.append(y + (24 if is_blank else 34))
            y += step
    held = next((i for i, stage in enumerate(stages) if stage.is_held), None)
    pinch = None if held is None else places[held] + step / 2 + 12
    band = band_of(
        [stage.entered_n for stage in stages], places=places, start=0, end=y, middle=46,
        broadest=40, pinch=pinch,
    )  # fmt: skip
    flag = None
    if pinch is not None:
        flag = Flag(pinch, 92, TALL - 96, t("Held back here", "ここで止まっています"), cost)
    labels = [_lines(stage, 250, 1, size=15) for stage in stages]
    ends = [*starts[1:], y]
    return Picture(
        key=key,
        width=TALL,
        height=y + _TIP + 6,
        middle=46,
        cell=step,
        is_blank=is_blank,
        stages=_placed(stages, places, labels, step),
        stretches=tuple(
            _stretch(reach, band, start, end, is_tall=True, is_last=i == len(reaches) - 1)
            for i, (reach, start, end) in enumerate(zip(reaches, starts, ends, strict=True))
        ),
        flag=flag,
        gaps=_gaps(stages, band, step, is_tall=True),
        rows={"head": head},
    )


def _lines(stage: StageFigures, width: float, most: int, size: float = _LABEL) -> tuple[str, ...]:
    return tuple(wrap(stage.label, width=width, size=size, most=most))


def _flag(at: float, cost: str, *, low: float, high: float) -> Flag:
    words = t("Held back here", "ここで止まっています")
    breadth = max(advance(words, size=12.5, bold=True), advance(cost, size=12.5)) + 24
    return Flag(at, min(max(at - breadth / 2, low), high - breadth), breadth, words, cost)


def _placed(
    stages: Sequence[StageFigures],
    places: Sequence[float],
    labels: Sequence[tuple[str, ...]],
    cell: float,
) -> tuple[Placed, ...]:
    further = [(a + b) / 2 for a, b in pairwise(places)]
    onward = [*further, (places[-1] if places else 0.0) + cell / 2]
    return tuple(
        Placed(stage, at, lines, on)
        for stage, at, lines, on in zip(stages, places, labels, onward, strict=True)
    )


def _stretches(
    reaches: Sequence[ReachFigures], band: Band, cell: float, *, is_tall: bool
) -> tuple[Stretch, ...]:
    found, place = [], 0
    for number, reach in enumerate(reaches):
        start = band.start + place * cell
        place += reach.stages
        is_last = number == len(reaches) - 1
        found.append(_stretch(reach, band, start, band.start + place * cell, is_tall=is_tall, is_last=is_last))  # fmt: skip
    return tuple(found)


def _stretch(
    reach: ReachFigures, band: Band, start: float, end: float, *, is_tall: bool, is_last: bool
) -> Stretch:
    return Stretch(
        reach=reach,
        start=start,
        end=end,
        path=outline(band, start, end, is_tall=is_tall, tip=_TIP if is_last else 0.0),
        streaks=tuple(current(band, share, start, end, is_tall=is_tall) for share in _STREAKS),
        label=wrap(reach.label, width=max(end - start - 12, 40), size=14, most=1)[0]
        if not is_tall
        else reach.label,
    )


def _gaps(
    stages: Sequence[StageFigures], band: Band, cell: float, *, is_tall: bool
) -> tuple[str, ...]:
    """The water of stages that no data reaches, drawn over with stripes."""
    return tuple(
        outline(band, at - cell / 2, at + cell / 2, is_tall=is_tall)
        for stage, at in zip(stages, band.places, strict=True)
        if not stage.is_measured
    )


def heard(stages: Sequence[StageFigures], reaches: Sequence[ReachFigures], *, held: str) -> str:
    """The picture in words, for whoever hears it."""
    said = []
    place = 0
    for reach in reaches:
        inside = stages[place : place + reach.stages]
        place += reach.stages
        numbers = t("; ", "、").join(f"{each.label} {each.balance.text}" for each in inside)
        said.append(f"{reach.label}: {numbers}")
    return say(t(". ", "。").join([*said, *([held] if held else [])]))
